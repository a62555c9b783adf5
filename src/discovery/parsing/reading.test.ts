import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blockBytesMax } from '../formats/marks.ts';
import { squidNative } from '../parsers/squid.ts';
import { SliceReader } from './reading.ts';

const receivedAt = Date.parse('2026-11-21T09:00:00Z');
const lineBytesMax = blockBytesMax * 3;
const line = (host: string) =>
  `1795248000.123 75 192.0.2.7 TCP_MISS/200 4512 GET http://${host}/ jane HIER_DIRECT/198.51.100.4 text/html`;

function read(text: string): { hosts: string[]; lines: number; read: number; bad: object[] } {
  const data = Buffer.from(text);
  const reader = new SliceReader({ parser: squidNative, isSyslog: false, receivedAt, lineBytesMax });
  const hosts: string[] = [];
  const header = Buffer.alloc(0);
  const lines = reader.readSlice({ number: 0, header, headerBytes: 0, data, dataBytes: data.length }, ({ url }) => {
    hosts.push(url.text());
    return null;
  });
  return { hosts, lines, read: reader.read, bad: reader.bad.map(({ line: at, reason }) => ({ line: at, reason })) };
}

test('lines are read whole and counted wherever a block ends, long ones and those without line break too', () => {
  const part = fc.oneof(
    fc.record({ kind: fc.constant('line'), bytes: fc.nat(400) }),
    fc.record({ kind: fc.constant('line'), bytes: fc.integer({ min: blockBytesMax - 200, max: blockBytesMax + 200 }) }),
    fc.record({ kind: fc.constantFrom('empty', 'bad', 'too-long'), bytes: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), (parts, end, isCut) => {
      const texts = parts.map(({ kind, bytes }) => {
        if (kind === 'empty') return '';
        if (kind === 'bad') return 'hello';
        return line('h'.repeat(kind === 'line' ? bytes + 1 : lineBytesMax));
      });
      const text = texts.join(end) + (isCut || texts.length === 0 ? '' : end);
      const found = read(text);
      const isEmptyEnd = isCut && texts.at(-1) === '';
      assert.equal(found.lines, texts.length - (isEmptyEnd ? 1 : 0));
      assert.equal(found.read, texts.filter((each) => each !== '').length);
      assert.deepEqual(
        found.hosts,
        parts.filter(({ kind }) => kind === 'line').map(({ bytes }) => `http://${'h'.repeat(bytes + 1)}/`),
      );
      const bad = parts.flatMap(({ kind }, at) =>
        kind === 'bad'
          ? [{ line: at, reason: 'malformed' }]
          : kind === 'too-long'
            ? [{ line: at, reason: 'too-long' }]
            : [],
      );
      assert.deepEqual(found.bad, bad.slice(0, 10));
    }),
    { numRuns: 60 },
  );
});

test('no more records are read than asked for', () => {
  const data = Buffer.from(`${line('a')}\n`.repeat(5000));
  const reader = new SliceReader({ parser: squidNative, isSyslog: false, receivedAt, lineBytesMax });
  const header = Buffer.alloc(0);
  reader.readSlice({ number: 0, header, headerBytes: 0, data, dataBytes: data.length }, () => null, 3);
  assert.equal(reader.read, 3);
});
