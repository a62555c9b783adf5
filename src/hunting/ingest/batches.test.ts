import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventStore } from '../../events/events.ts';
import type { TenantId } from '../../lib/ids.ts';
import { Batches } from './batches.ts';

const tenantId = '9a7d2c5e-4d7b-4c5e-8f6a-2b9f0c1d3e4f' as TenantId; // Any will do.
const blockRows = 32_768;

/** Which batches the rows come in, each row taking up so many bytes; `tables` get them in turn. */
async function batchesOf(count: number, bytes: number, tables: readonly string[]): Promise<string[]> {
  const stored: string[] = [];
  const insert: EventStore['insert'] = async (rows) => {
    stored.push(`${rows.table.name} ${rows.rowCount}`);
    rows.release();
    return rows.rowCount;
  };
  const batches = new Batches({ insert } as EventStore, tenantId, () => 0); // Nothing else of the store is needed.
  for (let index = 0; index < count; index++) {
    const table = tables[index % tables.length] ?? '';
    assert.equal(batches.add(table, { Timestamp: '2026-05-01T00:00:00Z', ReportId: index }, undefined), undefined);
    batches.addBytes(bytes);
    await batches.commitFull(async () => {});
  }
  batches.endAll();
  await batches.commitFull(async () => {});
  await batches.settled();
  batches.discard();
  return stored;
}

test('rows of one table are stored in whole blocks, however many came before', async () => {
  const rest = 1000;
  // A block is two thirds of what may wait: what is stored must not count as waiting.
  assert.deepEqual(await batchesOf(blockRows * 2 + rest, 2048, ['DeviceEvents']), [
    `DeviceEvents ${blockRows}`,
    `DeviceEvents ${blockRows}`,
    `DeviceEvents ${rest}`,
  ]);
});

test('rows that are large, of all tables together, are stored before their blocks are full', async () => {
  const stored = await batchesOf(250, 1_048_576, ['DeviceEvents', 'DeviceInfo']);
  assert.deepEqual(stored, [
    'DeviceEvents 48',
    'DeviceInfo 48',
    'DeviceEvents 48',
    'DeviceInfo 48',
    'DeviceEvents 29',
    'DeviceInfo 29',
  ]);
});
