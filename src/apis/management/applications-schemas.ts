// Shapes of applications, their presence in tenants, and consent on the management API.
import { Type } from '../../lib/schema.ts';
import { oneOf } from './directory-schemas.ts';
import { PageQuery, TextOrNull, Time, TimeOrNull } from './schemas.ts';

const Guid = Type.String({ maxLength: 40 });
const Name = Type.String({ minLength: 1, maxLength: 300 });
const Uri = Type.String({ maxLength: 300 });
const Names = Type.Array(Name, { maxItems: 1000 });
const closed = { additionalProperties: false };

export const RedirectUris = Type.Object({
  web: Type.Array(Type.String()),
  spa: Type.Array(Type.String()),
  publicClient: Type.Array(Type.String()),
});

const PermissionName = Type.Object({ id: Type.String(), value: Type.String(), displayName: Type.String() });

export const NamedAccess = Type.Object({
  resourceAppId: Type.String(),
  resource: Type.String(),
  roles: Type.Array(PermissionName),
  scopes: Type.Array(PermissionName),
});

/** What is asked for, by name: resource is a display name, app id or identifier URI; permissions are names or ids. */
export const AccessInput = Type.Object(
  { resource: Name, roles: Type.Optional(Names), scopes: Type.Optional(Names) },
  closed,
);

const AccessInputs = Type.Array(AccessInput, { maxItems: 50 });

const ExposedRole = {
  id: Guid,
  value: Type.String({ maxLength: 120 }),
  displayName: Type.String({ maxLength: 100 }),
  description: Type.String({ maxLength: 1024 }),
  isEnabled: Type.Boolean(),
};
const ExposedScopeShape = Type.Object({ ...ExposedRole, adminOnly: Type.Boolean() }, closed);
const ExposedRoleShape = Type.Object(ExposedRole, closed);

export const Secret = Type.Object({
  id: Type.String(),
  description: Type.String(),
  /** The first three characters of the value. */
  hint: Type.String(),
  startsAt: Time,
  endsAt: Time,
});

/** The only answer that ever holds a secret's value. */
export const MintedSecret = Type.Object({ secret: Secret, value: Type.String() });

export const Certificate = Type.Object({
  id: Type.String(),
  description: Type.String(),
  thumbprintSha1: Type.String(),
  thumbprintSha256: Type.String(),
  startsAt: Time,
  endsAt: Time,
});

const SignInAudience = oneOf('AzureADMyOrg', 'AzureADMultipleOrgs');
const RefreshPolicy = oneOf('rotate', 'entra');
const TokenVersion = Type.Union([Type.Literal(1), Type.Literal(2), Type.Null()]);
const Status = oneOf('enabled', 'disabled', 'deleted');
const User = Type.Object({ id: Type.String(), userName: Type.String() });

export const Application = Type.Object({
  id: Type.String(),
  appId: Type.String(),
  displayName: Type.String(),
  description: TextOrNull,
  signInAudience: SignInAudience,
  status: Status,
  statusChangedAt: Time,
  createdAt: Time,
  redirectUris: RedirectUris,
  logoutUrl: TextOrNull,
  homePageUrl: TextOrNull,
  identifierUris: Type.Array(Type.String()),
  requiredAccess: Type.Array(NamedAccess),
  exposedScopes: Type.Array(ExposedScopeShape),
  appRoles: Type.Array(ExposedRoleShape),
  isPublicClient: Type.Boolean(),
  accessTokenVersion: TokenVersion,
  refreshPolicy: RefreshPolicy,
  requiresPushedRequests: Type.Boolean(),
  owners: Type.Array(User),
  secrets: Type.Array(Secret),
  certificates: Type.Array(Certificate),
  publisherTenant: Type.Object({ id: Type.String(), displayName: Type.String() }),
});

const applicationFields = {
  description: Type.Optional(Type.Union([Type.String({ maxLength: 2000 }), Type.Null()])),
  signInAudience: Type.Optional(SignInAudience),
  redirectUris: Type.Optional(
    Type.Object(
      {
        web: Type.Optional(Type.Array(Uri, { maxItems: 1000 })),
        spa: Type.Optional(Type.Array(Uri, { maxItems: 1000 })),
        publicClient: Type.Optional(Type.Array(Uri, { maxItems: 1000 })),
      },
      closed,
    ),
  ),
  logoutUrl: Type.Optional(Type.Union([Uri, Type.Null()])),
  homePageUrl: Type.Optional(Type.Union([Uri, Type.Null()])),
  identifierUris: Type.Optional(Type.Array(Uri, { maxItems: 50 })),
  requiredAccess: Type.Optional(AccessInputs),
  exposedScopes: Type.Optional(Type.Array(ExposedScopeShape, { maxItems: 1000 })),
  appRoles: Type.Optional(Type.Array(ExposedRoleShape, { maxItems: 1000 })),
  isPublicClient: Type.Optional(Type.Boolean()),
  accessTokenVersion: Type.Optional(TokenVersion),
  refreshPolicy: Type.Optional(RefreshPolicy),
  requiresPushedRequests: Type.Optional(Type.Boolean()),
};

export const RegisterBody = Type.Object({ displayName: Name, ...applicationFields }, closed);
export const UpdateApplicationBody = Type.Object({ displayName: Type.Optional(Name), ...applicationFields }, closed);
export const RequiredAccessBody = Type.Object({ requiredAccess: AccessInputs }, closed);

export const ApplicationQuery = Type.Object(
  { ...PageQuery, status: Type.Optional(Status), sort: Type.Optional(oneOf('displayName', 'createdAt')) },
  closed,
);

export const SecretBody = Type.Object(
  {
    description: Type.Optional(Type.String({ maxLength: 300 })),
    expiresAt: Type.Optional(Type.String({ maxLength: 40 })),
    months: Type.Optional(Type.Integer({ minimum: 1, maximum: 120 })),
  },
  closed,
);

export const CertificateBody = Type.Object(
  { description: Type.Optional(Type.String({ maxLength: 300 })), certificate: Type.String({ maxLength: 65_536 }) },
  closed,
);

const ref = Type.String({ minLength: 1, maxLength: 253 });
export const PartParams = Type.Object({ ref, part: ref });
export const Owners = Type.Object({ items: Type.Array(User), total: Type.Integer() });

export const ConsentLink = Type.Object({ url: Type.String(), adminConsentUrl: Type.String() });

/** A tenant that lets an application in; `permissions` are the application permissions in force there. */
export const ConsentGiven = Type.Object({
  tenant: Type.Object({ id: Type.String(), displayName: Type.String() }),
  consentedAt: TimeOrNull,
  isEnabled: Type.Boolean(),
  permissions: Type.Array(Type.String()),
});

const { search: _search, ...consentsPage } = PageQuery;
export const ConsentsGivenQuery = Type.Object(
  { ...consentsPage, sort: Type.Optional(Type.Literal('createdAt')) },
  closed,
);

const FullPermission = Type.Object({
  ...PermissionName.properties,
  description: Type.String(),
  adminOnly: Type.Boolean(),
});

export const Resource = Type.Object({
  appId: Type.String(),
  displayName: Type.String(),
  identifierUris: Type.Array(Type.String()),
  roles: Type.Array(FullPermission),
  scopes: Type.Array(FullPermission),
});

export const ResourceQuery = Type.Object({ search: Type.Optional(Type.String({ maxLength: 200 })) }, closed);

export const EndpointPermission = Type.Object({
  method: Type.String(),
  path: Type.String(),
  surface: Type.String(),
  resources: Type.Array(Type.String()),
  application: Type.Array(Type.String()),
  delegated: Type.Array(Type.String()),
});

export const ServicePrincipal = Type.Object({
  id: Type.String(),
  appId: Type.String(),
  displayName: Type.String(),
  homeTenant: Type.Union([Type.Object({ id: Type.String(), displayName: Type.String() }), Type.Null()]),
  isEnabled: Type.Boolean(),
  requiresAssignment: Type.Boolean(),
  createdAt: Time,
  createdBy: Type.String(),
  consentedAt: TimeOrNull,
  consentedBy: TextOrNull,
  lastTokenAt: TimeOrNull,
  lastTokenGrant: TextOrNull,
  grants: Type.Object({
    applications: Type.Array(
      Type.Object({
        id: Type.String(),
        resourceAppId: Type.String(),
        resource: Type.String(),
        value: Type.String(),
        displayName: Type.String(),
        grantedAt: Time,
        grantedBy: Type.String(),
      }),
    ),
    delegated: Type.Array(
      Type.Object({
        id: Type.String(),
        resourceAppId: Type.String(),
        resource: Type.String(),
        scopes: Type.Array(Type.String()),
        user: Type.Union([User, Type.Null()]),
        grantedAt: Time,
        grantedBy: Type.String(),
      }),
    ),
  }),
  changedSince: Type.Object({ added: Type.Array(NamedAccess), removed: Type.Array(NamedAccess) }),
});

export const ServicePrincipalQuery = Type.Object(
  { ...PageQuery, sort: Type.Optional(oneOf('displayName', 'createdAt')) },
  closed,
);

/** Consent by call: to all that the application asks for, or to the permissions that are named. */
export const ConsentBody = Type.Object(
  {
    appId: Type.String({ maxLength: 40 }),
    all: Type.Optional(Type.Literal(true)),
    permissions: Type.Optional(AccessInputs),
  },
  closed,
);

export const ChangePrincipalBody = Type.Object({ requiresAssignment: Type.Boolean() }, closed);
export const AssignedUser = Type.Object({ id: Type.String(), userName: Type.String(), assignedAt: Time });

/** What consenting to an application would grant, for whoever is about to. */
export const ConsentQuestion = Type.Object({
  appId: Type.String(),
  displayName: Type.String(),
  publisherTenant: Type.Object({ id: Type.String(), displayName: Type.String() }),
  permissions: Type.Array(
    Type.Object({
      resourceAppId: Type.String(),
      resource: Type.String(),
      kind: oneOf('application', 'delegated'),
      ...FullPermission.properties,
      /** In force already, for the tenant or for the caller. */
      isGranted: Type.Boolean(),
      /** The tenant consented before, and this was not part of it. */
      isNew: Type.Boolean(),
    }),
  ),
  mayConsent: Type.Boolean(),
  mayAsk: Type.Boolean(),
});

export const ConsentRequest = Type.Object({
  id: Type.String(),
  appId: Type.String(),
  displayName: TextOrNull,
  user: Type.Object({ id: Type.String(), userName: Type.String(), displayName: Type.String() }),
  reason: Type.String(),
  access: Type.Array(NamedAccess),
  status: oneOf('open', 'granted', 'declined', 'expired'),
  createdAt: Time,
  decidedAt: TimeOrNull,
  decidedBy: TextOrNull,
});

export const ConsentRequestQuery = Type.Object(
  { ...PageQuery, status: Type.Optional(oneOf('open', 'granted', 'declined', 'expired')) },
  closed,
);

export const AskBody = Type.Object(
  { appId: Type.String({ maxLength: 40 }), reason: Type.String({ maxLength: 1000 }) },
  closed,
);

export const TenantSettings = Type.Object({
  membersMayRegister: Type.Boolean(),
  passwordGrantEnabled: Type.Boolean(),
  userConsent: oneOf('none', 'non-admin'),
  consentRequestsEnabled: Type.Boolean(),
});

export const TenantSettingsBody = Type.Object(
  {
    membersMayRegister: Type.Optional(Type.Boolean()),
    passwordGrantEnabled: Type.Optional(Type.Boolean()),
    userConsent: Type.Optional(oneOf('none', 'non-admin')),
    consentRequestsEnabled: Type.Optional(Type.Boolean()),
  },
  closed,
);
