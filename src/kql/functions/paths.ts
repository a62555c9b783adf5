// Paths of files taken apart. https://learn.microsoft.com/kusto/query/parse-path-function

import { asText } from './conversions.ts';
import type { Emit, ScalarFunction } from './scalar.ts';
import { always, entry, operand } from './sql.ts';

const parsePath: Emit = (operands, call) => {
  const source = asText(operand(operands, 0, call), call);
  const scheme = `regexp_extract(${source}, '^([A-Za-z][A-Za-z0-9+.-]+)://', 1)`;
  return always('u', `struct_pack(t := ${source}, s := ${scheme})`, (whole) => {
    const rest = `(CASE WHEN ${whole}.s = '' THEN ${whole}.t ELSE substring(${whole}.t, length(${whole}.s) + 4) END)`;
    return always('p', `regexp_extract(${rest}, '^(?s)(?:(.*)[\\\\/])?([^\\\\/]*)$', ['d', 'f'])`, (parts) => {
      const file = `regexp_extract(${parts}.f, '^([^:]*)(?::(.*))?$', ['n', 'a'])`;
      return always('f', file, (named) => {
        const root = `regexp_extract(${parts}.d, '^([A-Za-z]:)(?:$|[\\\\/])', 1)`;
        const fields: readonly (readonly [string, string])[] = [
          ['Scheme', `${whole}.s`],
          ['RootPath', root],
          ['DirectoryPath', `${parts}.d`],
          ['DirectoryName', `regexp_extract(${parts}.d, '[^\\\\/]*$')`],
          ['Filename', `${named}.n`],
          ['Extension', `regexp_extract(${named}.n, '\\.([^.]*)$', 1)`],
          ['AlternateDataStreamName', `${named}.a`],
        ];
        return `('{' || ${fields.map(([field, sql]) => `'"${field}":' || to_json(${sql})::VARCHAR`).join(` || ',' || `)} || '}')`;
      });
    });
  });
};

const fields = (root: string, directory: string, name: string, file: string, rest: string): string =>
  `"RootPath":"${root}","DirectoryPath":"${directory}","DirectoryName":"${name}","Filename":"${file}",${rest}`;

export const paths: readonly ScalarFunction[] = [
  entry(
    'parse_path',
    parsePath,
    String.raw`print parse_path(@"C:\temp\file.txt"), parse_path("file://C:/temp/file.txt:some.exe"), parse_path(@"\\shared\users\temp\file.txt.gz")`,
    [
      `{"Scheme":"",${fields('C:', String.raw`C:\\temp`, 'temp', 'file.txt', '"Extension":"txt","AlternateDataStreamName":""')}}`,
      `{"Scheme":"file",${fields('C:', 'C:/temp', 'temp', 'file.txt', '"Extension":"txt","AlternateDataStreamName":"some.exe"')}}`,
      `{"Scheme":"",${fields('', String.raw`\\\\shared\\users\\temp`, 'temp', 'file.txt.gz', '"Extension":"gz","AlternateDataStreamName":""')}}`,
    ],
  ),
];
