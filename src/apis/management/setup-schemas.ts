import { Type } from '../../lib/schema.ts';

/** `slug`, `displayName` and `domain` on the first set-up only; later links belong to a tenant that exists. */
export const SetupBody = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 200 }),
    slug: Type.Optional(Type.String({ maxLength: 100 })),
    displayName: Type.Optional(Type.String({ maxLength: 400 })),
    domain: Type.Optional(Type.String({ maxLength: 253 })),
    userName: Type.String({ minLength: 1, maxLength: 256 }),
    userDisplayName: Type.String({ maxLength: 400 }),
    password: Type.String({ minLength: 1, maxLength: 1024 }),
  },
  { additionalProperties: false },
);

export const SetupDone = Type.Object({
  tenant: Type.Object({
    id: Type.String(),
    slug: Type.String(),
    displayName: Type.String(),
    isOperator: Type.Boolean(),
    domains: Type.Array(Type.Object({ name: Type.String(), isPrimary: Type.Boolean() })),
  }),
  user: Type.Object({ id: Type.String(), userName: Type.String(), displayName: Type.String() }),
  url: Type.String(),
});
