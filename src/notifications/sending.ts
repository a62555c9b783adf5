// One attempt to deliver a webhook. Redirects are not followed and nothing of the answer's body is read; what failed is
// told in a sentence that holds neither the URL nor anything that the receiver said.
import type { ClientRequest, IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { http } from '../lib/http.ts';
import { isTlsFailure, type Outcome } from './outcome.ts';
import { AddressRefused, hostOf, isReachable, type ReachSettings, type Resolve, reachableLookup } from './reachable.ts';

export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secondsMax: number;
}

/** Sends it and tells what came of it; never throws. */
export async function postWebhook(posting: Posting, settings: ReachSettings, resolve: Resolve): Promise<Outcome> {
  const url = new URL(posting.url);
  const host = hostOf(url);
  // An address needs no look-up, so that nobody else would ask.
  if (isIP(host) !== 0 && !isReachable(host, settings)) return failure(new AddressRefused());
  if (url.protocol !== 'https:' && !settings.webhookLoopbackHttp) {
    return { kind: 'failed', reason: 'The URL is not https.', status: null, askedMs: null };
  }
  const signal = AbortSignal.timeout(posting.secondsMax * 1000);
  return await new Promise((settle) => {
    const body = Buffer.from(posting.body);
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers: { ...posting.headers, 'content-length': body.length },
      agent: false,
      lookup: reachableLookup(settings, resolve),
      signal,
    });
    request.on('socket', (socket) => socket.once('connect', () => checkPeer(request, socket.remoteAddress, settings)));
    request.on('response', (response) => {
      settle(outcomeOf(response));
      response.on('error', () => {}); // It is cut off on purpose.
      response.destroy();
    });
    request.on('error', (error) => settle(failure(signal.aborted ? signal.reason : error)));
    request.end(body);
  });
}

/** Belt and braces: whatever the look-up said, this is who is at the other end. */
function checkPeer(request: ClientRequest, address: string | undefined, settings: ReachSettings): void {
  if (address !== undefined && !isReachable(address, settings)) request.destroy(new AddressRefused());
}

function outcomeOf({ statusCode: status = 0, headers }: IncomingMessage): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  if (status === 410) return { kind: 'gone', reason: 'The receiver answered 410: it wants nothing more.', status };
  const asked = status === 429 || status === 503 ? Number(headers['retry-after'] ?? Number.NaN) : Number.NaN;
  const redirect = status >= 300 && status < 400 ? ' Redirects are not followed.' : '';
  return {
    kind: 'failed',
    reason: `The receiver answered ${status}.${redirect}`,
    status,
    askedMs: Number.isFinite(asked) && asked > 0 ? asked * 1000 : null,
  };
}

function failure(error: unknown): Outcome {
  return { kind: 'failed', reason: reasonOf(error), status: null, askedMs: null };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'The connection failed.';
  if (error instanceof AddressRefused) return 'The host has no address that webhooks may be sent to.';
  if (error.name === 'TimeoutError') return 'The receiver did not answer in time.';
  const { code = '' } = error as NodeJS.ErrnoException; // Node puts it on most.
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The name of the host could not be resolved.';
  if (code === 'ECONNREFUSED') return 'Nothing listens at the address.';
  if (isTlsFailure(code)) return `No secure connection could be made (${code}).`;
  return /^[A-Z_]{1,40}$/.test(code) ? `The connection failed (${code}).` : 'The connection failed.';
}
