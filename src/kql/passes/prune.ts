// Column pruning: every relation keeps only the columns that something above it reads, down to the stored table. The engine
// does the same where it can, but not through common table expressions and DISTINCT, and wide tables make long SQL.
import type { Expr, Rel } from '../ir.ts';
import { columnsIn, mapExpr, mapParts, operandsOf, partsOf } from './walk.ts';

type Needed = ReadonlySet<string>;

export function prune(root: Rel): Rel {
  const shared = new Map<number, Set<string>>();
  collect(root, namesOf(root), shared);
  return new Pruning(shared).prune(root, namesOf(root));
}

function namesOf(rel: Rel): Set<string> {
  return new Set(rel.columns.map((column) => column.name));
}

function readBy(exprs: readonly Expr[], base: Iterable<string> = []): Set<string> {
  const names = new Set(base);
  for (const expr of exprs) columnsIn(expr, names);
  return names;
}

/** What a use of a shared relation reads is added to what others read, as long as that finds anything new. */
function collect(rel: Rel, needed: Needed, shared: Map<number, Set<string>>): void {
  if (rel.op === 'shared') {
    const known = shared.get(rel.id);
    const merged = new Set([...(known ?? []), ...needed]);
    if (known && merged.size === known.size) return;
    shared.set(rel.id, merged);
    collect(rel.input, merged, shared);
    return;
  }
  const kept = keep(rel, needed);
  for (const [input, names] of demands(kept)) collect(input, names, shared);
}

/** The relations directly below one, with the columns that it reads of each. */
function demands(rel: Rel): readonly (readonly [Rel, Needed])[] {
  const { relations, expressions } = partsOf(rel);
  const queries = expressions.flatMap(queriesIn).map((query) => [query, firstOf(query)] as const);
  return [...relations.map((input, index) => [input, inputNeeds(rel, input, index)] as const), ...queries];
}

function queriesIn(expr: Expr): readonly Rel[] {
  const own = expr.kind === 'scalarQuery' || expr.kind === 'inQuery' ? [expr.query] : [];
  return [...own, ...operandsOf(expr).flatMap(queriesIn)];
}

/** A query in an expression is asked for its first column only. */
function firstOf(query: Rel): Needed {
  return new Set(query.columns.slice(0, 1).map((column) => column.name));
}

/** The columns that a relation, once it has only what is needed of it, reads from its input of that number. */
function inputNeeds(rel: Rel, input: Rel, index: number): Needed {
  const own = rel.columns.map((column) => column.name);
  switch (rel.op) {
    case 'filter':
      return readBy([rel.predicate], own);
    case 'project':
      return readBy(rel.outputs.map((output) => output.expr));
    case 'summarize':
      return readBy(partsOf(rel).expressions);
    case 'sort':
      return readBy(
        rel.keys.map((key) => key.expr),
        own,
      );
    case 'take':
    case 'shared':
      return new Set(own);
    case 'join': {
      const fields = Object.keys(rel);
      const isLeft = (index === 0) === fields.indexOf('left') < fields.indexOf('right');
      const side = isLeft ? 'left' : 'right';
      const outputs = rel.outputs.filter((output) => output.side === side).map((output) => output.from);
      return readBy(
        rel.on.map(([left, right]) => (side === 'left' ? left : right)),
        outputs,
      );
    }
    case 'union':
      return new Set(rel.inputs[index]?.from.filter((from) => typeof from === 'string'));
    case 'special':
      return specialNeeds(rel, input);
    default:
      return namesOf(input);
  }
}

function specialNeeds(rel: Extract<Rel, { readonly op: 'special' }>, input: Rel): Needed {
  const own = rel.columns.map((column) => column.name);
  switch (rel.name) {
    case 'serialize':
    case 'sample':
      return new Set(own);
    case 'parse':
      return readBy([rel.details.on], own);
    case 'address-place':
      return readBy([rel.details.address], own);
    case 'mv-expand':
      return readBy(
        rel.details.expansions.map((each) => each.expr),
        own,
      );
    default:
      return namesOf(input);
  }
}

/** The relation with only the columns that are needed of it; its inputs are as they were. */
function keep(rel: Rel, needed: Needed): Rel {
  const columns = rel.columns.filter((column) => needed.has(column.name));
  const isKept = ({ name }: { readonly name: string }): boolean => needed.has(name);
  switch (rel.op) {
    case 'rows': {
      const places = rel.columns.flatMap((column, index) => (needed.has(column.name) ? [index] : []));
      return { ...rel, columns, rows: rel.rows.map((row) => places.flatMap((place) => row[place] ?? [])) };
    }
    case 'project':
      return { ...rel, columns, outputs: rel.outputs.filter(isKept) };
    case 'summarize':
      return keepAggregates(rel, needed);
    case 'join':
      return { ...rel, columns, outputs: rel.outputs.filter(isKept) };
    case 'union': {
      const inputs = rel.inputs.map((input) => ({
        ...input,
        from: input.from.filter((_, index) => needed.has(rel.columns[index]?.name ?? '')),
      }));
      return { ...rel, columns, inputs };
    }
    case 'range':
      return rel;
    case 'special':
      return isNarrowed(rel.name) ? { ...rel, columns } : rel;
    default:
      return { ...rel, columns };
  }
}

/** Operators whose columns may be fewer; the others make all of theirs. */
function isNarrowed(name: string): boolean {
  return ['address-place', 'mv-expand', 'parse', 'sample', 'serialize', 'subtable'].includes(name);
}

/** Keys stay: they make the groups. Without keys one aggregate stays, which makes the one row. */
function keepAggregates(rel: Extract<Rel, { readonly op: 'summarize' }>, needed: Needed): Rel {
  const isKept = ({ name }: { readonly name: string }): boolean => needed.has(name);
  const outputs = rel.outputs.filter(isKept);
  const extremes = rel.extremes
    .map((extreme) => ({ ...extreme, outputs: extreme.outputs.filter(isKept) }))
    .filter((extreme) => extreme.outputs.length > 0);
  if (rel.by.length === 0 && outputs.length === 0 && extremes.length === 0) return rel;
  const names = new Set([...rel.by, ...outputs, ...extremes.flatMap((each) => each.outputs)].map((each) => each.name));
  return { ...rel, outputs, extremes, columns: rel.columns.filter((column) => names.has(column.name)) };
}

class Pruning {
  readonly #needs: ReadonlyMap<number, Needed>;
  readonly #shared = new Map<number, Rel>();

  constructor(needs: ReadonlyMap<number, Needed>) {
    this.#needs = needs;
  }

  prune(rel: Rel, needed: Needed): Rel {
    if (rel.op === 'shared') return this.#pruneShared(rel);
    const kept = keep(rel, needed);
    // `partsOf` and `mapParts` come by the same relations in the same order.
    const needs = partsOf(kept).relations.map((input, index) => inputNeeds(kept, input, index));
    let next = 0;
    return mapParts(
      kept,
      (input) => {
        const names = needs[next] ?? namesOf(input);
        next += 1;
        return this.prune(input, names);
      },
      (expr) => mapExpr(expr, (each) => this.#pruneQuery(each)),
    );
  }

  /** Every use sees all that any use needs: the relation is written once. */
  #pruneShared(rel: Extract<Rel, { readonly op: 'shared' }>): Rel {
    const known = this.#shared.get(rel.id);
    if (known) return known;
    const needed = this.#needs.get(rel.id) ?? namesOf(rel);
    const input = this.prune(rel.input, needed);
    const pruned: Rel = { ...rel, input, columns: rel.columns.filter((column) => needed.has(column.name)) };
    this.#shared.set(rel.id, pruned);
    return pruned;
  }

  #pruneQuery(expr: Expr): Expr {
    if (expr.kind !== 'scalarQuery' && expr.kind !== 'inQuery') return expr;
    return { ...expr, query: this.prune(expr.query, firstOf(expr.query)) };
  }
}
