// One HTTPS exchange with the server. node:https rather than fetch, because names under `localhost` must reach this
// machine whatever its resolver says (RFC 6761 section 6.3), and an upload must feel the server's back pressure.
import { lookup as resolverLookup } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { Agent as HttpAgent, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { http } from './http.ts';
import { ProxiedAgent } from './proxied-agent.ts';

export interface Exchange {
  readonly method: string;
  /** From the root, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes, or a stream of them that is sent as it comes. */
  readonly body?: Buffer | AsyncIterable<Buffer>;
  /** The exchange fails when nothing moves for this long. */
  readonly idleSecondsMax: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Transport {
  readonly origin: string;
  exchange(exchange: Exchange): Promise<Answer>;
  /** Ends the idle connections, so that the process can end. */
  close(): void;
}

/** The connection or the answer failed. `reason` is Node's or OpenSSL's code, or one of ours. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
  readonly reason: string;
  /** The server that was being called. */
  readonly origin: string;
  constructor(reason: string, origin: string, message: string) {
    super(message);
    this.reason = reason;
    this.origin = origin;
  }
}

const answerBytesMax = 64 * 1024 * 1024;

/**
 * Opens the way to one origin. `caFile` is a PEM file to trust besides the authorities that Node brings; without it
 * those of the operating system are trusted too. `proxy` is the origin of an HTTP proxy that connects to the server
 * (CONNECT); only for https origins. Throws TransportFailure('ca-file') when the file cannot be used.
 */
export function openTransport(origin: string, caFile: string | null, proxy: URL | null = null): Transport {
  const url = new URL(origin);
  const isTls = url.protocol === 'https:';
  const agent = isTls ? httpsAgent(proxy) : new http.Agent({ keepAlive: true });
  if (isTls) trust(url.origin, caFile);
  return {
    origin: url.origin,
    close: () => agent.destroy(),
    exchange: (exchange) => send(url, isTls ? httpsRequest : http.request, agent, exchange),
  };
}

function httpsAgent(proxy: URL | null): HttpsAgent {
  return proxy === null ? new HttpsAgent({ keepAlive: true }) : new ProxiedAgent(proxy, lookupWithLocalhost);
}

function trust(origin: string, caFile: string | null): void {
  if (caFile === null) {
    setDefaultCACertificates([...getCACertificates('default'), ...getCACertificates('system')]);
    return;
  }
  try {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(caFile, 'utf8')]);
  } catch (error) {
    throw new TransportFailure('ca-file', origin, error instanceof Error ? error.message : String(error));
  }
}

function send(
  url: URL,
  request: typeof http.request,
  agent: HttpAgent | HttpsAgent,
  exchange: Exchange,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, headers, body } = exchange;
    const outgoing = request({
      ...{ protocol: url.protocol, hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port },
      ...{ method, path: exchange.path, agent, lookup: lookupWithLocalhost },
      headers: body instanceof Buffer ? { ...headers, 'content-length': String(body.length) } : headers,
    });
    let answered = false;
    const fail = (error: Error): void => reject(asFailure(url.origin, error));
    outgoing.setTimeout(exchange.idleSecondsMax * 1000, () =>
      outgoing.destroy(new TransportFailure('idle', url.origin, `Nothing came for ${exchange.idleSecondsMax} s.`)),
    );
    outgoing.on('response', (incoming) => {
      answered = true;
      readAnswer(url.origin, incoming)
        .then(resolve, fail)
        // The server may answer before it has read everything: then the rest is not worth sending.
        .finally(() => {
          if (!outgoing.writableFinished) outgoing.destroy();
        });
    });
    // A refused upload may break the connection right after the answer; the answer is what counts.
    outgoing.on('error', (error) => {
      if (!answered) fail(error);
    });
    if (body === undefined || body instanceof Buffer) {
      outgoing.end(body);
    } else {
      const source = Readable.from(body, { objectMode: false });
      source.on('error', (error) => {
        reject(error);
        outgoing.destroy();
      });
      outgoing.on('close', () => source.destroy());
      source.pipe(outgoing);
    }
  });
}

async function readAnswer(origin: string, incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > answerBytesMax)
      throw new TransportFailure('answer-too-large', origin, 'The answer is longer than 64 MiB.');
    chunks.push(chunk);
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) };
}

function asFailure(origin: string, error: Error): TransportFailure {
  if (error instanceof TransportFailure) return error;
  const { code } = error as NodeJS.ErrnoException;
  // Node tries every address of a name and puts the failures together; the first one tells enough.
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException | undefined) : undefined;
  return new TransportFailure(
    first?.code ?? code ?? 'unknown',
    origin,
    error.message || first?.message || String(error),
  );
}

/** Resolves `localhost` and every name under it to the loopback addresses, everything else as the system does. */
export const lookupWithLocalhost: LookupFunction = (hostname, options, callback) => {
  if (isIP(hostname) !== 0 || !/(^|\.)localhost\.?$/i.test(hostname)) {
    resolverLookup(hostname, options, callback);
    return;
  }
  const both = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  if (options.all) callback(null, both);
  else callback(null, '127.0.0.1', 4);
};
