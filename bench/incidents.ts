// GET /api/incidents?$top=50 with an app's access token, against plain node:http that sends the same rows of the same
// query. docs/decisions/0015 says why not against the query alone, whose rate is printed as well.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import type { BareRate, BareRun, Listening } from './support/incidents-server.ts';
import { Load } from './support/load.ts';

const connections = 16;
const warmUpMs = 5000;
/** Short rounds that take turns: whatever else the machine does meets both alike. */
const roundMs = 250;

export const bench: Bench = {
  name: 'GET /api/incidents?$top=50 through HTTP, requests per second',
  against: 'plain node:http that runs the bare SQLite query for the same rows and sends them, in the same process',
  atLeast: 0.5,
  run,
};

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const rows = smoke ? 500 : 20_000;
  const rounds = smoke ? 2 : 60;
  const file = new URL('./support/incidents-server.ts', import.meta.url);
  const child = fork(file, [String(rows)], { execArgv: [] });
  const ended = once(child, 'exit');
  try {
    const { port, plainPort, token } = await answerOf<Listening>(child);
    log(`${rows} incidents stored`);
    const head = `GET /api/incidents?$top=50 HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const load = await Load.open(port, head, connections);
    const plain = await Load.open(plainPort, head, connections);
    const measureBare = async (durationMs: number): Promise<number> => {
      child.send({ durationMs } satisfies BareRun);
      return (await answerOf<BareRate>(child)).queriesPerSecond;
    };
    for (const each of [load, plain]) await each.run(smoke ? roundMs : warmUpMs);
    await measureBare(smoke ? roundMs : warmUpMs);
    const [served, sent, bare]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      served.push((await load.run(roundMs)).requestsPerSecond);
      sent.push((await plain.run(roundMs)).requestsPerSecond);
      bare.push(await measureBare(roundMs));
    }
    load.close();
    plain.close();
    const ratios = served.map((rate, round) => rate / (sent[round] ?? Number.NaN));
    const [ours, theirs, queries] = [served, sent, bare].map((rates) => median(rates).toFixed(0));
    return {
      ratio: median(ratios),
      detail: `${ours}/s against ${theirs}/s; the query alone ${queries}/s; median of ${rounds} rounds, ${rows} incidents`,
    };
  } finally {
    child.disconnect();
    await ended;
  }
}

/** The next message of the server's process; rejects when it ends instead. */
async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const stopped = new AbortController();
  const failed = once(child, 'exit', { signal: stopped.signal }).then(([code]) => {
    throw new Error(`The server's process ended with code ${String(code)}.`);
  });
  failed.catch(() => {}); // Met below, or ended by the signal.
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: stopped.signal }), failed]);
    return message as Answer; // Each message of incidents-server.ts is the answer to the one before.
  } finally {
    stopped.abort();
  }
}
