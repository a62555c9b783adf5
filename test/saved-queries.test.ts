// Hunting queries that people keep: who sees them, who changes them, and what the compiler says of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTenant } from './support/accounts.ts';
import { type Answer, makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';

interface Saved {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly query: string;
  readonly isShared: boolean;
  readonly isOwn: boolean;
  readonly owner: string;
  readonly revision: number;
  readonly changedBy: string;
}

interface Checked {
  readonly query: Saved;
  readonly faults: readonly { readonly code: string; readonly line: number; readonly column: number }[];
}

const path = '/management/v1/hunting/queries';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { savedQueriesPerUserMax: 3, savedQueriesPerTenantMax: 4 } });
});
after(() => server.dispose());

async function call(person: Person, method: string, rest = '', body?: unknown): Promise<Answer> {
  return await server.request(path + rest, {
    method,
    session: person.session,
    ...(body === undefined ? {} : { body }),
  });
}

async function save(person: Person, fields: Readonly<Record<string, unknown>> = {}): Promise<Checked> {
  const answer = await call(person, 'POST', '', {
    name: 'Rare parents',
    query: 'DeviceProcessEvents | take 5',
    ...fields,
  });
  assert.equal(answer.status, 201, answer.text);
  return answer.json<Checked>();
}

const names = (answer: Answer): string[] => answer.json<{ items: Saved[] }>().items.map(({ name }) => name);

test('a private query is seen, listed, changed and deleted by its owner only, not by administrators', async () => {
  const tenant = await makeTenant(server.services);
  const [owner, other, boss] = [
    await makePerson(server, tenant, 'security-reader'),
    await makePerson(server, tenant, 'security-reader'),
    await makePerson(server, tenant, 'global-administrator'),
  ];
  const { query, faults } = await save(owner, { folder: 'Parents', description: 'Two\nlines' });
  assert.deepEqual(
    [query.isShared, query.isOwn, query.owner, query.revision, faults],
    [false, true, owner.user.userName, 1, []],
  );
  for (const stranger of [other, boss]) {
    assert.deepEqual(names(await call(stranger, 'GET')), []);
    for (const [method, body] of [['GET'], ['DELETE'], ['PATCH', { revision: 1, name: 'x' }]] as const) {
      const refused = await call(stranger, method, `/${query.id}`, body);
      assert.equal(refused.status, 404, `${method} ${refused.text}`);
    }
  }
  const audit = await server.request('/management/v1/audit', { session: boss.session });
  assert.match(audit.text, /saved-query\.create/);
  assert.ok(
    !audit.text.includes('Rare parents') && !audit.text.includes('DeviceProcessEvents'),
    'the audit tells nothing of it',
  );
  // A name that somebody uses privately is free for everybody else.
  await save(other, { folder: 'Parents' });
  assert.equal((await call(owner, 'DELETE', `/${query.id}`)).status, 204);
  assert.equal((await call(owner, 'GET', `/${query.id}`)).status, 404);
});

test('a shared query is seen by everybody who may hunt, and changed by its owner and by who may change policies', async () => {
  const tenant = await makeTenant(server.services);
  const [owner, operator, boss] = [
    await makePerson(server, tenant, 'security-reader'),
    await makePerson(server, tenant, 'security-operator'),
    await makePerson(server, tenant, 'security-administrator'),
  ];
  const { query } = await save(owner, { isShared: true });
  const seen = (await call(operator, 'GET', `/${query.id}`)).json<Saved>();
  assert.deepEqual([seen.query, seen.isOwn, seen.owner], [query.query, false, owner.user.userName]);
  const refused = await call(operator, 'PATCH', `/${query.id}`, { revision: 1, name: 'Mine' });
  assert.deepEqual([refused.status, /Policies\.manage/.test(refused.text)], [403, true], refused.text);
  assert.equal((await call(operator, 'DELETE', `/${query.id}`)).status, 403);
  const changed = await call(boss, 'PATCH', `/${query.id}`, { revision: 1, query: 'DeviceInfo | take 1' });
  assert.equal(changed.status, 200, changed.text);
  const { query: after } = changed.json<Checked>();
  assert.deepEqual(
    [after.query, after.revision, after.owner, after.changedBy, after.name],
    ['DeviceInfo | take 1', 2, owner.user.userName, boss.user.userName, query.name],
  );
  const unshared = await call(owner, 'PATCH', `/${query.id}`, { revision: 2, isShared: false });
  assert.equal(unshared.status, 200, unshared.text);
  assert.equal((await call(boss, 'GET', `/${query.id}`)).status, 404);
});

test('a change of a state that somebody else has changed is refused, and so is a name that is taken', async () => {
  const tenant = await makeTenant(server.services);
  const [one, two] = [
    await makePerson(server, tenant, 'security-administrator'),
    await makePerson(server, tenant, 'security-administrator'),
  ];
  const { query } = await save(one, { isShared: true });
  assert.equal((await call(two, 'PATCH', `/${query.id}`, { revision: 1, name: 'B' })).status, 200);
  const late = await call(one, 'PATCH', `/${query.id}`, { revision: 1, name: 'C' });
  assert.deepEqual([late.status, late.text.includes(two.user.userName)], [409, true]);
  const taken = await call(one, 'POST', '', { name: 'B', query: 'print 1', isShared: true });
  assert.deepEqual([taken.status, /name-taken/.test(taken.text)], [409, true]);
  await save(one, { name: 'B' });
  await save(one, { name: 'B', folder: 'F' });
  assert.deepEqual(names(await call(one, 'GET', '?folder=F')), ['B']);
  assert.deepEqual(names(await call(one, 'GET', '?shared=true')), ['B']);
  assert.equal(names(await call(one, 'GET', '?search=deviceprocess')).length, 3);
  const tooMany = await call(one, 'POST', '', { name: 'D', query: 'print 1' });
  assert.deepEqual([tooMany.status, /savedQueriesPerUserMax/.test(tooMany.text)], [409, true]);
  await save(two, { name: 'D' });
  const allTaken = await call(two, 'POST', '', { name: 'E', query: 'print 1' });
  assert.deepEqual([allTaken.status, /savedQueriesPerTenantMax/.test(allTaken.text)], [409, true]);
});

test('a query with faults is kept, and the answer says where they are', async () => {
  const person = await makePerson(server, await makeTenant(server.services), 'security-reader');
  const { query, faults } = await save(person, { query: 'DeviceInfo\n| where Tiemstamp > ago(1d)' });
  assert.deepEqual(
    faults.map(({ code, line, column }) => [code, line, column]),
    [['KS142', 2, 9]],
  );
  const changed = await call(person, 'PATCH', `/${query.id}`, { revision: 1, query: "_GetWatchlist('vips') | count" });
  assert.deepEqual(changed.json<Checked>().faults, [], 'what depends on data is no fault');
});

test('what is no query, no name or no person is refused', async () => {
  const tenant = await makeTenant(server.services);
  const person = await makePerson(server, tenant, 'security-administrator');
  const cases: readonly (readonly [fields: Readonly<Record<string, unknown>>, said: RegExp])[] = [
    [{ query: ' ' }, /empty/],
    [{ query: `print "${'x'.repeat(66_000)}"` }, /65536/],
    [{ query: 'print "\u0000"' }, /U\+0000/],
    [{ name: ' ' }, /empty/],
    [{ name: 'a\nb' }, /control/],
    [{ name: 'x'.repeat(151) }, /150/],
    [{ description: 'a\u0007' }, /control/],
    [{ owner: 'me' }, /owner|additional/],
  ];
  for (const [fields, said] of cases) {
    const answer = await call(person, 'POST', '', { name: 'n', query: 'print 1', ...fields });
    assert.equal(answer.status, 400, JSON.stringify(fields).slice(0, 80));
    assert.match(answer.text, said);
  }
  assert.equal((await server.request(path)).status, 401);
  const token = await makeToken(server, person);
  assert.equal((await server.request(path, { token: token.value })).status, 403);
  const without = await makePerson(server, tenant, 'application-administrator');
  const refused = await call(without, 'POST', '', { name: 'n', query: 'print 1' });
  assert.deepEqual([refused.status, /AdvancedHunting\.Read\.All/.test(refused.text)], [403, true]);
});

test("another tenant's queries are not there, shared or not", async () => {
  const [mine, theirs] = [
    await makePerson(server, await makeTenant(server.services), 'global-administrator'),
    await makePerson(server, await makeTenant(server.services), 'global-administrator'),
  ];
  const { query } = await save(mine, { isShared: true });
  assert.deepEqual(names(await call(theirs, 'GET')), []);
  assert.equal((await call(theirs, 'GET', `/${query.id}`)).status, 404);
  assert.equal((await call(theirs, 'PATCH', `/${query.id}`, { revision: 1, name: 'x' })).status, 404);
  assert.equal((await call(theirs, 'DELETE', `/${query.id}`)).status, 404);
});
