import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findResource, listResources } from '../../../applications/resources.ts';
import { languages } from '../../pages/language.ts';
import { wordsForPermission } from './texts.ts';

test('every permission of our APIs is said in words in every language, and nothing else is', () => {
  const values = new Set(
    listResources().flatMap(({ roles, scopes }) => [...roles, ...scopes].map(({ value }) => value)),
  );
  for (const language of languages) {
    const missing = [...values].filter((value) => !wordsForPermission(language, value));
    assert.deepEqual(missing, [], `web/locales/${language}/permissions.json`);
  }
  assert.equal(wordsForPermission('en', 'toString'), undefined);
  assert.equal(wordsForPermission('en', 'Incident.Read.All')?.name, 'Read all incidents');
});

test('the names in English are the documented ones', () => {
  const openId = new Set(['openid', 'profile', 'email', 'offline_access']);
  for (const { appId } of listResources()) {
    const api = findResource(appId);
    for (const { value, displayName } of [...(api?.roles ?? []), ...(api?.scopes ?? [])]) {
      if (!openId.has(value)) assert.equal(wordsForPermission('en', value)?.name, displayName);
    }
  }
});
