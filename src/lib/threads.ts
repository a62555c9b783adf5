import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** What thread-start.cjs is told. */
interface ThreadStart {
  readonly file: string;
  readonly cacheFolder: string | null;
}

/**
 * Starts a thread with a file of ours. It takes what this process has compiled already, when that is kept (bin/node24.cjs), which
 * a thread does not do by itself: it begins in half the time and with half the memory.
 */
export function startThread(file: URL, options: Omit<WorkerOptions, 'workerData'>): Worker {
  const folder = getCompileCacheDir();
  const workerData: ThreadStart = { file: file.href, cacheFolder: folder === undefined ? null : dirname(folder) };
  return new Worker(new URL('./thread-start.cjs', import.meta.url), { ...options, workerData });
}
