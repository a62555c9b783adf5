import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { framed, textsOf } from '../../../test/support/discovery-fields.ts';
import { cefReader } from './cef.ts';

const names = ['deviceVendor', 'name', 'severity', 'src', 'suser', 'request', 'cs1', 'cs1Label', 'msg'] as const;
const cef = cefReader(names, { multiLine: ['msg'] });
const header = 'CEF:0|Example|Gateway|1.0|100|web \\| x|5|';

test('values have spaces and end where the next key begins', () => {
  assert.deepEqual(
    textsOf(
      cef,
      names,
      `<14>Nov 21 09:00:00 gw ${header}src=192.0.2.1 suser=Jane Doe cs1=a b  cs1Label=Rule Name request=https://example.com/?a=b&c=d end=1`,
    ),
    {
      deviceVendor: 'Example',
      name: 'web | x',
      severity: '5',
      src: '192.0.2.1',
      suser: 'Jane Doe',
      cs1: 'a b',
      cs1Label: 'Rule Name',
      request: 'https://example.com/?a=b&c=d',
    },
  );
});

test('escapes are undone, and what is no escape stays', () => {
  assert.deepEqual(textsOf(cef, names, `${header}suser=EXAMPLE\\nina cs1=a\\=b \\\\ c\\|d msg=one\\ntwo\\rthree`), {
    deviceVendor: 'Example',
    name: 'web | x',
    severity: '5',
    suser: 'EXAMPLE\\nina',
    cs1: 'a=b \\ c|d',
    msg: 'one\ntwo\rthree',
  });
});

test('empty values are absent, the first of two equal keys counts', () => {
  const found = textsOf(cef, names, `${header}suser= src=192.0.2.1 cs1=a cs1=b msg=`);
  assert.equal(found?.suser, undefined);
  assert.equal(found?.src, '192.0.2.1');
  assert.equal(found?.cs1, 'a');
});

test('what has no complete header is of another shape', () => {
  for (const text of ['', 'CEF', 'CEF:0|a|b|c', 'CEF:0|a|b|c|d|e|f', 'no such thing']) {
    assert.equal(textsOf(cef, names, text), null, text);
  }
});

const unit = fc.constantFrom(...'ab=|\\ nr:/é.');
const inner = fc
  .string({ unit, minLength: 1, maxLength: 20 })
  .map((text) => text.trim())
  .filter((text) => text !== '');

test('whatever a field holds comes back from its escaped form', () => {
  const escaped = (text: string) => text.replace(/[\\=]/g, '\\$&');
  const manyLines = fc
    .string({ unit: fc.oneof(unit, fc.constant('\n')), minLength: 1, maxLength: 20 })
    .map((text) => `x${text}x`);
  fc.assert(
    fc.property(inner, inner, manyLines, inner, (user, url, msg, vendor) => {
      const line = `CEF:0|${vendor.replace(/[\\|]/g, '\\$&')}|p|1|2|n|3|suser=${escaped(user)} msg=${escaped(msg).replaceAll('\n', '\\n')} request=${escaped(url)}`;
      const found = textsOf(cef, names, line);
      assert.deepEqual(found, { deviceVendor: vendor, name: 'n', severity: '3', suser: user, request: url, msg });
    }),
  );
});

test('whatever the line holds, the reader neither throws nor leaves it', () => {
  const noise = fc.string({ unit: fc.constantFrom(...'CEF:0|src= \\suser\té'), maxLength: 80 });
  fc.assert(
    fc.property(noise, fc.boolean(), (text, hasHeader) => framed(cef, names.length, hasHeader ? header + text : text)),
  );
});
