// Lists of the portal that grow without end are read in the order that was asked for, not sorted: the embedded store works in
// the thread that serves everybody.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely';
import type { Db } from '../src/db/store.ts';
import { pageUploads } from '../src/discovery/uploads/store.ts';
import type { TenantId } from '../src/lib/ids.ts';
import { pageGovernance } from '../src/policies/governance-store.ts';
import { openTestStore, testStoreKind } from './support/store.ts';

const tenantId = 'b5f0c5d0-0000-4000-8000-000000000001' as TenantId; // No row has it: plans do not depend on rows here.
const onSqlite = { skip: testStoreKind === 'sqlite' ? false : 'it is about the plans of the embedded store' };

/** How SQLite answers what `ask` asks, a line a step. */
async function plansOf(db: Db, ask: (db: Db) => Promise<unknown>): Promise<string[]> {
  const asked: RootOperationNode[] = [];
  const listening: KyselyPlugin = {
    transformQuery({ node }) {
      asked.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await ask(db.withPlugin(listening));
  const plans: string[] = [];
  for (const node of asked) {
    const { sql: text, parameters } = db.getExecutor().compileQuery(node, { queryId: 'plan' });
    const explain = CompiledQuery.raw(`explain query plan ${text}`, [...parameters]);
    const { rows } = await db.executeQuery<{ detail: string }>(explain);
    plans.push(...rows.map(({ detail }) => detail));
  }
  return plans;
}

test('uploads and the governance log are sorted by an index and counted in one', onSqlite, async () => {
  const place = await openTestStore();
  try {
    const { db } = place.store;
    for (const direction of ['asc', 'desc'] as const) {
      const page = { skip: 0, limit: 50, direction };
      for (const sort of ['createdAt', 'fileName', 'source', 'state', 'bytes'] as const) {
        const plans = await plansOf(db, (each) => pageUploads(each, tenantId, {}, { ...page, sort }));
        assert.doesNotMatch(plans.join('\n'), /TEMP B-TREE/, `uploads by ${sort}, ${direction}`);
        assert.match(plans.at(-1) ?? '', /COVERING INDEX discoveryUploads_state/);
      }
      for (const sort of ['at', 'type', 'status'] as const) {
        const plans = await plansOf(db, (each) => pageGovernance(each, tenantId, {}, { ...page, sort }));
        assert.doesNotMatch(plans.join('\n'), /TEMP B-TREE/, `governance log by ${sort}, ${direction}`);
        assert.match(plans.at(-1) ?? '', /COVERING INDEX/);
      }
    }
  } finally {
    await place.dispose();
  }
});
