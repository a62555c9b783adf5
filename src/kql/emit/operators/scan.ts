// scan: rows go through steps in their order, each with a state that depends on the rows before. The engine has no fold
// that keeps every value on the way, so a recursive query takes one row of each sub-table at a time. Of each record the
// steps are asked from the last to the first; what a match does is told by “Scan logic” of
// https://learn.microsoft.com/kusto/query/scan-operator
import type { Expr, Rel, Special } from '../../ir.ts';
import { mapExpr, someExpr } from '../../passes/walk.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, type Cell, hidden, sourceBlock } from '../block.ts';
import { matchesText as matchesOnClickHouse } from '../clickhouse/scan.ts';
import type { Context } from '../context.ts';
import { emitExpr } from '../expression.ts';
import { sqlType } from '../representation.ts';
import { shareBlock } from '../shared.ts';
import { withWindows } from '../windows.ts';

type Scan = Extract<Special, { name: 'scan' }> & Rel;
export type Step = Scan['details']['steps'][number];

/** A column of the row that a step has seen last. */
interface Seen {
  readonly step: number;
  readonly column: string;
  readonly sqlType: string;
  /** Its value while the step has seen no row. */
  readonly none: string;
}

/** Everything that a row is given on its way through the steps. */
export interface Machine {
  readonly scan: Scan;
  readonly context: Context;
  readonly rows: Block;
  readonly seen: readonly Seen[];
  readonly parts: readonly string[];
}

export function emitScan(special: Scan, context: Context): Block {
  refuseUnclear(special);
  const input = context.emit(special.inputs[0]);
  if (input.order.length === 0) throw new Unsupported('scan of rows in no order', special.details.span);
  const { share, number } = numbered(input, special, context);
  const rows = share();
  const parts = rows.partition.map((_, index) => `p${index}`);
  const machine: Machine = { scan: special, context, rows, seen: seenBySteps(special, context), parts };
  const alias = context.alias();
  const columns = [...rows.cells.keys()];
  const outer = share();
  const on = [
    `${cellSql(outer, number)} = ${alias}.n`,
    ...parts.map((part, index) => `${outer.partition[index]?.sql} is not distinct from ${alias}.${part}`),
  ];
  const found =
    context.dialect === 'duckdb'
      ? matchesText(machine, number)
      : matchesOnClickHouse(machine, number, {
          known,
          emit: (expr, at, k, named) => emitIn(expr, at, k, machine, columns, named),
        });
  const from = `${found} as ${alias} join ${outer.from} on ${on.join(' and ')}`;
  const added: [string, string][] = special.details.declared.map(({ name }, index) => [name, `${alias}.o.d${index}`]);
  if (special.details.matchId !== null) added.push([special.details.matchId, `${alias}.o.m`]);
  if (special.details.unasked !== null) added.push([special.details.unasked, context.sql.typedNull('long')]);
  const made = new Map<string, Cell>(added.map(([name, sql]) => [name, { sql, atomic: true }]));
  const cells = special.columns.map(({ name }): readonly [string, Cell] => {
    const cell = made.get(name) ?? (columns.includes(name) ? outer.cells.get(name) : undefined);
    if (!cell) throw new Error(`The column ${name} of scan got lost.`);
    return [name, cell];
  });
  const key = (sql: string) => ({ cell: { sql, atomic: true }, descending: false, nullsFirst: false });
  return {
    ...sourceBlock(from, new Map(cells)),
    order: [key(`${alias}.n`), key(`${alias}.o.s`)],
    total: true,
    partition: outer.partition,
    single: false,
  };
}

/** What the documentation leaves open is not guessed. */
function refuseUnclear({ details, inputs }: Scan): void {
  const { span, steps, declared } = details;
  const isTaken = declared.some(({ name }) => inputs[0].columns.some((column) => column.name === name));
  if (isTaken) throw new Unsupported('scan that declares a column of its input', span);
  for (const step of steps) {
    if (step.output === 'last') throw new Unsupported('output=last of scan', span);
    if (step.optional) throw new Unsupported('an optional step of scan', span);
    const assigned = new Set(step.assignments.map(({ name }) => name));
    if (step.output === 'all' && declared.some(({ name }) => !assigned.has(name))) {
      throw new Unsupported(`the step ${step.name} of scan, which leaves a declared column without a value,`, span);
    }
    const isForeign = (expr: Expr): boolean => ['window', 'scalarQuery', 'inQuery', 'aggregate'].includes(expr.kind);
    const exprs = [step.condition, ...step.assignments.map(({ expr }) => expr)];
    if (exprs.some((expr) => someExpr(expr, isForeign))) {
      throw new Unsupported('a table or a window function in a step of scan', span);
    }
  }
}

/** The input with the number of every row in its sub-table, as a source that is read twice. */
function numbered(input: Block, { details }: Scan, context: Context) {
  const window: Expr = { kind: 'window', type: 'long', name: 'row_number', operands: [], span: details.span };
  const [block, [column]] = withWindows(input, [window], context);
  if (column?.kind !== 'column') throw new Error('The number of the row got lost.');
  const rows = { ...block, order: [], total: false };
  return { share: shareBlock(`scan_${context.alias()}`, rows, true, context), number: column.name };
}

function cellSql(block: Block, name: string): string {
  const cell = block.cells.get(name);
  if (!cell) throw new Error(`The column ${name} of scan got lost.`);
  return cell.sql;
}

/** The states that conditions and assignments name. */
function seenBySteps({ details, inputs }: Scan, { sql }: Context): Seen[] {
  const found = new Map<string, Seen>();
  const note = (expr: Expr, at: number): void => {
    const named = stateOf(expr);
    if (!named) return;
    const step = details.steps.findIndex(({ name }) => name === named.step);
    if (step < 0 || step > at) throw new Unsupported(`${named.step}.${named.column} before that step`, details.span);
    const declared = details.declared.find(({ name }) => name === named.column);
    const column = declared ?? inputs[0].columns.find(({ name }) => name === named.column);
    if (!column) throw new Unsupported(`${named.step}.${named.column}`, details.span);
    const initial = declared?.initial;
    if (initial && initial.kind !== 'literal')
      throw new Unsupported(`the initial value of ${column.name}`, details.span);
    const none = initial ? sql.cast(sql.literalSql(initial), column.type) : sql.emptyValue(column.type);
    found.set(`${step} ${named.column}`, { step, column: named.column, sqlType: sql.sqlType(column.type), none });
  };
  details.steps.forEach((step, at) => {
    for (const expr of [step.condition, ...step.assignments.map((each) => each.expr)]) {
      someExpr(expr, (each) => {
        note(each, at);
        return false;
      });
    }
  });
  return [...found.values()];
}

function stateOf(expr: Expr): { readonly step: string; readonly column: string } | undefined {
  if (expr.kind !== 'call' || expr.name !== 'step.column') return undefined;
  const [step, column] = expr.operands.map((each) => (each.kind === 'literal' ? String(each.value) : ''));
  return { step: step ?? '', column: column ?? '' };
}

/** Name of the column that holds what the state of step `k` knows of an earlier step. */
const known = (k: number, seen: number): string => `v${k}_${seen}`;

/** Columns of the recursive query: place, next match, and for each step whether it has a state and what is in it. */
function stateColumns({ scan, seen, parts }: Machine): readonly string[] {
  const ofSteps = scan.details.steps.flatMap((_, k) => [
    `a${k}`,
    `m${k}`,
    ...seen.flatMap((each, index) => (each.step <= k ? [known(k, index)] : [])),
  ]);
  return [...parts, 'n', 'c', ...ofSteps];
}

/** The matches: number of the row, sub-table, and `o` with the step's place, the declared columns and the match. */
function matchesText(machine: Machine, number: string): string {
  const { scan, context, parts } = machine;
  const name = context.alias();
  const { steps } = scan.details;
  const outputs = steps.flatMap((step, k) => (step.output === 'all' ? [`w${k}`] : []));
  const state = stateColumns(machine);
  const text = [
    `with recursive ${name} as (${firstText(machine, outputs)} union all `,
    `select ${[...state, ...outputs].join(', ')} from ${stepsText(machine, name, number)})`,
  ].join('');
  const places = [...parts, 'n'];
  const filled = `list_filter([${outputs.join(', ')}], lambda x: x is not null)`;
  return `(${text} select ${places.join(', ')}, unnest(${outputs.length > 0 ? filled : '[]'}) as o from ${name})`;
}

/** Before the first row of every sub-table. */
function firstText(machine: Machine, outputs: readonly string[]): string {
  const { scan, seen, rows, parts } = machine;
  const ofSteps = scan.details.steps.flatMap((_, k) => [
    `false as a${k}`,
    `0::BIGINT as m${k}`,
    ...seen.flatMap((each, index) => (each.step <= k ? [`${each.none} as ${known(k, index)}`] : [])),
  ]);
  const columns = [...parts, '0::BIGINT as n', '0::BIGINT as c', ...ofSteps];
  const nothing = outputs.map((each) => `NULL::${outputType(scan)} as ${each}`);
  const cells = parts.map((part, index) => `${rows.partition[index]?.sql} as ${part}`);
  const from = parts.length > 0 ? ` from (select distinct ${cells.join(', ')} from ${rows.from})` : '';
  return `select ${[...columns, ...nothing].join(', ')}${from}`;
}

function outputType({ details }: Scan): string {
  const declared = details.declared.map(({ type }, index) => `d${index} ${sqlType(type)}`);
  return `STRUCT(${['s INTEGER', ...declared, 'm BIGINT'].join(', ')})`;
}

/** The next row of every sub-table, taken through all steps, last one first. */
function stepsText(machine: Machine, name: string, number: string): string {
  const { scan, rows, parts } = machine;
  const fields = [...rows.cells.keys()];
  const on = [
    `${cellSql(rows, number)} = s.n + 1`,
    ...parts.map((part, index) => `${rows.partition[index]?.sql} is not distinct from s.${part}`),
  ];
  const state = stateColumns(machine).map((column) => (column === 'n' ? 's.n + 1 as n' : `s.${column}`));
  const values = fields.map((field, index) => `${cellSql(rows, field)} as r${index}`);
  let text = `(select ${[...state, ...values].join(', ')} from ${name} as s join ${rows.from} on ${on.join(' and ')})`;
  for (let k = scan.details.steps.length - 1; k >= 0; k -= 1) text = stepText(text, k, machine, fields);
  return text;
}

function stepText(source: string, k: number, machine: Machine, fields: readonly string[]): string {
  const step = machine.scan.details.steps[k];
  if (!step) throw new Error('A step of scan got lost.');
  const emit = (expr: Expr, from: number): string => emitIn(expr, from, k, machine, fields);
  const first = k === 0 ? 'false' : `a${k - 1} and coalesce(${emit(step.condition, k - 1)}, false)`;
  const own = `${k === 0 ? 'true' : `a${k}`} and coalesce(${emit(step.condition, k)}, false)`;
  const flags = `(select *, ${first} as f, ${own} as g from ${source})`;
  const values = step.assignments.map(({ expr }, index) => {
    const again = emit(expr, k);
    return `${k === 0 ? again : `CASE WHEN f THEN ${emit(expr, k - 1)} ELSE ${again} END`} as x${index}`;
  });
  const assigned = `(select *${values.map((each) => `, ${each}`).join('')} from ${flags})`;
  const replaced = newState(step, k, machine, fields);
  const given = new Set(['f', 'g', ...step.assignments.map((_, index) => `x${index}`)]);
  const output = step.output === 'all' ? `, ${outputText(step, k, machine)} as w${k}` : '';
  return `(select * exclude (${[...given].join(', ')}) replace (${replaced.join(', ')})${output} from ${assigned})`;
}

/** An expression over the row and the state of step `from`; of the step that is asked, only its own state knows a row. */
function emitIn(
  expr: Expr,
  from: number,
  k: number,
  machine: Machine,
  fields: readonly string[],
  named: (name: string) => string = (name) => name,
): string {
  const { scan, seen, context } = machine;
  const places = new Map(fields.map((field, index) => [field, named(`r${index}`)]));
  const replaced = mapExpr(expr, (each) => {
    const asked = stateOf(each);
    if (!asked) return each;
    const index = seen.findIndex(
      (one) => scan.details.steps[one.step]?.name === asked.step && one.column === asked.column,
    );
    const state = seen[index];
    if (!state) throw new Error('A state of scan got lost.');
    const column = hidden(`state${index}`);
    places.set(column, state.step === k && from !== k ? state.none : named(known(from, index)));
    return { kind: 'column', type: each.type, name: column };
  });
  return emitExpr(replaced, { context, column: (name) => places.get(name) });
}

/**
 * The match of a row that the first step takes. It is a new one where the step has no state; while it has one, the rows that
 * it takes go on with the same match, as the documented example of sessions shows.
 */
const firstMatch = 'CASE WHEN a0 THEN m0 ELSE c END';

/** What the states are after the step was asked: its own, and the one before it, which may have moved on to it. */
function newState(step: Step, k: number, machine: Machine, fields: readonly string[]): string[] {
  const { seen } = machine;
  const isMatch = k === 0 ? 'g' : '(f or g)';
  const moved = (yes: string, again: string, no: string): string =>
    `CASE ${k === 0 ? '' : `WHEN f THEN ${yes} `}WHEN g THEN ${again} ELSE ${no} END`;
  const own = seen.flatMap((each, index) => {
    if (each.step > k) return [];
    const column = known(k, index);
    if (each.step < k) return [`${moved(known(k - 1, index), column, column)} as ${column}`];
    return [`CASE WHEN ${isMatch} THEN ${extended(each, step, fields)} ELSE ${column} END as ${column}`];
  });
  const match = moved(`m${k - 1}`, k === 0 ? firstMatch : `m${k}`, `m${k}`);
  const states = [`a${k} or ${isMatch} as a${k}`, `${match} as m${k}`, ...own];
  if (k === 0) return [...states, 'CASE WHEN g AND NOT a0 THEN c + 1 ELSE c END as c'];
  const before = seen.flatMap((each, index) => {
    const column = known(k - 1, index);
    return each.step <= k - 1 ? [`CASE WHEN f THEN ${each.none} ELSE ${column} END as ${column}`] : [];
  });
  return [...states, `a${k - 1} and not f as a${k - 1}`, ...before];
}

/** A column of the row as the step leaves it. */
function extended(seen: Seen, step: Step, fields: readonly string[]): string {
  const assigned = step.assignments.findIndex(({ name }) => name === seen.column);
  if (assigned >= 0) return `x${assigned}::${seen.sqlType}`;
  const field = fields.indexOf(seen.column);
  return field >= 0 ? `r${field}` : seen.none;
}

function outputText(step: Step, k: number, { scan }: Machine): string {
  const { declared, steps } = scan.details;
  const values = declared.map(({ name, type }, index) => {
    const at = step.assignments.findIndex((each) => each.name === name);
    return `d${index} := x${at}::${sqlType(type)}`;
  });
  const match = k === 0 ? firstMatch : `CASE WHEN f THEN m${k - 1} ELSE m${k} END`;
  const fieldsOf = [`s := ${steps.length - k}::INTEGER`, ...values, `m := ${match}`];
  return `CASE WHEN ${k === 0 ? 'g' : '(f or g)'} THEN struct_pack(${fieldsOf.join(', ')}) END`;
}
