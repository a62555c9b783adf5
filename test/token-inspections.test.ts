// The validator over HTTP: what it says of each kind of value, and what it keeps from whom.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { detailsOf } from '../src/access/inspected-endpoints.ts';
import { endpointPermissions } from '../src/applications/endpoint-permissions.ts';
import { revokeAllGrants } from '../src/applications/grants.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { hourMs } from '../src/lib/clock.ts';
import { genericUrl } from '../src/listening/names.ts';
import { mintIdToken } from '../src/signing/mint.ts';
import { mintTokenValue } from '../src/tokens/format.ts';
import { makeTenant } from './support/accounts.ts';
import { appToken, commonOf, makeStory, mtp, type Story, userToken } from './support/bearers.ts';
import { graphUri } from './support/graph.ts';
import { makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';

interface Inspected {
  readonly kind: string;
  readonly source: string;
  readonly summary: string;
  readonly header: Record<string, unknown> | null;
  readonly claims: Record<string, unknown> | null;
  readonly signature: { readonly state: string; readonly detail: string } | null;
  readonly times: { readonly state: string; readonly expiresAt: string | null } | null;
  readonly tenant: { readonly id: string; readonly displayName: string | null } | null;
  readonly roles: string[];
  readonly scopes: string[];
  readonly permissions: string[] | null;
  readonly checks: { readonly check: string; readonly outcome: string }[];
  readonly endpoints: { surface: string; method: string; path: string; outcome: string; why: string }[];
}

let server: TestServer;
let story: Story;
let reader: Person;
let member: Person;
let stranger: Person;
let homeReader: Person;
before(async () => {
  server = await startTestServer({ settings: { sessionRequestsPerMinute: 100_000 } });
  story = await makeStory(server.services);
  reader = await makePerson(server, story.tenant, 'global-reader');
  member = await makePerson(server, story.tenant);
  stranger = await makePerson(server, await makeTenant(server.services), 'global-administrator');
  // Made for tests, a tenant has everything that a Tenant has.
  homeReader = await makePerson(server, story.home.caller.tenant as Tenant, 'global-administrator');
});
after(() => server.dispose());

async function inspect(person: Person, value: string): Promise<Inspected> {
  const answer = await server.request('/management/v1/token-inspections', { session: person.session, body: { value } });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers['cache-control'], 'no-store');
  return answer.json<Inspected>();
}

const fate = ({ endpoints }: Inspected, call: string) =>
  endpoints.find(({ method, path }) => `${method} ${path}` === call)?.outcome;
const incidents = 'GET /api/incidents';
const activities = 'GET /api/v1/activities/';

test("an administrator of its tenant reads everything about an application's token", async () => {
  const found = await inspect(reader, await appToken(server.services, story));
  assert.deepEqual(
    [found.kind, found.source, found.signature?.state, found.times?.state],
    ['jwt', 'ours', 'valid', 'valid'],
  );
  assert.deepEqual(found.tenant, { id: story.tenant.id, displayName: story.tenant.displayName });
  assert.deepEqual(found.roles, ['Incident.Read.All']);
  assert.equal(found.claims?.appid, story.appId);
  assert.deepEqual(found.permissions, ['Incident.Read.All']);
  assert.equal(fate(found, incidents), 'opens');
  assert.equal(fate(found, activities), 'refused');
  assert.match(
    found.endpoints.find(({ surface }) => surface === 'graph')?.why ?? '',
    /Microsoft Threat Protection.*Microsoft Graph/,
  );
  assert.ok(found.checks.some(({ check, outcome }) => check === 'consent' && outcome === 'passed'));
});

test('it says so when the consent is gone, before any call is made', async () => {
  const other = await makeStory(server.services);
  const token = await appToken(server.services, other);
  const admin = await makePerson(server, other.tenant, 'global-reader');
  assert.equal(fate(await inspect(admin, token), incidents), 'opens');
  await revokeAllGrants(other.admin, other.principalId);
  const found = await inspect(admin, token);
  assert.equal(fate(found, incidents), 'refused');
  assert.deepEqual(found.checks.at(-1), { ...found.checks.at(-1), check: 'consent', outcome: 'failed' });
  const untold = await inspect(homeReader, token);
  assert.equal(fate(untold, incidents), 'untold', 'the home tenant is not told of the revocation');
});

test("of another tenant's token it tells what stands in it and nothing of that tenant", async () => {
  const token = await appToken(server.services, story);
  for (const person of [stranger, homeReader, member]) {
    const found = await inspect(person, token);
    assert.deepEqual([found.source, found.signature?.state], ['ours', 'valid']);
    assert.equal(fate(found, incidents), 'untold');
    assert.equal(fate(found, activities), 'refused', 'which the audience says by itself');
    assert.deepEqual([found.permissions, found.checks], [null, []]);
    if (person !== member) {
      assert.doesNotMatch(JSON.stringify(found), new RegExp(`${story.tenant.displayName}|${story.tenant.slug}`));
    }
  }
});

test("a stranger's answer is the same whatever the state of the other tenant", async () => {
  const [granted, revoked] = await Promise.all([makeStory(server.services), makeStory(server.services)]);
  await revokeAllGrants(revoked.admin, revoked.principalId);
  const strip = async (each: Story) => {
    const { claims: _, signature: __, ...rest } = await inspect(stranger, await appToken(server.services, each));
    return JSON.stringify(rest).replaceAll(each.tenant.id, 'T').replaceAll(each.appId, 'A');
  };
  assert.equal(await strip(granted), await strip(revoked));
});

test("the person whom a token acts for reads its state, with the person's own rights in it", async () => {
  const token = await userToken(server.services, story, member.user);
  const own = await inspect(member, token);
  assert.deepEqual(own.scopes, ['Incident.ReadWrite']);
  assert.equal(fate(own, incidents), 'refused', 'the person has no role');
  const analyst = await makePerson(server, story.tenant, 'security-reader');
  const found = await inspect(analyst, await userToken(server.services, story, analyst.user));
  assert.equal(fate(found, incidents), 'opens');
  assert.deepEqual(found.permissions, ['Incident.Read.All']);
  assert.equal(fate(await inspect(member, await userToken(server.services, story, analyst.user)), incidents), 'untold');
});

test("of Graph, a call is open to an app with the very permission, and to a person's app as far as the person may", async () => {
  const scopes = ['RoleAssignmentSchedule.ReadWrite.Directory', 'User.Read'];
  const on = await makeStory(server.services, [
    { resource: graphUri, roles: ['AppRoleAssignment.ReadWrite.All'], scopes },
  ]);
  const app = { servicePrincipalId: on.principalId, roles: ['AppRoleAssignment.ReadWrite.All'] };
  const admin = await makePerson(server, on.tenant, 'global-reader');
  const byApp = await inspect(admin, await appToken(server.services, on, { audience: graphUri, app }));
  assert.equal(fate(byApp, 'POST /v1.0/servicePrincipals/{id}/appRoleAssignments'), 'opens');
  assert.equal(fate(byApp, 'GET /v1.0/applications'), 'refused');
  const somebody = await makePerson(server, on.tenant);
  const { id: userId, userName, displayName } = somebody.user;
  const about = { userId, userName, displayName, subject: 's', authTime: server.services.clock(), amr: ['pwd'] };
  const token = await userToken(server.services, on, somebody.user, { audience: graphUri, user: { ...about, scopes } });
  const byPerson = await inspect(somebody, token);
  assert.equal(fate(byPerson, 'GET /v1.0/me'), 'opens');
  assert.equal(fate(byPerson, 'POST /v1.0/roleManagement/directory/roleAssignmentScheduleRequests'), 'opens');
  assert.equal(fate(byPerson, 'GET /v1.0/roleManagement/directory/roleAssignmentSchedules'), 'refused');
});

test('an expired token is taken apart, said to be expired, and opens nothing', async () => {
  const token = await appToken(server.services, story, { nowMs: server.services.clock() - 2 * hourMs });
  const found = await inspect(reader, token);
  assert.deepEqual([found.source, found.signature?.state, found.times?.state], ['ours', 'valid', 'expired']);
  assert.ok(found.endpoints.length > 0 && found.endpoints.every(({ outcome }) => outcome === 'refused'));
});

test('an id token opens nothing, and says what it is', async () => {
  const { id: userId, userName, displayName } = member.user;
  const user = { userId, userName, displayName, subject: 's', authTime: server.services.clock(), amr: ['pwd'] };
  const found = await inspect(
    member,
    await mintIdToken(server.services, { ...commonOf(server.services, story), scopes: [], user }),
  );
  assert.match(found.summary, /^An id token/);
  assert.ok(found.endpoints.every(({ outcome }) => outcome === 'refused'));
});

test('a foreign token is decoded and called foreign; one that only says it is ours is not', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const make = (header: object, claims: object) => {
    const text = [header, claims].map((each) => Buffer.from(JSON.stringify(each)).toString('base64url')).join('.');
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  };
  const claims = {
    iss: 'https://login.example/x',
    aud: mtp,
    roles: ['Incident.Read.All'],
    exp: 32503680000,
    nested: { deep: [1, null, 'x'] },
  };
  const foreign = await inspect(reader, make({ alg: 'RS256', kid: 'other', typ: 'JWT' }, claims));
  assert.deepEqual([foreign.kind, foreign.source, foreign.signature?.state], ['jwt', 'foreign', 'not-verifiable']);
  assert.deepEqual(foreign.claims, claims);
  assert.deepEqual(foreign.header, { alg: 'RS256', kid: 'other', typ: 'JWT' });
  assert.match(foreign.summary, /login\.example.*foreign/);
  assert.ok(foreign.endpoints.every(({ outcome }) => outcome === 'refused'));

  const kid = (await server.services.signing.current()).id;
  const iss = `${genericUrl(server.services.names)}/${story.tenant.id}/`;
  const forged = await inspect(reader, make({ alg: 'RS256', kid }, { ...claims, iss }));
  assert.deepEqual([forged.source, forged.signature?.state], ['foreign', 'invalid']);
  assert.match(forged.summary, /not good here/);
  const text = [
    { alg: 'HS256', kid },
    { ...claims, iss },
  ]
    .map((each) => Buffer.from(JSON.stringify(each)).toString('base64url'))
    .join('.');
  const mac = createHmac('sha256', 'guess').update(text).digest('base64url');
  assert.equal((await inspect(reader, `${text}.${mac}`)).signature?.state, 'not-verifiable');
});

test('an API token is told to its owner and to those who manage tokens there, and to nobody else', async () => {
  const owner = await makePerson(server, story.tenant, 'security-reader');
  const manager = await makePerson(server, story.tenant, 'global-administrator');
  const { id, value } = await makeToken(server, owner, { permissions: ['Activities.read'] });
  for (const person of [owner, manager]) {
    const found = await inspect(person, value);
    assert.deepEqual([found.kind, found.source], ['api-token', 'ours']);
    assert.equal(fate(found, activities), 'opens');
    assert.equal(fate(found, incidents), 'refused');
    assert.ok(found.permissions?.includes('Activities.read'));
  }
  const unknown = await inspect(stranger, mintTokenValue('api-token'));
  for (const person of [stranger, member]) assert.deepEqual(await inspect(person, value), unknown);
  assert.equal(unknown.source, 'untold');
  const before = await server.request(`/management/v1/api-tokens/${id}`, { session: owner.session });
  assert.equal(before.json<{ lastUsedAt: string | null }>().lastUsedAt, null, 'an inspection is no use');
  await server.request(`/management/v1/api-tokens/${id}`, { session: owner.session, method: 'DELETE' });
  const revoked = await inspect(owner, value);
  assert.equal(fate(revoked, activities), 'refused');
  assert.equal(revoked.checks.at(-1)?.check, 'revoked');
  assert.deepEqual(await inspect(stranger, value), unknown);
});

test('a whole header, a session, a broken value and plain garbage are called what they are', async () => {
  const token = await appToken(server.services, story);
  for (const text of [`Bearer ${token}`, `Authorization: Bearer ${token}\r\n`, `  ${token}\n`]) {
    assert.equal((await inspect(reader, text)).source, 'ours');
  }
  assert.equal((await inspect(reader, reader.session)).kind, 'session');
  const broken = `${mintTokenValue('api-token').slice(0, -1)}`;
  assert.match((await inspect(reader, broken)).summary, /^Not a whole value/);
  assert.equal((await inspect(reader, 'hello world')).kind, 'unknown');
  assert.match((await inspect(reader, 'a.b.c')).summary, /header is not a JSON object/);
  assert.match((await inspect(reader, 'x'.repeat(20_000))).summary, /longer than 16384/);
});

test('whatever is given to it, it answers, and a refusal repeats nothing of it', async () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value) ?? 'null').toString('base64url');
  const part = fc.oneof(
    fc.string(),
    fc.json().map((json) => encode(JSON.parse(json))),
  );
  const value = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.tuple(part, part, part).map((parts) => parts.join('.')),
    fc
      .json()
      .map(
        (json) => `${encode({ alg: 'RS256' })}.${encode({ ...JSON.parse(`{"__proto__":${json},"exp":${json}}`) })}.x`,
      ),
  );
  await fc.assert(
    fc.asyncProperty(value, async (candidate) => {
      const found = await inspect(reader, candidate);
      assert.notEqual(found.source, 'ours');
    }),
    { numRuns: 300 },
  );
  const tooLong = await server.request('/management/v1/token-inspections', {
    session: reader.session,
    body: { value: `SECRETVALUE${'x'.repeat(80_000)}` },
  });
  assert.equal(tooLong.status, 400);
  assert.doesNotMatch(tooLong.text, /SECRETVALUE/);
});

test('nobody inspects without a session, and neither an API token nor a JWT is one', async () => {
  const { value } = await makeToken(server, await makePerson(server, story.tenant, 'security-reader'));
  const path = '/management/v1/token-inspections';
  assert.equal((await server.request(path, { body: { value: 'x' } })).status, 401);
  assert.equal((await server.request(path, { token: value, body: { value: 'x' } })).status, 403);
  const jwt = await server.request(path, {
    session: await appToken(server.services, story),
    body: { value: 'x' },
  });
  assert.equal(jwt.status, 401);
  assert.match(jwt.text, /An app's access token does not open this call/);
});

test('nothing that was inspected lies in the store afterwards', async () => {
  const value = `${mintTokenValue('api-token')}`;
  const token = await appToken(server.services, story);
  await inspect(reader, value);
  await inspect(reader, token);
  const { db } = server.services.store;
  const records = [
    ...(await db.selectFrom('auditRecords').select('body').execute()),
    ...(await db.selectFrom('explanations').select('body').execute()),
  ];
  assert.doesNotMatch(JSON.stringify(records), new RegExp(`${value}|${token.split('.')[2]?.slice(0, 40)}`));
});

test('every endpoint of the cloud-apps surface has the finer permission by which API tokens are judged', () => {
  const missing = endpointPermissions().filter((each) => each.surface === 'cloud-apps' && detailsOf(each).length === 0);
  assert.deepEqual(missing, [], 'Add a row to src/access/inspected-endpoints.ts.');
});

test("the operator's administrators list and rotate signing keys over HTTP, others cannot", async () => {
  const operators = await makeTenant(server.services, true);
  const operator = await makePerson(server, operators, 'global-administrator');
  await server.services.signing.current();
  const path = '/management/v1/signing-keys';
  for (const session of [stranger.session, reader.session]) {
    assert.equal((await server.request(path, { session })).status, 403);
    assert.equal((await server.request(path, { session, body: { withdraw: true } })).status, 403);
  }
  const made = await server.request(path, { session: operator.session, body: {} });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json<{ state: string }>().state, 'waiting');
  const again = await server.request(path, { session: operator.session, body: {} });
  assert.equal(again.status, 409);
  const listed = await server.request(path, { session: operator.session });
  assert.deepEqual(
    listed.json<{ items: { state: string }[] }>().items.map(({ state }) => state),
    ['signing', 'waiting'],
  );
  assert.equal((await server.request(path, { session: operator.session, body: { now: true } })).status, 400);
  assert.equal((await server.request(path)).status, 401);
});
