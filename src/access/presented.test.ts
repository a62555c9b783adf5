import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sha256Hex } from '../lib/secrets.ts';
import { presentedIn } from './presented.ts';

test('the scheme is read in any case, the value byte for byte', () => {
  const read = (header: string | undefined) => presentedIn(header, {});
  assert.deepEqual(read('Token aB1'), { scheme: 'token', value: 'aB1', hash: sha256Hex('aB1') });
  assert.deepEqual(read('bEARER \t x.y.z'), { scheme: 'bearer', value: 'x.y.z', hash: sha256Hex('x.y.z') });
  assert.equal(read('token')?.value, '');
  for (const other of [undefined, '', 'Basic YTpi', 'Tokenx', 'Tokens x']) assert.equal(read(other), null);
});

test('what a connection brought before never stands for what it brings now', () => {
  const header = fc.oneof(
    fc.constantFrom('Token a', 'Token b', 'Token aa', 'Bearer a', 'Basic a', undefined),
    fc.string({ maxLength: 4 }).map((value) => `Token ${value}`),
  );
  fc.assert(
    fc.property(fc.array(header, { maxLength: 30 }), (headers) => {
      const connection = {};
      for (const each of headers) assert.deepEqual(presentedIn(each, connection), presentedIn(each, {}));
    }),
  );
});
