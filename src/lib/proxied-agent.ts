import type { RequestOptions } from 'node:http';
import { Agent } from 'node:https';
import { connect as connectPlain, type LookupFunction, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** A proxy's answer to CONNECT is no longer than this. */
const headBytesMax = 16 * 1024;
const connectMs = 30_000;

/** The proxy cannot be reached, or will not connect to the server. `code` is what failures of connections have. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
  readonly code: string = 'proxy';
}

/** HTTPS through an HTTP proxy (RFC 9110 section 9.3.6, CONNECT): the proxy sees names and ports, and no word of what is said. */
export class ProxiedAgent extends Agent {
  readonly #proxy: URL;
  readonly #lookup: LookupFunction;

  constructor(proxy: URL, lookup: LookupFunction) {
    super({ keepAlive: true });
    this.#proxy = proxy;
    this.#lookup = lookup;
  }

  override createConnection(
    options: RequestOptions & ConnectionOptions,
    callback?: (error: Error | null, stream: Socket) => void,
  ): undefined {
    const host = options.host ?? options.hostname ?? '';
    const port = Number(options.port ?? 443);
    const nothing = undefined as unknown as Socket; // Node looks at the error first.
    const done = callback ?? (() => {});
    this.#tunnel(host, port).then(
      (socket) => {
        const servername = options.servername ?? host;
        const secure = connectTls({ ...options, socket, servername });
        secure.once('error', () => socket.destroy());
        done(null, secure);
      },
      (error: Error) => done(error, nothing),
    );
    return undefined;
  }

  /** A connection through the proxy on which the server is at the other end. */
  #tunnel(host: string, port: number): Promise<Socket> {
    const { hostname, port: proxyPort, username, password } = this.#proxy;
    return new Promise((resolve, reject) => {
      const socket = connectPlain({
        host: hostname.replace(/^\[|\]$/g, ''),
        port: Number(proxyPort || 80),
        lookup: this.#lookup,
      });
      const fail = (message: string): void => {
        socket.destroy();
        reject(new ProxyFailure(message));
      };
      socket.setTimeout(connectMs, () => fail(`The proxy ${hostname} did not answer.`));
      socket.once('error', (error) => fail(`The proxy ${hostname} cannot be reached: ${error.message}`));
      socket.once('end', () => fail(`The proxy ${hostname} closed the connection.`));
      socket.once('connect', () => {
        const name = host.includes(':') ? `[${host}]` : host;
        const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
        const authorization =
          username === '' ? '' : `Proxy-Authorization: Basic ${Buffer.from(credentials).toString('base64')}\r\n`;
        socket.write(`CONNECT ${name}:${port} HTTP/1.1\r\nHost: ${name}:${port}\r\n${authorization}\r\n`);
      });
      readHead(socket, fail, () => {
        socket.setTimeout(0);
        socket.removeAllListeners();
        resolve(socket);
      });
    });
  }
}

function readHead(socket: Socket, fail: (message: string) => void, connected: () => void): void {
  let head = '';
  socket.on('data', (chunk: Buffer) => {
    head += chunk.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) {
      if (head.length > headBytesMax) fail('The proxy gave no answer that HTTP knows.');
      return;
    }
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
    if (status !== '200') fail(`The proxy refused to connect to the server (HTTP ${status ?? '?'}).`);
    // The server says nothing before it is spoken to: more would be nobody's.
    else if (end + 4 < head.length) fail('The proxy sent more than its answer.');
    else connected();
  });
}
