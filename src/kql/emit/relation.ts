// Relations to SQL, operator by operator: each takes the block of its input and gives its own.
import type { Expr, Rel } from '../ir.ts';
import { columnsIn, someExpr } from '../passes/walk.ts';
import { Unsupported } from '../unsupported.ts';
import {
  type Block,
  type Cell,
  cellsOf,
  fromText,
  hidden,
  isAtomic,
  seal,
  sealIf,
  selectText,
  sourceBlock,
  sqlNames,
  unordered,
} from './block.ts';
import type { Context } from './context.ts';
import { countSql } from './count.ts';
import { emitCondition, emitExpr, scopeOf } from './expression.ts';
import { needsHoisting, withHoisted } from './hoist.ts';
import { emitJoin } from './join.ts';
import { emitSpecial } from './operators/index.ts';
import { projectBlock } from './project.ts';
import { shareBlock } from './shared.ts';
import { emitSummarize } from './summarize.ts';
import { quotedName } from './text.ts';
import { withWindows } from './windows.ts';

type Of<Op extends Rel['op']> = Extract<Rel, { readonly op: Op }>;

export function emitRel(rel: Rel, context: Context): Block {
  switch (rel.op) {
    case 'table':
      return emitTable(rel, context);
    case 'rows':
      return emitRows(rel, context);
    case 'range':
      return emitRange(rel, context);
    case 'filter':
      return filterBlock(emitRel(rel.input, context), rel.predicate, context);
    case 'project':
      return projectBlock(emitRel(rel.input, context), rel.outputs, context);
    case 'summarize':
      return emitSummarize(rel, emitRel(rel.input, context), context);
    case 'sort':
      return emitSort(rel, emitRel(rel.input, context), context);
    case 'take':
      return emitTake(rel, emitRel(rel.input, context), context);
    case 'join':
      return emitJoin(rel, emitRel(rel.left, context), emitRel(rel.right, context), context);
    case 'union':
      return emitUnion(rel, context);
    case 'shared':
      return emitShared(rel, context);
    case 'special':
      return emitSpecial(rel, context);
  }
}

/** Every reading of a stored table is of one tenant, and of the time range where the table has a time. */
function emitTable(rel: Of<'table'>, context: Context): Block {
  const table = context.table(rel.table, rel.span);
  const alias = context.alias();
  const where = [`${alias}.${quotedName(table.tenantColumn ?? 'tenantId')} = ${context.parameter('tenant')}`];
  if (table.timeColumn !== null) {
    const time = `${alias}.${quotedName(table.timeColumn)}`;
    where.push(`${time} >= ${context.parameter('from')}`, `${time} < ${context.parameter('to')}`);
  }
  const known = new Set(table.columns.map((column) => column.name));
  const cells = rel.columns.map(({ name }): readonly [string, Cell] => {
    if (name === rel.ingested && table.ingestedColumn !== undefined) {
      return [name, { sql: `${alias}.${quotedName(table.ingestedColumn)}`, atomic: true }];
    }
    if (!known.has(name)) throw new Unsupported(`the column ${name} of ${rel.table}`, rel.span);
    return [name, { sql: `${alias}.${quotedName(name)}`, atomic: true }];
  });
  return { ...sourceBlock(`${table.source} as ${alias}`, new Map(cells)), where };
}

/** Rows of the query's own text. They are numbered, so that they keep their order. */
function emitRows(rel: Of<'rows'>, context: Context): Block {
  const alias = context.alias();
  const columns = [hidden('row'), ...rel.columns.map((column) => column.name)];
  const cells = cellsOf(alias, columns);
  const visible = new Map([...cells].slice(1));
  if (rel.rows.length === 1 && rel.columns.length > 0) return onlyRow(rel, context);
  if (rel.rows.length === 0) {
    const empty = new Map(
      rel.columns.map(({ name, type }) => [name, { sql: context.sql.typedNull(type), atomic: true }]),
    );
    return { ...sourceBlock(null, empty), where: ['false'] };
  }
  const names = [...cells.values()].map((cell) => cell.sql.slice(alias.length + 1));
  const from = context.sql.numberedRows(rel.rows, rel.columns, names, alias);
  const number = cells.get(hidden('row')) ?? { sql: 'NULL', atomic: true };
  return {
    ...sourceBlock(from, visible),
    order: [{ cell: number, descending: false, nullsFirst: false }],
    total: true,
  };
}

function onlyRow(rel: Of<'rows'>, context: Context): Block {
  const [row = []] = rel.rows;
  const cells = rel.columns.map(({ name }, index): readonly [string, Cell] => {
    const value = row[index];
    return [name, { sql: value ? context.sql.literalSql(value) : 'NULL', atomic: true }];
  });
  return sourceBlock(null, new Map(cells));
}

/** From the first value in steps up to the last one, which is in it when a step meets it. */
function emitRange(rel: Of<'range'>, context: Context): Block {
  const scope = scopeOf(sourceBlock(null, new Map()), context);
  const [from = '', to = '', step = ''] = [rel.from, rel.to, rel.step].map((each) => emitExpr(each, scope));
  const [column] = rel.columns;
  const name = column?.name ?? '';
  const type = column?.type ?? 'long';
  const cell: Cell = { sql: '', atomic: true };
  if (type === 'real' || type === 'decimal') {
    const steps = context.sql.numbersOfRange(`floor((${to} - ${from}) / ${step})`);
    const text = `select ${from} + s.i * ${step} as ${quotedName(sqlNames([name])[0] ?? '')} from (${steps}) as s`;
    return inOrderOf(name, fromText(text, [name], context), rel.step);
  }
  const holdsQuery = [rel.from, rel.to, rel.step].some((each) => someExpr(each, ({ kind }) => kind === 'scalarQuery'));
  const alias = context.alias();
  const value = quotedName(sqlNames([name])[0] ?? '');
  const source = context.sql.series({ from, to, step, holdsQuery }, value, alias);
  const whole = type === 'int' ? context.sql.cast(`${alias}.${value}`, 'int') : `${alias}.${value}`;
  const block = sourceBlock(source, new Map([[name, { ...cell, sql: whole }]]));
  return inOrderOf(name, block, rel.step);
}

function inOrderOf(name: string, block: Block, step: Expr): Block {
  const cell = block.cells.get(name);
  const value = step.kind === 'literal' ? step.value : null;
  const descending = typeof value === 'bigint' || typeof value === 'number' ? value < 0 : false;
  return cell ? { ...block, order: [{ cell, descending, nullsFirst: false }], total: true } : block;
}

/** Conditions on values out of JSON come after the others, which leave fewer rows to look into. */
export function filterBlock(input: Block, predicate: Expr, context: Context): Block {
  const [block, [replaced = predicate]] = withWindows(input, [predicate], context);
  const conjuncts = conjunctsOf(replaced);
  const plain = conjuncts.filter((each) => !needsHoisting(each));
  const dear = conjuncts.filter(needsHoisting);
  const filtered = plain.length > 0 ? addConditions(block, plain, context) : block;
  if (dear.length === 0) return filtered;
  const [values, conditions] = withHoisted(filtered, dear, context, projectBlock);
  const result = addConditions(values, conditions, context);
  const cells = new Map([...result.cells].filter(([name]) => block.cells.has(name)));
  return { ...result, cells, wraps: null };
}

function addConditions(block: Block, conditions: readonly Expr[], context: Context): Block {
  const names = conditions.flatMap((each) => [...columnsIn(each)]);
  const ready = sealIf(block.limit !== null || block.frozen || !isAtomic(block, names), block, context);
  const scope = scopeOf(ready, context);
  return { ...ready, where: [...ready.where, ...conditions.map((each) => emitCondition(each, scope))] };
}

function conjunctsOf(predicate: Expr): readonly Expr[] {
  if (predicate.kind === 'call' && predicate.name === 'and') return predicate.operands.flatMap(conjunctsOf);
  return [predicate];
}

/** A literal of a text, a truth value or a real. */
const constant = /^(?:'(?:[^']|'')*'|true|false|\(?-?\d[\d.]*e[-+]?\d+\)?)$/;

function emitSort(rel: Of<'sort'>, input: Block, context: Context): Block {
  const [block, exprs] = withWindows(
    input,
    rel.keys.map((key) => key.expr),
    context,
  );
  const isReady =
    block.limit === null && exprs.every((expr) => expr.kind === 'column' || isAtomic(block, columnsIn(expr)));
  const ready = sealIf(!isReady, block, context);
  const scope = scopeOf(ready, context);
  const order = rel.keys.map(({ descending, nullsFirst }, index) => {
    const expr = exprs[index] ?? rel.keys[index]?.expr;
    if (!expr) throw new Error('A key of the order got lost.');
    const sql = emitExpr(expr, scope);
    return { cell: { sql, atomic: expr.kind === 'column' && isAtomic(ready, [expr.name]) }, descending, nullsFirst };
  });
  // A constant orders nothing, and DuckDB refuses one in that place.
  return { ...ready, order: order.filter(({ cell }) => !constant.test(cell.sql)), total: false };
}

/** The first rows, or any where there is no order; of each sub-table where there are several. */
function emitTake(rel: Of<'take'>, input: Block, context: Context): Block {
  const limit = countSql(rel.count, context);
  if (input.partition.length === 0) {
    const ready = sealIf(input.limit !== null, input, context);
    return { ...ready, limit };
  }
  const span = { start: 0, length: 0 };
  const number: Expr = { kind: 'window', type: 'long', name: 'row_number', operands: [], span };
  const [block, [column]] = withWindows(input, [number], context);
  const cell = column?.kind === 'column' ? block.cells.get(column.name) : undefined;
  if (!cell) throw new Error('The number of the row got lost.');
  const cells = new Map([...block.cells].filter(([name]) => column?.kind !== 'column' || name !== column.name));
  return { ...block, cells, where: [...block.where, `${cell.sql} <= ${limit}`] };
}

function emitUnion(rel: Of<'union'>, context: Context): Block {
  const blocks = rel.inputs.map((input) => {
    const emitted = unordered(emitRel(input.rel, context));
    return emitted.limit !== null && emitted.order.length > 0 ? unordered(seal(emitted, context)) : emitted;
  });
  const partition = blocks[0]?.partition.map((_, index) => hidden(`part${index}`)) ?? [];
  if (blocks.some((block) => block.partition.length !== partition.length)) {
    throw new Unsupported('union of a sub-table with another table', { start: 0, length: 0 });
  }
  const names = [...rel.columns.map((column) => column.name), ...partition];
  const selects = blocks.map((block, number) => {
    const from = rel.inputs[number]?.from ?? [];
    const cells = rel.columns.map(({ name }, index): readonly [string, Cell] => {
      const source = from[index];
      const cell =
        typeof source === 'string'
          ? block.cells.get(source)
          : source && { sql: context.sql.literalSql(source), atomic: true };
      if (!cell) throw new Error(`The column ${name} of a union got lost.`);
      return [name, cell];
    });
    const parts = partition.map((name, index): readonly [string, Cell] => [
      name,
      block.partition[index] ?? { sql: 'NULL', atomic: true },
    ]);
    const text = selectText(block, [...cells, ...parts]);
    return block.limit === null ? text : `(${text})`;
  });
  const block = fromText(selects.join(' union all '), names, context);
  return withoutHidden(block, partition);
}

/** Hidden columns at the end of a block's cells become what tells sub-tables apart. */
function withoutHidden(block: Block, partition: readonly string[]): Block {
  if (partition.length === 0) return block;
  const cells = new Map([...block.cells].filter(([name]) => !partition.includes(name)));
  return { ...block, cells, partition: partition.flatMap((name) => block.cells.get(name) ?? []) };
}

/** What is used more than once is written once. `materialize` is evaluated once, too; else the engine may choose. */
function emitShared(rel: Of<'shared'>, context: Context): Block {
  const known = context.shared.get(rel.id);
  if (known) return known();
  if (!rel.mustOnce && (context.uses.get(rel.id) ?? 1) < 2) return emitRel(rel.input, context);
  const use = shareBlock(`shared_${rel.id}`, emitRel(rel.input, context), rel.mustOnce, context);
  context.shared.set(rel.id, use);
  return use();
}
