import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTenant, makeUser } from '../../test/support/accounts.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import { minuteMs, secondMs } from '../lib/clock.ts';
import { StoreUnavailable } from '../lib/failures.ts';
import { type AppId, type CorrelationId, newId, type ServicePrincipalId } from '../lib/ids.ts';
import type { Parties } from './authorizations.ts';
import { ClientFailures } from './client-failures.ts';
import { type CodeBody, findCode, issueCode, redeemCode, revokeReplayed } from './codes.ts';
import {
  approveDevice,
  createDeviceCode,
  findByUserCode,
  findDeviceCode,
  normaliseUserCode,
  redeemDeviceCode,
} from './device-codes.ts';
import { isFamilyInForce, revokeFamilies } from './families.ts';
import { IssuanceRecorder } from './issuance-recorder.ts';
import { findRefreshToken, isReused, type RefreshBody, renewRefreshToken, replacedGraceMs } from './refresh-tokens.ts';
import { isAccessTokenRevoked, revokeAccessToken } from './revoked-tokens.ts';
import { claimOnce } from './used-proofs.ts';

let services: TestServices;
before(async () => {
  services = await testServices();
});
after(() => services.dispose());

const who = { actor: { kind: 'system' as const, id: null, name: 'test' }, origin: null, correlationId: null };

async function makeParties(): Promise<Parties> {
  const tenant = await makeTenant(services);
  const user = await makeUser(services, tenant);
  return { tenantId: tenant.id, userId: user.id, appId: newId<AppId>() };
}

const proof = () => ({ authTime: services.clock(), amr: ['pwd'], secondFactorAt: null, sessionId: null });
const codeBody = (): CodeBody => ({
  version: 2,
  scope: 'openid',
  resource: null,
  redirectUri: 'https://client.example/',
  redirectKind: 'web',
  codeChallenge: null,
  nonce: null,
  proof: proof(),
});
const refreshBody = (): RefreshBody => ({
  version: 2,
  scope: 'openid',
  resource: null,
  clientKind: 'confidential',
  isSpa: false,
  proof: proof(),
});

async function storedCode(parties: Parties) {
  const code = await findCode(services, await issueCode(services, parties, codeBody()));
  assert.ok(code);
  return code;
}

async function storedToken(parties: Parties) {
  const redeemed = await redeemCode(services, await storedCode(parties), refreshBody());
  assert.ok(redeemed);
  assert.ok(redeemed.refreshToken);
  const token = await findRefreshToken(services, redeemed.refreshToken);
  assert.ok(token);
  return token;
}

test('one of two parallel redemptions of a code wins, and only its refresh token exists', async () => {
  const parties = await makeParties();
  const code = await storedCode(parties);
  const outcomes = await Promise.all([1, 2, 3].map(() => redeemCode(services, code, refreshBody())));
  assert.equal(outcomes.filter(Boolean).length, 1);
  const rows = await services.store.db
    .selectFrom('refreshTokens')
    .selectAll()
    .where('familyId', '=', code.familyId)
    .execute();
  assert.equal(rows.length, 1);
});

test('what goes wrong during a redemption leaves the code as it was', async () => {
  const parties = await makeParties();
  const code = await storedCode(parties);
  // The family is there already, so the transaction fails after the code was claimed in it.
  await redeemCode(services, { ...(await storedCode(parties)), familyId: code.familyId }, null);
  await assert.rejects(redeemCode(services, code, refreshBody()));
  const row = await services.store.db
    .selectFrom('authorizationCodes')
    .selectAll()
    .where('hash', '=', code.hash)
    .executeTakeFirst();
  assert.equal(row?.redeemedAt, null);
});

test('neither codes nor tokens are in the store, only their hashes', async () => {
  const parties = await makeParties();
  const value = await issueCode(services, parties, codeBody());
  const rows = JSON.stringify(await services.store.db.selectFrom('authorizationCodes').selectAll().execute());
  assert.ok(!rows.includes(value) && !rows.includes(value.slice(5)));
  for (const other of ['', 'x', `${value}x`, value.toLowerCase(), `slprt${value.slice(5)}`]) {
    assert.equal(await findCode(services, other), undefined);
  }
});

test('a replayed code revokes its family once, with a record in the audit', async () => {
  const parties = await makeParties();
  const token = await storedToken(parties);
  const code = { ...token, body: codeBody(), isRedeemed: true };
  assert.equal(await isFamilyInForce(services, parties.tenantId, token.familyId), true);
  await revokeReplayed(services, who, code);
  await revokeReplayed(services, who, code);
  assert.equal(await isFamilyInForce(services, parties.tenantId, token.familyId), false);
  const records = await services.store.db
    .selectFrom('auditRecords')
    .selectAll()
    .where('tenantId', '=', parties.tenantId)
    .where('action', '=', 'token-family.revoke')
    .execute();
  assert.equal(records.length, 1);
  assert.equal(await renewRefreshToken(services, token, 'value', 'rotate'), false);
});

test('a family of another tenant is not in force here', async () => {
  const token = await storedToken(await makeParties());
  const other = await makeParties();
  assert.equal(await isFamilyInForce(services, other.tenantId, token.familyId), false);
});

test('the first replacement counts: later ones do not stretch the moment of grace', async () => {
  const token = await storedToken(await makeParties());
  assert.ok(await renewRefreshToken(services, token, 'value', 'rotate'));
  services.testClock.advance(replacedGraceMs - secondMs);
  assert.ok(await renewRefreshToken(services, token, 'value', 'rotate'));
  const value = await services.store.db
    .selectFrom('refreshTokens')
    .selectAll()
    .where('hash', '=', token.hash)
    .executeTakeFirstOrThrow();
  const replaced = { ...token, replacedAt: value.replacedAt };
  assert.equal(isReused(replaced, services.clock()), false);
  services.testClock.advance(2 * secondMs);
  assert.equal(isReused(replaced, services.clock()), true);
});

test('all that a person, an app, or both have is revoked together', async () => {
  const parties = await makeParties();
  const mine = [await storedToken(parties), await storedToken(parties)];
  const otherApp = await storedToken({ ...parties, appId: newId<AppId>() });
  const revoked = await services.store.change(parties.tenantId, (trx) =>
    revokeFamilies(services, trx, parties.tenantId, { appId: parties.appId }, 'administrator'),
  );
  assert.equal(revoked, 2);
  for (const { familyId } of mine) assert.equal(await isFamilyInForce(services, parties.tenantId, familyId), false);
  assert.equal(await isFamilyInForce(services, parties.tenantId, otherApp.familyId), true);
});

test('a proof counts once, for each issuer by itself', async () => {
  const one = { kind: 'client-assertion' as const, issuer: 'a', id: '1', expiresAt: services.clock() + minuteMs };
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => claimOnce(services, one)));
  assert.deepEqual(outcomes.sort(), [false, false, false, true]);
  assert.equal(await claimOnce(services, { ...one, issuer: 'b' }), true);
});

test('a device code is approved once and redeemed once, for the tenant that it asked for', async () => {
  const parties = await makeParties();
  const body = { version: 2 as const, scope: 'openid', resource: null, address: '10.0.0.1', userAgent: 'tv' };
  const begun = await createDeviceCode(services, parties.appId, parties.tenantId, body);
  const request = await findByUserCode(services, begun.userCode);
  assert.ok(request);
  const stranger = await makeParties();
  assert.equal(await approveDevice(services, request, { ...stranger, proof: proof() }), false);
  const approvals = await Promise.all(
    [1, 2].map(() => approveDevice(services, request, { ...parties, proof: proof() })),
  );
  assert.deepEqual(approvals.sort(), [false, true]);
  const approved = await findDeviceCode(services, begun.deviceCode);
  assert.ok(approved?.status === 'approved' && approved.tenantId && approved.userId);
  const { tenantId, userId } = approved;
  const outcomes = await Promise.all(
    [1, 2].map(() => redeemDeviceCode(services, { ...approved, tenantId, userId }, null)),
  );
  assert.equal(outcomes.filter(Boolean).length, 1);
});

test('user codes are read as people type them', () => {
  assert.equal(normaliseUserCode(' bcdf-ghj kl'), 'BCDFGHJKL');
  for (const text of ['', 'BCDFGHJK', 'BCDFGHJKLM', 'ABCDFGHJK', 'BCDFGHJK1'])
    assert.equal(normaliseUserCode(text), undefined);
});

test('a revoked access token is revoked in its tenant, once in the audit', async () => {
  const { tenantId, appId } = await makeParties();
  const token = { tenantId, appId, tokenId: 'token-1', expiresAt: services.clock() + minuteMs };
  await revokeAccessToken(services, who, token);
  await revokeAccessToken(services, who, token);
  assert.equal(await isAccessTokenRevoked(services, tenantId, 'token-1'), true);
  assert.equal(await isAccessTokenRevoked(services, (await makeParties()).tenantId, 'token-1'), false);
  const records = await services.store.db
    .selectFrom('auditRecords')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('action', '=', 'access-token.revoke')
    .execute();
  assert.equal(records.length, 1);
});

test('wrong credentials are counted by app and address, IPv6 by its network', () => {
  const failures = new ClientFailures(services);
  const { clientFailuresMax, lockOutSeconds } = services.config;
  for (let each = 0; each < clientFailuresMax; each++) failures.note('app', `2001:db8:0:1::${each}`);
  assert.equal(failures.waitSeconds('app', '2001:db8:0:1:ffff::'), lockOutSeconds);
  assert.equal(failures.waitSeconds('app', '2001:db8:0:2::1'), 0);
  assert.equal(failures.waitSeconds('other', '2001:db8:0:1::1'), 0);
  services.testClock.advance(lockOutSeconds * secondMs);
  assert.equal(failures.waitSeconds('app', '2001:db8:0:1::1'), 0);
  failures.note('app', '2001:db8:0:1::1');
  assert.equal(failures.waitSeconds('app', '2001:db8:0:1::1'), 0);
});

test('issued tokens become one record for each app, credential and person, and survive a failed write', async () => {
  const { tenantId, appId } = await makeParties();
  let isDown = false;
  const store: typeof services.store = {
    ...services.store,
    transaction: async (work) => {
      if (isDown) throw new StoreUnavailable('disk-full', 'The disk is full.');
      return await services.store.transaction(work);
    },
  };
  const recorder = new IssuanceRecorder({ ...services, store });
  const issuance = {
    ...{
      tenantId,
      appId,
      appName: 'App',
      servicePrincipalId: newId<ServicePrincipalId>(),
      grant: 'client_credentials',
    },
    ...{ credentialId: 'c1', resource: 'API', user: null, origin: { address: '10.0.0.1', userAgent: 'test' } },
    correlationId: newId<CorrelationId>(),
  };
  const readAll = async () => {
    const rows = await services.store.db
      .selectFrom('auditRecords')
      .selectAll()
      .where('tenantId', '=', tenantId)
      .where('action', '=', 'token.issue')
      .execute();
    return rows.map(
      (row) =>
        JSON.parse(row.body) as { correlationId: string | null; details: { count: number; credentialId: string } },
    );
  };
  for (let each = 0; each < 5; each++) await recorder.note(issuance);
  isDown = true;
  await recorder.flush();
  assert.deepEqual(await readAll(), []);
  await recorder.note(issuance);
  isDown = false;
  await recorder.note({ ...issuance, credentialId: 'c2' });
  await recorder.flush();
  assert.deepEqual((await readAll()).map(({ details }) => [details.credentialId, details.count]).sort(), [
    ['c1', 6],
    ['c2', 1],
  ]);
  assert.deepEqual(
    (await readAll()).map(({ correlationId }) => correlationId).sort(),
    [issuance.correlationId, null].sort(),
  );
  await recorder.close();
});
