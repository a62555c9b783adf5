// What the three hunting calls have in common: a client that goes away ends its query, and an answer goes out as the
// pieces that the engine wrote.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { HuntingAnswer } from '../hunting/run.ts';
import { clientGone } from '../hunting/run-problems.ts';

const givenBackBytesLeast = 65_536;

/** Aborted when the connection closes before the answer is out. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const { raw } = reply;
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(clientGone());
  });
  if (raw.destroyed) gone.abort(clientGone());
  return gone.signal;
}

/** Sends the rows between head and tail, and lets go of them when they are out. */
export function sendRows(reply: FastifyReply, head: string, answer: HuntingAnswer, tail: string): FastifyReply {
  // Over HTTP/2 several layers more stand between this event and the system.
  if (reply.request.raw.httpVersionMajor === 1) reply.raw.once('finish', () => giveBack(answer.pieces));
  reply.raw.once('close', () => answer.release());
  if (reply.raw.destroyed) answer.release();
  if (answer.isCutOff) {
    reply.header('warning', `199 - "The answer was cut off after ${answer.rowCount} rows; the query has more."`);
  }
  const pieces = [Buffer.from(head), ...answer.pieces, Buffer.from(tail)];
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return reply
    .type('application/json; charset=utf-8')
    .header('content-length', bytes)
    .send(Readable.from(pieces, { objectMode: false }));
}

/**
 * Gives the memory of pieces back that the system has taken over, so that they are empty afterwards. Left to themselves they
 * would stay until there are twice as many, and then everything else that lives would be gone through because of them.
 */
function giveBack(pieces: readonly Buffer[]): void {
  for (const { buffer, length } of pieces) {
    // The first one lacks its comma. Small ones may share their memory with others.
    const isItsOwn = length >= givenBackBytesLeast && buffer.byteLength <= length + 1;
    if (isItsOwn && buffer instanceof ArrayBuffer) buffer.transfer(0);
  }
}
