import { Type } from '../../lib/schema.ts';
import { TextOrNull, TimeOrNull } from './schemas.ts';

/** Longer than any token is allowed to be, whatever `jwtBytesMax` says. */
const valueLengthMax = 70_000;

export const InspectionBody = Type.Object(
  { value: Type.String({ minLength: 1, maxLength: valueLengthMax }) },
  { additionalProperties: false },
);

/** Anything that a JWT may hold, as it stands in it. */
const AnyObjectOrNull = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]);

export const TokenInspection = Type.Object({
  kind: Type.String(),
  source: Type.String(),
  summary: Type.String(),
  header: AnyObjectOrNull,
  claims: AnyObjectOrNull,
  signature: Type.Union([Type.Object({ state: Type.String(), detail: Type.String() }), Type.Null()]),
  times: Type.Union([
    Type.Object({ state: Type.String(), issuedAt: TimeOrNull, notBefore: TimeOrNull, expiresAt: TimeOrNull }),
    Type.Null(),
  ]),
  tenant: Type.Union([Type.Object({ id: Type.String(), displayName: TextOrNull }), Type.Null()]),
  roles: Type.Array(Type.String()),
  scopes: Type.Array(Type.String()),
  permissions: Type.Union([Type.Array(Type.String()), Type.Null()]),
  /** In the order in which a call with it is checked. */
  checks: Type.Array(Type.Object({ check: Type.String(), outcome: Type.String(), detail: Type.String() })),
  endpoints: Type.Array(
    Type.Object({
      surface: Type.String(),
      method: Type.String(),
      path: Type.String(),
      outcome: Type.String(),
      why: Type.String(),
    }),
  ),
});
