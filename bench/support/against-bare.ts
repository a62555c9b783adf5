// The same GET call again and again: our whole program with a credential that it knows, against bare Fastify that sends
// the same bytes. Both in processes of their own.
import { fork } from 'node:child_process';
import { type BenchOptions, type BenchResult, median } from './bench.ts';
import type { BareAnswer, Listening, ServerKind } from './call-server.ts';
import { Load } from './load.ts';

/** What is called, and with which credential (call-server.ts). */
export interface BareComparison {
  readonly kind: Exclude<ServerKind, 'bare'>;
  readonly path: string;
}

const connections = 64;
/** Both servers answer this often before anything is measured: the compiler of Node works in several stages. */
const warmUpMs = 8000;
/** Short rounds that take turns: whatever else the machine does meets both servers alike. */
const roundMs = 250;

export async function compareWithBare(
  { kind, path }: BareComparison,
  { smoke, log }: BenchOptions,
): Promise<BenchResult> {
  const rounds = smoke ? 2 : 80;
  const product = await startServer(kind, path);
  const { port, authorization } = product;
  const head = `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: ${authorization}\r\n\r\n`;
  const bare = await startServer('bare', path, JSON.stringify(await readAnswer(product, path)));
  const loads: Load[] = [];
  try {
    for (const server of [product, bare]) {
      const load = await Load.open(server.port, head, connections);
      loads.push(load);
      await load.run(smoke ? roundMs : warmUpMs);
    }
    const [ours, theirs] = await measureInTurns(loads, rounds);
    const ratios = ours.map((rate, round) => rate / (theirs[round] ?? Number.NaN));
    const quarter = Math.ceil(rounds / 4);
    for (let start = 0; start < rounds; start += quarter) {
      log(`rounds from ${start + 1}: ${median(ratios.slice(start, start + quarter)).toFixed(3)}`);
    }
    const detail = `${median(ours).toFixed(0)}/s against ${median(theirs).toFixed(0)}/s, median of ${rounds} rounds`;
    return { ratio: median(ratios), detail };
  } finally {
    for (const load of loads) load.close();
    await product.stop();
    await bare.stop();
  }
}

/** Requests per second of each, round by round. */
async function measureInTurns(loads: readonly Load[], rounds: number): Promise<[number[], number[]]> {
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const [index, load] of loads.entries()) {
      rates[index]?.push((await load.run(roundMs)).requestsPerSecond);
    }
  }
  return rates;
}

interface Server extends Listening {
  stop(): Promise<void>;
}

function startServer(kind: ServerKind, path: string, bytes = ''): Promise<Server> {
  const file = new URL('./call-server.ts', import.meta.url);
  const child = fork(file, [kind, path, bytes], { execArgv: [] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The ${kind} server ended with code ${code}.`)));
    child.once('message', (message) => {
      const listening = message as Listening; // The only message that call-server.ts sends.
      resolve({
        ...listening,
        async stop() {
          child.disconnect();
          await ended;
        },
      });
    });
  });
}

/** What the product sends, for the bare server to send too: body and header fields, but for those that Node adds itself. */
async function readAnswer({ port, authorization }: Listening, path: string): Promise<BareAnswer> {
  const answer = await fetch(`http://localhost:${port}${path}`, { headers: { authorization } });
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${body}`);
  const fromNode = new Set(['date', 'connection', 'keep-alive', 'content-length']);
  return { headers: Object.fromEntries([...answer.headers].filter(([name]) => !fromNode.has(name))), body };
}
