// Shapes of policies on the management API.
import { Type } from '../../lib/schema.ts';
import { listOf, oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time, TimeOrNull } from './schemas.ts';

const closed = { additionalProperties: false };

const Id24 = Type.String({ pattern: '^[0-9a-fA-F]{24}$' });
const Anything = Type.Record(Type.String(), Type.Unknown());

/** So often within so long. */
export const Repetition = Type.Object(
  {
    count: Type.Integer(),
    windowMinutes: Type.Integer(),
    sameUser: Type.Boolean(),
    sameApp: Type.Boolean(),
    uniqueTargets: Type.Boolean(),
  },
  closed,
);

const RepetitionOrNull = Type.Union([Repetition, Type.Null()]);
const Scope = Type.Object({ includeGroups: Type.Array(Id24), excludeGroups: Type.Array(Id24) }, closed);

const policyMembers = {
  id: Type.String(),
  name: Type.String(),
  type: oneOf('AUDIT', 'ANOMALY_DETECTION', 'NEW_SERVICE'),
  description: Type.String(),
  isEnabled: Type.Boolean(),
  severity: oneOf('informational', 'low', 'medium', 'high'),
  riskCategory: Type.Integer(),
  filters: Type.Union([Anything, Type.Null()]),
  repetition: RepetitionOrNull,
  dailyAlertLimit: Type.Integer(),
  scope: Scope,
  sensitivity: Type.Union([oneOf('low', 'medium', 'high'), Type.Null()]),
  settings: Anything,
  reach: Type.Union([Type.Array(Type.Object({ appId: Type.Integer(), instance: Type.Integer() })), Type.Null()]),
  revision: Type.Integer(),
  createdAt: TimeOrNull,
  createdBy: Type.String(),
  changedAt: TimeOrNull,
  changedBy: Type.String(),
};
export const Policy = Type.Object(policyMembers);

export const Counts = Type.Object({ matches: Type.Integer(), alerts: Type.Integer(), heldBack: Type.Integer() });

/** Members of {@link Policy} and what goes on with it, which is null where it was not asked for or is beyond the reader's role. */
export const ListedPolicy = Type.Object({
  ...policyMembers,
  openAlerts: Type.Union([Type.Integer(), Type.Null()]),
  /** Of this day (UTC). */
  today: Type.Union([Counts, Type.Null()]),
});
export const Policies = listOf(ListedPolicy);

export const PolicyQuery = Type.Object(
  {
    ...PageQuery,
    type: Type.Optional(oneOf('AUDIT', 'ANOMALY_DETECTION', 'NEW_SERVICE')),
    isEnabled: Type.Optional(Type.Boolean()),
    severity: Type.Optional(oneOf('informational', 'low', 'medium', 'high')),
    riskCategory: Type.Optional(Type.Integer()),
    sort: Type.Optional(oneOf('name', 'type', 'severity', 'isEnabled', 'changedAt')),
    /** With open alerts and what was found today. */
    standing: Type.Optional(Type.Boolean()),
  },
  closed,
);

const content = {
  description: Type.Optional(Type.String()),
  severity: Type.Optional(Type.String()),
  riskCategory: Type.Optional(Type.Integer()),
  /** The grammar of the cloud-apps surface. */
  filters: Type.Optional(Anything),
  repetition: Type.Optional(RepetitionOrNull),
  dailyAlertLimit: Type.Optional(Type.Integer()),
  isEnabled: Type.Optional(Type.Boolean()),
  scope: Type.Optional(
    Type.Object(
      { includeGroups: Type.Optional(Type.Array(Id24)), excludeGroups: Type.Optional(Type.Array(Id24)) },
      closed,
    ),
  ),
};

/** `template` fills in what the body does not say. AUDIT when neither it nor the body says the type. */
export const CreatePolicyBody = Type.Object(
  {
    name: Type.Optional(Type.String()),
    type: Type.Optional(Type.String({ maxLength: 64 })),
    template: Type.Optional(Type.String({ maxLength: 100 })),
    settings: Type.Optional(Anything),
    ...content,
  },
  closed,
);

export const EditPolicyBody = Type.Object(
  {
    revision: Type.Integer({ minimum: 0 }),
    name: Type.Optional(Type.String()),
    sensitivity: Type.Optional(Type.String()),
    settings: Type.Optional(Anything),
    ...content,
  },
  closed,
);

export const PolicyTemplates = listOf(
  Type.Object({
    id: Type.String(),
    type: oneOf('AUDIT', 'NEW_SERVICE'),
    name: Type.String(),
    description: Type.String(),
    severity: Type.String(),
    riskCategory: Type.Integer(),
    filters: Anything,
    repetition: RepetitionOrNull,
    settings: Anything,
  }),
);

export const PageOnly = Type.Object({ limit: PageQuery.limit, skip: PageQuery.skip }, closed);

export const PolicyVersions = listOf(
  Type.Object({ revision: Type.Integer(), at: Time, by: Type.String(), change: Type.String(), content: Anything }),
);

export const PolicyReport = Type.Object({
  items: Type.Array(
    Type.Object({
      activityId: Type.String(),
      timestamp: Time,
      matchedAt: Time,
      alert: TextOrNull,
      userName: Type.String(),
      appId: Type.Integer(),
      instance: Type.Integer(),
    }),
  ),
  total: Type.Integer(),
  moreThanTotal: Type.Boolean(),
  /** Of this day (UTC); null where the reader's role reaches a part of the organization. */
  today: Type.Union([Counts, Type.Null()]),
});

/** What an app discovery policy told of, within the time that it stays quiet about an app. */
export const PolicyApps = listOf(
  Type.Object({
    appId: Type.Integer(),
    name: Type.String(),
    category: Type.String(),
    score: Type.Union([Type.Number(), Type.Null()]),
    reportId: Type.String(),
    /** Null for a report that is gone. */
    reportName: TextOrNull,
    at: Time,
    alertId: Type.String(),
  }),
);

const period = { from: Time, until: Time };
export const PeriodBody = Type.Object(period, closed);
export const DryRunBody = Type.Object({ ...period, policy: CreatePolicyBody }, closed);

export const DryRun = Type.Object({
  ...period,
  lookedUntil: Time,
  isComplete: Type.Boolean(),
  matches: Type.Integer(),
  alerts: Type.Integer(),
  heldBack: Type.Integer(),
  samples: Type.Array(
    Type.Object({
      title: Type.String(),
      description: Type.String(),
      severity: Type.String(),
      firstActivity: Time,
      lastActivity: Time,
      activityIds: Type.Array(Type.String()),
    }),
  ),
});

export const Backfill = Type.Object({
  id: Type.String(),
  policyId: Type.String(),
  state: oneOf('waiting', 'running', 'done', 'cancelled', 'failed'),
  ...period,
  progress: Type.Number(),
  matches: Type.Integer(),
  alerts: Type.Integer(),
  heldBack: Type.Integer(),
  requestedAt: Time,
  requestedBy: Type.String(),
  startedAt: TimeOrNull,
  endedAt: TimeOrNull,
  problem: TextOrNull,
});
export const Backfills = listOf(Backfill);
