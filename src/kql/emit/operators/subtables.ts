// Operators that evaluate a query for each of several sub-tables: `mv-apply` (the elements of one row) and `partition`
// (the rows of one value). The body is emitted once, over all sub-tables together; a hidden column tells them apart, and
// every operator keeps them apart (`Block.partition`).
import type { Rel, Special } from '../../ir.ts';
import { columnsIn } from '../../passes/walk.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, type Cell, hidden, isAtomic, seal, sealIf, sourceBlock } from '../block.ts';
import type { Context } from '../context.ts';
import { emitExpr, scopeOf } from '../expression.ts';
import { shareBlock } from '../shared.ts';
import { expandBlock } from './expand.ts';

export function emitPartition(special: Extract<Special, { name: 'partition' }> & Rel, context: Context): Block {
  const { id, by, body } = special.details;
  const input = context.emit(special.inputs[0]);
  const isReady = input.limit === null && !input.frozen && isAtomic(input, columnsIn(by));
  const block = sealIf(!isReady, input, context);
  const key: Cell = { sql: emitExpr(by, scopeOf(block, context)), atomic: false };
  const keyed = seal({ ...block, partition: [...block.partition, key] }, context);
  const result = withSubtable(id, keyed, body, context);
  return { ...result, order: [], total: false, partition: result.partition.slice(0, -1) };
}

export function emitApply(special: Extract<Special, { name: 'mv-apply' }> & Rel, context: Context): Block {
  const { id, body, span } = special.details;
  const input = context.emit(special.inputs[0]);
  if (input.partition.length > 0) throw new Unsupported('mv-apply within a sub-table', span);
  const over = input.order.length > 0 ? numbering(input) : 'row_number() over ()';
  const row = hidden('row');
  const isReady = input.limit === null && !input.frozen;
  const ready = sealIf(!isReady, input, context);
  const cells = new Map([...ready.cells, [row, { sql: over, atomic: false }]]);
  const numbered = seal({ ...ready, cells, order: [] }, context);
  const share = shareBlock(`rows_${context.alias()}`, numbered, true, context);
  const source = share();
  const number = source.cells.get(row);
  if (!number) throw new Error('The number of the row got lost.');
  const { inner, columns } = elementsRel(special);
  const visible = new Map([...source.cells].filter(([name]) => name !== row));
  const expanded = expandBlock(
    { ...source, cells: visible, partition: [number] },
    special.details,
    { ...inner, columns },
    context,
  );
  const result = seal(withSubtable(id, expanded, body, context), context);
  return joined(special, body, result, share(), row);
}

function numbering(block: Block): string {
  const keys = block.order.map(({ cell, descending, nullsFirst }) => {
    return `${cell.sql} ${descending ? 'desc' : 'asc'} nulls ${nullsFirst ? 'first' : 'last'}`;
  });
  return `row_number() over (order by ${keys.join(', ')})`;
}

/** What the body works on: the input's columns, with those that are expanded in place or at the end. */
function elementsRel(special: Extract<Special, { name: 'mv-apply' }> & Rel): {
  readonly inner: Rel;
  readonly columns: Rel['columns'];
} {
  const [inner] = special.inputs;
  const { expansions, itemIndex } = special.details;
  const columns = new Map(inner.columns.map((column) => [column.name, column]));
  for (const { name, type } of expansions) columns.set(name, { name, type });
  if (itemIndex !== null) columns.set(itemIndex, { name: itemIndex, type: 'long' });
  return { inner, columns: [...columns.values()] };
}

/** The body's columns, and beside them those of the row that the elements came from. */
function joined(
  special: Extract<Special, { name: 'mv-apply' }> & Rel,
  body: Rel,
  result: Block,
  source: Block,
  row: string,
): Block {
  const made = new Set(body.columns.map((column) => column.name));
  const [part] = result.partition;
  const number = source.cells.get(row);
  if (!part || !number) throw new Error('The number of the row got lost.');
  const needsInput = special.columns.some(({ name }) => !made.has(name));
  const cells = special.columns.map(({ name }): readonly [string, Cell] => {
    const cell = made.has(name) ? result.cells.get(name) : source.cells.get(name);
    if (!cell) throw new Unsupported(`the column ${name} of mv-apply`, special.details.span);
    return [name, cell];
  });
  const from = needsInput ? `${result.from} join ${source.from} on ${part.sql} = ${number.sql}` : result.from;
  const order = [{ cell: part, descending: false, nullsFirst: false }, ...result.order];
  return { ...sourceBlock(from, new Map(cells)), order, single: !needsInput };
}

/** The body's block, with what stands for the sub-table in it. */
function withSubtable(id: number, block: Block, body: Rel, context: Context): Block {
  const before = context.subtables.get(id);
  context.subtables.set(id, shareBlock(`subtable_${context.alias()}`, block, false, context));
  const result = context.emit(body);
  if (before) context.subtables.set(id, before);
  else context.subtables.delete(id);
  if (result.partition.length !== block.partition.length) {
    throw new Unsupported('a body that does not go by the rows of its sub-table', { start: 0, length: 0 });
  }
  return result;
}

export function emitSubtable(special: Extract<Special, { name: 'subtable' }>, context: Context): Block {
  const use = context.subtables.get(special.details.id);
  if (!use) throw new Error('A sub-table stands outside of its operator.');
  return use();
}
