// kill -9 in the middle of the ingestion of hunting data: every acknowledged batch is there, and no half one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { openEventStore } from '../src/events/events.ts';
import { huntedRows } from './support/hunting.ts';

for (const batchRows of [400, 9000]) {
  test(`killed in mid-ingestion (batches of ${batchRows}), every acknowledged row is there and no half batch`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-hunting-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const tenantId = randomUUID();
    const writer = join(import.meta.dirname, 'support/hunting-writer.ts');
    const child = spawn(process.execPath, [writer, folder, tenantId, String(batchRows)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = 0;
    // Killed with the third batch acknowledged, whatever it does then; what it said until its end counts.
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line.split(' ')[1]);
      if (acknowledged === batchRows * 3) child.kill('SIGKILL');
    }
    if (child.signalCode === null && child.exitCode === null) await once(child, 'close');
    const events = await openEventStore({
      folder,
      memoryBytesMax: 268_435_456,
      querySecondsMax: 10,
      queriesAtOnceMax: 4,
    });
    const [[stored] = []] = await huntedRows({ events }, tenantId, 'DeviceEvents | count');
    await events.close();
    assert.ok(acknowledged >= batchRows * 3);
    const count = Number(stored);
    assert.ok(count === acknowledged || count === acknowledged + batchRows, `${count} of ${acknowledged} are there`);
  });
}
