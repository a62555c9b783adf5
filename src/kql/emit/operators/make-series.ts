// `make-series`: https://learn.microsoft.com/kusto/query/make-series-operator. Aggregates for each step of the axis, then
// for each series its steps from the first to the last, with the default where there is nothing, as arrays.
//
// With `from`, steps count from there; without, they are those of bin(). Without `from` or `to` a series begins or ends with
// its own data.
import type { Call, Operand } from '../../functions/scalar.ts';
import type { Expr, KqlType, Rel, Special } from '../../ir.ts';
import { columnsIn } from '../../passes/walk.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, type Cell, fromText, isAtomic, sealIf, selectText, sourceBlock, unordered } from '../block.ts';
import type { Context } from '../context.ts';
import { emitExpr, scopeOf } from '../expression.ts';
import { shareBlock } from '../shared.ts';
import { asElement, convert } from '../values.ts';

type MakeSeries = Extract<Special, { name: 'make-series' }> & Rel;

interface Axis {
  readonly type: KqlType;
  readonly value: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly step: string;
}

/** As documented: an array has no more elements than 2^20. */
const elementsMax = 1_048_576;
/** Names of the intermediate columns; keys and aggregates are numbered. */
const position = 'i';
const key = (index: number): string => `k${index}`;
const series = (index: number): string => `a${index}`;

export function emitMakeSeries(special: MakeSeries, context: Context): Block {
  const { outputs, axis, by, nonEmpty, span } = special.details;
  const input = context.emit(special.inputs[0]);
  if (input.partition.length > 0) throw new Unsupported('make-series within a sub-table', span);
  const exprs = [axis.expr, ...by.map((each) => each.expr), ...outputs.map((each) => each.expr)];
  const names = new Set(exprs.flatMap((expr) => [...columnsIn(expr)]));
  const isReady = input.limit === null && !input.frozen && isAtomic(input, names);
  const block = unordered(sealIf(!isReady, unordered(input), context));
  const along = axisOf(special, block, context);
  if (nonEmpty && (by.length > 0 || along.from === null || along.to === null)) {
    throw new Unsupported('make-series kind=nonempty by groups or without both ends', span);
  }
  const steps = shareBlock(`steps_${context.alias()}`, stepsBlock(special, block, along, context), true, context);
  const text = arraysText(special, along, steps, context);
  return fromText(text, [...by.map((each) => each.name), ...outputs.map((each) => each.name), axis.name], context);
}

function axisOf({ details: { axis, from, to, step, span } }: MakeSeries, block: Block, context: Context): Axis {
  const constants = scopeOf(sourceBlock(null, new Map()), context);
  const constant = (expr: Expr | null): string | null => (expr === null ? null : emitExpr(expr, constants));
  const { type } = axis.expr;
  if (type === 'string' || type === 'bool' || type === 'guid' || type === 'dynamic' || type === 'decimal') {
    throw new Unsupported(`make-series on a ${type}`, span);
  }
  if (step.kind === 'literal' && !(Number(step.value) > 0))
    throw new Unsupported('make-series with a step that is not positive', span);
  const value = emitExpr(axis.expr, scopeOf(block, context));
  return { type, value, from: constant(from), to: constant(to), step: emitExpr(step, constants) };
}

/** One row for each step of each series that has data. */
function stepsBlock({ details: { outputs, by, span } }: MakeSeries, block: Block, axis: Axis, context: Context): Block {
  const scope = scopeOf(block, context);
  const offset = axis.from === null ? axis.value : `(${axis.value} - ${axis.from})`;
  const steps = axis.type === 'real' ? `${offset} / ${axis.step}` : floorDivision(offset, axis.step, context);
  const place = context.sql.wholeOf(`floor(${steps})`);
  const keys = by.map(({ expr }, index): readonly [string, Cell] => [
    key(index),
    { sql: emitExpr(expr, scope), atomic: false },
  ]);
  const within = { ...scope, aggregates: { order: '' } };
  const values = outputs.map(({ expr, name }, index): readonly [string, Cell] => {
    const value: Operand = { sql: emitExpr(expr, within), type: expr.type };
    return [
      series(index),
      { sql: asElement(value, { name, type: 'dynamic', span, now: '' }, context.dialect), atomic: false },
    ];
  });
  const where = [
    `${axis.value} is not null`,
    ...(axis.from === null ? [] : [`${axis.value} >= ${axis.from}`]),
    ...(axis.to === null ? [] : [`${axis.value} < ${axis.to}`]),
  ];
  const columns = [...keys, [position, { sql: place, atomic: false }] as const, ...values];
  const groups = Array.from({ length: by.length + 1 }, (_, index) => index + 1).join(', ');
  const text = `${selectText({ ...block, where: [...block.where, ...where] }, columns)} group by ${groups}`;
  return fromText(
    text,
    columns.map(([name]) => name),
    context,
  );
}

/** Whole numbers divided and rounded down. */
function floorDivision(value: string, step: string, context: Context): string {
  return context.sql.exactQuotient(`((${value}) - ((${value}) % ${step} + ${step}) % ${step})`, step);
}

function arraysText(special: MakeSeries, axis: Axis, steps: () => Block, context: Context): string {
  const { outputs, by, nonEmpty, span } = special.details;
  const call = { name: 'make-series', type: 'dynamic' as const, span, now: '' };
  const [own, all] = [steps(), steps()];
  const cellOf = (block: Block, name: string): string => block.cells.get(name)?.sql ?? 'NULL';
  const { sql } = context;
  const base = axis.from ?? (axis.type === 'real' ? '0e0' : sql.cast('0', 'long'));
  const count = axis.to === null ? null : sql.wholeOf(`ceil((${axis.to} - ${base}) / ${axis.step})`);
  const first = axis.from === null ? `min(${cellOf(own, position)})` : '0';
  const last = count ?? `max(${cellOf(own, position)}) + 1`;
  const keys = by.map((_, index) => `${cellOf(own, key(index))} as ${key(index)}`);
  const groups = by.map((_, index) => String(index + 1)).join(', ');
  const some = by.length > 0 ? ` group by ${groups}` : ' having count(*) > 0';
  const source = nonEmpty ? '' : ` from ${own.from}${some}`;
  const tooMany = `make-series with more than ${elementsMax} elements is not supported`;
  const end = sql.unless(`${last} - ${first} > ${elementsMax}`, tooMany, last);
  const spans = `select ${[...keys, `${sql.rowsOfRange(first, end)} as ${position}`].join(', ')}${source}`;
  const alias = context.alias();
  const place = `${alias}.${position}`;
  const on = [
    `${cellOf(all, position)} = ${place}`,
    ...by.map((_, index) => `${cellOf(all, key(index))} is not distinct from ${alias}.${key(index)}`),
  ];
  const array = (element: string): string => sql.arrayInOrder(element, place);
  const columns = [
    ...by.map(({ name }, index) => [name, `${alias}.${key(index)}`] as const),
    ...outputs.map((output, index) => {
      const found = cellOf(all, series(index));
      return [output.name, array(`coalesce(${found}, ${fallback(output, context, call)})`)] as const;
    }),
    [
      special.details.axis.name,
      array(asElement({ sql: `(${base} + ${place} * ${axis.step})`, type: axis.type }, call, context.dialect)),
    ] as const,
  ];
  const cells = columns.map(([name, sql]) => [name, { sql, atomic: false }] as const);
  const joined = `(${spans}) as ${alias} left join ${all.from} on ${on.join(' and ')}`;
  return `${selectText(sourceBlock(joined, new Map()), cells)}${by.length > 0 ? ` group by ${groups}` : ` having count(*) > 0`}`;
}

/** The default as an element of its array: 0 unless the query says otherwise, and of the aggregate's own type. */
function fallback(
  { expr, default: value }: MakeSeries['details']['outputs'][number],
  context: Context,
  call: Call,
): string {
  const given: Operand = value
    ? { sql: emitExpr(value, scopeOf(sourceBlock(null, new Map()), context)), type: value.type }
    : { sql: context.sql.cast('0', 'long'), type: 'long' };
  const isWhole = given.type === 'int' || given.type === 'long';
  const matching: Operand =
    expr.type === 'real' && isWhole ? { sql: convert(given, 'real', call, context.dialect), type: 'real' } : given;
  return asElement(matching, call, context.dialect);
}
