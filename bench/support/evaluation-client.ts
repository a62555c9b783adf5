// Starts the server of the evaluation-delay bench and speaks to it as a collector and as a reader of alerts do.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { testPassword } from '../../test/support/accounts.ts';
import { freePort } from '../../test/support/postgres-server.ts';
import type { EvaluationServer } from './evaluation-server.ts';

export interface EvaluationClient {
  /** Sends lines; resolves when the server has acknowledged that it stored all of them, and rejects otherwise. */
  ingest(lines: readonly string[]): Promise<void>;
  /** The alerts of the policy for marked activities, each as its JSON text; 100 at most. */
  alerts(): Promise<string[]>;
  /** Seconds of processor time that the server has taken. */
  processorSeconds(): Promise<number>;
  stop(): Promise<void>;
}

const settings = {
  SALLYPORT_TLS: 'proxy',
  SALLYPORT_TRUSTED_PROXIES: '127.0.0.1',
  SALLYPORT_LOG_LEVEL: 'warn',
  // It is not the limits of calls that are measured.
  SALLYPORT_SESSION_REQUESTS_PER_MINUTE: '100000',
  SALLYPORT_TENANT_REQUESTS_PER_MINUTE: '100000',
};

/** A server in a process of its own, with its data in this folder. */
export async function startEvaluation(folder: string): Promise<EvaluationClient> {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    // As bin/node24.cjs sets it for the program.
    UV_THREADPOOL_SIZE: '16',
    SALLYPORT_DATA: folder,
    SALLYPORT_PORT: String(port),
    SALLYPORT_PUBLIC_URL: `https://localhost:${port}`,
    ...settings,
  };
  const child = fork(new URL('./evaluation-server.ts', import.meta.url), { execArgv: [], env });
  const ended = once(child, 'exit');
  const processorSeconds = async () => {
    child.send('processor time');
    const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage]; // As the script answers.
    return (user + system) / 1_000_000;
  };
  const stop = async () => {
    child.disconnect();
    await ended;
  };
  const server = await new Promise<EvaluationServer>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with code ${code}.`)));
    child.once('message', (message) => resolve(message as EvaluationServer)); // The script says what it sends.
  });
  try {
    return { ...(await signIn(port, server)), processorSeconds, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function signIn(
  port: number,
  { userName, policyId }: EvaluationServer,
): Promise<Omit<EvaluationClient, 'processorSeconds' | 'stop'>> {
  const line: Line = { port, agent: new http.Agent({ keepAlive: true }) };
  const { value: session } = await call<{ value: string }>(line, '/management/v1/sessions', '', {
    body: JSON.stringify({ userName, password: testPassword, client: 'cli' }),
  });
  const authorization = `Bearer ${session}`;
  const { value: token } = await call<{ value: string }>(line, '/management/v1/api-tokens', authorization, {
    body: JSON.stringify({ name: 'bench' }),
  });
  const filters = encodeURIComponent(JSON.stringify({ 'entity.policy': { eq: [policyId] } }));
  const alertsPath = `/api/v1/alerts/?limit=100&filters=${filters}`;
  return {
    async ingest(lines) {
      const { stored } = await call<{ stored: number }>(line, '/management/v1/ingest/activities', authorization, {
        type: 'application/x-ndjson',
        body: `${lines.join('\n')}\n`,
      });
      if (stored !== lines.length) throw new Error(`Of ${lines.length} activities ${stored} were stored.`);
    },
    async alerts() {
      const { data } = await call<{ data: readonly unknown[] }>(line, alertsPath, `Token ${token}`);
      return data.map((alert) => JSON.stringify(alert));
    },
  };
}

interface Line {
  readonly port: number;
  readonly agent: http.Agent;
}

/** The JSON of the answer, which each caller knows the shape of. Rejects at any status but 200 and 201. */
function call<Body>(
  { port, agent }: Line,
  path: string,
  authorization: string,
  { body, type = 'application/json' }: { body?: string; type?: string } = {},
): Promise<Body> {
  const sent = body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  const headers = { host: `localhost:${port}`, ...(authorization === '' ? {} : { authorization }), ...sent };
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const request = http.request({ host: '127.0.0.1', port, agent, path, method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (answer.statusCode === 200 || answer.statusCode === 201) resolve(JSON.parse(text));
        else reject(new Error(`${path} answered ${answer.statusCode}: ${text}`));
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
