// kill -9 of a real server process while tokens are generated and revoked: what was acknowledged is there, the audit is
// unbroken, and the next process serves on.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testPassword } from './support/accounts.ts';
import { freePort } from './support/postgres-server.ts';
import { openTestStore } from './support/store.ts';

interface Process {
  readonly child: ChildProcess;
  readonly userName: string;
  call(path: string, authorization: string, method?: string, body?: unknown): Promise<{ status: number; body: Body }>;
}
// biome-ignore lint/suspicious/noExplicitAny: a JSON answer has the shape that the test asserts.
type Body = any;

async function startProcess(environment: Record<string, string>, port: number): Promise<Process> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'support/server-process.ts')], {
    env: { PATH: process.env.PATH ?? '', ...environment, SALLYPORT_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const { userName } = JSON.parse(String(line)) as { userName: string };
  return {
    child,
    userName,
    async call(path, authorization, method = 'GET', body) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
    },
  };
}

async function signIn(server: Process): Promise<string> {
  const body = { userName: server.userName, password: testPassword, client: 'cli' };
  const answer = await server.call('/management/v1/sessions', '', 'POST', body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return `Bearer ${answer.body.value}`;
}

interface Acknowledged {
  readonly generated: Map<string, string>;
  readonly revoked: Set<string>;
  /** Asked for and not acknowledged: may have happened or not. */
  readonly uncertain: Set<string>;
}

/** Generates tokens and revokes every third, until the server is gone. */
async function work(server: Process, session: string, worker: string, seen: Acknowledged): Promise<void> {
  try {
    for (let n = 0; ; n++) {
      const made = await server.call('/management/v1/api-tokens', session, 'POST', { name: `${worker} ${n}` });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      const { id } = made.body.token;
      seen.generated.set(id, made.body.value);
      if (n % 3 !== 0) continue;
      seen.uncertain.add(id);
      const gone = await server.call(`/management/v1/api-tokens/${id}`, session, 'DELETE');
      assert.equal(gone.status, 204);
      seen.uncertain.delete(id);
      seen.revoked.add(id);
    }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error; // Everything else is the connection that was cut.
  }
}

test('after kill -9 during generation and revocation every acknowledged token works and every revoked one is refused', async () => {
  const place = await openTestStore();
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-crash-'));
  const environment = {
    SALLYPORT_DATA: folder,
    SALLYPORT_TLS: 'proxy',
    SALLYPORT_TRUSTED_PROXIES: '127.0.0.1',
    SALLYPORT_PUBLIC_URL: 'https://localhost:8443',
    SALLYPORT_LOG_LEVEL: 'error',
    SALLYPORT_TOKENS_PER_USER_MAX: '100000',
    SALLYPORT_SESSION_REQUESTS_PER_MINUTE: '1000000',
    SALLYPORT_TENANT_REQUESTS_PER_MINUTE: '1000000',
    ...('postgresUrl' in place.where ? { SALLYPORT_DATABASE_URL: place.where.postgresUrl } : {}),
  };
  const port = await freePort();
  let running: Process | undefined;
  const start = async () => {
    running = await startProcess(environment, port);
    return running;
  };
  const seen: Acknowledged = { generated: new Map(), revoked: new Set(), uncertain: new Set() };
  try {
    for (let round = 0; round < 3; round++) {
      const server = await start();
      const session = await signIn(server);
      const workers = Array.from({ length: 8 }, (_, n) => work(server, session, `round ${round} worker ${n}`, seen));
      const before = seen.revoked.size;
      while (seen.revoked.size < before + 20) await sleep(1);
      await sleep(round * 7);
      server.child.kill('SIGKILL');
      await Promise.all([once(server.child, 'exit'), ...workers]);
    }
    const server = await start();
    const session = await signIn(server);
    assert.ok(seen.revoked.size >= 60);
    for (const [id, value] of seen.generated) {
      if (seen.uncertain.has(id)) continue;
      const isRevoked = seen.revoked.has(id);
      const used = await server.call('/management/v1/about', `Token ${value}`);
      assert.equal(used.status, isRevoked ? 401 : 200, `a token that was ${isRevoked ? 'revoked' : 'generated'}`);
      const listed = await server.call(`/management/v1/api-tokens/${id}`, session);
      assert.equal(listed.status, isRevoked ? 404 : 200);
    }
    const audit = await server.call('/management/v1/audit/verification', session);
    assert.deepEqual([audit.body.intact, audit.body.problems], [true, []]);
  } finally {
    if (running && running.child.exitCode === null && running.child.signalCode === null) {
      running.child.kill('SIGKILL');
      await once(running.child, 'exit');
    }
    await place.dispose();
    await rm(folder, { recursive: true, force: true });
  }
});
