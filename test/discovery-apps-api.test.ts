// Cloud apps through a whole server: catalogue, scores, custom apps, and who may do what.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { customAppsOf } from '../src/discovery/apps/custom-domains.ts';
import { appsOf } from '../src/discovery/apps/described.ts';
import { unclassifiedId } from '../src/discovery/catalog/unclassified.ts';
import { makeTenant } from './support/accounts.ts';
import {
  box,
  dropbox,
  type Manager,
  makeManager,
  makeReportAdministrator,
  smallBounds,
} from './support/discovery-apps.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: smallBounds });
});
after(() => server.dispose());

test('an app of the catalogue shows its score and every factor with source and day', async () => {
  const manager = await makeManager(server, 'security-reader');
  const answer = await manager.api(`saasdb/${dropbox}/`);
  const app = answer.json<{
    name: string;
    category: string;
    revised_score: Record<string, number | null>;
    factors: {
      name: string;
      points: number | null;
      source: string | null;
      asOf: string | null;
      contribution: number;
    }[];
  }>();
  assert.deepEqual([app.name, app.category], ['Dropbox', 'SAASDB_CATEGORY_CLOUD_STORAGE']);
  assert.deepEqual(Object.keys(app.revised_score), ['provider', 'security', 'compliance', 'legal', 'total']);
  assert.equal(app.revised_score.compliance, null);
  const mfa = app.factors.find(({ name }) => name === 'mfa');
  assert.deepEqual([mfa?.points, mfa?.source, mfa?.asOf], [10, '2fa.directory', '2026-08-04']);
  const sum = app.factors.reduce((before, { contribution }) => before + contribution, 0);
  assert.ok(Math.abs(sum - (app.revised_score.total ?? 0)) < 0.06);
  for (const path of ['saasdb/7/', 'saasdb/x/', 'saasdb/-1/'])
    assert.equal((await manager.api(path)).status, 404, path);
});

test('the catalogue is searched and filtered, page by page', async () => {
  const manager = await makeManager(server);
  await manager.tag(box, 'Sanctioned');
  interface Page {
    data: { appId: number; name: string; category: string; score: number | null }[];
    hasNext: boolean;
    total: number;
  }
  const list = async (body: object): Promise<Page> => {
    const answer = await manager.api('saasdb/', { body });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<Page>();
  };
  const names = async (filters: object) => (await list({ filters })).data.map(({ name }) => name);
  assert.deepEqual(await names({ appId: { eq: [dropbox, 15600] } }), ['Dropbox', 'OneDrive']);
  assert.deepEqual(await names({ tag: { eq: ['Sanctioned'] } }), ['Box']);
  assert.ok((await names({ name: { contains: ['dropbox'] } })).includes('Dropbox'));
  assert.equal((await list({ filters: { tag: { eq: ['None'] } } })).total, (await list({})).total - 1);
  const storage = await list({
    filters: { category: { eq: ['SAASDB_CATEGORY_CLOUD_STORAGE'] }, score: { eq: [8, 10] } },
    limit: 5,
    sortField: 'score',
  });
  assert.ok(storage.hasNext && storage.data.length === 5);
  for (const { category, score } of storage.data) {
    assert.ok(category === 'SAASDB_CATEGORY_CLOUD_STORAGE' && score !== null && score >= 8);
  }
  for (const filters of [{ category: { eq: ['NONSENSE'] } }, { score: { eq: ['x'] } }, { color: { eq: ['red'] } }]) {
    assert.equal((await manager.api('saasdb/', { body: { filters } })).status, 400, JSON.stringify(filters));
  }
  const found = (await manager.manage('apps?search=dropbox&category=Cloud%20storage&scoreMin=9&sort=score')).json<{
    total: number;
  }>();
  assert.equal(found.total, 1);
});

test('a score is overridden with a note and a note is kept, for this tenant alone', async () => {
  const manager = await makeManager(server);
  const other = await makeManager(server);
  const answer = await manager.manage(`apps/${dropbox}/score`, {
    method: 'PUT',
    body: { score: 2.25, note: 'Audit 2026' },
  });
  assert.equal(answer.status, 200, answer.text);
  const app = answer.json<{
    score: number;
    computed: { total: number };
    override: { value: number; note: string; by: string };
  }>();
  assert.deepEqual(
    [app.score, app.override.value, app.override.note, app.override.by],
    [2.3, 2.3, 'Audit 2026', manager.user.userName],
  );
  assert.ok(app.computed.total > 9);
  const scoreFor = async (person: Manager) =>
    (await appsOf(server.services, person.tenant.id, [{ appId: dropbox }])).get(dropbox)?.score;
  assert.deepEqual([await scoreFor(manager), await scoreFor(other)], [2.3, app.computed.total]);
  const noted = await manager.api('discovery/discovery_app/update_app_note/', {
    body: { pk: String(dropbox), note: 'For marketing' },
  });
  assert.deepEqual([noted.status, noted.json<{ note: string }>().note], [200, 'For marketing']);
  const scored = await manager.api('discovery/discovery_app/update_score/', {
    body: { appId: dropbox, score: 8, streamId: 'x' },
  });
  assert.equal(scored.json<{ revised_score: { total: number } }>().revised_score.total, 8);
  assert.equal((await manager.manage(`apps/${dropbox}/score`, { method: 'PUT', body: { score: null } })).status, 200);
  assert.equal(await scoreFor(manager), app.computed.total);
  for (const score of [-1, 10.01, 'x', null]) {
    const status = (await manager.api('discovery/discovery_app/update_score/', { body: { appId: dropbox, score } }))
      .status;
    assert.equal(status, score === null ? 200 : 400, String(score));
  }
  assert.equal((await manager.manage('apps/7/note', { method: 'PUT', body: { note: 'x' } })).status, 404);
  assert.equal(
    (await manager.manage(`apps/${dropbox}/note`, { method: 'PUT', body: { note: 'x'.repeat(2001) } })).status,
    400,
  );
});

test('weights change every score of the tenant, are read as scripts read them, and go back', async () => {
  const manager = await makeManager(server);
  interface Weights {
    fields: { name: string; weight: number }[];
    categories: { enum: string; weight: number; fields: Record<string, number> }[];
  }
  const before = (await manager.api('discovery/weights/')).json<Weights>();
  assert.deepEqual(
    before.categories.map((each) => each.enum),
    ['provider', 'security', 'compliance', 'legal'],
  );
  assert.equal(before.fields.find(({ name }) => name === 'mfa')?.weight, 2);
  const scoreOfBox = async () => (await manager.manage(`apps/${box}`)).json<{ score: number }>().score;
  const initial = await scoreOfBox();
  const categories = before.categories.map((each) => (each.enum === 'legal' ? { ...each, weight: 0 } : each));
  assert.equal((await manager.api('discovery/weights/save', { body: { categories } })).status, 200);
  assert.ok((await scoreOfBox()) < initial);
  const strict = await manager.manage('score-weights', {
    method: 'PATCH',
    body: { countsUnknown: true, fields: { mfa: 4 } },
  });
  assert.deepEqual([strict.status, strict.json<{ fields: Record<string, number> }>().fields.mfa], [200, 4]);
  const log = await manager.api('governance/', { body: { filters: { type: { eq: ['DiscoveryCalculateTask'] } } } });
  assert.equal(log.json<{ total: number }>().total, 2);
  assert.equal((await manager.api('discovery/weights/reset/', { method: 'POST' })).status, 200);
  assert.equal(await scoreOfBox(), initial);
  for (const body of [{ fields: { color: 1 } }, { fields: { mfa: 5 } }, { categories: { style: 1 } }, { other: 1 }]) {
    assert.equal((await manager.manage('score-weights', { method: 'PATCH', body })).status, 400, JSON.stringify(body));
  }
});

const payroll = { name: 'Payroll', category: 'HUMAN_RESOURCE_MANAGEMENT', domains: ['*.Payroll.contoso.example'] };

test('a custom app has an id of its own for ever, and a name and domains that no other has', async () => {
  const manager = await makeManager(server);
  const made = await manager.manage('custom-apps', { body: { ...payroll, score: 9 } });
  assert.equal(made.status, 201, made.text);
  const app = made.json<{ appId: number; category: string; domains: string[] }>();
  assert.deepEqual(
    [app.appId, app.category, app.domains],
    [1_000_000_000, 'SAASDB_CATEGORY_HUMAN_RESOURCE_MANAGEMENT', ['payroll.contoso.example']],
  );
  const second = await manager.manage('custom-apps', {
    body: { ...payroll, name: 'Drive', domains: ['drive.google.com'] },
  });
  assert.equal(second.status, 201, second.text);
  assert.deepEqual(await customAppsOf(server.services.store.db, manager.tenant.id), [
    { appId: 1_000_000_000, domains: ['payroll.contoso.example'] },
    { appId: 1_000_000_001, domains: ['drive.google.com'] },
  ]);
  assert.equal(
    (await manager.manage('custom-apps', { body: { ...payroll, name: 'C', domains: ['c.example'] } })).status,
    409,
  );
  assert.equal((await manager.manage('custom-apps/1000000001', { method: 'DELETE' })).status, 204);
  const again = (domains: string[], name = 'Other') =>
    manager.manage('custom-apps', { body: { ...payroll, name, domains } });
  assert.match((await again(['PAYROLL.contoso.example.'])).text, /belongs to the custom app/);
  assert.match((await again(['b.example'], 'payroll')).text, /custom-app-name-taken/);
  for (const domain of ['co.uk', 'localhost', '192.0.2.1', 'a b.example', 'http://a.example', 'a..example', '']) {
    assert.equal((await again([domain])).status, 400, domain);
  }
  const third = await again(['b.example']);
  assert.deepEqual([third.status, third.json<{ appId: number }>().appId], [201, 1_000_000_002]);
  await manager.tag(1_000_000_002, 'Unsanctioned');
  const put = (domains: string[]) =>
    manager.manage('custom-apps/1000000002', { method: 'PUT', body: { ...payroll, name: 'Other', domains } });
  assert.equal((await put(['security.microsoft.com'])).status, 409);
  assert.equal((await put(['b.example', 'bb.example'])).status, 200);
  const facts = await appsOf(server.services, manager.tenant.id, [{ appId: 1_000_000_001 }, { appId: 1_000_000_000 }]);
  assert.deepEqual(
    [...facts.values()].map(({ name, score, isCustom }) => [name, score, isCustom]),
    [
      ['Drive', null, true],
      ['Payroll', 9, true],
    ],
  );
  assert.equal((await manager.manage('apps/Drive')).status, 404);
  const list = (await manager.manage('custom-apps')).json<{ items: { name: string }[] }>();
  assert.deepEqual(
    list.items.map(({ name }) => name),
    ['Other', 'Payroll'],
  );
});

const changes = (manager: Manager): (() => ReturnType<TestServer['request']>)[] => [
  () => manager.tag(dropbox, 'Sanctioned'),
  () => manager.tag(dropbox, 'Sanctioned', 'remove_tag'),
  () => manager.api('discovery/app_tags/create_tag/', { body: { tagName: 'x' } }),
  () => manager.api('discovery/discovery_app/update_score/', { body: { appId: dropbox, score: 1 } }),
  () => manager.api('discovery/weights/reset/', { method: 'POST' }),
  () => manager.manage('apps/tags', { body: { action: 'add', tag: 'Sanctioned', apps: [dropbox] } }),
  () => manager.manage('custom-apps', { body: payroll }),
  () => manager.manage('custom-apps/1000000000', { method: 'DELETE' }),
  () => manager.manage('score-weights', { method: 'DELETE' }),
  () => manager.manage(`apps/${dropbox}/note`, { method: 'PUT', body: { note: 'x' } }),
];

test('who may read discovery changes nothing, and report administrators neither', async () => {
  const manager = await makeManager(server);
  for (const reader of [
    await makeManager(server, 'security-reader', manager),
    await makeReportAdministrator(server, manager),
  ]) {
    for (const change of changes(reader)) assert.equal((await change()).status, 403);
    assert.equal((await reader.api(`saasdb/${dropbox}/`)).status, 200);
    assert.equal((await reader.api('discovery/app_tags/', { method: 'POST' })).status, 200);
    assert.equal((await reader.manage('apps?search=box')).status, 200);
  }
});

test('without a token or the right to discovery there is nothing to read', async () => {
  for (const path of ['/api/v1/saasdb/', '/api/v1/discovery/app_tags/', '/management/v1/discovery/apps']) {
    assert.equal((await server.request(path)).status, 401, path);
  }
  const stranger = await makePerson(server, await makeTenant(server.services), 'user-administrator');
  for (const path of ['apps', 'app-tags', 'custom-apps', 'score-weights', `apps/${dropbox}`]) {
    const answer = await server.request(`/management/v1/discovery/${path}`, { session: stranger.session });
    assert.equal(answer.status, 403, path);
  }
});

test('another tenant sees nothing of what is said about apps', async () => {
  const manager = await makeManager(server);
  const other = await makeManager(server);
  const unknown = 'only-here.example.com';
  await manager.tag(dropbox, 'Secret plan');
  await manager.manage('custom-apps', { body: payroll });
  await manager.manage('apps/tags', { body: { action: 'add', tag: 'Monitored', apps: [unknown] } });
  await manager.manage(`apps/${dropbox}/note`, { method: 'PUT', body: { note: 'Ours' } });
  for (const path of ['app-tags', 'custom-apps', `apps/${dropbox}`, 'apps?search=only-here']) {
    assert.doesNotMatch((await other.manage(path)).text, /Secret|Payroll|Ours|only-here/, path);
  }
  for (const app of ['1000000000', 'Payroll', String(unclassifiedId('example.com'))]) {
    assert.equal((await other.manage(`apps/${app}`)).status, 404, app);
  }
  assert.deepEqual(await other.tagsOf(dropbox), []);
});
