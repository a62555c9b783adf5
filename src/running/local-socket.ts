// A door that only this machine's operator has: a socket in the data folder, which the file system guards (folder 0700,
// socket 0600). It exists for the break-glass command, when nobody can sign in any more.
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, relative } from 'node:path';
import type { Services } from '../context.ts';
import { breakGlass } from '../directory/break-glass.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { http } from '../lib/http.ts';

const bodyBytesMax = 16_384;
/** Longest socket path that every Unix takes. */
const pathBytesMax = 103;

/** Where the socket of a data folder is; undefined when its path is too long for a socket. */
export function localSocketPath(dataFolder: string): string | undefined {
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\sallyport-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 32)}`;
  }
  const absolute = join(dataFolder, 'local.sock');
  return [absolute, relative(process.cwd(), absolute)].find((path) => Buffer.byteLength(path) <= pathBytesMax);
}

export interface LocalSocket {
  /** Why there is none, as a sentence; null when there is one. */
  readonly problem: string | null;
  close(): Promise<void>;
}

/** Listens for the break-glass command: POST /break-glass {tenant, user, reason}. */
export async function openLocalSocket(services: Services): Promise<LocalSocket> {
  const path = localSocketPath(services.config.dataFolder);
  if (path === undefined) {
    const problem = `The path of ${services.config.dataFolder} is too long for a socket, so "sallyport break-glass" will not work. Use a shorter path.`;
    return { problem, close: async () => {} };
  }
  // The event store's lock proves that no other process serves this folder, so a socket found here is a dead one's.
  if (process.platform !== 'win32' && existsSync(path)) rmSync(path);
  const server = http.createServer((request, response) => void answer(services, request, response));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return {
    problem: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(services: Services, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  try {
    if (request.method !== 'POST' || request.url !== '/break-glass') return send(404, { detail: 'Not found.' });
    const { tenant, user, reason } = await readBody(request);
    const result = await breakGlass(services, { tenantRef: tenant, userName: user, reason });
    send(200, result);
  } catch (error) {
    if (error instanceof InvalidInput || error instanceof NotFound || error instanceof Conflict)
      return send(400, { detail: error.message });
    services.log.error({ err: error }, 'break-glass failed');
    send(500, { detail: 'It failed; the log of the server says why.' });
  }
}

async function readBody(request: IncomingMessage): Promise<{ tenant: string; user: string; reason: string }> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > bodyBytesMax) throw new InvalidInput('body', 'The request is too large.');
  }
  const body = JSON.parse(text) as Partial<Record<'tenant' | 'user' | 'reason', unknown>>; // Each member is checked here.
  const take = (name: 'tenant' | 'user' | 'reason'): string => {
    const value = body[name];
    if (typeof value !== 'string' || value.trim() === '') throw new InvalidInput(name, `${name} is missing.`);
    return value.trim();
  };
  return { tenant: take('tenant'), user: take('user'), reason: take('reason') };
}
