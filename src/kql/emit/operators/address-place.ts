// `geo_info_from_ip_address`: https://learn.microsoft.com/kusto/query/geo-info-from-ip-address-function. Of the
// host's rows, the last one that begins at or before an address is the one that counts: one ordered pass over both sides,
// whatever their sizes.
import { parsedAddress } from '../../functions/addresses.ts';
import { parsedAddress6 } from '../../functions/addresses6.ts';
import { once } from '../../functions/sql.ts';
import type { NamedExpr, Rel, Special } from '../../ir.ts';
import { Unsupported } from '../../unsupported.ts';
import { type Block, hidden, seal } from '../block.ts';
import type { Context } from '../context.ts';
import { projectBlock } from '../project.ts';

export function emitAddressPlace(special: Extract<Special, { name: 'address-place' }> & Rel, context: Context): Block {
  const { address, column, span } = special.details;
  if (context.dialect !== 'duckdb') throw new Unsupported('geo_info_from_ip_address', span);
  const source = context.hostedTable('places', 'geo_info_from_ip_address', span);
  const input = context.emit(special.inputs[0]);
  const kept = [...input.cells.keys()].map(
    (name): NamedExpr => ({ name, expr: { kind: 'column', type: 'dynamic', name } }),
  );
  const name = hidden('address');
  const text = seal(projectBlock(input, [...kept, { name, expr: address }], context), context);
  const cells = new Map(text.cells);
  cells.set(name, { sql: numberOf(cells.get(name)?.sql ?? "''"), atomic: false });
  const numbered = seal({ ...text, cells }, context);
  const number = numbered.cells.get(name)?.sql ?? 'NULL';
  const place = context.alias();
  const result = new Map(numbered.cells);
  result.delete(name);
  result.set(column, { sql: `${place}."value"`, atomic: true });
  const from = `${numbered.from} asof left join ${source} as ${place} on ${number} >= ${place}."first"`;
  return { ...numbered, from, cells: result, single: false, wraps: null };
}

/** The number of an address as a UUID, which orders like it; an IPv4 address is the one mapped to it. NULL for what is none. */
function numberOf(sql: string): string {
  const uuid = (number: string): string => `lpad(to_hex(${number}), 32, '0')::UUID`;
  return once('place', [sql], (text) => {
    const four = `list_transform([${parsedAddress(text)}], lambda "@a": CASE WHEN "@a".p = 32 THEN ${uuid(`(281470681743360 + "@a".v)`)} END)[1]`;
    const six = `list_transform([${parsedAddress6(text, true)}], lambda "@a": CASE WHEN "@a".p = 128 THEN ${uuid('"@a".v')} END)[1]`;
    return `CASE WHEN contains(${text}, ':') THEN ${six} ELSE ${four} END`;
  });
}
