// Carrying a newer collection of facts into the catalogue: what scripts/catalog.ts does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Catalogue, type CollectedApp, linesText, merge } from '../scripts/catalog-merge.ts';

const nothing: Catalogue = { lines: [], factors: new Map() };

const app = (slug: string, more: Partial<CollectedApp> = {}): CollectedApp => ({
  slug,
  name: slug.toUpperCase(),
  category: 'CLOUD_STORAGE',
  domains: [`${slug}.example`],
  ...more,
});

const ids = ({ lines }: Catalogue) => Object.fromEntries(lines.map(({ slug, id }) => [slug, id]));

test('an app keeps its id for ever, and an id never means another app', () => {
  const slug = fc.stringMatching(/^[a-z]{1,3}$/);
  const collections = fc.array(fc.uniqueArray(slug, { maxLength: 8 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(collections, (all) => {
      let catalogue = nothing;
      const given = new Map<string, number>();
      for (const slugs of all) {
        catalogue = merge(
          catalogue,
          slugs.map((each) => app(each)),
          {},
        );
        for (const [each, id] of Object.entries(ids(catalogue))) {
          assert.equal(given.get(each) ?? id, id);
          given.set(each, id);
        }
        assert.equal(new Set(given.values()).size, given.size);
        const present = catalogue.lines.filter((line) => !('isRetired' in line)).map((line) => line.slug);
        assert.deepEqual(present.sort(), [...slugs].sort());
      }
    }),
  );
});

test('ids that were given away elsewhere are kept, those that a collection wishes for only once', () => {
  const first = merge(nothing, [app('box', { id: 10489 }), app('new')], {}, { gone: 30_005 });
  assert.deepEqual(ids(first), { box: 10489, new: 30_006, gone: 30_005 });
  const second = merge(first, [app('box', { id: 7 }), app('other', { id: 10489 })], {});
  assert.deepEqual(ids(second), { box: 10489, gone: 30_005, new: 30_006, other: 30_007 });
});

test('the same collection again changes nothing', () => {
  const factor = { source: 's', asOf: '2026-08-04' };
  const collected = [
    app('b', { factors: { mfa: { value: true, ...factor } } }),
    app('a', { factors: { mfa: { value: false, ...factor, asOf: '2025-01-01' }, saml: { value: true, ...factor } } }),
    app('c', { factors: { mfa: { value: true, ...factor } } }),
  ];
  const once = merge(nothing, collected, {});
  const again = merge(once, collected, {});
  assert.equal(linesText(again.lines), linesText(once.lines));
  assert.deepEqual([...again.factors], [...once.factors]);
  assert.deepEqual(once.factors.get('mfa'), [
    { factor: 'mfa', source: 's', asOf: '2026-08-04' },
    { app: 30_000, value: true },
    { app: 30_001, value: false, asOf: '2025-01-01' },
    { app: 30_002, value: true },
  ]);
});

test('corrections are laid over every collection, and remarks in the place of a vendor are dropped', () => {
  const corrections = {
    a: { why: 'w', category: 'SALES', addDomains: ['z.example'], removeDomains: ['a.example'], removeFactors: ['mfa'] },
    own: { why: 'w', isOwn: true, name: 'Own', category: 'SALES', addDomains: ['own.example'] },
  } as const;
  const factors = { mfa: { value: true, source: 's', asOf: '2026-08-04' } };
  const { lines, factors: kept } = merge(nothing, [app('a', { vendor: '; v2=a', factors })], corrections);
  assert.deepEqual(lines, [
    { id: 30_000, slug: 'a', name: 'A', category: 'SAASDB_CATEGORY_SALES', domains: ['z.example'] },
    { id: 30_001, slug: 'own', name: 'Own', category: 'SAASDB_CATEGORY_SALES', domains: ['own.example'] },
  ]);
  assert.equal(kept.size, 0);
});

test('a collection that cannot be right is refused', () => {
  assert.throws(() => merge(nothing, [app('a', { category: 'NONSENSE' })], {}), /NONSENSE/);
  assert.throws(() => merge(nothing, [app('a', { factors: { mfa: { value: true } } })], {}), /no source/);
  const from = (source: string) => ({ factors: { mfa: { value: true, source, asOf: '2026-08-04' } } });
  assert.throws(() => merge(nothing, [app('a', from('x')), app('b', from('y'))], {}), /from y/);
});
