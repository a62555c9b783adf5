import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPermission } from '../access/permissions.ts';
import { isGuid, type TenantId } from '../lib/ids.ts';
import { endpointPermissions } from './endpoint-permissions.ts';
import { nameBasedId, resourcePrincipalId } from './name-based-ids.ts';
import { permissionsPage } from './permissions-page.ts';
import {
  findPermission,
  findResource,
  findResourceByAudience,
  findResourceByName,
  graphAppId,
  listResources,
  openedBy,
  parseDotDefault,
  searchResources,
} from './resources.ts';

test('ids are GUIDs, unique within each list, and everything that is opened is a permission of ours', () => {
  for (const { appId, roles, scopes, identifierUris } of listResources()) {
    assert.ok(isGuid(appId));
    for (const list of [roles, scopes]) {
      assert.equal(new Set(list.map(({ id }) => id)).size, list.length);
      assert.equal(new Set(list.map(({ value }) => value)).size, list.length);
      for (const { id, opens } of list) {
        assert.ok(isGuid(id) && id === id.toLowerCase(), id);
        assert.ok(opens.every((permission) => isPermission(permission)));
      }
    }
    assert.ok(roles.every(({ adminOnly }) => adminOnly));
    assert.ok(identifierUris.every((uri) => !uri.endsWith('/')));
  }
});

test('names of the two Defender APIs do not overlap, because one token opens both', () => {
  const [first, second] = listResources().filter(({ family }) => family === 'defender');
  for (const kind of ['roles', 'scopes'] as const) {
    const names = new Set(first?.[kind].map(({ value }) => value));
    assert.ok(second?.[kind].every(({ value }) => !names.has(value)));
  }
});

test('every audience that real clients send means its API, in any case, with and without a final slash', () => {
  for (const [audience, name] of [
    ['https://api.security.microsoft.com', 'Microsoft Threat Protection'],
    ['https://api.security.microsoft.com/', 'Microsoft Threat Protection'],
    ['https://security.microsoft.com/mtp', 'Microsoft Threat Protection'],
    ['https://security.microsoft.com/mtp/', 'Microsoft Threat Protection'],
    ['8EE8FDAD-F234-4243-8F3B-15C294843740', 'Microsoft Threat Protection'],
    ['https://api.securitycenter.microsoft.com', 'WindowsDefenderATP'],
    ['https://api.securitycenter.windows.com', 'WindowsDefenderATP'],
    ['https://securitycenter.onmicrosoft.com/windowsatpservice', 'WindowsDefenderATP'],
    ['05a65629-4c1b-48c1-a78b-804c4abdd4af', 'Microsoft Cloud App Security'],
    ['https://Graph.Microsoft.com/', 'Microsoft Graph'],
    [graphAppId, 'Microsoft Graph'],
  ] as const) {
    assert.equal(findResourceByAudience(audience)?.displayName, name, audience);
  }
  for (const audience of [
    '',
    '/',
    'https://graph.microsoft.com//',
    'graph.microsoft.com',
    'https://graph.microsoft.com/v1.0',
  ]) {
    assert.equal(findResourceByAudience(audience), undefined, audience);
  }
});

test('.default takes everything before its slash, so that an audience with a final slash needs two', () => {
  assert.deepEqual(parseDotDefault('https://x.example/.default'), {
    resource: 'https://x.example',
    isDoubleSlash: false,
  });
  assert.deepEqual(parseDotDefault('https://x.example//.default'), {
    resource: 'https://x.example/',
    isDoubleSlash: true,
  });
  assert.deepEqual(parseDotDefault(`${graphAppId}/.default`), { resource: graphAppId, isDoubleSlash: false });
  assert.deepEqual(parseDotDefault('.default'), { resource: '', isDoubleSlash: false });
  for (const scope of ['', '/.default', 'https://x.example/User.Read', 'https://x.example.default', '.DEFAULT']) {
    assert.equal(parseDotDefault(scope), undefined, scope);
  }
});

test('whatever scope comes, .default is read as exactly what was written', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 100 }), (resource) => {
      const parsed = parseDotDefault(`${resource}/.default`);
      assert.deepEqual(parsed, { resource, isDoubleSlash: resource.endsWith('/') });
      assert.equal(parseDotDefault(`${resource}/.default `), undefined);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void findResourceByName(text)));
});

test('the plural names of some pages are taken for the incident permissions, and stored as the singular', () => {
  const roles = findResource('8ee8fdad-f234-4243-8f3b-15c294843740')?.roles ?? [];
  assert.equal(findPermission(roles, 'Incidents.Read.All')?.value, 'Incident.Read.All');
  assert.equal(findPermission(roles, 'incidents.readwrite.all')?.value, 'Incident.ReadWrite.All');
  assert.equal(findPermission(roles, 'a9790345-4595-42e4-971a-ccdc79f19b7c')?.value, 'Incident.Read.All');
  assert.equal(findPermission(roles, 'Incident.Read'), undefined);
});

test('a name opens its permission and what that implies, in its own family only', () => {
  assert.deepEqual([...openedBy('defender', 'roles', ['Incident.ReadWrite.All'])].sort(), [
    'Incident.Read.All',
    'Incident.ReadWrite.All',
  ]);
  assert.equal(openedBy('graph', 'roles', ['Incident.Read.All']).size, 0);
  assert.equal(openedBy('defender', 'scopes', ['Incident.Read.All']).size, 0);
  assert.ok(openedBy('defender', 'scopes', ['Incident.Read']).has('Incident.Read.All'));
  assert.equal(openedBy('directory-custom', 'roles', ['Incident.Read.All']).size, 0);
});

test('only typing its name shows the API that the documented portal hides', () => {
  assert.ok(!searchResources(undefined).some(({ displayName }) => displayName === 'Microsoft Threat Protection'));
  assert.ok(!searchResources('  ').some(({ displayName }) => displayName === 'Microsoft Threat Protection'));
  assert.deepEqual(
    searchResources('Threat').map(({ displayName }) => displayName),
    ['Microsoft Threat Protection'],
  );
});

test('every permission that an endpoint needs can be asked for', () => {
  for (const { path, surface, application, delegated } of endpointPermissions()) {
    const apis = listResources().filter(({ family }) => family === surface);
    for (const name of application)
      assert.ok(
        apis.some(({ roles }) => findPermission(roles, name)),
        `${path} ${name}`,
      );
    for (const name of delegated)
      assert.ok(
        apis.some(({ scopes }) => findPermission(scopes, name)),
        `${path} ${name}`,
      );
  }
});

test('ids that are made of names are valid, stable, and differ with the name', () => {
  assert.match(nameBasedId('a'), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(nameBasedId('a'), nameBasedId('a'));
  const one = '11111111-1111-4111-8111-111111111111' as TenantId; // A tenant of this test.
  const other = '22222222-2222-4222-8222-222222222222' as TenantId; // Another one.
  assert.notEqual(resourcePrincipalId(one, graphAppId), resourcePrincipalId(other, graphAppId));
});

test('the page of the documentation says what the tables say', async () => {
  const page = await readFile(new URL('../../docs/endpoint-permissions.md', import.meta.url), 'utf8');
  assert.equal(page, permissionsPage(), 'Write permissionsPage() of src/applications/permissions-page.ts to the file.');
});
