import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countryName } from './country-names.ts';
import { type CountryBorder, countryBorders } from './country-ranges.ts';

const config = { countryDatabaseFile: null };

/** The last border at or before an address. */
function countryAt(borders: readonly CountryBorder[], digits: string): string | null {
  let [low, high] = [0, borders.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((borders[middle]?.first ?? '') <= digits) low = middle + 1;
    else high = middle;
  }
  return borders[low - 1]?.countryCode ?? null;
}

test('the borders say of every address what the look-up says', async () => {
  const { open } = await import('maxmind');
  const { countryOf, shippedCountryFile } = await import('./geo.ts');
  const reader = await open(shippedCountryFile());
  const borders = await countryBorders(config);
  assert.ok(borders.length > 100_000);
  // A number sequence that is the same at every run.
  let seed = 42;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 2000; round += 1) {
    const octets = [next(256), next(256), next(256), next(256)];
    const digits = `ffff${octets.map((each) => each.toString(16).padStart(2, '0')).join('')}`.padStart(32, '0');
    assert.equal(countryAt(borders, digits), countryOf(reader.get(octets.join('.'))), octets.join('.'));
    const border = borders[next(borders.length)]?.first ?? '';
    if (border < '2') continue;
    const address = (border.match(/.{4}/g) ?? []).join(':');
    assert.equal(countryAt(borders, border), countryOf(reader.get(address)), address);
  }
  assert.deepEqual(
    borders.map(({ first }) => first),
    borders.map(({ first }) => first).toSorted(),
  );
});

test('private addresses are of no country, and every code has a name', async () => {
  const borders = await countryBorders(config);
  assert.equal(countryAt(borders, '0a000001'.padStart(12, 'f').padStart(32, '0')), null);
  assert.equal(countryAt(borders, '0'.repeat(31).concat('1')), null);
  assert.equal(countryAt(borders, 'fe80'.padEnd(32, '0')), null);
  const codes = new Set(borders.map(({ countryCode }) => countryCode));
  for (const code of codes) if (code !== null) assert.ok(countryName(code), code);
  assert.equal(countryName('HK'), 'Hong Kong');
  assert.equal(countryName('BA'), 'Bosnia and Herzegovina');
});

test('a file that is no database is named with its setting', async () => {
  await assert.rejects(countryBorders({ countryDatabaseFile: import.meta.filename }), /countryDatabaseFile/);
});
