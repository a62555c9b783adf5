// The management API as commands call it: paths below /management/v1 in, parsed JSON out, ApiProblem when refused.
import { type Answer, openTransport, type Transport } from '../lib/transport.ts';

/** RFC 9457 problem details as the management API sends them. */
export interface ProblemDetails {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly correlationId: string | null;
  /** Path of the explanation; refusals only. */
  readonly explanation?: string;
  readonly fields?: readonly { readonly field: string; readonly problem: string }[];
}

/** The server understood and said no. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: ProblemDetails;
  readonly retryAfterSeconds: number | null;
  constructor(problem: ProblemDetails, retryAfterSeconds: number | null) {
    super(problem.detail);
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Something answers at that address, but not as the management API does. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly origin: string;
  readonly status: number;
  constructor(origin: string, status: number) {
    super(`The answer (HTTP ${status}) of ${origin} is not from the management API.`);
    this.origin = origin;
    this.status = status;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface CallOptions {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly idleSecondsMax?: number;
}

export interface UploadForm {
  readonly method: 'POST' | 'PUT';
  readonly type: string;
}

export interface ApiClient {
  readonly origin: string;
  /** The parsed answer; undefined when the server had nothing to say (204). */
  call<Result>(method: string, path: string, options?: CallOptions): Promise<Result>;
  /** An answer that is a text: a file to be kept. */
  text(path: string, query?: Query): Promise<string>;
  /** Streams NDJSON to the path, or what `form` says. */
  upload<Result>(path: string, lines: AsyncIterable<Buffer>, form?: UploadForm): Promise<Result>;
  /** A call of the Defender API, which the session opens as well; `warning` is what the answer is marked with. */
  callDefender<Result>(
    path: string,
    body: unknown,
    idleSecondsMax: number,
  ): Promise<{ readonly answer: Result; readonly warning: string | undefined }>;
  /** JSON that is open to everybody, by its whole path; the session stays here. */
  open<Result>(path: string): Promise<Result>;
  close(): void;
}

const base = '/management/v1';
const idleSecondsMax = 60;
const uploadIdleSecondsMax = 300;
const lineUpload: UploadForm = { method: 'POST', type: 'application/x-ndjson' };

export interface Connection {
  /** Origin of the server. */
  readonly url: string;
  readonly caFile: string | null;
  /** The session's value; null before signing in. It goes into the Authorization header and nowhere else. */
  readonly session: string | null;
}

export function openClient(connection: Connection): ApiClient {
  const transport: Transport = openTransport(connection.url, connection.caFile);
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'sallyport-cli' };
  if (connection.session !== null) headers.authorization = `Bearer ${connection.session}`;
  return {
    origin: transport.origin,
    close: () => transport.close(),
    async call<Result>(method: string, path: string, options: CallOptions = {}): Promise<Result> {
      const isJson = options.body !== undefined;
      const answer = await transport.exchange({
        method,
        path: base + path + queryText(options.query),
        headers: isJson ? { ...headers, 'content-type': 'application/json' } : headers,
        idleSecondsMax: options.idleSecondsMax ?? idleSecondsMax,
        ...(isJson && { body: Buffer.from(JSON.stringify(options.body)) }),
      });
      return parseAnswer<Result>(transport.origin, answer);
    },
    async open<Result>(path: string): Promise<Result> {
      const { authorization: _session, ...others } = headers;
      const answer = await transport.exchange({ method: 'GET', path, headers: others, idleSecondsMax });
      return parseAnswer<Result>(transport.origin, answer);
    },
    async text(path, query) {
      const exchange = { method: 'GET', path: base + path + queryText(query), headers, idleSecondsMax };
      const answer = await transport.exchange(exchange);
      const isText = /^text\//.test(String(answer.headers['content-type'] ?? ''));
      if (answer.status === 200 && isText) return answer.body.toString('utf8');
      // Throws the problem that the server tells of.
      parseAnswer<unknown>(transport.origin, answer);
      throw new UnexpectedAnswer(transport.origin, answer.status);
    },
    async upload<Result>(path: string, lines: AsyncIterable<Buffer>, form: UploadForm = lineUpload): Promise<Result> {
      const answer = await transport.exchange({
        method: form.method,
        path: base + path,
        headers: { ...headers, 'content-type': form.type },
        body: lines,
        idleSecondsMax: uploadIdleSecondsMax,
      });
      return parseAnswer<Result>(transport.origin, answer);
    },
    async callDefender<Result>(path: string, body: unknown, idleSecondsMax: number) {
      const answer = await transport.exchange({
        ...{ method: 'POST', path, headers: { ...headers, 'content-type': 'application/json' }, idleSecondsMax },
        body: Buffer.from(JSON.stringify(body)),
      });
      const warning = /^\d+ \S+ "(.*)"$/.exec(String(answer.headers.warning ?? ''))?.[1];
      return { answer: parseDefenderAnswer<Result>(transport.origin, answer), warning };
    },
  };
}

/** The same server's other dialect: `{"error": {"code", "message", "target"}}`. */
function parseDefenderAnswer<Result>(origin: string, answer: Answer): Result {
  if (answer.status >= 200 && answer.status < 300) return parseAnswer<Result>(origin, answer);
  let problem: { error?: { code?: unknown; message?: unknown } } | null;
  try {
    problem = JSON.parse(answer.body.toString('utf8')) as typeof problem; // Looked at member by member below.
  } catch {
    throw new UnexpectedAnswer(origin, answer.status);
  }
  const { code, message } = problem?.error ?? {};
  if (typeof code !== 'string' || typeof message !== 'string') throw new UnexpectedAnswer(origin, answer.status);
  throw problemOf(origin, answer, { code, detail: message });
}

/** Builds a path whose values cannot leave their segment: `at\`/users/${name}\``. */
export function at(literals: TemplateStringsArray, ...values: readonly string[]): string {
  return literals.reduce((path, literal, index) => path + encodeURIComponent(values[index - 1] ?? '') + literal);
}

function queryText(query: Query = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given}`;
}

function parseAnswer<Result>(origin: string, answer: Answer): Result {
  const { status, headers, body } = answer;
  const type = headers['content-type'] ?? '';
  if (status === 204) return undefined as Result; // Callers of such paths expect nothing.
  if (!/^application\/(problem\+)?json\b/.test(type)) throw new UnexpectedAnswer(origin, status);
  let content: unknown;
  try {
    content = JSON.parse(body.toString('utf8'));
  } catch {
    throw new UnexpectedAnswer(origin, status);
  }
  if (status >= 200 && status < 300) return content as Result; // The server answers by its schemas.
  throw problemOf(origin, answer, content);
}

function problemOf(origin: string, { status, headers }: Answer, content: unknown): ApiProblem | UnexpectedAnswer {
  if (typeof content !== 'object' || content === null) return new UnexpectedAnswer(origin, status);
  const problem = content as Partial<ProblemDetails>; // Every member is looked at before it is used.
  if (typeof problem.code !== 'string' || typeof problem.detail !== 'string')
    return new UnexpectedAnswer(origin, status);
  const header = headers['x-correlation-id'];
  const correlationId = problem.correlationId ?? (typeof header === 'string' ? header : null);
  const retryAfter = Number(headers['retry-after']);
  return new ApiProblem(
    { ...problem, status, code: problem.code, title: problem.title ?? '', detail: problem.detail, correlationId },
    Number.isFinite(retryAfter) && headers['retry-after'] !== undefined ? retryAfter : null,
  );
}
