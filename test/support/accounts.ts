// Tenants and people for tests of signing in, made straight through the directory.
import { randomBytes } from 'node:crypto';
import type { Services } from '../../src/context.ts';
import { addAssignment } from '../../src/directory/assignments.ts';
import { hashPassword } from '../../src/directory/passwords.ts';
import { findRole } from '../../src/directory/role-table.ts';
import type { SignInInput } from '../../src/directory/sign-in.ts';
import { createTenant, type Tenant } from '../../src/directory/tenants.ts';
import { addUser } from '../../src/directory/users.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import { type CorrelationId, newId } from '../../src/lib/ids.ts';

export const testPassword = 'tram lantern gravel otter';
let testPasswordHash: Promise<string> | undefined;

/** A tenant with a random slug and the domain <slug>.example. */
export async function makeTenant(services: Services, isOperator = false): Promise<Tenant> {
  const slug = `t${randomBytes(6).toString('hex')}`;
  return await services.store.transaction((trx) =>
    createTenant(services, trx, { slug, displayName: `Tenant ${slug}`, domain: `${slug}.example` }, isOperator),
  );
}

/** An enabled user with {@link testPassword} and, if given, a permanent role. */
export async function makeUser(
  services: Services,
  tenant: Tenant,
  options: { name?: string; role?: string; mustChangePassword?: boolean } = {},
): Promise<UserRow> {
  testPasswordHash ??= hashPassword(testPassword);
  const passwordHash = await testPasswordHash;
  const name = options.name ?? `u${randomBytes(4).toString('hex')}`;
  return await services.store.change(tenant.id, async (trx) => {
    const user = await addUser(services, trx, tenant.id, {
      userName: `${name}@${tenant.slug}.example`,
      displayName: name,
      passwordHash,
      mustChangePassword: options.mustChangePassword ?? false,
    });
    const role = options.role === undefined ? undefined : findRole(options.role);
    if (role) await addAssignment(services, trx, user, { role, kind: 'permanent' }, 'test');
    return user;
  });
}

/** A right sign-in of this user, to be changed where the test wants it wrong. */
export function signInInput(user: Pick<UserRow, 'userName'>, change: Partial<SignInInput> = {}): SignInInput {
  return { hostTenantId: null, userName: user.userName, password: testPassword, client: 'cli', ...change };
}

let nextAddress = 0;

/** An origin with an address that no other test uses, so that tests do not lock each other out. */
export function makeOrigin(): { address: string; userAgent: string } {
  nextAddress++;
  return {
    address: `10.${(nextAddress >> 16) & 255}.${(nextAddress >> 8) & 255}.${nextAddress & 255}`,
    userAgent: 'test',
  };
}

export function newCorrelationId(): CorrelationId {
  return newId<CorrelationId>();
}
