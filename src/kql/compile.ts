// Text to SQL, in five steps, synchronous and pure; it runs in the compiler's worker (worker.ts).
//
//   text -> guard -> bind (Microsoft's parser) -> lower (ir.ts) -> passes and emission (emit/query.ts) -> Compiled
//
// What is wrong with the text, or not supported, comes out as diagnostics with line, column and code; nothing is thrown.

import { columnArguments } from './column-arguments.ts';
import { type Compilation, failed, refused } from './diagnostics.ts';
import { emitQuery } from './emit/query.ts';
import type { Catalogue, Compiled, Rel, Span } from './ir.ts';
import { lowerExpr } from './lower/expressions.ts';
import { Lowering, NeedsColumns, NeedsExternal, NeedsWatchlist } from './lower/lowering.ts';
import { lowerQuery, lowerRel } from './lower/relations.ts';
import { globalsOf } from './parser/globals.ts';
import { guard } from './parser/guard.ts';
import { bind } from './parser/tree.ts';
import { completeText, type FetchedSource, type FoundColumns } from './two-pass.ts';
import { Unsupported } from './unsupported.ts';
import { type FetchedWatchlist, missingWatchlist } from './watchlists.ts';

export type { Compilation } from './diagnostics.ts';

export interface CompileOptions {
  readonly dialect?: 'duckdb' | 'clickhouse';
  /** What first passes have found, for a text that said that it needs one. */
  readonly found?: readonly FoundColumns[];
  /** The external sources that the host has fetched for it. */
  readonly external?: readonly FetchedSource[];
  /** The watchlists that the host has found for it. */
  readonly watchlists?: readonly FetchedWatchlist[];
}

export function compile(text: string, catalogue: Catalogue, options: CompileOptions = {}): Compilation {
  const refusal = guard(text);
  if (refusal) return refused(text, refusal);
  const found = options.found ?? [];
  let completed = completeText(text, found);
  const globals = globalsOf(catalogue, options.watchlists);
  let bound = bind(completed.text, globals);
  const named = columnArguments(completed.text, bound.errors, catalogue).map(completed.original);
  if (named.length > 0) {
    completed = completeText(text, found, named);
    bound = bind(completed.text, globals);
  }
  const { original } = completed;
  const missing = missingWatchlist(completed.text, bound.root);
  if (missing) return withoutWatchlist(text, missing.alias, original(missing.node.span));
  if (bound.errors.length > 0) {
    return failed(
      text,
      bound.errors.map((each) => ({ ...each, span: original(each.span) })),
    );
  }
  const parts = { expr: lowerExpr, rel: lowerRel };
  const lowering = new Lowering(parts, catalogue, completed.found, options.external, options.watchlists);
  const emit = (rel: Rel): Compiled => {
    const { sql, parameters, tables, hosted } = emitQuery(rel, { catalogue, dialect: options.dialect ?? 'duckdb' });
    return { sql, parameters, columns: rel.columns, tables, hosted, render: lowering.render };
  };
  try {
    return { ok: true, compiled: emit(lowerQuery(bound.root, lowering)) };
  } catch (error) {
    return explained(error, text, original, emit);
  }
}

/** What stopped a compilation, as its result. Anything unexpected is thrown on: it is a fault of ours. */
function explained(
  error: unknown,
  text: string,
  original: (span: Span) => Span,
  emit: (rel: Rel) => Compiled,
): Compilation {
  if (error instanceof Unsupported) {
    const message = `${capitalized(error.message)} is not supported.`;
    return refused(text, { code: 'SP001', message, span: original(error.span) });
  }
  if (error instanceof NeedsExternal) {
    const message = 'externaldata is not available here: its addresses have to be allowed by an administrator.';
    return { ...refused(text, { code: 'SP012', message, span: original(error.span) }), external: error.external };
  }
  if (error instanceof NeedsWatchlist) return withoutWatchlist(text, error.alias, original(error.span));
  if (!(error instanceof NeedsColumns)) throw error;
  const { needed, at } = error;
  const span = original(error.span);
  const message = `The columns of ${needed.plugin} depend on the data: they have to be found first.`;
  try {
    const needs = { ...needed, query: emit(needed.query), at: original({ start: at, length: 0 }).start, span };
    return { ...failed(text, [{ code: 'SP010', message, span }]), needs };
  } catch (inner) {
    return explained(inner, text, original, emit);
  }
}

function withoutWatchlist(text: string, alias: string, span: Span): Compilation {
  const message = `The watchlist ${alias} is not known here.`;
  return { ...refused(text, { code: 'SP013', message, span }), watchlist: alias };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
