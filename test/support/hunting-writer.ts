// A process of its own that ingests hunting records batch after batch and says so on standard output only when each is
// acknowledged; a test kills it. Arguments: folder, tenant id, rows a batch.
import { writeSync } from 'node:fs';
import { openEventStore } from '../../src/events/events.ts';
import { Batches } from '../../src/hunting/ingest/batches.ts';
import { prepareHuntingTables } from '../../src/hunting/store.ts';
import type { TenantId } from '../../src/lib/ids.ts';

const [folder = '', tenant = '', batchRows = '500'] = process.argv.slice(2);
const tenantId = tenant as TenantId; // The test made it.
const rowsMax = 400_000;
const size = Number(batchRows);

const events = await openEventStore({ folder, memoryBytesMax: 268_435_456, querySecondsMax: 10, queriesAtOnceMax: 4 });
await prepareHuntingTables(events);
for (let acknowledged = 0; acknowledged < rowsMax; ) {
  const batches = new Batches(events, tenantId, Date.now);
  for (let index = 0; index < size; index++) {
    const ReportId = acknowledged + index;
    const Timestamp = new Date(Date.UTC(2026, 10, 1) + ReportId * 100).toISOString();
    batches.add('DeviceEvents', { Timestamp, ReportId, FileName: `${Math.random()}`.repeat(10) }, undefined);
  }
  batches.endAll();
  await batches.commitFull(async () => {});
  await batches.settled();
  acknowledged += batches.counts.stored;
  writeSync(1, `acknowledged ${acknowledged}\n`);
}
await events.close();
