import { Type } from '../../lib/schema.ts';

export const Explanation = Type.Object({
  correlationId: Type.String(),
  at: Type.String(),
  surface: Type.String(),
  method: Type.String(),
  path: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  message: Type.String(),
  /** Who was refused, as far as it is known. */
  subject: Type.String(),
  address: Type.String(),
  /** In the order in which they were made; the last one failed. */
  checks: Type.Array(Type.Object({ check: Type.String(), outcome: Type.String(), detail: Type.String() })),
  /** The one thing to change. */
  change: Type.String(),
});
