// Window functions: over the rows in the order of their relation. https://learn.microsoft.com/kusto/query/window-functions
import type { Expr } from '../ir.ts';
import { columnsIn, mapExpr, someExpr } from '../passes/walk.ts';
import { Unsupported } from '../unsupported.ts';
import { type Block, type Cell, hidden, isAtomic, orderText, seal, sealIf } from './block.ts';
import type { Context } from './context.ts';
import { emitExpr, type Scope, scopeOf } from './expression.ts';

type Window = Extract<Expr, { readonly kind: 'window' }>;

const isWindow = (expr: Expr): expr is Window => expr.kind === 'window';

/**
 * The block with what the windows need computed in it, and the expressions with columns in their place. Windows inside
 * windows, and those that start again at some rows, take several rounds; all rounds see the rows in one order, even where
 * keys are equal, because the first round numbers them.
 */
export function withWindows(input: Block, exprs: readonly Expr[], context: Context): readonly [Block, readonly Expr[]] {
  let block = input;
  let current = exprs.map((expr) => mapExpr(expr, (each) => (isWindow(each) ? spelledOut(each) : each)));
  while (current.some((expr) => someExpr(expr, isWindow))) {
    const found = current.flatMap(innermost);
    const names = new Set(found.flatMap((each) => [...columnsIn(each)]));
    // A query may hold a window, which the definition of one must not.
    const isPlain = !block.order.some(({ cell }) => /\bselect\b/.test(cell.sql));
    const isReady = block.limit === null && !block.frozen && isAtomic(block, names) && isPlain;
    block = sealIf(!isReady, block, context);
    const scope = scopeOf(block, context);
    const cells = new Map(block.cells);
    const made = new Map<Window, string>();
    for (const each of found) {
      const name = hidden(`window${context.alias()}`);
      made.set(each, name);
      cells.set(name, { sql: windowSql(each, block, scope), atomic: false });
    }
    const number: Cell = { sql: `row_number() over (${over(block)})`, atomic: false };
    const order = block.total ? block.order : [{ cell: number, descending: false, nullsFirst: false }];
    block = seal({ ...block, cells, order, total: true }, context);
    current = current.map((expr) =>
      mapExpr(expr, (each) => {
        const name = isWindow(each) ? made.get(each) : undefined;
        return name === undefined ? each : { kind: 'column', type: each.type, name };
      }),
    );
  }
  return [block, current];
}

/** Windows that hold no window themselves. */
function innermost(expr: Expr): readonly Window[] {
  if (isWindow(expr) && !expr.operands.some((operand) => someExpr(operand, isWindow))) return [expr];
  switch (expr.kind) {
    case 'call':
    case 'aggregate':
    case 'window':
      return expr.operands.flatMap(innermost);
    case 'inQuery':
      return innermost(expr.operand);
    default:
      return [];
  }
}

/**
 * Windows of KQL as windows of the engine: those that start again count, in an inner window, how often they have done so,
 * and a rank compares each row with the one before it.
 */
function spelledOut(window: Window): Window {
  const [first, second] = window.operands;
  const restart = (condition: Expr | undefined): readonly Expr[] =>
    condition === undefined || (condition.kind === 'literal' && condition.value === false)
      ? []
      : [{ ...window, type: 'long', name: '#restarts', operands: [condition] }];
  const group = restart(second);
  switch (window.name) {
    case 'row_number': {
      const start = first ?? { kind: 'literal', type: 'long', value: 1n };
      return { ...window, name: '#number', operands: [start, ...group] };
    }
    case 'row_cumsum':
      return { ...window, name: '#sum', operands: [...(first ? [first] : []), ...group] };
    case 'row_rank_dense':
    case 'row_rank_min': {
      if (!first) throw new Unsupported(`${window.name} without a term`, window.span);
      const changed: Expr = { ...window, type: 'bool', name: '#changed', operands: [first, ...group] };
      if (window.name === 'row_rank_dense') return { ...window, name: '#dense', operands: [changed, ...group] };
      const one: Expr = { kind: 'literal', type: 'long', value: 1n };
      const number: Expr = { ...window, name: '#number', operands: [one, ...group] };
      return { ...window, name: '#rank', operands: [changed, number, ...group] };
    }
    case 'prev':
    case 'next':
    case '#near':
      return window;
    default:
      throw new Unsupported(window.name, window.span);
  }
}

function over(block: Block, group?: string, rows = ''): string {
  const partition = [...block.partition.map((cell) => cell.sql), ...(group === undefined ? [] : [group])];
  const by = partition.length > 0 ? `partition by ${partition.join(', ')} ` : '';
  const order = block.order.length > 0 ? `order by ${orderText(block.order)}` : '';
  return `${by}${order}${rows}`;
}

const untilHere = ' rows between unbounded preceding and current row';

function windowSql(window: Window, block: Block, scope: Scope): string {
  const [first, second, third] = window.operands.map((operand) => emitExpr(operand, scope));
  const running = (aggregate: string, by?: string): string => `${aggregate} over (${over(block, by, untilHere)})`;
  switch (window.name) {
    case '#restarts':
      return running(`sum(CASE WHEN ${first} THEN 1 ELSE 0 END)`);
    case '#number':
      return scope.context.sql.cast(`(row_number() over (${over(block, second)}) + ${first} - 1)`, 'long');
    case '#sum':
      return scope.context.sql.cast(running(`sum(${first})`, second), window.type);
    case '#changed': {
      const window = over(block, second);
      return `(row_number() over (${window}) > 1 and ${first} is distinct from lag(${first}) over (${window}))`;
    }
    case '#dense':
      return scope.context.sql.cast(`(1 + ${running(`sum(CASE WHEN ${first} THEN 1 ELSE 0 END)`, second)})`, 'long');
    case '#rank':
      return running(`max(CASE WHEN ${first} OR ${second} = 1 THEN ${second} END)`, third);
    case '#near': {
      const [, before, after] = window.operands.map((each) => (each.kind === 'literal' ? each.value : 0));
      const rows = ` rows between ${after} preceding and ${before} following`;
      return `(max(CASE WHEN ${first} THEN 1 ELSE 0 END) over (${over(block, undefined, rows)}) = 1)`;
    }
    default:
      return neighbour(window, block, scope);
  }
}

/** `prev(column, offset, default)` and `next`. */
function neighbour(window: Window, block: Block, scope: Scope): string {
  const [value, offset, otherwise] = window.operands;
  if (!value) throw new Unsupported(`${window.name} without a column`, window.span);
  const isKnown = offset === undefined || (offset.kind === 'literal' && typeof offset.value === 'bigint');
  if (!isKnown) throw new Unsupported(`${window.name} by an offset that is not constant`, window.span);
  const by = offset?.kind === 'literal' ? scope.context.sql.literalSql(offset) : '1';
  const none = otherwise ? emitExpr(otherwise, scope) : window.type === 'string' ? "''" : 'NULL';
  const name = window.name === 'prev' ? 'lag' : 'lead';
  const exactly = (sql: string): string => scope.context.sql.exactly(sql, window.type);
  return `${name}(${exactly(emitExpr(value, scope))}, ${by}, ${exactly(none)}) over (${over(block)})`;
}
