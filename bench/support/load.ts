// A small HTTP client that costs next to nothing, so that the server is what is measured: the same request over a few
// kept-alive connections, one at a time on each, answers recognised by their length.
import { connect, type Socket } from 'node:net';

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly requests: number;
}

/**
 * Sends `request` (a whole HTTP/1.1 request in text) again and again for that long. All answers must be as long as the
 * first one and have status 200; anything else rejects with the answer.
 */
export async function load(
  port: number,
  request: string,
  connections: number,
  durationMs: number,
): Promise<LoadResult> {
  const bytes = Buffer.from(request, 'latin1');
  const answerBytes = await measureAnswer(port, bytes);
  const until = performance.now() + durationMs;
  const startedAt = performance.now();
  const counts = await Promise.all(
    Array.from({ length: connections }, () => pound(connect(port, '127.0.0.1'), bytes, answerBytes, until)),
  );
  const requests = counts.reduce((sum, count) => sum + count, 0);
  return { requests, requestsPerSecond: requests / ((performance.now() - startedAt) / 1000) };
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
    socket.setNoDelay(true);
    socket.on('connect', () => socket.write(request));
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      if (received === 0 && chunk.compare(statusLine, 0, statusLine.length, 0, statusLine.length) !== 0) {
        socket.destroy();
        reject(new Error(`The server answered: ${chunk.toString('latin1').slice(0, 300)}`));
        return;
      }
      received += chunk.length;
      if (received < answerBytes) return;
      received = 0;
      count++;
      if (performance.now() < until) socket.write(request);
      else {
        socket.destroy();
        resolve(count);
      }
    });
  });
}
