// How the collector does, for people on its own machine: a file that `sallyport log-collector status` reads, and a page that
// only this machine can open.
import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { StateFolder } from '../agent-client/state-folder.ts';
import { http } from '../lib/http.ts';
import type { CollectorInput, CollectorReport, InputReport } from './settings.ts';

export interface InputStatus extends InputReport {
  readonly name: string;
  readonly source: string;
  readonly receiverType: CollectorInput['receiverType'];
  /** The port that is open; null when none is. */
  readonly port: number | null;
  readonly connections: number;
}

export interface CollectorStatus extends Omit<CollectorReport, 'inputs'> {
  readonly name: string | null;
  readonly server: string;
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
  /** When the server last answered; null while it has not. */
  readonly serverAnsweredAt: number | null;
  readonly ftpPort: number | null;
  readonly inputs: readonly InputStatus[];
}

const fileName = 'status.json';

export function writeStatus(folder: StateFolder, status: CollectorStatus): void {
  folder.write(fileName, JSON.stringify(status));
}

/** Null when no collector has worked with the folder. */
export function readStatus(folder: StateFolder): CollectorStatus | null {
  const text = folder.read(fileName);
  return text === null ? null : (JSON.parse(text) as CollectorStatus); // Written by writeStatus.
}

export interface StatusPage {
  readonly port: number;
  close(): Promise<void>;
}

export interface Rendering {
  status(): CollectorStatus;
  /** The page's HTML. */
  render(status: CollectorStatus): string;
  /** What its one style element holds; nothing else on the page has an effect. */
  readonly style: string;
}

/** Serves the page, and the same as JSON at /status.json, on the loopback address. */
export async function serveStatus(port: number, { status, render, style }: Rendering): Promise<StatusPage> {
  const styleHash = createHash('sha256').update(style).digest('base64');
  const server: Server = http.createServer((request, response) => {
    // A name that points here would let a page of elsewhere read it.
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (!['127.0.0.1', '[::1]', 'localhost'].includes(host)) {
      response.writeHead(421).end();
    } else if (request.method !== 'GET') {
      response.writeHead(405, { allow: 'GET' }).end();
    } else if (request.url === '/status.json') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(status()));
    } else if (request.url === '/') {
      response.writeHead(200, {
        ...{ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-frame-options': 'DENY' },
        'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'`,
      });
      response.end(render(status()));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
