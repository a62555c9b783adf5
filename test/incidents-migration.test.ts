// Incidents that were stored before alerts were records: the migration makes of them what taking them in makes today.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Kysely } from 'kysely';
import { readStoredIncidents } from '../src/db/migrations/0003-stored-incidents.ts';
import { fillNames } from '../src/db/migrations/0008-incident-names.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { changeIncident } from '../src/incidents/incident-changes.ts';
import { noDetails } from '../src/incidents/incident-record.ts';
import { ingestIncidents } from '../src/incidents/ingest.ts';
import { makeTenant } from './support/accounts.ts';
import { sampleAlert, sampleIncident, timeAt } from './support/incidents.ts';
import { ctxOf, inPieces } from './support/ingestion.ts';
import { type TestServices, testServices } from './support/services.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

const time = timeAt(50_000_000);
const device = { mdatpDeviceId: 'D1', deviceDnsName: 'pc1.contoso.example', tags: [] };
const given = [
  sampleIncident(1),
  sampleIncident(2, { alerts: [] }),
  sampleIncident(3, {
    severity: 'High',
    status: 'Resolved',
    assignedTo: 'Ana@contoso.example',
    classification: 'FalsePositive',
    determination: 'NotMalicious',
    tags: ['x'],
    comments: [{ comment: 'c', createdBy: 'bo', createdTime: time }],
    incidentUri: 'https://security.example/3',
    alerts: [
      {
        ...sampleAlert(31, time),
        status: 'Resolved',
        resolvedTime: time,
        classification: 'FalsePositive',
        determination: 'Clean',
        category: 'Execution',
        firstActivity: timeAt(70_000_000),
        assignedTo: 'Automation',
        extraMember: { a: [1] },
        entities: [
          { entityType: 'Ip', ipAddress: '203.0.113.7' },
          { entityType: 'MailMessage', networkMessageId: 'M-1', userPrincipalName: 'Bo@contoso.example' },
          { entityType: 'Process', sha1: 'AB', fileName: 'x.exe', filePath: 'C:\\Temp' },
          { entityType: 'User', userSid: 'S-1-5-21-7' },
        ],
        devices: [device],
      },
      { ...sampleAlert(32, time), status: 'Active', severity: 'UnSpecified', title: null, serviceSource: null },
    ],
  }),
  sampleIncident(4, { status: 'Redirected', redirectIncidentId: 3, alerts: [], determination: 'Whatever' }),
];

async function rowsOf(tenant: Tenant) {
  const { db } = services.store;
  const all = (table: 'incidents' | 'alerts' | 'alertKeys', order: 'incidentId' | 'alertId' | 'key') =>
    db
      .selectFrom(table as 'incidents')
      .selectAll()
      .where('tenantId', '=', tenant.id)
      .orderBy(order as 'incidentId')
      .execute();
  const pks = new Map(
    (await db.selectFrom('alerts').select(['id', 'alertId']).where('tenantId', '=', tenant.id).execute()).map(
      ({ id, alertId }) => [id, alertId],
    ),
  );
  // Members of a JSON text are compared without their order, and ids that are made with the tenant's by what they mean.
  const plain = (row: object): unknown =>
    Object.fromEntries(
      Object.entries(row).flatMap(([name, value]) => {
        if (name === 'tenantId') return [];
        if (name === 'id' || name === 'alert') return [[name, pks.get(String(value))]];
        if (name !== 'body' && name !== 'details') return [[name, typeof value === 'bigint' ? String(value) : value]];
        const { id: _id, ...rest } = JSON.parse(String(value)) as Record<string, unknown>; // Written as an object.
        return [[name, name === 'details' ? { ...noDetails, ...rest } : rest]];
      }),
    );
  return {
    incidents: (await all('incidents', 'incidentId')).map(plain),
    alerts: (await all('alerts', 'alertId')).map(plain),
    keys: (await all('alertKeys', 'key')).map((row) => JSON.stringify(plain(row))).sort(),
  };
}

/** What was stored before: the columns of 0002. */
async function storeAsBefore(from: Tenant, to: Tenant): Promise<void> {
  const { db } = services.store;
  const rows = await db
    .selectFrom('incidents')
    .select(['incidentId', 'status', 'assignedTo', 'bodyBytes', 'body', 'createdTicks', 'updatedTicks'])
    .where('tenantId', '=', from.id)
    .execute();
  for (const row of rows) {
    await db
      .insertInto('incidents')
      .values({ tenantId: to.id, ...row })
      .execute();
  }
}

async function migrate(): Promise<void> {
  const db = services.store.db as unknown as Kysely<unknown>; // As migrations see it.
  await readStoredIncidents(db);
  await fillNames(db);
}

test('a stored incident and its alerts become the records that taking it in makes', async () => {
  const [now, then] = [await makeTenant(services), await makeTenant(services)];
  const text = given.map((each) => JSON.stringify(each)).join('\n');
  const counts = await ingestIncidents(ctxOf(services, now), inPieces(text), 'test');
  assert.deepEqual([counts.stored, counts.rejected], [given.length, 0], JSON.stringify(counts.problems));
  await storeAsBefore(now, then);
  const expected = await rowsOf(now);
  await services.store.db.deleteFrom('alertKeys').where('tenantId', '=', now.id).execute();
  await services.store.db.deleteFrom('alerts').where('tenantId', '=', now.id).execute();
  await migrate();
  const migrated = await rowsOf(then);
  assert.deepEqual(migrated.incidents, expected.incidents);
  assert.deepEqual(migrated.alerts, expected.alerts);
  assert.deepEqual(migrated.keys, expected.keys);
});

test('a migrated incident can be changed, and keeps everything', async () => {
  const [now, then] = [await makeTenant(services), await makeTenant(services)];
  await ingestIncidents(ctxOf(services, now), inPieces(JSON.stringify(sampleIncident(1))), 'test');
  await storeAsBefore(now, then);
  await services.store.db.deleteFrom('incidents').where('tenantId', '=', now.id).execute();
  await migrate();
  const ctx = ctxOf(services, then, ['Incident.ReadWrite.All']);
  const { body } = await changeIncident(ctx, 'Incident.ReadWrite.All', 1, { tags: ['seen'] });
  const { lastUpdateTime: _changed, ...rest } = JSON.parse(body) as Record<string, unknown>; // The documented form.
  const { lastUpdateTime: _before, ...expected } = sampleIncident(1, { tags: ['seen'] });
  assert.deepEqual(rest, expected);
});
