// `mv-expand`: https://learn.microsoft.com/kusto/query/mv-expand-operator. Several values expand side by side, the shorter
// ones filled with null; a null is one row, an empty array or bag none.
import type { Expand, KqlType, NamedExpr, Rel, Special } from '../../ir.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, type Cell, hidden, isAtomic, seal, sealIf } from '../block.ts';
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
  const lengths = expansions.map((_, index) => `len(${cellOf(listName(index))})`);
  const count = lengths.length === 1 ? (lengths[0] ?? '0') : `greatest(${lengths.join(', ')})`;
  const position: Cell = { sql: `unnest(range(0, ${count}))`, atomic: false };
  expansions.forEach((_, index) => {
    cells.set(hidden(`element${index}`), { sql: `unnest(${cellOf(listName(index))})`, atomic: false });
  });
  const isOrdered = lists.order.length > 0 || lists.partition.length > 0;
  if (itemIndex !== null || isOrdered) cells.set(hidden('position'), position);
  const order = isOrdered ? [...lists.order, { cell: position, descending: false, nullsFirst: false }] : [];
  const expanded = seal({ ...lists, cells, order, frozen: true }, context);
  const values = new Map(
    expansions.map(({ name, type }, index) => {
      const sql = elementAs(type, expanded.cells.get(hidden(`element${index}`))?.sql ?? 'NULL', span);
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
      sql: listSql(expr.type, block.cells.get(valueName(index))?.sql ?? 'NULL', details),
      atomic: false,
    });
    cells.delete(valueName(index));
  });
  return seal({ ...block, cells }, context);
}

function listSql(type: KqlType, value: string, { kind, limit, span }: Expand): string {
  if (type !== 'dynamic') throw new Unsupported(`mv-expand of a ${type}`, span);
  const pair = kind === 'array' ? 'json_array(e.key::VARCHAR, e.value)' : 'json_object(e.key::VARCHAR, e.value)';
  const bag = `list_transform(map_entries(from_json(${value}, '"MAP(VARCHAR, JSON)"')), lambda e: ${pair}::VARCHAR)`;
  const array = `json_extract(${value}, '$[*]')::VARCHAR[]`;
  // Most values are arrays, which their first character tells.
  const list = `(CASE WHEN starts_with(${value}, '[') THEN ${array} ELSE CASE json_type(${value}) WHEN 'ARRAY' THEN ${array} WHEN 'OBJECT' THEN ${bag} ELSE [${value}] END END)`;
  if (limit === null) return list;
  if (limit.kind !== 'literal' || typeof limit.value !== 'bigint')
    throw new Unsupported('limit that is not constant', span);
  return limit.value <= 0n ? `${list}[1:0]` : `${list}[1:${limit.value}]`;
}
