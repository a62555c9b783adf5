// Accounts and users as activities come in: any order, crashes, many of them; and what each cut role sees.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addGroup } from '../src/directory/groups.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { entitiesFollower } from '../src/entities/follower.ts';
import { makeTenant } from './support/accounts.ts';
import { entityReader, recordId as id, story, storyTenant, recordTime as time } from './support/entity-reader.ts';
import { follow, ingest } from './support/entity-sources.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { tenantRequestsPerMinute: 1_000_000, sessionRequestsPerMinute: 1_000_000, pageRowsMax: 50 },
  });
});
after(() => server.dispose());

test('what became of an account in the directory is its status, whatever order the records come in', async () => {
  const { services } = server;
  const dot = (tenant: Tenant) => `dot@${tenant.slug}.example`;
  const records = (tenant: Tenant) => {
    const act = (index: number, day: number, Operation: string, more: object = {}) => ({
      Id: id(index),
      UserId: `bob@${tenant.slug}.example`,
      Workload: 'AzureActiveDirectory',
      RecordType: 8,
      ResultStatus: 'Success',
      CreationTime: time(day),
      Operation,
      ObjectId: dot(tenant),
      ...more,
    });
    return [
      act(1, 1, 'Add user.'),
      act(2, 2, 'Disable account.'),
      act(3, 3, 'Delete user.', { ResultStatus: 'Failure' }),
      act(4, 4, 'Add member to role.', { ResultStatus: 'Failure' }),
      { Id: id(5), UserId: dot(tenant), CreationTime: time(5) },
    ];
  };
  for (const order of [
    [0, 1, 2, 3, 4],
    [4, 3, 2, 1, 0],
    [1, 4, 0, 2, 3],
  ]) {
    const tenant = await makeTenant(services);
    const all = records(tenant);
    for (const index of order) {
      await ingest(services, tenant, [all[index] ?? {}]);
      await follow(services, [entitiesFollower]);
    }
    const { list } = await entityReader(server, tenant);
    const { data } = await list({ filters: { entity: { eq: [{ id: dot(tenant), saas: 11161, inst: 0 }] } } });
    const [{ status, lastSeen, isAdmin } = {}] = data as unknown as Record<string, unknown>[]; // Checked right here.
    assert.deepEqual([status, lastSeen, isAdmin], [3, '2026-10-05T10:00:00.000Z', false], String(order));
  }
});

test('following a second time, in parts or after a crash changes nothing', async () => {
  const { services } = server;
  const tenant = await makeTenant(services);
  const all = story(tenant);
  await ingest(services, tenant, all.slice(0, 2));
  let crashes = 0;
  const crashing = {
    ...entitiesFollower,
    follow: (...[inner, tenantId, range, advance]: Parameters<typeof entitiesFollower.follow>) =>
      entitiesFollower.follow(inner, tenantId, range, async (trx) => {
        await advance(trx);
        if (tenantId === tenant.id && crashes++ === 0) throw new Error('The process ends here.');
      }),
  };
  await assert.rejects(follow(services, [crashing]), /ends here/);
  const { found, list } = await entityReader(server, tenant);
  assert.equal(await found(), '');
  await follow(services, [entitiesFollower]);
  assert.equal(await found(), 'Aa');
  await ingest(services, tenant, all.slice(2));
  await follow(services, [entitiesFollower]);
  const { data } = await list();
  await follow(services, [entitiesFollower]);
  assert.deepEqual((await list()).data, data);
  assert.equal(await found(), 'ABDGabdgp');
});

test('a role that is cut to a part sees that part, in lists, totals, filters, fetches, trees and times', async () => {
  const tenant = await storyTenant(server);
  const group = await server.services.store.change(tenant.id, (trx) =>
    addGroup(server.services, trx, tenant.id, { name: 'Half', members: [`bob@${tenant.slug}.example`] }),
  );
  const secret = await server.services.store.change(tenant.id, (trx) =>
    addGroup(server.services, trx, tenant.id, {
      name: 'Secret',
      members: ['bob', 'ada'].map((name) => `${name}@${tenant.slug}.example`),
    }),
  );
  const everything = await entityReader(server, tenant);
  const whole = (await everything.list()).data;
  const ofOneDrive = await entityReader(server, tenant, 'app-instance-administrator', {
    instances: [{ appId: 15600, instance: 0 }],
  });
  assert.equal(await ofOneDrive.found(), 'AGag');
  const seen = (await ofOneDrive.list({ filters: { isExternal: { eq: false }, type: { eq: 'account' } } })).data[0];
  assert.deepEqual([seen?.lastSeen, seen?.subApps.map((app) => app.appId)], ['2026-10-03T10:00:00.000Z', [15600]]);
  assert.deepEqual(seen?.userGroups, []);
  assert.equal(await ofOneDrive.found({ app: { eq: 20893 } }), '');
  assert.equal(await ofOneDrive.found({ app: { neq: 20893 } }), 'AGag');
  const elsewhere = await entityReader(server, tenant, 'app-instance-administrator', {
    instances: [{ appId: 15600, instance: 1 }],
  });
  assert.equal(await elsewhere.found(), '');
  const ofOffice = await entityReader(server, tenant, 'app-instance-administrator', {
    instances: [{ appId: 11161, instance: 0 }],
  });
  assert.equal(await ofOffice.found(), 'ABDGabdgp');
  const ofGroup = await entityReader(server, tenant, 'user-group-administrator', { groupIds: [group.id] });
  assert.equal(await ofGroup.found(), 'Bb');
  assert.deepEqual(
    (await ofGroup.list()).data[0]?.userGroups.map((each) => each.name),
    ['Half'],
  );
  assert.equal(await ofGroup.found({ userGroups: { eq: [secret.id] } }), '');
  assert.equal(await ofGroup.found({ userGroups: { eq: [group.id] } }), 'Bb');
  for (const { _id } of whole) {
    for (const cut of [ofOneDrive, ofGroup, elsewhere]) {
      const visible = (await cut.list()).data.some((each) => each._id === _id);
      for (const path of [`${_id}/`, `${_id}/retrieve_tree/`]) {
        assert.equal((await cut.call(path)).status, visible ? 200 : 404);
      }
    }
  }
  const report = 'abababababababababababab';
  for (const role of ['cloud-discovery-report-administrator', 'cloud-discovery-global-administrator']) {
    const scope = role.includes('report') ? { reportIds: [report] } : undefined;
    const discovery = await entityReader(server, tenant, role, scope);
    for (const path of ['', `${whole[0]?._id}/`, `${whole[0]?._id}/retrieve_tree/`]) {
      const answer = await discovery.call(path);
      assert.equal(answer.status, 403);
      assert.match(String(answer.json().detail), /Insufficient role based permissions/);
    }
  }
});

test('ten thousand accounts are followed, and the limit lets go of those seen longest ago', async () => {
  const { services } = server;
  const tenant = await makeTenant(services);
  const count = 10_000;
  const records = Array.from({ length: count }, (_, index) => ({
    Id: id(index),
    UserId: `u${String(index).padStart(5, '0')}@${tenant.slug}.example`,
    CreationTime: new Date(Date.UTC(2026, 9, 1) + index * 1000).toISOString().slice(0, 19),
  }));
  await ingest(services, tenant, records);
  await follow(services, [entitiesFollower]);
  const { list } = await entityReader(server, tenant);
  const accounts = await list({ filters: { type: { eq: 'account' } } });
  assert.deepEqual([accounts.total, accounts.moreThanTotal], [count, false]);
  const middle = await list({ sortField: 'username', sortDirection: 'asc', skip: 4000, limit: 1 });
  assert.match(middle.data[0]?.ii ?? '', /u02000@/);
  const small = { ...services, config: { ...services.config, entitiesPerTenantMax: 1000 } };
  await ingest(services, tenant, [{ Id: id(count), UserId: `last@${tenant.slug}.example`, CreationTime: time(30) }]);
  await follow(small, [entitiesFollower]);
  const left = await list({ sortField: 'lastSeen' });
  assert.equal(left.total, 1000);
  assert.match(left.data[0]?.ii ?? '', /last@/);
  const apps = await services.store.db
    .selectFrom('entityApps')
    .select('entityId')
    .where('tenantId', '=', tenant.id)
    .execute();
  assert.equal(new Set(apps.map((row) => row.entityId)).size, 1000);
});
