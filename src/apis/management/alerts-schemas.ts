// An alert in one piece: both of its ids, its incident, and everything that the documented surfaces tell in parts.
import { Type } from '../../lib/schema.ts';
import { TextOrNull, Time, TimeOrNull } from './schemas.ts';

/** Either of an alert's ids. */
export const AlertParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 1000 }) });

/** Entities and devices as incidents carry them (`/api/incidents`), evidence with what was counted or compared. */
const Members = Type.Record(Type.String(), Type.Unknown());

export const AlertView = Type.Object({
  /** Of `/api/v1/alerts/`. */
  id: Type.String(),
  /** Of the Defender and Graph surfaces. */
  alertId: Type.String(),
  incidentId: Type.Union([Type.Integer(), Type.Null()]),
  title: Type.String(),
  description: Type.String(),
  severity: Type.String(),
  status: Type.String(),
  /** How it was closed: open, dismissed, resolved, falsePositive, benign, truePositive. */
  resolution: Type.String(),
  classification: Type.String(),
  determination: Type.String(),
  isRead: Type.Boolean(),
  assignedTo: TextOrNull,
  category: Type.String(),
  serviceSource: Type.String(),
  detectionSource: Type.String(),
  policyId: TextOrNull,
  policyName: TextOrNull,
  mitreTechniques: Type.Array(Type.String()),
  createdAt: Time,
  updatedAt: Time,
  firstActivityAt: Time,
  lastActivityAt: Time,
  resolvedAt: TimeOrNull,
  handledBy: TextOrNull,
  closeComment: TextOrNull,
  comments: Type.Array(Type.Object({ comment: Type.String(), createdBy: Type.String(), createdAt: Time })),
  entities: Type.Array(Members),
  devices: Type.Array(Members),
  evidence: Type.Array(Type.Object({ text: Type.String(), values: Members })),
  activityIds: Type.Array(Type.String()),
});
export type AlertView = Type.Static<typeof AlertView>;
