// The management surface as its OpenAPI document describes it. Queries, bodies and answers are the schemas of the routes.
import type { DescribedSurface, Schema } from '../openapi/described.ts';
import { below } from '../openapi/described.ts';
import { arrayOf, maybe, record, text, withOptional } from '../openapi/shapes.ts';
import * as activities from './activities-schemas.ts';
import * as agents from './agents-schemas.ts';
import * as applications from './applications-schemas.ts';
import * as audit from './audit-schemas.ts';
import * as customDetections from './custom-detections-schemas.ts';
import { accessGroups } from './described-access.ts';
import { applicationsGroups } from './described-applications.ts';
import { directoryGroups } from './described-directory.ts';
import { discoveryGroups } from './described-discovery.ts';
import { securityGroups } from './described-security.ts';
import * as directory from './directory-schemas.ts';
import * as discoveryApps from './discovery-apps-schemas.ts';
import * as discoveryReports from './discovery-reports-schemas.ts';
import * as discoveryUploads from './discovery-uploads-schemas.ts';
import * as explanations from './explanations-schemas.ts';
import * as filterFields from './filter-fields-schemas.ts';
import * as hunting from './hunting-schemas.ts';
import * as incidents from './incidents-schemas.ts';
import * as ingest from './ingest-schemas.ts';
import * as logCollectors from './log-collectors-schemas.ts';
import * as machineActions from './machine-actions-schemas.ts';
import * as mailSettings from './mail-settings-schemas.ts';
import * as me from './me-schemas.ts';
import * as policies from './policies-schemas.ts';
import * as roles from './roles-schemas.ts';
import * as shared from './schemas.ts';
import * as sessions from './sessions-schemas.ts';
import * as setup from './setup-schemas.ts';
import * as siemAgents from './siem-agents-schemas.ts';
import * as signingKeys from './signing-keys-schemas.ts';
import * as tokenInspections from './token-inspections-schemas.ts';
import * as tokens from './tokens-schemas.ts';
import * as webhooks from './webhooks-schemas.ts';

/** Problem details (RFC 9457), as problems.ts sends them. */
const Problem = withOptional(
  record(
    { text: 'type title detail', whole: 'status' },
    {
      code: text('Stable; programs decide by it.'),
      correlationId: text(
        'Names this answer: GET /explanations/{correlationId} tells the checks of a refusal and the one thing to change.',
      ),
    },
  ),
  {
    explanation: text('Path of the explanation; of refusals only.'),
    retryAfterSeconds: { type: 'integer' },
    permission: text('The permission that is missing, where one is.'),
    roles: arrayOf(text('The built-in roles that give that permission.')),
    eligibleRole: text('The one among the roles of the caller that gives it once it is activated.'),
    fields: arrayOf(maybe({ text: 'field problem' })),
  },
);

const files: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  activities,
  agents,
  applications,
  audit,
  customDetections,
  directory,
  discoveryApps,
  discoveryReports,
  discoveryUploads,
  explanations,
  filterFields,
  hunting,
  incidents,
  ingest,
  logCollectors,
  machineActions,
  mailSettings,
  me,
  policies,
  roles,
  shared,
  sessions,
  setup,
  siemAgents,
  signingKeys,
  tokenInspections,
  tokens,
  webhooks,
};

/** Every schema that a file exports, by its name; where two files use one name, with the name of the file in front. */
function namedSchemas(): Record<string, Schema> {
  const all = Object.entries(files).flatMap(([file, exported]) =>
    Object.entries(exported).flatMap(([name, schema]) => (isSchema(schema) ? [{ file, name, schema }] : [])),
  );
  return Object.fromEntries(
    all.map(({ file, name, schema }) => [
      all.some((other) => other.name === name && other.file !== file) ? `${file}.${name}` : name,
      schema,
    ]),
  );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && ('type' in value || 'anyOf' in value);
}

export const managementDescribed: DescribedSurface = {
  title: 'Sallyport management API',
  about:
    'Our own API, which the portal and the command line use. A person calls it with a session; calls that API tokens open as well say so. Times are ISO 8601 in UTC. Lists take `limit` (100 at most) and `skip`. Every answer carries `x-correlation-id`.',
  base: '/management/v1',
  credentials: ['session'],
  problem: { type: 'application/problem+json', schema: Problem },
  groups: [...directoryGroups, ...accessGroups, ...applicationsGroups, ...securityGroups, ...discoveryGroups],
  components: { Problem, ...namedSchemas() },
  pathOf: below('/management/v1'),
};
