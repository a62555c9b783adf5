// The lists of the management API that the portal's pages of incidents and alerts stand on: filters, order, search.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tenant } from '../src/directory/tenants.ts';
import { makeTenant } from './support/accounts.ts';
import { sampleDraft, user } from './support/drafts.ts';
import { sampleAlert, sampleIncident, timeAt } from './support/incidents.ts';
import { makePerson, type Person, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let tenant: Tenant;
let operator: Person;
let reader: Person;
before(async () => {
  server = await startTestServer();
  tenant = await makeTenant(server.services);
  operator = await makePerson(server, tenant, 'security-operator');
  reader = await makePerson(server, tenant, 'security-reader');
  const admin = await makePerson(server, tenant, 'security-administrator');
  const lines = [
    sampleIncident(1, { incidentName: 'Zebra 100% sure', severity: 'High', classification: 'TruePositive' }),
    sampleIncident(2, { incidentName: 'apple\u0000pie', assignedTo: 'Ana@contoso.example', status: 'InProgress' }),
    sampleIncident(3, {
      incidentName: 'Mango',
      severity: 'Medium',
      alerts: [
        { ...sampleAlert(3, timeAt(30_000_000)), serviceSource: 'MicrosoftDefenderForOffice365' },
        { ...sampleAlert(4, timeAt(40_000_000)), serviceSource: 'MicrosoftDefenderForOffice365' },
      ],
    }),
    sampleIncident(4, { incidentName: 'comment', alerts: [] }),
  ];
  const answer = await server.request('/management/v1/ingest/incidents', {
    session: admin.session,
    headers: { 'content-type': 'application/json' },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  });
  assert.equal(answer.json<{ stored: number }>().stored, 4, answer.text);
});
after(() => server.dispose());

interface Listed {
  readonly items: readonly { readonly incidentId: number; readonly name: string }[];
  readonly total: number;
}

async function list(query: string, who: Person = reader): Promise<number[]> {
  const answer = await server.request(`/management/v1/incidents?${query}`, { session: who.session });
  assert.equal(answer.status, 200, answer.text);
  const { items, total } = answer.json<Listed>();
  if (!query.includes('skip')) assert.equal(total, items.length);
  return items.map(({ incidentId }) => incidentId);
}

test('incidents are filtered by each property, and by several at once', async () => {
  assert.deepEqual(await list('classification=truePositive'), [1]);
  assert.deepEqual(await list('serviceSource=MicrosoftDefenderForOffice365'), [3]);
  assert.deepEqual(await list('serviceSource=nothing'), []);
  assert.deepEqual(await list('isAssigned=true'), [2]);
  assert.deepEqual(await list('isAssigned=false&direction=asc'), [1, 3, 4]);
  assert.deepEqual(await list('assignedTo=ANA@contoso.example&status=InProgress'), [2]);
  assert.deepEqual(await list(`updatedSince=${timeAt(30_000_000)}&direction=asc`), [3, 4]);
  assert.deepEqual(await list('isAssigned=false&severity=High&classification=unknown'), []);
});

test('the search looks in names and at numbers, takes its text literally, and finds nothing in other members', async () => {
  assert.deepEqual(await list('search=ZEBRA'), [1]);
  assert.deepEqual(await list('search=100%25'), [1]);
  assert.deepEqual(await list('search=1%25s'), []);
  assert.deepEqual(await list('search=_'), []);
  assert.deepEqual(await list('search=%20mango%20'), [3]);
  assert.deepEqual(await list('search=3'), [3]);
  assert.deepEqual(await list('search=comment'), [4]);
  assert.deepEqual(await list('search=applepie'), [2]);
  assert.deepEqual(await list('search=%20'), await list(''));
});

test('incidents come in each order, both ways, page by page', async () => {
  assert.deepEqual(await list('sort=name&direction=asc'), [2, 4, 3, 1]);
  assert.deepEqual(await list('sort=severity&direction=desc'), [1, 3, 4, 2]);
  assert.deepEqual(await list('sort=alertCount&direction=desc'), [3, 2, 1, 4]);
  assert.deepEqual(await list('sort=lastActivityAt&direction=asc'), [4, 1, 2, 3]);
  assert.deepEqual(await list('sort=createdAt&direction=asc'), [1, 2, 3, 4]);
  assert.deepEqual(await list('sort=name&direction=asc&skip=1&limit=2'), [4, 3]);
});

test('what a list cannot be asked for is refused', async () => {
  for (const query of [
    'sort=body',
    'updatedSince=yesterday',
    'isAssigned=maybe',
    'classification=x',
    'serviceSource=',
  ]) {
    const answer = await server.request(`/management/v1/incidents?${query}`, { session: reader.session });
    assert.equal(answer.status, 400, query);
  }
  const nobody = await makePerson(server, tenant, 'application-administrator');
  assert.equal((await server.request('/management/v1/incidents', { session: nobody.session })).status, 403);
  assert.equal((await server.request('/management/v1/incidents')).status, 401);
});

test('a name that somebody gives is searched at once', async () => {
  const answer = await server.request('/management/v1/incidents/4', {
    session: operator.session,
    method: 'PATCH',
    body: { name: 'Papaya' },
  });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(await list('search=papaya'), [4]);
  assert.deepEqual(await list('search=comment'), []);
});

test('an alert is shown by either of its ids to those who may see it', async () => {
  const { raiseAlerts } = await import('../src/incidents/raise.ts');
  const [raised] = await raiseAlerts(server.services, tenant.id, [sampleDraft('v1', [user('v@contoso.example')])]);
  const show = (id: string, session = reader.session) =>
    server.request(`/management/v1/alerts/${encodeURIComponent(id)}`, { session });
  const answer = await show(raised?.id ?? '');
  assert.equal(answer.status, 200, answer.text);
  const view = answer.json<Record<string, unknown>>();
  assert.deepEqual(
    [view.alertId, view.incidentId, view.title, view.resolution],
    ['v1', raised?.incidentId, raised?.title, 'open'],
  );
  assert.deepEqual((await show('v1')).json(), view);
  assert.equal((await show('nothing')).status, 404);
  assert.equal((await show('0123456789abcdef01234567')).status, 404);
  const other = await makePerson(server, await makeTenant(server.services), 'security-reader');
  assert.equal((await show('v1', other.session)).status, 404);
  const nobody = await makePerson(server, tenant, 'application-administrator');
  assert.equal((await show('v1', nobody.session)).status, 403);
  assert.equal((await server.request('/management/v1/alerts/v1')).status, 401);
});
