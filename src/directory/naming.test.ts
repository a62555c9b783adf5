import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidInput } from '../lib/failures.ts';
import {
  parseDisplayName,
  parseDomain,
  parseReportedUserName,
  parseSearch,
  parseSlug,
  parseUserName,
} from './naming.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.emailAddress(),
  fc.domain(),
);

/** Parses again what a parser gave: a normal form stays as it is. */
function isStable(parse: (text: string) => string, text: string): void {
  let once: string;
  try {
    once = parse(text);
  } catch (error) {
    assert.ok(error instanceof InvalidInput, String(error));
    return;
  }
  assert.equal(parse(once), once);
}

test('whatever is given as a name, the answer is a normal form or InvalidInput', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      isStable((each) => parseSlug('slug', each), text);
      isStable((each) => parseDomain('domain', each), text);
      isStable((each) => parseUserName('userName', each).userName, text);
      isStable((each) => parseReportedUserName('userName', each), text);
      isStable((each) => parseDisplayName('displayName', each), text);
      isStable((each) => parseSearch(each) ?? '', text);
    }),
    { numRuns: 1000 },
  );
});

function refuses(parse: () => unknown): void {
  assert.throws(parse, InvalidInput);
}

test('a slug is 3 to 40 of a-z, digits and inner hyphens, and never a reserved word', () => {
  for (const good of ['abc', 'a-b', 'contoso-2', `a${'b'.repeat(38)}c`, 'Contoso']) {
    assert.equal(parseSlug('slug', good), good.toLowerCase());
  }
  const bad = [
    '',
    'ab',
    '-ab',
    'ab-',
    'a_b',
    'a.b',
    `a${'b'.repeat(39)}c`,
    'xn--abc',
    'çab',
    'a b',
    'www',
    'LOGIN',
    'graph',
    'admin',
  ];
  for (const text of bad) refuses(() => parseSlug('slug', text));
});

test('a domain is a host name with a dot, in lower-case ASCII', () => {
  assert.equal(parseDomain('domain', 'Contoso.Example.'), 'contoso.example');
  assert.equal(parseDomain('domain', 'münchen.example'), 'xn--mnchen-3ya.example');
  for (const text of [
    '',
    'localhost',
    '10.0.0.1',
    '::1',
    'a..b',
    '-a.example',
    'a_b.example',
    `${'a'.repeat(60)}.example`,
    'a.example/x',
    'u@a.example',
  ]) {
    refuses(() => parseDomain('domain', text));
  }
});

test('a user name has one name and one domain within the documented lengths', () => {
  assert.deepEqual(parseUserName('userName', " O'Hara.Ann@Contoso.example "), {
    userName: "o'hara.ann@contoso.example",
    domain: 'contoso.example',
  });
  const bad = [
    '',
    'ann',
    '@contoso.example',
    'ann@',
    'a b@contoso.example',
    'a..b@contoso.example',
    '.a@contoso.example',
    'a.@contoso.example',
    'a@b@contoso.example',
    `${'a'.repeat(65)}@contoso.example`,
    'ann\u0000@contoso.example',
  ];
  for (const text of bad) refuses(() => parseUserName('userName', text));
});

test('a user name that a service reports is one name@domain or one line of text', () => {
  for (const good of [
    'Ann+news@Partner.example',
    'ann_partner.example#EXT#@contoso.example',
    'app@sharepoint',
    'i:0#.f|membership|ann@contoso.example',
    'zoë@münchen.example',
    'NT AUTHORITY\\SYSTEM',
    'Microsoft Substrate Management',
  ]) {
    assert.equal(parseReportedUserName('userName', ` ${good} `), good.toLowerCase());
  }
  for (const bad of [
    '',
    '  ',
    'ann@',
    '@contoso.example',
    'ann@a@contoso.example',
    'ann@contoso.example, bob@contoso.example',
    'Ann <ann@contoso.example>',
    'ann b@contoso.example',
    'ann@contoso..example',
    'a\nb',
    'a\u202Eb',
    '\uD800',
    'x'.repeat(321),
  ]) {
    refuses(() => parseReportedUserName('userName', bad));
  }
});

test('a display name is one line that neither hides nor turns text', () => {
  assert.equal(parseDisplayName('displayName', '  Zoë 山田 👩‍💻 '), 'Zoë 山田 👩‍💻');
  for (const text of ['', '   ', 'a\nb', 'a\u0000b', 'a\u202Eb', '\uD800', 'x'.repeat(257)]) {
    refuses(() => parseDisplayName('displayName', text));
  }
});
