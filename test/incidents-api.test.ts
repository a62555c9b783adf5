// GET /api/incidents and /api/incidents/{id} through a whole server, asked as the documented clients ask; and incidents on
// their way in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Tenant } from '../src/directory/tenants.ts';
import { minuteMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import { appToken, makeStory, type Story } from './support/bearers.ts';
import { incidentLines, sampleIncident, timeAt } from './support/incidents.ts';
import { type Answer, makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';
import { testConfig } from './support/services.ts';

interface Incident {
  readonly incidentId: number;
  readonly incidentName: string;
}
interface Page {
  readonly '@odata.context': string;
  readonly value: readonly Incident[];
  readonly '@odata.nextLink'?: string;
}
interface ApiError {
  readonly error: { readonly code: string; readonly message: string; readonly target: string };
}
interface Counts {
  readonly received: number;
  readonly stored: number;
  readonly replaced: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

const ingest = '/management/v1/ingest/incidents';
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let server: TestServer;
let story: Story;
let admin: Person;
let bearer: { authorization: string };
before(async () => {
  const settings = { appRequestsPerMinute: 100_000, incidentListsPerMinute: 10_000, incidentReadsPerMinute: 10_000 };
  server = await startTestServer({ settings: { ...settings, incidentCallsPerHour: 10_000 } });
  story = await makeStory(server.services);
  admin = await makePerson(server, story.tenant, 'security-administrator');
  bearer = { authorization: `Bearer ${await appToken(server.services, story)}` };
  assert.equal((await send(admin, incidentLines(230))).stored, 230);
});
after(() => server.dispose());

async function send(person: Pick<Person, 'session'>, body: string | Buffer): Promise<Counts> {
  const headers = { 'content-type': 'application/json' };
  const answer = await server.request(ingest, { session: person.session, headers, body });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<Counts>();
}

const get = (path: string): Promise<Answer> => server.request(path, { headers: bearer });
const idsIn = (answer: Answer): number[] => answer.json<Page>().value.map((incident) => incident.incidentId);

function assertError(answer: Answer, status: number, code: string, said: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String(answer.headers['content-type']), /^application\/json/);
  const { error, ...rest } = answer.json<ApiError>();
  assert.deepEqual(rest, {});
  assert.equal(error.code, code);
  assert.match(error.message, said);
  assert.match(error.target, guid);
  assert.equal(error.target, answer.headers['x-correlation-id']);
}

/** 3, 2, 1 for (3, 1). */
const down = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, index) => from - index);

test('the list is the documented envelope, newest first, at most a hundred, each as it came in', async () => {
  const answer = await get('/api/incidents');
  assert.equal(answer.status, 200, answer.text);
  assert.match(String(answer.headers['content-type']), /^application\/json/);
  const page = answer.json<Page>();
  assert.equal(page['@odata.context'], `${server.url}/api/$metadata#Incidents`);
  assert.deepEqual(idsIn(answer), down(230, 131));
  assert.deepEqual(page.value[0], sampleIncident(230));
  assert.deepEqual(idsIn(await get('/api/incidents/?$top=3')), [230, 229, 228]);
  const empty = (await get('/api/incidents?$top=0')).json<Page>();
  assert.deepEqual(empty.value, []);
});

test('paging by $skip until a short page, as one known client does, gives every incident once', async () => {
  const all: number[] = [];
  for (let skip = 0; ; skip += 100) {
    const ids = idsIn(await get(`/api/incidents?$top=100&$skip=${skip}`));
    all.push(...ids);
    if (ids.length < 100) break;
  }
  assert.deepEqual(all, down(230, 1));
});

test('following @odata.nextLink gives every incident once, although newer ones come in meanwhile', async () => {
  const own = await makeStory(server.services);
  const owner = await makePerson(server, own.tenant, 'security-administrator');
  const headers = { authorization: `Bearer ${await appToken(server.services, own)}` };
  await send(owner, incidentLines(25));
  const filter = encodeURIComponent("status eq 'Active' and createdTime gt 2020-01-01T00:00:00Z");
  const all: number[] = [];
  let link: string | undefined = `${server.url}/api/incidents?$filter=${filter}&$top=10`;
  let pages = 0;
  while (link) {
    const url = new URL(link);
    assert.equal(url.origin, server.url);
    const answer = await server.request(`${url.pathname}${url.search}`, { headers });
    all.push(...idsIn(answer));
    link = answer.json<Page>()['@odata.nextLink'];
    pages++;
    await send(owner, incidentLines(1, 1000 + pages));
  }
  assert.equal(pages, 3);
  assert.deepEqual(all, down(25, 1));
});

test('filters work in every spelling that clients are known to send', async () => {
  const person = 'Ana.Quinn@contoso.example';
  const changes = { assignedTo: person, status: 'InProgress', createdTime: timeAt(5) };
  await send(admin, JSON.stringify(sampleIncident(500, changes)));
  await send(admin, JSON.stringify(sampleIncident(501, { status: 'Resolved' })));
  const last = timeAt(228 * 10_000_000);
  const tick = timeAt(228 * 10_000_000 - 1);
  for (const [query, ids] of [
    // PowerShell's sample: blanks as plus signs, seven digits.
    [`$filter=lastUpdateTime+ge+${last.replace('Z', '.0000000Z')}`, [501, 500, 230, 229, 228]],
    [`%24filter=lastUpdateTime%20gt%20${last}`, [501, 500, 230, 229]],
    [`$filter=lastUpdateTime%20gt%20${tick}%20and%20status%20eq%20%27Active%27`, [230, 229, 228]],
    [`%24top=2&%24filter=${encodeURIComponent(`lastUpdateTime ge ${last}`)}&%24skip=1`, [500, 230]],
    [
      `$filter=${encodeURIComponent(`status eq 'InProgress' and assignedTo eq '${person}' and createdTime gt ${timeAt(4)} and lastUpdateTime gt ${last}`)}`,
      [500],
    ],
    [`$filter=${encodeURIComponent(`assignedTo eq '${person.toLowerCase()}'`)}`, [500]],
    ["$filter=status eq 'resolved'".replaceAll(' ', '%20'), [501]],
    ['$filter=status+eq+Resolved+or+status+eq+InProgress', [501, 500]],
    ["$filter=status+in+('Resolved','InProgress')", [501, 500]],
    ["$filter=not+(status+eq+'Active')+and+assignedTo+ne+null", [500]],
    ['$filter=assignedTo+eq+null+and+status+ne+Active', [501]],
    [`$filter=(status+eq+Resolved+and+createdTime+ge+${timeAt(0)})`, [501]],
  ] as const)
    assert.deepEqual(idsIn(await get(`/api/incidents?${query}`)), ids, query);
});

test('what the list does not know is a 400 that names it', async () => {
  for (const [query, said] of [
    ['$top=101', /limit of 100 for \$top/],
    ['$top=ten', /\$top must be a whole number/],
    ['$skip=-1', /\$skip/],
    ['$orderby=createdTime', /\$orderby is not supported/],
    ['$select=incidentId', /\$select/],
    ['$expand=alerts', /\$expand/],
    ['$count=true', /\$count/],
    ['limit=10', /limit is not supported/],
    ['top=10', /mean \$top/],
    ["$filter=severity+eq+'High'", /cannot be filtered by severity/],
    ["$filter=status+eq+'Open'", /status is one of Active.*not Open/],
    ["$filter=status+gt+'Active'", /eq, ne and in/],
    ["$filter=lastUpdateTime+gt+'2024-01-01T00:00:00Z'", /without quotes/],
    ['$filter=lastUpdateTime+gt+yesterday', /compared with a time/],
    ["$filter=contains(assignedTo,'a')", /contains cannot be used on assignedTo/],
    ["$filter=status+eq+'Active", /character 11/],
    ['$filter=', /\$filter is empty/],
    ['$filter=status+eq+Active&$filter=status+eq+Resolved', /given more than once/],
    ['$skiptoken=nonsense', /\$skiptoken/],
  ] as const)
    assertError(await get(`/api/incidents?${query}`), 400, 'ODataError', said);
});

test('whatever the query string holds, the answer is a list or an error of the documented shape', async () => {
  const pieces = fc.constantFrom(
    ...[
      '$filter',
      '$top',
      '$skip',
      '=',
      '&',
      '+',
      '%27',
      '%',
      'status',
      'eq',
      'and',
      'Active',
      '(',
      ')',
      '1',
      'é',
      '%00',
    ],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (parts) => {
      const query = parts.map((part) => (part === 'é' ? '%C3%A9' : part)).join('');
      const answer = await get(`/api/incidents?${query}`);
      assert.ok([200, 400].includes(answer.status), `${query}: ${answer.text}`);
      if (answer.status === 400) assert.match(answer.json<ApiError>().error.target, guid);
    }),
    { numRuns: 200 },
  );
});

test('one incident is fetched by its number, with its context', async () => {
  const answer = await get('/api/incidents/7');
  const context = `${server.url}/api/$metadata#Incidents/$entity`;
  assert.deepEqual(answer.json(), { '@odata.context': context, ...sampleIncident(7) });
  assertError(await get('/api/incidents/99999'), 404, 'ResourceNotFound', /Incident 99999 was not found/);
  for (const id of ['abc', '1.5', '-1', '1e3', '9'.repeat(30)])
    assertError(await get(`/api/incidents/${id}`), 400, 'InvalidInput', /Invalid input/);
});

test('paths and methods that are not there are errors of the same shape', async () => {
  for (const path of ['/api', '/api/', '/api/v2/activities/', '/api/alerts-of-nobody', '/api/incidents/1/2'])
    assertError(await get(path), 404, 'NotFound', /There is no \/api/);
  const posted = await server.request('/api/incidents', { headers: bearer, body: {} });
  assertError(posted, 405, 'BadRequest', /takes GET, HEAD/);
  assert.equal(posted.headers.allow, 'GET, HEAD');
  const elsewhere = await server.request('/api/incidents', { headers: bearer, host: 'elsewhere.example' });
  assertError(elsewhere, 421, 'BadRequest', /does not answer under that host name/);
  assertError(await get('/api/incidents/%E0%A4%A'), 400, 'InvalidInput', /path/);
});

test("a content type on a call without a body, as PowerShell's sample sends it, does no harm", async () => {
  for (const type of ['application/json', 'application/x-www-form-urlencoded'])
    assert.equal(
      (await server.request('/api/incidents', { headers: { ...bearer, 'content-type': type } })).status,
      200,
    );
});

test('large incidents are sent whole among small ones', async () => {
  const own = await makeStory(server.services);
  const owner = await makePerson(server, own.tenant, 'security-administrator');
  const headers = { authorization: `Bearer ${await appToken(server.services, own)}` };
  const incidents = [1, 2, 3].map((id) => ({ ...sampleIncident(id), padding: 'é'.repeat(id === 2 ? 300_000 : 3) }));
  await send(owner, JSON.stringify({ value: incidents }));
  const answer = await server.request('/api/incidents', { headers });
  assert.deepEqual(answer.json<Page>().value, incidents.toReversed());
});

test('letters of more than one byte arrive whole, alone and among plain ones', async () => {
  const own = await makeStory(server.services);
  const owner = await makePerson(server, own.tenant, 'security-administrator');
  const headers = { authorization: `Bearer ${await appToken(server.services, own)}` };
  const names = ['plain', 'Verdächtige Anmeldung', '不審なサインイン 🛂', 'lone \ud800'];
  const incidents = names.map((incidentName, index) => sampleIncident(index + 1, { incidentName }));
  await send(owner, JSON.stringify({ value: incidents }));
  const answer = await server.request('/api/incidents', { headers });
  assert.deepEqual(answer.json<Page>().value, incidents.toReversed());
  assert.equal(Number(answer.headers['content-length']), Buffer.byteLength(answer.text));
});

test('no tenant sees or replaces incidents of another', async () => {
  const other = await makeStory(server.services);
  const owner = await makePerson(server, other.tenant, 'security-administrator');
  const headers = { authorization: `Bearer ${await appToken(server.services, other)}` };
  assert.deepEqual((await server.request('/api/incidents', { headers })).json<Page>().value, []);
  assertError(await server.request('/api/incidents/7', { headers }), 404, 'ResourceNotFound', /7 was not found/);
  await send(owner, JSON.stringify(sampleIncident(7, { incidentName: 'theirs', lastUpdateTime: timeAt(1e15) })));
  assert.match((await get('/api/incidents/7')).json<Incident>().incidentName, /endpoint 7/);
});

test('without a credential the answer says where to get one, in header and body', async () => {
  const none = await server.request('/api/incidents');
  assertError(none, 401, 'Unauthorized', /not provided/);
  const uri = `authorization_uri="${server.url}/common/oauth2/authorize"`;
  assert.equal(none.headers['www-authenticate'], `Bearer ${uri}`);
  const [header = '', payload = '', signature = ''] = bearer.authorization.split('.');
  const altered = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  const bad = await server.request('/api/incidents', { headers: { authorization: altered } });
  assertError(bad, 401, 'Unauthorized', /./);
  assert.match(String(bad.headers['www-authenticate']), /^Bearer authorization_uri="[^"]+", error="invalid_token"/);
});

test('an API token does not open this API, and the refusal can be explained', async () => {
  const token = await makeToken(server, admin);
  const answer = await server.request('/api/incidents', { token: token.value });
  assertError(answer, 403, 'Forbidden', /An API token does not open this call/);
  const id = answer.json<ApiError>().error.target;
  const explained = await server.request(`/management/v1/explanations/${id}`, { session: admin.session });
  const { surface, path, checks, change } = explained.json<{
    surface: string;
    path: string;
    checks: { check: string; outcome: string }[];
    change: string;
  }>();
  assert.deepEqual([surface, path], ['defender', '/api/incidents']);
  assert.deepEqual([checks.at(-1)?.check, checks.at(-1)?.outcome], ['credential-kind', 'failed']);
  assert.match(change, /api\.security\.microsoft\.com.*Bearer/);
});

test('a person lists incidents with a session, as far as the roles reach', async () => {
  const reader = await makePerson(server, story.tenant, 'security-reader');
  assert.equal((await server.request('/api/incidents?$top=1', { session: reader.session })).status, 200);
  const nobody = await makePerson(server, story.tenant);
  const refused = await server.request('/api/incidents', { session: nobody.session });
  assertError(refused, 403, 'Forbidden', /Incident\.Read\.All/);
});

test('the documented limits hold per tenant and app, with the documented sentence and Retry-After', async () => {
  const { incidentListsPerMinute, incidentReadsPerMinute, incidentCallsPerHour } = testConfig('unused');
  assert.deepEqual([incidentListsPerMinute, incidentReadsPerMinute, incidentCallsPerHour], [50, 100, 1500]);
  const limited = await startTestServer({ settings: { incidentCallsPerHour: 150 } });
  const { testClock } = limited.services;
  try {
    const [one, other] = [await makeStory(limited.services), await makeStory(limited.services)];
    const headersOf = async (of: Story) => ({
      authorization: `Bearer ${await appToken(limited.services, of, { nowMs: testClock.now(), lifetimeSeconds: 86_400 })}`,
    });
    const [headers, others] = [await headersOf(one), await headersOf(other)];
    const list = () => limited.request('/api/incidents?$top=1', { headers });
    let calls = 0;
    for (; calls < 50; calls++) assert.equal((await list()).status, 200);
    const refused = await list();
    assertError(refused, 429, '429', /^API calls quota exceeded! maximum allowed 50 per 00:01:00$/);
    assert.equal(refused.headers['retry-after'], '60');
    // Neither other calls nor other apps and tenants are held up.
    assert.equal((await limited.request('/api/incidents/1', { headers })).status, 404);
    assert.equal((await limited.request('/api/incidents', { headers: others })).status, 200);
    while (calls < 150) {
      testClock.advance(minuteMs);
      for (let now = 0; now < 50; now++, calls++) {
        assert.equal((await limited.request('/api/incidents?$top=0', { headers })).status, 200);
      }
    }
    testClock.advance(minuteMs);
    const inHour = await list();
    assertError(inHour, 429, '429', /^API calls quota exceeded! maximum allowed 150 per 01:00:00$/);
    assert.equal(inHour.headers['retry-after'], String(57 * 60));
    testClock.advance(57 * minuteMs);
    assert.equal((await list()).status, 200);
  } finally {
    await limited.dispose();
  }
});

test('incidents are taken as lines, arrays and pages, packed or not, and each bad one is told', async () => {
  const tenant: Tenant = await makeTenant(server.services);
  const owner = await makePerson(server, tenant, 'security-administrator');
  const page = { '@odata.context': 'x', value: [1, 2, { ...sampleIncident(3), status: 'Open' }] };
  const pageText = JSON.stringify({ ...page, value: [sampleIncident(1), sampleIncident(2), page.value[2]] });
  const first = await send(owner, pageText);
  assert.deepEqual([first.received, first.stored, first.rejected], [3, 2, 1]);
  assert.match(first.problems[0]?.reason ?? '', /^Incident 3: status must be one of/);
  const newer = JSON.stringify(sampleIncident(1, { lastUpdateTime: timeAt(1e9) }));
  const second = await send(owner, `${newer}\nnonsense\n${JSON.stringify(sampleIncident(2))}\n`);
  assert.deepEqual(second, {
    received: 3,
    stored: 1,
    replaced: 1,
    duplicates: 1,
    rejected: 1,
    problems: second.problems,
  });
  assert.equal(second.problems[0]?.line, 2);
  const packed = await server.request(ingest, {
    session: owner.session,
    headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
    body: gzipSync(incidentLines(20, 100)),
  });
  assert.equal(packed.json<Counts>().stored, 20, packed.text);
});

test('only people who may ingest take incidents in', async () => {
  const reader = await makePerson(server, story.tenant, 'security-reader');
  assert.equal((await server.request(ingest, { session: reader.session, body: '{}' })).status, 403);
  assert.equal((await server.request(ingest, { body: '{}' })).status, 401);
  const token = await makeToken(server, reader);
  assert.equal((await server.request(ingest, { token: token.value, body: '{}' })).status, 403);
  assert.equal((await server.request(ingest, { headers: bearer, body: '{}' })).status, 401);
});
