// What the client-credentials benches share: the token endpoints in processes of their own, and autocannon, in another
// process, asking them. Its output is printed as it is.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Options } from 'autocannon';
import type { Answer } from './autocannon-load.ts';
import type { BenchOptions } from './bench.ts';
import type { TokenEndpoint } from './token-server.ts';

export interface TokenServer extends TokenEndpoint {
  stop(): Promise<void>;
}

export interface TokenLoad {
  readonly tokensPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadPlan {
  readonly connections: number;
  readonly seconds: number;
  /** Requests per second over all connections; as many as are answered when absent. */
  readonly rate?: number;
}

/** As bin/node24.cjs sets it for the program. */
const threads = '16';
const headers = { 'content-type': 'application/x-www-form-urlencoded' };

/** Starts an endpoint and takes two tokens of it, which must be JWTs that differ. */
export async function startTokenServer(kind: 'product' | 'provider'): Promise<TokenServer> {
  const file = new URL('./token-server.ts', import.meta.url);
  const env = { ...process.env, UV_THREADPOOL_SIZE: threads, NODE_ENV: 'production' };
  const child = fork(file, [kind], { execArgv: [], env });
  const ended = once(child, 'exit');
  const endpoint = await messageOf<TokenEndpoint>(child, `The ${kind} server`);
  const server: TokenServer = {
    ...endpoint,
    async stop() {
      child.disconnect();
      await ended;
    },
  };
  try {
    const [first, second] = [await takeToken(endpoint), await takeToken(endpoint)];
    if (first === second) throw new Error(`The ${kind} server gave the same token twice.`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function takeToken({ url, form }: TokenEndpoint): Promise<string> {
  const answer = await fetch(url, { method: 'POST', headers, body: form });
  const body = await answer.text();
  const token: unknown = answer.ok ? JSON.parse(body).access_token : undefined;
  if (typeof token === 'string' && token.split('.').length === 3) return token;
  throw new Error(`${url} answered ${answer.status}: ${body}`);
}

/** Asks for tokens with autocannon. Rejects at any error and any answer but 200. */
export async function loadTokens(
  { url, form }: TokenEndpoint,
  { connections, seconds, rate }: LoadPlan,
  log: BenchOptions['log'],
): Promise<TokenLoad> {
  const child = fork(new URL('./autocannon-load.ts', import.meta.url), [], { execArgv: [] });
  const overallRate = rate === undefined ? undefined : Math.round(rate);
  child.send({
    ...{ url, method: 'POST', headers, body: form, connections, duration: seconds, overallRate },
    // The correction for requests that were sent late counts seconds as milliseconds; this load is one that can be kept.
    ignoreCoordinatedOmission: rate !== undefined,
  } satisfies Options);
  const { result, table } = await messageOf<Answer>(child, 'autocannon');
  log(`autocannon: POST ${url}, ${connections} connections${rate === undefined ? '' : `, ${overallRate}/s`}`);
  for (const line of table.trimEnd().split('\n')) log(line);
  const { duration, errors, timeouts, non2xx, latency } = result;
  if (errors + timeouts + non2xx > 0) {
    throw new Error(`${errors} errors, ${timeouts} timeouts, ${non2xx} answers other than 200 from ${url}.`);
  }
  return { tokensPerSecond: result['2xx'] / duration, p50Ms: latency.p50, p99Ms: latency.p99 };
}

/** The only message that a process of ours sends; rejects when it ends without one. */
async function messageOf<Message>(child: ChildProcess, name: string): Promise<Message> {
  return await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with code ${code}.`)));
    child.once('message', (message) => resolve(message as Message)); // Both scripts say what they send.
  });
}
