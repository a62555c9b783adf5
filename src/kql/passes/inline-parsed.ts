// `extend F = parse_json(Text) | where F.a == …` as `where parse_json(Text).a == …`: a step into JSON text is cheaper than
// the whole text as a dynamic value. The same goes for one part of a text that is split. Where nothing else reads F, pruning leaves it out after this.
import type { Expr, Rel } from '../ir.ts';
import { mapExpr, mapParts } from './walk.ts';

/** What columns of a relation hold, in terms of other columns of the same relation. */
type Parsed = Extract<Expr, { readonly kind: 'call' }>;
type Known = ReadonlyMap<string, Parsed>;
type Of<Op extends Rel['op']> = Extract<Rel, { readonly op: Op }>;

const nothing: Known = new Map();
const parsers: ReadonlySet<string> = new Set(['parse_json', 'parsejson', 'todynamic', 'toobject']);

export function inlineParsed(root: Rel): Rel {
  return new Inlining().visit(root).rel;
}

class Inlining {
  readonly #shared = new Map<number, Rel>();

  visit(rel: Rel): { readonly rel: Rel; readonly known: Known } {
    switch (rel.op) {
      case 'filter': {
        const { rel: input, known } = this.visit(rel.input);
        return { rel: { ...rel, input, predicate: this.#replace(rel.predicate, known) }, known };
      }
      case 'sort': {
        const { rel: input, known } = this.visit(rel.input);
        const keys = rel.keys.map((key) => ({ ...key, expr: this.#replace(key.expr, known) }));
        return { rel: { ...rel, input, keys }, known };
      }
      case 'project': {
        const { rel: input, known } = this.visit(rel.input);
        const outputs = rel.outputs.map((each) => ({ ...each, expr: this.#replace(each.expr, known) }));
        return { rel: { ...rel, input, outputs }, known: knownAfter(outputs, known) };
      }
      case 'summarize': {
        const { rel: input, known } = this.visit(rel.input);
        return { rel: { ...mapParts(rel, same, (expr) => this.#replace(expr, known)), input }, known: nothing };
      }
      case 'shared':
        return { rel: this.#visitShared(rel), known: nothing };
      default:
        return {
          rel: mapParts(
            rel,
            (input) => this.visit(input).rel,
            (expr) => this.#replace(expr, nothing),
          ),
          known: nothing,
        };
    }
  }

  #visitShared(rel: Of<'shared'>): Rel {
    const visited = this.#shared.get(rel.id) ?? { ...rel, input: this.visit(rel.input).rel };
    this.#shared.set(rel.id, visited);
    return visited;
  }

  /** Steps into known columns, and the relations inside the expression. */
  #replace(expr: Expr, known: Known): Expr {
    return mapExpr(expr, (each) => {
      if (each.kind === 'scalarQuery' || each.kind === 'inQuery') return { ...each, query: this.visit(each.query).rel };
      if (each.kind !== 'call' || (each.name !== 'path' && each.name !== 'index')) return each;
      const [base, ...steps] = each.operands;
      const parsed = base?.kind === 'column' && base.side === undefined ? known.get(base.name) : undefined;
      if (!parsed || (parsed.name === 'split' && !isPlace(steps[0]))) return each;
      return { ...each, operands: [parsed, ...steps] };
    });
  }
}

function isParser({ name, operands: [, delimiter, ...others] }: Parsed): boolean {
  if (name !== 'split') return parsers.has(name);
  return others.length === 0 && delimiter?.kind === 'literal' && delimiter.type === 'string' && delimiter.value !== '';
}

/** A place that counts from the beginning. */
function isPlace(step: Expr | undefined): boolean {
  return step?.kind === 'literal' && typeof step.value === 'bigint' && step.value >= 0n;
}

const same = (rel: Rel): Rel => rel;

/** What was known and what is new, as far as the texts go on as columns. */
function knownAfter(outputs: Of<'project'>['outputs'], before: Known): Known {
  const names = new Map(
    outputs.flatMap(({ name, expr }) => (expr.kind === 'column' ? [[expr.name, name] as const] : [])),
  );
  const known = new Map<string, Parsed>();
  for (const { name, expr } of outputs) {
    const parsed = expr.kind === 'column' ? before.get(expr.name) : expr;
    if (parsed?.kind !== 'call' || !isParser(parsed)) continue;
    const [text, ...others] = parsed.operands;
    const source = text?.kind === 'column' && text.type === 'string' ? names.get(text.name) : undefined;
    if (text?.kind !== 'column' || source === undefined) continue;
    known.set(name, { ...parsed, operands: [{ ...text, name: source }, ...others] });
  }
  return known;
}
