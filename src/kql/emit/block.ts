// One SELECT that is being built. Operators add to it as long as they can; `seal` closes it and makes it the source of
// the next one. So a chain of where, extend, project, sort and take becomes one flat SELECT, and no expression is ever
// written twice: who refers to a computed column closes the SELECT that computes it.
import type { Context } from './context.ts';
import { quotedName } from './text.ts';

/** A column over the block's source. */
export interface Cell {
  readonly sql: string;
  /** A column of the source or a literal: may be written as often as one likes. */
  readonly atomic: boolean;
}

export interface OrderKey {
  readonly cell: Cell;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface Block {
  /** Text after FROM; null for the one row of `select 1`. */
  readonly from: string | null;
  /** By name; a name that starts with NUL is hidden: no query can say it, and it goes no further than it is needed. */
  readonly cells: ReadonlyMap<string, Cell>;
  readonly where: readonly string[];
  /** How the rows are ordered; keys may be columns that are not among the cells. */
  readonly order: readonly OrderKey[];
  /** Whether no two rows (of one sub-table) are equal in `order`, so that all windows see the same order. */
  readonly total: boolean;
  /** What tells the sub-tables of mv-apply and partition apart; every operator keeps them apart. */
  readonly partition: readonly Cell[];
  readonly limit: string | null;
  /** Cells hold windows or expanded lists, which a filter or limit of the same SELECT would come before or after. */
  readonly frozen: boolean;
  /** `from` is one table or SELECT under an alias: it may stand as one side of a join. */
  readonly single: boolean;
  /** The SELECT that `from` wraps and the names it gives, when it is only that. */
  readonly wraps: { readonly sql: string; readonly columns: readonly string[] } | null;
}

export function sourceBlock(from: string | null, cells: ReadonlyMap<string, Cell>): Block {
  return {
    from,
    cells,
    where: [],
    order: [],
    total: false,
    partition: [],
    limit: null,
    frozen: false,
    single: from !== null,
    wraps: null,
  };
}

export const hidden = (name: string): string => `\0${name}`;

/**
 * Names of columns as SQL says them. The engine does not tell names apart that differ in case only, so the later ones of
 * such names get a number.
 */
export function sqlNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    // A backslash would be an escape in ClickHouse's names.
    const wanted = (name.startsWith('\0') ? `$${name.slice(1)}` : name).replaceAll('\\', '/');
    let candidate = wanted;
    for (let number = 2; taken.has(candidate.toLowerCase()); number += 1) candidate = `${wanted}$${number}`;
    taken.add(candidate.toLowerCase());
    return candidate;
  });
}

/** The text of the SELECT with these columns, in this order. */
export function selectText(block: Block, columns: readonly (readonly [string, Cell])[], distinct = ''): string {
  const names = sqlNames(columns.map(([name]) => name));
  const list = columns.map(([, cell], index) => `${cell.sql} as ${quotedName(names[index] ?? '')}`);
  return [
    `select ${distinct}${list.length > 0 ? list.join(', ') : '1 as "$none"'}`,
    block.from === null ? '' : ` from ${block.from}`,
    block.where.length > 0 ? ` where ${block.where.join(' and ')}` : '',
    block.limit !== null && block.order.length > 0 ? ` order by ${orderText(block.order)}` : '',
    block.limit !== null ? ` limit ${block.limit}` : '',
  ].join('');
}

export function orderText(order: readonly OrderKey[]): string {
  return order
    .map(
      ({ cell, descending, nullsFirst }) =>
        `${cell.sql} ${descending ? 'desc' : 'asc'} nulls ${nullsFirst ? 'first' : 'last'}`,
    )
    .join(', ');
}

/** Closes the SELECT: the same rows and columns, all of them columns of a source now. */
export function seal(block: Block, context: Context, distinct = ''): Block {
  const columns = new Map(block.cells);
  const named = (cell: Cell, name: string): string => {
    for (const [key, each] of columns) if (each.sql === cell.sql) return key;
    columns.set(hidden(name), cell);
    return hidden(name);
  };
  const order = block.order.map((key, index) => ({ key, name: named(key.cell, `order${index}`) }));
  const partition = block.partition.map((cell, index) => named(cell, `part${index}`));
  const text = selectText(block, [...columns], distinct);
  const alias = context.alias();
  const cells = cellsOf(alias, [...columns.keys()]);
  const cellOf = (name: string): Cell => cells.get(name) ?? { sql: 'NULL', atomic: true };
  return {
    ...sourceBlock(`(${text}) as ${alias}`, new Map([...block.cells.keys()].map((name) => [name, cellOf(name)]))),
    order: order.map(({ key, name }) => ({ ...key, cell: cellOf(name) })),
    total: block.total,
    partition: partition.map(cellOf),
    wraps: { sql: text, columns: [...columns.keys()] },
  };
}

/** The columns of a source under an alias, by the names that `selectText` gives them. */
export function cellsOf(alias: string, columns: readonly string[]): ReadonlyMap<string, Cell> {
  const names = sqlNames(columns);
  return new Map(
    columns.map((name, index) => [name, { sql: `${alias}.${quotedName(names[index] ?? '')}`, atomic: true }]),
  );
}

/** The block as a side of a join: as it is, where it is only a source, else closed. */
export function asSide(block: Block, context: Context): Block {
  const isOnlySource = block.single && block.where.length === 0 && block.limit === null && !block.frozen;
  return isOnlySource && isAtomic(block, block.cells.keys()) ? block : seal(block, context);
}

/** A finished SELECT as a source. */
export function fromText(text: string, columns: readonly string[], context: Context): Block {
  const alias = context.alias();
  return { ...sourceBlock(`(${text}) as ${alias}`, cellsOf(alias, columns)), wraps: { sql: text, columns } };
}

/** Closes the block when something could not be added to it as it is. */
export function sealIf(condition: boolean, block: Block, context: Context): Block {
  return condition ? seal(block, context) : block;
}

export function isAtomic(block: Block, names: Iterable<string>): boolean {
  for (const name of names) if (block.cells.get(name)?.atomic === false) return false;
  return true;
}

/** Without its order, when whoever comes next has no use for it: no key is carried along. */
export function unordered(block: Block): Block {
  return block.limit === null ? { ...block, order: [], total: false } : block;
}
