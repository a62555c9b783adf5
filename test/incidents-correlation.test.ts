// Alerts become incidents: who belongs together, in whatever order alerts come, and that none is lost or in two places.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { AlertDraft } from '../src/alerts/alert.ts';
import { findAlertsByAlertIds } from '../src/alerts/records.ts';
import { listNotes } from '../src/changes/changes.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { raiseAlerts } from '../src/incidents/raise.ts';
import { findRecords } from '../src/incidents/rows.ts';
import { hourMs } from '../src/lib/clock.ts';
import type { TenantId } from '../src/lib/ids.ts';
import { parseTicks } from '../src/lib/ticks.ts';
import { addSubnets } from '../src/subnets/subnets.ts';
import { makeTenant } from './support/accounts.ts';
import { address, sampleDraft, user } from './support/drafts.ts';
import { type TestServices, testServices } from './support/services.ts';

let services: TestServices;
before(async () => {
  services = await testServices({ settings: { incidentAlertsMax: 5 } });
});
after(() => services.dispose());

const raise = (tenant: Tenant, ...drafts: AlertDraft[]) => raiseAlerts(services, tenant.id, drafts);

interface Told {
  readonly incidentId: number;
  readonly incidentName: string;
  readonly status: string;
  readonly severity: string;
  readonly redirectIncidentId: number | null;
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly alerts: readonly { readonly alertId: string; readonly incidentId: number; readonly firstActivity: string }[];
}

async function incidentsOf(tenantId: TenantId): Promise<Told[]> {
  const rows = await services.store.db
    .selectFrom('incidents')
    .select(['incidentId', 'body', 'bodyBytes', 'status', 'alertCount'])
    .where('tenantId', '=', tenantId)
    .orderBy('incidentId')
    .execute();
  return rows.map(({ body, bodyBytes, status, incidentId, alertCount }) => {
    const told = JSON.parse(body) as Told;
    assert.equal(bodyBytes, Buffer.byteLength(body));
    assert.deepEqual([told.status, told.incidentId, told.alerts.length], [status, incidentId, alertCount]);
    return told;
  });
}

const ticksOf = (told: Told | undefined): bigint => parseTicks(told?.lastUpdateTime ?? '') ?? 0n;

/** Alert ids of each open incident. */
async function groupsOf(tenantId: TenantId): Promise<string[]> {
  const open = (await incidentsOf(tenantId)).filter(({ status }) => status !== 'Redirected');
  return open
    .map(({ alerts }) =>
      alerts
        .map(({ alertId }) => alertId)
        .sort()
        .join(' '),
    )
    .sort();
}

test('alerts that share a user become one incident, whose name, severity and times follow them', async () => {
  const tenant = await makeTenant(services);
  await raise(tenant, sampleDraft('a1', [user('ana@contoso.example')], { severity: 'low' }));
  const [first] = await incidentsOf(tenant.id);
  assert.deepEqual([first?.incidentName, first?.severity], ['Mass download involving one user', 'Low']);
  await raise(
    tenant,
    sampleDraft('a2', [user('ANA@contoso.example'), user('bo@contoso.example')], {
      minutes: -60,
      severity: 'high',
      category: 'InitialAccess',
      title: 'Impossible travel',
    }),
  );
  const [second, ...more] = await incidentsOf(tenant.id);
  assert.deepEqual(more, []);
  assert.equal(second?.incidentId, first?.incidentId);
  assert.equal(
    second?.incidentName,
    'Multi-stage incident involving Initial access and Exfiltration involving 2 users',
  );
  assert.equal(second?.severity, 'High');
  assert.ok(ticksOf(second) > ticksOf(first), 'A change is later than the one before.');
  assert.equal(second?.createdTime, first?.createdTime);
  const record = (await findRecords(services.store.db, tenant.id, [second?.incidentId ?? 0])).values().next().value;
  assert.deepEqual(record?.reasons, [{ alertId: 'a2', with: 'a1', kind: 'user', key: 'ana@contoso.example' }]);
  assert.ok(record?.firstActivityTicks !== undefined && record.firstActivityTicks !== record.lastActivityTicks);
});

test('alerts that share nothing, or are more than a day apart, are incidents of their own', async () => {
  const tenant = await makeTenant(services);
  await raise(
    tenant,
    sampleDraft('a1', [user('ana@contoso.example')]),
    sampleDraft('a2', [user('bo@contoso.example')]),
    sampleDraft('a3', [user('ana@contoso.example')], { minutes: 24 * 60 + 1 }),
    sampleDraft('a4', []),
  );
  assert.deepEqual(await groupsOf(tenant.id), ['a1', 'a2', 'a3', 'a4']);
});

test('an address connects, one that many share does not', async () => {
  const tenant = await makeTenant(services);
  const range = { name: 'VPN', ranges: ['198.51.100.0/24'], category: 4, tags: [] } as const;
  await services.store.change(tenant.id, (trx) =>
    addSubnets(trx, tenant.id, [{ ...range, organization: null, countryCode: null }], services.clock()),
  );
  await raise(
    tenant,
    sampleDraft('a1', [address('203.0.113.7')]),
    sampleDraft('a2', [address('203.0.113.7')]),
    sampleDraft('v1', [address('198.51.100.9')]),
    sampleDraft('v2', [address('198.51.100.9')]),
    sampleDraft('p1', [address('10.1.2.3')]),
    sampleDraft('p2', [address('10.1.2.3')]),
  );
  assert.deepEqual(await groupsOf(tenant.id), ['a1 a2', 'p1', 'p2', 'v1', 'v2']);
});

test('an alert that connects two incidents merges them into the older one, and the other tells where', async () => {
  const tenant = await makeTenant(services);
  await raise(tenant, sampleDraft('a1', [user('ana@contoso.example')]));
  services.testClock.advance(1000);
  await raise(tenant, sampleDraft('b1', [user('bo@contoso.example')]));
  services.testClock.advance(1000);
  const [old, young] = await incidentsOf(tenant.id);
  await raise(tenant, sampleDraft('c1', [user('ana@contoso.example'), user('bo@contoso.example')]));
  const [first, second, ...more] = await incidentsOf(tenant.id);
  assert.deepEqual(more, []);
  assert.deepEqual([first?.incidentId, second?.incidentId], [old?.incidentId, young?.incidentId]);
  assert.deepEqual(first?.alerts.map(({ alertId }) => alertId).sort(), ['a1', 'b1', 'c1']);
  assert.ok(first?.alerts.every(({ incidentId }) => incidentId === first.incidentId));
  assert.deepEqual([second?.status, second?.redirectIncidentId], ['Redirected', first?.incidentId]);
  assert.deepEqual(second?.alerts, []);
  const notes = await listNotes(services.store.db, tenant.id, 0, 100);
  assert.deepEqual(
    notes.slice(-4).map(({ subject, subjectId, change }) => `${subject} ${subjectId} ${change}`),
    [
      'alert b1 updated',
      `incident ${young?.incidentId} updated`,
      'alert c1 created',
      `incident ${old?.incidentId} updated`,
    ],
  );
});

test('an incident takes no more alerts than it may have; the next one begins another', async () => {
  const tenant = await makeTenant(services);
  const drafts = Array.from({ length: 12 }, (_, index) => sampleDraft(`a${index}`, [user('ana@contoso.example')]));
  for (const draft of drafts) await raise(tenant, draft);
  assert.deepEqual(
    (await incidentsOf(tenant.id)).map(({ alerts }) => alerts.length),
    [5, 5, 2],
  );
});

test('an incident reaches over a week at most', async () => {
  const tenant = await makeTenant(services);
  for (let hours = 0; hours <= 12 * 23; hours += 23 * 4) {
    for (const part of [0, 23, 46, 69]) {
      await raise(
        tenant,
        sampleDraft(`a${hours + part}`, [user('ana@contoso.example')], { minutes: (hours + part) * 60 }),
      );
    }
  }
  for (const record of (
    await findRecords(
      services.store.db,
      tenant.id,
      (await incidentsOf(tenant.id)).map(({ incidentId }) => incidentId),
    )
  ).values()) {
    const span = (record.lastActivityTicks ?? 0n) - (record.firstActivityTicks ?? 0n);
    assert.ok(span <= BigInt(7 * 24 * hourMs) * 10_000n, String(span));
  }
});

test('what is raised twice is one alert, however often and however many at once', async () => {
  const tenant = await makeTenant(services);
  const drafts = [1, 2, 3].map((each) => sampleDraft(`a${each}`, [user('ana@contoso.example')]));
  const raised = await Promise.all([1, 2, 3, 4].map(() => raise(tenant, ...drafts, ...drafts)));
  assert.equal(raised.flat().length, 3);
  assert.deepEqual(await groupsOf(tenant.id), ['a1 a2 a3']);
  const notes = await listNotes(services.store.db, tenant.id, 0, 100);
  assert.deepEqual(
    notes.map(({ sequence }) => sequence),
    [1, 2, 3, 4],
  );
});

test('when what belongs to the alerts fails, no alert is there', async () => {
  const tenant = await makeTenant(services);
  const draft = sampleDraft('a1', [user('ana@contoso.example')]);
  const failing = raiseAlerts(services, tenant.id, [draft], async () => {
    throw new Error('no');
  });
  await assert.rejects(failing, /no/);
  assert.deepEqual(await incidentsOf(tenant.id), []);
  assert.deepEqual(await listNotes(services.store.db, tenant.id, 0, 10), []);
  await raise(tenant, draft);
  assert.deepEqual(await groupsOf(tenant.id), ['a1']);
});

test('a resolved incident stays as it is: what comes later begins another', async () => {
  const tenant = await makeTenant(services);
  await raise(tenant, sampleDraft('a1', [user('ana@contoso.example')]));
  await services.store.db
    .updateTable('incidents')
    .set({ status: 'Resolved' })
    .where('tenantId', '=', tenant.id)
    .execute();
  await raise(tenant, sampleDraft('a2', [user('ana@contoso.example')]));
  assert.equal(
    (await services.store.db.selectFrom('incidents').selectAll().where('tenantId', '=', tenant.id).execute()).length,
    2,
  );
});

test('alerts of another tenant connect nothing', async () => {
  const [one, other] = [await makeTenant(services), await makeTenant(services)];
  await raise(one, sampleDraft('a1', [user('ana@contoso.example')]));
  await raise(other, sampleDraft('a2', [user('ana@contoso.example')]));
  assert.deepEqual(await groupsOf(one.id), ['a1']);
  assert.deepEqual(await groupsOf(other.id), ['a2']);
  assert.deepEqual(await findAlertsByAlertIds(services.store.db, one.id, ['a2']), []);
});

test('any order and any portions give the same groups, with every alert in exactly one', async () => {
  const roomy = { ...services, config: { ...services.config, incidentAlertsMax: 100 } };
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const drafts = fc
    .array(fc.record({ users: fc.uniqueArray(names, { maxLength: 2 }), hours: fc.integer({ min: 0, max: 60 }) }), {
      minLength: 1,
      maxLength: 8,
    })
    .map((list) =>
      list.map(({ users, hours }, index) =>
        sampleDraft(
          `x${index}`,
          users.map((name) => user(`${name}@contoso.example`)),
          { minutes: hours * 60 },
        ),
      ),
    );
  const shuffled = drafts.chain((list) =>
    fc.record({
      list: fc.constant(list),
      other: fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
      portion: fc.integer({ min: 1, max: 4 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ list, other, portion }) => {
      const [together, apart] = [await makeTenant(services), await makeTenant(services)];
      await raiseAlerts(roomy, together.id, list);
      for (let start = 0; start < other.length; start += portion) {
        await raiseAlerts(roomy, apart.id, other.slice(start, start + portion));
      }
      const groups = await groupsOf(apart.id);
      assert.deepEqual(groups, await groupsOf(together.id));
      assert.deepEqual(groups.flatMap((each) => each.split(' ')).sort(), list.map(({ alertId }) => alertId).sort());
    }),
    { numRuns: 25 },
  );
});
