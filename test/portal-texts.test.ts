// How the portal's English is spelled: as the product's that people know, which is American.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listSources, readSource } from './support/sources.ts';

/** British spellings of words that such texts have. */
const british =
  /\b\w*(?:organis|authoris|recognis|customis|summaris|normalis|anonymis|synchronis|prioritis|categoris|minimis|analys(?:e|ing)\b|behaviour|colour|favour|catalogue|centre\b|licence|cancell(?:ed|ing)|labell|catalogu|enquir|grey\b)\w*/gi;

test("the portal's English is American", () => {
  const faults = ['portal-*', 'permissions']
    .flatMap((name) => listSources(`web/locales/en/${name}.json`))
    .flatMap((file) =>
      valuesOf(JSON.parse(readSource(file))).flatMap((text) =>
        (text.replaceAll(/{{.*?}}/g, '').match(british) ?? []).map((word) => `${file}: ${word} in "${text}"`),
      ),
    );
  assert.deepEqual(faults, [], 'Write organization, canceled, catalog, color …');
});

function valuesOf(texts: unknown): string[] {
  if (typeof texts === 'string') return [texts];
  return typeof texts === 'object' && texts !== null ? Object.values(texts).flatMap(valuesOf) : [];
}
