// What a compilation says: SQL, or what is wrong with the text and where.
import type { Compiled, Diagnostic, ExternalSource, Span } from './ir.ts';
import type { Needs } from './two-pass.ts';

/**
 * With `needs`, the text is right so far, but what its columns are has to be found in the data first: see
 * `compileInPasses` in two-pass.ts.
 */
export interface FailedCompilation {
  readonly ok: false;
  readonly diagnostics: readonly Diagnostic[];
  readonly needs?: Needs;
  /** The text is right so far, but reads an external source: fetch it, if that is allowed, and compile again. */
  readonly external?: ExternalSource;
  /** The text is right so far, but reads the watchlist of this alias: find it and compile again. */
  readonly watchlist?: string;
}

export type Compilation = { readonly ok: true; readonly compiled: Compiled } | FailedCompilation;

/** A diagnostic that does not say its line and column yet. */
export type Reason = Pick<Diagnostic, 'code' | 'message' | 'span'>;

/** Diagnostics beyond that many say nothing new. */
const diagnosticsMax = 20;

export function failed(text: string, reasons: readonly Reason[]): FailedCompilation {
  const diagnostics = reasons.slice(0, diagnosticsMax).map((each) => ({ ...each, ...positionOf(text, each.span) }));
  return { ok: false, diagnostics };
}

/** A text that is refused for one reason. */
export function refused(text: string, reason: Reason): FailedCompilation {
  return failed(text, [reason]);
}

/** Line and column from 1; a column counts UTF-16 units, as editors do. */
export function positionOf(text: string, span: Span): { line: number; column: number } {
  const before = text.slice(0, span.start).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
