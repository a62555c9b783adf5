import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SubnetsTable } from '../db/tables.ts';
import type { Geo } from '../geo/geo.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import { addressLocator } from './addresses.ts';
import { ipTags } from './cloud-operators.ts';

const tenantId = newId<TenantId>();

function subnet(name: string, ranges: readonly string[], rest: Partial<SubnetsTable> = {}): SubnetsTable {
  return {
    id: name,
    tenantId,
    name,
    ranges: JSON.stringify(ranges),
    category: 1,
    tags: '[]',
    organization: null,
    countryCode: null,
    changedAt: 0,
    ...rest,
  };
}

/** Data of our own, so that these tests do not depend on what the shipped databases say this month. */
const geo: Geo = (address) => {
  if (address.startsWith('13.')) return { countryCode: 'IE', organization: 'Microsoft Corporation', asNumber: 8075 };
  if (address.startsWith('52.')) return { countryCode: 'US', organization: 'Amazon.com, Inc.', asNumber: 16509 };
  return { countryCode: 'NL', organization: 'Some Provider', asNumber: 64500 };
};

test("the tenant's own range overrides category, tags, organisation and country", () => {
  const locate = addressLocator(
    [
      subnet('office', ['13.0.0.0/8'], {
        category: 4,
        tags: '["aaaaaaaaaaaaaaaaaaaaaaaa"]',
        organization: 'Ours',
        countryCode: 'DE',
      }),
    ],
    geo,
  );
  assert.deepEqual(locate('13.1.2.3'), {
    address: '13.1.2.3',
    category: 4,
    tags: ['aaaaaaaaaaaaaaaaaaaaaaaa'],
    countryCode: 'DE',
    organization: 'Ours',
  });
});

test('a range that leaves organisation and country open keeps what the databases say', () => {
  const locate = addressLocator([subnet('office', ['9.9.9.0/24'])], geo);
  assert.deepEqual(locate('9.9.9.9'), {
    address: '9.9.9.9',
    category: 1,
    tags: [],
    countryCode: 'NL',
    organization: 'Some Provider',
  });
});

test('the narrowest of the ranges that hold an address counts', () => {
  const locate = addressLocator(
    [
      subnet('all', ['10.0.0.0/8'], { category: 1 }),
      subnet('part', ['10.1.0.0/16'], { category: 3 }),
      subnet('six', ['2001:db8::/32'], { category: 4 }),
    ],
    geo,
  );
  assert.equal(locate('10.1.2.3')?.category, 3);
  assert.equal(locate('10.2.2.3')?.category, 1);
  assert.equal(locate('2001:db8::1')?.category, 4);
  assert.equal(locate('::ffff:10.1.2.3')?.category, 3);
});

test('private networks are internal, and no database is asked about them', () => {
  const locate = addressLocator([], () => {
    throw new Error('The database was asked.');
  });
  for (const address of [
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '127.0.0.1',
    '169.254.1.1',
    '::1',
    'fd00::1',
    'fe80::1',
  ]) {
    assert.deepEqual(locate(address)?.tags, [ipTags.internalAddress], address);
  }
  assert.equal(locate('192.0.2.1')?.countryCode, null);
});

test('the addresses of cloud operators are of category 5 and carry their tags', () => {
  const locate = addressLocator([], geo);
  assert.deepEqual(
    [locate('13.1.1.1')?.category, locate('13.1.1.1')?.tags],
    [5, [ipTags.azure, ipTags.microsoftCloud]],
  );
  assert.deepEqual([locate('52.1.1.1')?.category, locate('52.1.1.1')?.tags], [5, [ipTags.amazonWebServices]]);
  assert.deepEqual([locate('9.1.1.1')?.category, locate('9.1.1.1')?.tags], [0, []]);
});

test('what is no address gives nothing', () => {
  const locate = addressLocator([], geo);
  for (const text of [
    '',
    'localhost',
    'cool.client.example',
    '1',
    '0x7f.1',
    '010.1.2.3',
    '1.2.3',
    '1.2.3.256',
    'fe80::1%eth0',
    '1.2.3.4/8',
  ]) {
    assert.equal(locate(text), null, text);
  }
});

test('any text is answered, the second time as the first', () => {
  const locate = addressLocator([subnet('office', ['0.0.0.0/1'])], geo);
  const texts = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.ipV4Extended());
  fc.assert(
    fc.property(texts, (text) => {
      assert.deepEqual(locate(text), locate(text));
    }),
  );
});
