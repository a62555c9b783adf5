import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { html } from './html.ts';
import { languageOf, languages, negotiateLanguage } from './language.ts';

test('every way to write a language of ours finds it', () => {
  for (const [tag, language] of [
    ['en-GB', 'en'],
    ['JA', 'ja'],
    ['zh-Hant', 'zh-Hant'],
    ['zh-hant-TW', 'zh-Hant'],
    ['zh-TW', 'zh-Hant'],
    ['zh-HK', 'zh-Hant'],
    ['zh-CN', undefined],
    ['zh', undefined],
    ['fr-CA', 'fr'],
    ['ko-KR', 'ko'],
    ['e', undefined],
    ['', undefined],
  ] as const) {
    assert.equal(languageOf(tag), language, tag);
  }
});

test('the first wish that we can fulfil decides, by its weight and then by its place', () => {
  for (const [header, language] of [
    [undefined, 'en'],
    ['*', 'en'],
    ['fr, ja', 'fr'],
    ['fr;q=0.5, ja;q=0.6', 'ja'],
    ['fr;q=0, ja;q=0.001', 'ja'],
    ['de-CH, ko; q=0.3', 'ko'],
  ] as const) {
    assert.equal(negotiateLanguage(undefined, header), language, header);
  }
  assert.equal(negotiateLanguage('ko', 'fr'), 'ko');
});

test('whatever a browser or an address asks for, the answer is one of our languages', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string({ unit: 'binary', maxLength: 3000 }), (asked, header) => {
      assert.ok(languages.includes(negotiateLanguage(asked, header)));
    }),
  );
});

test('no value breaks out of its place in a page', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const page = html`<p title="${value}">${[value, html`<b>${value}</b>`]}</p>`.html;
      assert.equal(page.match(/</g)?.length, 4);
      assert.equal(page.match(/"/g)?.length, 2);
    }),
  );
});
