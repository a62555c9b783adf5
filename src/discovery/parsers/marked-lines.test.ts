import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DelimitedOptions, delimited } from '../formats/delimited.ts';
import { Fields } from '../formats/fields.ts';
import { Line } from '../formats/line.ts';
import { MarkedBlock } from '../formats/marks.ts';
import { Transaction } from '../formats/transaction.ts';
import { squidCommon, squidNative } from './squid.ts';
import { genericW3c } from './w3c-log.ts';

const receivedAt = Date.parse('2026-11-21T09:00:00Z');

/** The lines of a block, one after the other in one object, as the engine hands them to readers. */
function eachMarked(lines: readonly string[], block: MarkedBlock, read: (line: Line, text: string) => void): void {
  const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
  block.fill(bytes, 0, bytes.length);
  const line = new Line();
  line.bytes = block.bytes;
  line.marks = block;
  let start = 0;
  for (const [index, text] of lines.entries()) {
    line.start = start;
    line.end = start + Buffer.byteLength(text);
    assert.equal(block.lineEnds[index], line.end);
    read(line, text);
    start = line.end + 1;
  }
}

const pieces = fc.constantFrom('a', 'bc', ' ', '  ', '\t', '"', '""', '" ', '[', '] ', '\\"', ',', 'é', '\r', '-');
const rows = fc.array(
  fc.array(pieces, { maxLength: 30 }).map((row) => row.join('')),
  { minLength: 1, maxLength: 6 },
);

test('a row is the same whether its marks are known or not, for every way of writing rows', () => {
  const shapes: readonly DelimitedOptions[] = [
    { separator: ' ', collapse: true },
    { separator: ' ', collapse: true, quotes: 'doubled', brackets: true },
    { separator: ' ', collapse: true, quotes: 'backslash', brackets: true, columnsMin: 3 },
    { separator: '\t', quotes: 'doubled' },
    { separator: ',', quotes: 'doubled' },
  ];
  for (const shape of shapes) {
    const reader = delimited(['a', null, 'b', 'c', null, 'd'], shape);
    const [marked, plain] = [new Fields(4), new Fields(4)];
    for (const set of [reader.marks, ' \t",', '"']) {
      const block = new MarkedBlock(set);
      fc.assert(
        fc.property(rows, (lines) => {
          eachMarked(lines, block, (line, text) => {
            const isRead = reader.read(line, marked);
            assert.equal(isRead, reader.read(Line.of(text), plain));
            const places = (fields: Fields, from: number) =>
              [...fields.starts].map((start, slot) =>
                start < 0 ? null : [start - from, (fields.ends[slot] ?? 0) - from, fields.forms[slot]],
              );
            assert.deepEqual(places(marked, line.start), places(plain, 0));
          });
        }),
        { numRuns: 200 },
      );
    }
  }
});

const header =
  '#Fields: date time c-ip cs-username sc-status s-action sc-bytes cs-bytes cs-host cs-uri-path cs(User-Agent)';
const records = [
  '1795248000.123    675 192.0.2.7 TCP_MISS/200 4512 GET http://www.dropbox.com/a?b=c jane%20d HIER_DIRECT/198.51.100.4 text/html',
  '1795248000.456     75 192.0.2.7 TCP_TUNNEL/200 4512 CONNECT slack.com:443 - HIER_DIRECT/198.51.100.5 -',
  '192.0.2.7 - jane [21/Nov/2026:08:00:00 +0000] "GET http://slack.com/ HTTP/1.1" 200 512 "-" "A b" TCP_MISS:HIER_DIRECT',
  '2026-11-21 08:00:00 192.0.2.7 jane 200 TCP_MISS 512 300 slack.com /a "Mozilla/5.0 (X11) ""x"" y"',
];
const damage = fc.array(
  fc.tuple(fc.nat(160), fc.nat(12), fc.constantFrom('', ' ', '  ', '\t', '"', '/', ':', '-', '9', '\r', 'é')),
  { maxLength: 3 },
);

test('whatever is done to lines, a reader finds the same in them whether their marks are known or not', () => {
  for (const parser of [squidNative, squidCommon, genericW3c]) {
    const reader = parser.open({ receivedAt });
    reader.header?.(Line.of(header));
    const block = new MarkedBlock(parser.marks ?? '');
    const found = (line: Line) => {
      const transaction = new Transaction();
      const reason = reader.read(line, transaction);
      if (reason !== null) return reason;
      const { url, destination, user, source, machine, ...rest } = transaction;
      return [[url, destination, user, source, machine].map((span) => span.text()), rest];
    };
    const line = fc
      .tuple(fc.constantFrom(...records), damage)
      .map(([record, cuts]) =>
        cuts.reduce((text: string, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length), record),
      );
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        eachMarked(lines, block, (marked, text) => assert.deepEqual(found(marked), found(Line.of(text))));
      }),
      { numRuns: 1000 },
    );
  }
});
