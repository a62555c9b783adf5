// Setting a tenant's own provider: who may, what is refused, what is checked, and what changes take with them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { builtInRoles } from '../src/directory/role-table.ts';
import { clientId } from './support/external-provider.ts';
import {
  become,
  newStage,
  type Stage,
  sessionOf,
  signInExternally,
  startExternalServer,
} from './support/external-sign-in.ts';
import { freePort } from './support/postgres-server.ts';
import { makePerson, makeToken, type TestServer } from './support/server.ts';

let server: TestServer;
const stages: Stage[] = [];
before(async () => {
  server = await startExternalServer();
});
after(async () => {
  for (const stage of stages) await stage.dispose();
  await server.dispose();
});

async function openStage(): Promise<Stage> {
  const stage = await newStage(server);
  stages.push(stage);
  return stage;
}

const path = '/external-sign-in';
interface Shown {
  redirectUris: { ownHost: string; genericHost: string };
  externalSignIn: Record<string, unknown> | null;
}

test('before anything is set, the addresses for the provider are there; afterwards all but the secret', async () => {
  const stage = await openStage();
  const empty = (await stage.call('GET', path)).json<Shown>();
  assert.equal(empty.externalSignIn, null);
  assert.equal(
    empty.redirectUris.ownHost,
    `https://${server.tenantHost(stage.tenant.slug)}/portal/sign-in/external/callback`,
  );
  assert.equal(empty.redirectUris.genericHost, `${server.url}/portal/sign-in/external/callback/${stage.tenant.slug}`);
  const { externalSignIn } = (await stage.set({ groupRoles: [{ group: 'a', role: 'Security-Reader' }] })).json<Shown>();
  assert.deepEqual(externalSignIn, {
    ...{ issuer: stage.provider.issuer, clientId, displayName: 'Contoso ID', isEnabled: true },
    ...{ clientAuthentication: 'client_secret_basic', scopes: ['openid', 'profile', 'email'] },
    claims: { userName: 'preferred_username', displayName: 'name', groups: 'groups' },
    groupRoles: [{ group: 'a', role: 'security-reader', kind: 'permanent' }],
    ...{ roleDays: 30, createsUsers: true, linksUsers: false, allowedDomains: [], trustedDomains: [] },
    ...{ trustsSecondFactor: false, secondFactorAcrs: [] },
    changedAt: externalSignIn?.changedAt,
    changedBy: stage.boss.user.userName,
  });
  assert.equal((await stage.call('DELETE', path)).status, 204);
  assert.equal((await stage.call('DELETE', path)).status, 404);
});

test('only global administrators of the tenant, with a session, see or change it', async () => {
  const stage = await openStage();
  await stage.set();
  const body = { issuer: stage.provider.issuer, clientId, displayName: 'x' };
  const calls = [
    ['GET', path],
    ['PUT', path, body],
    ['DELETE', path],
    ['POST', `${path}/check`, {}],
    ['GET', `${path}/links`],
    ['DELETE', `${path}/links/${stage.boss.user.id}`],
  ] as const;
  for (const { key, scopedBy } of builtInRoles) {
    if (key === 'global-administrator' || scopedBy !== 'nothing') continue;
    const person = await makePerson(server, stage.tenant, key);
    for (const [method, at, sent] of calls) {
      assert.equal((await stage.call(method, at, sent, person)).status, 403, `${key} ${method} ${at}`);
    }
  }
  const { value } = await makeToken(server, stage.boss);
  for (const [method, at, sent] of calls) {
    const request = { method, ...(sent === undefined ? {} : { body: sent }) };
    assert.equal((await server.request(`/management/v1${at}`, request)).status, 401, `${method} ${at}`);
    const byToken = await server.request(`/management/v1${at}`, { ...request, token: value });
    assert.ok([401, 403].includes(byToken.status), `${method} ${at} by token: ${byToken.status}`);
  }
});

test("another tenant's setting and links are invisible", async () => {
  const stage = await openStage();
  const other = await openStage();
  await stage.set();
  become(stage, 'ann');
  const { user } = await sessionOf(stage, (await signInExternally(stage)).session);
  assert.equal((await other.call('GET', path)).json<Shown>().externalSignIn, null);
  assert.deepEqual((await other.call('GET', `${path}/links`)).json(), { items: [], total: 0 });
  assert.equal((await other.call('DELETE', `${path}/links/${user.id}`)).status, 404);
  assert.equal((await other.call('POST', `${path}/check`, {})).status, 404);
  const links = (await stage.call('GET', `${path}/links`)).json<{
    items: { user: object; subject: string; origin: string }[];
  }>();
  assert.deepEqual(
    links.items.map((each) => [each.user, each.subject, each.origin]),
    [[user, 'sub-of-ann', 'created']],
  );
});

test('what cannot be right is refused with its name', async () => {
  const stage = await openStage();
  const good = { issuer: stage.provider.issuer, clientId, clientSecret: 'x', displayName: 'x' };
  for (const [change, field] of [
    [{ issuer: 'ftp://login.example' }, 'issuer'],
    [{ issuer: 'http://login.example' }, 'issuer'],
    [{ issuer: 'http://127.0.0.1.evil.example' }, 'issuer'],
    [{ issuer: 'https://user@login.example' }, 'issuer'],
    [{ issuer: 'https://login.example/?a=b' }, 'issuer'],
    [{ issuer: 'https://10.0.0.1' }, 'issuer'],
    [{ issuer: 'https://[::ffff:169.254.169.254]/' }, 'issuer'],
    [{ issuer: 'https://login.example/ä' }, 'issuer'],
    [{ clientSecret: undefined }, 'clientSecret'],
    [{ clientSecret: 'ä' }, 'clientSecret'],
    [{ displayName: '\u202Egnorw' }, 'displayName'],
    [{ scopes: ['two words'] }, 'scopes'],
    [{ groupRoles: [{ group: 'x', role: 'nobody' }] }, 'groupRoles'],
    [{ groupRoles: [{ group: 'x', role: 'user-group-administrator' }] }, 'groupRoles'],
    [{ groupRoles: [{ group: ' ', role: 'security-reader' }] }, 'groupRoles'],
    [{ trustedDomains: ['elsewhere.example'] }, 'trustedDomains'],
    [{ secondFactorAcrs: ['a b'] }, 'secondFactorAcrs'],
    [{ roleDays: 0 }, 'roleDays'],
    [{ unknown: 1 }, 'unknown'],
  ] as const) {
    const answer = await stage.call('PUT', path, { ...good, ...change });
    assert.equal(answer.status, 400, JSON.stringify(change));
    if (!['roleDays', 'unknown'].includes(field)) {
      assert.equal(answer.json<{ fields: { field: string }[] }>().fields[0]?.field, field, answer.text);
    }
  }
  assert.equal((await stage.call('GET', path)).json<Shown>().externalSignIn, null);
});

test('a kept secret goes to nobody but the provider and client that it is for', async () => {
  const stage = await openStage();
  await stage.set();
  const { issuer } = stage.provider;
  const kept = await stage.call('PUT', path, { issuer, clientId, displayName: 'Other name', createsUsers: true });
  assert.equal(kept.status, 200, kept.text);
  become(stage, 'bea');
  assert.equal((await signInExternally(stage)).problem, null);
  for (const change of [{ issuer: `http://127.0.0.1:${await freePort()}` }, { clientId: 'another' }]) {
    const answer = await stage.call('PUT', path, { issuer, clientId, displayName: 'x', ...change });
    assert.equal(answer.status, 400, answer.text);
  }
});

test('roles go with the mapping that gave them, and all of them with the setting', async () => {
  const stage = await openStage();
  const groupRoles = [
    { group: 'a', role: 'security-reader' },
    { group: 'a', role: 'global-reader' },
  ];
  await stage.set({ groupRoles });
  become(stage, 'cid', { groups: ['a'] });
  const { session } = await signInExternally(stage);
  const roles = async () => (await sessionOf(stage, session)).roles.map(({ key }) => key).sort();
  assert.deepEqual(await roles(), ['global-reader', 'security-reader']);
  await stage.set({ groupRoles: groupRoles.slice(1) });
  assert.deepEqual(await roles(), ['global-reader']);
  assert.equal((await stage.call('DELETE', path)).status, 204);
  const left = (await stage.call('GET', '/role-assignments')).json<{ items: { source: string }[] }>();
  assert.deepEqual(
    left.items.map(({ source }) => source),
    ['people'],
  );
  const ended = await server.request('/management/v1/session', {
    headers: { cookie: `__Host-sallyport-session=${session}` },
  });
  assert.equal(ended.status, 401);
});

test('a check says what is wrong with a provider, before and after it is set', async () => {
  const stage = await openStage();
  const check = async (body: object = {}) =>
    (await stage.call('POST', `${path}/check`, body)).json<{
      isUsable: boolean;
      findings: { code: string; severity: string; detail: string }[];
      endpoints: { authorization: string } | null;
    }>();
  const before = await check({ issuer: stage.provider.issuer });
  assert.deepEqual([before.isUsable, before.findings], [true, []]);
  assert.equal(before.endpoints?.authorization, `${stage.provider.issuer}/auth`);
  const nobody = await check({ issuer: `http://127.0.0.1:${await freePort()}` });
  assert.deepEqual([nobody.isUsable, nobody.findings.map(({ code }) => code)], [false, ['unreachable']]);
  const elsewhere = await check({ issuer: `${stage.provider.issuer}/tenant` });
  assert.deepEqual(
    elsewhere.findings.map(({ code }) => code),
    ['not-usable'],
  );
  const byName = await check({ issuer: stage.provider.issuer.replace('127.0.0.1', 'localhost') });
  assert.match(byName.findings[0]?.detail ?? '', /calls itself|does not match/);
  await stage.set();
  assert.deepEqual((await check()).findings, []);
  await stage.set({
    clientSecret: 'wrong',
    scopes: ['offline'],
    isEnabled: false,
    clientAuthentication: 'client_secret_post',
  });
  assert.deepEqual(
    (await check()).findings.map(({ code }) => code),
    ['scope-unknown', 'switched-off', 'client-refused'],
  );
});

test('providers are only where the operator lets this server go', async () => {
  const strict = await startExternalServer({ settings: { webhookLoopbackHttp: false } });
  const stage = await newStage(strict);
  try {
    const answer = await stage.call('PUT', path, {
      issuer: stage.provider.issuer,
      clientId,
      clientSecret: 'x',
      displayName: 'x',
    });
    assert.equal(answer.status, 400, answer.text);
    for (const issuer of ['https://localhost', 'https://127.0.0.1']) {
      const checked = await stage.call('POST', `${path}/check`, { issuer });
      assert.match(checked.text, /externalSignInAllowedRanges/);
    }
  } finally {
    await stage.dispose();
    await strict.dispose();
  }
});
