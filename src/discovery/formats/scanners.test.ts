// What holds for every scanner of lines: it reads only its line, whatever is in it, and it reads back what was written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CsvReader, csvValues } from './csv.ts';
import { delimited } from './delimited.ts';
import { Fields } from './fields.ts';
import { JsonLinesReader } from './json-lines.ts';
import { Line } from './line.ts';
import { NameTable } from './names.ts';
import { W3cReader } from './w3c.ts';

interface Scanner {
  read(line: Line, fields: Fields): boolean;
}

const names = ['a', 'b', 'c'] as const;

function w3c(header: string): W3cReader<(typeof names)[number]> {
  const reader = new W3cReader({ a: 'a', b: 'b', c: 'c' });
  reader.header(Line.of(header));
  return reader;
}

function csv(header: string): CsvReader<(typeof names)[number]> {
  const reader = new CsvReader({ a: 'a', b: 'b', c: 'c' }, { separators: ',;\t' });
  reader.header(Line.of(header));
  return reader;
}

const scanners: Record<string, Scanner> = {
  spaces: delimited(['a', null, 'b', 'c'], { separator: ' ', collapse: true, quotes: 'backslash', brackets: true }),
  tabs: delimited(['a', 'b', null, 'c'], { separator: '\t' }),
  csv: csv('x,a,"b",c'),
  w3c: w3c('#Fields: x a b c'),
  json: new JsonLinesReader(['a', 'b.c', 'd']),
};

/** A line between other bytes that would change every value, were they read. */
function between(text: string): Line {
  const line = new Line();
  line.bytes = Buffer.from(`9" ] } ,\t=${text}8" ] } ,\t=`);
  line.start = 10;
  line.end = line.bytes.length - 10;
  return line;
}

const tricky = fc.string({ unit: fc.constantFrom(...'ab "\\[]{}:,;\t-=#/0é'), maxLength: 60 });

for (const [name, scanner] of Object.entries(scanners)) {
  test(`${name}: a scanner never throws and never leaves its line`, () => {
    const fields = new Fields(3);
    fc.assert(
      fc.property(fc.oneof(tricky, fc.string({ unit: 'binary' })), (text) => {
        const line = between(text);
        scanner.read(line, fields);
        for (let slot = 0; slot < 3; slot++) {
          const start = fields.starts[slot] ?? -1;
          if (start < 0) continue;
          assert.ok(start >= line.start && (fields.ends[slot] ?? 0) <= line.end, `${slot} of ${JSON.stringify(text)}`);
          fields.text(slot);
        }
      }),
      { numRuns: 2000 },
    );
  });
}

/** Values that are not taken for absent ones. */
const value = tricky.filter((text) => text !== '-' && text !== '');

function valuesOf(scanner: Scanner & { readonly slots: Record<string, number> }, row: string): string[] {
  const fields = new Fields(3);
  assert.ok(scanner.read(between(row), fields), row);
  return names.map((name) => fields.text(scanner.slots[name] ?? 0));
}

test('a row of quoted values is read back as it was written', () => {
  const doubled = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const escaped = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const reader = delimited(['a', 'b', 'c'], { separator: ' ', collapse: true, quotes: 'backslash' });
  fc.assert(
    fc.property(value, value, value, (a, b, c) => {
      const row = [a, b, c];
      assert.deepEqual(valuesOf(csv('a,b,c'), row.map(doubled).join(',')), row);
      assert.deepEqual(valuesOf(csv('a;b;c'), row.map(doubled).join(';')), row);
      assert.deepEqual(
        valuesOf(w3c('#Fields: a b c'), row.map((text) => doubled(text.replaceAll('\t', ' '))).join(' ')),
        row.map((text) => text.replaceAll('\t', ' ')),
      );
      assert.deepEqual(valuesOf(reader, row.map(escaped).join('  ')), row);
      assert.deepEqual(csvValues(row.map(doubled).join(',')), row);
    }),
    { numRuns: 1000 },
  );
});

test('an object of JSON is read back as it was written', () => {
  const reader = new JsonLinesReader(['a', 'b.c', 'd']);
  const any = fc.jsonValue({ maxDepth: 2 });
  fc.assert(
    fc.property(value, value, fc.nat(), any, any, (a, c, d, other, inside) => {
      const fields = new Fields(3);
      const record = { other, b: { x: inside, c, 'y"': other }, a, d };
      for (const text of [JSON.stringify(record), ` ${JSON.stringify(record, null, 1)} `]) {
        assert.ok(reader.read(between(text), fields), text);
        assert.deepEqual(
          [0, 1, 2].map((slot) => fields.text(slot)),
          [a, c, String(d)],
        );
      }
    }),
    { numRuns: 1000 },
  );
});

test('what JSON says is nothing is absent, and half an object is none', () => {
  const reader = new JsonLinesReader(['a', 'b.c']);
  const fields = new Fields(2);
  assert.ok(reader.read(Line.of('{"a":null,"b":{"c":[1,{"c":2}]}}'), fields));
  assert.deepEqual([fields.has(0), fields.has(1)], [false, false]);
  for (const text of ['', '{', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '[1]', '{"a":1}x', '{"b":{"c":1}']) {
    assert.equal(reader.read(Line.of(text), fields), false, text);
  }
});

test('values may be empty, quoted without need, or have quotes in their middle', () => {
  const reader = delimited(['a', 'b', 'c'], { separator: ',', quotes: 'doubled' });
  const fields = new Fields(3);
  const read = (row: string) => (reader.read(Line.of(row), fields) ? [0, 1, 2].map((slot) => fields.text(slot)) : null);
  assert.deepEqual(read('1,,3'), ['1', '', '3']);
  assert.deepEqual(read('"1","",3'), ['1', '', '3']);
  assert.deepEqual(read('a "b" c,-,"open'), ['a "b" c', '', '"open']);
  assert.deepEqual(read('1,2,'), ['1', '2', '']);
  assert.deepEqual(read(',,'), ['', '', '']);
});

test('a row of quotes that never end is read once, not once for each of them', () => {
  const columns = [...new Array<null>(20_000).fill(null), 'a'] as const;
  const fields = new Fields(1);
  for (const value of ['"a', '[a']) {
    const reader = delimited(columns, { separator: ' ', collapse: true, quotes: 'doubled', brackets: true });
    const line = Line.of(`${value} `.repeat(21_000));
    // Were each quote looked for to the end of the line, this would go on for minutes.
    for (let i = 0; i < 100; i++) assert.ok(reader.read(line, fields));
    assert.equal(fields.text(0), value);
  }
});

test('brackets hold blanks together, quotes do not end inside of a word', () => {
  const reader = delimited(['a', 'b', 'c'], { separator: ' ', collapse: true, quotes: 'backslash', brackets: true });
  const fields = new Fields(3);
  assert.ok(reader.read(Line.of('  [21/Nov/2026:09:00:00 +0100]  "GET \\"x\\" /" [::1]:80'), fields));
  assert.deepEqual(
    [0, 1, 2].map((slot) => fields.text(slot)),
    ['[21/Nov/2026:09:00:00 +0100]', 'GET "x" /', '[::1]:80'],
  );
});

test('a W3C header in force counts until the next, and says whether tabs or blanks separate', () => {
  const reader = new W3cReader({ a: ['better', 'good'], b: 'b' });
  const fields = new Fields(2);
  assert.equal(reader.read(Line.of('1 2'), fields), false);
  reader.header(Line.of('#Fields: good x b better'));
  assert.ok(reader.read(Line.of('1  2 3 4'), fields));
  assert.deepEqual([fields.text(0), fields.text(1)], ['4', '3']);
  reader.header(Line.of('#Fields:\tb\tGood'));
  assert.ok(reader.read(Line.of('x y\t"two ""words"""'), fields));
  assert.deepEqual([fields.text(0), fields.text(1)], ['two "words"', 'x y']);
});

test('a table of names finds its names and no others', () => {
  const word = fc.string({ unit: fc.constantFrom(...'abcABC_1'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 40 }), word, (entries, other) => {
      const table = new NameTable(entries.map((name, slot) => ({ name, slot })));
      for (const [slot, name] of entries.entries()) {
        assert.equal(table.find(Buffer.from(`b${name}a`), 1, name.length + 1), slot);
      }
      assert.equal(table.find(Buffer.from(other), 0, other.length), entries.indexOf(other));
      const folded = new NameTable([{ name: other, slot: 7 }], { ignoreCase: true });
      assert.equal(folded.find(Buffer.from(other.toUpperCase()), 0, other.length), 7);
    }),
  );
});
