import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  agentPermissions,
  apiTokenPermissions,
  cloudAppsPermissions,
  isPermission,
  managementPermissions,
  type Permission,
  permissionNames,
  withImplied,
} from './permissions.ts';

const anyPermissions = fc.subarray([...permissionNames]);

test('what permissions imply holds them, is closed, and is no more than what each implies by itself', () => {
  fc.assert(
    fc.property(anyPermissions, anyPermissions, (some, others) => {
      const closed = withImplied(some);
      for (const each of some) assert.ok(closed.has(each));
      assert.deepEqual(withImplied(closed), closed);
      assert.deepEqual(new Set([...closed, ...withImplied(others)]), withImplied([...some, ...others]));
    }),
  );
});

test('reading never implies managing', () => {
  const readers = permissionNames.filter((name) => /\.(read|Read)/.test(name) && !/ReadWrite/.test(name));
  assert.ok(readers.length > 10);
  for (const name of readers) {
    for (const implied of withImplied([name])) assert.doesNotMatch(implied, /manage|ReadWrite|write|grant/i, name);
  }
});

test('the documented permissions allow what reference 1.3 says of them and no more', () => {
  const allowed = (name: Permission) => [...withImplied([name])].filter((each) => each !== name).sort();
  const investigationRead = [
    'Activities.feedback',
    'Activities.read',
    'Alerts.mark',
    'Alerts.read',
    'Entities.read',
    'Subnets.read',
  ];
  assert.deepEqual(allowed('Investigation.read'), investigationRead);
  assert.deepEqual(
    allowed('Investigation.manage'),
    [...investigationRead, 'Investigation.read', 'Alerts.manage', 'Subnets.manage'].sort(),
  );
  assert.deepEqual(allowed('Discovery.read'), ['Alerts.mark', 'Alerts.read']);
  assert.deepEqual(allowed('Discovery.manage'), [
    'Alerts.manage',
    'Alerts.mark',
    'Alerts.read',
    'Discovery.read',
    'Discovery.upload',
  ]);
  assert.deepEqual(allowed('Settings.read'), ['Subnets.read']);
  assert.deepEqual(allowed('Settings.manage'), ['Settings.read', 'Subnets.manage', 'Subnets.read']);
  for (const name of cloudAppsPermissions) assert.ok(!allowed(name).some((each) => each.startsWith('Files.')), name);
});

test('API tokens can carry of the management surface the right to ingest only, agents nothing', () => {
  const management: ReadonlySet<Permission> = new Set(managementPermissions);
  const ofTokens = [...withImplied(apiTokenPermissions)].filter((each) => management.has(each));
  assert.deepEqual(ofTokens, ['Ingest.write']);
  for (const list of Object.values(agentPermissions)) {
    for (const each of withImplied(list)) assert.ok(!management.has(each), each);
  }
});

test('only names of the list are permissions', () => {
  for (const name of permissionNames) assert.equal(isPermission(name), true);
  assert.equal(new Set(permissionNames).size, permissionNames.length);
  for (const name of ['', 'investigation.read', 'Investigation.Read', 'constructor', '__proto__', 'toString'])
    assert.equal(isPermission(name), false, name);
});
