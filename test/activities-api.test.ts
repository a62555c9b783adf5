// GET and POST /api/v1/activities/ through a whole server, as documented clients call it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { insertActivities } from '../src/activities/store.ts';
import { hourMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import { madeActivity, someTime } from './support/activities.ts';
import { form, type List, makeReader } from './support/activity-reader.ts';
import { makePerson, makeToken, type RequestOptions, startTestServer, type TestServer } from './support/server.ts';

interface FilterError {
  readonly filters: readonly {
    readonly error: string;
    readonly errorMessageCode: string;
    readonly errorMessageParams: { readonly value: string; readonly field: string };
  }[];
  readonly error: boolean;
}

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { tenantRequestsPerMinute: 1_000_000, totalExactMax: 1000, filterValuesMax: 100, bodyBytesMax: 100_000 },
  });
});
after(() => server.dispose());

test('every documented way of asking gives the same page, under both prefixes, with and without the slash', async () => {
  const reader = await makeReader(server, 30);
  const filters = { service: { eq: [15600] } };
  const text = encodeURIComponent(JSON.stringify(filters));
  const ways: [string, RequestOptions][] = [
    ['/api/v1/activities/', { body: { filters, limit: 5, skip: 2 } }],
    ['/api/v1/activities', { body: { filters, limit: '5', skip: '2' } }],
    ['/cas/api/v1/activities/', { body: { filters: JSON.stringify(filters), limit: 5, skip: 2 } }],
    ['/cas/api/v1/activities', { method: 'GET', body: { filters, limit: 5, skip: 2 } }],
    [`/api/v1/activities/?filters=${text}&limit=5&skip=2&sortField=date&sortDirection=desc`, {}],
    [`/api/v1/activities/?limit=77&skip=9`, { body: { filters, limit: 5, skip: 2 } }],
    ['/api/v1/activities/', { headers: form, body: `filters=${text}&limit=5&skip=2` }],
    ['/api/v1/activities/', { headers: form, body: JSON.stringify({ filters, limit: 5, skip: 2 }) }],
  ];
  for (const [path, options] of ways) {
    const answer = await reader.call(path, options);
    assert.equal(answer.status, 200, `${path} ${answer.text}`);
    const { data, ...rest } = answer.json<List>();
    assert.deepEqual(
      data.map((each) => each.index),
      [27, 26, 25, 24, 23],
      path,
    );
    assert.deepEqual(rest, { hasNext: true, max: 100, total: 30, moreThanTotal: false });
  }
});

test('no body, an empty one, null and {} all mean everything', async () => {
  const reader = await makeReader(server, 3);
  const json = { 'content-type': 'application/json' };
  const ways: RequestOptions[] = [
    {},
    { method: 'POST' },
    { body: '', headers: json },
    { body: 'null', headers: json },
    { body: '{}', headers: json },
    { body: '', headers: form },
    { body: 'null', headers: form },
    { method: 'GET', body: 'null', headers: json },
    { body: { filters: null } },
  ];
  for (const options of ways) assert.equal((await reader.list(options)).total, 3, JSON.stringify(options));
});

test('a page is sorted by date or by creation, in both directions, and never longer than max', async () => {
  const reader = await makeReader(server, 150);
  await insertActivities(server.services.events, reader.tenant.id, [
    madeActivity(999, { timestamp: someTime - hourMs, created: someTime + 1000 * hourMs }),
  ]);
  const first = async (query: string) => (await reader.list({ query })).data[0]?.index;
  assert.equal(await first('?sortField=date&sortDirection=asc'), 999);
  assert.equal(await first('?sortField=date'), 149);
  assert.equal(await first('?sortField=created&sortDirection=desc'), 999);
  assert.equal(await first('?sortField=created&sortDirection=asc'), 0);
  const { data, hasNext } = await reader.list({ query: '?limit=1000' });
  assert.deepEqual([data.length, hasNext], [100, true]);
  const rest = await reader.list({ query: '?limit=100&skip=100' });
  assert.deepEqual([rest.data.length, rest.hasNext], [51, false]);
  assert.deepEqual((await reader.list({ query: '?limit=0' })).data, []);
});

test('a total is exact up to its limit, and then said to be more', async () => {
  const exact = await (await makeReader(server, 1000)).list();
  assert.deepEqual([exact.total, exact.moreThanTotal], [1000, false]);
  const reader = await makeReader(server, 1001);
  for (let time = 0; time < 2; time++) {
    const more = await reader.list();
    assert.deepEqual([more.total, more.moreThanTotal], [1000, true]);
  }
});

test("a fetched record is the stored one; an unknown or another tenant's id is the same 404", async () => {
  const [reader, stranger] = [await makeReader(server, 2), await makeReader(server, 3)];
  const { id, record } = madeActivity(1);
  for (const path of [`/api/v1/activities/${id}/`, `/api/v1/activities/${id}`, `/cas/api/v1/activities/${id}/`]) {
    const answer = await reader.call(path);
    assert.equal(answer.status, 200);
    assert.equal(answer.text, record);
  }
  const strangers = madeActivity(2).id;
  assert.equal((await stranger.call(`/api/v1/activities/${strangers}/`)).status, 200);
  for (const pk of [strangers, 'nothing', '1_x', '%27', '..%2F..']) {
    const answer = await reader.call(`/api/v1/activities/${pk}/`);
    assert.equal(answer.status, 404, pk);
    assert.equal(answer.json().detail, 'Not found.');
  }
});

test('a list shows nothing of another tenant, whatever the filter', async () => {
  const reader = await makeReader(server, 0);
  const stranger = await makeReader(server, 2);
  const named = { 'activity.id': { eq: [madeActivity(1).id] } };
  assert.equal((await stranger.list({ body: { filters: named } })).total, 1);
  for (const filters of [{}, named, { service: { neq: [1] } }, { policy: { isnotset: true } }]) {
    const { data, total } = await reader.list({ body: { filters } });
    assert.deepEqual([data.length, total], [0, 0]);
  }
});

test('without a token, or with the wrong one, the call is refused', async () => {
  const reader = await makeReader(server, 1);
  assert.equal((await server.request('/api/v1/activities/')).status, 401);
  assert.equal((await reader.call('/api/v1/activities/', { token: `${reader.token}x` })).status, 401);
});

test('a person whose role does not reach activities is refused', async () => {
  const reader = await makeReader(server, 1);
  const { session } = await makePerson(server, reader.tenant, 'privileged-role-administrator');
  for (const path of ['/api/v1/activities/', `/api/v1/activities/${madeActivity(0).id}/`]) {
    assert.equal((await server.request(path, { session })).status, 403);
  }
});

test('a narrowed token that may not read activities is refused, and one that may give feedback only gives no list', async () => {
  const reader = await makeReader(server, 1);
  const { value } = await makeToken(server, reader, { permissions: ['Alerts.read'] });
  assert.equal((await reader.call('/api/v1/activities/', { token: value })).status, 403);
  assert.equal((await reader.call(`/api/v1/activities/${madeActivity(0).id}/`, { token: value })).status, 403);
});

test('a role scoped to an app or a group reaches only those activities, in lists, fetches and feedback', async () => {
  const reader = await makeReader(server, 3);
  const { events } = server.services;
  const other = madeActivity(50, { appId: 20893, userName: 'grace@contoso.example' });
  await insertActivities(events, reader.tenant.id, [other]);
  const administrator = await makePerson(server, reader.tenant, 'global-administrator');
  const scoped = await makePerson(server, reader.tenant);
  const assigned = await server.request('/management/v1/role-assignments', {
    session: administrator.session,
    body: {
      user: scoped.user.userName,
      role: 'app-instance-administrator',
      kind: 'permanent',
      scope: { instances: [{ appId: 20893, instance: 0 }], groupIds: [], reportIds: [] },
    },
  });
  assert.equal(assigned.status, 201, assigned.text);
  const { value: token } = await makeToken(server, scoped);
  const list = (await reader.call('/api/v1/activities/', { token })).json<List>();
  assert.deepEqual([list.data.map((each) => each.index), list.total], [[50], 1]);
  assert.equal((await reader.call(`/api/v1/activities/${other.id}`, { token })).status, 200);
  assert.equal((await reader.call(`/api/v1/activities/${madeActivity(0).id}`, { token })).status, 404);
  const feedback = { body: { feedbackValue: '0' }, token };
  assert.equal((await reader.call(`/api/v1/activities/${madeActivity(0).id}/feedback`, feedback)).status, 404);
});

test("members of the tenant's own groups are found by user.tags", async () => {
  const reader = await makeReader(server, 2);
  const administrator = await makePerson(server, reader.tenant, 'global-administrator');
  const made = await server.request('/management/v1/groups', {
    session: administrator.session,
    body: { name: 'Finance' },
  });
  assert.equal(made.status, 201, made.text);
  const { id } = made.json<{ id: string }>();
  const filters = { 'user.tags': { eq: [{ role: 1, adv: true }, id] } };
  assert.equal((await reader.list({ body: { filters } })).total, 0);
  const added = await server.request(`/management/v1/groups/${id}/members/ada@contoso.example`, {
    method: 'PUT',
    session: administrator.session,
  });
  assert.ok(added.status < 300, added.text);
  assert.equal((await reader.list({ body: { filters } })).total, 2);
  assert.equal((await reader.list({ body: { filters: { 'user.tags': { startswith: [id.slice(0, 6)] } } } })).total, 2);
  assert.equal((await reader.list({ body: { filters: { 'user.tags': { isnotset: true } } } })).total, 0);
});

test('a wrong filter is answered with the documented body, naming value and field', async () => {
  const reader = await makeReader(server, 1);
  const answer = await reader.call('/api/v1/activities/', { body: { filters: { 'device.type': { eq: ['WATCH'] } } } });
  assert.equal(answer.status, 400);
  const body = answer.json<FilterError>();
  assert.equal(body.error, true);
  assert.deepEqual(
    body.filters.map(({ error, errorMessageCode, errorMessageParams }) => [
      error,
      errorMessageCode,
      errorMessageParams.value,
      errorMessageParams.field,
    ]),
    [['WATCH is not valid', 'CONSOLE_FORMS_NOT_VALID_VALUE', 'WATCH', 'device.type']],
  );
  for (const filters of [{ 'user.orgUnit': { eq: ['x'] } }, { nonsense: { eq: 1 } }]) {
    const refused = await reader.call('/api/v1/activities/', { body: { filters } });
    assert.equal(refused.status, 400);
    assert.equal(refused.json<FilterError>().filters[0]?.errorMessageParams.field, Object.keys(filters)[0]);
  }
});

test('bad input is a clear error in the shape of the surface, and changes nothing', async () => {
  const reader = await makeReader(server, 1);
  const json = { 'content-type': 'application/json' };
  const deep = `{"filters":${'{"a":'.repeat(500)}1${'}'.repeat(501)}`;
  const bad: [string, RequestOptions, number][] = [
    ['/api/v1/activities/', { body: '{"filters":', headers: json }, 400],
    ['/api/v1/activities/', { body: '[1]', headers: json }, 400],
    ['/api/v1/activities/', { body: '"x"', headers: json }, 400],
    ['/api/v1/activities/', { body: deep, headers: json }, 400],
    ['/api/v1/activities/?filters=%7Bbroken', {}, 400],
    ['/api/v1/activities/?limit=-1', {}, 400],
    ['/api/v1/activities/?limit=many', {}, 400],
    ['/api/v1/activities/?skip=99999999999', {}, 400],
    ['/api/v1/activities/?sortField=severity', {}, 400],
    ['/api/v1/activities/?sortDirection=sideways', {}, 400],
    ['/api/v1/activities/', { body: { filters: { service: { eq: Array(10_000).fill(1) } } } }, 400],
    ['/api/v1/activities/', { body: 'x'.repeat(200_000), headers: json }, 413],
    ['/api/v1/activities/', { body: '<x/>', headers: { 'content-type': 'text/xml' } }, 415],
    ['/api/v1/activities/', { method: 'DELETE' }, 405],
    ['/api/v1/nonsense/', {}, 404],
  ];
  for (const [path, options, status] of bad) {
    const answer = await reader.call(path, options);
    assert.equal(answer.status, status, `${path} ${String(options.body).slice(0, 50)} ${answer.text.slice(0, 200)}`);
    const body = answer.json();
    assert.ok(typeof body.detail === 'string' || body.error === true, answer.text);
    assert.ok(!/node_modules|\.ts:|duckdb|select /i.test(answer.text), answer.text);
  }
  assert.equal((await reader.list()).total, 1);
});

test('the thirty-first call in a minute is throttled with the documented text', async (t) => {
  const limited = await startTestServer();
  t.after(() => limited.dispose());
  const tenant = await makeTenant(limited.services);
  const { value: token } = await makeToken(limited, await makePerson(limited, tenant, 'security-reader'));
  for (let call = 1; call <= 30; call++)
    assert.equal((await limited.request('/api/v1/activities/', { token })).status, 200);
  const answer = await limited.request('/api/v1/activities/', { token });
  assert.equal(answer.status, 429);
  assert.match(String(answer.json().detail), /^Request was throttled\. Expected available in \d+ seconds?\.$/);
  assert.ok(Number(answer.headers['retry-after']) > 0);
});
