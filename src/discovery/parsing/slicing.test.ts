import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LogParser } from '../formats/reader.ts';
import { SliceReader } from './reading.ts';
import { Slicer } from './slicing.ts';
import { makeRing, Ring } from './slots.ts';

const lineBytesMax = 24;
const sliceBytes = 64;

/** Tells each record with the header that is in force for it. */
function tellingParser(headers: LogParser['headers'], records: LogParser['records'], told: string[]): LogParser {
  return {
    records,
    headers,
    open: () => {
      let inForce = '';
      return {
        header: (line) => {
          inForce = line.text();
        },
        isHeader: (line) => !line.text().startsWith('r'),
        read: (line) => {
          told.push(`${inForce}|${line.text()}`);
          return null;
        },
      };
    },
  };
}

interface Shape {
  readonly headers: LogParser['headers'];
  readonly records: LogParser['records'];
}

/** The files cut into slices, whose bytes come in pieces of these sizes, and read by so many readers in turn. */
function readSliced(files: readonly string[], shape: Shape, sizes: readonly number[], readers: number) {
  const ring = new Ring(makeRing(400, lineBytesMax, sliceBytes));
  const told: string[] = [];
  const parser = tellingParser(shape.headers, shape.records, told);
  const slicer = new Slicer(ring, { parser, isSyslog: false, lineBytesMax });
  for (const file of files) {
    const bytes = Buffer.from(file);
    for (let [at, turn] = [0, 0]; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length] ?? 1;
      slicer.write(bytes.subarray(at, at + size));
      at += size;
    }
    slicer.endFile();
  }
  ring.finish(1);
  const threads = Array.from({ length: readers }, () => {
    return new SliceReader({ parser, isSyslog: false, receivedAt: 0, lineBytesMax });
  });
  let lines = 0;
  for (let slice = ring.take(); slice; slice = ring.take()) {
    lines += threads[slice.number % readers]?.readSlice(slice, () => null) ?? 0;
    ring.giveBack(slice);
  }
  const tooLong = threads.reduce((sum, thread) => sum + thread.skipped['too-long'], slicer.tooLong);
  return { told, tooLong, lines };
}

/** What it should come to, line by line. */
function expectedOf(files: readonly string[], { headers }: Shape) {
  const told: string[] = [];
  let tooLong = 0;
  let inForce = '';
  for (const file of files) {
    if (headers === 'first-line') inForce = '';
    const lines = file.split('\n').map((line) => line.replace(/\r$/, ''));
    let isFirst = headers === 'first-line';
    for (const line of lines.filter((each) => each !== '')) {
      if (Buffer.byteLength(line) > lineBytesMax) {
        tooLong++;
        continue;
      }
      const isNamed = typeof headers === 'object' && line.startsWith(headers.prefix);
      if (isNamed || (isFirst && !line.startsWith('r'))) inForce = line;
      else told.push(`${inForce}|${line}`);
      isFirst = false;
    }
  }
  return { told, tooLong };
}

const line = fc.oneof(
  { weight: 8, arbitrary: fc.nat(99_999).map((number) => `r${number}`) },
  { weight: 1, arbitrary: fc.nat(9).map((number) => `#F: ${number}`) },
  { weight: 1, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.integer({ min: 25, max: 300 }).map((length) => 'r'.padEnd(length, 'x')) },
);
const file = fc.tuple(fc.array(line, { minLength: 1, maxLength: 40 }), fc.constantFrom('\n', '\r\n'), fc.boolean());
const files = fc.array(
  file.map(([lines, lineBreak, isEnded]) => lines.join(lineBreak) + (isEnded ? lineBreak : '')),
  { minLength: 1, maxLength: 3 },
);

test('however a log comes and is cut, and whoever reads which slice, each record is read once, in order, under its header', () => {
  const shapes = fc.constantFrom<Shape>(
    { headers: 'none', records: 'lines' },
    { headers: 'first-line', records: 'lines' },
    { headers: { prefix: '#F:' }, records: 'lines' },
    { headers: { prefix: '#F:' }, records: 'quoted-lines' },
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(files, shapes, sizes, fc.integer({ min: 1, max: 3 }), (texts, shape, pieces, readers) => {
      const { told, tooLong } = readSliced(texts, shape, pieces, readers);
      assert.deepEqual({ told, tooLong }, expectedOf(texts, shape));
    }),
    { numRuns: 1500 },
  );
});

test('columns that are described anew in the middle of a file hold from there on, in whatever slice', () => {
  const rows = Array.from({ length: 30 }, (_, index) => `r${index}`).join('\n');
  const { told } = readSliced(
    [`#F: a\n${rows}\n#F: b\n${rows}\n`],
    { headers: { prefix: '#F:' }, records: 'lines' },
    [7],
    2,
  );
  assert.equal(told.filter((each) => each.startsWith('#F: a|')).length, 30);
  assert.equal(told.filter((each) => each.startsWith('#F: b|')).length, 30);
});

test('a header behind a syslog header counts, one inside of a record does not', () => {
  const parser: LogParser = { ...tellingParser({ prefix: '#F:' }, 'lines', []) };
  const told: string[] = [];
  const telling = tellingParser(parser.headers, 'lines', told);
  const ring = new Ring(makeRing(50, 100, 400));
  const slicer = new Slicer(ring, { parser: telling, isSyslog: false, lineBytesMax: 100 });
  slicer.write(Buffer.from('<134>Nov 21 09:00:00 host #F: a b\nr1 http://x/#F: no\n'));
  slicer.endFile();
  ring.finish(1);
  const reader = new SliceReader({ parser: telling, isSyslog: false, receivedAt: 0, lineBytesMax: 100 });
  for (let slice = ring.take(); slice; slice = ring.take()) reader.readSlice(slice, () => null);
  assert.deepEqual(told, ['<134>Nov 21 09:00:00 host #F: a b|r1 http://x/#F: no']);
});
