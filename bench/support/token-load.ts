// What the client-credentials benches share: the token endpoints in processes of their own, and wrk asking them. Its output
// is printed as it is.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { BenchOptions } from './bench.ts';
import type { TokenEndpoint } from './token-server.ts';
import { runWrk } from './wrk.ts';

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
  /** Mean of the pauses that a connection makes after an answer, exponentially distributed; none when absent. */
  readonly pauseMs?: number;
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

/** Asks for tokens with wrk. Rejects at any error and any answer but 200. */
export async function loadTokens(
  { url, form }: TokenEndpoint,
  { connections, seconds, pauseMs }: LoadPlan,
  log: BenchOptions['log'],
): Promise<TokenLoad> {
  const request = { method: 'POST', headers, body: form };
  const { requestsPerSecond, p50Ms, p99Ms } = await runWrk(url, request, { connections, seconds, pauseMs }, log);
  return { tokensPerSecond: requestsPerSecond, p50Ms, p99Ms };
}

/** The only message that a process of ours sends; rejects when it ends without one. */
async function messageOf<Message>(child: ChildProcess, name: string): Promise<Message> {
  return await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with code ${code}.`)));
    child.once('message', (message) => resolve(message as Message)); // Both scripts say what they send.
  });
}
