// A server in a process of its own that trusts an authority besides the public ones, the way its operator says so: with
// the variable that Node reads when it starts.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { testPassword } from './accounts.ts';
import { freePort } from './postgres-server.ts';
import { openTestStore } from './store.ts';

export interface TrustingServer {
  /** A call of its administrator. */
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>;
  dispose(): Promise<void>;
}

/** `settings` as variables without their prefix, such as MAIL_HOST. */
export async function startTrustingServer(
  root: string,
  settings: Readonly<Record<string, string>>,
): Promise<TrustingServer> {
  const place = await openTestStore();
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-trust-'));
  const rootFile = join(folder, 'root.pem');
  await writeFile(rootFile, root);
  const port = await freePort();
  const own = Object.entries(settings).map(([name, value]) => [`SALLYPORT_${name}`, value]);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'server-process.ts')], {
    env: {
      PATH: process.env.PATH ?? '',
      NODE_EXTRA_CA_CERTS: rootFile,
      SALLYPORT_DATA: join(folder, 'data'),
      SALLYPORT_PORT: String(port),
      SALLYPORT_TLS: 'proxy',
      SALLYPORT_TRUSTED_PROXIES: '127.0.0.1',
      SALLYPORT_PUBLIC_URL: 'https://localhost:8443',
      SALLYPORT_LOG_LEVEL: 'error',
      ...('postgresUrl' in place.where ? { SALLYPORT_DATABASE_URL: place.where.postgresUrl } : {}),
      ...Object.fromEntries(own),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const dispose = async (): Promise<void> => {
    await stopped(child);
    await place.dispose();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [line] = await once(createInterface(child.stdout), 'line');
    const { userName } = JSON.parse(String(line)) as { userName: string }; // Printed by server-process.ts.
    const base = `http://127.0.0.1:${port}/management/v1`;
    const session = await ask<{ value: string }>(base, 'POST', '/sessions', {
      body: { userName, password: testPassword, client: 'cli' },
    });
    const authorization = `Bearer ${session.value}`;
    return { call: (method, path, body) => ask(base, method, path, { authorization, body }), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function ask<T>(
  base: string,
  method: string,
  path: string,
  { authorization, body }: { authorization?: string; body?: unknown },
): Promise<T> {
  const answer = await fetch(base + path, {
    method,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as T; // The test says what it expects, and asserts on it.
}
