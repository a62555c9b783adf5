// `summarize`, `distinct` and `count`. https://learn.microsoft.com/kusto/query/summarize-operator
import type { Expr, NamedExpr, Rel } from '../ir.ts';
import { columnsIn, someExpr } from '../passes/walk.ts';
import {
  type Block,
  type Cell,
  fromText,
  hidden,
  isAtomic,
  orderText,
  seal,
  sealIf,
  selectText,
  unordered,
} from './block.ts';
import type { Context } from './context.ts';
import { emitExpr, type Scope, scopeOf } from './expression.ts';
import { withHoisted } from './hoist.ts';
import { projectBlock } from './project.ts';
import { orEmpty } from './representation.ts';
import { withWindows } from './windows.ts';

type Summarize = Extract<Rel, { readonly op: 'summarize' }>;
type Extreme = Summarize['extremes'][number];
type Columns = readonly (readonly [string, Cell])[];

export function emitSummarize(original: Summarize, input: Block, context: Context): Block {
  const [windowed, by] = withWindows(
    input,
    original.by.map((key) => key.expr),
    context,
  );
  const keyed = { ...original, by: original.by.map((key, index) => ({ ...key, expr: by[index] ?? key.expr })) };
  const [hoisted, rel] = withHoistedParts(keyed, windowed, context);
  const names = new Set(expressionsOf(rel).flatMap((expr) => [...columnsIn(expr)]));
  const isReady = hoisted.limit === null && !hoisted.frozen && isAtomic(hoisted, names);
  const block = withPlaces(sealIf(!isReady, hoisted, context), rel, context);
  const scope = scopeOf(block, context);
  const keys = rel.by.map(({ name, expr }): readonly [string, Cell] => [
    name,
    { sql: emitExpr(expr, scope), atomic: false },
  ]);
  const partition = block.partition.map((cell, index) => [hidden(`part${index}`), cell] as const);
  const groups = [...partition, ...keys];
  const [extreme] = rel.extremes;
  if (extreme && rel.extremes.length === 1 && rel.outputs.length === 0) {
    return finished(winners(groups, extreme, block, context), groups, partition, rel, context);
  }
  const ranked = rel.extremes.length > 0 ? rank(groups, rel, block, context) : null;
  const columns = ranked ? ranked.columns : [...groups, ...aggregates(rel.outputs, block, scope)];
  return finished(grouped(columns, groups.length, ranked?.block ?? block), groups, partition, rel, context);
}

function expressionsOf({ by, outputs, extremes }: Summarize): readonly Expr[] {
  const named = [...by, ...outputs].map((each) => each.expr);
  return [...named, ...extremes.flatMap((each) => [each.by, ...each.outputs.map((output) => output.expr)])];
}

function withHoistedParts(rel: Summarize, block: Block, context: Context): readonly [Block, Summarize] {
  const [hoisted, exprs] = withHoisted(block, expressionsOf(rel), context, projectBlock);
  let next = 0;
  const take = (expr: Expr): Expr => {
    next += 1;
    return exprs[next - 1] ?? expr;
  };
  const taken = (each: NamedExpr): NamedExpr => ({ ...each, expr: take(each.expr) });
  const by = rel.by.map(taken);
  const outputs = rel.outputs.map(taken);
  const extremes = rel.extremes.map((each) => ({ ...each, by: take(each.by), outputs: each.outputs.map(taken) }));
  return [hoisted, { ...rel, by, outputs, extremes }];
}

/** Groups by the first so many columns; what is not aggregated is only grouped by. */
function grouped(columns: Columns, groups: number, block: Block): string {
  const numbers = Array.from({ length: groups }, (_, index) => String(index + 1));
  const by = numbers.length > 0 ? ` group by ${numbers.join(', ')}` : '';
  return `${selectText(unordered(block), columns)}${by}`;
}

function aggregates(outputs: readonly NamedExpr[], block: Block, scope: Scope): Columns {
  const [first] = block.order;
  const isPlace = scope.context.dialect === 'clickhouse';
  const order = isPlace ? (first?.cell.sql ?? '') : orderText(block.order);
  const within = { ...scope, aggregates: { order } };
  return outputs.map(({ name, expr }) => [name, { sql: emitExpr(expr, within), atomic: false }] as const);
}

/**
 * ClickHouse has no order within an aggregate: what keeps the rows' order gets the number of every row instead, by one
 * column.
 */
function withPlaces(block: Block, rel: Summarize, context: Context): Block {
  if (context.dialect === 'duckdb') return block;
  const keepsOrder = (expr: Expr): boolean => expr.kind === 'aggregate' && expr.name.startsWith('make');
  const isAsked = rel.outputs.some(({ expr }) => someExpr(expr, keepsOrder));
  if (!isAsked || block.order.length === 0) return { ...block, order: [] };
  const place = hidden('place');
  const number = context.sql.cast(`row_number() over (order by ${orderText(block.order)})`, 'long');
  const sealed = seal(
    { ...block, cells: new Map([...block.cells, [place, { sql: number, atomic: false }]]), order: [] },
    context,
  );
  const cell = sealed.cells.get(place);
  return cell ? { ...sealed, order: [{ cell, descending: false, nullsFirst: false }] } : sealed;
}

function finished(text: string, groups: Columns, partition: Columns, rel: Summarize, context: Context): Block {
  const names = [...groups.map(([name]) => name), ...outputNames(rel)];
  const block = fromText(text, names, context);
  const hiddenNames = partition.map(([name]) => name);
  const cells = new Map([...block.cells].filter(([name]) => !hiddenNames.includes(name)));
  return { ...block, cells, partition: hiddenNames.flatMap((name) => block.cells.get(name) ?? []) };
}

function outputNames(rel: Summarize): readonly string[] {
  return [...rel.outputs, ...rel.extremes.flatMap((each) => each.outputs)].map((output) => output.name);
}

/** Which row is first: null counts for nothing, so a null comes last both ways. */
function ranking(extreme: Extreme, scope: Scope): string {
  return `${emitExpr(extreme.by, scope)} ${extreme.which === 'max' ? 'desc' : 'asc'} nulls last`;
}

/** One `arg_max` or `arg_min` alone: the row that comes first. Over no group there is one row, empty where no row is. */
function winners(groups: Columns, extreme: Extreme, block: Block, context: Context): string {
  const scope = scopeOf(block, context);
  const order = ranking(extreme, scope);
  const outputs = extreme.outputs.map(({ name, expr }): readonly [string, Cell] => [
    name,
    { sql: emitExpr(expr, scope), atomic: false },
  ]);
  if (groups.length > 0) {
    const over = `partition by ${groups.map(([, cell]) => cell.sql).join(', ')} order by ${order}`;
    return `${selectText(unordered(block), [...groups, ...outputs])} qualify row_number() over (${over}) = 1`;
  }
  const first = `${selectText(unordered(block), outputs)} order by ${order} limit 1`;
  const names = outputs.map(([name]) => name);
  const source = fromText(first, names, context);
  const columns = extreme.outputs.map(({ name, expr }): readonly [string, Cell] => [
    name,
    { sql: orEmpty(source.cells.get(name)?.sql ?? 'NULL', expr.type), atomic: false },
  ]);
  return selectText({ ...source, from: `(select 1) as o left join ${source.from} on true` }, columns);
}

/**
 * Extremes beside other aggregates: every row gets its rank within its group per extreme, and what an extreme gives is of
 * the row of rank 1. Taking a whole row as one value of an aggregate is many times slower.
 */
function rank(
  groups: Columns,
  rel: Summarize,
  block: Block,
  context: Context,
): { readonly columns: Columns; readonly block: Block } {
  const scope = scopeOf(block, context);
  const partition = groups.length > 0 ? `partition by ${groups.map(([, cell]) => cell.sql).join(', ')} ` : '';
  const cells = new Map(block.cells);
  groups.forEach(([, cell], index) => {
    cells.set(hidden(`group${index}`), cell);
  });
  rel.extremes.forEach((extreme, index) => {
    const over = `row_number() over (${partition}order by ${ranking(extreme, scope)})`;
    cells.set(hidden(`rank${index}`), { sql: over, atomic: false });
    extreme.outputs.forEach(({ expr }, output) => {
      cells.set(hidden(`extreme${index}_${output}`), { sql: emitExpr(expr, scope), atomic: false });
    });
  });
  const ranked = seal({ ...block, cells }, context);
  const cellOf = (name: string): string => ranked.cells.get(hidden(name))?.sql ?? 'NULL';
  const keys = groups.map(([name], index) => [name, { sql: cellOf(`group${index}`), atomic: false }] as const);
  const extremes = rel.extremes.flatMap((extreme, index) =>
    extreme.outputs.map(({ name, expr }, output): readonly [string, Cell] => {
      const value = context.sql.valueWhere(cellOf(`extreme${index}_${output}`), `${cellOf(`rank${index}`)} = 1`);
      return [name, { sql: orEmpty(value, expr.type), atomic: false }];
    }),
  );
  const others = aggregates(rel.outputs, ranked, scopeOf(ranked, context));
  return { columns: [...keys, ...others, ...extremes], block: ranked };
}

/** Whether an expression aggregates. */
export function isAggregate(expr: Expr): boolean {
  return expr.kind === 'aggregate' || (expr.kind === 'call' && expr.operands.some(isAggregate));
}
