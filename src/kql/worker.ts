// The compiler's worker: Microsoft's parser lives here, away from the event loop and from everybody's globals. It
// answers one request after the other; who waits too long ends it (compiler.ts).
import { parentPort } from 'node:worker_threads';
import { type Compilation, type CompileOptions, compile } from './compile.ts';
import type { Catalogue } from './ir.ts';

export interface CompileRequest {
  readonly id: number;
  readonly text: string;
  /** Names the catalogue; `catalogue` comes with the first request that uses it. */
  readonly version: string;
  readonly catalogue?: Catalogue;
  readonly options: CompileOptions;
}

export type CompileAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'compilation'; readonly id: number; readonly compilation: Compilation }
  /** The catalogue of that version is not held any more: send it again. */
  | { readonly kind: 'unknown catalogue'; readonly id: number }
  /** A fault of ours: the query is right or wrong, but this must not happen. */
  | { readonly kind: 'fault'; readonly id: number; readonly message: string };

/** Catalogues held at a time: bound symbols of a large one take tens of megabytes. */
const cataloguesMax = 8;
const catalogues = new Map<string, Catalogue>();

/** The first parse costs a second of initialisation; nobody's query should. */
const warmUpText = `let f = (a:string) { strcat(a, "b") };
let t = datatable(a:string, b:long, c:datetime, d:dynamic) ["a", 1, datetime(2020-01-01), dynamic({"e": [1]})];
t | where a has "a" and b in (1, 2) and c > ago(1d) | extend e = d.e[0], g = f(a)
| join kind=inner (t | summarize count(), arg_max(c, *), make_set(a) by b) on b
| mv-expand e to typeof(long) | project a, b, e | union (print a = "x") | sort by a asc | take 5`;

function answer(message: CompileAnswer): void {
  parentPort?.postMessage(message);
}

function catalogueOf(request: CompileRequest): Catalogue | undefined {
  const found = request.catalogue ?? catalogues.get(request.version);
  if (!found) return undefined;
  // The one that was used last stays longest.
  catalogues.delete(request.version);
  catalogues.set(request.version, found);
  const [oldest] = catalogues.keys();
  if (catalogues.size > cataloguesMax && oldest !== undefined) catalogues.delete(oldest);
  return found;
}

function handle(request: CompileRequest): void {
  const { id, text, options } = request;
  const catalogue = catalogueOf(request);
  if (!catalogue) {
    answer({ kind: 'unknown catalogue', id });
    return;
  }
  try {
    answer({ kind: 'compilation', id, compilation: compile(text, catalogue, options) });
  } catch (error) {
    answer({ kind: 'fault', id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

compile(warmUpText, { tables: [] });
parentPort?.on('message', handle);
answer({ kind: 'ready' });
