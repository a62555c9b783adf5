// `bag_unpack` and `pivot`, once it is known which columns they make.
// https://learn.microsoft.com/kusto/query/bag-unpack-plugin and …/pivot-plugin
import type { Expr, KqlType, Literal, NamedExpr, Rel, Special } from '../../ir.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, type Cell, fromText, hidden, selectText } from '../block.ts';
import type { Context } from '../context.ts';
import { projectBlock } from '../project.ts';

type BagUnpack = Extract<Special, { name: 'bag_unpack' }> & Rel;
type Pivot = Extract<Special, { name: 'pivot' }> & Rel;

const conversions: Readonly<Partial<Record<KqlType, string>>> = {
  bool: 'tobool',
  datetime: 'todatetime',
  decimal: 'todecimal',
  guid: 'toguid',
  int: 'toint',
  long: 'tolong',
  real: 'toreal',
  string: 'tostring',
  timespan: 'totimespan',
};

/** Each key's value as its column's type, null where a bag has no such key. */
export function emitBagUnpack(special: BagUnpack, context: Context): Block {
  const { bag, keys, span } = special.details;
  const made = new Map(keys.map((key) => [key.name, key]));
  const outputs = special.columns.map(({ name, type }): NamedExpr => {
    const key = made.get(name);
    if (!key) return { name, expr: { kind: 'column', type, name } };
    const at: Expr = { kind: 'literal', type: 'string', value: key.key };
    const value: Expr = { kind: 'call', type: 'dynamic', name: 'index', operands: [bag, at], span };
    const convert = conversions[type];
    return { name, expr: convert ? { kind: 'call', type, name: convert, operands: [value], span } : value };
  });
  return projectBlock(context.emit(special.inputs[0]), outputs, context);
}

const none: Literal = { kind: 'literal', type: 'long', value: 0n };
const noElements: Literal = { kind: 'literal', type: 'dynamic', value: '[]' };

/** What a cell holds for which there are no rows: the aggregate of nothing. */
const emptyCells: Readonly<Record<string, Literal | null>> = {
  any: null,
  count: none,
  countif: none,
  dcount: none,
  make_bag: { kind: 'literal', type: 'dynamic', value: '{}' },
  make_list: noElements,
  make_set: noElements,
  max: null,
  min: null,
  sum: null,
  take_any: null,
};

/** Aggregated by the groups and the pivot's value first, then each value's row of a group becomes a column. */
export function emitPivot(special: Pivot, context: Context): Block {
  const { on, aggregate, by, keys, span } = special.details;
  const name = aggregate.kind === 'aggregate' ? aggregate.name : '';
  if (!Object.hasOwn(emptyCells, name)) throw new Unsupported(`pivot with ${name || 'this aggregate'}`, span);
  const value: Expr =
    on.type === 'string' ? on : { kind: 'call', type: 'string', name: 'tostring', operands: [on], span };
  const groups = by.map(({ expr }, index) => ({ name: hidden(`by${index}`), expr }));
  const outputs = [{ name: hidden('cell'), expr: aggregate }];
  const names = [...groups, { name: hidden('pivot'), expr: value }];
  const grouped = context.emit({
    op: 'summarize',
    input: special.inputs[0],
    by: names,
    outputs,
    extremes: [],
    columns: [...names, ...outputs].map((each) => ({ name: each.name, type: each.expr.type })),
  });
  if (grouped.partition.length > 0) throw new Unsupported('pivot within a sub-table', span);
  const cellOf = (column: string): string => grouped.cells.get(column)?.sql ?? 'NULL';
  const { sql } = context;
  const empty = emptyCells[name];
  const otherwise = empty ? sql.literalSql(empty) : sql.emptyValue(aggregate.type);
  const nothing = name === 'sum' ? sql.cast('0', aggregate.type === 'real' ? 'real' : 'long') : otherwise;
  const columns = special.columns.map((column): readonly [string, Cell] => {
    const index = by.findIndex((each) => each.name === column.name);
    if (index >= 0) return [column.name, { sql: cellOf(hidden(`by${index}`)), atomic: false }];
    const key = keys.find((each) => each.name === column.name);
    if (!key) throw new Unsupported(`the column ${column.name} of pivot`, span);
    const isKey = `${cellOf(hidden('pivot'))} = ${sql.textLiteral(key.value)}`;
    const found = sql.valueWhere(cellOf(hidden('cell')), isKey);
    return [column.name, { sql: `coalesce(${found}, ${nothing})`, atomic: false }];
  });
  const groupBy = by.length > 0 ? ` group by ${by.map((_, index) => cellOf(hidden(`by${index}`))).join(', ')}` : '';
  return fromText(
    `${selectText(grouped, columns)}${groupBy}`,
    columns.map(([column]) => column),
    context,
  );
}
