// The calls of the API that an agent makes, with its own token. What comes back is checked as far as it is used.
import { type AgentServer, ServerRefusal } from '../agent-client/server.ts';
import { TransportFailure } from '../lib/transport.ts';
import { list, object, text } from './records.ts';
import { parseSettings, type Settings, UnknownSettings } from './settings.ts';

export type DataType = 'alerts' | 'activities';

export interface Item {
  /** Behind this record. */
  readonly position: string;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface Page {
  readonly items: readonly Item[];
  readonly next: string;
  readonly hasMore: boolean;
}

export interface Report {
  readonly version: string;
  readonly systemName: string;
  readonly problems: readonly { readonly kind: string; readonly detail: string; readonly since: number }[];
  readonly alertsSent: number;
  readonly activitiesSent: number;
  readonly lastSentAt: number | null;
  readonly isSiemDown: boolean;
}

/** The token is none that the server knows: it was replaced, or its agent deleted. There is nothing to wait for. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/** The server did not do it now; the message is a sentence. */
export class ServerTrouble extends Error {
  override readonly name = 'ServerTrouble';
  readonly retryAfterSeconds: number | null;
  /** The server can be reached, but the agent was disabled or changed in between. */
  readonly isStale: boolean;
  constructor(
    message: string,
    { seconds = null, isStale = false }: { seconds?: number | null; isStale?: boolean } = {},
  ) {
    super(message);
    this.retryAfterSeconds = seconds;
    this.isStale = isStale;
  }
}

const base = '/api/v1/agents/siem/self';
const pageItems: Readonly<Record<DataType, number>> = { alerts: 50, activities: 2000 };

export class ServerApi {
  readonly #server: AgentServer;
  readonly #hasProxy: boolean;
  /** Fewer after an answer that was too long, until one is not. */
  readonly #limits: Record<DataType, number> = { ...pageItems };

  constructor(server: AgentServer, hasProxy: boolean) {
    this.#server = server;
    this.#hasProxy = hasProxy;
  }

  /** Tells how the agent is, and gives its settings. Throws TokenRefused and ServerTrouble, as every call here. */
  async report(report: Report): Promise<Settings> {
    const answer = await this.#call(`${base}/report/`, report);
    try {
      return parseSettings(answer);
    } catch (error) {
      throw error instanceof UnknownSettings ? new ServerTrouble(error.message) : error;
    }
  }

  async read(type: DataType, after: string | null): Promise<Page> {
    const limit = this.#limits[type];
    let answer: unknown;
    try {
      answer = await this.#call(`${base}/${type}/`, { after, limit });
      this.#limits[type] = Math.min(limit * 2, pageItems[type]);
    } catch (error) {
      if (error instanceof ServerTrouble && isTooLong(error.cause)) this.#limits[type] = Math.max(1, limit >> 2);
      throw error;
    }
    const body = object(answer);
    const next = text(body.next);
    if (next === '') throw new ServerTrouble('The answer of the server is none that this agent knows.');
    const items = list(body.data).map((each) => {
      const { position, record } = object(each);
      return { position: text(position), record: object(record) };
    });
    return { items, next, hasMore: body.hasMore === true };
  }

  async #call(path: string, body: unknown): Promise<unknown> {
    try {
      return await this.#server.call<unknown>('POST', path, body);
    } catch (error) {
      if (error instanceof ServerRefusal) throw troubleOf(error);
      if (error instanceof TransportFailure) {
        throw Object.assign(new ServerTrouble(describe(error, this.#hasProxy)), { cause: error });
      }
      throw error;
    }
  }
}

function isTooLong(cause: unknown): boolean {
  return cause instanceof TransportFailure && cause.reason === 'answer-too-large';
}

function troubleOf({ isOfToken, status, message, retryAfterSeconds }: ServerRefusal): TokenRefused | ServerTrouble {
  const detail = message.replace(/\p{Cc}+/gu, ' ');
  if (isOfToken) return new TokenRefused(detail);
  if (status === 409) return new ServerTrouble(detail, { isStale: true });
  return new ServerTrouble(`The server answered ${status}: ${detail}`, { seconds: retryAfterSeconds });
}

function describe({ reason }: TransportFailure, hasProxy: boolean): string {
  if (/^proxy/i.test(reason)) return `Invalid proxy address, or the proxy does not let the agent through (${reason}).`;
  const way = hasProxy ? ', or of the proxy' : '';
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(reason)) return `The name of the server${way} cannot be resolved.`;
  if (reason === 'ECONNREFUSED') return `Nothing listens at the address of the server${way}.`;
  if (/CERT|SIGNATURE|SSL|TLS|ALTNAME/.test(reason)) {
    return `The certificate of the server is not trusted, or no secure connection could be made (${reason}).`;
  }
  if (reason === 'no-json') return 'The answer of the server is no JSON. Is it a Sallyport server?';
  return `The server cannot be reached (${/^[A-Za-z_0-9 -]{1,60}$/.test(reason) ? reason : 'unknown reason'}).`;
}
