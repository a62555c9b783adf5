import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { makeTenant, makeUser } from '../../../test/support/accounts.ts';
import { huntedRows } from '../../../test/support/hunting.ts';
import { ctxOf } from '../../../test/support/ingestion.ts';
import { type TestServices, testServices } from '../../../test/support/services.ts';
import type { Tenant } from '../../directory/tenants.ts';
import { changeUserLife } from '../../directory/users.ts';
import { type EntityRow, mergeEntities } from '../../entities/store.ts';
import { dayMs, minuteMs } from '../../lib/clock.ts';
import { isMachineProblem, readMachine } from '../../machines/machine.ts';
import { noteMachines } from '../../machines/machines.ts';
import { deleteMachines } from '../../machines/store.ts';
import { ingestHunting } from '../ingest/ingest.ts';
import { pruneHunting } from '../retention.ts';
import { startInventory } from './inventorying.ts';

async function begin(t: TestContext) {
  const services = await testServices();
  t.after(() => services.dispose());
  const inventory = startInventory(services);
  t.after(() => inventory.stop());
  return { services, inventory, tenant: await makeTenant(services) };
}

async function note(services: TestServices, tenant: Tenant, ...records: Readonly<Record<string, unknown>>[]) {
  const reports = records.map((record) => {
    const report = readMachine({ lastSeen: '2026-11-01T08:00:00Z', ...record });
    assert.ok(!isMachineProblem(report));
    return report;
  });
  await services.store.change(tenant.id, (trx) =>
    noteMachines(trx, tenant.id, reports, { machinesMax: 1000, whenFull: 'refuse' }),
  );
}

const hunted = (services: TestServices, tenant: Tenant, query: string) => huntedRows(services, tenant.id, query);

test('a machine is a row of DeviceInfo that says what is known of it', async (t) => {
  const { services, inventory, tenant } = await begin(t);
  await note(services, tenant, {
    id: 'm1',
    computerDnsName: 'pc1.contoso.example',
    osPlatform: 'Windows11',
    osBuild: 22631,
    version: '23H2',
    lastExternalIpAddress: '192.0.2.7',
    lastIpAddress: '10.0.0.1',
    onboardingStatus: 'onboarded',
    healthStatus: 'Active',
    exposureLevel: 'Low',
    riskScore: 'High',
    machineTags: ['vip', 'lab'],
    isAadJoined: true,
    loggedOnUsers: [{ accountName: 'ada', domainName: 'CONTOSO' }],
  });
  await inventory.settled();
  const query = `DeviceInfo | project Timestamp, DeviceId, DeviceName, OSPlatform, OSBuild, OSVersionInfo, PublicIP, OnboardingStatus,
    SensorHealthState, ExposureLevel, Tag = tostring(parse_json(DeviceManualTags)[1]), IsAzureADJoined,
    User = tostring(parse_json(LoggedOnUsers)[0].UserName), Risk = tostring(parse_json(AdditionalFields).RiskScore), Model`;
  const [row] = await hunted(services, tenant, `${query} | project-away Timestamp`);
  assert.deepEqual(row, [
    'm1',
    'pc1.contoso.example',
    'Windows11',
    22631n,
    '23H2',
    '192.0.2.7',
    'Onboarded',
    'Active',
    'Low',
    'lab',
    true,
    'ada',
    'High',
    '',
  ]);
  assert.deepEqual(
    await hunted(services, tenant, 'DeviceInfo | where Timestamp == datetime(2026-11-01T08:00:00Z) | count'),
    [[1n]],
  );
});

test('rows follow changes and go with what they are about; rows that somebody loaded stay', async (t) => {
  const { services, inventory, tenant } = await begin(t);
  const other = await makeTenant(services);
  const loaded = { Timestamp: '2026-11-01T07:00:00Z', DeviceId: 'm1', DeviceName: 'loaded' };
  const body = (async function* () {
    yield Buffer.from(
      JSON.stringify({ time: loaded.Timestamp, category: 'AdvancedHunting-DeviceInfo', properties: loaded }),
    );
  })();
  await ingestHunting(ctxOf(services, tenant, ['Ingest.write']), body, { source: 'test' });
  await note(services, tenant, { id: 'm1', computerDnsName: 'a' }, { id: 'm2', computerDnsName: 'b' });
  await note(services, other, { id: 'm1', computerDnsName: 'theirs' });
  const names = async (of = tenant) =>
    (await hunted(services, of, 'DeviceInfo | project DeviceName | sort by DeviceName asc')).flat();
  await inventory.settled();
  assert.deepEqual([await names(), await names(other)], [['a', 'b', 'loaded'], ['theirs']]);
  services.testClock.advance(minuteMs);
  await note(services, tenant, { id: 'm1', computerDnsName: 'c', lastSeen: '2026-11-01T09:00:00Z' });
  await inventory.settled();
  assert.deepEqual(await names(), ['b', 'c', 'loaded']);
  services.testClock.advance(minuteMs);
  await services.store.change(tenant.id, (trx) => deleteMachines(trx, tenant.id, ['m2']));
  await note(services, tenant, { id: 'm3', computerDnsName: 'd' });
  await inventory.settled();
  assert.deepEqual([await names(), await names(other)], [['c', 'd', 'loaded'], ['theirs']]);
});

test('people of the directory and users of activities are rows of IdentityInfo, each person one', async (t) => {
  const { services, inventory, tenant } = await begin(t);
  const ada = await makeUser(services, tenant, { role: 'security-reader' });
  const seen = (id: string, userName: string, more: Partial<EntityRow> = {}): EntityRow => ({
    ...{ tenantId: tenant.id, id, kind: 'user', appId: 0, instance: 0, userName, directoryId: null },
    ...{
      domain: userName.split('@')[1] ?? null,
      isExternal: null,
      isAdmin: 0,
      isApplication: 0,
      status: 0,
      statusAt: 0,
    },
    ...{ firstSeenAt: 1, lastSeenAt: 2 },
    ...more,
  });
  await services.store.change(tenant.id, (trx) =>
    mergeEntities(trx, [
      seen('a'.repeat(24), ada.userName),
      seen('b'.repeat(24), 'bob@fabrikam.example', { isExternal: 1, status: 3, directoryId: 'obj-bob' }),
      seen('c'.repeat(24), 'eve@contoso.example'),
    ]),
  );
  await inventory.settled();
  const identities = `IdentityInfo | project AccountUpn, AccountObjectId, AccountDomain, IsAccountEnabled, TenantMembershipType, SourceSystem
    | sort by SourceSystem asc, AccountUpn asc`;
  assert.deepEqual(await hunted(services, tenant, identities), [
    ['bob@fabrikam.example', 'obj-bob', 'fabrikam.example', false, 'Guest', 'Sallyport activities'],
    ['eve@contoso.example', '', 'contoso.example', null, '', 'Sallyport activities'],
    [ada.userName, ada.id, ada.userName.split('@')[1], true, 'Member', 'Sallyport directory'],
  ]);
  const roles = `IdentityInfo | where AccountObjectId == '${ada.id}' | project AssignedRoles`;
  assert.deepEqual(await hunted(services, tenant, `${roles} | extend n = array_length(AssignedRoles) | project n`), [
    [1n],
  ]);
  services.testClock.advance(minuteMs);
  await changeUserLife(ctxOf(services, tenant, ['Users.manage', 'Roles.manage']), ada.id, 'disable');
  await inventory.settled();
  const state = `IdentityInfo | where AccountObjectId == '${ada.id}' | project IsAccountEnabled, AccountDisplayName`;
  assert.deepEqual(await hunted(services, tenant, state), [[false, ada.displayName]]);
});

test('what is still there is written anew each day, so that retention leaves it', async (t) => {
  const { services, inventory, tenant } = await begin(t);
  await note(services, tenant, { id: 'm1', computerDnsName: 'a' });
  await makeUser(services, tenant);
  await inventory.settled();
  const counts = async () => [
    (await hunted(services, tenant, 'DeviceInfo | count')).flat()[0],
    (await hunted(services, tenant, 'IdentityInfo | count')).flat()[0],
  ];
  services.testClock.advance(29 * dayMs);
  await inventory.settled();
  services.testClock.advance(29 * dayMs);
  await pruneHunting(services);
  assert.deepEqual(await counts(), [1n, 1n]);
  services.testClock.advance(2 * dayMs);
  await pruneHunting(services);
  assert.deepEqual(await counts(), [0n, 0n], 'a process that no longer writes them lets them go');
});
