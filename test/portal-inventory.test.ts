// What the pages of files, accounts and IP ranges send and list by themselves is what the server knows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entityFields } from '../src/entities/filters.ts';
import { fileFields } from '../src/files/filters.ts';
import { subnetFields } from '../src/subnets/filters.ts';
import { builtInIpTags } from '../src/subnets/ip-tags.ts';
import { accountFilters, fileFilters, rangeFilters } from '../web/pages/inventory/filters.ts';
import { builtInTagNames } from '../web/pages/inventory/ip-tags.ts';
import { policiesUsing } from '../web/pages/inventory/range-use.ts';

/** Filters that the server does not have, or that it cannot answer. */
function unknown(filters: object, fields: readonly { readonly names: readonly string[]; readonly type: string }[]) {
  return Object.keys(filters).filter(
    (name) => !fields.some((each) => each.type !== 'unanswerable' && each.names.includes(name)),
  );
}

test('the tags that are suggested are the built-in ones', () => {
  assert.deepEqual(
    builtInTagNames,
    builtInIpTags.map(({ name }) => name),
  );
});

test('filters of files become those of the API, and what is none is left out', () => {
  const chosen = { access: 'public', app: '20892', days: '7', extension: '.docx', owner: ' ada@b ', type: 'image' };
  assert.deepEqual(fileFilters({ ...chosen, state: 'all' }, 'plan'), {
    filename: { text: ['plan'] },
    service: { eq: [20892] },
    sharing: { eq: [3] },
    fileType: { eq: [5] },
    'owner.username': { eq: ['ada@b'] },
    extension: { eq: ['docx'] },
    allowDeleted: { eq: true },
    modifiedDate: { gte_ndays: 7 },
  });
  const rest = { collaborator: 'c', domain: 'd', label: 'l', state: 'trashed' };
  assert.deepEqual(unknown(fileFilters({ ...chosen, ...rest }, 'x'), fileFields), []);
  const wrong = { access: 'constructor', app: '-1', days: 'x', type: '__proto__', state: 'gone', owner: ' ' };
  assert.deepEqual(fileFilters(wrong, undefined), {});
});

test('filters of accounts become those of the API, and what is none is left out', () => {
  const chosen = { type: 'user', admin: 'true', affiliation: 'unknown', app: '11161', domain: 'd', group: 'g' };
  const filters = accountFilters({ ...chosen, status: 'suspended' }, 'ada');
  assert.deepEqual(filters, {
    username: { text: ['ada'] },
    type: { eq: ['user'] },
    isAdmin: { eq: ['true'] },
    isExternal: { eq: ['null'] },
    app: { eq: [11161] },
    status: { eq: [3] },
    domain: { eq: ['d'] },
    userGroups: { eq: ['g'] },
  });
  assert.deepEqual(unknown(filters, entityFields), []);
  assert.deepEqual(accountFilters({ type: 'x', admin: '1', affiliation: 'x', status: 'toString' }, undefined), {});
});

test('filters of IP ranges become those of the API, and what is none is left out', () => {
  const filters = rangeFilters({ category: '3', tag: 'Tor', origin: 'own' });
  assert.deepEqual(filters, { category: { eq: [3] }, tags: { eq: ['Tor'] }, builtIn: { eq: false } });
  assert.deepEqual(unknown(filters, subnetFields), []);
  assert.deepEqual(rangeFilters({ category: '7', origin: 'x' }), {});
});

test('policies that look at what a range says are found, however their filters are written', () => {
  const range = {
    ...{ _id: 'r', name: 'r', subnets: [], category: 3, lastModified: 1, organization: 'Contoso' },
    tags: [{ id: '2dfa95cd7922d979d66fcff5', name: 'Tor' }],
    location: { countryCode: 'NL' },
  };
  const policy = (name: string, filters: Record<string, unknown> | null) => ({
    _id: name,
    name,
    enabled: true,
    filters,
  });
  const policies = [
    policy('category', { 'ip.category': { eq: [1, 3] } }),
    policy('as text', { 'ip.category': { neq: '3' } }),
    policy('tag', { 'ip.tags': { eq: [{ id: '2DFA95CD7922D979D66FCFF5' }] } }),
    policy('tag by name', { 'ip.tags': { eq: 'tor' } }),
    policy('organization', { 'location.organizations': { eq: ['contoso'] } }),
    policy('country', { 'location.country': { neq: ['NL', 'BE'] } }),
    policy('another category', { 'ip.category': { eq: [4] } }),
    policy('another field', { service: { eq: [3] } }),
    policy('none', null),
  ];
  const found = policiesUsing(range, policies).map(({ name }) => name);
  assert.deepEqual(found, ['category', 'as text', 'tag', 'tag by name', 'organization', 'country']);
});
