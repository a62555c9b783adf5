// The portal by keyboard alone: the frame, a list with its menus, a dialog that gives the focus back, tabs, and what those
// read who do not see a chart or a graph.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, openPortalStage, type PortalStage } from '../support/portal.ts';
import { makeToken, signIn } from '../support/server.ts';

let stage: PortalStage;
before(async () => {
  stage = await openPortalStage();
});
after(() => stage.close());

const tokensPath = '/settings/security-extensions/api-tokens';

/** Name of what has the focus, as far as a test can tell it: its label, or its text. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate<string>(
    `(() => { const it = document.activeElement; return (it?.getAttribute('aria-label') ?? it?.textContent ?? '').trim(); })()`,
  );
}

/** Goes on by the Tab key until something of this name has the focus. */
async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < 80; step += 1) {
    await page.keyboard.press(key);
    const here = await focused(page);
    if (name.test(here)) return;
    passed.push(here.slice(0, 40));
  }
  assert.fail(`${name} was not reached; passed: ${passed.join(' | ')}`);
}

test('the first key leads past the navigation, and the focus is always to be seen', async () => {
  const user = await stage.person('global-administrator');
  await stage.visit(user, {}, async (page) => {
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to content');
    assert.ok(await page.locator('a[href="#main"]').isVisible());
    await page.keyboard.press('Enter');
    await page.waitForSelector('#main:focus');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate("document.querySelector('#main').contains(document.activeElement)"), true);
    const unseen: string[] = [];
    await page.reload();
    await page.waitForSelector('#main h1');
    for (let step = 0; step < 25; step += 1) {
      await page.keyboard.press('Tab');
      if (!(await page.evaluate<boolean>(comesToShowFocus))) unseen.push(await focused(page));
    }
    assert.deepEqual(unseen, []);
  });
});

/** Something is drawn around what has the focus: its outline or a shadow, its own, of a pseudo-element or around it. */
const showsFocus = `(() => {
  const it = document.activeElement;
  const drawn = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return isOutlined || (pseudo && style.content !== 'none' && parseFloat(style.borderTopWidth) + parseFloat(style.borderBottomWidth) > 0);
  };
  if (!it || it === document.body) return true;
  return [it, it.parentElement].some((each) => drawn(each) || drawn(each, '::after') || drawn(each, '::before'));
})()`;

/** The focus is drawn in a later frame than it is set. */
const comesToShowFocus = `(async () => {
  for (const end = performance.now() + 2000; !${showsFocus}; await new Promise((done) => requestAnimationFrame(done))) {
    if (performance.now() > end) return false;
  }
  return true;
})()`;

test('a token is revoked by keyboard alone, and the focus comes back to the list', async () => {
  const user = await stage.person('global-administrator');
  await makeToken(stage.server, { session: await signIn(stage.server, user) }, { name: 'For the keyboard' });
  await stage.visit(user, { path: tokensPath }, async (page) => {
    await page.waitForSelector('text=For the keyboard');
    await tabTo(page, /^Generate new token$/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] :focus');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await page.waitForSelector('button:has-text("Generate new token"):focus');

    await tabTo(page, /^Actions for /);
    const trigger = await focused(page);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=menuitem]:focus');
    await page.keyboard.press('Escape');
    await page.waitForSelector(`[aria-label="${trigger}"]:focus`);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=menuitem]:focus');
    await tabTo(page, /^Revoke$/, 'ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=alertdialog] :focus');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
    await page.waitForSelector(`[aria-label="${trigger}"]:focus`);
  });
});

test('on a phone the navigation opens, leads to a page and gives the focus to its content', async () => {
  const user = await stage.person('security-reader');
  await stage.visit(user, { width: 390, language: 'fr' }, async (page) => {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Navigation');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] :focus');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await page.waitForSelector('header [aria-label="Navigation"]:focus');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] :focus');
    await tabTo(page, /^Incidents$/);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/portal/incidents');
    await page.waitForSelector('#main:focus');
  });
});

test('on a phone, where a list is cards without headers, it is sorted by keyboard with two fields', async () => {
  const user = await stage.person('global-administrator');
  const session = await signIn(stage.server, user);
  for (const name of ['Sorted A', 'Sorted C', 'Sorted B']) await makeToken(stage.server, { session }, { name });
  await stage.visit(user, { path: `${tokensPath}?search=Sorted`, width: 390 }, async (page) => {
    const names = page.locator('#main li >> text=/^Sorted .$/');
    await names.nth(2).waitFor();
    await page.getByLabel('Sort by').focus();
    await page.keyboard.type('Name');
    await page.waitForURL(/sort=name/);
    await page.keyboard.press('Tab');
    await page.keyboard.type('Asc');
    await page.waitForURL(/direction=asc/);
    await page.waitForSelector('#main li:first-of-type >> text=Sorted A');
    assert.deepEqual(await names.allTextContents(), ['Sorted A', 'Sorted B', 'Sorted C']);
    await assertAccessible(page, 'a list of cards');
    await page.getByLabel('Select all tokens on this page').check();
    await page.waitForSelector('text=Selected: 3');
    await page.getByLabel('Order').selectOption('desc');
    await page.waitForSelector('#main li:first-of-type >> text=Sorted C');
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.waitForSelector('th[aria-sort=descending]:has-text("Name")');
    await page.getByLabel('Sort by').waitFor({ state: 'detached' });
  });
});

test('a menu of the frame opens by arrow key, though it was not loaded yet, and gives the focus back', async () => {
  const user = await stage.person('security-reader');
  await stage.visit(user, { language: 'ja' }, async (page) => {
    const help = page.locator('header [aria-haspopup=menu] >> nth=0');
    const label = await help.getAttribute('aria-label');
    for (const key of ['ArrowDown', 'Enter', ' ']) {
      await help.focus();
      await page.keyboard.press(key);
      await page.waitForSelector('[role=menuitem]:focus');
      await assertAccessible(page, `the menu, opened by "${key}"`);
      await page.keyboard.press('Escape');
      await page.waitForSelector(`header [aria-label="${label}"]:not([aria-expanded]):focus`);
    }
  });
});

test('the dialog of preferences gives the focus back to the menu that it was opened from', async () => {
  const user = await stage.person('security-reader');
  await stage.visit(user, {}, async (page) => {
    const account = page.locator('header [aria-haspopup=menu] >> nth=1');
    await account.focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=menuitem]:focus');
    await tabTo(page, /^Language and appearance$/, 'ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=dialog] :focus');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await page.waitForSelector('header [aria-haspopup=menu]:focus');
  });
});

test('tabs are links that say which one is shown', async () => {
  const user = await stage.person('global-administrator');
  await stage.visit(user, { path: tokensPath }, async (page) => {
    await page.waitForSelector('#main nav a[aria-current=page]');
    await tabTo(page, /^SIEM agents$/);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/siem-agents');
    await page.waitForSelector('#main nav a[aria-current=page]:has-text("SIEM agents")');
  });
});
