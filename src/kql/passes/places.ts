// `geo_info_from_ip_address` is a join with the host's table of places, and an expression can hold no join: so every call
// of it becomes a column of the relation that its expression is evaluated over.
import type { Expr, NamedExpr, Rel } from '../ir.ts';
import { mapExpr, mapParts, someExpr } from './walk.ts';

const functionName = 'geo_info_from_ip_address';

export function withPlaces(root: Rel): Rel {
  return new Placing().place(root);
}

type Call = Extract<Expr, { readonly kind: 'call' }>;

interface Found extends NamedExpr {
  readonly expr: Call;
}

class Placing {
  readonly #shared = new Map<number, Rel>();
  #columns = 0;

  place(rel: Rel): Rel {
    switch (rel.op) {
      case 'shared':
        return this.#placeShared(rel);
      case 'join':
        return this.#placeJoin(rel);
      case 'filter':
        return this.#placeFilter(rel);
      default:
        return this.#placeOver(rel);
    }
  }

  /** Every use stays the same relation. */
  #placeShared(rel: Extract<Rel, { readonly op: 'shared' }>): Rel {
    const known = this.#shared.get(rel.id);
    if (known) return known;
    const placed: Rel = { ...rel, input: this.place(rel.input) };
    this.#shared.set(rel.id, placed);
    return placed;
  }

  /** Conditions that need no place come first: what they leave is looked up. */
  #placeFilter(rel: Extract<Rel, { readonly op: 'filter' }>): Rel {
    const { predicate, input, columns } = rel;
    if (predicate.kind !== 'call' || predicate.name !== 'and') return this.#placeOver(rel);
    const later = predicate.operands.filter((each) => someExpr(each, isPlaceCall));
    const sooner = predicate.operands.filter((each) => !later.includes(each));
    if (later.length === 0 || sooner.length === 0) return this.#placeOver(rel);
    const all = (operands: readonly Expr[]): Expr => {
      const [only] = operands;
      return only && operands.length === 1 ? only : { ...predicate, operands };
    };
    const first: Rel = { op: 'filter', input, predicate: all(sooner), columns: input.columns };
    return this.#placeOver({ op: 'filter', input: this.#placeOver(first), predicate: all(later), columns }, true);
  }

  /** Operators over one relation; those over none or several keep their calls, which are refused by name. */
  #placeOver(rel: Rel, isInputPlaced = false): Rel {
    const input = inputOf(rel);
    const found: Found[] = [];
    const placed = mapParts(
      rel,
      (each) => (each === input && isInputPlaced ? each : this.place(each)),
      (expr) => this.#replace(expr, input ? found : undefined),
    );
    const below = inputOf(placed);
    if (!below || found.length === 0) return placed;
    const over = withLookups(below, found);
    if ('input' in placed) return { ...placed, input: over };
    // The same relation with its first input replaced, so it is still what it was.
    return 'inputs' in placed ? ({ ...placed, inputs: [over, ...placed.inputs.slice(1)] } as Rel) : placed;
  }

  #placeJoin(rel: Extract<Rel, { readonly op: 'join' }>): Rel {
    const [left, right]: [Found[], Found[]] = [[], []];
    const on = rel.on.map(([ours, theirs]) => [this.#replace(ours, left), this.#replace(theirs, right)] as const);
    return {
      ...rel,
      on,
      left: withLookups(this.place(rel.left), left),
      right: withLookups(this.place(rel.right), right),
    };
  }

  /** The expression with columns in the place of calls, from the inside out, and with its own queries gone through. */
  #replace(expr: Expr, found: Found[] | undefined): Expr {
    return mapExpr(expr, (each) => {
      if (each.kind === 'scalarQuery' || each.kind === 'inQuery') return { ...each, query: this.place(each.query) };
      if (!found || !isPlaceCall(each) || each.kind !== 'call') return each;
      // Over aggregates and windows there is no row yet to look anything up for.
      if (someExpr(each, ({ kind }) => kind === 'aggregate' || kind === 'window')) return each;
      const known = found.find(({ expr: other }) => isSame(other, each));
      if (known) return { kind: 'column', type: each.type, name: known.name };
      this.#columns += 1;
      const name = `\0place${this.#columns}`;
      found.push({ name, expr: each });
      return { kind: 'column', type: each.type, name };
    });
  }
}

function isPlaceCall(expr: Expr): boolean {
  return expr.kind === 'call' && expr.name === functionName && expr.operands.length === 1;
}

/** Most often the same column is asked for its country and again for its city. */
function isSame(one: Call, other: Call): boolean {
  const [ours, theirs] = [one.operands[0], other.operands[0]];
  return ours?.kind === 'column' && theirs?.kind === 'column' && ours.name === theirs.name;
}

function inputOf(rel: Rel): Rel | undefined {
  if ('input' in rel) return rel.input;
  if (rel.op === 'special') return rel.inputs[0];
  return undefined;
}

function withLookups(input: Rel, found: readonly Found[]): Rel {
  return found.reduce<Rel>((below, { name, expr }) => {
    const [address] = expr.operands;
    if (!address) return below;
    const columns = [...below.columns, { name, type: expr.type }];
    const details = { address, column: name, span: expr.span };
    return { op: 'special', name: 'address-place', inputs: [below], details, columns };
  }, input);
}
