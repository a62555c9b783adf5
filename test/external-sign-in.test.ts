// Signing in through a tenant's own OpenID Connect provider: who gets in, as whom, with which roles.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dayMs } from '../src/lib/clock.ts';
import { makeTenant, makeUser, testPassword } from './support/accounts.ts';
import {
  become,
  begin,
  newStage,
  pendingCookie,
  type Stage,
  sessionOf,
  signInExternally,
  startExternalServer,
} from './support/external-sign-in.ts';
import { makePerson, type TestServer } from './support/server.ts';

let server: TestServer;
const stages: Stage[] = [];
before(async () => {
  server = await startExternalServer();
});
after(async () => {
  for (const stage of stages) await stage.dispose();
  await server.dispose();
});

async function stageWith(change: Readonly<Record<string, unknown>> = {}): Promise<Stage> {
  const stage = await newStage(server);
  stages.push(stage);
  await stage.set(change);
  return stage;
}

const reader = (group: string, kind?: string) => ({ group, role: 'security-reader', ...(kind ? { kind } : {}) });

test('a person of the provider gets an account, a session and lands where they wanted to go', async () => {
  const stage = await stageWith();
  const userName = become(stage, 'ada', { name: 'Ada Ångström' });
  const ended = await signInExternally(stage, { returnTo: '/portal/incidents?status=new#top' });
  assert.equal(ended.location, '/portal/incidents?status=new#top');
  const { user, secondFactorAt, roles } = await sessionOf(stage, ended.session);
  assert.deepEqual([user.userName, user.displayName, secondFactorAt, roles], [userName, 'Ada Ångström', null, []]);
  const again = await signInExternally(stage, { generic: true });
  assert.equal(again.location, '/portal/');
  assert.equal((await sessionOf(stage, again.session)).user.id, user.id);
  const cookies = ended.answer.headers['set-cookie'] ?? [];
  assert.equal(cookies.length, 2);
  assert.match(
    cookies.find((each) => each.startsWith('__Host-sallyport-session=')) ?? '',
    /; Secure; HttpOnly; SameSite=Strict$/,
  );
  assert.equal(ended.answer.headers['referrer-policy'], 'no-referrer');
});

test('what is asked of the provider has PKCE, state and nonce, and the cookie of it is of this host and short', async () => {
  const stage = await stageWith({ trustsSecondFactor: true, secondFactorAcrs: ['urn:mfa'] });
  const { location, jar, host } = await begin(stage);
  const asked = new URL(location).searchParams;
  assert.equal(asked.get('code_challenge_method'), 'S256');
  assert.equal(asked.get('redirect_uri'), `https://${host}/portal/sign-in/external/callback`);
  assert.equal(asked.get('scope'), 'openid profile email');
  assert.equal(asked.get('acr_values'), 'urn:mfa');
  for (const name of ['state', 'nonce', 'code_challenge']) assert.equal(asked.get(name)?.length, 43, name);
  const sealed = jar.get(pendingCookie) ?? '';
  assert.ok(sealed.length > 100 && sealed.length < 3500);
  assert.ok(
    !Buffer.from(sealed, 'base64')
      .toString('latin1')
      .includes(asked.get('state') ?? '?'),
  );
});

test('roles follow groups at every sign-in, prolong, go, and leave what people assigned alone', async () => {
  const stage = await stageWith({
    groupRoles: [reader('soc'), { group: 'leads', role: 'security-administrator', kind: 'eligible' }],
    roleDays: 7,
  });
  const userName = become(stage, 'bo', { groups: ['soc', 'leads', 'other'] });
  const first = await sessionOf(stage, (await signInExternally(stage)).session);
  assert.deepEqual(
    first.roles.map(({ key }) => key),
    ['security-reader'],
  );
  const assigned = await stage.call('POST', '/role-assignments', {
    ...{ user: userName, role: 'security-reader', kind: 'permanent' },
  });
  assert.equal(assigned.status, 201, assigned.text);
  type Listed = {
    items: { role: { key: string }; kind: string; source: string; groups: string[]; endsAt: string | null }[];
  };
  const list = async () =>
    (await stage.call('GET', `/role-assignments?user=${userName}`))
      .json<Listed>()
      .items.map(({ role, kind, source, groups, endsAt }) =>
        [role.key, kind, source, groups.join('+') || '-', endsAt === null].join(' '),
      )
      .sort();
  assert.deepEqual(await list(), [
    'security-administrator eligible external-sign-in leads false',
    'security-reader permanent external-sign-in soc false',
    'security-reader permanent people - true',
  ]);
  become(stage, 'bo', { groups: ['leads'] });
  await signInExternally(stage);
  assert.deepEqual(await list(), [
    'security-administrator eligible external-sign-in leads false',
    'security-reader permanent people - true',
  ]);
  become(stage, 'bo');
  await signInExternally(stage);
  assert.deepEqual(await list(), ['security-reader permanent people - true']);
});

test('a role tells by which groups it came, in the list of assignments and with the person, to those who may read it', async () => {
  const stage = await stageWith({ groupRoles: [reader('soc'), reader('night-shift'), reader('elsewhere')] });
  const userName = become(stage, 'gil', { groups: ['soc', 'other', 'night-shift'] });
  const { session } = await signInExternally(stage);
  type Listed = { items: { user: { userName: string }; source: string; groups: string[] }[] };
  const path = `/role-assignments?user=${userName}`;
  const groups = async () => (await stage.call('GET', path)).json<Listed>().items.map((each) => each.groups);
  assert.deepEqual(await groups(), [['soc', 'night-shift']]);
  become(stage, 'gil', { groups: ['night-shift'] });
  await signInExternally(stage);
  assert.deepEqual(await groups(), [['night-shift']]);
  const { user } = await sessionOf(stage, session);
  const shown = (await stage.call('GET', `/users/${user.id}`)).json<{ roles: { key: string; source: string }[] }>();
  assert.deepEqual(
    shown.roles.map(({ key, source }) => [key, source]),
    [['security-reader', 'external-sign-in']],
  );
  const stranger = await makePerson(server, await makeTenant(server.services), 'global-administrator');
  const read = (as: { session?: string }, to: string) => server.request(`/management/v1${to}`, as);
  assert.equal((await read(stranger, path)).status, 404);
  assert.doesNotMatch((await read(stranger, '/role-assignments')).text, /night-shift/);
  const nobody = await makePerson(server, stage.tenant);
  assert.deepEqual([(await read(nobody, path)).status, (await read({}, path)).status], [403, 401]);
});

test('a role that was activated ends with the group that made it eligible', async () => {
  const stage = await stageWith({ groupRoles: [reader('soc', 'eligible')] });
  become(stage, 'cleo', { groups: 'soc' });
  const { session } = await signInExternally(stage);
  const headers = { cookie: `__Host-sallyport-session=${session}` };
  const { csrfToken } = (await server.request('/management/v1/session', { headers })).json<{ csrfToken: string }>();
  const activated = await server.request('/management/v1/me/role-activations', {
    headers: { ...headers, 'x-csrf-token': csrfToken, origin: server.url },
    body: { role: 'security-reader', justification: 'shift', durationSeconds: 3600 },
  });
  assert.equal(activated.status, 201, activated.text);
  assert.equal((await sessionOf(stage, session)).roles.length, 1);
  become(stage, 'cleo', { groups: [] });
  const later = await signInExternally(stage);
  assert.equal((await sessionOf(stage, later.session)).roles.length, 0);
  assert.equal((await sessionOf(stage, session)).roles.length, 0);
});

test('a global administrator by group does not count as the last one', async () => {
  const stage = await stageWith({ groupRoles: [{ group: 'root', role: 'global-administrator' }] });
  become(stage, 'dee', { groups: ['root'] });
  const dee = await sessionOf(stage, (await signInExternally(stage)).session);
  assert.deepEqual(
    dee.roles.map(({ key }) => key),
    ['global-administrator'],
  );
  const own = (await stage.call('GET', `/role-assignments?user=${stage.boss.user.userName}`)).json<{
    items: { id: string }[];
  }>();
  // Of two that both end some day, only the one that people assigned counts.
  const endsAt = Date.now() + 10 * dayMs;
  await server.services.store.change(stage.tenant.id, (trx) =>
    trx.updateTable('roleAssignments').set({ endsAt }).where('userId', '=', stage.boss.user.id).execute(),
  );
  const answer = await stage.call('DELETE', `/role-assignments/${own.items[0]?.id}`);
  assert.deepEqual([answer.status, answer.json().code], [409, 'last-administrator']);
});

test('an account that is there is linked only where that is allowed and the name is proven', async () => {
  const stage = await stageWith();
  const eve = await makeUser(server.services, stage.tenant, { name: 'eve' });
  become(stage, 'eve');
  assert.equal((await signInExternally(stage)).problem, 'external-not-linked');
  await stage.set({ linksUsers: true });
  become(stage, 'eve', { email_verified: false });
  assert.equal((await signInExternally(stage)).problem, 'external-not-proven');
  become(stage, 'eve', { email: 'mallory@elsewhere.example' });
  assert.equal((await signInExternally(stage)).problem, 'external-not-proven');
  become(stage, 'eve');
  const linked = await signInExternally(stage);
  assert.equal((await sessionOf(stage, linked.session)).user.id, eve.id);
  // Somebody else gets the name at the provider: the account stays with whom it was linked to.
  stage.provider.person = { ...stage.provider.person, sub: 'another' };
  assert.equal((await signInExternally(stage)).problem, 'external-not-linked');
  const unlinked = await stage.call('DELETE', `/external-sign-in/links/${eve.userName}`);
  assert.equal(unlinked.status, 204, unlinked.text);
  assert.equal(
    (
      await server.request('/management/v1/session', {
        headers: { cookie: `__Host-sallyport-session=${linked.session}` },
      })
    ).status,
    401,
  );
  assert.equal((await signInExternally(stage)).problem, null);
  // The name may change at the provider: the link is what counts.
  stage.provider.person = { sub: 'another', claims: { preferred_username: 'no name at all' } };
  assert.equal((await sessionOf(stage, (await signInExternally(stage)).session)).user.id, eve.id);
});

test('a trusted domain is proof of a name, an allowed one decides who gets in', async () => {
  const stage = await stageWith();
  become(stage, 'finn', { email_verified: undefined });
  assert.equal((await signInExternally(stage)).problem, 'external-not-proven');
  await stage.set({ trustedDomains: [stage.domain] });
  assert.equal((await signInExternally(stage)).problem, null);
  become(stage, 'gus', { preferred_username: 'gus@gmail.example', email: 'gus@gmail.example' });
  assert.equal((await signInExternally(stage)).problem, 'external-not-allowed');
  const foreign = await stage.call('PUT', '/external-sign-in', {
    ...{ issuer: stage.provider.issuer, clientId: 'sallyport', displayName: 'x' },
    allowedDomains: ['gmail.example'],
  });
  assert.deepEqual([foreign.status, foreign.json().code], [400, 'invalid-input']);
});

test('nobody gets an account where none are made', async () => {
  const stage = await stageWith({ createsUsers: false });
  become(stage, 'hal');
  assert.equal((await signInExternally(stage)).problem, 'external-unknown');
  const users = (await stage.call('GET', '/users')).json<{ total: number }>();
  assert.equal(users.total, 1);
});

test('a person without a usable name is told so', async () => {
  const stage = await stageWith();
  become(stage, 'ida', { preferred_username: 'ida' });
  assert.equal((await signInExternally(stage)).problem, 'external-claims');
  become(stage, 'ida', { groups: undefined, _claim_names: { groups: 'src1' } });
  await stage.set({ groupRoles: [reader('soc')] });
  assert.equal((await signInExternally(stage)).problem, 'external-claims');
});

test('disabled and deleted people and disabled tenants are refused, and sign-in ends when it is switched off', async () => {
  const stage = await stageWith();
  const userName = become(stage, 'jo');
  const first = await signInExternally(stage);
  const { user } = await sessionOf(stage, first.session);
  assert.equal((await stage.call('POST', `/users/${user.id}/disable`)).status, 200);
  assert.equal((await signInExternally(stage)).problem, 'external-disabled');
  assert.equal((await stage.call('POST', `/users/${user.id}/enable`)).status, 200);
  assert.equal((await stage.call('DELETE', `/users/${userName}`)).status, 204);
  assert.equal((await signInExternally(stage)).problem, 'external-disabled');
  assert.equal((await stage.call('POST', `/users/${user.id}/restore`)).status, 200);
  const back = await signInExternally(stage);
  assert.equal(back.problem, null);
  const begun = await begin(stage);
  const location = await stage.provider.visit(begun.location);
  await stage.set({ isEnabled: false });
  const cookie = [...begun.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const late = await server.request(location.pathname + location.search, { host: begun.host, headers: { cookie } });
  assert.match(late.headers.location ?? '', /problem=external-unavailable/);
  const gone = await server.request('/management/v1/session', {
    headers: { cookie: `__Host-sallyport-session=${back.session}` },
  });
  assert.equal(gone.status, 401);
  assert.match((await begin(stage)).location, /^\/portal\/sign-in\?problem=external-unavailable/);
  await server.services.store.db
    .updateTable('tenants')
    .set({ status: 'disabled' })
    .where('id', '=', stage.tenant.id)
    .execute();
  assert.match((await begin(stage)).location, /problem=external-unavailable/);
});

test("the provider's word for a second factor counts only where the tenant trusts it, from when it was given", async () => {
  const at = Math.floor(Date.now() / 1000) - 90;
  const stage = await stageWith();
  become(stage, 'kim', { amr: ['pwd', 'mfa'], auth_time: at });
  const untrusted = await sessionOf(stage, (await signInExternally(stage)).session);
  assert.equal(untrusted.secondFactorAt, null);
  await server.services.store.db
    .updateTable('users')
    .set({ secondFactorConfirmedAt: 1 })
    .where('userName', '=', untrusted.user.userName)
    .execute();
  assert.equal((await signInExternally(stage)).problem, 'external-second-factor');
  await stage.set({ trustsSecondFactor: true });
  const trusted = await sessionOf(stage, (await signInExternally(stage)).session);
  assert.equal(trusted.secondFactorAt, new Date(at * 1000).toISOString());
  become(stage, 'kim', { amr: ['pwd'], auth_time: at });
  assert.equal((await signInExternally(stage)).problem, 'external-second-factor');
});

test('the audit and the explanation tell what happened, and the own account keeps its password', async () => {
  const stage = await stageWith({ createsUsers: false });
  become(stage, 'lea');
  const ended = await signInExternally(stage);
  assert.ok(ended.correlationId);
  const explained = await stage.call('GET', `/explanations/${ended.correlationId}`);
  assert.equal(explained.status, 200, explained.text);
  const { code, checks, change } = explained.json<{ code: string; checks: { outcome: string }[]; change: string }>();
  assert.equal(code, 'external-unknown');
  assert.deepEqual(
    checks.map(({ outcome }) => outcome),
    ['passed', 'failed'],
  );
  assert.match(change, /--create-users/);
  await stage.set({ linksUsers: true });
  const lea = await makeUser(server.services, stage.tenant, { name: 'lea' });
  assert.equal((await signInExternally(stage)).problem, null);
  const local = await server.request('/management/v1/sessions', {
    body: { userName: lea.userName, password: testPassword },
  });
  assert.equal(local.status, 201);
  const actions = (await stage.call('GET', '/audit?limit=100')).json<{ items: { action: string; details: object }[] }>()
    .items;
  for (const wanted of ['external-sign-in.set', 'access.refuse', 'external-sign-in.link', 'session.create']) {
    assert.ok(
      actions.some(({ action }) => action === wanted),
      wanted,
    );
  }
});
