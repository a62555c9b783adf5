import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ctxOf } from '../../test/directory-ctx.ts';
import { makeTenant, makeUser } from '../../test/support/accounts.ts';
import { secondNode, type TestServices, testKeys, testServices } from '../../test/support/services.ts';
import { testStoreKind } from '../../test/support/store.ts';
import type { Ctx, Services } from '../context.ts';
import { dayMs, hourMs, secondMs } from '../lib/clock.ts';
import { type AppId, newId, type ServicePrincipalId, systemTenantId, type TenantId } from '../lib/ids.ts';
import { keyDocumentV1, keyDocumentV2 } from './key-documents.ts';
import { mintAccessToken } from './mint.ts';
import { openSigningKeys } from './signing-keys.ts';
import { verifyToken } from './verify.ts';

let services: TestServices;
let operator: Ctx;
beforeEach(async () => {
  await services?.dispose();
  services = await testServices();
  const tenant = await makeTenant(services, true);
  operator = ctxOf(services, tenant, await makeUser(services, tenant), ['Tenants.manage']);
});
after(() => services.dispose());

/** A token of nobody's app: these tests look at its signature only. */
async function mintOne(from: Services = services, lifetimeSeconds = 3600): Promise<string> {
  const app = { servicePrincipalId: newId<ServicePrincipalId>(), roles: ['Incident.Read.All'] };
  const { token } = await mintAccessToken(from, {
    version: 2,
    origin: 'https://localhost:8443',
    tenantId: newId<TenantId>(),
    audience: 'https://api.security.microsoft.com',
    appId: newId<AppId>(),
    clientAuth: 'secret',
    credentialId: null,
    nowMs: from.clock(),
    lifetimeSeconds,
    app,
  });
  return token;
}

const outcome = async (token: string, by: Services = services): Promise<string> => {
  const result = await verifyToken(by, token);
  return result.isValid ? 'valid' : result.reason;
};
const ids = async (): Promise<string[]> => (await services.signing.published()).map(({ id }) => id);
const rows = () => services.store.db.selectFrom('signingKeys').selectAll().orderBy('signsFrom').execute();

test('the first use makes one key, however many ask at once and in however many processes', async () => {
  const others = [openSigningKeys(services), openSigningKeys(services)];
  const keys = await Promise.all([services.signing, ...others].flatMap((each) => [each.current(), each.current()]));
  assert.equal(new Set(keys.map(({ id }) => id)).size, 1);
  assert.equal((await rows()).length, 1);
  assert.equal((await services.signing.current()).signsFrom, services.clock(), 'the first key signs at once');
});

test('asking for the published keys makes the first one too', async () => {
  assert.equal((await ids()).length, 1);
});

test('the private half lies in the store sealed, and another master key does not open it', async () => {
  await services.signing.current();
  const [row] = await rows();
  assert.ok(row);
  assert.doesNotMatch(JSON.stringify(row), /PRIVATE KEY/);
  assert.doesNotMatch(Buffer.from(row.sealedPrivateKey, 'base64').toString('latin1'), /PRIVATE KEY/);
  const stranger = openSigningKeys({ ...services, keys: testKeys() });
  await assert.rejects(stranger.current());
});

test('a key is RSA-2048, and its id is the SHA-1 of its certificate, as kid and x5t are', async () => {
  const key = await services.signing.current();
  const der = Buffer.from(key.certificate, 'base64');
  assert.equal(key.id, createHash('sha1').update(der).digest('base64url'));
  const certificate = new X509Certificate(der);
  assert.ok(certificate.verify(certificate.publicKey), 'self-signed');
  assert.equal(key.publicKey.asymmetricKeyDetails?.modulusLength, 2048);
  assert.ok(certificate.validToDate.getTime() > services.clock() + services.config.signingKeyDays * dayMs);
});

test('the v1 document has the members that clients know, the v2 document the issuer besides', async () => {
  const keys = await services.signing.published();
  const [v1] = keyDocumentV1(keys).keys;
  const [v2] = keyDocumentV2(keys, 'https://localhost:8443').keys;
  assert.deepEqual(Object.keys(v1 ?? {}), ['kty', 'use', 'kid', 'x5t', 'n', 'e', 'x5c']);
  assert.deepEqual(v2, { ...v1, issuer: 'https://localhost:8443/{tenantid}/v2.0' });
  assert.equal(v1?.kid, v1?.x5t);
  assert.equal(v1?.e, 'AQAB');
});

test('a rotated key is published at once, signs a day later, and the old one stays until its last token has ended', async () => {
  const { id: oldId } = await services.signing.current();
  const { id: newKeyId, state } = await services.signing.rotate(operator);
  assert.equal(state, 'waiting');
  assert.deepEqual(await ids(), [oldId, newKeyId]);
  services.testClock.advance(dayMs - secondMs);
  assert.equal((await services.signing.current()).id, oldId, 'not before its day');
  const lastOfOld = await mintOne(services, 86_400);
  services.testClock.advance(secondMs);
  assert.equal((await services.signing.current()).id, newKeyId);
  services.testClock.advance(dayMs - 2 * secondMs);
  assert.equal(await outcome(lastOfOld), 'valid', 'to its last second');
  services.testClock.advance(hourMs);
  await services.signing.upkeep();
  assert.deepEqual(await ids(), [newKeyId]);
  assert.equal(await outcome(lastOfOld), 'unknown-key');
});

test('a key makes its successor by itself, a day before its days are over', async () => {
  const { id: oldId } = await services.signing.current();
  services.testClock.advance((services.config.signingKeyDays - 1) * dayMs - secondMs);
  await services.signing.current();
  await services.signing.upkeep();
  assert.deepEqual(await ids(), [oldId], 'a second too early');
  services.testClock.advance(secondMs);
  assert.equal((await services.signing.current()).id, oldId, 'the use that noticed did not wait');
  await services.signing.upkeep();
  const [, successor] = await ids();
  assert.ok(successor);
  services.testClock.advance(dayMs);
  assert.equal((await services.signing.current()).id, successor);
  assert.equal((await ids()).length, 2);
});

test('processes that notice together make one successor', async () => {
  const other = openSigningKeys(services);
  await services.signing.current();
  services.testClock.advance(services.config.signingKeyDays * dayMs);
  await Promise.all([services.signing.upkeep(), other.upkeep(), services.signing.upkeep()]);
  assert.equal((await rows()).length, 2);
});

test('the private half of a retired key is erased while its public half still verifies', async () => {
  const { id } = await services.signing.current();
  const token = await mintOne();
  await services.signing.rotate(operator, { immediately: true });
  services.testClock.advance(hourMs - secondMs);
  await services.signing.upkeep();
  assert.notEqual((await rows()).find((row) => row.id === id)?.sealedPrivateKey, '');
  assert.equal(await outcome(token), 'valid');
  services.testClock.advance(secondMs);
  await services.signing.upkeep();
  assert.equal((await rows()).find((row) => row.id === id)?.sealedPrivateKey, '');
  assert.equal((await ids()).length, 2);
});

test('an immediate rotation signs at once and cuts no token', async () => {
  const before = await mintOne();
  const { id, state } = await services.signing.rotate(operator, { immediately: true });
  assert.equal(state, 'signing');
  assert.equal((await services.signing.current()).id, id);
  assert.equal(await outcome(before), 'valid');
  assert.equal(await outcome(await mintOne()), 'valid');
});

test('withdrawing refuses every token of the keys before, and a key that waited never signs', async () => {
  const before = await mintOne();
  const waiting = await services.signing.rotate(operator);
  const { id } = await services.signing.rotate(operator, { withdraw: true });
  assert.equal(await outcome(before), 'unknown-key');
  assert.deepEqual(await ids(), [id]);
  services.testClock.advance(2 * dayMs);
  assert.equal((await services.signing.current()).id, id);
  assert.ok(!(await rows()).some((row) => row.id === waiting.id));
});

test('nobody rotates while a key waits, and nobody fills the document with keys', async () => {
  await services.signing.current();
  await services.signing.rotate(operator);
  await assert.rejects(services.signing.rotate(operator), { code: 'signing-key-waiting' });
  await services.store.db.deleteFrom('signingKeys').execute();
  await openSigningKeys(services).current();
  const [row] = await rows();
  assert.ok(row);
  for (let number = 1; number < 20; number++) {
    await services.store.db
      .insertInto('signingKeys')
      .values({ ...row, id: `spare ${number}` })
      .execute();
  }
  await assert.rejects(services.signing.rotate(operator, { immediately: true }), { code: 'too-many-signing-keys' });
});

test('only the administrators of the operator list and rotate keys, and what they did is in the audit', async () => {
  const stranger = ctxOf(
    services,
    await makeTenant(services),
    await makeUser(services, await makeTenant(services)),
    [],
  );
  await assert.rejects(services.signing.list(stranger), { name: 'Refusal' });
  await assert.rejects(services.signing.rotate(stranger, { withdraw: true }), { name: 'Refusal' });
  assert.deepEqual(await rows(), []);
  await services.signing.current();
  const { id } = await services.signing.rotate(operator);
  const listed = await services.signing.list(operator);
  assert.deepEqual(
    listed.map(({ state }) => state),
    ['signing', 'waiting'],
  );
  assert.doesNotMatch(JSON.stringify(listed), /sealed|PRIVATE/);
  const records = await services.store.db
    .selectFrom('auditRecords')
    .select(['action', 'actor', 'body'])
    .where('tenantId', '=', systemTenantId)
    .orderBy('sequence')
    .execute();
  assert.deepEqual(
    records.map(({ action }) => action),
    ['signing-key.create', 'signing-key.rotate'],
  );
  assert.ok(records[1]?.body.includes(id));
  assert.doesNotMatch(JSON.stringify(records), /PRIVATE/);
});

test('a clock behind the one that made the first key makes no other', async () => {
  const { id } = await services.signing.current();
  services.testClock.moveTo(services.clock() - 10 * secondMs);
  assert.equal((await openSigningKeys(services).current()).id, id);
  assert.equal((await rows()).length, 1);
});

test('what one process does to the keys another one obeys within a second', {
  skip: testStoreKind === 'postgres' ? false : 'the embedded store belongs to one process',
}, async () => {
  const other = await secondNode(services);
  const first = await mintOne();
  assert.equal(await outcome(first, other), 'valid');
  await services.signing.rotate(operator, { immediately: true });
  assert.equal(await outcome(await mintOne(), other), 'valid', 'a key that was made a moment ago');
  const { id } = await services.signing.rotate(operator, { withdraw: true });
  const until = performance.now() + 1000;
  while ((await outcome(first, other)) === 'valid') {
    assert.ok(performance.now() < until, 'a withdrawn key is still taken after a second');
    await sleep(5);
  }
  assert.equal((await other.signing.current()).id, id);
});
