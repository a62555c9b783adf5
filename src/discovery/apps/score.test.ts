import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Factor } from '../catalog/factors.ts';
import { readFactors } from '../catalog/factors.ts';
import { initialWeights, type ScoreWeights, scoreOf } from './score.ts';
import { type Importance, scoreFields } from './score-fields.ts';

const factor = (name: string, facts: Record<string, unknown>, asOf = '2026-08-04'): Factor => ({
  name,
  source: 'somebody',
  asOf,
  facts,
});

const strong = factor('mfa', { value: true, phishing_resistant: true, methods: ['u2f'] });
const noPasskeys = factor('passkeys', { value: false });

test('a score is the weighted average of what is known, by category and then over them', () => {
  const score = scoreOf([strong, noPasskeys, factor('account_deletion', { difficulty: 'medium' })], initialWeights);
  assert.deepEqual(score.categories, { provider: null, security: 5, compliance: null, legal: 7 });
  assert.equal(score.total, 6);
  const heavy: ScoreWeights = {
    ...initialWeights,
    fields: { ...initialWeights.fields, mfa: 4, passkeys: 1 },
    categories: { ...initialWeights.categories, legal: 1, security: 3 },
  };
  const other = scoreOf([strong, noPasskeys, factor('account_deletion', { difficulty: 'medium' })], heavy);
  assert.equal(other.categories.security, 8);
  assert.equal(other.total, 7.8);
});

test('what nobody says anything about is unknown, never bad, unless the organisation wants that', () => {
  assert.equal(scoreOf([], initialWeights).total, null);
  assert.equal(scoreOf([factor('hsts_preload', { value: false })], initialWeights).total, null);
  assert.equal(scoreOf([strong], initialWeights).total, 10);
  const strict = scoreOf([strong], { ...initialWeights, countsUnknown: true });
  assert.ok((strict.total ?? 10) < 1, String(strict.total));
  assert.equal(strict.categories.legal, 0);
});

test('what is ignored does not count, whatever it says', () => {
  const fields = { ...initialWeights.fields, passkeys: 0 } as const;
  assert.equal(scoreOf([strong, noPasskeys], { ...initialWeights, fields }).total, 10);
  const categories = { ...initialWeights.categories, security: 0 } as const;
  assert.equal(scoreOf([strong], { ...initialWeights, categories }).total, null);
});

test('points follow what the sources say', () => {
  const points = (name: string, facts: Record<string, unknown>, asOf?: string) =>
    scoreOf([factor(name, facts, asOf)], initialWeights).factors.find((each) => each.points !== null)?.points ?? null;
  assert.equal(points('mfa', { value: false }), 0);
  assert.equal(points('mfa', { value: true, methods: ['sms'] }), 5);
  assert.equal(points('mfa', { value: true, methods: ['sms', 'totp'] }), 8);
  assert.equal(points('last_breach', { date: '2026-01-01' }, '2026-08-08'), 0);
  assert.equal(points('last_breach', { date: '2021-01-01' }, '2026-08-08'), 5);
  assert.equal(points('last_breach', { date: '2001-01-01' }, '2026-08-08'), 10);
  assert.equal(points('last_breach', { date: 'never' }), null);
  assert.equal(points('fedramp', { value: true, offerings: [{ impact: 'Moderate' }, { impact: 'High' }] }), 10);
  assert.equal(points('fedramp', { value: false, offerings: [{ impact: 'High' }] }), 3);
  assert.equal(points('password_policy', { min_length: 12, max_length: 16 }), 5);
  assert.equal(points('password_policy', { min_length: 14 }), 10);
  assert.equal(points('remote_access_tool', { value: true }), 0);
  assert.equal(points('account_deletion', { difficulty: 'impossible' }), 0);
  assert.equal(points('vulnerability_disclosure', { value: true }), 6);
});

test('every score of the catalogue lies between 0 and 10, and its factors explain all of it', async () => {
  const all = [...(await readFactors()).values()];
  const importance = fc.constantFrom<Importance>(0, 1, 2, 3, 4);
  const weights = fc.record({
    categories: fc.record({ provider: importance, security: importance, compliance: importance, legal: importance }),
    fields: fc.record(Object.fromEntries(scoreFields.map(({ name }) => [name, importance]))),
    countsUnknown: fc.boolean(),
  });
  fc.assert(
    fc.property(weights, fc.constantFrom(...all), (chosen, factors) => {
      const { total, categories, factors: explained } = scoreOf(factors, chosen);
      for (const points of [total, ...Object.values(categories)])
        assert.ok(points === null || (points >= 0 && points <= 10));
      const sum = explained.reduce((before, { contribution }) => before + contribution, 0);
      assert.ok(Math.abs(sum - (total ?? 0)) <= 0.051, `${sum} ${total}`);
      for (const { points, source, asOf } of explained) {
        if (points !== null) assert.ok(source !== null && asOf !== null);
      }
    }),
    { numRuns: 2000 },
  );
});
