// Ports that log messages come in at: syslog over UDP, TCP and TLS with certificates on both sides.
import { createSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Framing, type Lines, oneLine } from './framing.ts';

export interface Receiver {
  readonly port: number;
  /** Connections that are open; 0 for UDP. */
  readonly connections: () => number;
  close(): Promise<void>;
}

export interface Inlet {
  /** Called with whole lines; what it throws closes the connection that they came on. */
  take(lines: Lines): void;
  /** Something about a sender that an operator should know. */
  complain(message: string): void;
}

export interface Listening {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

export interface TlsFiles {
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** Authorities of the senders' certificates. */
  readonly authorities: Buffer;
}

/** Longer than any syslog message that an appliance sends; what is longer is cut. */
const messageBytesMax = 256 * 1024;
const initialLimits = { connectionsMax: 1000 };
/** A connection on which nothing has come since it began. Others may be silent: some appliances say nothing for a night. */
const silentMs = 15 * 60_000;
/** A sender that has gone without a word is found out by the system. */
const keepAlive = { keepAlive: true, keepAliveInitialDelay: 60_000 };
const handshakeTimeout = 30_000;
const receiveBufferBytes = 8 * 1024 * 1024;
/** Datagrams are put together for one write. */
const gatherMs = 20;
const gatherBytesMax = 256 * 1024;

/** Senders of UDP are told nothing, so this is all that can be done for them: a large buffer, quickly emptied. */
export async function receiveUdp({ host, port }: Listening, inlet: Inlet): Promise<Receiver> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: receiveBufferBytes });
  let gathered: Buffer[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (gathered.length === 0) return;
    const lines = { bytes: Buffer.concat(gathered), count: gathered.length };
    gathered = [];
    bytes = 0;
    try {
      inlet.take(lines);
    } catch (error) {
      inlet.complain(`${lines.count} messages could not be kept: ${messageOf(error)}`);
    }
  };
  socket.on('message', (message) => {
    const line = oneLine(message).bytes;
    if (line.length <= 1) return;
    gathered.push(line);
    bytes += line.length;
    if (bytes >= gatherBytesMax) flush();
    else timer ??= setTimeout(flush, gatherMs);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind(port, host, () => {
      socket.removeAllListeners('error');
      socket.on('error', (error) => inlet.complain(error.message));
      resolve();
    });
  });
  return {
    port: socket.address().port,
    connections: () => 0,
    close: () =>
      new Promise((resolve) =>
        socket.close(() => {
          flush();
          resolve();
        }),
      ),
  };
}

export interface Limits {
  /** Connections at a time, whether they say anything or not. */
  readonly connectionsMax: number;
}

export function receiveTcp(listening: Listening, inlet: Inlet, limits: Limits = initialLimits): Promise<Receiver> {
  const server = createServer(keepAlive, (socket) => readMessages(socket, inlet));
  return listen(server, listening, inlet, limits);
}

/** Only senders whose certificate one of the authorities has signed may speak. */
export function receiveTls(
  listening: Listening,
  files: TlsFiles,
  inlet: Inlet,
  limits: Limits = initialLimits,
): Promise<Receiver> {
  const server = createTlsServer(
    {
      ...{ cert: files.certificate, key: files.key, ca: files.authorities },
      ...{ requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2', handshakeTimeout, ...keepAlive },
    },
    (socket) => readMessages(socket, inlet),
  );
  server.on('tlsClientError', (error, socket) => {
    inlet.complain(`${socket.remoteAddress ?? 'A sender'} was refused at the TLS handshake: ${error.message}`);
    socket.destroy();
  });
  return listen(server, listening, inlet, limits);
}

function readMessages(socket: Socket, inlet: Inlet): void {
  const framing = new Framing(messageBytesMax);
  const take = (lines: Lines | null): void => {
    if (!lines) return;
    try {
      inlet.take(lines);
    } catch (error) {
      // The sender learns of it by the broken connection, and keeps what it had not sent.
      inlet.complain(`${lines.count} lines of ${socket.remoteAddress} could not be kept: ${messageOf(error)}`);
      socket.destroy();
    }
  };
  socket.setTimeout(silentMs, () => socket.destroy());
  socket.once('data', () => socket.setTimeout(0));
  socket.on('data', (chunk) => take(framing.take(chunk)));
  socket.on('end', () => take(framing.end()));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    take(framing.end());
    if (framing.cut > 0) inlet.complain(`${framing.cut} messages were longer than ${messageBytesMax} bytes and cut.`);
  });
}

async function listen(
  server: Server,
  { host, port }: Listening,
  inlet: Inlet,
  { connectionsMax }: Limits,
): Promise<Receiver> {
  // Those as well that have not come to the end of a TLS handshake.
  const connected = new Set<Socket>();
  server.maxConnections = connectionsMax;
  server.on('connection', (socket: Socket) => {
    connected.add(socket);
    socket.once('close', () => connected.delete(socket));
  });
  server.on('drop', (sender) => {
    inlet.complain(`${sender?.remoteAddress ?? 'A sender'} was refused: ${connectionsMax} connections are open.`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      server.on('error', (error) => inlet.complain(error.message));
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    connections: () => connected.size,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of connected) socket.destroy();
      await closed;
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
