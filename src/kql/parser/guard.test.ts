import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compile } from '../compile.ts';
import type { Catalogue } from '../ir.ts';
import { guard } from './guard.ts';

const catalogue: Catalogue = {
  tables: [
    {
      name: 'Events',
      source: '"Events"',
      timeColumn: 'Timestamp',
      columns: [
        { name: 'Timestamp', type: 'datetime' },
        { name: 'Name', type: 'string' },
        { name: 'Count', type: 'long' },
        { name: 'Fields', type: 'dynamic' },
      ],
    },
  ],
};

test('texts that would keep the parser busy are refused before it sees them', () => {
  const codeOf = (text: string) => guard(text)?.code;
  assert.equal(codeOf(`print ${'('.repeat(5000)}`), 'SP004');
  assert.equal(codeOf(`print ${'['.repeat(5000)}`), 'SP004');
  assert.equal(codeOf(`print 1 in (${Array.from({ length: 20_000 }, () => '1').join(',')})`), 'SP005');
  assert.equal(codeOf(`print 1${' + 1'.repeat(5000)}`), 'SP006');
  assert.equal(codeOf(`print ${'-'.repeat(5000)}1`), 'SP006');
  assert.equal(codeOf(`Events${' | take 1'.repeat(5000)}`), 'SP006');
  assert.equal(codeOf(`print "${'é'.repeat(40_000)}"`), 'SP002');
  assert.equal(codeOf(' \n'), 'SP003');
});

test('brackets and operators in strings and comments are not counted', () => {
  const brackets = '('.repeat(500);
  for (const text of [
    `print "${brackets}"`,
    `print '${brackets}'`,
    `print @"\\${brackets}"`,
    `print \`\`\`\n${brackets}\`\`\``,
    `// ${brackets}\nprint 1`,
    `print "\\"${brackets}"`,
  ]) {
    assert.equal(guard(text), undefined, text.slice(0, 20));
  }
});

test('a list of many values and a long chain that people do write are let through', () => {
  assert.equal(
    guard(`Events | where Name in (${Array.from({ length: 3000 }, (_, i) => `"${i}"`).join(',')})`),
    undefined,
  );
  assert.equal(guard(`Events | where ${Array.from({ length: 400 }, () => 'Name == "a"').join(' or ')}`), undefined);
});

const words = [
  'Events',
  'Name',
  'Count',
  'Fields',
  'print',
  'let',
  'where',
  'extend',
  'project',
  'summarize',
  'by',
  'join',
  'on',
  'kind=inner',
  'union',
  'mv-expand',
  'parse',
  'with',
  'take',
  'evaluate',
  'pivot',
  'bag_unpack',
  'search',
  'datatable',
  'make-series',
  'step',
  'from',
  'to',
  'range',
  'count()',
  'arg_max',
  'in',
  'has',
  'between',
  'dynamic',
  'datetime',
  'toscalar',
  '|',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ';',
  '=',
  '==',
  '=>',
  '..',
  '.',
  '*',
  '-',
  '"a"',
  "'b",
  '1',
  '1h',
  '2.5',
  '$left',
  ':long',
  '\n',
];

test('whatever text comes in, the answer is SQL or diagnostics with a place in the text', () => {
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 25 }).map((each) => each.join(' ')),
    fc.array(fc.constantFrom(...words), { maxLength: 15 }).map((each) => `Events | ${each.join(' ')}`),
    fc.string({ unit: 'binary', maxLength: 80 }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const compilation = compile(text, catalogue);
      if (compilation.ok) return assert.ok(compilation.compiled.sql.length > 0);
      assert.ok(compilation.diagnostics.length > 0);
      for (const { code, message, line, column } of compilation.diagnostics) {
        assert.ok(code !== '' && message !== '' && line >= 1 && column >= 1);
      }
    }),
    { numRuns: 400 },
  );
});
