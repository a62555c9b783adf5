// Calls to a tenant's provider. Who sets the provider chooses the address, and this server may reach what that person may
// not: so only public addresses are connected to (as for webhooks), no redirect is followed, and time and size are bounded.
import https from 'node:https';
import { isIP } from 'node:net';
import type { CustomFetchOptions } from 'openid-client';
import { http } from '../../lib/http.ts';
import {
  AddressRefused,
  hostOf,
  isReachable,
  type ReachSettings,
  reachableLookup,
  resolveByDns,
} from '../../notifications/reachable.ts';
import { isAllowedTransport } from './rules.ts';

const answerBytesMax = 1024 * 1024;
const callMsMax = 10_000;
/** Answers that may have no body (Fetch standard, null body status). */
const withoutBody = new Set([204, 205, 304]);

/** The provider could not be asked. The message is a sentence that holds nothing that it said. */
export class ProviderUnreachable extends Error {
  override readonly name = 'ProviderUnreachable';
}

interface Received {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** A fetch for openid-client. Throws ProviderUnreachable. */
export function fetchWithin(reach: ReachSettings): (url: string, options: CustomFetchOptions) => Promise<Response> {
  return async (address, { method, headers, body, signal }) => {
    const url = new URL(address);
    const host = hostOf(url);
    if (!isAllowedTransport(url, reach)) throw new ProviderUnreachable('An address of the provider is not https.');
    if (isIP(host) !== 0 && !isReachable(host, reach)) throw new ProviderUnreachable(sentenceOf(new AddressRefused()));
    const limit = AbortSignal.timeout(callMsMax);
    const both = signal ? AbortSignal.any([signal, limit]) : limit;
    const sent = body === null || body === undefined ? '' : String(body); // A text or a form: nothing else is sent.
    const got = await exchange(url, { method, headers, body: sent, signal: both }, reach).catch((error: unknown) => {
      throw error instanceof ProviderUnreachable ? error : new ProviderUnreachable(sentenceOf(error), { cause: error });
    });
    return new Response(withoutBody.has(got.status) ? null : new Uint8Array(got.body), {
      status: got.status,
      headers: { 'content-type': got.contentType },
    });
  };
}

interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

function exchange(url: URL, sent: Sent, reach: ReachSettings): Promise<Received> {
  return new Promise((resolve, reject) => {
    const body = Buffer.from(sent.body);
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: sent.method,
      headers: { ...sent.headers, ...(body.length > 0 ? { 'content-length': body.length } : {}) },
      agent: false,
      lookup: reachableLookup(reach, resolveByDns),
      signal: sent.signal,
    });
    // Belt and braces: whatever the look-up said, this is who is at the other end.
    request.on('socket', (socket) =>
      socket.once('connect', () => {
        const { remoteAddress } = socket;
        if (remoteAddress !== undefined && !isReachable(remoteAddress, reach)) request.destroy(new AddressRefused());
      }),
    );
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > answerBytesMax) request.destroy(new ProviderUnreachable('An answer is longer than 1 MiB.'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.end(body);
  });
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return 'The connection failed.';
  if (error instanceof AddressRefused) {
    return 'The host has no address that providers may have; the setting externalSignInAllowedRanges allows more.';
  }
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'The provider did not answer in time.';
  const { code = '' } = error as NodeJS.ErrnoException; // Node puts it on most.
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'The name of the host could not be resolved.';
  if (code === 'ECONNREFUSED') return 'Nothing listens at the address.';
  return /^[A-Z_0-9]{1,60}$/.test(code) ? `The connection failed (${code}).` : 'The connection failed.';
}
