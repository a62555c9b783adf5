import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeOrigin, makeTenant, makeUser, newCorrelationId, signInInput } from '../../test/support/accounts.ts';
import { secondNode, type TestServices, testServices } from '../../test/support/services.ts';
import { testStoreKind } from '../../test/support/store.ts';
import { Refusal } from '../access/refusal.ts';
import type { Services } from '../context.ts';
import { secondMs } from '../lib/clock.ts';
import { Conflict, InvalidInput } from '../lib/failures.ts';
import { systemTenantId } from '../lib/ids.ts';
import { breakGlass } from './break-glass.ts';
import { loadRights, rightsAt } from './effective.ts';
import { awaitsFirstSetup, completeSetup, createTenantSetupLink, ensureSetupLink, type SetupInput } from './setup.ts';
import { signIn } from './sign-in.ts';

async function withServices(work: (services: TestServices) => Promise<void>): Promise<void> {
  const services = await testServices();
  try {
    await work(services);
  } finally {
    await services.dispose();
  }
}

function codeOf(link: { url: string } | null): string {
  assert.ok(link);
  const url = new URL(link.url);
  assert.equal(url.pathname, '/setup');
  assert.equal(url.search, '');
  assert.match(url.hash, /^#[0-9A-Za-z]{32}$/);
  return url.hash.slice(1);
}

const password = 'lantern gravel tram otter';

function firstSetup(code: string, change: Partial<SetupInput> = {}): SetupInput {
  return {
    code,
    slug: 'acme',
    displayName: 'Acme',
    domain: 'acme.example',
    userName: 'ada@acme.example',
    userDisplayName: 'Ada',
    password,
    ...change,
  };
}

function complete(services: Services, input: SetupInput) {
  return completeSetup(services, makeOrigin(), newCorrelationId(), input);
}

const isRefused = (error: unknown) =>
  error instanceof Refusal && error.details.code === 'setup-code-invalid' && error.details.status === 403;

test('the first set-up makes the operator tenant and its global administrator, who can sign in', () =>
  withServices(async (services) => {
    assert.equal(await awaitsFirstSetup(services), true);
    const code = codeOf(await ensureSetupLink(services));
    const { tenant, user, url } = await complete(services, firstSetup(code));
    assert.equal(tenant.isOperator, true);
    assert.equal(tenant.slug, 'acme');
    assert.equal(new URL(url).hostname, 'acme.localhost');
    await signIn(services, makeOrigin(), newCorrelationId(), signInInput(user, { password }));
    const rights = await loadRights(services.store.db, tenant.id, user.id);
    assert.ok(rights);
    const { permissions } = rightsAt(rights, services.clock());
    assert.ok(permissions.has('Tenants.manage') && permissions.has('Roles.manage'));
    assert.equal(await awaitsFirstSetup(services), false);
    assert.equal(await ensureSetupLink(services), null);
    const records = await services.store.db.selectFrom('auditRecords').select(['tenantId', 'action', 'body']).execute();
    const told = records.map((each) => [each.tenantId === systemTenantId ? 'system' : 'tenant', each.action].join(' '));
    assert.ok(told.includes('system tenant.create') && told.includes('tenant setup.complete'));
    assert.ok(!records.some((each) => each.body.includes(code) || each.body.includes(password)));
  }));

test('the store keeps no set-up code, and a new start replaces an unused one', () =>
  withServices(async (services) => {
    const first = codeOf(await ensureSetupLink(services));
    const second = codeOf(await ensureSetupLink(services));
    const rows = await services.store.db.selectFrom('setupLinks').selectAll().execute();
    assert.equal(rows.length, 1);
    assert.ok(!JSON.stringify(rows).includes(second));
    await assert.rejects(complete(services, firstSetup(first)), isRefused);
    await complete(services, firstSetup(second));
  }));

test('a code that is unknown, used or over is refused in one way', () =>
  withServices(async (services) => {
    const code = codeOf(await ensureSetupLink(services));
    await assert.rejects(complete(services, firstSetup('x'.repeat(32))), isRefused);
    await assert.rejects(complete(services, firstSetup('')), isRefused);
    services.testClock.advance(services.config.setupLinkSeconds * secondMs);
    await assert.rejects(complete(services, firstSetup(code)), isRefused);
    const next = codeOf(await ensureSetupLink(services));
    await complete(services, firstSetup(next));
    await assert.rejects(complete(services, firstSetup(next, { slug: 'other', domain: 'other.example' })), isRefused);
  }));

test('what was typed wrongly is named, and the code still works afterwards', () =>
  withServices(async (services) => {
    const code = codeOf(await ensureSetupLink(services));
    for (const [field, change] of [
      ['slug', { slug: 'a' }],
      ['slug', { slug: undefined }],
      ['slug', { slug: 'login' }],
      ['displayName', { displayName: ' ' }],
      ['displayName', { displayName: undefined }],
      ['domain', { domain: 'nodots' }],
      ['domain', { domain: undefined }],
      ['userName', { userName: 'ada' }],
      ['userName', { userName: 'ada@elsewhere.example' }],
      ['userDisplayName', { userDisplayName: '' }],
      ['password', { password: 'short' }],
      ['password', { password: 'passwordpassword' }],
    ] as const) {
      await assert.rejects(
        complete(services, firstSetup(code, change)),
        (error) => error instanceof InvalidInput && error.field === field,
        `${field} ${JSON.stringify(change)}`,
      );
    }
    await complete(services, firstSetup(code));
  }));

test('one code used many times at once makes one tenant and one administrator, in two processes too', () =>
  withServices(async (services) => {
    const code = codeOf(await ensureSetupLink(services));
    const other = testStoreKind === 'postgres' ? await secondNode(services) : services;
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        complete(index % 2 === 0 ? services : other, firstSetup(code, { userName: `ada${index}@acme.example` })),
      ),
    );
    assert.equal(results.filter((each) => each.status === 'fulfilled').length, 1);
    for (const each of results) if (each.status === 'rejected') assert.ok(isRefused(each.reason), String(each.reason));
    const { users } = await services.store.db
      .selectFrom('users')
      .select((e) => e.fn.countAll().as('users'))
      .executeTakeFirstOrThrow();
    assert.equal(Number(users), 1);
  }));

test(
  'two links of two processes make one operator tenant',
  { skip: testStoreKind === 'sqlite' && 'one process owns SQLite' },
  () =>
    withServices(async (services) => {
      const code = codeOf(await ensureSetupLink(services));
      // As if the second process had made its link before it saw the first one.
      const row = await services.store.db.selectFrom('setupLinks').selectAll().executeTakeFirstOrThrow();
      const second = codeOf(await ensureSetupLink(services));
      await services.store.db.insertInto('setupLinks').values(row).execute();
      const other = await secondNode(services);
      const results = await Promise.allSettled([
        complete(services, firstSetup(code)),
        complete(other, firstSetup(second, { slug: 'rival', domain: 'rival.example', userName: 'r@rival.example' })),
      ]);
      assert.equal(results.filter((each) => each.status === 'fulfilled').length, 1);
    }),
);

test("one code of a later tenant's link, used many times at once, makes one administrator", () =>
  withServices(async (services) => {
    const tenant = await makeTenant(services);
    const link = await services.store.change(tenant.id, (trx) => createTenantSetupLink(services, trx, tenant.id));
    const code = codeOf(link);
    const own = { slug: undefined, displayName: undefined, domain: undefined };
    const names = Array.from({ length: 6 }, (_, index) => `ada${index}@${tenant.slug}.example`);
    const results = await Promise.allSettled(
      names.map((userName) => complete(services, firstSetup(code, { ...own, userName }))),
    );
    assert.equal(results.filter((each) => each.status === 'fulfilled').length, 1);
    for (const each of results) if (each.status === 'rejected') assert.ok(isRefused(each.reason), String(each.reason));
  }));

test("a later tenant's link makes an administrator of that tenant and nothing else", () =>
  withServices(async (services) => {
    await complete(services, firstSetup(codeOf(await ensureSetupLink(services))));
    const tenant = await makeTenant(services);
    const link = () => services.store.change(tenant.id, (trx) => createTenantSetupLink(services, trx, tenant.id));
    const code = codeOf(await link());
    const own = { slug: undefined, displayName: undefined, domain: undefined };
    await assert.rejects(
      complete(services, firstSetup(code)),
      (error) => error instanceof InvalidInput && error.field === 'slug',
    );
    await assert.rejects(
      complete(services, firstSetup(code, own)),
      (error) => error instanceof InvalidInput && error.field === 'userName',
    );
    const taken = await makeUser(services, tenant);
    await assert.rejects(complete(services, firstSetup(code, { ...own, userName: taken.userName })), Conflict);
    const userName = `ada@${tenant.slug}.example`;
    const done = await complete(services, firstSetup(code, { ...own, userName }));
    assert.equal(done.tenant.id, tenant.id);
    assert.equal(done.tenant.isOperator, false);
  }));

test("a later tenant's link is refused while the tenant is disabled, and once it has an administrator by other ways", () =>
  withServices(async (services) => {
    const tenant = await makeTenant(services);
    const code = codeOf(
      await services.store.change(tenant.id, (trx) => createTenantSetupLink(services, trx, tenant.id)),
    );
    const userName = `ada@${tenant.slug}.example`;
    const input = firstSetup(code, { slug: undefined, displayName: undefined, domain: undefined, userName });
    const setStatus = (status: 'enabled' | 'disabled') =>
      services.store.change(tenant.id, (trx) =>
        trx.updateTable('tenants').set({ status }).where('id', '=', tenant.id).execute(),
      );
    await setStatus('disabled');
    await assert.rejects(complete(services, input), isRefused);
    await setStatus('enabled');
    await breakGlass(services, { tenantRef: tenant.slug, userName: `eve@${tenant.slug}.example`, reason: 'test' });
    await assert.rejects(complete(services, input), isRefused);
  }));
