// What the portal's pages of cloud discovery ask for beside the reports: trends, categories with traffic, names of tags, whole
// lists page by page, uploads and the governance log as they are filtered and sorted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeUser } from './support/accounts.ts';
import { TestClock } from './support/clock.ts';
import { addStream, dropbox, gitHub, nobodyKnows, storeRows } from './support/discovered.ts';
import { type Manager, makeManager } from './support/discovery-apps.ts';
import { signIn, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let manager: Manager;
let other: Manager;
let proxy: string;
const clock = new TestClock();
const minute = 60_000;
before(async () => {
  server = await startTestServer({ testClock: clock, settings: { tenantRequestsPerMinute: 1_000_000 } });
  manager = await makeManager(server);
  other = await makeManager(server);
  proxy = await addStream(server.services, manager.tenant, 'Proxy');
  await storeRows(server.services, manager.tenant.id, proxy, [
    { ...dropbox, uploadedBytes: 500, transactions: 5 },
    { ...dropbox, uploadedBytes: 300, userName: 'kim@contoso.example', daysAgo: 2 },
    { ...gitHub, downloadedBytes: 100, userName: '', machine: '', daysAgo: 2 },
    { ...nobodyKnows('shop.example'), downloadedBytes: 10, isBlocked: true },
  ]);
});
after(() => server.dispose());

interface Trend {
  readonly day: string;
  readonly apps: number;
  readonly users: number;
  readonly totalBytes: number;
  readonly risks: readonly { id: string; apps: number; totalBytes: number }[];
  readonly categories: readonly { id: string; apps: number; totalBytes: number }[];
}

async function ok<T>(path: string, by = manager): Promise<T> {
  const answer = await by.manage(path);
  assert.equal(answer.status, 200, answer.text);
  return answer.json<T>();
}

/** The session of somebody of the tenant who has no role. */
async function sleeper(): Promise<string> {
  return await signIn(server, await makeUser(server.services, manager.tenant));
}

async function statusFor(path: string, session?: string): Promise<number> {
  return (await server.request(`/management/v1/${path}`, session === undefined ? {} : { session })).status;
}

test('a report tells day by day how many apps and people, which risk and which categories', async () => {
  const { categories, days } = await ok<{ categories: string[]; days: Trend[] }>(`reports/${proxy}/trends?days=7`);
  assert.deepEqual(categories, [
    'SAASDB_CATEGORY_CLOUD_STORAGE',
    'SAASDB_CATEGORY_CODE_HOSTING',
    'SAASDB_CATEGORY_UNCLASSIFIED',
  ]);
  assert.deepEqual(
    days.map((each) => [each.apps, each.users, each.totalBytes, each.categories.map(({ totalBytes }) => totalBytes)]),
    [
      [2, 1, 400, [300, 100, 0]],
      [2, 1, 510, [500, 0, 10]],
    ],
  );
  for (const { risks, apps, totalBytes } of days) {
    assert.deepEqual(
      risks.map(({ id }) => id),
      ['high', 'medium', 'low', 'unknown'],
    );
    const sum = (of: 'apps' | 'totalBytes') => risks.reduce((total, each) => total + each[of], 0);
    assert.deepEqual([sum('apps'), sum('totalBytes')], [apps, totalBytes]);
  }
  assert.equal(days.at(-1)?.risks.find(({ id }) => id === 'unknown')?.apps, 1);
  assert.equal((await manager.manage('reports/global/trends?days=8')).status, 400);
  assert.equal((await other.manage(`reports/${proxy}/trends`)).status, 404);
  assert.deepEqual(await ok('reports/global/trends', other), { categories: [], days: [] });
  assert.equal(await statusFor('discovery/reports/global/trends'), 401);
  assert.equal(await statusFor('discovery/reports/global/trends', await sleeper()), 403);
});

test('categories come with their traffic, sorted and page by page', async () => {
  const page = await ok<{ items: { id: string; total: number; totalBytes: number; blocked: number }[]; total: number }>(
    'reports/global/categories?days=30&sort=totalBytes&direction=desc&limit=2',
  );
  assert.deepEqual(
    [page.total, page.items.map(({ id, total, totalBytes }) => [id.slice(16), total, totalBytes])],
    [
      3,
      [
        ['CLOUD_STORAGE', 1, 800],
        ['CODE_HOSTING', 1, 100],
      ],
    ],
  );
  assert.equal((await manager.manage('reports/global/categories?sort=color')).status, 400);
});

test('a tag gets another name and stays on its apps, unless a policy names it', async () => {
  const { id } = (await manager.manage('app-tags', { body: { name: 'Old' } })).json<{ id: string }>();
  await manager.tag(dropbox.appId, 'Old');
  const rename = (tag: string, name: string, by = manager) =>
    by.manage(`app-tags/${tag}`, { method: 'PATCH', body: { name } });
  const renamed = await rename('old', 'New name');
  assert.deepEqual(
    [renamed.status, renamed.json()],
    [200, { id, name: 'New name', isBuiltIn: false, appIds: [dropbox.appId] }],
  );
  assert.deepEqual(await manager.tagsOf(dropbox.appId), ['New name']);
  assert.equal((await rename(id, 'NEW NAME')).status, 200);
  assert.equal((await rename(id, 'Sanctioned')).status, 409);
  assert.equal((await rename('sanctioned', 'Mine')).status, 409);
  assert.equal((await rename(id, ' ')).status, 400);
  assert.equal((await rename(id, 'Stolen', other)).status, 404);
  const reader = await makeManager(server, 'security-reader', manager);
  assert.equal((await rename(id, 'Read', reader)).status, 403);
  assert.equal(
    (await server.request(`/management/v1/discovery/app-tags/${id}`, { method: 'PATCH', body: { name: 'No' } })).status,
    401,
  );
  const policy = (settings: object, filters: object) =>
    server.request('/management/v1/policies', {
      session: manager.session,
      body: { name: `Tags ${JSON.stringify(settings)}`, type: 'NEW_SERVICE', severity: 'low', filters, settings },
    });
  const made = await policy({ tag: 'New name' }, { risk: { eq: ['high'] } });
  assert.equal(made.status, 201, made.text);
  const refused = await rename(id, 'Another');
  assert.equal(refused.status, 409, refused.text);
  assert.match(refused.text, /Policies name this tag: /);
  const audit = await server.request('/management/v1/audit?limit=50', { session: manager.session });
  assert.match(audit.text, /discovery-app-tag\.rename/);
});

test('tags, custom apps and reports are searched and sorted, page by page', async () => {
  for (const name of ['Alpha', 'Beta']) {
    const body = { name, category: 'CRM', domains: [`${name.toLowerCase()}.example`] };
    assert.equal((await manager.manage('custom-apps', { body })).status, 201);
    const report = await manager.manage('reports', { body: { name: `Report ${name}` } });
    assert.equal(report.status, 201, report.text);
  }
  type Named = { items: { name: string }[]; total: number };
  const names = async (path: string) => (await ok<Named>(path)).items.map(({ name }) => name);
  assert.deepEqual(await names('custom-apps?sort=name&direction=desc&limit=1'), ['Beta']);
  assert.deepEqual(await names('custom-apps?search=alpha.ex'), ['Alpha']);
  assert.deepEqual(await names('reports?kind=custom&sort=name&direction=desc'), ['Report Beta', 'Report Alpha']);
  assert.deepEqual(await names('app-tags?search=sanc&limit=1&skip=1'), ['Unsanctioned']);
  assert.equal((await manager.manage('custom-apps?sort=color')).status, 400);
  assert.deepEqual((await ok<Named>('custom-apps', other)).items, []);
});

test('uploads are filtered by kind, state and name, and sorted', async () => {
  for (const [fileName, source] of [
    ['b.log', 'SQUID'],
    ['A 100%.log', 'FORTIGATE'],
    ['c.log', 'SQUID'],
  ]) {
    const begun = await manager.manage('uploads', { body: { fileName, source } });
    assert.equal(begun.status, 201, begun.text);
    clock.advance(1000);
  }
  const list = async (query: string, by = manager) => {
    const { items } = await ok<{ items: { fileName: string }[] }>(`uploads?${query}`, by);
    return items.map(({ fileName }) => fileName);
  };
  assert.deepEqual(await list(''), ['c.log', 'A 100%.log', 'b.log']);
  assert.deepEqual(await list('direction=asc'), ['b.log', 'A 100%.log', 'c.log']);
  assert.deepEqual(await list('sort=fileName&direction=desc&source=SQUID'), ['c.log', 'b.log']);
  assert.deepEqual(await list(`search=${encodeURIComponent('0%.LOG')}`), ['A 100%.log']);
  assert.deepEqual(await list('search=_'), []);
  assert.deepEqual(await list('isSnapshot=true'), []);
  assert.deepEqual(await list('state=created&sort=createdAt&limit=1&skip=2&direction=asc'), ['c.log']);
  assert.deepEqual(await list('', other), []);
  for (const wrong of ['sort=color', 'state=lost', 'isSnapshot=maybe', 'direction=up']) {
    assert.equal((await manager.manage(`uploads?${wrong}`)).status, 400, wrong);
  }
  assert.equal(await statusFor('discovery/uploads?sort=fileName', await sleeper()), 403);
  assert.equal(await statusFor('discovery/uploads?sort=fileName'), 401);
});

test('the governance log is filtered by action, outcome and time, and sorted', async () => {
  await manager.manage('score-weights', { method: 'PATCH', body: { countsUnknown: true } });
  clock.advance(3 * minute);
  const csv = await manager.manage('reports/global/apps/csv?days=90');
  assert.equal(csv.status, 200, csv.text);
  const list = async (query: string, session = manager.session) => {
    const answer = await server.request(`/management/v1/governance?${query}`, { session });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<{ items: { type: string }[]; total: number }>();
  };
  const types = async (query: string) => (await list(query)).items.map(({ type }) => type);
  assert.deepEqual(await types('type=DiscoveryCalculateTask'), ['DiscoveryCalculateTask']);
  assert.equal((await list('status=failed')).total, 0);
  const lately = new Date(clock.now() - minute).toISOString();
  assert.deepEqual(await types(`from=${lately}`), ['DiscoveryEntitiesExport']);
  assert.ok(!(await types(`until=${lately}`)).includes('DiscoveryEntitiesExport'));
  const sorted = await types('sort=type&direction=asc');
  assert.deepEqual(sorted, sorted.toSorted());
  assert.equal((await types('sort=type&direction=desc&limit=1'))[0], sorted.at(-1));
  assert.equal((await list('', other.session)).total, 0);
  for (const wrong of ['sort=color', 'status=lost', 'from=yesterday', 'appId=-1']) {
    assert.equal(await statusFor(`governance?${wrong}`, manager.session), 400, wrong);
  }
  assert.equal(await statusFor('governance?type=x'), 401);
  assert.equal(await statusFor('governance?type=x', await sleeper()), 403);
});
