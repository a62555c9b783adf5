// Paths of files taken apart, for ClickHouse. https://learn.microsoft.com/kusto/query/parse-path-function

import type { Emit } from '../scalar.ts';
import { asText } from './conversions.ts';
import { patternText } from './regex.ts';
import { always, jsonString, once, operand, regexGroup } from './sql.ts';

function group(sql: string, pattern: string, at: number): string {
  return regexGroup(sql, patternText(pattern), at);
}

const parsePath: Emit = (operands, call) =>
  once('u', [asText(operand(operands, 0, call), call)], (source) => {
    const scheme = group(source, '^([A-Za-z][A-Za-z0-9+.-]+)://', 1);
    return always('s', scheme, (known) => {
      const rest = `if(${known} = '', ${source}, substring(${source}, length(${known}) + 4))`;
      return always('p', rest, (path) => {
        const directory = regexGroup(path, '(?s)^(?:(.*)[\\\\/])?([^\\\\/]*)$', 1);
        const file = regexGroup(path, '(?s)^(?:.*[\\\\/])?([^\\\\/]*)$', 1);
        const name = group(file, '^([^:]*)(?::(.*))?$', 1);
        const fields: readonly (readonly [string, string])[] = [
          ['Scheme', known],
          ['RootPath', group(directory, '^([A-Za-z]:)(?:$|[\\\\/])', 1)],
          ['DirectoryPath', directory],
          ['DirectoryName', group(directory, '[^\\\\/]*$', 0)],
          ['Filename', name],
          ['Extension', group(name, '\\.([^.]*)$', 1)],
          ['AlternateDataStreamName', group(file, '^([^:]*)(?::(.*))?$', 2)],
        ];
        return `concat('{', ${fields.map(([field, sql]) => `'"${field}":', ${jsonString(sql)}`).join(`, ',', `)}, '}')`;
      });
    });
  });

export const paths: Readonly<Record<string, Emit>> = { parse_path: parsePath };
