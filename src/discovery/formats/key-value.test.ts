import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { framed, textsOf } from '../../../test/support/discovery-fields.ts';
import { keyValueReader, labelListReader } from './key-value.ts';

const names = ['date', 'user', 'url', 'sent-bytes', 'action'] as const;
const pairs = keyValueReader(names);

test('bare and quoted values are found, whatever stands between the pairs', () => {
  assert.deepEqual(
    textsOf(pairs, names, '<189>fw1: date=2026-11-21  user="Jane Doe" (x) other="a=b user=c" sent-bytes=12'),
    {
      date: '2026-11-21',
      user: 'Jane Doe',
      'sent-bytes': '12',
    },
  );
});

test('quotes inside of quotes are read escaped and unescaped', () => {
  assert.deepEqual(textsOf(pairs, names, 'user="a \\"b\\" \\\\c" url="say "hi" now" action=x'), {
    user: 'a "b" \\c',
    // It cannot be known that the value goes on; the pairs behind it are right all the same.
    url: 'say "hi',
    action: 'x',
  });
  const doubled = keyValueReader(names, { escapes: 'doubled', separators: ',' });
  assert.deepEqual(textsOf(doubled, names, 'user="a ""b"", c",action=x'), { user: 'a "b", c', action: 'x' });
});

test('a backslash in front of anything else is one', () => {
  assert.deepEqual(textsOf(pairs, names, 'user="EXAMPLE\\jane" action=a\\"b'), {
    user: 'EXAMPLE\\jane',
    action: 'a\\"b',
  });
});

test('the first of two equal keys counts, and a quote that never ends goes to the end of the line', () => {
  assert.deepEqual(textsOf(pairs, names, 'user=a user=b url="cut off'), { user: 'a', url: 'cut off' });
});

test('keys are told apart by case unless they are not to be', () => {
  assert.deepEqual(textsOf(pairs, names, 'USER=a User=b'), {});
  assert.deepEqual(textsOf(keyValueReader(names, { anyCase: true }), names, 'USER=a Sent-Bytes=3'), {
    user: 'a',
    'sent-bytes': '3',
  });
});

test('a line without a pair is of another shape', () => {
  assert.equal(textsOf(pairs, names, 'just words'), null);
  assert.equal(textsOf(pairs, names, ''), null);
});

const value = fc.string({ unit: fc.constantFrom(...'ab"\\ =,;:|é√\t[]'), maxLength: 20 });
const quotedText = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;

test('every value comes back from between its quotes', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
      fc.array(value, { minLength: 5, maxLength: 5 }),
      (keys, values) => {
        const expected = Object.fromEntries(
          keys.map((key, i) => [key, values[i] ?? '']).filter(([, text]) => text !== ''),
        );
        const line = keys.map((key, i) => `${key}=${quotedText(values[i] ?? '')}`).join(' ');
        assert.deepEqual(textsOf(pairs, names, line), expected);
      },
    ),
  );
});

const lists = ['Src IP', 'URL', 'Action', 'Bytes'] as const;
const commas = labelListReader(lists, { separator: ',' });

test('values may have the separator, and labels spaces', () => {
  assert.deepEqual(
    textsOf(
      commas,
      lists,
      'Src IP: 192.0.2.1, Rule: a, b, c, URL: https://example.com/?a,b: c, Action: Block with reset, Bytes: 12',
    ),
    { 'Src IP': '192.0.2.1', URL: 'https://example.com/?a,b: c', Action: 'Block with reset', Bytes: '12' },
  );
});

test('values may be in quotes, with nothing behind the colon', () => {
  const semicolons = labelListReader(['action', 'user'], { separator: ';' });
  assert.deepEqual(textsOf(semicolons, ['action', 'user'], '[action:"Ac;cept"; x:"1"; user:"a \\"b\\""; ]'), {
    user: 'a "b"',
  });
  assert.deepEqual(textsOf(semicolons, ['action', 'user'], 'action:"Ac;cept"; user: Jane Doe (jane) ; z: 1;'), {
    action: 'Ac;cept',
    user: 'Jane Doe (jane)',
  });
});

test('whatever the line holds, no reader throws or leaves it', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'user=url:"\\,; |[]x\u0000é'), maxLength: 80 });
  const readers = [
    pairs,
    keyValueReader(names, { separators: ',|', escapes: 'doubled' }),
    keyValueReader(names, { assign: ':' }),
    labelListReader(names, { separator: ',' }),
    labelListReader(names, { separator: ';' }),
  ];
  fc.assert(fc.property(noise, fc.constantFrom(...readers), (text, reader) => framed(reader, names.length, text)));
});
