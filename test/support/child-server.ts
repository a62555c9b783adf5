// A whole server in a process of its own (server-process.ts), spoken to over HTTP by the person who may do everything:
// for tests that kill it, or look at its memory.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { dayMs, minuteMs } from '../../src/lib/clock.ts';
import { testPassword } from './accounts.ts';
import { freePort } from './postgres-server.ts';

export interface ChildAnswer {
  readonly status: number;
  readonly text: string;
}

/** Bytes. */
export interface ChildMemory {
  readonly now: number;
  readonly most: number;
}

export interface IngestCounts {
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

export class ChildServer {
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #agent = new http.Agent({ keepAlive: true });
  #session = '';

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
  }

  /** Starts it on this data and signs in. `settings` are SALLYPORT_ variables. */
  static async start(dataFolder: string, settings: Readonly<Record<string, string>> = {}): Promise<ChildServer> {
    const port = await freePort();
    const child = spawn(process.execPath, [join(import.meta.dirname, 'server-process.ts')], {
      env: {
        PATH: process.env.PATH ?? '',
        SALLYPORT_DATA: dataFolder,
        SALLYPORT_PORT: String(port),
        SALLYPORT_TLS: 'proxy',
        SALLYPORT_TRUSTED_PROXIES: '127.0.0.1',
        SALLYPORT_PUBLIC_URL: 'https://localhost:8443',
        SALLYPORT_LOG_LEVEL: 'error',
        SALLYPORT_SESSION_REQUESTS_PER_MINUTE: '1000000',
        SALLYPORT_TENANT_REQUESTS_PER_MINUTE: '1000000',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const server = new ChildServer(child, port);
    try {
      const [line] = await once(createInterface(child.stdout), 'line');
      const { userName } = JSON.parse(String(line)) as { userName: string }; // As server-process.ts prints it.
      const body = JSON.stringify({ userName, password: testPassword, client: 'cli' });
      const answer = await server.send('/management/v1/sessions', body);
      assert.equal(answer.status, 201, answer.text);
      server.#session = String(JSON.parse(answer.text).value);
      return server;
    } catch (error) {
      await server.kill();
      throw error;
    }
  }

  /** A request of that person; POST when there is a body. Rejects when the connection breaks before the answer has come. */
  async send(
    path: string,
    body?: string | AsyncIterable<Buffer>,
    contentType = 'application/json',
  ): Promise<ChildAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<ChildAnswer>();
    const length = typeof body === 'string' ? { 'content-length': Buffer.byteLength(body) } : {};
    const request = http.request(
      {
        host: '127.0.0.1',
        port: this.#port,
        agent: this.#agent,
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          host: 'localhost:8443',
          ...(this.#session === '' ? {} : { authorization: `Bearer ${this.#session}` }),
          ...(body === undefined ? {} : { 'content-type': contentType, ...length }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    request.on('error', reject);
    if (body === undefined || typeof body === 'string') request.end(body);
    // An answer may come before all is sent, as a refusal does.
    else pipeline(Readable.from(body), request).catch(reject);
    return await promise;
  }

  /** The JSON of a successful answer, whose shape the test knows. */
  async read<Body>(path: string, body?: unknown): Promise<Body> {
    const answer = await this.send(path, body === undefined ? undefined : JSON.stringify(body));
    assert.ok(answer.status === 200 || answer.status === 201, `${path}: ${answer.status} ${answer.text}`);
    return JSON.parse(answer.text);
  }

  /** Sends lines of JSON to the ingestion of activities, which must take them. */
  async ingest(lines: string | AsyncIterable<Buffer>): Promise<IngestCounts> {
    const answer = await this.send('/management/v1/ingest/activities', lines, 'application/x-ndjson');
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text);
  }

  /** Memory as the system counts it, now and at its most; undefined where it does not say. */
  memory(): ChildMemory | undefined {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
      const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
      return { now: bytes('VmRSS'), most: bytes('VmHWM') };
    } catch {
      return undefined;
    }
  }

  /** kill -9: it has no time to write anything. Safe to call twice. */
  async kill(): Promise<void> {
    this.#agent.destroy();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

/** Asks until the answer is as wanted. Fails after two minutes, with the last answer. */
export async function until<Answer>(
  ask: () => Promise<Answer>,
  isWanted: (answer: Answer) => boolean,
): Promise<Answer> {
  const endsAt = performance.now() + 120_000;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    assert.ok(performance.now() < endsAt, `After two minutes: ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}

/** Policies count by days (UTC), and a process has the real clock: what would span midnight begins after it. */
export async function awayFromMidnight(): Promise<void> {
  const left = dayMs - (Date.now() % dayMs);
  if (left < 5 * minuteMs) await sleep(left);
}
