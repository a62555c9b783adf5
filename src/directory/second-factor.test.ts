import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import type { UserId } from '../lib/ids.ts';
import type { MasterKey } from '../lib/seal.ts';
import { deriveKeys } from '../master-key.ts';
import {
  codeOfStep,
  fromBase32,
  matchingStep,
  mintSecondFactorSecret,
  otpauthUri,
  sealSecondFactor,
  stepAt,
  toBase32,
  unsealSecondFactor,
} from './second-factor.ts';

const rfcSecret = toBase32(Buffer.from('12345678901234567890'));

test('codes are those of RFC 6238 appendix B, cut to six digits', () => {
  const vectors: [number, string][] = [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ];
  for (const [seconds, code] of vectors) assert.equal(codeOfStep(rfcSecret, stepAt(seconds * 1000)), code);
});

test('a code is taken one step early and one step late, and not two', () => {
  const now = 1_800_000_000_000;
  const present = stepAt(now);
  for (const away of [-1, 0, 1]) {
    assert.equal(matchingStep(rfcSecret, codeOfStep(rfcSecret, present + away), now, null), present + away);
  }
  for (const away of [-2, 2, 20]) {
    assert.equal(matchingStep(rfcSecret, codeOfStep(rfcSecret, present + away), now, null), undefined);
  }
});

test('a step that was accepted, and every earlier one, is not accepted again', () => {
  const now = 1_800_000_000_000;
  const present = stepAt(now);
  assert.equal(matchingStep(rfcSecret, codeOfStep(rfcSecret, present), now, present), undefined);
  assert.equal(matchingStep(rfcSecret, codeOfStep(rfcSecret, present - 1), now, present), undefined);
  assert.equal(matchingStep(rfcSecret, codeOfStep(rfcSecret, present + 1), now, present), present + 1);
});

test('whatever is typed as a code is a known step or nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (code) => {
      const step = matchingStep(rfcSecret, code, 1_800_000_000_000, null);
      if (step !== undefined) assert.equal(codeOfStep(rfcSecret, step), code.replace(/[\s-]/g, ''));
    }),
  );
});

test('base32 gives back the bytes it was made of, and is the encoding of RFC 4648', () => {
  assert.equal(toBase32(Buffer.from('foobar')), 'MZXW6YTBOI');
  assert.equal(toBase32(Buffer.from('fooba')), 'MZXW6YTB');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) =>
      assert.deepEqual(fromBase32(toBase32(bytes)), Buffer.from(bytes)),
    ),
  );
});

test('a secret has 160 bits and opens only in the row it was sealed for', () => {
  const keys = deriveKeys(randomBytes(32) as MasterKey);
  const secret = mintSecondFactorSecret();
  assert.equal(fromBase32(secret).length, 20);
  const sealed = sealSecondFactor(keys, 'a' as UserId, secret);
  assert.ok(!sealed.includes(secret));
  assert.equal(unsealSecondFactor(keys, 'a' as UserId, sealed), secret);
  assert.throws(() => unsealSecondFactor(keys, 'b' as UserId, sealed));
});

test('the enrolment address names issuer, account and parameters', () => {
  const uri = new URL(otpauthUri('Sallyport (contoso)', 'alice@contoso.example', 'ABC234'));
  assert.equal(uri.protocol, 'otpauth:');
  assert.equal(decodeURIComponent(uri.pathname), '/Sallyport (contoso):alice@contoso.example');
  assert.equal(uri.searchParams.get('secret'), 'ABC234');
  assert.equal(uri.searchParams.get('issuer'), 'Sallyport (contoso)');
});
