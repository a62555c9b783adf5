import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidInput } from '../../lib/failures.ts';
import { parseBlockList } from './block-list.ts';
import { boundaryOf, fileOf } from './multipart.ts';

async function* inPieces(whole: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < whole.length; index++) {
    const size = Math.max(1, sizes[index % sizes.length] ?? 1);
    yield whole.subarray(at, at + size);
    at += size;
  }
}

async function collected(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(Buffer.from(chunk));
  return Buffer.concat(all);
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
const boundary = 'b0und';

function formOf(file: Buffer, before: string, after: string): Buffer {
  const part = (head: string, body: Buffer | string) =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(body),
      Buffer.from('\r\n'),
    ]);
  return Buffer.concat([
    part('name="note"', before),
    part('name="file"; filename="a.log"\r\nContent-Type: text/plain', file),
    part('name="after"; filename="b.log"', after),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

test('the first file of a form comes out as it went in, however the form is cut', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), sizes, async (file, note, cuts) => {
      fc.pre(!file.includes(`\r\n--${boundary}`) && !note.includes('--'));
      const form = formOf(file, note, 'second');
      assert.deepEqual(await collected(fileOf(inPieces(form, cuts), boundary)), file);
    }),
  );
});

test('a form that breaks off, or is none, is an error of its own and never a part of a file', async () => {
  const form = formOf(Buffer.from('one\r\ntwo\r\n--b0unx\r\n'), 'note', 'second');
  const end = form.indexOf(`\r\n--${boundary}`, form.indexOf('--b0unx'));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: end + boundary.length + 3 }), sizes, async (length, cuts) => {
      await assert.rejects(collected(fileOf(inPieces(form.subarray(0, length), cuts), boundary)), InvalidInput);
    }),
  );
  await fc.assert(
    fc.asyncProperty(bytes, sizes, async (garbage, cuts) => {
      await assert.rejects(collected(fileOf(inPieces(garbage, cuts), boundary)), InvalidInput);
    }),
  );
});

test('a form has a boundary; other types, and a form that names none, are taken as the file itself', () => {
  assert.equal(boundaryOf('multipart/form-data; boundary=abc'), 'abc');
  assert.equal(boundaryOf('Multipart/Form-Data; charset=utf-8; boundary="a b"'), 'a b');
  for (const type of ['', 'multipart/form-data', 'text/plain; boundary=x', 'multipart/form-database; boundary=x']) {
    assert.equal(boundaryOf(type), undefined, type);
  }
});

test('a list of blocks is read in its order, and any other text is refused', () => {
  const ids = fc.array(
    fc
      .tuple(fc.constantFrom('latest', 'committed', 'uncommitted'), fc.uint8Array({ maxLength: 20 }))
      .map(([from, id]) => ({ id: Buffer.from(id).toString('base64'), from })),
  );
  fc.assert(
    fc.property(ids, (blocks) => {
      const elements = blocks.map(({ from, id }) => {
        const name = from.charAt(0).toUpperCase() + from.slice(1);
        return `\n  <${name}>${id}</${name}>`;
      });
      const text = `\uFEFF<?xml version="1.0" encoding="utf-8"?>\n<BlockList>${elements.join('')}\n</BlockList>\n`;
      assert.deepEqual(parseBlockList(text), blocks);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.throws(() => parseBlockList(`<BlockList><Latest>YQ==</Latest>${text}x</BlockList>`), InvalidInput);
    }),
  );
});

test('a list that is mostly blanks is read as fast as any other', () => {
  const blanks = ' '.repeat(2_000_000);
  assert.throws(() => parseBlockList(`<BlockList><Latest>${blanks}!</Latest></BlockList>`), InvalidInput);
  assert.throws(() => parseBlockList(`<BlockList><Latest>${blanks}x`), InvalidInput);
  assert.throws(() => parseBlockList(`<BlockList><Latest>${blanks}x</BlockList>`), InvalidInput);
  assert.deepEqual(parseBlockList(`<BlockList>${blanks}<Latest>${blanks}YQ==\n</Latest>${blanks}</BlockList>`), [
    { id: 'YQ==', from: 'latest' },
  ]);
  for (const name of ['constructor', '__proto__', 'hasOwnProperty']) {
    assert.throws(() => parseBlockList(`<BlockList><${name}>YQ==</${name}></BlockList>`), InvalidInput);
  }
});
