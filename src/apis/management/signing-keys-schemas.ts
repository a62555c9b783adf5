import { Type } from '../../lib/schema.ts';
import { Time, TimeOrNull } from './schemas.ts';

export const SigningKey = Type.Object({
  /** `kid` of the tokens that it signs. */
  id: Type.String(),
  state: Type.Union([Type.Literal('waiting'), Type.Literal('signing'), Type.Literal('retired'), Type.Literal('ended')]),
  createdAt: Time,
  signsFrom: Time,
  retiredAt: TimeOrNull,
  publishedUntil: TimeOrNull,
  certificateEndsAt: Time,
});

export const SigningKeyList = Type.Object({ items: Type.Array(SigningKey), total: Type.Integer() });

export const RotationBody = Type.Object(
  {
    /** Signs at once instead of a day later. */
    immediately: Type.Optional(Type.Boolean()),
    /** For a key that leaked: every token of the keys until now is refused from this moment. */
    withdraw: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
