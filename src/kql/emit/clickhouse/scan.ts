// `scan` on ClickHouse: a fold over the rows of each sub-table in their order. What the fold carries is one tuple, the states
// of all steps and the matches so far; of each row the steps are asked from the last to the first, as in
// operators/scan.ts, whose names for the parts of a state are used here too.
import { once } from '../../functions/clickhouse/sql.ts';
import { Unsupported } from '../../unsupported.ts';
import type { Block } from '../block.ts';
import type { Machine, Step } from '../operators/scan.ts';
import { sqlType } from './representation.ts';
import { textLiteral } from './text.ts';

/** The fold copies the matches at every row, so that the time grows with the square of their number. */
const rowsMax = 20_000;

/** What DuckDB's form of the operator knows of the machine, spelled with the names that `named` gives. */
export interface ScanParts {
  known(k: number, seen: number): string;
  /** A condition or a value over the row and the state of step `from`, asked at step `k`. */
  emit(expr: Step['condition'], from: number, k: number, named: (name: string) => string): string;
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly none: string;
}

const matches = 'matches';

/** The matches: number of the row, sub-table, and `o` with the step's place, the declared columns and the match. */
export function matchesText(machine: Machine, number: string, parts: ScanParts): string {
  const { rows, parts: subtables } = machine;
  const cell = (name: string): string => rows.cells.get(name)?.sql ?? 'NULL';
  const state = fieldsOf(machine, parts);
  const fields = [...rows.cells.keys()];
  const row = `(${[`assumeNotNull(${cell(number)})`, ...fields.map(cell)].join(', ')})`;
  const list = once('l', [`arraySort("@a" -> tupleElement("@a", 1), groupArray(${row}))`], (all) => {
    const tooMany = textLiteral(`scan of more than ${rowsMax} rows is not supported`);
    return `if(throwIf(length(${all}) > ${rowsMax}, ${tooMany}) = 0, ${all}, ${all})`;
  });
  const type = typeOf(state);
  const start = `CAST((${state.map(({ none }) => none).join(', ')}), ${type})`;
  const fold = `arrayFold(("@s", "@r") -> CAST(${rowSql(machine, state, parts)}, ${type}), ${list}, ${start})`;
  const found = `arrayJoin(tupleElement(${fold}, ${state.length}))`;
  const keys = subtables.map((part, index) => `${rows.partition[index]?.sql} as ${part}`);
  const by = subtables.length > 0 ? ` group by ${subtables.map((_, index) => index + 1).join(', ')}` : '';
  const inner = `select ${[...keys, `${found} as o`].join(', ')} from ${rows.from}${by}`;
  return `(select ${[...subtables.map((part) => `f.${part} as ${part}`), 'f.o.n as n', 'f.o as o'].join(', ')} from (${inner}) as f)`;
}

/** What is known of each step, the number of matches, and the matches themselves, which come last. */
function fieldsOf({ scan, seen }: Machine, { known }: ScanParts): readonly Field[] {
  const { steps, declared } = scan.details;
  const ofSteps = steps.flatMap((_, k): Field[] => [
    { name: `a${k}`, type: 'UInt8', none: '0' },
    { name: `m${k}`, type: 'Int64', none: '0' },
    ...seen.flatMap((each, index) =>
      each.step <= k ? [{ name: known(k, index), type: each.sqlType, none: each.none }] : [],
    ),
  ]);
  const columns = declared.map(({ type }, index) => `d${index} ${sqlType(type)}`);
  const match = `Array(Tuple(${['n Int64', 's Int32', ...columns, 'm Int64'].join(', ')}))`;
  return [
    { name: 'c', type: 'Int64', none: '0' },
    ...ofSteps,
    { name: matches, type: match, none: `CAST([], '${match}')` },
  ];
}

function typeOf(fields: readonly Field[]): string {
  return textLiteral(`Tuple(${fields.map(({ type }) => type).join(', ')})`);
}

/** The state after one row: the steps one after the other, each over the state that the one before it left. */
function rowSql(machine: Machine, state: readonly Field[], parts: ScanParts): string {
  const last = machine.scan.details.steps.length - 1;
  const from = (k: number, variable: string): string => {
    if (k < 0) return variable;
    return bound([`"@s${k}"`], [stepSql(machine, k, state, variable, parts)], from(k - 1, `"@s${k}"`));
  };
  return from(last, '"@s"');
}

function bound(variables: readonly string[], values: readonly string[], body: string): string {
  return `arrayElement(arrayMap((${variables.join(', ')}) -> ${body}, ${values.map((each) => `[${each}]`).join(', ')}), 1)`;
}

function stepSql(machine: Machine, k: number, state: readonly Field[], variable: string, parts: ScanParts): string {
  const step = machine.scan.details.steps[k];
  if (!step) throw new Unsupported('scan', machine.scan.details.span);
  const fields = [...machine.rows.cells.keys()];
  const named = (name: string): string => {
    const at = state.findIndex((each) => each.name === name);
    if (at >= 0) return `tupleElement(${variable}, ${at + 1})`;
    return `tupleElement("@r", ${fields.findIndex((_, index) => name === `r${index}`) + 2})`;
  };
  const isTrue = (from: number): string => `ifNull(${parts.emit(step.condition, from, k, named)}, false)`;
  const first = k === 0 ? 'false' : `${named(`a${k - 1}`)} AND ${isTrue(k - 1)}`;
  const own = k === 0 ? isTrue(0) : `${named(`a${k}`)} AND ${isTrue(k)}`;
  const values = step.assignments.map(({ expr }) => {
    const again = parts.emit(expr, k, k, named);
    return k === 0 ? again : `if("@f", ${parts.emit(expr, k - 1, k, named)}, ${again})`;
  });
  const next = nextState(machine, step, k, state, named, parts);
  const assigned =
    values.length === 0
      ? next
      : bound(
          values.map((_, index) => `"@x${index}"`),
          values,
          next,
        );
  return bound(['"@f"', '"@g"'], [`toUInt8(${first})`, `toUInt8(${own})`], assigned);
}

/** What the states are after the step was asked, as a tuple. */
function nextState(
  machine: Machine,
  step: Step,
  k: number,
  state: readonly Field[],
  named: (name: string) => string,
  { known }: ScanParts,
): string {
  const { seen, rows } = machine;
  const isMatch = k === 0 ? '"@g"' : '("@f" OR "@g")';
  const moved = (yes: string, again: string, no: string): string =>
    k === 0 ? `if("@g", ${again}, ${no})` : `multiIf("@f", ${yes}, "@g", ${again}, ${no})`;
  const next = new Map<string, string>();
  seen.forEach((each, index) => {
    const column = known(k, index);
    if (each.step < k) next.set(column, moved(named(known(k - 1, index)), named(column), named(column)));
    else if (each.step === k)
      next.set(column, `if(${isMatch}, ${extended(each, step, rows, named)}, ${named(column)})`);
    if (each.step < k) next.set(known(k - 1, index), `if("@f", ${each.none}, ${named(known(k - 1, index))})`);
  });
  const before = `m${k - 1}`;
  next.set(`m${k}`, moved(k === 0 ? '' : named(before), k === 0 ? named('c') : named(`m${k}`), named(`m${k}`)));
  next.set(`a${k}`, `${named(`a${k}`)} OR ${isMatch}`);
  if (k === 0) next.set('c', `if("@g", ${named('c')} + 1, ${named('c')})`);
  else next.set(`a${k - 1}`, `${named(`a${k - 1}`)} AND NOT "@f"`);
  if (step.output === 'all') {
    const match = k === 0 ? named('c') : `if("@f", ${named(before)}, ${named(`m${k}`)})`;
    next.set(
      matches,
      `if(${isMatch}, arrayPushBack(${named(matches)}, ${outputSql(machine, step, k, match)}), ${named(matches)})`,
    );
  }
  return `(${state.map(({ name, type }) => `CAST(${next.get(name) ?? named(name)}, ${textLiteral(type)})`).join(', ')})`;
}

/** A column of the row as the step leaves it. */
function extended(seen: Machine['seen'][number], step: Step, rows: Block, named: (name: string) => string): string {
  const assigned = step.assignments.findIndex(({ name }) => name === seen.column);
  if (assigned >= 0) return `CAST("@x${assigned}", ${textLiteral(seen.sqlType)})`;
  const field = [...rows.cells.keys()].indexOf(seen.column);
  return field >= 0 ? named(`r${field}`) : seen.none;
}

function outputSql({ scan }: Machine, step: Step, k: number, match: string): string {
  const { declared, steps } = scan.details;
  const values = declared.map(({ name, type }) => {
    const at = step.assignments.findIndex((each) => each.name === name);
    return `CAST("@x${at}", ${textLiteral(sqlType(type))})`;
  });
  return `(tupleElement("@r", 1), toInt32(${steps.length - k}), ${[...values, match].join(', ')})`;
}
