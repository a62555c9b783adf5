// What authenticating an API token costs: the about call, which reads no store once the token is known, against bare Fastify.
import { fork } from 'node:child_process';
import type { AboutAnswer, Listening } from './support/about-server.ts';
import { type Bench, type BenchOptions, type BenchResult, median } from './support/bench.ts';
import { load } from './support/load.ts';

export const bench: Bench = {
  name: 'GET /management/v1/about with an API token in the cache, requests per second',
  against: 'a bare Fastify route that sends the same bytes',
  atLeast: 0.7,
  run,
};

const connections = 64;
/** Both servers answer this often before anything is measured: the compiler of Node works in several stages. */
const warmUpMs = 8000;

async function run({ smoke, log }: BenchOptions): Promise<BenchResult> {
  const roundMs = smoke ? 200 : 2500;
  const rounds = smoke ? 1 : 7;
  const product = await startServer('product');
  const head = `GET /management/v1/about HTTP/1.1\r\nHost: localhost:${product.port}\r\nAuthorization: Token ${product.token}\r\n\r\n`;
  const bare = await startServer('bare', JSON.stringify(await readAnswer(product.port, product.token)));
  try {
    const ratios: number[] = [];
    const productRates: number[] = [];
    const bareRates: number[] = [];
    for (const { port } of [product, bare]) await load(port, head, connections, smoke ? roundMs : warmUpMs);
    for (let round = 0; round < rounds; round++) {
      const ours = await load(product.port, head, connections, roundMs);
      const theirs = await load(bare.port, head, connections, roundMs);
      productRates.push(ours.requestsPerSecond);
      bareRates.push(theirs.requestsPerSecond);
      ratios.push(ours.requestsPerSecond / theirs.requestsPerSecond);
      log(
        `round ${round + 1}: ${ours.requestsPerSecond.toFixed(0)}/s against ${theirs.requestsPerSecond.toFixed(0)}/s`,
      );
    }
    const detail = `${median(productRates).toFixed(0)}/s against ${median(bareRates).toFixed(0)}/s, median of ${rounds} rounds`;
    return { ratio: median(ratios), detail };
  } finally {
    await product.stop();
    await bare.stop();
  }
}

interface Server extends Listening {
  stop(): Promise<void>;
}

function startServer(kind: 'product' | 'bare', bytes = ''): Promise<Server> {
  const file = new URL('./support/about-server.ts', import.meta.url);
  const child = fork(file, [kind, bytes], { execArgv: [] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The ${kind} server ended with code ${code}.`)));
    child.once('message', (message) => {
      const listening = message as Listening; // The only message that about-server.ts sends.
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
async function readAnswer(port: number, token: string): Promise<AboutAnswer> {
  const url = `http://localhost:${port}/management/v1/about`;
  const answer = await fetch(url, { headers: { authorization: `Token ${token}` } });
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`The about call answered ${answer.status}: ${body}`);
  const fromNode = new Set(['date', 'connection', 'keep-alive', 'content-length']);
  return { headers: Object.fromEntries([...answer.headers].filter(([name]) => !fromNode.has(name))), body };
}
