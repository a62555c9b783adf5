// `top-nested`: https://learn.microsoft.com/kusto/query/top-nested-operator. Each level groups the rows of the values that
// the levels before it chose, and keeps the best values under each of them.
import type { Rel, Special } from '../../ir.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, type Cell, fromText, hidden, selectText } from '../block.ts';
import type { Context } from '../context.ts';
import { countSql } from '../count.ts';
import { emitExpr, scopeOf } from '../expression.ts';
import { projectBlock } from '../project.ts';
import { shareBlock } from '../shared.ts';

type TopNested = Extract<Special, { name: 'top-nested' }> & Rel;

const value = (level: number): string => hidden(`of${level}`);
const rank = (level: number): string => hidden(`by${level}`);

export function emitTopNested(special: TopNested, context: Context): Block {
  const { levels, span } = special.details;
  if (levels.some((level) => level.others !== null)) throw new Unsupported('top-nested with others', span);
  const [input] = special.inputs;
  const own = input.columns.map(({ name, type }) => ({ name, expr: { kind: 'column', type, name } as const }));
  const valued = projectBlock(
    context.emit(input),
    [...own, ...levels.map((level, index) => ({ name: value(index), expr: level.of.expr }))],
    context,
  );
  if (valued.partition.length > 0) throw new Unsupported('top-nested within a sub-table', span);
  const rows = shareBlock(`rows_${context.alias()}`, { ...valued, order: [], total: false }, true, context);
  const chosen: (() => Block)[] = [];
  levels.forEach((_, index) => {
    const level = levelBlock(special, index, rows(), chosen.at(-1)?.() ?? null, context);
    chosen.push(shareBlock(`level_${context.alias()}`, level, true, context));
  });
  return joined(
    special,
    chosen.map((use) => use()),
    context,
  );
}

function cellOf(block: Block, name: string): string {
  return block.cells.get(name)?.sql ?? 'NULL';
}

function same(one: Block, other: Block, levels: number): string {
  const conditions = Array.from({ length: levels }, (_, index) => {
    return `${cellOf(one, value(index))} is not distinct from ${cellOf(other, value(index))}`;
  });
  return conditions.join(' and ');
}

/** The values of one level under each chosen value of the levels before, with what they are ranked by. */
function levelBlock(special: TopNested, index: number, rows: Block, before: Block | null, context: Context): Block {
  const level = special.details.levels[index];
  if (!level) throw new Error('A level of top-nested got lost.');
  const groups = Array.from({ length: index + 1 }, (_, each): readonly [string, Cell] => [
    value(each),
    { sql: cellOf(rows, value(each)), atomic: true },
  ]);
  const by = emitExpr(level.by.expr, { ...scopeOf(rows, context), aggregates: { order: '' } });
  const from = before ? `${rows.from} semi join ${before.from} on ${same(rows, before, index)}` : rows.from;
  const numbers = groups.map((_, each) => String(each + 1)).join(', ');
  const parents = groups.slice(0, -1).map(([, cell]) => cell.sql);
  const over = `${parents.length > 0 ? `partition by ${parents.join(', ')} ` : ''}order by ${by} ${level.descending ? 'desc nulls last' : 'asc nulls first'}`;
  const best = level.count === null ? '' : ` qualify row_number() over (${over}) <= ${countSql(level.count, context)}`;
  const columns = [...groups, [rank(index), { sql: by, atomic: false }] as const];
  const text = `${selectText({ ...rows, from }, columns)} group by ${numbers}${best}`;
  return fromText(
    text,
    columns.map(([name]) => name),
    context,
  );
}

/** One row for each chosen value of the last level, with those of the levels above it. */
function joined(special: TopNested, levels: readonly Block[], context: Context): Block {
  const last = levels.at(-1);
  if (!last) throw new Unsupported('top-nested without a level', special.details.span);
  const from = levels
    .slice(0, -1)
    .reduce((text, level, index) => `${text} join ${level.from} on ${same(last, level, index + 1)}`, String(last.from));
  const made = new Map(
    special.details.levels.flatMap((level, index) => [
      [level.of.name, cellOf(last, value(index))] as const,
      [level.by.name, cellOf(levels[index] ?? last, rank(index))] as const,
    ]),
  );
  const columns = special.columns.map(({ name }): readonly [string, Cell] => [
    name,
    { sql: made.get(name) ?? 'NULL', atomic: true },
  ]);
  return fromText(
    selectText({ ...last, from }, columns),
    columns.map(([name]) => name),
    context,
  );
}
