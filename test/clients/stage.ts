// A server over TLS at the real time, an app that a tenant consented to, and clients as processes of their own that trust
// the server's authority the way their users make them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPrivateKey, KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { addCertificate } from '../../src/applications/certificates.ts';
import type { NewApplication } from '../../src/applications/registrations.ts';
import { approveDevice, findByUserCode } from '../../src/authorizations/device-codes.ts';
import { ingestIncidents } from '../../src/incidents/ingest.ts';
import { dayMs, minuteMs } from '../../src/lib/clock.ts';
import { ctxOf } from '../directory-ctx.ts';
import { makeUser } from '../support/accounts.ts';
import { WallClock } from '../support/clock.ts';
import { makeApp, mtpDefault, type Registered, redirectUri } from '../support/entra.ts';
import { incidentLines } from '../support/incidents.ts';
import { PageReader, redirectOf } from '../support/pages.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/server.ts';
import type { Task } from './programs/conversation.ts';

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
export const incidentCount = 3;

export interface ClientStage {
  readonly server: TestServer;
  readonly app: Registered;
  /** The task that a program gets, but for its flow. */
  readonly task: Omit<Task, 'flow'>;
}

/** The app's home and the tenant that consented, with three incidents of the latter. Dispose of `server`. */
export async function openStage(
  change: Partial<NewApplication> = {},
  mode: NonNullable<TestServerOptions['mode']> = {},
): Promise<ClientStage> {
  const server = await startTestServer({ tls: true, testClock: new WallClock(), mode });
  const app = await makeApp(server, change);
  const ingest = ctxOf(server.services, app.tenant, await makeUser(server.services, app.tenant), ['Ingest.write']);
  await ingestIncidents(ingest, Readable.from([Buffer.from(incidentLines(incidentCount))]), 'test');
  return { server, app, task: await taskFor(server, app) };
}

async function taskFor(server: TestServer, app: Registered): Promise<Omit<Task, 'flow'>> {
  const { certificate, privateKey } = await makeCertificate();
  await addCertificate(app.home, app.appId, { certificate, description: 'client' });
  const { raw } = new X509Certificate(certificate);
  const thumbprint = async (name: string) => Buffer.from(await webcrypto.subtle.digest(name, raw)).toString('hex');
  return {
    url: server.url,
    host: new URL(server.url).host,
    tenant: app.tenant.id,
    clientId: app.appId,
    secret: app.secret,
    certificate,
    privateKey,
    thumbprint: await thumbprint('SHA-1'),
    thumbprintSha256: await thumbprint('SHA-256'),
    scope: mtpDefault,
    redirectUri,
    assertion: '',
  };
}

async function makeCertificate(): Promise<{ certificate: string; privateKey: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=client',
      keys,
      notBefore: new Date(Date.now() - minuteMs),
      notAfter: new Date(Date.now() + dayMs),
      signingAlgorithm: algorithm,
    },
    webcrypto,
  );
  const privateKey = createPrivateKey({
    key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'der' }),
    format: 'der',
    type: 'pkcs8',
  });
  return {
    certificate: certificate.toString('pem'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export interface Outcome<Result> {
  readonly result?: Result;
  readonly failure?: Readonly<Record<string, unknown>>;
}

/** Runs a program of `programs/`; `answer` answers its questions. What it wrote to standard error is in the failure. */
export async function runProgram<Result>(
  { server, task }: ClientStage,
  program: readonly string[],
  change: Partial<Task> & Pick<Task, 'flow'>,
  answer: (question: string) => Promise<unknown> = async () => undefined,
): Promise<Outcome<Result>> {
  const [file = '', ...more] = program;
  const isPython = file.endsWith('.py');
  const path = join(import.meta.dirname, 'programs', file);
  const child = spawn(isPython ? debianPython : process.execPath, [path, ...more], {
    env: { PATH: process.env.PATH ?? '', NODE_EXTRA_CA_CERTS: server.caFile ?? '', HOME: process.env.HOME ?? '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let problems = '';
  child.stderr.on('data', (chunk) => {
    problems += String(chunk);
  });
  const closed = once(child, 'close');
  child.stdin.write(`${JSON.stringify({ ...task, ...change, caFile: server.caFile })}\n`);
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Outcome<Result> & { readonly ask?: string }; // Written by the program.
    if (said.ask === undefined) {
      child.stdin.end();
      await closed;
      return said;
    }
    child.stdin.write(`${JSON.stringify((await answer(said.ask)) ?? null)}\n`);
  }
  await closed;
  throw new Error(`${program.join(' ')} ended without an answer:\n${problems}`);
}

/** Debian's interpreter: python3-msal is installed for it and for no other. */
export const debianPython = '/usr/bin/python3';

/** What the program answered; fails with what its library threw. */
export async function resultOf<Result>(...args: Parameters<typeof runProgram<Result>>): Promise<Result> {
  const { result, failure } = await runProgram<Result>(...args);
  assert.ok(result !== undefined && result !== null, JSON.stringify(failure, null, 2));
  return result;
}

/** Somebody of the tenant opens the authorize URL, signs in, and comes back with what the app is told. */
export async function comeBack({ server, app }: ClientStage, url: string): Promise<{ url: string; code: string }> {
  const reader = new PageReader(server);
  const { pathname, search } = new URL(url);
  await reader.get(pathname + search);
  let answer = await reader.signIn(app.user);
  if (answer.status === 200) answer = await reader.submit({ decision: 'accept' });
  const { to, values } = redirectOf(answer);
  return { url: `${to}?${values}`, code: values.get('code') ?? '' };
}

/** The same person types the code that the app showed. */
export async function approve({ server, app }: ClientStage, userCode: string): Promise<void> {
  const request = await findByUserCode(server.services, userCode);
  assert.ok(request, 'The code is not known.');
  const proof = { authTime: server.services.clock(), amr: ['pwd'], secondFactorAt: null, sessionId: null };
  assert.ok(await approveDevice(server.services, request, { tenantId: app.tenant.id, userId: app.user.id, proof }));
}

/** How many incidents the token opens; fails with the server's words. */
export async function countIncidents({ server }: ClientStage, token: string): Promise<number> {
  const answer = await server.request('/api/incidents', { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<{ value: unknown[] }>().value.length;
}
