// The columns that go on: renamed for nothing, computed where they are new.
import type { NamedExpr } from '../ir.ts';
import { columnsIn } from '../passes/walk.ts';
import { type Block, type Cell, isAtomic, sealIf } from './block.ts';
import type { Context } from './context.ts';
import { emitExpr, scopeOf } from './expression.ts';
import { withHoisted } from './hoist.ts';
import { withWindows } from './windows.ts';

export function projectBlock(input: Block, outputs: readonly NamedExpr[], context: Context): Block {
  const [windowed, unhoisted] = withWindows(
    input,
    outputs.map((output) => output.expr),
    context,
  );
  const [block, exprs] = withHoisted(windowed, unhoisted, context, projectBlock);
  const computed = exprs.filter((expr) => expr.kind !== 'column' && expr.kind !== 'literal');
  const plain = exprs.flatMap((expr) => (expr.kind === 'column' ? [expr.name] : []));
  const isRepeated = plain.some((name, index) => plain.indexOf(name) !== index && !isAtomic(block, [name]));
  const isBlocked = computed.some((expr) => block.limit !== null || !isAtomic(block, columnsIn(expr)));
  const ready = sealIf(isRepeated || isBlocked, block, context);
  const scope = scopeOf(ready, context);
  const cells = outputs.map(({ name }, index): readonly [string, Cell] => {
    const expr = exprs[index];
    if (!expr) throw new Error(`The column ${name} got lost.`);
    const cell = expr.kind === 'column' ? ready.cells.get(expr.name) : undefined;
    return [name, cell ?? { sql: emitExpr(expr, scope), atomic: expr.kind === 'literal' }];
  });
  return { ...ready, cells: new Map(cells), wraps: null };
}
