// The check of pictures can fail: pages that are made wrong by purpose, each with one fault, and one without.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { layoutFaults } from '../support/layout.ts';
import { assertFits, axeFaults, strangeTexts } from '../support/portal-page.ts';

let browser: Browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
});
after(() => browser.close());

const faulty: readonly (readonly [what: string, html: string, found: RegExp])[] = [
  [
    'a text that its box cuts',
    '<p style="width:60px;overflow:hidden;white-space:nowrap">Security extensions</p>',
    /^cut off/,
  ],
  [
    'a box that is too low for its lines',
    '<p style="width:90px;height:18px;overflow:hidden">Security extensions of this organization</p>',
    /^cut off/,
  ],
  [
    'an ellipsis that nothing explains',
    '<p style="width:60px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap">Security extensions</p>',
    /^cut off/,
  ],
  [
    'a text that is wider than the window',
    '<p style="white-space:nowrap">Token </p><p style="width:600px">Revoke the token of the connector that nobody uses any more</p>',
    /^leaves the window/,
  ],
  [
    'a text that begins outside of it',
    '<p style="margin-left:-60px;white-space:nowrap">Security extensions</p>',
    /^leaves the window/,
  ],
  ['a text over another', '<p>Generate new token</p><p style="margin-top:-32px">Revoke</p>', /^overlap/],
  [
    'a dialog that cuts',
    '<div role="dialog" aria-modal="true" style="width:120px"><h2 style="overflow:hidden;white-space:nowrap">Revoke the token?</h2></div>',
    /^cut off/,
  ],
];

for (const [what, html, found] of faulty) {
  test(`${what} is a fault`, async () => {
    const faults = await look(html, layoutFaults);
    assert.equal(faults.length > 0, true);
    for (const fault of faults) assert.match(fault, found);
  });
}

test('what scrolls, is folded away, is for screen readers or says its whole text in a title is none', async () => {
  const html = `<p>Generate new token</p>
    <div style="overflow:auto;width:80px"><p style="white-space:nowrap">Security extensions</p></div>
    <details><summary>More</summary><p style="margin-top:-32px">Revoke</p></details>
    <span style="position:absolute;width:1px;height:1px;overflow:hidden;white-space:nowrap">For screen readers</span>
    <p title="Security extensions" style="width:60px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap">Security extensions</p>
    <p style="visibility:hidden;white-space:nowrap;width:900px">Nobody sees this</p>`;
  assert.deepEqual(await look(html, layoutFaults), []);
});

test('texts that no reader should see are found', async () => {
  const html = '<main id="main"><p>Incident undefined</p><p>NaN %</p><p>{{count}} alerts</p></main>';
  assert.equal((await look(html, strangeTexts)).length, 3);
  assert.deepEqual(await look('<main id="main"><p>An undefinedness of contoso.example</p></main>', strangeTexts), []);
});

test('axe finds a field without a name and letters that are too faint', async () => {
  const faults = await look('<input><p style="color:#bbb;background:#fff">Revoke</p>', axeFaults);
  assert.ok(faults.some((fault) => fault.startsWith('label (critical)')));
  assert.ok(faults.some((fault) => fault.startsWith('color-contrast (serious)')));
});

test('the width is measured once the page is there, and once it has answered a new one', async () => {
  const page = await browser.newPage({ viewport: { width: 1200, height: 600 } });
  try {
    const wide = (width: number) => `<h1>A page</h1><div style="width:${width}px">Wide</div>`;
    await page.setContent('<!doctype html><html lang="en"><title>A page</title><body><i class="fui-Spinner"></i>');
    await page.evaluate(`setTimeout(() => { document.body.innerHTML = ${JSON.stringify(wide(1500))}; }, 300)`);
    await assert.rejects(assertFits(page, 'late'), /late: the page is \d+ px too wide/);
    // As the frame does it: its navigation goes when the media query changes.
    await page.evaluate(`document.body.innerHTML = ${JSON.stringify(wide(1000))};
      matchMedia('(min-width: 1100px)').onchange = () => { document.querySelector('div').style.width = '100px'; }`);
    await page.setViewportSize({ width: 400, height: 600 });
    await assertFits(page, 'a phone');
  } finally {
    await page.close();
  }
});

async function look(html: string, check: (page: Page) => Promise<readonly string[]>): Promise<readonly string[]> {
  const page = await browser.newPage({ viewport: { width: 400, height: 600 } });
  try {
    await page.setContent(`<!doctype html><html lang="en"><title>A page</title><body>${html}</body></html>`);
    return await check(page);
  } finally {
    await page.close();
  }
}
