// A demo of its own, for whatever looks at the product as somebody does who tries it: started, and gone afterwards.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './postgres-server.ts';

const startMs = 180_000;

/** What demo.json holds, as far as it is read here. */
export interface Demo {
  readonly url: string;
  readonly tenants: Readonly<Record<string, { readonly users: Readonly<Record<string, DemoUser>> }>>;
}

export interface DemoUser {
  readonly userName: string;
  readonly password: string;
}

export interface RunningDemo extends Demo {
  stop(): Promise<void>;
}

/** Starts a demo in a folder of its own and resolves when it is ready. Always `await demo.stop()`. */
export async function startDemo(): Promise<RunningDemo> {
  const data = mkdtempSync(join(tmpdir(), 'sallyport-demo-'));
  const environment = { ...process.env, SALLYPORT_DATA: data, SALLYPORT_PORT: String(await freePort()) };
  const server = spawn(process.execPath, ['src/main.ts', 'demo'], {
    cwd: join(import.meta.dirname, '../..'),
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  try {
    await new Promise<void>((ready, failed) => {
      const timer = setTimeout(() => failed(new Error('The demo did not start.')), startMs);
      server.stdout.on('data', (chunk: Buffer) => {
        if (!chunk.toString().includes('Ctrl-C')) return;
        clearTimeout(timer);
        ready();
      });
      server.once('exit', () => failed(new Error('The demo ended.')));
    });
    return { ...readDemo(data), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The demo whose data lie in this folder. */
export function readDemo(folder: string): Demo {
  return JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8')) as Demo; // As the demo writes it.
}
