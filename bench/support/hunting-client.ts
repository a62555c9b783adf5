// A client of hunting queries in a thread of its own, so that its work is not in the way of the server's event loop.
import { Agent, request } from 'node:http';
import { parentPort, Worker } from 'node:worker_threads';

export interface HuntingCalls {
  readonly port: number;
  readonly authorization: string;
  readonly query: string;
  readonly count: number;
  readonly pauseMs: number;
}

export interface TimedCall {
  readonly status: number;
  readonly bytes: number;
  readonly ms: number;
}

/** Makes the calls one after the other. Throws when one is not answered with 200. */
export function timedCalls(calls: HuntingCalls): Promise<readonly TimedCall[]> {
  const worker = new Worker(new URL(import.meta.url));
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (made: readonly TimedCall[]) => {
      void worker.terminate();
      const wrong = made.find(({ status }) => status !== 200);
      if (wrong) reject(new Error(`A query was answered with ${wrong.status}.`));
      else resolve(made);
    });
    worker.postMessage(calls);
  });
}

async function make({ port, authorization, query, count, pauseMs }: HuntingCalls): Promise<readonly TimedCall[]> {
  const agent = new Agent({ keepAlive: true });
  const body = JSON.stringify({ Query: query });
  const headers = { host: `localhost:${port}`, authorization, 'content-type': 'application/json' };
  const made: TimedCall[] = [];
  for (let call = 0; call < count; call += 1) {
    const begun = performance.now();
    const answer = await new Promise<Omit<TimedCall, 'ms'>>((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/api/advancedhunting/run', method: 'POST', agent, headers };
      const outgoing = request(options, (incoming) => {
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, bytes }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
    made.push({ ...answer, ms: performance.now() - begun });
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  agent.destroy();
  return made;
}

parentPort?.once('message', (calls: HuntingCalls) => {
  void make(calls).then((made) => parentPort?.postMessage(made));
});
