import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidInput } from '../../lib/failures.ts';
import { newId, type TenantId } from '../../lib/ids.ts';
import { parseFileName } from './upload.ts';
import { isSignatureOf, mintSignature, parseUploadUrl, uploadUrl, urlNameOf } from './urls.ts';

const now = Date.UTC(2026, 10, 21, 9);

test('a URL says what it was made of, whatever the file is called', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (fileName) => {
      const { signature } = mintSignature();
      const name = urlNameOf(fileName);
      fc.pre(name !== '.' && name !== '..');
      const reference = { tenantId: newId<TenantId>(), uploadId: 'a'.repeat(32), name, signature };
      const url = uploadUrl('https://contoso.localhost:8443', reference, now);
      assert.deepEqual(parseUploadUrl(url), reference);
      // As a form without escapes leaves it: all behind the first ampersand is lost.
      assert.deepEqual(parseUploadUrl(url.slice(0, url.indexOf('&'))), reference);
    }),
  );
});

test('any other text is no URL of ours', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => {
      assert.equal(parseUploadUrl(text), undefined);
    }),
  );
});

test('a signature opens its own upload only', () => {
  const [one, other] = [mintSignature(), mintSignature()];
  assert.ok(isSignatureOf(one.signature, one.secretHash));
  assert.ok(!isSignatureOf(one.signature, other.secretHash));
  assert.ok(!isSignatureOf('', one.secretHash));
  assert.ok(!isSignatureOf(one.secretHash, one.secretHash));
  assert.match(one.signature, /^[A-Za-z0-9_-]{43}$/);
});

test('what is left of a file name never names a folder', () => {
  fc.assert(
    fc.property(fc.string(), (given) => {
      let name: string;
      try {
        name = parseFileName(given);
      } catch (error) {
        assert.ok(error instanceof InvalidInput);
        return;
      }
      assert.ok(!/[\\/]/.test(name) && name !== '' && name !== '.' && name !== '..');
    }),
  );
  assert.equal(parseFileName('C:\\logs\\proxy.log'), 'proxy.log');
  assert.equal(parseFileName('../../etc/passwd'), 'passwd');
});
