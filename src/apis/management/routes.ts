// The routes of the management surface: its table of contents.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Services } from '../../context.ts';
import { pathOf } from '../arrival.ts';
import { readJsonBodies } from '../bodies.ts';
import { MountedRoutes } from '../methods.ts';
import { aboutRoutes } from './about.ts';
import { activityRoutes } from './activities.ts';
import { agentRoutes } from './agents.ts';
import { alertRoutes } from './alerts.ts';
import { applicationRoutes } from './applications.ts';
import { auditRoutes } from './audit.ts';
import { consentQuestionRoutes } from './consent-questions.ts';
import { consentRequestRoutes } from './consent-requests.ts';
import { customDetectionRoutes } from './custom-detections.ts';
import { discoveryAppRoutes } from './discovery-apps.ts';
import { discoveryBlockScriptRoutes } from './discovery-block-scripts.ts';
import { discoveryReportRoutes } from './discovery-reports.ts';
import { discoveryUploadRoutes } from './discovery-uploads.ts';
import { explanationRoutes } from './explanations.ts';
import { externalSignInRoutes, signInOptionRoutes } from './external-sign-in.ts';
import { filterFieldRoutes } from './filter-fields.ts';
import { governanceRoutes } from './governance.ts';
import { groupRoutes } from './groups.ts';
import { huntingRoutes } from './hunting.ts';
import { incidentRoutes } from './incidents.ts';
import { ingestRoutes } from './ingest.ts';
import { logCollectorRoutes } from './log-collectors.ts';
import { machineActionRoutes } from './machine-actions.ts';
import { mailRoutes } from './mail-settings.ts';
import { meRoutes } from './me.ts';
import { notificationRoutes } from './notifications.ts';
import { policyRoutes } from './policies.ts';
import { handleError, sendProblem } from './problems.ts';
import { resourceRoutes } from './resources.ts';
import { roleActivationRoutes } from './role-activations.ts';
import { roleAssignmentRoutes } from './role-assignments.ts';
import { roleRoutes } from './roles.ts';
import { servicePrincipalRoutes } from './service-principals.ts';
import { sessionRoutes } from './sessions.ts';
import { setupRoutes } from './setup.ts';
import { siemAgentRoutes } from './siem-agents.ts';
import { signingKeyRoutes } from './signing-keys.ts';
import { tenantSettingRoutes } from './tenant-settings.ts';
import { tenantRoutes } from './tenants.ts';
import { tokenInspectionRoutes } from './token-inspections.ts';
import { tokenRoutes } from './tokens.ts';
import { userRoutes } from './users.ts';
import { watchlistRoutes } from './watchlists.ts';
import { webhookRoutes } from './webhooks.ts';

/** Mounts the surface; `root` is encapsulated under its prefix. */
export async function managementSurface(root: FastifyInstance, services: Services): Promise<void> {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const mounted = new MountedRoutes(root);
  readJsonBodies(root, services.config);
  app.setErrorHandler(handleError(services.names));
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    const allowed = mounted.allowed(path);
    if (allowed.length === 0) {
      const detail = `There is no ${path} here.`;
      return sendProblem(request, reply, services.names, {
        status: 404,
        code: 'not-found',
        title: 'Not found',
        detail,
      });
    }
    reply.header('allow', allowed.join(', '));
    return sendProblem(request, reply, services.names, {
      status: 405,
      code: 'method-not-allowed',
      title: 'Method not allowed',
      detail: `${path} takes ${allowed.join(', ')}, not ${request.method}.`,
    });
  });
  setupRoutes(app, services);
  sessionRoutes(app, services);
  signInOptionRoutes(app, services);
  externalSignInRoutes(app, services);
  meRoutes(app, services);
  aboutRoutes(app, services);
  tenantRoutes(app, services);
  userRoutes(app, services);
  groupRoutes(app, services);
  roleRoutes(app, services);
  roleAssignmentRoutes(app, services);
  roleActivationRoutes(app, services);
  tokenRoutes(app, services);
  tokenInspectionRoutes(app, services);
  signingKeyRoutes(app, services);
  agentRoutes(app, services);
  siemAgentRoutes(app, services);
  logCollectorRoutes(app, services);
  webhookRoutes(app, services);
  mailRoutes(app, services);
  notificationRoutes(app, services);
  applicationRoutes(app, services);
  servicePrincipalRoutes(app, services);
  consentQuestionRoutes(app, services);
  consentRequestRoutes(app, services);
  resourceRoutes(app, services);
  tenantSettingRoutes(app, services);
  auditRoutes(app, services);
  explanationRoutes(app, services);
  filterFieldRoutes(app);
  activityRoutes(app);
  policyRoutes(app, services);
  governanceRoutes(app);
  customDetectionRoutes(app);
  discoveryAppRoutes(app);
  discoveryBlockScriptRoutes(app);
  discoveryReportRoutes(app);
  discoveryUploadRoutes(app);
  incidentRoutes(app);
  alertRoutes(app);
  huntingRoutes(app);
  watchlistRoutes(app);
  ingestRoutes(app);
  machineActionRoutes(app, services);
}
