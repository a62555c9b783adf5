import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { markModule } from './mark-code.ts';
import { blockBytesMax, MarkedBlock } from './marks.ts';

const sets = ['', ' \t"', ',;|=', '@`A!\u007f\u0000', ' "#%()*+-./0123456789:;<>?[\\]^_{}'];

function found(block: MarkedBlock, text: Buffer, from: number, to: number): object {
  block.fill(text, from, to);
  const lineEnds = [...block.lineEnds.subarray(0, block.lineCount)];
  const last = lineEnds.at(-1) ?? -1;
  const places = [...block.places.subarray(0, block.places.indexOf(last) + 1)];
  return { lineEnds, places: block.set === '' ? [] : places, bytes: block.bytes.toString('latin1', 0, last + 1) };
}

test('machine code and plain code find the same places, at the same bytes', () => {
  for (const set of sets) {
    const [fast, plain] = [new MarkedBlock(set), new MarkedBlock(set, true)];
    const piece = fc.constantFrom('\n', ' ', '"', ',', 'x'.repeat(40), 'é', '\u0000', '\t\t', '@A', ' "'.repeat(30));
    const text = fc.oneof(
      fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(text, fc.nat(20), (bytes, from) => {
        const start = Math.min(from, bytes.length);
        assert.deepEqual(found(fast, bytes, start, bytes.length), found(plain, bytes, start, bytes.length));
      }),
      { numRuns: 300 },
    );
  }
});

test('a block that is full of marks, and one that is as large as can be, are marked whole', () => {
  for (const isPlain of [false, true]) {
    const block = new MarkedBlock(',', isPlain);
    const commas = Buffer.alloc(blockBytesMax, ',');
    block.fill(commas, 0, commas.length);
    assert.deepEqual([...block.lineEnds.subarray(0, block.lineCount)], [blockBytesMax]);
    assert.ok(block.places.subarray(0, blockBytesMax + 1).every((place, index) => place === index));
    block.fill(Buffer.from('a,b\n\nc'), 0, 6);
    assert.deepEqual([...block.lineEnds.subarray(0, block.lineCount)], [3, 4, 6]);
    assert.deepEqual([...block.places.subarray(0, 4)], [1, 3, 4, 6]);
    block.fill(commas, 5, 5);
    assert.equal(block.lineCount, 0);
  }
});

test('the module is a valid one, of a few hundred bytes', () => {
  assert.ok(markModule(10).length < 1500);
  assert.deepEqual([...markModule(10).subarray(0, 8)], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
});
