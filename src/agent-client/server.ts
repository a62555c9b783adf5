// The server as agents and collectors call it: its APIs over TLS with the agent's own token, and nothing else of it.
import { type Answer, type Exchange, openTransport, type Transport, TransportFailure } from '../lib/transport.ts';

export interface ServerOptions {
  /** Origin, such as https://contoso.sallyport.example. */
  readonly url: string;
  /** PEM file to trust besides the authorities that come with Node; null for those of the operating system. */
  readonly caFile: string | null;
  /** Origin of an HTTP proxy; null for none. */
  readonly proxy: URL | null;
  readonly token: string;
  readonly userAgent: string;
}

/** The server understood and said no. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  readonly status: number;
  readonly retryAfterSeconds: number | null;
  constructor(status: number, detail: string, retryAfterSeconds: number | null) {
    super(detail);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The token is no longer good: asking again changes nothing. */
  get isOfToken(): boolean {
    return this.status === 401;
  }

  /** The same call may succeed later. */
  get isPassing(): boolean {
    // A redirect is no answer of the server, but of what stands before it.
    return this.status === 429 || this.status === 408 || this.status >= 500 || this.status < 400;
  }
}

export interface AgentServer {
  readonly origin: string;
  /** The parsed answer; undefined when there is none. Throws ServerRefusal and TransportFailure. */
  call<Result>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Result>;
  /**
   * Sends bytes to a URL that the server gave; the token is not sent along. The server of the settings gets them, whatever host
   * the URL names: it may know itself by another name than the agent can reach, and logs go nowhere else.
   */
  put(url: string, body: AsyncIterable<Buffer>, headers: Readonly<Record<string, string>>): Promise<Answer>;
  close(): void;
}

const idleSecondsMax = 120;

export function openServer(options: ServerOptions): AgentServer {
  const own: Transport = openTransport(new URL(options.url).origin, options.caFile, options.proxy);
  const headers = {
    accept: 'application/json',
    authorization: `Token ${options.token}`,
    'user-agent': options.userAgent,
  };
  return {
    origin: own.origin,
    async call<Result>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Result> {
      const sent: Exchange =
        body === undefined
          ? { method, path, headers, idleSecondsMax }
          : {
              ...{ method, path, idleSecondsMax, headers: { ...headers, 'content-type': 'application/json' } },
              body: Buffer.from(JSON.stringify(body)),
            };
      const answer = await own.exchange(sent);
      if (!isSuccess(answer)) throw refusalOf(answer);
      return parsed<Result>(own.origin, answer);
    },
    async put(url, body, extra) {
      if (!URL.canParse(url))
        throw new TransportFailure('no-url', own.origin, `The answer of ${own.origin} is no URL.`);
      const target = new URL(url);
      const answer = await own.exchange({
        method: 'PUT',
        path: target.pathname + target.search,
        headers: { 'user-agent': options.userAgent, ...extra },
        ...{ body, idleSecondsMax },
      });
      if (!isSuccess(answer)) throw refusalOf(answer);
      return answer;
    },
    close() {
      own.close();
    },
  };
}

function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function parsed<Result>(origin: string, { status, body }: Answer): Result {
  if (body.length === 0) return undefined as Result; // The caller expects an answer only where there is one.
  try {
    return JSON.parse(body.toString('utf8')) as Result; // Shapes of the APIs, which the caller knows.
  } catch {
    throw new TransportFailure('no-json', origin, `The answer (HTTP ${status}) of ${origin} is not JSON.`);
  }
}

/** What the surfaces say in their own shapes, as one sentence. */
function refusalOf({ status, headers, body }: Answer): ServerRefusal {
  const elsewhere =
    status < 400 ? `HTTP ${status} instead of an answer: is this the address of the server?` : undefined;
  const detail = elsewhere ?? detailOf(body.toString('utf8')) ?? `HTTP ${status}`;
  return new ServerRefusal(status, detail, retryAfterOf(headers['retry-after']));
}

/** Nothing is left alone for longer than this, whatever is asked for. */
const retryAfterSecondsMax = 3600;

/** Seconds, or a date (RFC 9110 section 10.2.3). */
function retryAfterOf(value: string | undefined): number | null {
  if (value === undefined) return null;
  const seconds = /^\d{1,15}$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  if (Number.isNaN(seconds) || !/^\d{1,15}$|^[A-Z][a-z]{2}/.test(value)) return null;
  return Math.min(retryAfterSecondsMax, Math.max(0, seconds));
}

const detailCharsMax = 500;

function detailOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) {
      const { detail, error } = value as { detail?: unknown; error?: unknown }; // Looked at with typeof below.
      if (typeof detail === 'string') return detail.slice(0, detailCharsMax);
      if (typeof error === 'string') return error.slice(0, detailCharsMax);
    }
  } catch {
    // Azure's shape is XML: its message is what people read.
    const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1];
    if (message !== undefined) return message.slice(0, detailCharsMax);
  }
  return undefined;
}
