// Shapes of tenants, users and groups on the management API.
import type { TLiteral, TSchema, TUnion } from 'typebox';
import { Type } from '../../lib/schema.ts';
import { PageQuery, Time, TimeOrNull } from './schemas.ts';

/** An id or one of the names that a thing goes by. */
export const RefParams = Type.Object({ ref: Type.String({ minLength: 1, maxLength: 253 }) });

/** Every list answers with one page and how many there are in all. */
export function listOf<Item extends TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), total: Type.Integer() });
}

/** One of these words. `map` loses which literals there are; the words themselves tell. */
export function oneOf<const Words extends string[]>(...words: Words) {
  const literals = words.map((word) => Type.Literal(word));
  return Type.Union(literals) as unknown as TUnion<{ [Index in keyof Words]: TLiteral<Words[Index]> }>;
}

const Status = oneOf('enabled', 'disabled', 'deleted');
const DisplayName = Type.String({ maxLength: 300 });

export const Tenant = Type.Object({
  id: Type.String(),
  slug: Type.String(),
  displayName: Type.String(),
  number: Type.Integer(),
  isOperator: Type.Boolean(),
  status: Status,
  createdAt: Time,
  domains: Type.Array(Type.Object({ name: Type.String(), isPrimary: Type.Boolean() })),
  url: Type.String(),
});

/** The link holds a one-time code: shown here only. */
export const SetupLink = Type.Object({ url: Type.String(), expiresAt: Time });
export const MintedTenant = Type.Object({ tenant: Tenant, setupLink: SetupLink });

export const TenantQuery = Type.Object(
  {
    ...PageQuery,
    status: Type.Optional(Status),
    sort: Type.Optional(oneOf('slug', 'displayName', 'createdAt', 'status')),
  },
  { additionalProperties: false },
);

export const CreateTenantBody = Type.Object(
  { slug: Type.String({ maxLength: 100 }), displayName: DisplayName, domain: Type.String({ maxLength: 253 }) },
  { additionalProperties: false },
);

export const RenameBody = Type.Object({ displayName: DisplayName }, { additionalProperties: false });
export const DomainBody = Type.Object({ name: Type.String({ maxLength: 253 }) }, { additionalProperties: false });
export const DomainParams = Type.Object({
  ref: Type.String({ minLength: 1, maxLength: 253 }),
  name: Type.String({ minLength: 1, maxLength: 253 }),
});

export const RoleState = oneOf('active', 'eligible', 'scheduled', 'expired');
export const AssignmentKind = oneOf('permanent', 'eligible');
/** `external-sign-in` comes and goes with the person's groups at the tenant's provider. */
export const AssignmentSource = oneOf('people', 'external-sign-in');

export const User = Type.Object({
  id: Type.String(),
  userName: Type.String(),
  displayName: Type.String(),
  status: Status,
  createdAt: Time,
  lastSignInAt: TimeOrNull,
  hasSecondFactor: Type.Boolean(),
  roles: Type.Array(
    Type.Object({
      key: Type.String(),
      displayName: Type.String(),
      kind: AssignmentKind,
      state: RoleState,
      source: AssignmentSource,
    }),
  ),
});

/** The only answers that hold a password, and that only once: its user must replace it at the first sign-in. */
export const UserWithPassword = Type.Object({ user: User, oneTimePassword: Type.Optional(Type.String()) });

export const UserQuery = Type.Object(
  {
    ...PageQuery,
    status: Type.Optional(Status),
    sort: Type.Optional(oneOf('userName', 'displayName', 'createdAt', 'lastSignInAt', 'status')),
  },
  { additionalProperties: false },
);

export const CreateUserBody = Type.Object(
  {
    userName: Type.String({ maxLength: 300 }),
    displayName: DisplayName,
    password: Type.Optional(Type.String({ maxLength: 1024 })),
  },
  { additionalProperties: false },
);

export const Group = Type.Object({
  id: Type.String(),
  name: Type.String(),
  createdAt: Time,
  memberCount: Type.Integer(),
});

/** With one page of the members' user names; `memberCount` tells how many there are. */
export const GroupWithMembers = Type.Object({ ...Group.properties, members: Type.Array(Type.String()) });

export const GroupQuery = Type.Object(
  { ...PageQuery, sort: Type.Optional(oneOf('name', 'createdAt')) },
  { additionalProperties: false },
);

const { search: _search, ...memberPage } = PageQuery;
export const MemberQuery = Type.Object(memberPage, { additionalProperties: false });

export const GroupBody = Type.Object({ name: Type.String({ maxLength: 300 }) }, { additionalProperties: false });
export const MemberParams = Type.Object({
  id: Type.String({ maxLength: 200 }),
  userName: Type.String({ minLength: 1, maxLength: 400 }),
});
