import { connect, type Socket } from 'node:net';

/** One kept-alive connection that reads answers and does next to nothing else, so that the server is what is measured. */
export class LeanClient {
  readonly #socket: Socket;
  #waiting: { resolve(bytes: number): void; reject(error: Error): void } | undefined;
  #head = '';
  /** Bytes of the body that are still to come; undefined before the head is read. */
  #missing: number | undefined;
  #bodyBytes = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('The server ended the connection.')));
  }

  static open(port: number): Promise<LeanClient> {
    const socket = connect(port, '127.0.0.1');
    return new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(new LeanClient(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends a whole HTTP/1.1 request and resolves to the length of its answer's body, read to the end. Any status but 200 rejects. */
  call(request: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#missing === undefined) {
      const end = chunk.indexOf('\r\n\r\n');
      this.#head += chunk.toString('latin1', 0, end < 0 ? chunk.length : end);
      if (end < 0) return;
      this.#bodyBytes = Number(/^content-length: *(\d+)/im.exec(this.#head)?.[1]);
      this.#missing = this.#bodyBytes - (chunk.length - end - 4);
    } else this.#missing -= chunk.length;
    if (this.#missing > 0) return;
    const [head, waiting] = [this.#head, this.#waiting];
    this.#head = '';
    this.#missing = undefined;
    this.#waiting = undefined;
    if (head.startsWith('HTTP/1.1 200 ')) waiting?.resolve(this.#bodyBytes);
    else waiting?.reject(new Error(`The server answered: ${head}`));
  }
}
