import { Type } from '../../lib/schema.ts';
import { TextOrNull, Time, TimeOrNull } from './schemas.ts';

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

export const IncidentView = Type.Object({
  incidentId: Type.Integer(),
  name: Type.String(),
  status: Type.String(),
  severity: Type.String(),
  redirectIncidentId: Type.Union([Type.Integer(), Type.Null()]),
  /** False when another product made it. */
  isMadeHere: Type.Boolean(),
  createdAt: Time,
  updatedAt: Time,
  firstActivityAt: TimeOrNull,
  lastActivityAt: TimeOrNull,
  alertIds: Type.Array(Type.String()),
  reasons: Type.Array(Reason),
});
export type IncidentView = Type.Static<typeof IncidentView>;

const Comment = Type.Union([Type.String({ minLength: 1, maxLength: 30_000 }), Type.Null()]);

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
