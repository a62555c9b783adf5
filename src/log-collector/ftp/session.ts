// One FTP client: it signs in, goes into the directory of a data source and stores files there. Nothing can be read back,
// listed beyond the names of the directories, renamed in earnest, or removed.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { type Command, commandBytesMax, parseCommand, resolvePath } from './commands.ts';
import { handlers } from './handlers.ts';
import type { PassiveOptions, PassivePort } from './passive.ts';

export interface FtpDirectory {
  /** Name of the data source. */
  readonly name: string;
  /** Files may only come over TLS. */
  readonly needsTls: boolean;
  /**
   * Takes a file as it comes and resolves when it is on the disk, with its bytes; what it throws is what the client is told.
   */
  store(fileName: string, content: AsyncIterable<Buffer>): Promise<number>;
}

export interface FtpOptions {
  readonly userName: string;
  readonly password: string;
  /** For AUTH TLS; null when there is no certificate. */
  readonly secureContext: SecureContext | null;
  readonly passive: PassiveOptions;
  /** The address that clients are told to connect to; null for the one that they reached. */
  readonly publicAddress: string | null;
  /** Time to sign in; a minute unless given. */
  readonly signInMs?: number;
  /** After a wrong password; a second unless given. */
  readonly failedPauseMs?: number;
  directories(): readonly FtpDirectory[];
  complain(message: string): void;
}

const idleMs = 10 * 60_000;
const signInMs = 60_000;
const failedSignInsMax = 3;
const failedPauseMs = 1000;
/** The last answer has so long to arrive before the connection is broken. */
const farewellMs = 1000;

/** What may be said before signing in. */
const openVerbs = new Set(['USER', 'PASS', 'AUTH', 'PBSZ', 'PROT', 'FEAT', 'SYST', 'OPTS', 'NOOP', 'QUIT']);
/** Clients put signals of Telnet before it (RFC 959 section 4.1.3). */
const abortPattern = /(^|\n)[^\x20-\x7e\n]*ABOR\r?\n/i;

export class FtpSession {
  readonly options: FtpOptions;
  readonly peer: string;
  #socket: Socket;
  /** What was heard and not done yet. */
  #rest = '';
  #isBusy = false;
  #isEnded = false;
  #failedSignIns = 0;
  #signInTimer: NodeJS.Timeout | undefined;
  userName = '';
  isSignedIn = false;
  isDataProtected = false;
  directory: string[] = [];
  /** Opened for the next data connection. */
  passive: PassivePort | undefined;
  /** The data connection in use, and before it comes, its port. */
  #data: { readonly port: PassivePort; socket?: Socket } | undefined;

  constructor(socket: Socket, options: FtpOptions) {
    this.options = options;
    this.peer = socket.remoteAddress ?? '';
    this.#socket = socket;
    this.#listen(socket);
    this.signOut();
    this.reply(220, 'Log collector ready.');
  }

  get isEncrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  /** Nobody hears the answers any more. */
  get isGone(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded;
  }

  /** A password has no business in the clear where all files come over TLS. */
  get needsTls(): boolean {
    const directories = this.options.directories();
    return !this.isEncrypted && directories.length > 0 && directories.every(({ needsTls }) => needsTls);
  }

  /** The address of ours that the client reached. */
  get localAddress(): string {
    return this.#socket.localAddress ?? '';
  }

  reply(code: number, text: string): void {
    if (this.#socket.writable) this.#socket.write(`${code} ${text.replace(/[\r\n]+/g, ' ')}\r\n`);
  }

  /** Lines of their own between the first and the last one. */
  replyLines(code: number, first: string, lines: readonly string[], last: string): void {
    const between = lines.map((line) => ` ${line}\r\n`).join('');
    if (this.#socket.writable) this.#socket.write(`${code}-${first}\r\n${between}${code} ${last}\r\n`);
  }

  #listen(socket: Socket): void {
    socket.setEncoding('latin1');
    socket.setTimeout(idleMs, () => {
      // While a file comes in, the client has nothing to say here; the data connection has a time of its own.
      if (this.#isBusy) return;
      this.reply(421, 'Nothing was heard for too long.');
      this.end();
    });
    socket.on('data', (text: string) => this.#hear(text));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (socket === this.#socket) this.#closed();
    });
  }

  #closed(): void {
    this.#isEnded = true;
    clearTimeout(this.#signInTimer);
    void this.passive?.close();
    this.endData();
  }

  #hear(text: string): void {
    if (this.#isEnded) return;
    this.#rest += text;
    if (this.#isBusy && abortPattern.test(this.#rest)) this.#data?.socket?.destroy(new Error('The client gave up.'));
    if (this.#rest.length > commandBytesMax && this.#isBusy) this.#socket.pause();
    void this.#work();
  }

  /** Does one command after the other; the client hears its answers in order. */
  async #work(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let end = this.#rest.indexOf('\n'); end >= 0 && !this.#isEnded; end = this.#rest.indexOf('\n')) {
      const command = parseCommand(Buffer.from(this.#rest.slice(0, end), 'latin1').toString('utf8'));
      this.#rest = this.#rest.slice(end + 1);
      await this.#run(command);
    }
    this.#isBusy = false;
    if (this.#rest.length > commandBytesMax) {
      this.reply(500, 'The command is too long.');
      this.end();
    }
    this.#socket.resume();
  }

  async #run({ verb, argument }: Command): Promise<void> {
    const handler = handlers[verb];
    if (!handler) return this.reply(502, `${verb.slice(0, 20)} is not served here. Store files with STOR.`);
    if (!this.isSignedIn && !openVerbs.has(verb)) return this.reply(530, 'Sign in with USER and PASS first.');
    try {
      await handler(this, argument);
    } catch (error) {
      this.reply(451, error instanceof Error ? error.message : String(error));
    }
  }

  /** Goes on over TLS, after the answer to AUTH, as if nothing had been said before. */
  encrypt(context: SecureContext): void {
    const plain = this.#socket;
    // What came after AUTH in the clear was not protected: anybody on the way may have said it.
    this.#rest = '';
    plain.removeAllListeners('data');
    plain.removeAllListeners('close');
    plain.setTimeout(0);
    const secure = new TLSSocket(plain, { isServer: true, secureContext: context });
    this.#socket = secure;
    this.signOut();
    this.#listen(secure);
  }

  /** Whoever does not sign in soon has to go: there are not many places. */
  signOut(): void {
    this.isSignedIn = false;
    this.userName = '';
    this.directory = [];
    clearTimeout(this.#signInTimer);
    this.#signInTimer = setTimeout(() => {
      this.reply(421, 'Nobody signed in.');
      this.end();
    }, this.options.signInMs ?? signInMs);
  }

  async signIn(password: string): Promise<void> {
    if (!this.needsTls && this.userName === this.options.userName && sameText(password, this.options.password)) {
      clearTimeout(this.#signInTimer);
      this.isSignedIn = true;
      return this.reply(230, 'Signed in. Go to the directory of a data source.');
    }
    this.#failedSignIns++;
    this.options.complain(`${this.peer} could not sign in by FTP: wrong user name or password.`);
    await new Promise((resolve) => setTimeout(resolve, this.options.failedPauseMs ?? failedPauseMs));
    this.reply(530, 'Wrong user name or password.');
    if (this.#failedSignIns >= failedSignInsMax) this.end();
  }

  /** Hears nothing more, and goes when the last answer had time to arrive. */
  end(): void {
    this.#isEnded = true;
    this.#rest = '';
    const socket = this.#socket;
    socket.end();
    const timer = setTimeout(() => socket.destroy(), farewellMs);
    socket.once('close', () => clearTimeout(timer));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The data source that a path leads into, and the rest of the path. */
  find(path: string): { directory: FtpDirectory | undefined; rest: string[] } {
    const [first = '', ...rest] = resolvePath(this.directory, path);
    return { directory: this.options.directories().find(({ name }) => name === first), rest };
  }

  /** The data connection of the last PASV or EPSV, over TLS if the client asked for that; `endData` when it is done with. */
  async data(): Promise<Socket | null> {
    const port = this.passive;
    this.passive = undefined;
    if (!port) {
      this.reply(425, 'Ask for a port with PASV or EPSV first.');
      return null;
    }
    this.reply(150, 'Ready.');
    this.#data = { port };
    const plain = await port.connection();
    if (!plain || this.isGone) {
      this.endData();
      this.reply(425, 'Nobody connected to the data port.');
      return null;
    }
    const { secureContext } = this.options;
    const isPlain = !this.isDataProtected || !secureContext;
    const socket = isPlain ? plain : new TLSSocket(plain, { isServer: true, secureContext });
    // Whoever reads or writes hears of it as well.
    socket.on('error', () => socket.destroy());
    this.#data.socket = socket;
    return socket;
  }

  endData(): void {
    const data = this.#data;
    this.#data = undefined;
    data?.socket?.destroy();
    void data?.port.close();
  }
}

function sameText(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
