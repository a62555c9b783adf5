import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listSources, readSource } from '../../test/support/sources.ts';
import { findCommand, isGroup } from './command-list.ts';

const places = ['src/**/*.{ts,js}', 'web/locales/*/*.json', 'docs/**/*.md', 'examples/**/*', '*.md'];

/** A command line in a text: after a quote, a colon, a bracket, a tag or `npx`. */
const mention = /(?:["'`(>]|: |npx )sallyport ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*){0,2})/g;

function isCommand(words: readonly string[]): boolean {
  if (words[0] === 'help' || words[0] === 'version') return true;
  const beginnings = words.map((_, index) => words.slice(0, index + 1));
  // Behind a group's name stands one of its commands, unless the text is about the group.
  return beginnings.some((each) => findCommand(each)) || isGroup(words);
}

test('every command that a message, text or page names is there', () => {
  let mentions = 0;
  for (const file of places.flatMap(listSources)) {
    if (file.endsWith('.test.ts') || !/\.(ts|js|json|md|sh|txt)$/.test(file)) continue;
    for (const [, words = ''] of readSource(file).matchAll(mention)) {
      mentions++;
      assert.ok(isCommand(words.split(' ')), `${file}: sallyport ${words}`);
    }
  }
  assert.ok(mentions > 100, `${mentions} mentions`);
});
