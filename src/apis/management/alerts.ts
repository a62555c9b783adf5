import type { Alert } from '../../alerts/alert.ts';
import type { Ctx } from '../../context.ts';
import { NotFound } from '../../lib/failures.ts';
import { formatTicks } from '../../lib/ticks.ts';
import { AlertParams, AlertView } from './alerts-schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** One alert, by whichever id somebody has at hand. Lists and changes are on the documented surfaces. */
export function alertRoutes(app: ManagementApp): void {
  app.get('/alerts/:id', { schema: { params: AlertParams, response: { 200: AlertView } } }, async (request) =>
    viewOf(await getByEitherId(await personCtx(request), request.params.id)),
  );
}

/** Ids of the cloud-apps surface are 24 hex digits; another product's may look the same. Throws NotFound. */
async function getByEitherId(ctx: Ctx, id: string): Promise<Alert> {
  // Loaded with the first call: few starts need it soon.
  const { getAlert, getAlertByAlertId } = await import('../../alerts/alerts.ts');
  if (/^[0-9a-f]{24}$/.test(id)) {
    try {
      return await getAlert(ctx, 'Alerts.read', id);
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
  }
  return await getAlertByAlertId(ctx, 'Alerts.read', id);
}

function viewOf(alert: Alert): AlertView {
  const { policyName } = alert.extra;
  return {
    ...toWire({
      id: alert.id,
      alertId: alert.alertId,
      incidentId: alert.incidentId,
      title: alert.title,
      description: alert.description,
      severity: alert.severity,
      status: alert.status,
      resolution: alert.resolution,
      classification: alert.classification,
      determination: alert.determination,
      isRead: alert.isRead,
      assignedTo: alert.assignedTo,
      category: alert.category,
      serviceSource: alert.serviceSource,
      detectionSource: alert.detectionSource,
      policyId: alert.policyId,
      policyName: typeof policyName === 'string' ? policyName : null,
      mitreTechniques: alert.mitreTechniques,
      handledBy: alert.handledBy,
      closeComment: alert.closeComment,
      activityIds: alert.activityIds,
    }),
    createdAt: formatTicks(alert.createdTicks),
    updatedAt: formatTicks(alert.updatedTicks),
    firstActivityAt: formatTicks(alert.firstActivityTicks),
    lastActivityAt: formatTicks(alert.lastActivityTicks),
    resolvedAt: alert.resolvedTicks === null ? null : formatTicks(alert.resolvedTicks),
    comments: alert.comments.map(({ comment, createdBy, createdTime }) => ({
      comment,
      createdBy,
      createdAt: formatTicks(BigInt(createdTime)),
    })),
    entities: alert.entities.map((entity) => ({ ...entity })),
    devices: alert.devices.map((device) => ({ ...device })),
    evidence: alert.evidence.map(({ text, values = {} }) => ({ text, values: { ...values } })),
  };
}
