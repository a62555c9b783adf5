// Values that a function reads more than once, computed in a SELECT of their own. Taking a value out of JSON is dear, and a
// function that looks at the kind of a dynamic value names it many times: as a column it is computed once, and the function
// needs no lambda around it.
import type { Expr, NamedExpr } from '../ir.ts';
import { columnsIn, someExpr } from '../passes/walk.ts';
import { type Block, hidden, seal } from './block.ts';
import type { Context } from './context.ts';

/** Puts the columns that `outputs` name over the block: `projectBlock`, which uses this module itself. */
type Project = (block: Block, outputs: readonly NamedExpr[], context: Context) => Block;

export function needsHoisting(expr: Expr): boolean {
  return someExpr(
    expr,
    (each) =>
      (each.kind === 'call' || each.kind === 'aggregate') && each.operands.some((operand) => isHoisted(each, operand)),
  );
}

const texts: ReadonlySet<string> = new Set([
  '==',
  '!=',
  '<>',
  '=~',
  '!~',
  'contains',
  '!contains',
  'startswith',
  '!startswith',
]);

/** Whether the function names the value once: a step of the same path, or what only takes its text. */
function readOnce(parent: Extract<Expr, { readonly kind: 'call' }>, operand: Expr): boolean {
  const { name, operands } = parent;
  if (name === 'path' || name === 'index') return true;
  const isPath = operand.kind === 'call' && (operand.name === 'path' || operand.name === 'index');
  if (!isPath) return false;
  const other = operands.find((each) => each !== operand);
  return name === 'tostring' || (texts.has(name) && other?.kind === 'literal' && other.type === 'string');
}

/** A dynamic value that is computed from the row, below anything but a further step of the same path. */
function isHoisted(parent: Expr, operand: Expr): boolean {
  if ((parent.kind === 'call' && readOnce(parent, operand)) || operand.kind !== 'call' || operand.type !== 'dynamic')
    return false;
  return (
    columnsIn(operand).size > 0 && !someExpr(operand, (each) => each.kind === 'aggregate' || each.kind === 'window')
  );
}

/** The block with such values as hidden columns, and the expressions that read them from there. */
export function withHoisted(
  block: Block,
  exprs: readonly Expr[],
  context: Context,
  project: Project,
): readonly [Block, readonly Expr[]] {
  const found = new Map<string, NamedExpr>();
  // From the outside in: what a hoisted value holds in turn is hoisted when it is put over the block.
  const replace = (expr: Expr): Expr => {
    if (expr.kind === 'inQuery') return { ...expr, operand: replace(expr.operand) };
    if (expr.kind !== 'call' && expr.kind !== 'aggregate') return expr;
    const operands = expr.operands.map((operand) =>
      isHoisted(expr, operand) ? hoisted(operand, found, context) : replace(operand),
    );
    return { ...expr, operands };
  };
  const replaced = exprs.map(replace);
  if (found.size === 0) return [block, exprs];
  const kept = [...block.cells.keys()].map(
    (name): NamedExpr => ({ name, expr: { kind: 'column', type: 'dynamic', name } }),
  );
  const made = [...found.values()];
  return [seal(project(block, [...kept, ...made], context), context), replaced];
}

/** The hidden column that holds the value; equal expressions share one. */
function hoisted(expr: Expr, found: Map<string, NamedExpr>, context: Context): Expr {
  const key = JSON.stringify(expr, (field, value: unknown) => {
    if (field === 'span') return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
  const named = found.get(key) ?? { name: hidden(`value${context.alias()}`), expr };
  found.set(key, named);
  return { kind: 'column', type: expr.type, name: named.name };
}
