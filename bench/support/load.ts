// A small HTTP client that costs next to nothing, so that the server is what is measured: the same request over a few
// kept-alive connections, one at a time on each, answers recognised by their length.
import { connect, type Socket } from 'node:net';

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly requests: number;
}

/**
 * The same request over connections that stay open, so that short rounds can take turns with another server's without
 * paying for new ones. All answers must be as long as the first one and have status 200; anything else rejects with it.
 */
export class Load {
  readonly #sockets: readonly Socket[];
  readonly #request: Buffer;
  readonly #answerBytes: number;

  private constructor(sockets: readonly Socket[], request: Buffer, answerBytes: number) {
    this.#sockets = sockets;
    this.#request = request;
    this.#answerBytes = answerBytes;
  }

  /** `request` is a whole HTTP/1.1 request in text. */
  static async open(port: number, request: string, connections: number): Promise<Load> {
    const bytes = Buffer.from(request, 'latin1');
    const answerBytes = await measureAnswer(port, bytes);
    const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
    return new Load(sockets, bytes, answerBytes);
  }

  /** Sends the request again and again for that long, on each connection as soon as the answer before has come. */
  async run(durationMs: number): Promise<LoadResult> {
    const startedAt = performance.now();
    const until = startedAt + durationMs;
    const counts = await Promise.all(
      this.#sockets.map((socket) => pound(socket, this.#request, this.#answerBytes, until)),
    );
    const requests = counts.reduce((sum, count) => sum + count, 0);
    return { requests, requestsPerSecond: requests / ((performance.now() - startedAt) / 1000) };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** Sends one request and returns how long the whole answer is. */
async function measureAnswer(port: number, request: Buffer): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  let answer = Buffer.alloc(0);
  socket.write(request);
  try {
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk]);
      const headEnd = answer.indexOf('\r\n\r\n');
      if (headEnd < 0) continue;
      const head = answer.toString('latin1', 0, headEnd);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
      if (!head.startsWith('HTTP/1.1 200') || Number.isNaN(length)) throw new Error(`The server answered: ${answer}`);
      if (answer.length >= headEnd + 4 + length) return headEnd + 4 + length;
    }
  } finally {
    socket.destroy();
  }
  throw new Error(`The server ended the connection after ${answer.length} bytes.`);
}

const statusLine = Buffer.from('HTTP/1.1 200 ', 'latin1');

function pound(socket: Socket, request: Buffer, answerBytes: number, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let received = 0;
    let count = 0;
    const ended = () => reject(new Error('The server ended the connection.'));
    const read = (chunk: Buffer) => {
      if (received === 0 && chunk.compare(statusLine, 0, statusLine.length, 0, statusLine.length) !== 0) {
        socket.destroy();
        reject(new Error(`The server answered: ${chunk.toString('latin1').slice(0, 300)}`));
        return;
      }
      received += chunk.length;
      if (received < answerBytes) return;
      received = 0;
      count++;
      if (performance.now() < until) {
        socket.write(request);
        return;
      }
      socket.off('data', read);
      socket.off('close', ended);
      resolve(count);
    };
    socket.on('data', read);
    socket.on('close', ended);
    socket.write(request);
  });
}
