// What a data folder or database is: a demo or a real deployment, and with which master key it was made. Kept in the
// control store, so that a folder cannot be taken for what it is not.
import { createHmac } from 'node:crypto';
import type { Db } from '../db/store.ts';
import { equalInConstantTime } from '../lib/secrets.ts';
import type { Keys } from '../master-key.ts';

export type DeploymentKind = 'demo' | 'server';

export interface Deployment {
  readonly kind: DeploymentKind;
  /** False while the demo's first start is still making its tenants and records. */
  readonly isComplete: boolean;
  readonly keyCheck: string;
}

/** What the store says it is; undefined for an empty one. */
export async function findDeployment(db: Db): Promise<Deployment | undefined> {
  const rows = await db.selectFrom('deployment').selectAll().execute();
  const values = new Map(rows.map((row) => [row.name, row.value]));
  const kind = values.get('kind');
  if (kind === undefined) return undefined;
  return {
    kind: kind === 'demo' ? 'demo' : 'server',
    isComplete: values.get('complete') === '1',
    keyCheck: values.get('keyCheck') ?? '',
  };
}

/** Writes what a new store is. Of several processes that start on one new database, the first one's word stands. */
export async function beginDeployment(db: Db, kind: DeploymentKind, keys: Keys): Promise<void> {
  const values = [
    { name: 'kind', value: kind },
    { name: 'keyCheck', value: keyCheckOf(keys) },
    { name: 'complete', value: kind === 'demo' ? '0' : '1' },
  ];
  await db
    .insertInto('deployment')
    .values(values)
    .onConflict((c) => c.column('name').doNothing())
    .execute();
}

export async function completeDeployment(db: Db): Promise<void> {
  await db.updateTable('deployment').set({ value: '1' }).where('name', '=', 'complete').execute();
}

/** True when these keys come from the master key that the store was made with. */
export function hasKeysOf(deployment: Deployment, keys: Keys): boolean {
  return equalInConstantTime(deployment.keyCheck, keyCheckOf(keys));
}

function keyCheckOf(keys: Keys): string {
  return createHmac('sha256', keys.sealing).update('key check').digest('hex');
}
