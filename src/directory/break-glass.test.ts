import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeOrigin, makeTenant, makeUser, newCorrelationId, signInInput } from '../../test/support/accounts.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import { Refusal } from '../access/refusal.ts';
import { dayMs } from '../lib/clock.ts';
import { InvalidInput, NotFound } from '../lib/failures.ts';
import { systemTenantId } from '../lib/ids.ts';
import { addAssignment } from './assignments.ts';
import { breakGlass } from './break-glass.ts';
import { updateCredentials } from './credentials-store.ts';
import { loadRights, rightsAt } from './effective.ts';
import { findRole, globalAdministratorId } from './role-table.ts';
import { mintSecondFactorSecret, sealSecondFactor } from './second-factor.ts';
import { findSession } from './sessions.ts';
import { signIn } from './sign-in.ts';
import { findTenant, type Tenant } from './tenants.ts';
import { updateTenant } from './tenants-store.ts';
import { updateUser } from './users-store.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

const reason = 'The administrator has left the company.';

async function assertGlobalAdministrator(tenant: Tenant, userName: string, oneTimePassword: string): Promise<void> {
  const input = signInInput({ userName }, { password: oneTimePassword, tenant: tenant.slug });
  await assert.rejects(
    signIn(services, makeOrigin(), newCorrelationId(), input),
    (error) => error instanceof Refusal && error.details.code === 'password-change-required',
  );
  const newPassword = 'otter gravel lantern tram';
  const { user } = await signIn(services, makeOrigin(), newCorrelationId(), { ...input, newPassword });
  const rights = await loadRights(services.store.db, tenant.id, user.id);
  assert.ok(rights);
  assert.ok(rightsAt(rights, services.clock()).permissions.has('Roles.manage'));
  assert.ok(rightsAt(rights, services.clock() + 3650 * dayMs).permissions.has('Roles.manage'));
}

test('a disabled, locked, second-factored administrator of a disabled tenant gets back in', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const { value } = await signIn(services, makeOrigin(), newCorrelationId(), signInInput(user));
  const wrong = signInInput(user, { password: 'wrong' });
  for (let round = 0; round < services.config.signInFailuresMax; round++) {
    await assert.rejects(signIn(services, makeOrigin(), newCorrelationId(), wrong));
  }
  await services.store.change(tenant.id, async (trx) => {
    await updateCredentials(trx, tenant.id, user.id, {
      secondFactorSecret: sealSecondFactor(services.keys, user.id, mintSecondFactorSecret()),
      secondFactorConfirmedAt: services.clock(),
    });
    await updateUser(trx, tenant.id, user.id, { status: 'disabled' });
    await updateTenant(trx, tenant.id, { status: 'disabled' });
  });
  const result = await breakGlass(services, { tenantRef: tenant.slug, userName: user.userName.toUpperCase(), reason });
  assert.equal(result.user.id, user.id);
  assert.equal((await findTenant(services.store.db, tenant.slug))?.status, 'enabled');
  assert.notEqual((await findSession(services, value))?.session.endedAt, null);
  await assertGlobalAdministrator(tenant, user.userName, result.oneTimePassword);
});

test('a user that is absent is made, and one that was deleted is restored, also in a deleted tenant', async () => {
  const tenant = await makeTenant(services);
  const userName = `rescue@${tenant.slug}.example`;
  const made = await breakGlass(services, { tenantRef: tenant.id, userName, reason });
  await assertGlobalAdministrator(tenant, userName, made.oneTimePassword);
  await services.store.change(tenant.id, async (trx) => {
    await updateUser(trx, tenant.id, made.user.id, { status: 'deleted', statusBeforeDeletion: 'enabled' });
    await updateTenant(trx, tenant.id, { status: 'deleted', statusBeforeDeletion: 'enabled' });
  });
  const again = await breakGlass(services, { tenantRef: `${tenant.slug}.example`, userName, reason });
  assert.equal(again.user.id, made.user.id);
  await assertGlobalAdministrator(tenant, userName, again.oneTimePassword);
});

test('an assignment that ends gives way to one that does not', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  const role = findRole(globalAdministratorId);
  assert.ok(role);
  await services.store.change(tenant.id, (trx) =>
    addAssignment(services, trx, user, { role, kind: 'permanent', endsAt: services.clock() + dayMs }, 'test'),
  );
  const { oneTimePassword } = await breakGlass(services, { tenantRef: tenant.slug, userName: user.userName, reason });
  await assertGlobalAdministrator(tenant, user.userName, oneTimePassword);
});

test("it is recorded in the tenant's audit and in the deployment's, with the reason and without the password", async () => {
  const tenant = await makeTenant(services);
  const userName = `rescue@${tenant.slug}.example`;
  const { oneTimePassword } = await breakGlass(services, { tenantRef: tenant.slug, userName, reason });
  for (const chain of [tenant.id, systemTenantId]) {
    const rows = await services.store.db
      .selectFrom('auditRecords')
      .select(['actor', 'body'])
      .where('tenantId', '=', chain)
      .where('action', '=', 'access.break-glass')
      .execute();
    const record = rows.find((each) => each.body.includes(userName));
    assert.ok(record);
    assert.ok(record.body.includes(reason));
    assert.equal(record.actor, 'break-glass');
    assert.ok(!record.body.includes(oneTimePassword));
  }
});

test('an unknown tenant, a name outside its domains and an empty reason are refused and change nothing', async () => {
  const tenant = await makeTenant(services);
  const userName = `rescue@${tenant.slug}.example`;
  await assert.rejects(breakGlass(services, { tenantRef: 'no-such-tenant', userName, reason }), NotFound);
  for (const [field, change] of [
    ['userName', { userName: 'rescue@elsewhere.example' }],
    ['userName', { userName: 'rescue' }],
    ['reason', { reason: ' ' }],
    ['reason', { reason: 'x'.repeat(501) }],
  ] as const) {
    await assert.rejects(
      breakGlass(services, { tenantRef: tenant.slug, userName, reason, ...change }),
      (error) => error instanceof InvalidInput && error.field === field,
    );
  }
  const users = await services.store.db.selectFrom('users').selectAll().where('tenantId', '=', tenant.id).execute();
  assert.equal(users.length, 0);
});

test('the answer holds nothing of the account but its names', async () => {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  for (const userName of [user.userName, `new@${tenant.slug}.example`]) {
    const result = await breakGlass(services, { tenantRef: tenant.slug, userName, reason });
    assert.deepEqual(Object.keys(result.user).sort(), ['displayName', 'id', 'userName']);
    assert.deepEqual(Object.keys(result.tenant).sort(), ['displayName', 'id', 'slug']);
  }
});
