// An FTP client as small as a test needs it: passive, plain or over TLS (RFC 959, RFC 2428, RFC 4217).
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export class FtpClient {
  #socket: Socket;
  #text = '';
  #waiting: ((line: string) => void) | undefined;
  #authority: string | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  static async connect(port: number): Promise<FtpClient> {
    const client = new FtpClient(connect(port, '127.0.0.1'));
    await client.answer();
    return client;
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk) => {
      this.#text += chunk;
      this.#tell();
    });
    socket.on('error', () => {});
  }

  #tell(): void {
    const match = /^(?:\d{3}-[^\n]*\n(?: [^\n]*\n)*)?\d{3} [^\n]*\n/.exec(this.#text);
    if (!match || !this.#waiting) return;
    this.#text = this.#text.slice(match[0].length);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting(match[0].trim());
  }

  /** The next answer of the server. */
  answer(): Promise<string> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#tell();
    });
  }

  async say(command: string): Promise<string> {
    this.#socket.write(`${command}\r\n`);
    return await this.answer();
  }

  /** Stores a file and returns the last answer. */
  async store(path: string, content: string): Promise<string> {
    const passive = await this.say('EPSV');
    const port = Number(/\|\|\|(\d+)\|/.exec(passive)?.[1]);
    const plain = connect(port, '127.0.0.1');
    await once(plain, 'connect');
    const first = await this.say(`STOR ${path}`);
    if (!first.startsWith('150')) {
      plain.destroy();
      return first;
    }
    const data = this.#authority === undefined ? plain : await this.#wrap(plain, this.#authority);
    data.end(content);
    return await this.answer();
  }

  /** Goes on over TLS, with protected data connections; `authority` is the PEM that signed the server's certificate. */
  async secure(authority: string): Promise<void> {
    await this.say('AUTH TLS');
    this.#socket.removeAllListeners('data');
    const secure = await this.#wrap(this.#socket, authority);
    this.#socket = secure;
    this.#listen(secure);
    this.#authority = authority;
    await this.say('PBSZ 0');
    await this.say('PROT P');
  }

  async #wrap(socket: Socket, ca: string): Promise<TLSSocket> {
    const secure = connectTls({ socket, ca, servername: 'localhost' });
    await once(secure, 'secureConnect');
    return secure;
  }

  close(): void {
    this.#socket.destroy();
  }
}
