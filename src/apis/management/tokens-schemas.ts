import { Type } from '../../lib/schema.ts';
import { PageQuery, TextOrNull, Time, TimeOrNull } from './schemas.ts';

const NamesOrNull = Type.Union([Type.Array(Type.String()), Type.Null()]);

export const TokenStatus = Type.Union([Type.Literal('generated'), Type.Literal('active'), Type.Literal('inactive')]);

export const Token = Type.Object({
  id: Type.String(),
  name: Type.String(),
  owner: Type.Object({ id: Type.String(), userName: Type.String(), displayName: Type.String(), status: Type.String() }),
  createdAt: Time,
  expiresAt: TimeOrNull,
  permissions: NamesOrNull,
  allowedAddresses: NamesOrNull,
  status: TokenStatus,
  lastUsedAt: TimeOrNull,
  lastUsedAddress: TextOrNull,
  lastUsedFor: TextOrNull,
  state: Type.Union([
    Type.Literal('usable'),
    Type.Literal('dormant'),
    Type.Literal('expired'),
    Type.Literal('owner-not-permitted'),
  ]),
  stateReason: TextOrNull,
  previousValueValidUntil: TimeOrNull,
});

/** The only answers that ever hold a token's value. */
export const MintedToken = Type.Object({ token: Token, value: Type.String(), url: Type.String() });

export const GenerateBody = Type.Object(
  {
    name: Type.String({ maxLength: 400 }),
    expiresAt: Type.Optional(TimeOrNull),
    permissions: Type.Optional(
      Type.Union([Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 }), Type.Null()]),
    ),
    allowedAddresses: Type.Optional(
      Type.Union([Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 }), Type.Null()]),
    ),
  },
  { additionalProperties: false },
);

/** What the person who asks may give a token. */
export const TokenChoices = Type.Object({
  permissions: Type.Array(Type.String()),
  rotationOverlapSecondsMax: Type.Integer(),
});

export const TokenQuery = Type.Object(
  {
    ...PageQuery,
    status: Type.Optional(TokenStatus),
    /** A user's id or user name. */
    owner: Type.Optional(Type.String({ maxLength: 200 })),
    sort: Type.Optional(
      Type.Union([Type.Literal('name'), Type.Literal('createdAt'), Type.Literal('lastUsedAt'), Type.Literal('owner')]),
    ),
  },
  { additionalProperties: false },
);

export const TokenList = Type.Object({
  items: Type.Array(Token),
  total: Type.Integer(),
  moreThanTotal: Type.Boolean(),
});

export const RotateBody = Type.Object(
  { overlapSeconds: Type.Optional(Type.Integer({ minimum: 0 })) },
  { additionalProperties: false },
);

export const BulkBody = Type.Object(
  {
    departedOwners: Type.Optional(Type.Boolean()),
    owner: Type.Optional(Type.String({ maxLength: 200 })),
    ids: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1000 })),
    dryRun: Type.Boolean(),
  },
  { additionalProperties: false },
);

export const BulkResult = Type.Object({
  dryRun: Type.Boolean(),
  tokens: Type.Array(Token),
  revoked: Type.Integer(),
  more: Type.Boolean(),
});
