// A process of its own that stores activities batch after batch and says so on standard output only when each is
// acknowledged; tests kill it, or starve it of disk. Arguments: folder, tenant id, rows a batch.
import { writeSync } from 'node:fs';
import { countStoredActivities, insertActivities } from '../../src/activities/store.ts';
import { openEventStore } from '../../src/events/events.ts';
import { always } from '../../src/events/sql.ts';
import { StoreUnavailable } from '../../src/lib/failures.ts';
import type { TenantId } from '../../src/lib/ids.ts';
import { madeActivity } from './activities.ts';

const [folder = '', tenant = '', batchRows = '500'] = process.argv.slice(2);
const tenantId = tenant as TenantId; // The test made it.
const rowsMax = 200_000;
const size = Number(batchRows);

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

const events = await openEventStore({ folder, memoryBytesMax: 268_435_456, querySecondsMax: 10, queriesAtOnceMax: 4 });
let acknowledged = 0;
for (let batch = 0; acknowledged < rowsMax; batch++) {
  const rows = Array.from({ length: size }, (_, index) =>
    madeActivity(batch * size + index, { record: JSON.stringify({ batch, padding: `${Math.random()}`.repeat(50) }) }),
  );
  try {
    await insertActivities(events, tenantId, rows);
  } catch (error) {
    say(`failed ${error instanceof StoreUnavailable ? error.reason : error}`);
    say(`count ${await countStoredActivities(events, tenantId, always, rowsMax)}`);
    break;
  }
  acknowledged += size;
  say(`acknowledged ${acknowledged}`);
}
await events.close().catch((error: unknown) => say(`close: ${error}`));
