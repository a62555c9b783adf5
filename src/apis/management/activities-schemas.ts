import { Type } from '../../lib/schema.ts';
import { TextOrNull, Time } from './schemas.ts';

export const PoliciesOfActivity = Type.Object({
  items: Type.Array(
    Type.Object({
      policyId: Type.String(),
      name: Type.String(),
      type: Type.String(),
      matchedAt: Time,
      /** The alert that tells of the match. */
      alertId: TextOrNull,
    }),
  ),
});
