// `evaluate ipv4_lookup` and `ipv6_lookup`: https://learn.microsoft.com/kusto/query/ipv4-lookup-plugin and
// …/ipv6-lookup-plugin. Addresses and networks become ranges of numbers; of the networks that hold an address, the most
// specific ones match.
import { addressRange6 } from '../../functions/addresses6.ts';
import { addressRange6 as rangeOnClickHouse } from '../../functions/clickhouse/addresses6.ts';
import type { Rel, Special } from '../../ir.ts';
import { type Block, type Cell, hidden, seal, sealIf, sourceBlock, unordered } from '../block.ts';
import type { Context } from '../context.ts';
import type { Dialect } from '../dialect.ts';
import { emitExpr, scopeOf } from '../expression.ts';
import { orEmpty } from '../representation.ts';

type Lookup = Extract<Special, { name: 'ipv4_lookup' }> & Rel;

export function emitIpv4Lookup(special: Lookup, context: Context): Block {
  const { details, inputs } = special;
  const rangeOf = details.version === 6 ? range6[context.dialect] : context.sql.addressRange;
  const left = withRange(inputs[0], details.address, 'a', context, true, rangeOf);
  const right = withRange(inputs[1], details.network, 'n', context, false, rangeOf);
  const cellOf = (block: Block, name: string): string => block.cells.get(hidden(name))?.sql ?? 'NULL';
  const range = (side: Block, name: string): string => `${cellOf(side, name)}.`;
  const address = range(left, 'a');
  const network = range(right, 'n');
  const on = [
    `${address}low >= ${network}low and ${address}high <= ${network}high`,
    ...details.on.map(([ours, theirs]) => {
      return `${emitExpr(ours, scopeOf(left, context))} is not distinct from ${emitExpr(theirs, scopeOf(right, context))}`;
    }),
  ];
  // ClickHouse has no outer join without an equality.
  if (context.dialect === 'clickhouse') on.unshift(`${cellOf(left, 'one')} = ${cellOf(right, 'one')}`);
  const from = `${left.from} ${details.returnUnmatched ? 'left join' : 'join'} ${right.from} on ${on.join(' and ')}`;
  const types = new Map(inputs[1].columns.map(({ name, type }) => [name, type]));
  const cells = new Map(
    details.outputs.map(({ name, side, from: source }): readonly [string, Cell] => {
      const sql = (side === 'left' ? left : right).cells.get(source)?.sql ?? 'NULL';
      return [name, { sql: side === 'right' ? orEmpty(sql, types.get(source) ?? 'string') : sql, atomic: true }];
    }),
  );
  // Networks that hold the same address hold each other. ClickHouse has no numbers for the width of the largest ones.
  const narrowest =
    context.dialect === 'duckdb'
      ? `${network}high - ${network}low asc nulls last`
      : `${network}high asc nulls last, ${network}low desc nulls last`;
  const row = cellOf(left, 'row');
  cells.set(hidden('rank'), {
    sql: `rank() over (partition by ${row} order by ${narrowest})`,
    atomic: false,
  });
  const ranked = seal({ ...sourceBlock(from, cells), partition: left.partition }, context);
  const best = ranked.cells.get(hidden('rank'))?.sql ?? '1';
  const kept = [...ranked.cells].filter(([name]) => name !== hidden('rank'));
  return { ...ranked, cells: new Map(kept), where: [`${best} = 1`], wraps: null };
}

const range6: Readonly<Record<Dialect, (text: string) => string>> = {
  clickhouse: rangeOnClickHouse,
  duckdb: addressRange6,
};

/** The input with the range that an address (of one, or of its prefix) or a network spans; NULL for what is neither. */
function withRange(
  rel: Rel,
  expr: Parameters<typeof emitExpr>[0],
  name: string,
  context: Context,
  numbered: boolean,
  rangeOf: (text: string) => string,
): Block {
  const emitted = unordered(context.emit(rel));
  const input = sealIf(true, emitted, context);
  const cells = new Map(input.cells);
  cells.set(hidden(name), { sql: rangeOf(emitExpr(expr, scopeOf(input, context))), atomic: false });
  if (context.dialect === 'clickhouse') cells.set(hidden('one'), { sql: '1', atomic: false });
  if (numbered) cells.set(hidden('row'), { sql: 'row_number() over ()', atomic: false });
  return seal({ ...input, cells }, context);
}
