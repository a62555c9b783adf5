import { Type } from '../../lib/schema.ts';
import { listOf, oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time, TimeOrNull } from './schemas.ts';

export const IncidentParams = Type.Object({ id: Type.Integer({ minimum: 1 }) });

const IncidentId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

export const Reason = Type.Object({
  alertId: Type.String(),
  /** The alert of the incident that it shares something with; null when somebody moved it here. */
  sharedWith: TextOrNull,
  /** user, device, address, file, mail, oauth-app. */
  kind: TextOrNull,
  key: TextOrNull,
  movedFrom: Type.Union([Type.Integer(), Type.Null()]),
  movedBy: TextOrNull,
});

const Severity = oneOf('UnSpecified', 'Informational', 'Low', 'Medium', 'High');

const summary = {
  incidentId: Type.Integer(),
  name: Type.String(),
  status: Type.String(),
  severity: Type.String(),
  classification: Type.String(),
  determination: Type.String(),
  assignedTo: TextOrNull,
  tags: Type.Array(Type.String()),
  alertCount: Type.Integer(),
  redirectIncidentId: Type.Union([Type.Integer(), Type.Null()]),
  /** False when another product made it. */
  isMadeHere: Type.Boolean(),
  createdAt: Time,
  updatedAt: Time,
  firstActivityAt: TimeOrNull,
  lastActivityAt: TimeOrNull,
};

/** An incident without what is in it. */
export const IncidentSummary = Type.Object(summary);
export type IncidentSummary = Type.Static<typeof IncidentSummary>;

export const IncidentQuery = Type.Object(
  {
    limit: PageQuery.limit,
    skip: PageQuery.skip,
    /** The last changed first unless said otherwise. */
    direction: PageQuery.direction,
    sort: Type.Optional(oneOf('updatedAt', 'createdAt', 'lastActivityAt', 'severity', 'alertCount', 'name')),
    /** In the name, in any case; a number is the incident's own too. */
    search: PageQuery.search,
    status: Type.Optional(oneOf('Active', 'InProgress', 'Resolved', 'Redirected')),
    severity: Type.Optional(Severity),
    /** A user name in any case. */
    assignedTo: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    isAssigned: Type.Optional(Type.Boolean()),
    classification: Type.Optional(oneOf('unknown', 'falsePositive', 'truePositive', 'informationalExpectedActivity')),
    /** As alerts spell it, such as MicrosoftDefenderForEndpoint: one of its alerts came from there. */
    serviceSource: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** Changed at this time or later. */
    updatedSince: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601' })),
  },
  { additionalProperties: false },
);

/** Counted to the end: incidents of a tenant are bounded. */
export const Incidents = listOf(IncidentSummary);

export const IncidentView = Type.Object({
  ...summary,
  alertIds: Type.Array(Type.String()),
  reasons: Type.Array(Reason),
});
export type IncidentView = Type.Static<typeof IncidentView>;

const Comment = Type.Union([Type.String({ minLength: 1, maxLength: 30_000 }), Type.Null()]);

const Name = Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' });

/** Only what is sent changes. */
export const UpdateBody = Type.Object(
  {
    status: Type.Optional(oneOf('Active', 'InProgress', 'Resolved')),
    /** Null for nobody. */
    assignedTo: Type.Optional(Type.Union([Name, Type.Null()])),
    classification: Type.Optional(oneOf('unknown', 'falsePositive', 'truePositive', 'informationalExpectedActivity')),
    /** In any documented spelling; it must go with the classification. */
    determination: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    severity: Type.Optional(Severity),
    name: Type.Optional(Name),
    /** Takes the place of all tags. */
    tags: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 256, pattern: '\\S' }), { maxItems: 100, uniqueItems: true }),
    ),
    comment: Type.Optional(Type.String({ minLength: 1, maxLength: 30_000 })),
  },
  { additionalProperties: false, minProperties: 1 },
);

export const MergeBody = Type.Object(
  { incidentIds: Type.Array(IncidentId, { minItems: 2, maxItems: 20 }), comment: Type.Optional(Comment) },
  { additionalProperties: false },
);

export const MoveBody = Type.Object(
  {
    alertIds: Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), { minItems: 1, maxItems: 1000 }),
    /** Without it, or with null, they make a new incident. */
    incidentId: Type.Optional(Type.Union([IncidentId, Type.Null()])),
    comment: Type.Optional(Comment),
  },
  { additionalProperties: false },
);

export const ResultingIncident = Type.Object({ incidentId: Type.Integer() });
