import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestClock } from '../../test/support/clock.ts';
import { testKeys } from '../../test/support/services.ts';
import { openTestStore, type TestStore, testStoreKind } from '../../test/support/store.ts';
import type { Db } from '../db/store.ts';
import type { AuditRecordsTable } from '../db/tables.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import { type AuditEntry, type KnownHead, recordAuditAs, type Verification, verifyChain } from './audit.ts';
import { chainStart, headMac, recordHash } from './chain.ts';
import type { AuditHead, AuditRow } from './store.ts';

const clock = new TestClock();
const keys = testKeys();
const who = { actor: { kind: 'system' as const, id: null, name: 'test' }, origin: null, correlationId: null };
let place: TestStore;
let db: Db;
before(async () => {
  place = await openTestStore();
  db = place.store.db;
});
after(() => place.dispose());

const services = () => ({ store: place.store, keys, clock: clock.now });
const verify = (tenantId: TenantId, known: KnownHead | null = null) => verifyChain(services(), tenantId, known);

async function append(tenantId: TenantId, entry: Partial<AuditEntry> = {}, store = place.store): Promise<void> {
  clock.advance(1000);
  await store.transaction((trx) =>
    recordAuditAs({ keys, clock: clock.now }, trx, tenantId, who, { action: 'test.act', ...entry }),
  );
}

async function chainOf(records: number): Promise<TenantId> {
  const tenantId = newId<TenantId>();
  for (let n = 1; n <= records; n++) await append(tenantId, { details: { n } });
  return tenantId;
}

const rowsOf = (tenantId: TenantId): Promise<AuditRow[]> =>
  db.selectFrom('auditRecords').selectAll().where('tenantId', '=', tenantId).orderBy('sequence').execute();
const headOf = (tenantId: TenantId): Promise<AuditHead> =>
  db
    .selectFrom('auditHeads')
    .select(['sequence', 'hash', 'mac'])
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
const remove = (tenantId: TenantId, from: number, to = from) =>
  db
    .deleteFrom('auditRecords')
    .where('tenantId', '=', tenantId)
    .where('sequence', '>=', from)
    .where('sequence', '<=', to)
    .execute();
const alter = (tenantId: TenantId, sequence: number, change: Partial<AuditRecordsTable>) =>
  db
    .updateTable('auditRecords')
    .set(change)
    .where('tenantId', '=', tenantId)
    .where('sequence', '=', sequence)
    .execute();
const found = ({ problems }: Verification) => problems.map(({ sequence, kind }) => `${kind} ${sequence}`);

test('an untouched chain is intact', async () => {
  for (const records of [1, 2, 7]) {
    const result = await verify(await chainOf(records));
    assert.deepEqual(
      [result.intact, result.records, result.head.sequence, result.problems],
      [true, records, records, []],
    );
  }
});

test('a record with any one of its columns altered is found and named, wherever it stands', async () => {
  const changes: [string, (row: AuditRow) => Partial<AuditRecordsTable>][] = [
    ['at', (row) => ({ at: row.at + 1 })],
    ['at beyond all dates', () => ({ at: 9e15 })],
    ['action', () => ({ action: 'test.other' })],
    ['actor', () => ({ actor: 'somebody else' })],
    ['body', (row) => ({ body: row.body.replace('"done"', '"gone"') })],
    ['body spacing', (row) => ({ body: `${row.body} ` })],
    ['body without meaning', () => ({ body: 'null' })],
    ['body that is no JSON', () => ({ body: '{' })],
    ['previousHash', (row) => ({ previousHash: flipped(row.previousHash) })],
    ['hash', (row) => ({ hash: flipped(row.hash) })],
    ['hash cut', (row) => ({ hash: row.hash.slice(1) })],
  ];
  for (const sequence of [1, 3, 5]) {
    for (const [what, change] of changes) {
      const tenantId = await chainOf(5);
      const row = (await rowsOf(tenantId))[sequence - 1];
      assert.ok(row);
      await alter(tenantId, sequence, change(row));
      const result = await verify(tenantId);
      assert.equal(result.intact, false, `${what} of ${sequence}`);
      assert.ok(found(result).includes(`altered ${sequence}`), `${what} of ${sequence}: ${found(result)}`);
    }
  }
});

function flipped(hash: string): string {
  return (hash.startsWith('0') ? '1' : '0') + hash.slice(1);
}

test('every single byte of a record counts', async () => {
  const tenantId = await chainOf(2);
  const [row] = await rowsOf(tenantId);
  assert.ok(row);
  for (let at = 0; at < row.body.length; at++) {
    const letter = row.body[at] === 'x' ? 'y' : 'x';
    await alter(tenantId, 1, { body: row.body.slice(0, at) + letter + row.body.slice(at + 1) });
    assert.ok(found(await verify(tenantId)).includes('altered 1'), `byte ${at}`);
  }
  await alter(tenantId, 1, { body: row.body });
  assert.equal((await verify(tenantId)).intact, true);
});

test('removed records are found and named: the first, one in the middle, several', async () => {
  for (const [from, to, sentence] of [
    [1, 1, /Record 1 is missing/],
    [3, 3, /Record 3 is missing/],
    [2, 4, /Records 2 to 4 are missing/],
  ] as const) {
    const tenantId = await chainOf(5);
    await remove(tenantId, from, to);
    const result = await verify(tenantId);
    assert.deepEqual(found(result), [`removed ${from}`]);
    assert.match(result.problems[0]?.detail ?? '', sentence);
  }
});

test('a cut-off tail is found and named, and so is a log of which nothing is left', async () => {
  for (const from of [5, 3, 1]) {
    const tenantId = await chainOf(5);
    await remove(tenantId, from, 5);
    const result = await verify(tenantId);
    assert.deepEqual(found(result), [`cut-off ${from}`]);
    assert.match(result.problems[0]?.detail ?? '', new RegExp(`after record ${from - 1}: ${6 - from} later record`));
  }
});

test('a tail that is cut off together with the head is found: the head is missing or does not fit', async () => {
  const tenantId = await chainOf(5);
  const fourth = (await rowsOf(tenantId))[3];
  await remove(tenantId, 5);
  await db
    .updateTable('auditHeads')
    .set({ sequence: 4, hash: fourth?.hash ?? '' })
    .where('tenantId', '=', tenantId)
    .execute();
  assert.deepEqual(found(await verify(tenantId)), ['head-altered 4']);
  await db.deleteFrom('auditHeads').where('tenantId', '=', tenantId).execute();
  assert.deepEqual(found(await verify(tenantId)), ['head-altered 4']);
});

test('everything removed, head and all, is found by whoever remembers a head', async () => {
  const tenantId = await chainOf(3);
  const known = (await verify(tenantId)).head;
  await remove(tenantId, 1, 3);
  await db.deleteFrom('auditHeads').where('tenantId', '=', tenantId).execute();
  const result = await verify(tenantId, known);
  assert.equal(result.known, 'missing');
  assert.ok(found(result).includes('head-altered 0') && found(result).includes('cut-off 3'), String(found(result)));
});

test('swapped, renumbered and copied records are found', async () => {
  const swapped = await chainOf(5);
  await alter(swapped, 2, { sequence: 100 });
  await alter(swapped, 3, { sequence: 2 });
  await alter(swapped, 100, { sequence: 3 });
  assert.ok(found(await verify(swapped)).includes('altered 2') && found(await verify(swapped)).includes('altered 3'));

  const closedUp = await chainOf(5);
  await remove(closedUp, 2);
  for (const sequence of [3, 4, 5]) await alter(closedUp, sequence, { sequence: sequence - 1 });
  assert.ok(found(await verify(closedUp)).includes('altered 2'));

  const other = await chainOf(3);
  const target = await chainOf(3);
  const foreign = (await rowsOf(other))[1];
  assert.ok(foreign);
  await alter(target, 2, { ...foreign, tenantId: target });
  assert.ok(found(await verify(target)).includes('altered 2'));
});

test('the whole log of one tenant in the place of another is found', async () => {
  const [mine, other] = [await chainOf(3), await chainOf(3)];
  const [rows, head] = [await rowsOf(other), await headOf(other)];
  await remove(mine, 1, 3);
  await db
    .insertInto('auditRecords')
    .values(rows.map((row) => ({ ...row, tenantId: mine })))
    .execute();
  await db.updateTable('auditHeads').set(head).where('tenantId', '=', mine).execute();
  assert.deepEqual(found(await verify(mine)), ['altered 1', 'altered 2', 'altered 3', 'head-altered 3']);
});

test('who can write the database but has not the key can forge no record and no head', async () => {
  const tenantId = await chainOf(3);
  const head = await headOf(tenantId);
  const wrongKey = testKeys().audit;
  const body = JSON.stringify({ sequence: 4, at: new Date(clock.now()).toISOString(), action: 'a', actor: who.actor });
  const hash = recordHash(wrongKey, tenantId, 4, head.hash, body);
  const forged = {
    tenantId,
    sequence: 4,
    at: clock.now(),
    action: 'a',
    actor: 'test',
    body,
    previousHash: head.hash,
    hash,
  };
  await db.insertInto('auditRecords').values(forged).execute();
  assert.ok(found(await verify(tenantId)).includes('altered 4'));
  await db
    .updateTable('auditHeads')
    .set({ sequence: 4, hash, mac: headMac(wrongKey, tenantId, 4, hash) })
    .where('tenantId', '=', tenantId)
    .execute();
  assert.deepEqual(found(await verify(tenantId)), ['altered 4', 'head-altered 4']);
});

test('records put in before the first or behind the last are found', async () => {
  const tenantId = await chainOf(3);
  const third = (await rowsOf(tenantId))[2];
  assert.ok(third);
  for (const sequence of [0, -1, 4]) {
    await db
      .insertInto('auditRecords')
      .values({ ...third, sequence })
      .execute();
    const result = await verify(tenantId);
    assert.ok(found(result).includes(`altered ${sequence}`), `${sequence}: ${found(result)}`);
    await remove(tenantId, sequence);
  }
  assert.equal((await verify(tenantId)).intact, true);
});

test('a head of an earlier time over the records of today is found', async () => {
  const tenantId = await chainOf(3);
  const earlier = await headOf(tenantId);
  await append(tenantId);
  await db.updateTable('auditHeads').set(earlier).where('tenantId', '=', tenantId).execute();
  assert.deepEqual(found(await verify(tenantId)), ['head-altered 3']);
});

test('a database put back to an earlier, complete state is found by whoever remembers a later head', async () => {
  const tenantId = await chainOf(3);
  const [rows, head] = [await rowsOf(tenantId), await headOf(tenantId)];
  await append(tenantId);
  const known = (await verify(tenantId)).head;
  await remove(tenantId, 1, 4);
  await db.insertInto('auditRecords').values(rows).execute();
  await db.updateTable('auditHeads').set(head).where('tenantId', '=', tenantId).execute();
  assert.equal((await verify(tenantId)).intact, true, 'the earlier state is consistent in itself');
  const result = await verify(tenantId, known);
  assert.deepEqual([result.intact, result.known, found(result)], [false, 'missing', ['cut-off 4']]);
  // Even when other records have been written over it since.
  await append(tenantId, { details: { n: 'rewritten' } });
  assert.equal((await verify(tenantId, known)).known, 'missing');
});

test('a remembered head is found again as long as its record stands, however many came after', async () => {
  const tenantId = await chainOf(2);
  const known = (await verify(tenantId)).head;
  await append(tenantId);
  assert.deepEqual([(await verify(tenantId, known)).known, (await verify(tenantId, known)).intact], ['present', true]);
  assert.equal((await verify(tenantId, { ...known, hash: flipped(known.hash) })).known, 'missing');
  assert.equal((await verify(tenantId, { sequence: 0, hash: chainStart })).known, 'present');
  assert.equal((await verify(tenantId, { sequence: 0, hash: known.hash })).known, 'missing');
});

test('the records of one tenant say nothing of another', async () => {
  const [one, two] = [await chainOf(3), await chainOf(3)];
  await remove(one, 2);
  assert.equal((await verify(two)).intact, true);
  assert.equal((await verify(one)).intact, false);
});

test('fifty appends at the same time, from two processes where there are two, make one unbroken chain', async () => {
  const other = testStoreKind === 'postgres' ? await place.openAnother() : place.store;
  const tenantId = newId<TenantId>();
  await Promise.all(
    Array.from({ length: 50 }, (_, n) => append(tenantId, { details: { n } }, n % 2 ? other : place.store)),
  );
  const result = await verify(tenantId);
  assert.deepEqual([result.intact, result.records, result.head.sequence], [true, 50, 50]);
  const numbers = (await rowsOf(tenantId)).map((row) => (JSON.parse(row.body) as { details: { n: number } }).details.n);
  assert.equal(new Set(numbers).size, 50);
});

test('a record of an act that failed does not exist', async () => {
  const tenantId = await chainOf(1);
  await assert.rejects(
    place.store.transaction(async (trx) => {
      await recordAuditAs(services(), trx, tenantId, who, { action: 'test.fail' });
      throw new Error('the act failed');
    }),
    /the act failed/,
  );
  const result = await verify(tenantId);
  assert.deepEqual([result.intact, result.records], [true, 1]);
});

test('appends while a chain is verified do not make it look broken', async () => {
  const tenantId = await chainOf(20);
  const results = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => (n % 2 ? verify(tenantId) : append(tenantId).then(() => null))),
  );
  for (const result of results) if (result) assert.deepEqual(result.problems, []);
});

test('a chain of thousands of records is read in pages, and at most a hundred problems are told', async () => {
  const tenantId = newId<TenantId>();
  await place.store.transaction(async (trx) => {
    for (let n = 0; n < 4000; n++) await recordAuditAs(services(), trx, tenantId, who, { action: 'test.act' });
  });
  assert.deepEqual([(await verify(tenantId)).intact, (await verify(tenantId)).records], [true, 4000]);
  const last = (await rowsOf(tenantId)).at(-1);
  assert.ok(last);
  await db
    .insertInto('auditRecords')
    .values({ ...last, sequence: 4001 })
    .execute();
  assert.ok(found(await verify(tenantId)).includes('altered 4001'), 'a page may end where the log ends');
  await remove(tenantId, 4001);
  await db.updateTable('auditRecords').set({ actor: 'x' }).where('tenantId', '=', tenantId).execute();
  const result = await verify(tenantId);
  assert.deepEqual([result.intact, result.problems.length, result.records], [false, 100, 4000]);
});
