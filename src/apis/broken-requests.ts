// What Node cannot read as HTTP reaches no hook and no route. It is answered as programs expect it, and logged without
// its bytes, which may hold a credential.
import type { Socket } from 'node:net';
import type { Services } from '../context.ts';
import { http } from '../lib/http.ts';
import { mayTakeLong } from './long-bodies.ts';

interface BrokenRequest extends Error {
  readonly code?: string;
}

const faults: Readonly<Record<string, { readonly status: number; readonly detail: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'The request took too long to arrive.' },
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'The headers of the request are larger than this server takes.' },
};
const otherFault = { status: 400, detail: 'The request is not valid HTTP.' };

/** Answers and ends the connection: where the next request would begin is anybody's guess. */
export function answerBrokenRequest(log: Services['log']): (error: BrokenRequest, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    // Node looks at the time of a request once, and leaves it to us what becomes of it.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && mayTakeLong(socket)) return;
    log.debug({ code: error.code }, 'a request could not be read');
    const { status, detail } = faults[error.code ?? ''] ?? otherFault;
    const body = JSON.stringify({ detail });
    const head = [
      `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    socket.destroy(error);
  };
}
