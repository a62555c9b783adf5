import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { framed, textsOf } from '../../../test/support/discovery-fields.ts';
import { leefReader } from './leef.ts';

const names = ['vendor', 'eventId', 'src', 'usrName', 'url'] as const;
const leef = leefReader(names);
const expected = {
  vendor: 'Example',
  eventId: 'allow',
  src: '192.0.2.1',
  usrName: 'Jane Doe',
  url: 'https://example.com/?a=b c',
};
const pairs = ['src=192.0.2.1', 'usrName=Jane Doe', 'url=https://example.com/?a=b c', 'x=1'];

test('pairs are apart by tabs in 1.0, and by what the header says in 2.0', () => {
  const headers: readonly [string, string][] = [
    ['LEEF:1.0|Example|Gateway|1|allow|', '\t'],
    ['<14>Nov 21 09:00:00 gw LEEF:1.0|Example|Gateway|1|allow|', '\t'],
    ['LEEF:2.0|Example|Gateway|1|allow|', '\t'],
    ['LEEF:2.0|Example|Gateway|1|allow|^|', '^'],
    ['LEEF:2.0|Example|Gateway|1|allow|x5E|', '^'],
    ['LEEF:2.0|Example|Gateway|1|allow|0x5e|', '^'],
    ['LEEF:2.0|Example|Gateway|1|allow|x7C|', '|'],
    ['LEEF:1.0|Example|Gateway|1|allow|x7C|', '|'],
    ['LEEF:2.0|Example|Gateway|1|allow|x09|', '\t'],
    // What rsyslog makes of a tab.
    ['LEEF:1.0|Example|Gateway|1|allow|', '#011'],
  ];
  for (const [header, delimiter] of headers) {
    assert.deepEqual(textsOf(leef, names, header + pairs.join(delimiter)), expected, header);
  }
});

test('bars between the pairs are found where the header does not tell of them', () => {
  assert.deepEqual(textsOf(leef, names, `LEEF:1.0|Example|Gateway|1|allow|${pairs.join('|')}|`), expected);
});

test('where tabs became spaces, a value ends at the next key', () => {
  assert.deepEqual(textsOf(leef, names, `LEEF:1.0|Example|Gateway|1|allow|${pairs.join(' ')}`), expected);
});

test('what has no complete header is of another shape', () => {
  for (const text of ['', 'LEEF:', 'LEEF:1.0|a|b|c', 'CEF:0|a|b|c|d|e|f|'])
    assert.equal(textsOf(leef, names, text), null, text);
});

test('values come back, whatever delimiter a header names', () => {
  const value = fc
    .string({ unit: fc.constantFrom(...'ab= :/.\\éc'), minLength: 1, maxLength: 15 })
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const delimiter = fc.constantFrom('^', ';', '~', '|', '\t');
  fc.assert(
    fc.property(value, value, delimiter, fc.boolean(), (user, url, mark, isHex) => {
      const named = isHex || mark === '|' ? `x${mark.charCodeAt(0).toString(16).padStart(2, '0')}` : mark;
      const line = `LEEF:2.0|Example|Gateway|1|7|${named}|usrName=${user}${mark}url=${url}${mark}src=1`;
      assert.deepEqual(textsOf(leef, names, line), { vendor: 'Example', eventId: '7', usrName: user, url, src: '1' });
    }),
  );
});

test('whatever the line holds, the reader neither throws nor leaves it', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'LEEF:2.0|x5^\t#01src= \\é'), maxLength: 80 });
  fc.assert(
    fc.property(noise, fc.boolean(), (text, hasHeader) =>
      framed(leef, names.length, hasHeader ? `LEEF:2.0|a|b|c|d|${text}` : text),
    ),
  );
});
