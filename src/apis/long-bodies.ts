// Bodies that take as long as they need, because the server itself sets their pace: an ingestion is read as fast as it is
// stored. They are exempt from the time that a request has to arrive, but not from moving on.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { InvalidInput } from '../lib/failures.ts';

/** A sender that is silent for so long has gone, or may as well have. */
const silentMsMax = 60_000;

/** So long a sender has to notice that its body was refused. */
const graceMs = 1000;

const exempt = new WeakSet<Socket>();

/** Whether the request that comes in on this connection now may take its time. */
export function mayTakeLong(socket: Socket): boolean {
  return exempt.has(socket);
}

/**
 * The body of a request of somebody who is known and permitted to send much, however long it takes to arrive. Throws
 * InvalidInput when the sender falls silent for a minute. `read` makes the chunks of the request.
 */
export async function* longBody(
  request: IncomingMessage,
  read: () => AsyncIterable<Buffer>,
  silentMs = silentMsMax,
): AsyncIterable<Buffer> {
  const { socket } = request;
  exempt.add(socket);
  try {
    yield* withoutPauses(read(), silentMs);
  } finally {
    exempt.delete(socket);
    // What is left of a body that was refused or given up is read and dropped, for as long as any request may take.
    if (!request.complete) {
      // Senders that mind the answer stop meanwhile; of the others the rest is read once whoever read it has let go of it,
      // so that their next request on the connection is heard.
      setTimeout(() => request.resume(), graceMs).unref();
      setTimeout(() => request.complete || socket.destroy(), silentMs).unref();
    }
  }
}

/** The chunks. Only waiting for the sender counts: not the time that the reader takes, and not that of a busy process. */
async function* withoutPauses(chunks: AsyncIterable<Buffer>, silentMs: number): AsyncIterable<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await nextWithin(iterator, silentMs);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not awaited: one that waits for a silent sender would not return either.
    iterator.return?.()?.catch(() => {});
  }
}

async function nextWithin(iterator: AsyncIterator<Buffer>, silentMs: number): Promise<IteratorResult<Buffer>> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const end = async () => {
      // What arrived while the process was busy is read first.
      await setImmediate();
      reject(new InvalidInput('body', `Nothing more of the body came for ${silentMs / 1000} seconds.`));
    };
    timer = setTimeout(() => void end(), silentMs);
  });
  try {
    return await Promise.race([iterator.next(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
