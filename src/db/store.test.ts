import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { testStart } from '../../test/support/clock.ts';
import { openTestStore, type TestStore, testStoreKind } from '../../test/support/store.ts';
import { StoreUnavailable } from '../lib/failures.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import { asStoreFailure } from './failures.ts';
import { type ControlStore, isUniqueViolation, openControlStore } from './store.ts';
import { containsText } from './text.ts';

const onPostgres = { skip: testStoreKind === 'postgres' ? false : 'it is about two processes on PostgreSQL' };
const onSqlite = { skip: testStoreKind === 'sqlite' ? false : 'it is about the embedded store' };

async function withStore(work: (store: ControlStore, place: TestStore) => Promise<void>): Promise<void> {
  const place = await openTestStore();
  try {
    await work(place.store, place);
  } finally {
    await place.dispose();
  }
}

async function insertTenant(store: ControlStore): Promise<TenantId> {
  const id = newId<TenantId>();
  await store.db
    .insertInto('tenants')
    .values({
      id,
      slug: `t${id.slice(0, 8)}`,
      displayName: 'Tenant',
      number: Math.floor(Math.random() * 1e8),
      isOperator: 0,
      status: 'enabled',
      statusBeforeDeletion: null,
      createdAt: testStart,
      statusChangedAt: testStart,
      revision: 0,
    })
    .execute();
  return id;
}

const put = (store: Pick<ControlStore, 'db'>, name: string, value: string) =>
  store.db.insertInto('deployment').values({ name, value }).execute();
const readValue = async (store: ControlStore, name: string) =>
  (await store.db.selectFrom('deployment').select('value').where('name', '=', name).executeTakeFirst())?.value;

test('all of a transaction is kept or nothing is', () =>
  withStore(async (store) => {
    await assert.rejects(
      store.transaction(async (trx) => {
        await put({ db: trx }, 'a', '1');
        throw new Error('second thoughts');
      }),
      /second thoughts/,
    );
    assert.equal(await readValue(store, 'a'), undefined);
    await store.transaction((trx) => put({ db: trx }, 'a', '2'));
    assert.equal(await readValue(store, 'a'), '2');
  }));

test('a query past the open transaction, and a transaction inside one, fail at once instead of waiting for ever', () =>
  withStore(async (store) => {
    const ways: (() => Promise<unknown>)[] = [
      () => readValue(store, 'a'),
      () => store.transaction(async () => {}),
      () => store.change(newId<TenantId>(), async () => {}),
    ];
    for (const way of ways) await assert.rejects(store.transaction(way), /inside a transaction/);
    assert.equal(await readValue(store, 'a'), undefined, 'outside of it the same query works');
  }));

test('what was begun in a transaction and runs on after it may query again', () =>
  withStore(async (store) => {
    const ended = Promise.withResolvers<void>();
    let later: Promise<string | undefined> | undefined;
    await store.transaction(async () => {
      later = ended.promise.then(() => readValue(store, 'a'));
    });
    ended.resolve();
    assert.equal(await later, undefined);
  }));

test('changes of one tenant do not overlap, on any number of stores', () =>
  withStore(async (store, place) => {
    const stores = [store, testStoreKind === 'postgres' ? await place.openAnother() : store];
    const tenantId = await insertTenant(store);
    await put(store, 'counter', '0');
    const addOne = (n: number) =>
      stores[n % 2]?.change(tenantId, async (trx) => {
        const { value } = await trx
          .selectFrom('deployment')
          .select('value')
          .where('name', '=', 'counter')
          .executeTakeFirstOrThrow();
        await sleep(1);
        await trx
          .updateTable('deployment')
          .set({ value: String(Number(value) + 1) })
          .where('name', '=', 'counter')
          .execute();
      });
    await Promise.all(Array.from({ length: 40 }, (_, n) => addOne(n)));
    assert.equal(await readValue(store, 'counter'), '40');
    const row = await store.db
      .selectFrom('tenants')
      .select('revision')
      .where('id', '=', tenantId)
      .executeTakeFirstOrThrow();
    assert.equal(row.revision, 40);
  }));

test('a change is told after its commit, and one that failed is not told', () =>
  withStore(async (store) => {
    const tenantId = await insertTenant(store);
    const heard: [string, Promise<string | undefined>][] = [];
    store.invalidations.subscribe((tenant) => {
      if (heard.length === 0) heard.push([tenant, readValue(store, 'a')]);
    });
    await assert.rejects(store.change(tenantId, async () => Promise.reject(new Error('no'))));
    assert.equal(heard.length, 0);
    await store.change(tenantId, (trx) => put({ db: trx }, 'a', '1'));
    assert.equal(heard[0]?.[0], tenantId);
    assert.equal(await heard[0]?.[1], '1');
  }));

test('a change of two tenants is told of both, and such changes in both orders do not wait for each other', () =>
  withStore(async (store) => {
    const [one, other] = [await insertTenant(store), await insertTenant(store)];
    const heard: string[] = [];
    store.invalidations.subscribe((tenant) => heard.push(tenant));
    await store.change([one, other, one], (trx) => put({ db: trx }, 'a', '1'));
    // On PostgreSQL the process also hears of its own change, at any moment after the commit.
    assert.deepEqual([...new Set(heard)].sort(), [one, other].sort());
    const changes = Array.from({ length: 20 }, (_, index) =>
      store.change(index % 2 === 0 ? [one, other] : [other, one], (trx) => put({ db: trx }, `b${index}`, '1')),
    );
    await Promise.all(changes);
    const rows = await store.db.selectFrom('tenants').select('revision').where('id', 'in', [one, other]).execute();
    assert.deepEqual(
      rows.map(({ revision }) => revision),
      [21, 21],
    );
  }));

test('work is done again after a serialisation failure or a deadlock, five times at most, and its other errors pass', () =>
  withStore(async (store) => {
    for (const code of ['40001', '40P01']) {
      let attempts = 0;
      const done = await store.transaction(async (trx) => {
        await put({ db: trx }, `${code} ${attempts}`, '1');
        if (++attempts < 3) throw Object.assign(new Error('again'), { code });
        return 'done';
      });
      assert.deepEqual([done, attempts, await readValue(store, `${code} 0`)], ['done', 3, undefined]);
    }
    let attempts = 0;
    const always = store.transaction(async () => {
      attempts++;
      throw Object.assign(new Error('again'), { code: '40001' });
    });
    await assert.rejects(always, /again/);
    assert.equal(attempts, 5);
    attempts = 0;
    await assert.rejects(
      store.transaction(async () => {
        attempts++;
        throw new Error('other');
      }),
      /other/,
    );
    assert.equal(attempts, 1);
  }));

test('a broken unique constraint is told from other errors', () =>
  withStore(async (store) => {
    await put(store, 'a', '1');
    const error = await put(store, 'a', '2').then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.equal(isUniqueViolation(error), true);
    assert.equal(isUniqueViolation(new Error('other')), false);
    assert.equal(isUniqueViolation(null), false);
  }));

test('numbers and texts come back as they went in, up to the largest safe integer', () =>
  withStore(async (store) => {
    const tenantId = newId<TenantId>();
    for (const at of [0, 1, testStart, Number.MAX_SAFE_INTEGER]) {
      const bucket = `é 漢 🦊 ' " \\ % ${at}`;
      await store.db.insertInto('rateWindows').values({ tenantId, bucket, times: '[]', lastAt: at }).execute();
      const row = await store.db
        .selectFrom('rateWindows')
        .select(['bucket', 'lastAt'])
        .where('bucket', '=', bucket)
        .executeTakeFirstOrThrow();
      assert.deepEqual([row.bucket, row.lastAt], [bucket, at]);
    }
  }));

test('a text is found blind to case, in every alphabet, and its signs stand for themselves', () =>
  withStore(async (store) => {
    const find = async (text: string) =>
      (
        await store.db
          .selectFrom('deployment')
          .select('name')
          .where((e) => containsText(e.ref('name'), text))
          .orderBy('name')
          .execute()
      ).map((row) => row.name);
    const names = ['100%', '1000', 'a_b', 'aXb', 'Wow!', 'Übersicht ÄÖ', 'SIEM Łódź', "it's"];
    for (const name of names) await put(store, name, '1');
    assert.deepEqual(await find('100%'), ['100%']);
    assert.deepEqual(await find('A_B'), ['a_b']);
    assert.deepEqual(await find('!'), ['Wow!']);
    assert.deepEqual(await find("'"), ["it's"]);
    for (const text of ['Übersicht', 'ÄÖ', 'bersicht']) assert.deepEqual(await find(text), ['Übersicht ÄÖ'], text);
    assert.deepEqual(await find('siem Łód'), ['SIEM Łódź']);
    const folded = await sql<{ letter: string }>`select lower('Ü') as letter`.execute(store.db);
    if (folded.rows[0]?.letter !== 'ü') return; // A PostgreSQL database of locale C.
    for (const text of ['übersicht', 'ÜBERSICHT', 'äö']) assert.deepEqual(await find(text), ['Übersicht ÄÖ'], text);
    assert.deepEqual(await find('łÓDŹ'), ['SIEM Łódź']);
  }));

test('opening a store that exists changes nothing in it', () =>
  withStore(async (store, place) => {
    await put(store, 'a', '1');
    const again = await place.openAnother();
    assert.equal(await readValue(again, 'a'), '1');
    const versions = await sql<{ number: number }>`select "number" from "schemaVersions"`.execute(again.db);
    assert.equal(new Set(versions.rows.map((row) => row.number)).size, versions.rows.length);
  }));

test('a store that a newer program wrote is refused in words and left as it is', () =>
  withStore(async (store, place) => {
    await sql`insert into "schemaVersions" ("number", "name", "appliedAt") values (999, 'later', 0)`.execute(store.db);
    await assert.rejects(place.openAnother(), /schema 999, this program knows \d+\. Start the newer version again\./);
    const { rows } = await sql`select * from "schemaVersions" where "number" = 999`.execute(store.db);
    assert.equal(rows.length, 1);
  }));

test(
  'a full disk fails the request with its own name, and the store serves and writes on when there is room again',
  onSqlite,
  () =>
    withStore(async (store) => {
      await put(store, 'before', '1');
      const pages = await sql<{ page_count: number }>`pragma page_count`.execute(store.db);
      await sql`pragma max_page_count = ${sql.lit((pages.rows[0]?.page_count ?? 0) + 2)}`.execute(store.db);
      const fill = (trx: Pick<ControlStore, 'db'>) => put(trx, 'large', 'x'.repeat(1_000_000));
      for (const attempt of [
        () => store.transaction((trx) => fill({ db: trx })),
        () => store.change(newId<TenantId>(), (trx) => fill({ db: trx })),
      ]) {
        await assert.rejects(
          attempt,
          (error: unknown) => error instanceof StoreUnavailable && error.reason === 'disk-full',
        );
      }
      await assert.rejects(fill(store), (error: unknown) => {
        const failure = asStoreFailure(error);
        return failure instanceof StoreUnavailable && failure.reason === 'disk-full';
      });
      assert.deepEqual([await readValue(store, 'before'), await readValue(store, 'large')], ['1', undefined]);
      await store.ping();
      await sql`pragma max_page_count = 1000000`.execute(store.db);
      await store.transaction((trx) => fill({ db: trx }));
      assert.equal((await readValue(store, 'large'))?.length, 1_000_000);
    }),
);

test('the errors of a full disk and of a lost database get names that every surface knows', () => {
  const named = (error: unknown) => {
    const failure = asStoreFailure(error);
    return failure instanceof StoreUnavailable ? failure.reason : 'passed on';
  };
  for (const code of ['53100', '58030']) assert.equal(named({ code }), 'disk-full');
  for (const errcode of [13, 10, 778, 1034]) assert.equal(named({ errcode }), 'disk-full');
  for (const code of [
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    '57P01',
    '57P03',
    '08006',
    '08001',
    '53300',
  ])
    assert.equal(named({ code }), 'unreachable', code);
  assert.equal(named(new Error('Connection terminated unexpectedly')), 'unreachable');
  assert.equal(named(new Error('timeout exceeded when trying to connect')), 'unreachable');
  for (const error of [new Error('other'), null, 'text', { code: '23505' }, { errcode: 2067 }])
    assert.equal(named(error), 'passed on');
});

/** Runs code in a process of its own, which is killed as soon as it prints a line. Returns what it printed. */
async function killedAtFirstLine(code: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  return String(chunk);
}

test('after kill -9 in mid-transaction all that was acknowledged is there, and nothing of what was not', async () => {
  const place = await openTestStore();
  try {
    const code = `
      import { openControlStore } from ${JSON.stringify(join(import.meta.dirname, 'store.ts'))};
      const store = await openControlStore(${JSON.stringify(place.where)}, 0);
      for (let n = 0; n < 20; n++)
        await store.transaction((trx) => trx.insertInto('deployment').values({ name: 'kept ' + n, value: '1' }).execute());
      await store.transaction(async (trx) => {
        await trx.insertInto('deployment').values({ name: 'lost', value: '1' }).execute();
        console.log('in the middle');
        await new Promise(() => setInterval(() => {}, 1000));
      });`;
    if (testStoreKind === 'sqlite') await place.store.close();
    assert.match(await killedAtFirstLine(code), /in the middle/);
    const store = await place.openAnother();
    const rows = await store.db.selectFrom('deployment').select('name').execute();
    assert.deepEqual(rows.map((row) => row.name).sort(), Array.from({ length: 20 }, (_, n) => `kept ${n}`).sort());
  } finally {
    await place.dispose();
  }
});

test('the embedded store waits for the disk before it acknowledges', onSqlite, () =>
  withStore(async (store) => {
    const journal = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(store.db);
    const synchronous = await sql<{ synchronous: number }>`pragma synchronous`.execute(store.db);
    assert.deepEqual([journal.rows[0]?.journal_mode, synchronous.rows[0]?.synchronous], ['wal', 2]);
  }),
);

test('what one process changes, another hears of within a second', onPostgres, () =>
  withStore(async (store, place) => {
    const other = await place.openAnother();
    const tenantId = await insertTenant(store);
    const heard: string[] = [];
    other.invalidations.subscribe((tenant) => heard.push(tenant));
    await store.change(tenantId, (trx) => put({ db: trx }, 'a', '1'));
    for (const until = Date.now() + 1000; heard.length === 0 && Date.now() < until; ) await sleep(5);
    assert.deepEqual(heard, [tenantId]);
    const second = await insertTenant(store);
    await store.change([second, tenantId], (trx) => put({ db: trx }, 'b', '1'));
    for (const until = Date.now() + 1000; heard.length < 3 && Date.now() < until; ) await sleep(5);
    assert.deepEqual(heard.slice(1).sort(), [tenantId, second].sort());
  }),
);

test(
  'while the connection that hears of changes is lost, caches are told to hold nothing; then it comes back',
  onPostgres,
  () =>
    withStore(async (store) => {
      const heard: string[] = [];
      store.invalidations.subscribe((tenant) => heard.push(tenant));
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'sallyport-listen' and datname = current_database()`.execute(store.db);
      const wait = async (state: boolean) => {
        for (const until = Date.now() + 5000; store.invalidations.trusted !== state && Date.now() < until; )
          await sleep(2);
        assert.equal(store.invalidations.trusted, state);
      };
      await wait(false);
      await wait(true);
      assert.deepEqual(heard, ['everything', 'everything']);
    }),
);

test('a store on a database that cannot be reached does not open, in words', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'));
  try {
    const nowhere = { postgresUrl: 'postgres://nobody@127.0.0.1:9/none', connectionsMax: 2 };
    await assert.rejects(openControlStore(nowhere, testStart), StoreUnavailable);
    await assert.rejects(openControlStore({ sqliteFile: folder }, testStart));
  } finally {
    await rm(folder, { recursive: true });
  }
});
