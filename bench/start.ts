// How long a start takes when the data folder is there, and how much memory the idle server holds: `npm start` is meant to
// be as quick to try as a command-line tool.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/postgres-server.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';

const readyMsMax = 1000;
const residentBytesMax = 250 * 1024 * 1024;

export const bench: Bench = {
  name: 'start with a warm data folder: time to ready, and memory when idle',
  against: '1 s and 250 MB (the larger of the two ratios)',
  atMost: 1,
  run,
};

/** What `npm start` runs. On Node 24, which npm puts before every other and which runs this, it is the server's own process. */
const launcher = fileURLToPath(new URL('../bin/sallyport.cjs', import.meta.url));
const firstStartSecondsMax = 120;

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-start-'));
  try {
    const first = await start(folder);
    log(`first start, with demo data: ${first.readyMs.toFixed(0)} ms`);
    await first.stop();
    const times: number[] = [];
    const sizes: number[] = [];
    for (let round = 1; round <= (smoke ? 1 : 5); round++) {
      const started = await start(folder);
      await sleep(smoke ? 200 : 3000);
      const bytes = residentBytes(started.process);
      await started.stop();
      log(`start ${round}: ready after ${started.readyMs.toFixed(0)} ms, ${megabytes(bytes)} MB when idle`);
      times.push(started.readyMs);
      sizes.push(bytes);
    }
    const [time, size] = [median(times), median(sizes)];
    return {
      ratio: Math.max(time / readyMsMax, size / residentBytesMax),
      detail: `${time.toFixed(0)} ms to ready, ${megabytes(size)} MB resident`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Started {
  readonly process: ChildProcess;
  /** From spawning the process to the first answer "ready" over TLS. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

async function start(folder: string): Promise<Started> {
  const port = await freePort();
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SALLYPORT_')),
  );
  const startedAt = performance.now();
  const child = spawn(process.execPath, [launcher, 'demo'], {
    env: { ...environment, SALLYPORT_DATA: folder, SALLYPORT_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`The demo ended with code ${child.exitCode} before it was ready.`);
    if (performance.now() - startedAt > firstStartSecondsMax * 1000) {
      child.kill('SIGKILL');
      throw new Error(
        `The demo was not ready after ${firstStartSecondsMax} s. Its folder holds: ${readdirSync(folder).join(', ')}.`,
      );
    }
    await sleep(5);
  }
  const readyMs = performance.now() - startedAt;
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { process: child, readyMs, stop };
}

/** Trust in the authority is not what is measured, and at the first start there is none to trust yet. */
function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', () => resolve(false))
      .end();
  });
}

/** Resident set of the process: from /proc where there is one, else from ps. */
function residentBytes({ pid }: ChildProcess): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No /proc on this system.
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
