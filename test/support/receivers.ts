// Receivers of webhooks and mail: a real HTTP server and a real SMTP server on loopback.
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { ServerPair } from './authorities.ts';

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: { id: string; type: string; time: string; tenantId: string; truncated?: true; data: EventData };
}
export type EventData = Readonly<Record<string, unknown>>;

export interface HookReceiver {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** What it answers from now on: a status, or a status with headers; `null` never answers. */
  answer(status: number | null, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

/** Answers 204 until told otherwise; over https with this certificate, as localhost, if there is one. */
export async function startHookReceiver(pair?: ServerPair): Promise<HookReceiver> {
  const received: Received[] = [];
  let next: { status: number | null; headers: Record<string, string> } = { status: 204, headers: {} };
  const server = pair ? https.createServer(pair) : createServer();
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const body = JSON.parse(text) as Received['body']; // The tests look at what they need.
      received.push({ path: request.url ?? '', headers: request.headers, text, body });
      if (next.status !== null) response.writeHead(next.status, next.headers).end('seen');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  return {
    url: pair ? `https://localhost:${port}/hook` : `http://127.0.0.1:${port}/hook`,
    port,
    received,
    answer: (status, headers = {}) => {
      next = { status, headers };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a receiver computes for itself, as docs/webhooks.md shows it. */
export function expectedSignature(secret: string, { headers, text }: Received): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

export interface MailReceiver {
  readonly port: number;
  readonly mails: { readonly to: readonly string[]; readonly raw: string; readonly isSecure: boolean }[];
  /** Whether the connection was secure, of each attempt to sign in. */
  readonly signIns: boolean[];
  /** From now on recipients are answered with this code; null takes them. */
  refuse(code: number | null): void;
  close(): Promise<void>;
}

export interface MailTls {
  /** starttls: offers it. tls: from the first byte. none: knows none and takes passwords in clear. */
  readonly mode: 'starttls' | 'tls' | 'none';
  readonly pair?: ServerPair;
  /** Any free one unless given. */
  readonly port?: number;
}

/** Wants the user name and password that the tests set; in clear unless told otherwise. */
export async function startMailReceiver(
  user: string,
  password: string,
  { mode, pair, port: wanted = 0 }: MailTls = { mode: 'none' },
): Promise<MailReceiver> {
  const mails: MailReceiver['mails'] = [];
  const signIns: boolean[] = [];
  let refused: number | null = null;
  const server = new SMTPServer({
    secure: mode === 'tls',
    hideSTARTTLS: mode !== 'starttls',
    ...(mode === 'none' ? { disabledCommands: ['STARTTLS'] } : {}),
    ...pair,
    // It would take whatever a careless client sends: what is tested is that ours is none.
    allowInsecureAuth: true,
    onAuth({ username, password: given }, session, done) {
      signIns.push(session.secure);
      if (username === user && given === password) done(null, { user });
      else done(new Error('Wrong password'));
    },
    onRcptTo: (_address, _session, done) =>
      done(refused === null ? null : Object.assign(new Error('No'), { responseCode: refused })),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ to, raw: Buffer.concat(chunks).toString('utf8'), isSecure: session.secure });
        done();
      });
    },
  });
  // A client that dislikes the certificate leaves in the middle of the handshake.
  server.on('error', () => {});
  const port = await new Promise<number>((resolve) => {
    const listening = server.listen(wanted, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port));
  });
  return {
    port,
    mails,
    signIns,
    refuse: (code) => {
      refused = code;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
