// A SIEM's receiver of syslog: real sockets on loopback, every message kept in the order in which it came.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';

export interface SiemReceiver {
  readonly port: number;
  readonly messages: readonly string[];
  /** Names of the certificates that connections showed. */
  readonly shown: readonly string[];
  /** Resolves when there are so many messages. Fails the test after a minute. */
  until(count: number): Promise<void>;
  /** Ends every connection once it has read what came: an orderly restart. */
  hangUp(): void;
  /** From now on it reads nothing, or reads again. */
  pause(isPaused: boolean): void;
  close(): Promise<void>;
}

/** What counts is whole: a message that a connection broke off in is none. */
class Messages {
  readonly all: string[] = [];
  readonly #waiting = new Set<() => void>();

  add(message: string): void {
    this.all.push(message);
    for (const hear of this.#waiting) hear();
  }

  async until(count: number): Promise<void> {
    const endsAt = performance.now() + 60_000;
    while (this.all.length < count) {
      const left = endsAt - performance.now();
      if (left <= 0) throw new Error(`${this.all.length} of ${count} messages came; the last: ${this.all.at(-1)}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      const timer = setTimeout(resolve, left);
      await promise;
      clearTimeout(timer);
      this.#waiting.delete(resolve);
    }
  }
}

export interface StreamReceiverOptions {
  /** Any free one unless given. */
  readonly port?: number;
  readonly tls?: TlsOptions;
  readonly octetCounting?: boolean;
}

export async function startStreamReceiver(options: StreamReceiverOptions = {}): Promise<SiemReceiver> {
  const messages = new Messages();
  const sockets = new Set<Socket>();
  const shown: string[] = [];
  let isPaused = false;
  const take = (socket: Socket): void => {
    sockets.add(socket);
    if (socket instanceof TLSSocket) shown.push(String(socket.getPeerCertificate().subject?.CN));
    if (isPaused) socket.pause();
    let rest: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = cut(Buffer.concat([rest, chunk]), options.octetCounting === true, (message) => messages.add(message));
    });
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  const server: Server = options.tls ? createTlsServer(options.tls, take) : createServer(take);
  if (options.tls) server.on('tlsClientError', () => {});
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port, // It listens on TCP.
    messages: messages.all,
    shown,
    until: (count) => messages.until(count),
    hangUp() {
      for (const socket of sockets) socket.end();
    },
    pause(wanted) {
      isPaused = wanted;
      for (const socket of sockets) wanted ? socket.pause() : socket.resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Hands over every whole message, and gives back what follows the last one. */
function cut(bytes: Buffer, octetCounting: boolean, found: (message: string) => void): Buffer {
  for (;;) {
    const mark = bytes.indexOf(octetCounting ? ' ' : '\n');
    if (mark < 0) return bytes;
    const start = octetCounting ? mark + 1 : 0;
    const end = octetCounting ? start + Number(bytes.subarray(0, mark).toString('latin1')) : mark;
    if (end > bytes.length) return bytes;
    found(bytes.subarray(start, end).toString('utf8'));
    bytes = bytes.subarray(octetCounting ? end : end + 1);
  }
}

export async function startDatagramReceiver(port = 0): Promise<SiemReceiver> {
  const messages = new Messages();
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  socket.on('message', (message) => messages.add(message.toString('utf8')));
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    messages: messages.all,
    shown: [],
    until: (count) => messages.until(count),
    hangUp: () => {},
    pause: () => {},
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}
