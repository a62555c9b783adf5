// A compiled query whose rows come out of the engine as JSON text, one text a row: so the engine's threads do the work of
// writing them, and the event loop only passes them on.

import { textLiteral } from '../kql/emit/text.ts';
import { jsonString } from '../kql/functions/sql.ts';
import { timespanText } from '../kql/functions/times.ts';
import type { Column, Compiled, KqlType } from '../kql/ir.ts';

type Query = Pick<Compiled, 'sql' | 'columns'>;

/**
 * The query with one column: each row as a JSON object, behind `lead`. The order of the rows is that of the query. The texts
 * are not made bytes of (`encode`): the engine would copy them once more.
 */
export function jsonRows({ sql, columns }: Query, lead: '' | ',' = ''): string {
  const names = columns.map((_, index) => `"c${index}"`);
  const members = columns.map(({ name, type }, index) => {
    const key = `${index === 0 ? `${lead}{` : ','}${JSON.stringify(name)}:`;
    return `${textLiteral(key)}, ${jsonValue(names[index] ?? '', type)}`;
  });
  const row = members.length === 0 ? `'${lead}{}'` : `concat(${members.join(', ')}, '}')`;
  return `select ${row} as "row" from (${sql}) as "q"(${names.length === 0 ? '"c0"' : names.join(', ')})`;
}

/** Names of .NET's types, which clients look for to convert columns (Defender reference 3.3). */
export const typeNames: Readonly<Record<KqlType, string>> = {
  string: 'String',
  datetime: 'DateTime',
  bool: 'SByte',
  int: 'Int32',
  long: 'Int64',
  real: 'Double',
  decimal: 'SqlDecimal',
  guid: 'Guid',
  timespan: 'TimeSpan',
  dynamic: 'Object',
};

export function schemaOf(columns: readonly Column[]): { readonly name: string; readonly type: string }[] {
  return columns.map(({ name, type }) => ({ name, type: typeNames[type] }));
}

/** A value of the representation (kql/emit/representation.ts) as JSON text. */
function jsonValue(sql: string, type: KqlType): string {
  const quoted = (text: string): string => `coalesce('"' || ${text} || '"', 'null')`;
  switch (type) {
    case 'string':
      return `coalesce(${jsonString(sql)}, '""')`;
    case 'bool':
    case 'int':
    case 'long':
      return `coalesce(${sql}::VARCHAR, 'null')`;
    case 'real':
      // JSON has no word for these; the service writes them as texts.
      return `case when ${sql} is null then 'null' when isfinite(${sql}) then ${sql}::VARCHAR when isnan(${sql}) then '"NaN"' when ${sql} > 0 then '"Infinity"' else '"-Infinity"' end`;
    case 'decimal':
      return quoted(`rtrim(rtrim(${sql}::VARCHAR, '0'), '.')`);
    case 'datetime':
      return datetimeJson(sql);
    case 'timespan':
      return quoted(timespanText(sql));
    case 'guid':
      return quoted(sql);
    case 'dynamic':
      return `coalesce(${sql}, 'null')`;
  }
}

/** Seven digits and Z (Defender reference 3.3). Whole seconds as the engine writes a time by itself: a pattern costs twice as much. */
function datetimeJson(sql: string): string {
  const second = `replace(make_timestamp((${sql} // 10000000 - 62135596800) * 1000000)::VARCHAR, ' ', 'T')`;
  const fraction = `substring((10000000 + ${sql} % 10000000)::VARCHAR, 2)`;
  return `case when ${sql} is null then 'null' else concat('"', ${second}, '.', ${fraction}, 'Z"') end`;
}
