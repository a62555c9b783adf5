// One external source on a thread of its own: a file of other people's may take seconds to read, which nobody else waits for.
import { parentPort, workerData } from 'node:worker_threads';
import type { ExternalRead, ExternalWork } from './external-reading.ts';
import { externalRows } from './external-records.ts';

const { files, external } = workerData as ExternalWork; // Only external-reading.ts starts it.
const rows = externalRows(files, external);
const read: ExternalRead =
  typeof rows === 'string' ? { problem: rows } : { json: JSON.stringify(rows), rowCount: rows.length };
parentPort?.postMessage(read);
