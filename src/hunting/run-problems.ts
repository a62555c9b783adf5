// Why a hunting query has no answer, in the sentences that the documented service uses (Defender reference 3.5): people
// look for them, and connectors match them.
import type { Diagnostic } from '../kql/ir.ts';
import { TooLarge } from '../lib/failures.ts';

export type HuntingProblemKind = 'query' | 'timeout' | 'result-size' | 'resources' | 'fault' | 'gone';

/** The query cannot be run, or not to its end. The message is for whoever wrote it. */
export class HuntingProblem extends Error {
  override readonly name = 'HuntingProblem';
  readonly kind: HuntingProblemKind;
  constructor(kind: HuntingProblemKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export function tookTooLong(): HuntingProblem {
  return new HuntingProblem('timeout', 'Query exceeded the timeout period.');
}

export function tooMuchMemory(options?: ErrorOptions): HuntingProblem {
  return new HuntingProblem('resources', 'Query stopped due to excessive resource consumption.', options);
}

/** The engine had no memory left for the query; see `asProblem` of run.ts. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof HuntingProblem && error.kind === 'resources' && error.cause instanceof TooLarge;
}

export function resultTooLarge(): HuntingProblem {
  return new HuntingProblem(
    'result-size',
    'Query execution has exceeded the allowed result size. Optimize your query by limiting the number of results and try again. ' +
      'Use "summarize" to aggregate results, "project" to drop uninteresting columns, or "take" to truncate results.',
  );
}

export function clientGone(): HuntingProblem {
  return new HuntingProblem('gone', 'The client closed the connection, so the query was stopped.');
}

export function engineFault(cause: unknown): HuntingProblem {
  return new HuntingProblem(
    'fault',
    'An unexpected error occurred during query execution. Please try again in a few minutes.',
    { cause },
  );
}

/** Diagnostics told at once; the others mostly follow from them. */
const toldMax = 5;

/** What is wrong with a query, each thing with its line and column. */
export function wrongQuery(text: string, diagnostics: readonly Diagnostic[]): HuntingProblem {
  const told = diagnostics.slice(0, toldMax).map((each) => {
    const { line, column } = each;
    return `${sentenceOf(text, each)} [line:position=${line}:${column}]`;
  });
  return new HuntingProblem('query', told.join('\n'));
}

/** Codes of the binder for names that are not there, with what the service says was looked for. */
const unknownNames: Readonly<Record<string, string>> = {
  KS142: 'scalar expression',
  KS204: 'table or column expression',
};

function sentenceOf(text: string, { code, message, span }: Diagnostic): string {
  const wanted = unknownNames[code];
  if (wanted !== undefined) {
    const name = text.slice(span.start, span.start + span.length);
    const operator = operatorAt(text, span.start);
    // Before the first pipe there is nothing but a source of rows.
    return operator === undefined
      ? `Failed to resolve ${unknownNames.KS204} named '${name}'`
      : `'${operator}' operator: Failed to resolve ${wanted} named '${name}'`;
  }
  // The parser's own codes are below one hundred; those from there on are about a text that it could read.
  const isSyntax = /^KS0\d\d$/.test(code) || code === 'KS176';
  return isSyntax ? `A recognition error occurred. ${message}` : message;
}

const tokens =
  /\/\/[^\n]*|```[\s\S]*?(?:```|$)|@"(?:[^"]|"")*"?|@'(?:[^']|'')*'?|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[A-Za-z_][\w-]*|[()[\]{}|;]/g;

/** The operator that the place is in, at its own level of brackets; undefined before the first pipe. */
function operatorAt(text: string, place: number): string | undefined {
  const levels: (string | undefined)[] = [undefined];
  let isAfterPipe = false;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (index >= place) break;
    if (isAfterPipe && /^[A-Za-z]/.test(token)) levels[levels.length - 1] = token;
    isAfterPipe = token === '|';
    if (token === ';') levels[levels.length - 1] = undefined;
    else if (/^[([{]$/.test(token)) levels.push(levels.at(-1));
    else if (/^[)\]}]$/.test(token) && levels.length > 1) levels.pop();
  }
  return levels.at(-1);
}
