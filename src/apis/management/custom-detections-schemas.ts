// Shapes of custom detections on the management API. A rule itself has the documented shape of Graph's detectionRule.
import { Type } from '../../lib/schema.ts';
import { listOf, oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time, TimeOrNull } from './schemas.ts';

const Anything = Type.Record(Type.String(), Type.Unknown());

/** Checked member by member, with Graph's words, where it is read. */
export const DetectionRuleBody = Type.Record(Type.String(), Type.Unknown());

export const DetectionRule = Type.Object({
  '@odata.type': Type.String(),
  id: Type.String(),
  displayName: Type.String(),
  isEnabled: Type.Boolean(),
  createdBy: Type.String(),
  createdDateTime: Time,
  lastModifiedDateTime: Time,
  lastModifiedBy: Type.String(),
  detectorId: Type.String(),
  queryCondition: Type.Object({ queryText: Type.String(), lastModifiedDateTime: TimeOrNull }),
  schedule: Type.Object({ period: Type.String(), nextRunDateTime: TimeOrNull }),
  lastRunDetails: Type.Object({
    lastRunDateTime: TimeOrNull,
    status: TextOrNull,
    failureReason: TextOrNull,
    errorCode: TextOrNull,
  }),
  detectionAction: Type.Object({
    alertTemplate: Type.Object({
      title: Type.String(),
      description: Type.String(),
      severity: Type.String(),
      category: Type.String(),
      recommendedActions: TextOrNull,
      mitreTechniques: Type.Array(Type.String()),
      impactedAssets: Type.Array(Type.Object({ '@odata.type': Type.String(), identifier: Type.String() })),
    }),
    organizationalScope: Type.Null(),
    responseActions: Type.Array(Anything),
  }),
});
export const DetectionRules = listOf(DetectionRule);

export const DetectionRuleQuery = Type.Object(
  {
    ...PageQuery,
    sort: Type.Optional(oneOf('displayName', 'severity', 'period', 'lastRun', 'nextRun', 'changed')),
    enabled: Type.Optional(Type.Boolean()),
    /** How the last run ended. */
    status: Type.Optional(oneOf('completed', 'partiallyFailed', 'failed')),
  },
  { additionalProperties: false },
);

/** What members of a rule may be. */
export const DetectionChoices = Type.Object({
  periods: Type.Array(Type.String()),
  severities: Type.Array(Type.String()),
  categories: Type.Array(Type.String()),
  assets: Type.Array(Type.Object({ kind: Type.String(), type: Type.String(), identifiers: Type.Array(Type.String()) })),
});

export const DetectionRun = Type.Object({
  id: Type.String(),
  eventStore: Type.String(),
  cause: oneOf('schedule', 'request'),
  startedAt: Time,
  endedAt: Time,
  from: Time,
  until: Time,
  status: oneOf('completed', 'partiallyFailed', 'failed'),
  rows: Type.Integer(),
  alerts: Type.Integer(),
  heldBack: Type.Integer(),
  errorCode: TextOrNull,
  failureReason: TextOrNull,
});
export const DetectionRuns = listOf(DetectionRun);

export const DetectionDryRun = Type.Object({
  from: Time,
  until: Time,
  rows: Type.Integer(),
  alerts: Type.Integer(),
  heldBack: Type.Integer(),
  alreadyTold: Type.Integer(),
  seconds: Type.Number(),
  errorCode: TextOrNull,
  failureReason: TextOrNull,
  samples: Type.Array(
    Type.Object({
      title: Type.String(),
      description: Type.String(),
      severity: Type.String(),
      firstActivity: Time,
      lastActivity: Time,
      events: Type.Integer(),
      devices: Type.Array(Anything),
      entities: Type.Array(Anything),
    }),
  ),
});
