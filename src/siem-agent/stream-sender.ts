// Messages over TCP, in clear or through TLS. Syslog has no answer (RFC 6587 section 5), so "taken" is as much as the
// protocols below it tell: the system of the SIEM has acknowledged every byte, and the connection still stands. What was
// acknowledged and not yet read when the SIEM broke the connection is lost there; so after a reset the messages of the
// last second go once more, while after an orderly end, which a system gives only when all was read, they do not. The first
// chunk of a connection counts only when the connection has stood for that second: a SIEM that resets every connection, or a
// TLS 1.3 server that refuses the agent's certificate, which it does after the handshake, would else swallow one after another.
import { connect as connectTcp, type NetConnectOpts, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { lookupWithLocalhost } from '../lib/transport.ts';
import { describeFailure, type Handing, type Sender, SendFailure } from './sender.ts';
import { type Framing, frame } from './syslog.ts';
import { unacknowledgedBytes } from './unacknowledged.ts';

/** PEM texts of the agent's own machine. */
export interface TlsFiles {
  readonly ca: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

export interface StreamTarget {
  readonly host: string;
  readonly port: number;
  readonly framing: Framing;
  /** Null for TCP in clear. */
  readonly tls: TlsFiles | null;
}

const connectMsMax = 15_000;
const keepAliveMs = 30_000;
/** Without an acknowledgement for so long, what was sent is in doubt. */
const doubtMs = 500;
const recentMs = 1000;
const recentBytesMax = 262_144;

interface Sent {
  readonly bytes: Buffer;
  readonly at: number;
}

interface Line {
  readonly socket: Socket;
  /** It has stood for a second behind the first chunk that was acknowledged. */
  isProven: boolean;
  /** Told of the end by who waits for the bytes of a chunk; null for an orderly end. */
  ended?: ((error: NodeJS.ErrnoException | null) => void) | undefined;
}

export class StreamSender implements Sender {
  readonly #target: StreamTarget;
  #line: Line | undefined;
  /** Acknowledged in the last second, and what of it goes once more on the next connection. */
  #recent: Sent[] = [];
  #again: Buffer[] = [];
  #isClosed = false;

  constructor(target: StreamTarget) {
    this.#target = target;
  }

  async send(messages: readonly string[], handing: Handing): Promise<void> {
    const line = this.#line ?? (await this.#connect());
    const bytes = Buffer.concat([...this.#again, frame(messages, this.#target.framing)]);
    const at = await this.#give(line, bytes, handing);
    this.#again = [];
    this.#remember(bytes, at);
  }

  /** What was taken before a reset is to go once more: with the next messages, or with none. */
  get isOwing(): boolean {
    return this.#again.length > 0;
  }

  /** When the bytes were acknowledged. */
  async #give(line: Line, bytes: Buffer, handing: Handing): Promise<number> {
    const { socket } = line;
    let at = 0;
    let isDoubted = false;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    line.ended = (error) => {
      const what = error ? describeFailure(error, this.#where) : `${this.#where} ended the connection.`;
      // An orderly end behind the acknowledgement says that all of it was read, though perhaps only by TLS, which judges later.
      if (error === null && at > 0 && this.#target.tls === null) resolve();
      else reject(new SendFailure('send', what));
    };
    socket.write(bytes, (error) => {
      if (error) return; // The end of the connection tells of it.
      handing.taken();
      acknowledged(socket)
        .then(async () => {
          at = performance.now();
          clearTimeout(doubt);
          if (isDoubted) handing.taken();
          if (!line.isProven && this.#line === line) await sleep(recentMs);
          line.isProven = true;
          resolve();
        })
        .catch(reject);
    });
    // Of a TCP socket the system takes what fits at once; whoever is killed now has given over all of it.
    if (this.#target.tls === null && socket.writableLength === 0) handing.taken();
    const doubt = setTimeout(() => {
      isDoubted = true;
      handing.doubtful();
    }, doubtMs);
    try {
      await promise;
      return at;
    } finally {
      clearTimeout(doubt);
      line.ended = undefined;
      if (this.#line !== line) socket.end();
    }
  }

  #remember(bytes: Buffer, at: number): void {
    const now = performance.now();
    this.#recent.push({ bytes, at });
    let left = recentBytesMax;
    // The newest of the last second, as far as there is room for them.
    const kept = this.#recent.toReversed().filter(({ bytes: each, at }) => {
      left -= each.length;
      return now - at <= recentMs && left >= 0;
    });
    this.#recent = kept.toReversed();
  }

  get #where(): string {
    const { host, port } = this.#target;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  async #connect(): Promise<Line> {
    const { host, port, tls } = this.#target;
    if (this.#isClosed) throw new SendFailure('connection', 'The agent stops.');
    const to: NetConnectOpts = {
      host,
      port,
      lookup: lookupWithLocalhost,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
    };
    let socket: Socket | undefined;
    try {
      // Files that are no certificate or key are refused here.
      socket = tls === null ? connectTcp(to) : secure(to, tls);
      await opened(socket, tls !== null);
    } catch (error) {
      socket?.destroy();
      throw new SendFailure('connection', describeFailure(error, this.#where));
    }
    const line: Line = { socket, isProven: false };
    this.#line = line;
    let failure: NodeJS.ErrnoException | null = null;
    socket.on('error', (error) => {
      failure = error;
    });
    // The SIEM wants no more. What is under way may still be acknowledged, or answered with a reset if nobody is there.
    socket.on('end', () => {
      if (this.#line === line) this.#line = undefined;
      if (line.ended === undefined) socket.end();
      else if (tls !== null && !line.isProven) line.ended(null);
    });
    socket.on('close', () => {
      this.#lost(line, failure);
      line.ended?.(failure);
    });
    // A SIEM has nothing to say; what it says all the same must not fill the memory.
    socket.resume();
    return line;
  }

  #lost(line: Line, error: NodeJS.ErrnoException | null): void {
    if (this.#line === line) this.#line = undefined;
    if (error === null || this.#isClosed) return;
    const now = performance.now();
    this.#again = [...this.#again, ...this.#recent.filter(({ at }) => now - at <= recentMs).map(({ bytes }) => bytes)];
    this.#recent = [];
  }

  close(): void {
    this.#isClosed = true;
    this.#line?.socket.destroySoon();
  }
}

function secure(to: NetConnectOpts, { ca, certificate, key }: TlsFiles): TLSSocket {
  const { host = '' } = to as { host?: string }; // Both kinds of options have it; only ours are made.
  return connectTls({
    ...to,
    ...(ca === null ? {} : { ca }),
    ...(certificate === null || key === null ? {} : { cert: certificate, key }),
    // An address is no name that a server could be asked for (RFC 6066 section 3).
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    minVersion: 'TLSv1.2',
  });
}

async function opened(socket: Socket, isTls: boolean): Promise<void> {
  const signal = AbortSignal.timeout(connectMsMax);
  await new Promise<void>((resolve, reject) => {
    socket.once(isTls ? 'secureConnect' : 'connect', resolve);
    socket.once('error', reject);
    signal.addEventListener('abort', () => reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
  });
}

const pollMsMax = 50;

/** Resolves when the other end has acknowledged all bytes; at once where the system does not tell. */
async function acknowledged(socket: Socket): Promise<void> {
  const { localPort, remotePort } = socket;
  if (localPort === undefined || remotePort === undefined) return;
  for (let wait = 0; ; wait = Math.min(wait * 2 + 1, pollMsMax)) {
    const left = unacknowledgedBytes(localPort, remotePort);
    if (left === 0 || left === 'untold') return;
    await sleep(wait);
    // Who waits is told of the end by the connection itself.
    if (socket.destroyed) return await new Promise(() => {});
  }
}
