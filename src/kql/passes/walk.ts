// Going through a tree without knowing each operator: what a relation holds, found by shape.
import type { Expr, Literal, Rel } from '../ir.ts';

const expressionKinds: ReadonlySet<string> = new Set([
  'aggregate',
  'call',
  'column',
  'inQuery',
  'literal',
  'parameter',
  'scalarQuery',
  'window',
]);
/** Parts of a relation that hold neither relations nor expressions to go through. */
const leaves: ReadonlySet<string> = new Set(['columns', 'rows', 'span']);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function isRel(value: unknown): value is Rel {
  return isObject(value) && typeof value.op === 'string' && Array.isArray(value.columns);
}

export function isExpr(value: unknown): value is Expr {
  return isObject(value) && typeof value.kind === 'string' && 'type' in value && expressionKinds.has(value.kind);
}

/** The relations and expressions directly inside a relation, in the order in which it names them. */
export function partsOf(rel: Rel): { readonly relations: readonly Rel[]; readonly expressions: readonly Expr[] } {
  const relations: Rel[] = [];
  const expressions: Expr[] = [];
  const visit = (value: unknown): void => {
    if (isRel(value)) relations.push(value);
    else if (isExpr(value)) expressions.push(value);
    else if (Array.isArray(value)) value.forEach(visit);
    else if (isObject(value)) visitFields(value);
  };
  const visitFields = (fields: object): void => {
    for (const [name, value] of Object.entries(fields)) if (!leaves.has(name)) visit(value);
  };
  visitFields(rel);
  return { relations, expressions };
}

/** The expressions directly inside an expression. */
export function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'call':
    case 'aggregate':
    case 'window':
      return expr.operands;
    case 'inQuery':
      return [expr.operand];
    default:
      return [];
  }
}

/** Every relation that an expression holds: `toscalar(…)`, `in (…)`. */
export function relationsInExpr(expr: Expr): readonly Rel[] {
  const own = expr.kind === 'scalarQuery' || expr.kind === 'inQuery' ? [expr.query] : [];
  return [...own, ...operandsOf(expr).flatMap(relationsInExpr)];
}

/** Every relation directly below a relation: its inputs, its bodies, and those in its expressions. */
export function relationsIn(rel: Rel): readonly Rel[] {
  const { relations, expressions } = partsOf(rel);
  return [...relations, ...expressions.flatMap(relationsInExpr)];
}

/** Names of the columns that an expression reads from the relation it is evaluated over. */
export function columnsIn(expr: Expr, into: Set<string> = new Set()): Set<string> {
  if (expr.kind === 'column') into.add(expr.name);
  for (const operand of operandsOf(expr)) columnsIn(operand, into);
  return into;
}

export function someExpr(expr: Expr, test: (expr: Expr) => boolean): boolean {
  return test(expr) || operandsOf(expr).some((operand) => someExpr(operand, test));
}

/** The expression with its operands replaced: what `replace` returns for each, from the inside out. */
export function mapExpr(expr: Expr, replace: (expr: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'call':
    case 'aggregate':
    case 'window': {
      const operands = expr.operands.map((operand) => mapExpr(operand, replace));
      // What has not changed stays the same object, so that callers may recognize it.
      const isSame = operands.every((operand, index) => operand === expr.operands[index]);
      return replace(isSame ? expr : { ...expr, operands });
    }
    case 'inQuery': {
      const operand = mapExpr(expr.operand, replace);
      return replace(operand === expr.operand ? expr : { ...expr, operand });
    }
    default:
      return replace(expr);
  }
}

/**
 * The relation with the relations and expressions directly inside it replaced. A replacement is of the same kind as what
 * it replaces, so the shape of the operator stays.
 */
export function mapParts<R extends Rel>(rel: R, onRel: (rel: Rel) => Rel, onExpr: (expr: Expr) => Expr): R {
  const visit = (value: unknown): unknown => {
    if (isRel(value)) return onRel(value);
    if (isExpr(value)) return onExpr(value);
    if (Array.isArray(value)) return value.map(visit);
    if (isObject(value)) return fields(value);
    return value;
  };
  const fields = (object: object): Record<string, unknown> =>
    Object.fromEntries(Object.entries(object).map(([name, value]) => [name, leaves.has(name) ? value : visit(value)]));
  // Each part was replaced by one of its kind, so it is still an R.
  return fields(rel) as unknown as R;
}

export function isLiteral(expr: Expr): expr is Literal {
  return expr.kind === 'literal';
}
