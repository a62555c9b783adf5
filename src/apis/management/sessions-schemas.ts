import { Type } from '../../lib/schema.ts';
import { Time, TimeOrNull } from './schemas.ts';

const SessionUser = Type.Object({ id: Type.String(), userName: Type.String(), displayName: Type.String() });
const SessionTenant = Type.Object({ id: Type.String(), slug: Type.String(), displayName: Type.String() });
/** What a sign-in here may ask for. */
const Client = Type.Union([Type.Literal('portal'), Type.Literal('cli')]);
/** `sign-in` is the session of the pages that apps send people to. */
const SessionClient = Type.Union([Type.Literal('portal'), Type.Literal('cli'), Type.Literal('sign-in')]);

/** What people type at a sign-in. Longer texts cannot be right and are turned away unread. */
const Password = Type.String({ minLength: 1, maxLength: 1024 });
const Code = Type.String({ maxLength: 100 });

export const SignInBody = Type.Object(
  {
    /** Slug, id or domain; not needed on a tenant's own host or when the user name's domain tells it. */
    tenant: Type.Optional(Type.String({ maxLength: 253 })),
    userName: Type.String({ minLength: 1, maxLength: 256 }),
    password: Password,
    /** Of the authenticator app. */
    code: Type.Optional(Code),
    recoveryCode: Type.Optional(Code),
    /** Only when the account must choose a new password. */
    newPassword: Type.Optional(Password),
    client: Type.Optional(Client),
  },
  { additionalProperties: false },
);

const sessionMembers = {
  id: Type.String(),
  client: SessionClient,
  createdAt: Time,
  expiresAt: Time,
  /** A session also ends after this long without a call. */
  idleSecondsMax: Type.Integer(),
  user: SessionUser,
  tenant: SessionTenant,
  /** Portal only: to be sent as x-csrf-token with everything but GET and HEAD. */
  csrfToken: Type.Optional(Type.String()),
};

export const BegunSession = Type.Object({
  ...sessionMembers,
  /** Command line only, and only here: to be sent as "Authorization: Bearer <value>". */
  value: Type.Optional(Type.String()),
});

export const PresentSession = Type.Object({
  ...sessionMembers,
  /** When this session last proved a second factor. */
  secondFactorAt: TimeOrNull,
  hasSecondFactor: Type.Boolean(),
  /** Roles in force now. */
  roles: Type.Array(
    Type.Object({ id: Type.String(), key: Type.String(), displayName: Type.String(), until: TimeOrNull }),
  ),
  permissions: Type.Array(Type.String()),
  isFullAdministrator: Type.Boolean(),
});

export const SessionList = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      client: SessionClient,
      createdAt: Time,
      lastSeenAt: Time,
      expiresAt: Time,
      address: Type.String(),
      userAgent: Type.String(),
      /** True for the session that asks. */
      isPresent: Type.Boolean(),
    }),
  ),
  total: Type.Integer(),
});
