// External files as rows, away from the event loop, within a bounded time and a bounded memory.
import { Worker } from 'node:worker_threads';
import type { ExternalSource } from '../kql/ir.ts';
import { secondMs } from '../lib/clock.ts';
import type { ExternalFile } from './external-records.ts';

export interface ExternalWork {
  readonly files: readonly ExternalFile[];
  readonly external: ExternalSource;
}

export type ExternalRead =
  /** A list of rows, each a list of texts. */
  | { readonly json: string; readonly rowCount: number }
  /** A sentence. */
  | { readonly problem: string };

/** The largest files with the most rows take half of each. */
const secondsMax = 60;
const heapMegabytesMax = 1024;

export async function readExternal({ files, external }: ExternalWork): Promise<ExternalRead> {
  // A copy with no other's bytes in the same memory, which moves over.
  const moved = files.map(({ path, bytes }) => ({ path, bytes: new Uint8Array(bytes) }));
  const worker = new Worker(new URL('./external-worker.ts', import.meta.url), {
    workerData: { files: moved, external } satisfies ExternalWork,
    transferList: moved.map(({ bytes }) => bytes.buffer),
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
    env: {},
    name: 'externaldata',
  });
  const { promise, resolve, reject } = Promise.withResolvers<ExternalRead>();
  const timer = setTimeout(() => resolve({ problem: 'External files take too long to read.' }), secondsMax * secondMs);
  worker.once('message', resolve);
  worker.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve({ problem: 'External files take too much memory to read.' });
    else reject(error);
  });
  worker.once('exit', () => reject(new Error('The thread that reads external files has ended.')));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
