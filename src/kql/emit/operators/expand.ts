// `mv-expand`: https://learn.microsoft.com/kusto/query/mv-expand-operator. Several values expand side by side, the shorter
// ones filled with null; a null is one row, an empty array or bag none.
import type { Expand, KqlType, NamedExpr, Rel, Special } from '../../ir.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, type Cell, hidden, isAtomic, seal, sealIf } from '../block.ts';
import { joinedArrays, listSql as listOnClickHouse } from '../clickhouse/expand.ts';
import type { Context } from '../context.ts';
import { projectBlock } from '../project.ts';
import { elementAs } from './elements.ts';

export function emitExpand(special: Extract<Special, { name: 'mv-expand' }> & Rel, context: Context): Block {
  return expandBlock(context.emit(special.inputs[0]), special.details, special, context);
}

/**
 * Three steps: the lists of elements, one row for each element, and the elements as values of their types. The position
 * of an element comes last in the order, so that sorted rows stay sorted and elements stay in the order of their array.
 */
export function expandBlock(input: Block, details: Expand, rel: Rel, context: Context): Block {
  const { expansions, itemIndex, span } = details;
  const lists = withLists(withValues(input, details, context), details, context);
  const made = new Set(expansions.map((each) => each.name));
  const kept = new Set(rel.columns.map((column) => column.name).filter((name) => !made.has(name)));
  const cells = new Map([...lists.cells].filter(([name]) => kept.has(name)));
  const cellOf = (name: string): string => lists.cells.get(name)?.sql ?? 'NULL';
  const sources = expansions.map((_, index) => cellOf(listName(index)));
  const onePerElement = context.dialect === 'duckdb' ? unnested : unnestedTogether;
  const expanded = onePerElement({ ...lists, cells }, sources, itemIndex !== null, context);
  const values = new Map(
    expansions.map(({ name, type }, index) => {
      const sql = elementAs(type, expanded.cells.get(hidden(`element${index}`))?.sql ?? 'NULL', span, context.dialect);
      return [name, { sql, atomic: false }] as const;
    }),
  );
  const outputs = rel.columns.map(({ name }): readonly [string, Cell] => {
    const index = name === itemIndex ? expanded.cells.get(hidden('position')) : undefined;
    const cell = index ?? values.get(name) ?? expanded.cells.get(name);
    if (!cell) throw new Unsupported(`the column ${name} of mv-expand`, span);
    return [name, cell];
  });
  return { ...expanded, cells: new Map(outputs), wraps: null };
}

/** One row for each element, with the element of each list, and its position where that is asked for or tells the order. */
function unnested(block: Block, lists: readonly string[], isNumbered: boolean, context: Context): Block {
  const cells = new Map(block.cells);
  const lengths = lists.map((list) => `len(${list})`);
  const count = lengths.length === 1 ? (lengths[0] ?? '0') : `greatest(${lengths.join(', ')})`;
  const position: Cell = { sql: `unnest(range(0, ${count}))`, atomic: false };
  lists.forEach((list, index) => {
    cells.set(hidden(`element${index}`), { sql: `unnest(${list})`, atomic: false });
  });
  const isOrdered = block.order.length > 0 || block.partition.length > 0;
  if (isNumbered || isOrdered) cells.set(hidden('position'), position);
  const order = isOrdered ? [...block.order, { cell: position, descending: false, nullsFirst: false }] : [];
  return seal({ ...block, cells, order, frozen: true }, context);
}

/** The same on ClickHouse, where one SELECT takes one array apart: that of tuples of a position and its elements. */
function unnestedTogether(block: Block, lists: readonly string[], _isNumbered: boolean, context: Context): Block {
  const item = hidden('item');
  const joined = new Map([...block.cells, [item, { sql: joinedArrays(lists), atomic: false }]]);
  const sealed = seal({ ...block, cells: joined, frozen: true }, context);
  const cells = new Map(sealed.cells);
  const part = (place: number): string => `tupleElement(${cells.get(item)?.sql ?? 'NULL'}, ${place})`;
  const position: Cell = { sql: context.sql.cast(part(1), 'long'), atomic: true };
  cells.set(hidden('position'), position);
  lists.forEach((_, index) => {
    cells.set(hidden(`element${index}`), { sql: part(index + 2), atomic: true });
  });
  const isOrdered = block.order.length > 0 || block.partition.length > 0;
  const order = isOrdered ? [...sealed.order, { cell: position, descending: false, nullsFirst: false }] : [];
  return { ...sealed, cells, order, wraps: null };
}

const listName = (index: number): string => hidden(`list${index}`);

const valueName = (index: number): string => hidden(`value${index}`);

/** The dynamic values as columns, which are named often. */
function withValues(input: Block, { expansions }: Expand, context: Context): Block {
  const kept = [...input.cells.keys()].map(
    (name): NamedExpr => ({ name, expr: { kind: 'column', type: 'dynamic', name } }),
  );
  const values = expansions.map(({ expr }, index): NamedExpr => ({ name: valueName(index), expr }));
  const block = projectBlock(input, [...kept, ...values], context);
  return sealIf(
    block.limit !== null ||
      block.frozen ||
      !isAtomic(
        block,
        values.map(({ name }) => name),
      ),
    block,
    context,
  );
}

function withLists(block: Block, details: Expand, context: Context): Block {
  const cells = new Map(block.cells);
  details.expansions.forEach(({ expr }, index) => {
    cells.set(listName(index), {
      sql: listSql(expr.type, block.cells.get(valueName(index))?.sql ?? 'NULL', details, context),
      atomic: false,
    });
    cells.delete(valueName(index));
  });
  return seal({ ...block, cells }, context);
}

function listSql(type: KqlType, value: string, { kind, limit, span }: Expand, context: Context): string {
  if (type !== 'dynamic') throw new Unsupported(`mv-expand of a ${type}`, span);
  const most = limit?.kind === 'literal' && typeof limit.value === 'bigint' ? limit.value : null;
  if (limit !== null && most === null) throw new Unsupported('limit that is not constant', span);
  if (context.dialect === 'clickhouse') return listOnClickHouse(value, kind, most);
  const pair = kind === 'array' ? 'json_array(e.key::VARCHAR, e.value)' : 'json_object(e.key::VARCHAR, e.value)';
  const bag = `list_transform(map_entries(from_json(${value}, '"MAP(VARCHAR, JSON)"')), lambda e: ${pair}::VARCHAR)`;
  const array = `json_extract(${value}, '$[*]')::VARCHAR[]`;
  // Most values are arrays, which their first character tells.
  const list = `(CASE WHEN starts_with(${value}, '[') THEN ${array} ELSE CASE json_type(${value}) WHEN 'ARRAY' THEN ${array} WHEN 'OBJECT' THEN ${bag} ELSE [${value}] END END)`;
  if (most === null) return list;
  return most <= 0n ? `${list}[1:0]` : `${list}[1:${most}]`;
}
