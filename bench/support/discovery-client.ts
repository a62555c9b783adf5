// What the benches of cloud discovery do with their server: send a log in the three documented steps, wait for its report, and
// ask how much memory that took.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BenchLog } from './discovery-logs.ts';
import type { DiscoveryListening, PeakMemory } from './discovery-server.ts';

/** Bytes a second that the collector we imitate takes at most: 50 GB an hour (cloud-apps reference 3.6). */
export const collectorBytesPerSecond = 50e9 / 3600;

const pollMs = 50;

export interface ReadLog {
  readonly seconds: number;
  readonly records: number;
  readonly apps: number;
}

export class DiscoveryServer {
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true });
  readonly listening: DiscoveryListening;
  #uploads = 0;

  private constructor(child: ChildProcess, listening: DiscoveryListening) {
    this.#child = child;
    this.listening = listening;
  }

  static async start(): Promise<DiscoveryServer> {
    const child = fork(join(import.meta.dirname, 'discovery-server.ts'));
    const [listening] = (await once(child, 'message')) as [DiscoveryListening]; // The first thing that it says.
    return new DiscoveryServer(child, listening);
  }

  /** The most memory of its process since this was asked last. */
  async peakBytes(): Promise<number> {
    this.#child.send('memory');
    const [{ rssBytesMax }] = (await once(this.#child, 'message')) as [PeakMemory]; // What it answers.
    return rssBytesMax;
  }

  /** From the first byte to the report. Throws when the log was not read, or not whole. */
  async read(kind: BenchLog, path: string): Promise<ReadLog> {
    const name = `source-${this.#uploads++}`;
    await this.#call('POST', '/api/v1/discovery/data_sources/', { displayName: name, logType: kind });
    const begun = performance.now();
    const { url } = await this.#call<{ url: string }>(
      'GET',
      `/api/v1/discovery/upload_url/?filename=a.log.gz&source=${kind}`,
    );
    await this.#put(url, path);
    const done = { uploadUrl: url, inputStreamName: name };
    const { uploadId, inputStreamId } = await this.#call<{ uploadId: string; inputStreamId: string }>(
      'POST',
      '/api/v1/discovery/done_upload/',
      done,
    );
    const { records, apps } = await this.#finished(uploadId);
    await this.#call('POST', '/api/v1/discovery/discovered_apps/', { streamId: inputStreamId, timeframe: 30 });
    return { seconds: (performance.now() - begun) / 1000, records, apps };
  }

  async #finished(uploadId: string): Promise<{ records: number; apps: number }> {
    for (;;) {
      const shown = await this.#call<{
        state: string;
        problem: string | null;
        result: { read: number; used: number; apps: number } | null;
      }>('GET', `/management/v1/discovery/uploads/${uploadId}`);
      if (shown.problem) throw new Error(shown.problem);
      if (shown.state === 'done' && shown.result) return { records: shown.result.used, apps: shown.result.apps };
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async #put(url: string, path: string): Promise<void> {
    const { pathname, search } = new URL(url);
    const { size } = await stat(path);
    const outgoing = request({ ...this.#line(pathname + search), method: 'PUT' });
    outgoing.setHeader('content-length', size);
    const answered = once(outgoing, 'response');
    await pipeline(createReadStream(path, { highWaterMark: 262_144 }), outgoing);
    const [incoming] = await answered;
    incoming.resume();
    if (incoming.statusCode !== 201) throw new Error(`The file was answered with ${incoming.statusCode}.`);
  }

  #line(path: string) {
    const { port } = this.listening;
    return { host: '127.0.0.1', port, path, agent: this.#agent, headers: { host: `localhost:${port}` } };
  }

  #call<T>(method: string, path: string, body?: object): Promise<T> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...this.#line(path), method }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (incoming.statusCode === 200)
            resolve(JSON.parse(text) as T); // As the caller knows the call.
          else reject(new Error(`${method} ${path} was answered with ${incoming.statusCode}: ${text}`));
        });
      });
      outgoing.on('error', reject);
      outgoing.setHeader('authorization', `Token ${this.listening.token}`);
      if (body) outgoing.setHeader('content-type', 'application/json');
      outgoing.end(body && JSON.stringify(body));
    });
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }
}

/** Makes a log of about so many bytes unpacked, lets `use` have it, and removes it. */
export async function withLog<T>(kind: BenchLog, bytes: number, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-log-'));
  try {
    const path = join(folder, 'log.gz');
    const child = fork(join(import.meta.dirname, 'discovery-file.ts'), [kind, String(bytes), path]);
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`The log could not be made (code ${code}).`);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Megabytes of a log: as many as the bench says, or as BENCH_LOG_MEGABYTES says. */
export function logBytes(smoke: boolean, usual: number): number {
  const asked = Number(process.env.BENCH_LOG_MEGABYTES);
  return (smoke ? 4 : asked > 0 ? asked : usual) * 1e6;
}
