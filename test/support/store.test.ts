import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TenantId } from '../../src/lib/ids.ts';
import { testServices } from './services.ts';
import { openTestStore, testStoreKind } from './store.ts';

test('a test store is of the kind that the run is about, migrated, and empty', async () => {
  const test = await openTestStore();
  try {
    assert.equal(test.store.kind, testStoreKind);
    assert.deepEqual(await test.store.db.selectFrom('tenants').selectAll().execute(), []);
    await test.store.ping();
  } finally {
    await test.dispose();
  }
});

test('two test stores share nothing, and a store opened once more sees the same rows', async () => {
  const [first, second] = await Promise.all([openTestStore(), openTestStore()]);
  try {
    await first.store.db.insertInto('deployment').values({ name: 'colour', value: 'red' }).execute();
    assert.deepEqual(
      await second.store.db.selectFrom('deployment').selectAll().where('name', '=', 'colour').execute(),
      [],
    );
    const again = await first.openAnother();
    const row = await again.db.selectFrom('deployment').selectAll().where('name', '=', 'colour').executeTakeFirst();
    assert.equal(row?.value, 'red');
  } finally {
    await Promise.all([first.dispose(), second.dispose()]);
  }
});

test('the services of a test run on its own clock', async () => {
  const services = await testServices({ settings: { pageRowsMax: 7 } });
  try {
    const before = services.clock();
    services.testClock.advance(1234);
    assert.equal(services.clock() - before, 1234);
    assert.equal(services.config.pageRowsMax, 7);
    const change = services.store.change('nobody' as TenantId, async () => 'done'); // Any id: nothing is looked up.
    assert.equal(await change, 'done');
  } finally {
    await services.dispose();
  }
});
