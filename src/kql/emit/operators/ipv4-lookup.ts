// `evaluate ipv4_lookup`: https://learn.microsoft.com/kusto/query/ipv4-lookup-plugin. Addresses and networks become ranges
// of numbers; of the networks that hold an address, the most specific ones match.
import type { Rel, Special } from '../../ir.ts';
import { type Block, type Cell, hidden, seal, sealIf, sourceBlock, unordered } from '../block.ts';
import type { Context } from '../context.ts';
import { emitExpr, scopeOf } from '../expression.ts';
import { orEmpty } from '../representation.ts';

type Lookup = Extract<Special, { name: 'ipv4_lookup' }> & Rel;

export function emitIpv4Lookup(special: Lookup, context: Context): Block {
  const { details, inputs } = special;
  const left = withRange(inputs[0], details.address, 'a', context, true);
  const right = withRange(inputs[1], details.network, 'n', context, false);
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
  const from = `${left.from} ${details.returnUnmatched ? 'left join' : 'join'} ${right.from} on ${on.join(' and ')}`;
  const types = new Map(inputs[1].columns.map(({ name, type }) => [name, type]));
  const cells = new Map(
    details.outputs.map(({ name, side, from: source }): readonly [string, Cell] => {
      const sql = (side === 'left' ? left : right).cells.get(source)?.sql ?? 'NULL';
      return [name, { sql: side === 'right' ? orEmpty(sql, types.get(source) ?? 'string') : sql, atomic: true }];
    }),
  );
  const width = `${network}high - ${network}low`;
  const row = cellOf(left, 'row');
  cells.set(hidden('rank'), {
    sql: `rank() over (partition by ${row} order by ${width} asc nulls last)`,
    atomic: false,
  });
  const ranked = seal({ ...sourceBlock(from, cells), partition: left.partition }, context);
  const best = ranked.cells.get(hidden('rank'))?.sql ?? '1';
  const kept = [...ranked.cells].filter(([name]) => name !== hidden('rank'));
  return { ...ranked, cells: new Map(kept), where: [`${best} = 1`], wraps: null };
}

/** The input with the range that an address (of one, or of its prefix) or a network spans; NULL for what is neither. */
function withRange(
  rel: Rel,
  expr: Parameters<typeof emitExpr>[0],
  name: string,
  context: Context,
  numbered: boolean,
): Block {
  const emitted = unordered(context.emit(rel));
  const input = sealIf(true, emitted, context);
  const cells = new Map(input.cells);
  cells.set(hidden(name), { sql: rangeOf(emitExpr(expr, scopeOf(input, context))), atomic: false });
  if (numbered) cells.set(hidden('row'), { sql: 'row_number() over ()', atomic: false });
  return seal({ ...input, cells }, context);
}

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const pattern = `^${octet}\\.${octet}\\.${octet}\\.${octet}(?:/(3[0-2]|[12]?[0-9]))?$`;

function rangeOf(sql: string): string {
  const groups = `regexp_extract(${sql}, '${pattern}', ['a', 'b', 'c', 'd', 'p'])`;
  const number = `(g.a::BIGINT * 16777216 + g.b::BIGINT * 65536 + g.c::BIGINT * 256 + g.d::BIGINT)`;
  const size = `(1::BIGINT << (32 - CASE WHEN g.p = '' THEN 32 ELSE g.p::INTEGER END))`;
  const low = `${number} - ${number} % ${size}`;
  const range = `struct_pack(low := ${low}, high := ${low} + ${size} - 1)`;
  return `list_transform([${groups}], lambda g: CASE WHEN g.a <> '' THEN ${range} END)[1]`;
}
