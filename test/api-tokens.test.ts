// Stories of API tokens over real HTTPS: generate, use, list, revoke, rotate. What a token may do is in
// api-token-rights.test.ts, what refusals leave behind in refusals.test.ts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tenant } from '../src/directory/tenants.ts';
import { createTenant } from '../src/directory/tenants.ts';
import { dayMs, isoTime, minuteMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import {
  type Answer,
  makePerson,
  makeToken,
  type Person,
  signIn,
  startTestServer,
  type TestServer,
} from './support/server.ts';

const about = '/management/v1/about';
const tokensPath = '/management/v1/api-tokens';
const sevenDaysMs = 7 * 24 * 60 * 60 * 1000;

interface WireToken {
  id: string;
  name: string;
  owner: { id: string; userName: string; displayName: string; status: string };
  createdAt: string;
  status: string;
  state: string;
  lastUsedAt: string | null;
  lastUsedAddress: string | null;
  lastUsedFor: string | null;
  previousValueValidUntil: string | null;
}
interface WireList {
  items: WireToken[];
  total: number;
  moreThanTotal: boolean;
}

let server: TestServer;
let contoso: Tenant;
before(async () => {
  server = await startTestServer({ tls: true, slugs: ['contoso'], settings: { tenantRequestsPerMinute: 100_000 } });
  const { services } = server;
  contoso = await services.store.transaction((trx) =>
    createTenant(services, trx, { slug: 'contoso', displayName: 'Contoso', domain: 'contoso.example' }, true),
  );
});
after(() => server.dispose());

const call = (token: string, path = about) => server.request(path, { token });
const list = async (person: Pick<Person, 'session'>, query = ''): Promise<WireList> => {
  const answer = await server.request(`${tokensPath}${query}`, { session: person.session });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<WireList>();
};
const get = async (person: Pick<Person, 'session'>, id: string): Promise<WireToken> =>
  (await server.request(`${tokensPath}/${id}`, { session: person.session })).json<WireToken>();
const generate = (person: Pick<Person, 'session'>, body: unknown) =>
  server.request(tokensPath, { session: person.session, body });
const revoke = (person: Pick<Person, 'session'>, id: string) =>
  server.request(`${tokensPath}/${id}`, { session: person.session, method: 'DELETE' });

function assertInvalidToken(answer: Answer): void {
  assert.equal(answer.status, 401, answer.text);
  assert.equal(answer.json().detail, 'Invalid token');
}

test('a token is generated, shown once, used, active for seven days, inactive after, revoked, and refused', async () => {
  const person = await makePerson(server, contoso, 'security-reader');
  const answer = await generate(person, { name: '  SIEM export  ' });
  assert.equal(answer.status, 201);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const { value, url, token } = answer.json<{ value: string; url: string; token: WireToken }>();
  assert.match(value, /^[0-9a-zA-Z]{64,192}$/);
  assert.equal(url, `https://contoso.localhost:${server.port}`);
  assert.deepEqual([token.name, token.status, token.state], ['SIEM export', 'generated', 'usable']);
  assert.equal(token.createdAt, isoTime(server.services.clock()));
  assert.deepEqual([token.lastUsedAt, token.lastUsedAddress, token.lastUsedFor], [null, null, null]);
  assert.equal(token.owner.userName, person.user.userName);
  for (const text of [JSON.stringify(await list(person)), JSON.stringify(await get(person, token.id))])
    assert.ok(!text.includes(value) && !text.includes(value.slice(5, 20)), 'the value is shown once only');

  server.services.testClock.advance(minuteMs);
  const usedAt = server.services.clock();
  const used = await server.request(about, { token: value, headers: { 'user-agent': 'siem/4.2' } });
  assert.equal(used.status, 200, used.text);
  assert.equal(used.json<{ aadTenantId: string }>().aadTenantId, contoso.id);
  const active = await get(person, token.id);
  assert.deepEqual(
    [active.status, active.lastUsedAt, active.lastUsedAddress, active.lastUsedFor],
    ['active', isoTime(usedAt), '127.0.0.1', `GET ${about} (siem/4.2)`],
  );

  server.services.testClock.moveTo(usedAt + sevenDaysMs);
  const again = { session: await signIn(server, person.user) };
  assert.equal((await get(again, token.id)).status, 'active');
  assert.deepEqual((await list(again, '?status=active')).total, 1);
  server.services.testClock.advance(1);
  assert.equal((await get(again, token.id)).status, 'inactive');
  assert.deepEqual((await list(again, '?status=active')).items, []);
  assert.deepEqual(
    (await list(again, '?status=inactive')).items.map(({ id }) => id),
    [token.id],
  );
  assert.equal((await call(value)).status, 200);
  assert.equal((await get(again, token.id)).status, 'active');

  assert.equal((await revoke(again, token.id)).status, 204);
  assertInvalidToken(await call(value));
  assert.deepEqual((await list(again)).items, []);
  assert.equal((await server.request(`${tokensPath}/${token.id}`, { session: again.session })).status, 404);
  assert.equal((await revoke(again, token.id)).status, 404);
});

test('the token opens the generic URL and its own tenant URL, and is unknown on the host of another tenant', async () => {
  const person = await makePerson(server, contoso, 'security-reader');
  const token = await makeToken(server, person);
  const own = { token: token.value, host: server.tenantHost('contoso') };
  assert.equal((await server.request(about, own)).status, 200);
  const plain = await startTestServer();
  try {
    const [one, two] = [await makeTenant(plain.services), await makeTenant(plain.services)];
    const { value } = await makeToken(plain, await makePerson(plain, one, 'security-reader'));
    assert.equal((await plain.request(about, { token: value, host: plain.tenantHost(one.slug) })).status, 200);
    assertInvalidToken(await plain.request(about, { token: value, host: plain.tenantHost(two.slug) }));
  } finally {
    await plain.dispose();
  }
});

test('a value altered at any one position, shortened, lengthened or in another case is refused', async () => {
  const person = await makePerson(server, contoso, 'security-reader');
  const { value } = await makeToken(server, person);
  const swap = (letter: string) => (letter === 'a' ? 'b' : 'a');
  for (let at = 0; at < value.length; at++)
    assertInvalidToken(await call(value.slice(0, at) + swap(value[at] ?? '') + value.slice(at + 1)));
  for (const other of [
    value.slice(1),
    value.slice(0, -1),
    `${value}a`,
    `a${value}`,
    value.toLowerCase(),
    value.toUpperCase(),
  ])
    assertInvalidToken(await call(other));
  assert.equal((await call(value)).status, 200);
});

test('the header is taken with or without a space after the colon and in any case of its word', async () => {
  const { value } = await makeToken(server, await makePerson(server, contoso, 'security-reader'));
  const send = async (authorization: string) => (await server.request(about, { headers: { authorization } })).status;
  for (const header of [`Token ${value}`, `token ${value}`, `TOKEN  ${value}`, ` Token\t${value} `])
    assert.equal(await send(header), 200, header);
  for (const header of [
    `Token${value}`,
    value,
    `Token ${value} x`,
    `Token "${value}"`,
    'Token',
    `Basic ${value}`,
    `Bearer ${value}`,
  ])
    assert.equal(await send(header), 401, header);
});

test('a name is needed, has 1 to 100 characters, and is unique among the tokens that its owner has', async () => {
  const person = await makePerson(server, contoso, 'security-reader');
  const other = await makePerson(server, contoso, 'security-reader');
  for (const name of ['', '   ', 'x'.repeat(101), 'two\nlines', 'nul\u0000', 5, null, undefined])
    assert.equal((await generate(person, { name })).status, 400, String(name));
  assert.equal((await generate(person, { name: '🦊'.repeat(100) })).status, 201);
  assert.equal((await generate(person, { name: 'export' })).status, 201);
  const taken = await generate(person, { name: ' export ' });
  assert.deepEqual([taken.status, taken.json().code], [409, 'name-taken']);
  assert.equal((await generate(person, { name: 'u\u0308ber' })).status, 201);
  assert.equal((await generate(person, { name: '\u00fcber' })).status, 409, 'it reads the same');
  assert.equal((await generate(other, { name: 'export' })).status, 201);
  const mine = (await list(person, '?search=export')).items[0];
  assert.ok(mine);
  await revoke(person, mine.id);
  assert.equal((await generate(person, { name: 'export' })).status, 201);
});

test('twenty requests for one name at the same time make one token', async () => {
  const person = await makePerson(server, contoso, 'security-reader');
  const answers = await Promise.all(Array.from({ length: 20 }, () => generate(person, { name: 'once' })));
  assert.deepEqual(
    [answers.filter((each) => each.status === 201).length, answers.filter((each) => each.status === 409).length],
    [1, 19],
  );
  assert.equal((await list(person)).total, 1);
});

test('nobody has more living tokens than tokensPerUserMax, however many are asked for at the same time', async () => {
  const small = await startTestServer({ settings: { tokensPerUserMax: 3 } });
  try {
    const person = await makePerson(small, await makeTenant(small.services), 'security-reader');
    const ask = (name: string) => small.request(tokensPath, { session: person.session, body: { name } });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => ask(`t${n}`)));
    assert.equal(answers.filter((each) => each.status === 201).length, 3);
    assert.equal(answers.find((each) => each.status !== 201)?.json().code, 'too-many-tokens');
  } finally {
    await small.dispose();
  }
});

test('limits that make no sense are refused by the name of their field', async () => {
  const person = await makePerson(server, contoso, 'security-reader');
  const wrong: [string, unknown][] = [
    ['expiresAt', isoTime(server.services.clock())],
    ['expiresAt', 'tomorrow'],
    ['expiresAt', '2030'],
    ['expiresAt', '1/2/2030'],
    ['expiresAt', '2030-01-31 00:00'],
    ['expiresAt', '2030-02-30T00:00:00Z'],
    ['expiresAt', '2030-01-31T00:00:00'],
    ['expiresAt', isoTime(server.services.clock() + 4000 * dayMs)],
    ['permissions', []],
    ['permissions', ['Everything']],
    ['permissions', ['ApiTokens.manageAll']],
    ['permissions', ['Settings.manage']],
    ['allowedAddresses', []],
    ['allowedAddresses', ['example.com']],
    ['allowedAddresses', ['192.0.2.0/33']],
    ['allowedAddresses', ['010.0.0.1']],
    ['allowedAddresses', Array.from({ length: 51 }, (_, n) => `192.0.2.${n}`)],
  ];
  for (const [field, value] of wrong) {
    const answer = await generate(person, { name: 'limited', [field]: value });
    assert.equal(answer.status, 400, `${field} ${JSON.stringify(value)}`);
    assert.deepEqual(
      answer.json<{ fields: { field: string }[] }>().fields.map((each) => each.field.split('.')[0]),
      [field],
    );
  }
  assert.equal((await list(person)).total, 0);
  assert.equal((await generate(person, { name: 'offset', expiresAt: '2030-01-31T00:00:00+02:00' })).status, 201);
});

test('lists filter by status, owner and text, sort by each column, and page without gaps or repetitions', async () => {
  const administrator = await makePerson(server, contoso, 'security-administrator');
  const reader = await makePerson(server, contoso, 'security-reader');
  const made: string[] = [];
  for (let n = 0; n < 7; n++) {
    server.services.testClock.advance(1000);
    const token = await makeToken(server, n % 2 ? reader : administrator, { name: `lister ${(n * 3) % 7}` });
    made.push(token.id);
    if (n < 3) await call(token.value);
  }
  const found = async (query: string) => (await list(administrator, `?search=lister&${query}`)).items;
  assert.equal((await list(administrator, '?search=LISTER')).total, 7);
  assert.deepEqual((await found('status=generated')).map(({ id }) => id).sort(), made.slice(3).sort());
  assert.deepEqual((await found('status=active')).map(({ id }) => id).sort(), made.slice(0, 3).sort());
  assert.equal((await found(`owner=${reader.user.userName}`)).length, 3);
  assert.equal((await found(`owner=${reader.user.id}`)).length, 3);
  assert.equal((await found('owner=nobody@contoso.example')).length, 0);
  assert.equal((await list(administrator, `?search=${encodeURIComponent(reader.user.displayName.slice(1))}`)).total, 3);

  const sorted = async (sort: string, direction: string) => found(`sort=${sort}&direction=${direction}`);
  assert.deepEqual(
    (await sorted('createdAt', 'asc')).map(({ id }) => id),
    made,
  );
  assert.deepEqual(
    (await sorted('createdAt', 'desc')).map(({ id }) => id),
    made.toReversed(),
  );
  assert.deepEqual(
    (await sorted('name', 'asc')).map(({ name }) => name),
    [0, 1, 2, 3, 4, 5, 6].map((n) => `lister ${n}`),
  );
  const byUse = (await sorted('lastUsedAt', 'desc')).map(({ lastUsedAt }) => lastUsedAt);
  assert.deepEqual(byUse.slice(3), [null, null, null, null]);
  assert.deepEqual(byUse.slice(0, 3), byUse.slice(0, 3).toSorted().toReversed());
  const owners = (await sorted('owner', 'asc')).map(({ owner }) => owner.userName);
  assert.deepEqual(owners, owners.toSorted());

  const pages: string[] = [];
  for (let skip = 0; skip < 8; skip += 2)
    pages.push(...(await found(`sort=owner&limit=2&skip=${skip}`)).map(({ id }) => id));
  assert.deepEqual(pages.toSorted(), made.toSorted());
  for (const query of [
    'search=a&search=b',
    'limit=0',
    'limit=101',
    'skip=-1',
    'status=revoked',
    'sort=value',
    'direction=up',
    'limt=5',
  ])
    assert.equal(
      (await server.request(`${tokensPath}?${query}`, { session: administrator.session })).status,
      400,
      query,
    );
});

test('a rotated token has a new value at once, and the old one works for exactly the overlap that was chosen', async () => {
  const person = await makePerson(server, contoso, 'security-reader');
  const { id, value } = await makeToken(server, person);
  const rotate = async (overlapSeconds?: number) =>
    server.request(`${tokensPath}/${id}/rotate`, {
      session: person.session,
      body: overlapSeconds === undefined ? {} : { overlapSeconds },
    });
  const second = (await rotate(60)).json<{ value: string; token: WireToken }>();
  assert.equal(second.token.previousValueValidUntil, isoTime(server.services.clock() + minuteMs));
  assert.equal((await call(value)).status, 200);
  assert.equal((await call(second.value)).status, 200);
  server.services.testClock.advance(minuteMs - 1);
  assert.equal((await call(value)).status, 200);
  server.services.testClock.advance(1);
  assertInvalidToken(await call(value));
  assert.equal((await get(person, id)).previousValueValidUntil, null);

  const third = (await rotate()).json<{ value: string }>();
  assertInvalidToken(await call(second.value));
  const fourth = (await rotate(600)).json<{ value: string }>();
  assert.equal((await call(third.value)).status, 200);
  const fifth = (await rotate(0)).json<{ value: string }>();
  for (const old of [third.value, fourth.value]) assertInvalidToken(await call(old));
  assert.equal((await call(fifth.value)).status, 200);
  for (const overlap of [-1, 1.5, 2_592_001]) assert.equal((await rotate(overlap)).status, 400);
  await revoke(person, id);
  for (const old of [value, second.value, fifth.value]) assertInvalidToken(await call(old));
  assert.equal((await rotate(0)).status, 404);
});

test('ten rotations at the same time leave exactly one value that works', async () => {
  const person = await makePerson(server, contoso, 'security-reader');
  const { id } = await makeToken(server, person);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      server.request(`${tokensPath}/${id}/rotate`, { session: person.session, body: {} }),
    ),
  );
  const values = answers.map((each) => each.json<{ value: string }>().value);
  const statuses = await Promise.all(values.map(async (value) => (await call(value)).status));
  assert.deepEqual(statuses.toSorted(), [200, ...Array.from({ length: 9 }, () => 401)]);
});

test('an expired token is refused from its very millisecond on, and stays listed as expired', async () => {
  const person = await makePerson(server, contoso, 'security-reader');
  const expiresAt = server.services.clock() + minuteMs;
  const { id, value } = await makeToken(server, person, { expiresAt: isoTime(expiresAt) });
  server.services.testClock.moveTo(expiresAt - 1);
  assert.equal((await call(value)).status, 200);
  server.services.testClock.moveTo(expiresAt);
  const refused = await call(value);
  assert.equal(refused.status, 401);
  assert.match(String(refused.json().detail), /^Invalid token: it expired at /);
  assert.equal((await get(person, id)).state, 'expired');
});
