import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commands } from './command-list.ts';
import { helpLines } from './help.ts';
import { findLanguage, languages, openTexts } from './text.ts';

function leaves(tree: Record<string, unknown>, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(
    ([key, value]) =>
      typeof value === 'string'
        ? [[prefix + key, value] as [string, string]]
        : leaves(value as Record<string, unknown>, `${prefix}${key}.`), // Locale files hold texts and objects only.
  );
}

function readLocale(language: string): Map<string, string> {
  const file = new URL(`../../web/locales/${language}/cli.json`, import.meta.url);
  return new Map(leaves(JSON.parse(readFileSync(file, 'utf8'))));
}

test('every language has every text, with the same placeholders and none of it empty', () => {
  const english = readLocale('en');
  const placeholders = (text: string): string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
  for (const language of languages) {
    const texts = readLocale(language);
    assert.deepEqual([...texts.keys()].sort(), [...english.keys()].sort(), language);
    for (const [key, text] of texts) {
      assert.notEqual(text.trim(), '', `${language} ${key}`);
      assert.deepEqual(placeholders(text), placeholders(english.get(key) ?? ''), `${language} ${key}`);
    }
  }
});

test('the language follows the locale; Chinese only where it is written in Traditional characters', () => {
  const expected: Record<string, string | undefined> = {
    'ja_JP.UTF-8': 'ja',
    ja: 'ja',
    'zh_TW.UTF-8': 'zh-Hant',
    'zh-Hant': 'zh-Hant',
    'zh-Hant-HK': 'zh-Hant',
    zh_HK: 'zh-Hant',
    'zh_CN.UTF-8': undefined,
    'zh-Hans-HK': undefined,
    zh: undefined,
    'fr_CA@euro': 'fr',
    'ko-KR': 'ko',
    C: 'en',
    'C.UTF-8': 'en',
    POSIX: 'en',
    'en_GB.UTF-8': 'en',
    'de_DE.UTF-8': undefined,
    '': undefined,
  };
  for (const [tag, language] of Object.entries(expected)) assert.equal(findLanguage(tag), language, tag);
});

test('values go into a text as they are, even when they look like placeholders or markup', () => {
  const t = openTexts('en');
  assert.equal(
    t('group.create.done', { group: '{{group}} $t(help.about) <b>' }),
    'The group {{group}} $t(help.about) <b> is created.',
  );
});

test('every command has help in every language, with its usage line', () => {
  for (const language of languages) {
    const t = openTexts(language);
    for (const command of commands) {
      const text = helpLines(command.words, t).join('\n');
      assert.ok(text.includes(`sallyport ${command.words.join(' ')}`), command.words.join(' '));
      assert.doesNotMatch(text, /\{\{|undefined/);
    }
    assert.ok(helpLines([], t).length > 30);
  }
});
