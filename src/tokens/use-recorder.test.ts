import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { makeTenant, makeUser } from '../../test/support/accounts.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import { testStoreKind } from '../../test/support/store.ts';
import type { Tenant } from '../directory/tenants.ts';
import { newId, type TokenId, type UserId } from '../lib/ids.ts';
import { insertToken, type TokenRow } from './store.ts';
import { type Use, UseRecorder } from './use-recorder.ts';

let services: TestServices;
let tenant: Tenant;
let ownerId: UserId;
before(async () => {
  services = await testServices();
  tenant = await makeTenant(services);
  ownerId = (await makeUser(services, tenant)).id;
});
after(() => services.dispose());

async function makeRow(): Promise<TokenId> {
  const id = newId<TokenId>();
  const row: TokenRow = {
    id,
    tenantId: tenant.id,
    ownerId,
    name: id,
    createdAt: 0,
    expiresAt: null,
    permissions: null,
    allowedAddresses: null,
    lastUsedAt: null,
    lastUsedAddress: null,
    lastUsedFor: null,
    revokedAt: null,
    revokedBy: null,
  };
  await services.store.transaction((trx) => insertToken(trx, tenant.id, row));
  return id;
}

const use = (id: TokenId, at: number, usedFor = 'GET /', tenantId = tenant.id): Use => ({
  tenantId,
  credential: { kind: 'api-token', id },
  at,
  address: '192.0.2.1',
  usedFor,
});
const read = (id: TokenId) =>
  services.store.db.selectFrom('apiTokens').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

test('the last of many uses is the one that is kept', async () => {
  const recorder = new UseRecorder(services);
  const id = await makeRow();
  for (let at = 1; at <= 100; at++) recorder.note(use(id, at, `call ${at}`));
  await recorder.flush();
  const row = await read(id);
  assert.deepEqual([row.lastUsedAt, row.lastUsedFor, row.lastUsedAddress], [100, 'call 100', '192.0.2.1']);
  recorder.note(use(id, 100, 'another in the same millisecond'));
  await recorder.close();
  assert.equal((await read(id)).lastUsedFor, 'another in the same millisecond');
});

test('a use that another process noted later is not overwritten by an earlier one', async () => {
  const [one, two] = [new UseRecorder(services), new UseRecorder(services)];
  const id = await makeRow();
  one.note(use(id, 500, 'earlier'));
  two.note(use(id, 900, 'later'));
  await two.close();
  await one.close();
  assert.equal((await read(id)).lastUsedFor, 'later');
});

test('a use that could not be written waits for the next attempt, unless a later one overtook it', {
  skip: testStoreKind === 'postgres',
}, async () => {
  const recorder = new UseRecorder(services);
  const [waiting, overtaken] = [await makeRow(), await makeRow()];
  recorder.note(use(waiting, 1, 'waits'));
  recorder.note(use(overtaken, 1, 'overtaken'));
  await sql`pragma query_only = 1`.execute(services.store.db);
  const attempt = recorder.flush();
  recorder.note(use(overtaken, 2, 'later'));
  await attempt;
  assert.equal((await read(waiting)).lastUsedAt, null);
  await sql`pragma query_only = 0`.execute(services.store.db);
  await recorder.close();
  assert.deepEqual([(await read(waiting)).lastUsedFor, (await read(overtaken)).lastUsedFor], ['waits', 'later']);
});

test('batches of many tokens from two processes at the same time do not wait for each other', async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, makeRow));
  const recorders = [new UseRecorder(services), new UseRecorder(services)];
  for (let round = 1; round <= 5; round++) {
    for (const [n, id] of ids.entries()) recorders[n % 2]?.note(use(id, round));
    for (const [n, id] of ids.toReversed().entries()) recorders[n % 2]?.note(use(id, round));
    await Promise.all(recorders.map((recorder) => recorder.flush()));
  }
  await Promise.all(recorders.map((recorder) => recorder.close()));
  for (const id of ids) assert.equal((await read(id)).lastUsedAt, 5);
});

test('what a client calls itself is cut, and a use under a foreign tenant marks nothing', async () => {
  const recorder = new UseRecorder(services);
  const [long, foreign] = [await makeRow(), await makeRow()];
  const other = await makeTenant(services);
  recorder.note(use(long, 1, 'x'.repeat(10_000)));
  recorder.note(use(foreign, 1, 'GET /', other.id));
  await recorder.close();
  assert.equal((await read(long)).lastUsedFor?.length, 300);
  assert.equal((await read(foreign)).lastUsedAt, null);
});
