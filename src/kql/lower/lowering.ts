// State of one compilation while the bound tree becomes the intermediate tree.
import type { Catalogue, Column, Expr, ExternalSource, Rel, Span } from '../ir.ts';
import type { Node } from '../parser/tree.ts';
import type { FetchedSource, FoundColumns, Needed } from '../two-pass.ts';
import { Unsupported } from '../unsupported.ts';
import type { FetchedWatchlist } from '../watchlists.ts';

/** What a name of `let`, or a parameter of a function, stands for. */
export type Binding =
  /** `over` are the columns that the expression may refer to: an argument is good only where its columns are. */
  | { readonly kind: 'scalar'; readonly expr: Expr; readonly over: readonly Column[] | null }
  | { readonly kind: 'table'; readonly rel: () => Rel }
  /** The names that the function's body sees, besides its parameters. `view`: its rows, which a search looks into as well. */
  | { readonly kind: 'function'; readonly env: Env; readonly view?: () => Rel }
  /** Of `declare pattern`: a table for each of some values. */
  | {
      readonly kind: 'pattern';
      readonly env: Env;
      readonly parameters: readonly string[];
      readonly path: string | null;
      readonly matches: readonly Node[];
    };

export type Env = ReadonlyMap<string, Binding>;

/** Where an expression or a relation stands. */
export interface Scope {
  readonly env: Env;
  /** Columns of the relation that expressions are evaluated over; null outside of any. */
  readonly columns: readonly Column[] | null;
  /** In search over many tables: columns that this one may lack, where they have no value. */
  readonly absent?: readonly Column[];
  /** In a join's `on`: what `$left` and `$right` are. */
  readonly sides?: { readonly left: readonly Column[]; readonly right: readonly Column[] };
  /** In scan: the steps, whose states may be named. */
  readonly steps?: ReadonlySet<string>;
  /** Whether aggregates may stand here: in the columns of `summarize` and its kin. */
  readonly aggregates?: boolean;
  /** The rows that a subquery without a source starts from: in `mv-apply`, `partition`, `fork`. */
  readonly implicit?: Rel;
}

/** Expressions hold tables and tables hold expressions, so both are reached through the lowering itself. */
export interface LoweringParts {
  expr(node: Node, scope: Scope, lowering: Lowering): Expr;
  rel(node: Node, scope: Scope, lowering: Lowering): Rel;
}

/** Lowers an operator over one table; `scope.columns` are those of its input. */
export type LowerOperator = (input: Rel, node: Node, scope: Scope, lowering: Lowering) => Rel;

export class Lowering {
  readonly catalogue: Catalogue;
  /** Those that the host has found so far. */
  readonly watchlists: readonly FetchedWatchlist[];
  /** The `render` annotation, when there is one. */
  render: { visualization: string; properties: Record<string, string> } | null = null;
  /** Whether the operator that is being lowered calls `ingestion_time()`. */
  usesIngestionTime = false;
  /** Columns that the binder thinks to be there and the service does not give: they are no part of the result. */
  readonly unasked = new Set<string>();
  /** Those of them that only tables that are missing would have: nothing may be said about them. */
  readonly missing = new Set<string>();
  #steps = 0;
  readonly #sizes = new WeakMap<Expr, number>();
  #ids = 0;
  #place: Span | undefined;
  #depth = 0;

  readonly #found: ReadonlyMap<number, FoundColumns>;
  readonly #external: ReadonlyMap<string, string>;

  /** Lowers an expression that yields one value. Throws `Unsupported` for what it does not know. */
  readonly expr: (node: Node, scope: Scope) => Expr;
  /** Lowers a table: a source, or operators over one. Every relation has the columns that the binder gives it. */
  readonly rel: (node: Node, scope: Scope) => Rel;

  constructor(
    parts: LoweringParts,
    catalogue: Catalogue,
    found: ReadonlyMap<number, FoundColumns> = new Map(),
    external: readonly FetchedSource[] = [],
    watchlists: readonly FetchedWatchlist[] = [],
  ) {
    this.catalogue = catalogue;
    this.watchlists = watchlists;
    this.expr = (node, scope) => parts.expr(node, scope, this);
    this.rel = (node, scope) => parts.rel(node, scope, this);
    this.#found = found;
    this.#external = new Map(external.map((each) => [keyOfSource(each.external), each.source]));
  }

  /** The table that holds the rows of an external source; it has to be fetched first where there is none. */
  fetched(external: ExternalSource, node: Node): string {
    const source = this.#external.get(keyOfSource(external));
    if (source === undefined) throw new NeedsExternal(external, this.place(node));
    return source;
  }

  /** What a first pass has found for the plugin of this `evaluate`. */
  foundFor(node: Node): FoundColumns | undefined {
    return this.#place ? undefined : this.#found.get(endOf(node.get('FunctionCall')));
  }

  /** Names that an operator gives itself are asked for, whatever they were before. */
  ask(names: readonly string[]): void {
    for (const name of names) this.unasked.delete(name);
  }

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** The node's place in the query's text; of what stands in a function's body, the place of the call. */
  place(node: Node): Span {
    return this.#place ?? node.span;
  }

  /** Lowers what stands in the body of a called function: its places are in a text of their own. */
  inBodyOf<Result>(call: Node, lower: () => Result): Result {
    const before = this.#place;
    this.#place ??= call.span;
    this.#depth += 1;
    if (this.#depth > callDepthMax) this.refuse('A call of functions this deep', call);
    try {
      return lower();
    } finally {
      this.#place = before;
      this.#depth -= 1;
    }
  }

  /** Whether what is lowered stands in a function's body, so that its places are not those of the query's text. */
  get isInBody(): boolean {
    return this.#place !== undefined;
  }

  /** Counts what is lowered: functions that call functions can make a short text a very long query. */
  step(node: Node): void {
    this.#steps += 1;
    if (this.#steps > stepsMax) this.refuse('A query of this size', node);
  }

  /**
   * Lets through an expression that a name stands for. Each use of the name writes it out, so a chain of names that use
   * the one before twice would double it with every step.
   */
  bounded(expr: Expr, node: Node): Expr {
    return this.#sizeOf(expr) > expressionSizeMax ? this.refuse('An expression of this size', node) : expr;
  }

  #sizeOf(expr: Expr): number {
    const known = this.#sizes.get(expr);
    if (known !== undefined) return known;
    const inner = 'operands' in expr ? expr.operands : expr.kind === 'inQuery' ? [expr.operand] : [];
    const size = inner.reduce((sum, each) => sum + this.#sizeOf(each), 1);
    this.#sizes.set(expr, size);
    return size;
  }

  /** Refuses a construct by its name and place; the message goes on with “is not supported”. */
  refuse(what: string, at: Node): never {
    throw new Unsupported(what, this.place(at));
  }
}

/** The columns of a plugin depend on the data: this has to be found out first (two-pass.ts). */
export class NeedsColumns extends Error {
  readonly needed: Needed;
  /** Where the plugin's call ends: what is found is put in there. */
  readonly at: number;
  readonly span: Span;

  constructor(needed: Needed, node: Node) {
    super(needed.plugin);
    this.name = 'NeedsColumns';
    this.needed = needed;
    this.at = endOf(node.get('FunctionCall'));
    this.span = node.span;
  }
}

/** The rows of an external source have to be fetched first, if the host allows that. */
export class NeedsExternal extends Error {
  readonly external: ExternalSource;
  readonly span: Span;

  constructor(external: ExternalSource, span: Span) {
    super('externaldata');
    this.name = 'NeedsExternal';
    this.external = external;
    this.span = span;
  }
}

/** The host has to look for the tenant's watchlist of this alias first. */
export class NeedsWatchlist extends Error {
  readonly alias: string;
  readonly span: Span;

  constructor(alias: string, span: Span) {
    super('watchlist');
    this.name = 'NeedsWatchlist';
    this.alias = alias;
    this.span = span;
  }
}

function keyOfSource({ urls, columns, properties }: ExternalSource): string {
  return JSON.stringify([urls, columns.map(({ name, type }) => [name, type]), Object.entries(properties).sort()]);
}

function endOf(node: Node): number {
  const { start, length } = node.span;
  return start + length;
}

const callDepthMax = 32;
const stepsMax = 200_000;
const expressionSizeMax = 25_000;
