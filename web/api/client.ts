// The one way from a page to the server: same origin, the session's cookie, and the CSRF token with whatever may change
// something. The token is kept in memory alone.
import { isNobodyThere } from './presence.ts';
import { ApiProblem, problemOf } from './problem.ts';

let csrfToken = '';
let onSessionEnded: () => void = () => {};

/** From GET /management/v1/session; sent as x-csrf-token from then on. */
export function keepCsrfToken(token: string): void {
  csrfToken = token;
}

/** For requests that are not made here. */
export function csrfHeader(): Readonly<Record<string, string>> {
  return { 'x-csrf-token': csrfToken };
}

/** What to do when the server says that the session is over. */
export function whenSessionEnds(act: () => void): void {
  onSessionEnded = act;
}

export type QueryValues = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: QueryValues;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Further request headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls an API and gives the JSON of its answer (undefined when it has none). Throws an ApiProblem. */
export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  const answer = await send(path, options);
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as T; // The caller names the schema's type; the server keeps to it.
}

/** The answer's text and its file name, for downloads. */
export async function download(path: string, options: CallOptions = {}): Promise<{ name: string | null; blob: Blob }> {
  const answer = await send(path, options);
  const disposition = answer.headers.get('content-disposition') ?? '';
  return { name: /filename="([^"]+)"/.exec(disposition)?.[1] ?? null, blob: await answer.blob() };
}

async function send(path: string, { method, query, body, signal, headers }: CallOptions): Promise<Response> {
  const verb = method ?? (body === undefined ? 'GET' : 'POST');
  const request: RequestInit = {
    method: verb,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(verb === 'GET' ? {} : csrfHeader()),
      ...(isNobodyThere() ? { 'x-background-call': '1' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  };
  const answer = await fetch(path + queryText(query), request).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(0, error instanceof Error ? error.message : String(error), { code: 'unreachable' });
  });
  if (answer.ok) return answer;
  const problem = problemOf(answer.status, answer.headers, await jsonOf(answer));
  if (answer.status === 401 && (problem.code === 'session-ended' || problem.code === 'not-authenticated')) {
    onSessionEnded();
  }
  throw problem;
}

async function jsonOf(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return undefined;
  }
}

/** `?a=1&b=2`, without what is undefined, null or empty. */
export function queryText(query: QueryValues = {}): string {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') set.set(name, String(value));
  }
  const text = set.toString();
  return text === '' ? '' : `?${text}`;
}

const management = '/management/v1';

/** A path of the management API with its parts encoded: managementPath('users', name). */
export function managementPath(...parts: readonly string[]): string {
  return [management, ...parts.map(encodeURIComponent)].join('/');
}
