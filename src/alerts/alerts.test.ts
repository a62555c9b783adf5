import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ctxOf } from '../../test/directory-ctx.ts';
import { makeTenant, makeUser } from '../../test/support/accounts.ts';
import { raise, sampleDraft } from '../../test/support/alerts.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import type { DataScope } from '../access/caller.ts';
import { addGroup } from '../directory/groups.ts';
import type { TenantId } from '../lib/ids.ts';
import type { Alert } from './alert.ts';
import { alertPkFor, keysOfAccount } from './alert-keys.ts';
import { alertFromText, alertToText } from './alert-text.ts';
import { listAlerts } from './alerts.ts';
import type { AlertCondition } from './condition.ts';
import { changedAlert } from './life.ts';
import {
  findAlertsByAlertIds,
  findAlertsByIds,
  findAlertsWhere,
  insertAlerts,
  listAlertsOfIncident,
  replaceAlerts,
  updateAlerts,
} from './records.ts';
import { countAlerts, listPage } from './store.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

test('an alert is the same after it was written and read, to the last tick', () => {
  const alert: Alert = changedAlert(
    someAlert(),
    { resolution: 'benign' },
    { by: 'grace', ticks: 17_999_999_999_999_999n },
  );
  assert.deepEqual(alertFromText(alertToText(alert)), alert);
  assert.equal(alertFromText(alertToText(alert)).resolvedTicks, 17_999_999_999_999_999n);
});

function someAlert(changes: Partial<Alert> = {}): Alert {
  const { life: _life, ...rest } = sampleDraft(1);
  return {
    ...rest,
    id: alertPkFor('tenant', rest.alertId),
    status: 'new',
    resolution: 'open',
    isRead: false,
    classification: 'unknown',
    determination: 'unknown',
    assignedTo: null,
    comments: [],
    closeReason: null,
    closeComment: null,
    feedback: null,
    handledBy: null,
    resolvedTicks: null,
    updatedTicks: rest.createdTicks,
    incidentId: 7,
    ...changes,
  };
}

test('an alert is stored once, is its own tenant’s only, and is found by either id and by its incident', async () => {
  const { store } = services;
  const [tenantId, other] = [(await makeTenant(services)).id, (await makeTenant(services)).id];
  const drafts = [sampleDraft(1), sampleDraft(2), sampleDraft(1)];
  const raised = await store.change(tenantId, (trx) => insertAlerts(trx, tenantId, drafts, () => 5));
  assert.equal(raised.length, 2);
  const again = await store.change(tenantId, (trx) =>
    insertAlerts(trx, tenantId, [...drafts, sampleDraft(3)], () => 6),
  );
  assert.deepEqual(
    again.map(({ alertId }) => alertId),
    [sampleDraft(3).alertId],
  );
  assert.deepEqual(await listAlertsOfIncident(store.db, tenantId, 5), raised);
  assert.equal(
    (
      await findAlertsByIds(
        store.db,
        tenantId,
        raised.map(({ id }) => id),
      )
    ).length,
    2,
  );
  assert.equal((await findAlertsByAlertIds(store.db, tenantId, [sampleDraft(1).alertId, 'nothing', '\0'])).length, 1);
  assert.equal((await findAlertsByAlertIds(store.db, other, [sampleDraft(1).alertId])).length, 0);
  assert.equal((await findAlertsWhere(store.db, other, { kind: 'all', of: [] }, 10)).length, 0);
});

test('the same alert of two tenants has two ids, and changing one leaves the other', async () => {
  const { store } = services;
  const [one, two] = [(await makeTenant(services)).id, (await makeTenant(services)).id];
  const [mine] = await store.change(one, (trx) => insertAlerts(trx, one, [sampleDraft(1)], () => 1));
  const [yours] = await store.change(two, (trx) => insertAlerts(trx, two, [sampleDraft(1)], () => 1));
  assert.ok(mine && yours && mine.id !== yours.id);
  await store.change(one, (trx) => updateAlerts(trx, one, [{ ...mine, isRead: true }]));
  assert.equal((await findAlertsByIds(store.db, two, [yours.id]))[0]?.isRead, false);
  assert.equal((await findAlertsByIds(store.db, one, [mine.id]))[0]?.isRead, true);
});

test('an alert that is replaced is found by what it is about now', async () => {
  const { store } = services;
  const tenantId = (await makeTenant(services)).id;
  const [alert] = await store.change(tenantId, (trx) => insertAlerts(trx, tenantId, [sampleDraft(1)], () => 1));
  assert.ok(alert);
  const entities = [{ entityType: 'Ip', ipAddress: '198.51.100.1' }];
  await store.change(tenantId, (trx) => replaceAlerts(trx, tenantId, [{ ...alert, entities }]));
  const count = (key: string) =>
    countAlerts(store.db, tenantId, { kind: 'about', keys: [{ kind: 'address', key }] }, 10);
  assert.deepEqual([await count('192.0.2.17'), await count('198.51.100.1')], [0, 1]);
});

test('more alerts than one statement takes are stored, all of them', async () => {
  const { store } = services;
  const tenantId = (await makeTenant(services)).id;
  const drafts = Array.from({ length: 1203 }, (_, index) => sampleDraft(index));
  const stored = await store.change(tenantId, (trx) => insertAlerts(trx, tenantId, drafts, () => 1));
  assert.equal(stored.length, 1203);
  assert.equal((await listAlertsOfIncident(store.db, tenantId, 1)).length, 1203);
  assert.equal(
    (
      await findAlertsByIds(
        store.db,
        tenantId,
        stored.map(({ id }) => id),
      )
    ).length,
    1203,
  );
});

/** Four alerts, a to d, that differ in everything. */
async function storeFour(): Promise<TenantId> {
  const { id } = await makeTenant(services);
  await services.store.change(id, (trx) =>
    insertAlerts(
      trx,
      id,
      [
        sampleDraft(1, { title: 'a' }),
        sampleDraft(2, {
          title: 'b',
          severity: 'high',
          policyId: null,
          category: 'Impact',
          alertType: 0xf0_00_01,
          entities: [{ entityType: 'User', userPrincipalName: 'grace@fabrikam.example' }],
          life: { resolution: 'benign', status: 'resolved', resolvedTicks: 100n, assignedTo: 'Grace@x' },
        }),
        sampleDraft(3, {
          title: 'c',
          entities: [{ entityType: 'CloudApplication', appId: 15600, instanceId: 11, reportId: 'R1' }],
          life: { isRead: true },
        }),
        sampleDraft(4, { title: 'd', severity: 'informational', entities: [], stories: [] }),
      ],
      ({ title }) => 'abcd'.indexOf(title) + 1,
    ),
  );
  return id;
}

async function found(tenantId: TenantId, condition: AlertCondition): Promise<string> {
  const alerts = await findAlertsWhere(services.store.db, tenantId, condition, 10);
  return alerts
    .map(({ title }) => title)
    .sort()
    .join('');
}

test('every condition finds exactly what it says, and its opposite all the others', async () => {
  const tenantId = await storeFour();
  const created = sampleDraft(2).createdTicks;
  const cases: [AlertCondition, string][] = [
    [{ kind: 'all', of: [] }, 'abcd'],
    [{ kind: 'any', of: [] }, ''],
    [{ kind: 'text', property: 'resolution', oneOf: ['open'] }, 'acd'],
    [{ kind: 'text', property: 'policyId', oneOf: [null] }, 'b'],
    [{ kind: 'text', property: 'assignedTo', oneOf: ['grace@x'] }, 'b'],
    [{ kind: 'text', property: 'assignedTo', oneOf: [null, 'nobody'] }, 'acd'],
    [{ kind: 'text', property: 'category', oneOf: ['Impact'] }, 'b'],
    [{ kind: 'text', property: 'alertId', oneOf: [] }, ''],
    [{ kind: 'text', property: 'alertId', oneOf: ['\0', sampleDraft(3).alertId] }, 'c'],
    [{ kind: 'number', property: 'severity', oneOf: [0, 3] }, 'bd'],
    [{ kind: 'number', property: 'incidentId', oneOf: [1, 2] }, 'ab'],
    [{ kind: 'number', property: 'alertType', oneOf: [] }, ''],
    [{ kind: 'number-range', property: 'alertType', from: 0xf0_00_00, to: 0xf0_00_ff }, 'b'],
    [{ kind: 'flag', property: 'isRead', is: true }, 'bc'],
    [{ kind: 'flag', property: 'isOpen', is: false }, 'b'],
    [{ kind: 'time', property: 'created', order: 'gt', ticks: created }, 'cd'],
    [{ kind: 'time', property: 'created', order: 'ge', ticks: created }, 'bcd'],
    [{ kind: 'time', property: 'created', order: 'lt', ticks: created }, 'a'],
    [{ kind: 'time', property: 'created', order: 'eq', ticks: created }, 'b'],
    [{ kind: 'time', property: 'created', order: 'ne', ticks: created }, 'acd'],
    [{ kind: 'time', property: 'resolved', order: 'le', ticks: 100n }, 'b'],
    [{ kind: 'time', property: 'resolved', order: 'ne', ticks: 1n }, 'b'],
    [{ kind: 'about', keys: [] }, ''],
    [{ kind: 'about', keys: [{ kind: 'user', key: 'ada@contoso.example' }] }, 'a'],
    [{ kind: 'about', keys: keysOfAccount('grace@fabrikam.example', null, null) }, 'b'],
    [{ kind: 'about', keys: keysOfAccount('grace@fabrikam.example', 11161, 0) }, 'b'],
    [{ kind: 'about', keys: keysOfAccount('grace@fabrikam.example', 10489, 0) }, ''],
    [{ kind: 'about', keys: [{ kind: 'story', key: '0' }] }, 'abc'],
    [{ kind: 'instance-number', oneOf: [1] }, ''],
    [{ kind: 'instance-number', oneOf: [0, 11] }, 'ac'],
  ];
  const rest = (titles: string) => [...'abcd'].filter((each) => !titles.includes(each)).join('');
  for (const [condition, expected] of cases) {
    assert.equal(await found(tenantId, condition), expected, JSON.stringify(condition, textual));
    assert.equal(
      await found(tenantId, { kind: 'not', of: condition }),
      rest(expected),
      JSON.stringify(condition, textual),
    );
  }
});

const textual = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

test('a scope reaches its app instances, people, reports, and nothing when it names nothing', async () => {
  const tenantId = await storeFour();
  const groupId = await addGroupOf(tenantId, ['grace@fabrikam.example', 'nobody@x.example']);
  const reach = (scope: Partial<Exclude<DataScope, { all: true }>>) =>
    found(tenantId, {
      kind: 'scope',
      scope: { all: false, instances: [], groupIds: [], reportIds: [], ...scope },
    });
  assert.equal(await reach({}), '');
  assert.equal(await found(tenantId, { kind: 'scope', scope: { all: true } }), 'abcd');
  assert.equal(await reach({ instances: [{ appId: 15600, instance: 11 }] }), 'c');
  assert.equal(await reach({ instances: [{ appId: 15600, instance: 1 }] }), '');
  assert.equal(await reach({ groupIds: [groupId] }), 'b');
  assert.equal(await reach({ groupIds: ['000000000000000000000000'] }), '');
  assert.equal(await reach({ reportIds: ['r1'] }), 'c');
  assert.equal(await reach({ groupIds: [groupId], instances: [{ appId: 20893, instance: 0 }] }), 'ab');
});

async function addGroupOf(tenantId: TenantId, members: string[]): Promise<string> {
  const group = await services.store.change(tenantId, (trx) =>
    addGroup(services, trx, tenantId, { name: 'Some people', members }),
  );
  return group.id;
}

test('pages follow each other without gap or repetition in every order', async () => {
  const tenantId = (await makeTenant(services)).id;
  const drafts = Array.from({ length: 23 }, (_, index) =>
    sampleDraft(Math.floor(index / 4), {
      alertId: `x${index}`,
      severity: index % 3 === 0 ? 'high' : 'low',
    }),
  );
  await services.store.change(tenantId, (trx) => insertAlerts(trx, tenantId, drafts, () => 1));
  for (const sort of ['created', 'updated', 'lastActivity', 'severity'] as const) {
    for (const direction of ['asc', 'desc'] as const) {
      const seen: string[] = [];
      let afterPlace: { ticks: bigint; id: string } | null = null;
      for (let skip = 0; seen.length < 23 && skip < 30; skip += 5) {
        const isBySkip = sort === 'severity';
        const page: Alert[] = await listPage(services.store.db, tenantId, {
          where: { kind: 'all', of: [] },
          sort,
          direction,
          after: isBySkip ? null : afterPlace,
          skip: isBySkip ? skip : 0,
          limit: 5,
        });
        seen.push(...page.map(({ id }) => id));
        const last = page.at(-1);
        const ticks = sort === 'lastActivity' ? last?.lastActivityTicks : last?.createdTicks;
        if (last && ticks !== undefined) afterPlace = { ticks, id: last.id };
      }
      assert.deepEqual([seen.length, new Set(seen).size], [23, 23], `${sort} ${direction}`);
    }
  }
});

test('few alerts are listed in the order in which the store lists many', async () => {
  const tenant = await makeTenant(services);
  const drafts = Array.from({ length: 17 }, (_, index) =>
    sampleDraft(Math.floor(index / 3), { alertId: `x${index}`, severity: index % 2 === 0 ? 'high' : 'low' }),
  );
  await services.store.change(tenant.id, (trx) => insertAlerts(trx, tenant.id, drafts, () => 1));
  const ctx = ctxOf(services, tenant, await makeUser(services, tenant), ['Alerts.read']);
  for (const sort of ['created', 'updated', 'lastActivity', 'severity'] as const) {
    for (const direction of ['asc', 'desc'] as const) {
      const order = { sort, direction, skip: 2, limit: 6 };
      const all = { kind: 'all', of: [] } as const;
      const after = sort === 'severity' ? null : { ticks: sampleDraft(2).createdTicks, id: '8' };
      const page = { ...order, where: all, after };
      const wanted = await listPage(services.store.db, tenant.id, page);
      const listed = await listAlerts(ctx, 'Alerts.read', { ...order, conditions: [], after });
      assert.deepEqual(
        listed.alerts.map(({ id }) => id),
        wanted.map(({ id }) => id),
        `${sort} ${direction}`,
      );
      assert.ok(listed.total === 17 && wanted.length >= 4);
    }
  }
});

test('counting stops where it was told to', async () => {
  const tenantId = await storeFour();
  assert.equal(await countAlerts(services.store.db, tenantId, { kind: 'all', of: [] }, 3), 3);
  assert.equal(await countAlerts(services.store.db, tenantId, { kind: 'all', of: [] }, 9), 4);
});

test('raised again, an alert stays as somebody left it', async () => {
  const tenantId = (await makeTenant(services)).id;
  const [alert] = await raise(services, tenantId, [sampleDraft(1)]);
  assert.ok(alert);
  await services.store.change(tenantId, (trx) => updateAlerts(trx, tenantId, [{ ...alert, isRead: true }]));
  assert.deepEqual(await raise(services, tenantId, [sampleDraft(1, { title: 'Something else' })]), []);
  const [stored] = await findAlertsByIds(services.store.db, tenantId, [alert.id]);
  assert.deepEqual([stored?.isRead, stored?.title], [true, 'Impossible travel 1']);
});
