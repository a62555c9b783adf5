// Shapes of a tenant's external sign-in on the management API.
import { Type } from '../../lib/schema.ts';
import { AssignmentKind, oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time } from './schemas.ts';

const ClientAuthentication = oneOf('client_secret_basic', 'client_secret_post');
const Domain = Type.String({ minLength: 1, maxLength: 253 });
const Word = Type.String({ minLength: 1, maxLength: 200 });

export const ExternalSignIn = Type.Object({
  issuer: Type.String(),
  clientId: Type.String(),
  displayName: Type.String(),
  isEnabled: Type.Boolean(),
  clientAuthentication: ClientAuthentication,
  scopes: Type.Array(Type.String()),
  claims: Type.Object({ userName: Type.String(), displayName: Type.String(), groups: TextOrNull }),
  groupRoles: Type.Array(Type.Object({ group: Type.String(), role: Type.String(), kind: AssignmentKind })),
  roleDays: Type.Integer(),
  createsUsers: Type.Boolean(),
  linksUsers: Type.Boolean(),
  allowedDomains: Type.Array(Type.String()),
  trustedDomains: Type.Array(Type.String()),
  trustsSecondFactor: Type.Boolean(),
  secondFactorAcrs: Type.Array(Type.String()),
  changedAt: Time,
  changedBy: TextOrNull,
});

export const ExternalSignInAnswer = Type.Object({
  /** To be registered at the provider: the one of the tenant's own host, and the one of the generic host. */
  redirectUris: Type.Object({ ownHost: Type.String(), genericHost: Type.String() }),
  /** Null when the tenant has none. The client secret is never shown. */
  externalSignIn: Type.Union([ExternalSignIn, Type.Null()]),
});

/** What is left out becomes its default; the secret alone stays, while issuer and client do. */
export const ExternalSignInBody = Type.Object(
  {
    issuer: Type.String({ minLength: 1, maxLength: 1000 }),
    clientId: Type.String({ minLength: 1, maxLength: 300 }),
    clientSecret: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    displayName: Type.String({ minLength: 1, maxLength: 200 }),
    isEnabled: Type.Optional(Type.Boolean()),
    clientAuthentication: Type.Optional(ClientAuthentication),
    scopes: Type.Optional(Type.Array(Word, { maxItems: 50 })),
    claims: Type.Optional(
      Type.Object(
        {
          userName: Type.Optional(Word),
          displayName: Type.Optional(Word),
          groups: Type.Optional(Type.Union([Word, Type.Null()])),
        },
        { additionalProperties: false },
      ),
    ),
    groupRoles: Type.Optional(
      Type.Array(
        Type.Object(
          {
            group: Type.String({ minLength: 1, maxLength: 256 }),
            /** Id or key. */
            role: Word,
            kind: Type.Optional(AssignmentKind),
          },
          { additionalProperties: false },
        ),
        { maxItems: 200 },
      ),
    ),
    roleDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
    createsUsers: Type.Optional(Type.Boolean()),
    linksUsers: Type.Optional(Type.Boolean()),
    allowedDomains: Type.Optional(Type.Array(Domain, { maxItems: 100 })),
    trustedDomains: Type.Optional(Type.Array(Domain, { maxItems: 100 })),
    trustsSecondFactor: Type.Optional(Type.Boolean()),
    secondFactorAcrs: Type.Optional(Type.Array(Word, { maxItems: 20 })),
  },
  { additionalProperties: false },
);

export const CheckBody = Type.Object(
  {
    /** The one that is set unless given. */
    issuer: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
  },
  { additionalProperties: false },
);

export const CheckedProvider = Type.Object({
  checkedAt: Time,
  issuer: Type.String(),
  isUsable: Type.Boolean(),
  findings: Type.Array(
    Type.Object({ severity: oneOf('problem', 'warning'), code: Type.String(), detail: Type.String() }),
  ),
  endpoints: Type.Union([
    Type.Object({ authorization: Type.String(), token: Type.String(), userInfo: TextOrNull, keys: Type.String() }),
    Type.Null(),
  ]),
});

export const ExternalLink = Type.Object({
  user: Type.Object({ id: Type.String(), userName: Type.String(), displayName: Type.String() }),
  issuer: Type.String(),
  subject: Type.String(),
  origin: oneOf('created', 'linked'),
  linkedAt: Time,
  lastSignInAt: Time,
});

export const LinkQuery = Type.Object(
  { limit: PageQuery.limit, skip: PageQuery.skip, direction: PageQuery.direction },
  { additionalProperties: false },
);

export const SignInOptionsQuery = Type.Object(
  {
    /** Slug, id or domain; not needed on a tenant's own host. */
    tenant: Type.Optional(Type.String({ maxLength: 253 })),
  },
  { additionalProperties: false },
);

export const SignInOptions = Type.Object({
  local: Type.Boolean(),
  /** `startUrl` is a path on the same host; `&returnTo=/portal/…` may be added to it. */
  external: Type.Union([Type.Object({ displayName: Type.String(), startUrl: Type.String() }), Type.Null()]),
});
