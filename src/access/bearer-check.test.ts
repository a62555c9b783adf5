// Tokens that were minted here, against the life of applications, consents and people after that: every change is obeyed
// at the very next call, although the call before it was answered from the cache.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ctxOf } from '../../test/directory-ctx.ts';
import { makeTenant, makeUser } from '../../test/support/accounts.ts';
import { appToken, arrivalWith, commonOf, makeStory, mtp, userToken } from '../../test/support/bearers.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import { testStoreKind } from '../../test/support/store.ts';
import { parseAccessInput } from '../applications/access-lists.ts';
import { consentForTenant } from '../applications/consent.ts';
import { revokeAllGrants, revokeGrant } from '../applications/grants.ts';
import { changeApplicationLife } from '../applications/registrations.ts';
import { addSecret, removeSecret } from '../applications/secrets.ts';
import {
  assignUser,
  changeServicePrincipal,
  deleteServicePrincipal,
  getServicePrincipal,
  unassignUser,
} from '../applications/service-principals.ts';
import { revokeFamily, startFamily } from '../authorizations/families.ts';
import { revokeAccessToken } from '../authorizations/revoked-tokens.ts';
import type { Ctx } from '../context.ts';
import { listAssignments, unassignRole } from '../directory/assignments.ts';
import { changeTenantLife } from '../directory/tenant-life.ts';
import { changeUserLife } from '../directory/users.ts';
import { hourMs, minuteMs } from '../lib/clock.ts';
import type { TokenFamilyId } from '../lib/ids.ts';
import { mintAccessToken, mintIdToken } from '../signing/mint.ts';
import { may } from './caller.ts';
import { type Arrival, Gate } from './gate.ts';
import { Refusal } from './refusal.ts';
import type { SurfaceFamily } from './token-audiences.ts';

let services: TestServices;
let gate: Gate;
let operator: Ctx;
before(async () => {
  services = await testServices({ settings: { tenantRequestsPerMinute: 1_000_000, appRequestsPerMinute: 1_000_000 } });
  gate = new Gate(services);
  const tenant = await makeTenant(services, true);
  operator = ctxOf(services, tenant, await makeUser(services, tenant), ['Tenants.manage']);
});
after(async () => {
  await gate.close();
  await services.dispose();
});

async function call(
  token: string,
  family: SurfaceFamily = 'defender',
  host: Arrival['hostTenantId'] = null,
): Promise<Ctx> {
  return await gate.admitOn(family, arrivalWith(`Bearer ${token}`, host));
}

async function refusalOf(work: Promise<unknown>): Promise<Refusal['details']> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) return error.details;
    throw error;
  }
  throw new Error('It was let in.');
}

/** Lets a token in twice (the second time from the cache), makes the change, and says how the next call is refused. */
async function refusedAfter(token: string, change: () => Promise<unknown>): Promise<Refusal['details']> {
  await call(token);
  const second = gate.admitOn('defender', arrivalWith(`Bearer ${token}`));
  // The throttle that several processes share is always waited for.
  assert.ok(!(second instanceof Promise) || testStoreKind === 'postgres', 'from the cache');
  await change();
  const first = await refusalOf(call(token));
  const again = await refusalOf(call(token));
  assert.equal(again.code, first.code, 'and the call after it too');
  return first;
}

const failed = ({ chain }: Refusal['details']) => chain.at(-1)?.check;

test("an application's token makes a caller with the roles that it carries, and no others", async () => {
  const story = await makeStory(services);
  const { caller } = await call(await appToken(services, story));
  assert.deepEqual(caller.subject, {
    kind: 'application',
    appId: story.appId,
    servicePrincipalId: story.principalId,
    name: 'Partner connector',
  });
  assert.equal(caller.tenantId, story.tenant.id);
  assert.ok(may(caller, 'Incident.Read.All'));
  assert.ok(!may(caller, 'Incident.ReadWrite.All'), 'granted, but not in this token');
  assert.ok(!caller.isFullAdministrator);
  assert.deepEqual(
    caller.passed.map(({ check }) => check),
    [
      'credential-present',
      'credential-format',
      'signature',
      'expired',
      'audience',
      'tenant-host',
      'tenant-enabled',
      'revoked',
      'application',
      'consent',
    ],
  );
});

test('the second call with a token waits for nothing', {
  skip: testStoreKind === 'postgres' ? 'the throttle that several processes share is waited for' : false,
}, async () => {
  const token = await appToken(services, await makeStory(services));
  const first = await call(token);
  const second = gate.admitOn('defender', arrivalWith(`Bearer ${token}`));
  assert.ok(!(second instanceof Promise));
  assert.equal(second.caller, first.caller);
});

test('a token for another API is refused with both audiences named', async () => {
  const story = await makeStory(services);
  const details = await refusalOf(call(await appToken(services, story), 'graph'));
  assert.equal(details.code, 'wrong-audience');
  assert.equal(failed(details), 'audience');
  assert.match(details.message, /https:\/\/api\.security\.microsoft\.com \(Microsoft Threat Protection\)/);
  assert.match(details.message, /https:\/\/graph\.microsoft\.com \(Microsoft Graph\)/);
  assert.match(details.remedy, /scope=https:\/\/graph\.microsoft\.com\/\.default/);
});

test("the two Defender APIs take each other's tokens, with and without final slash", async () => {
  const story = await makeStory(services);
  for (const audience of [
    'https://api.securitycenter.microsoft.com',
    'https://security.microsoft.com/mtp/',
    'https://security.microsoft.com/mtp',
    '8ee8fdad-f234-4243-8f3b-15c294843740',
  ]) {
    await call(await appToken(services, story, { audience }));
  }
});

test('a cached token is refused on another surface and on the host of another tenant', async () => {
  const story = await makeStory(services);
  const token = await appToken(services, story);
  await call(token);
  assert.equal((await refusalOf(call(token, 'cloud-apps'))).code, 'wrong-audience');
  const other = await makeTenant(services);
  const details = await refusalOf(call(token, 'defender', other.id));
  assert.deepEqual([details.code, failed(details)], ['wrong-host', 'tenant-host']);
  assert.doesNotMatch(JSON.stringify(details), new RegExp(other.slug));
  await call(token, 'defender', story.tenant.id);
  await call(token);
});

test('a consent that was revoked is obeyed at the next call', async () => {
  const story = await makeStory(services);
  const details = await refusedAfter(await appToken(services, story), () =>
    revokeAllGrants(story.admin, story.principalId),
  );
  assert.deepEqual([details.status, details.code, failed(details)], [403, 'consent-missing', 'consent']);
});

test('a single permission that was revoked is gone at the next call, the others stay', async () => {
  const story = await makeStory(services);
  const roles = ['Incident.Read.All', 'Incident.ReadWrite.All'];
  const token = await appToken(services, story, { app: { servicePrincipalId: story.principalId, roles } });
  assert.ok(may((await call(token)).caller, 'Incident.ReadWrite.All'));
  const { grants } = await getServicePrincipal(story.admin, story.principalId);
  const grant = grants.applications.find(({ value }) => value === 'Incident.ReadWrite.All');
  assert.ok(grant);
  await revokeGrant(story.admin, story.principalId, grant.id);
  const { caller } = await call(token);
  assert.ok(!may(caller, 'Incident.ReadWrite.All'));
  assert.ok(may(caller, 'Incident.Read.All'));
});

test('an application that its home disabled or deleted is refused everywhere at the next call', async () => {
  for (const act of ['disable', 'delete'] as const) {
    const story = await makeStory(services);
    const token = await appToken(services, story);
    const details = await refusedAfter(token, () => changeApplicationLife(story.home, story.applicationId, act));
    assert.deepEqual([details.status, details.code, failed(details)], [403, 'application-disabled', 'application']);
    await changeApplicationLife(story.home, story.applicationId, act === 'delete' ? 'restore' : 'enable');
    await call(token);
  }
});

test('an application that a tenant disabled or removed is refused there', async () => {
  const disabled = await makeStory(services);
  const first = await refusedAfter(await appToken(services, disabled), () =>
    changeServicePrincipal(disabled.admin, disabled.principalId, { isEnabled: false }),
  );
  assert.deepEqual([first.code, failed(first)], ['application-disabled', 'application']);
  const removed = await makeStory(services);
  const second = await refusedAfter(await appToken(services, removed), () =>
    deleteServicePrincipal(removed.admin, removed.principalId),
  );
  assert.deepEqual([second.code, failed(second)], ['consent-missing', 'consent']);
});

test('a token from before the presence was deleted stays refused when somebody consents anew', async () => {
  const story = await makeStory(services);
  const token = await appToken(services, story);
  await deleteServicePrincipal(story.admin, story.principalId);
  const required = [{ resource: mtp, roles: ['Incident.Read.All'] }];
  const access = await parseAccessInput(services.store.db, story.tenant.id, required, 100);
  const { id } = await consentForTenant(story.admin, story.appId, access);
  assert.equal((await refusalOf(call(token))).code, 'consent-missing');
  await call(await appToken(services, story, { app: { servicePrincipalId: id, roles: ['Incident.Read.All'] } }));
});

test('removing a secret cuts the tokens that were taken with it, and only those', async () => {
  const story = await makeStory(services);
  const { secret } = await addSecret(story.home, story.applicationId, { months: 1 });
  const other = await appToken(services, story, { credentialId: secret.id });
  const details = await refusedAfter(await appToken(services, story), () =>
    removeSecret(story.home, story.applicationId, story.secretId),
  );
  assert.deepEqual([details.status, details.code], [401, 'token-revoked']);
  await call(other);
});

test('a tenant or home tenant that is disabled takes its tokens with it', async () => {
  const called = await makeStory(services);
  const first = await refusedAfter(await appToken(services, called), () =>
    changeTenantLife(operator, called.tenant.id, 'disable'),
  );
  assert.deepEqual([first.code, failed(first)], ['tenant-disabled', 'tenant-enabled']);
  const story = await makeStory(services);
  const homeId = story.home.caller.tenantId;
  const second = await refusedAfter(await appToken(services, story), () =>
    changeTenantLife(operator, homeId, 'disable'),
  );
  assert.deepEqual([second.code, failed(second)], ['application-disabled', 'application']);
});

test('a revoked token and a revoked family are refused at the next call', async () => {
  const story = await makeStory(services);
  const who = {
    actor: { kind: 'application', id: story.appId, name: 'app' },
    origin: null,
    correlationId: null,
  } as const;
  const { token, tokenId, expiresAt } = await mintAccessToken(services, {
    ...commonOf(services, story),
    clientAuth: 'secret',
    credentialId: story.secretId,
    app: { servicePrincipalId: story.principalId, roles: ['Incident.Read.All'] },
  });
  const revoked = { tenantId: story.tenant.id, appId: story.appId, tokenId, expiresAt };
  const first = await refusedAfter(token, () => revokeAccessToken(services, who, revoked));
  assert.deepEqual([first.code, failed(first)], ['token-revoked', 'revoked']);

  const user = await makeUser(services, story.tenant, { role: 'security-reader' });
  const parties = { tenantId: story.tenant.id, appId: story.appId, userId: user.id };
  const familyId: TokenFamilyId = await services.store.transaction((trx) =>
    startFamily(services, trx, parties, services.clock() + hourMs),
  );
  const second = await refusedAfter(await userToken(services, story, user, { familyId }), () =>
    revokeFamily(services, who, { ...parties, familyId }, 'client'),
  );
  assert.deepEqual([second.code, failed(second)], ['token-revoked', 'revoked']);
});

test("a person's token opens what the scope opens and the person may do, and tells of the second factor", async () => {
  const story = await makeStory(services);
  const reader = await makeUser(services, story.tenant, { role: 'security-reader' });
  const { caller } = await call(await userToken(services, story, reader));
  assert.equal(caller.subject.kind, 'user');
  assert.ok(may(caller, 'Incident.Read.All'), 'the scope writes, the person reads');
  assert.ok(!may(caller, 'Incident.ReadWrite.All'));
  assert.ok(!may(caller, 'Activities.read'), "the person's other rights stay at home");
  assert.ok(!caller.isFullAdministrator);
  const { credential } = caller;
  assert.equal(credential.kind === 'bearer' && credential.secondFactorAt, services.clock() - minuteMs);
});

test('somebody who lost the role, the account or the assignment has a token that opens nothing more', async () => {
  const story = await makeStory(services);
  const demoted = await makeUser(services, story.tenant, { role: 'security-reader' });
  const token = await userToken(services, story, demoted);
  assert.ok(may((await call(token)).caller, 'Incident.Read.All'));
  const { items } = await listAssignments(story.admin, { user: demoted.userName, skip: 0, limit: 50 });
  for (const { id } of items) await unassignRole(story.admin, id);
  assert.ok(!may((await call(token)).caller, 'Incident.Read.All'));

  const disabled = await makeUser(services, story.tenant, { role: 'security-reader' });
  const gone = await refusedAfter(await userToken(services, story, disabled), () =>
    changeUserLife(story.admin, disabled.userName, 'disable'),
  );
  assert.deepEqual([gone.status, gone.code, failed(gone)], [401, 'owner-not-permitted', 'owner']);

  const assigned = await makeUser(services, story.tenant, { role: 'security-reader' });
  await assignUser(story.admin, story.principalId, assigned.userName);
  await changeServicePrincipal(story.admin, story.principalId, { requiresAssignment: true });
  const unassigned = await refusedAfter(await userToken(services, story, assigned), () =>
    unassignUser(story.admin, story.principalId, assigned.userName),
  );
  assert.deepEqual([unassigned.code, failed(unassigned)], ['not-assigned', 'assignment']);
});

test('a cached token ends with its second, and with the key that signed it', async () => {
  const story = await makeStory(services);
  const token = await appToken(services, story);
  await call(token);
  services.testClock.advance(hourMs);
  const details = await refusalOf(call(token));
  assert.deepEqual([details.status, details.code, failed(details)], [401, 'token-expired', 'expired']);
  assert.equal(details.tenantId, story.tenant.id, 'its signature was ours, so its tenant hears of it');
  const fresh = await appToken(services, story);
  await call(fresh);
  await services.signing.rotate(operator, { withdraw: true });
  assert.deepEqual((await refusalOf(call(fresh))).code, 'invalid-token');
  await call(await appToken(services, story));
});

test('an id token, a token bound to a key and a token without permissions open nothing', async () => {
  const story = await makeStory(services);
  const user = await makeUser(services, story.tenant, { role: 'security-reader' });
  const idToken = await mintIdToken(services, {
    ...commonOf(services, story),
    scopes: ['openid'],
    user: {
      ...{ userId: user.id, userName: user.userName, displayName: user.displayName },
      ...{ subject: 's', authTime: services.clock(), amr: ['pwd'] },
    },
  });
  assert.equal((await refusalOf(call(idToken))).code, 'wrong-credential-kind');
  const bound = await appToken(services, story, { confirmation: { jkt: 'thumbprint' } });
  assert.equal((await refusalOf(call(bound))).code, 'wrong-credential-kind');
  const bare = await appToken(services, story, { app: { servicePrincipalId: story.principalId, roles: [] } });
  assert.equal((await refusalOf(call(bare))).code, 'consent-missing');
  const invented = await appToken(services, story, {
    app: { servicePrincipalId: story.principalId, roles: ['Machine.Isolate'] },
  });
  assert.equal((await refusalOf(call(invented))).code, 'consent-missing');
});

test('what is no token of ours is refused without a word about any tenant', async () => {
  const story = await makeStory(services);
  const token = await appToken(services, story);
  for (const [value, check] of [
    ['garbage', 'credential-format'],
    ['', 'credential-format'],
    [`${token.slice(0, -6)}AAAAAA`, 'signature'],
    [`${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`, 'signature'],
  ] as const) {
    const details = await refusalOf(call(value));
    assert.deepEqual([details.status, details.tenantId, failed(details)], [401, null, check]);
    assert.doesNotMatch(JSON.stringify(details), new RegExp(story.tenant.id));
  }
});

test('API tokens open the cloud-apps surface only, and a call without credential says so', async () => {
  const details = await refusalOf(Promise.resolve(gate.admitOn('graph', arrivalWith('Token slpatxyz'))));
  assert.equal(details.code, 'invalid-token');
  assert.equal(
    (await refusalOf(Promise.resolve(gate.admitOn('graph', arrivalWith(undefined))))).code,
    'not-authenticated',
  );
});
