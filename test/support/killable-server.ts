// A server in a process of its own, which a test kills and starts again over what it left.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ControlStore, type Db, openControlStore } from '../../src/db/store.ts';
import { controlStoreFileName } from '../../src/running/start.ts';
import { testPassword } from './accounts.ts';
import { freePort } from './postgres-server.ts';
import { openTestStore, type TestStore } from './store.ts';

// biome-ignore lint/suspicious/noExplicitAny: a JSON answer has the shape that the test asserts.
type Body = any;

/** A deployment of its own, of one process. Always `await dispose()`. */
export class KillableServer {
  readonly #place: TestStore;
  readonly #folder: string;
  readonly #port: number;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #store: ControlStore | undefined;
  #session = '';
  #userName = '';

  private constructor(place: TestStore, folder: string, port: number, settings: Readonly<Record<string, string>>) {
    this.#place = place;
    this.#folder = folder;
    this.#port = port;
    this.#settings = settings;
  }

  /** Nothing runs yet. `settings` are variables such as SALLYPORT_PORT beside those that every such server has. */
  static async open(settings: Readonly<Record<string, string>> = {}): Promise<KillableServer> {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-killed-'));
    return new KillableServer(await openTestStore(), folder, await freePort(), settings);
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const { where } = this.#place;
    const child = spawn(process.execPath, [join(import.meta.dirname, 'server-process.ts')], {
      env: {
        PATH: process.env.PATH ?? '',
        SALLYPORT_DATA: this.#folder,
        SALLYPORT_PORT: String(this.#port),
        SALLYPORT_TLS: 'proxy',
        SALLYPORT_TRUSTED_PROXIES: '127.0.0.1',
        SALLYPORT_PUBLIC_URL: 'https://localhost:8443',
        SALLYPORT_LOG_LEVEL: 'error',
        SALLYPORT_SESSION_REQUESTS_PER_MINUTE: '1000000',
        SALLYPORT_TENANT_REQUESTS_PER_MINUTE: '1000000',
        ...this.#settings,
        ...('postgresUrl' in where ? { SALLYPORT_DATABASE_URL: where.postgresUrl } : {}),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const ended = once(child, 'exit').then(([code]) => assert.fail(`the server ended with ${code} before it listened`));
    ended.catch(() => {});
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
    this.#userName = (JSON.parse(String(line)) as { userName: string }).userName; // Printed by server-process.ts.
  }

  /** The control store of the process; the embedded one lies in its folder and may be looked at. */
  async db(): Promise<Db> {
    if ('postgresUrl' in this.#place.where) return this.#place.store.db;
    this.#store ??= await openControlStore({ sqliteFile: join(this.#folder, controlStoreFileName) }, Date.now());
    return this.#store.db;
  }

  /** Resolves when the process is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Calls the management API as a global administrator. Fails the test unless the answer is a success. */
  async call(path: string, body?: unknown, type = 'application/json'): Promise<Body> {
    this.#session ||= await this.#signIn();
    return await this.#send(path, body, type);
  }

  /** Sends a file to a path of the origin. Fails the test unless it is taken. */
  async put(path: string, body: Buffer): Promise<void> {
    const url = `http://127.0.0.1:${this.#port}${path}`;
    const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(body) });
    assert.equal(answer.status, 201, await answer.text());
  }

  async #signIn(): Promise<string> {
    const body = { userName: this.#userName, password: testPassword, client: 'cli' };
    return (await this.#send('/sessions', body, 'application/json')).value;
  }

  async #send(path: string, body: unknown, type: string): Promise<Body> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/management/v1${path}`, {
      headers: {
        ...(this.#session === '' ? {} : { authorization: `Bearer ${this.#session}` }),
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.status < 300, `${path} ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  async dispose(): Promise<void> {
    await this.end('SIGKILL');
    await this.#store?.close();
    await this.#place.dispose();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
