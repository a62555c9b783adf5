// What is looked at on every page of the portal in a browser, whichever server it comes from.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const root = join(import.meta.dirname, '../..');

export type Language = 'en' | 'ja' | 'zh-Hant' | 'fr' | 'ko';

export interface Reader {
  readonly language?: Language;
  readonly theme?: 'light' | 'dark' | 'contrast';
  readonly width?: number;
  /** Path below /portal. */
  readonly path?: string;
}

/** Builds the portal where that was not done since its sources last changed. */
export function buildPortal(): void {
  const build = [join(root, 'web/build.ts'), '--if-needed'];
  execFileSync(process.execPath, build, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** What the page itself did wrong. Answers of 400 and more are reported by the browser and looked at where they are meant. */
export function collectProblems(page: Page, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      problems.push(message.text());
    }
  });
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Runs in the page. Resolves to what it still waits for when the time is up, and to an empty text when it stands still. */
const standStill = `(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const end = performance.now() + 25_000;
  let before;
  for (;;) {
    // Two frames for what a new width means to the page, a moment more for what measures itself: charts and the editor.
    await frame();
    await frame();
    await new Promise((done) => setTimeout(done, 60));
    await document.fonts.ready;
    const { scrollWidth, scrollHeight } = document.documentElement;
    const now = [scrollWidth, scrollHeight, document.querySelectorAll('*').length].join();
    const missing = !document.querySelector('h1') ? 'its heading' : document.querySelector('.fui-Spinner') ? 'a spinner' : '';
    if (missing === '' && now === before) return '';
    if (performance.now() > end) return missing || 'what moves';
    before = now;
  }
})()`;

/** Waits until the page is loaded and has answered its present width: right after either it shows what no reader sees. */
export async function settle(page: Page, where: string): Promise<void> {
  const missing = await page.evaluate<string>(standStill);
  assert.equal(missing, '', `${where}: still waits for ${missing}`);
}

/**
 * Chooses from the menu that is open. By the keyboard: what is pressed with the mouse while a page scrolls can lie elsewhere
 * when the button comes up, and then nothing was chosen.
 */
export async function chooseFromMenu(page: Page, name: string): Promise<void> {
  await page.getByRole('menuitem', { name, exact: true }).press('Enter');
}

/** Axe finds nothing, and nothing is wider than the window. */
export async function assertAccessible(page: Page, where: string): Promise<void> {
  await settle(page, where);
  assert.deepEqual(await axeFaults(page), [], where);
  await assertWidth(page, where);
}

/** What axe finds wrong with the page as it is now, a text each. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  // Dialogs fade in, and what is half there has half the contrast. Spinners turn for ever and are not waited for.
  await page.evaluate(
    `Promise.all(document.getAnimations().filter((each) => each.effect?.getTiming().iterations !== Infinity)
      .map((each) => each.finished.catch(() => {}))).then(() => {})`,
  );
  // What a dialog covered is given back to screen readers a moment after the dialog is gone.
  const isCovered = '#portal[aria-hidden=true]';
  if (!(await page.$('[role=dialog], [role=alertdialog]')))
    await page.waitForSelector(isCovered, { state: 'detached' });
  // The page's policy forbids foreign scripts, so axe comes in through the debugger and not as a script element.
  if (!(await page.evaluate<boolean>("typeof axe === 'object'"))) await page.evaluate(axeSource);
  // Fluent keeps the keyboard inside of dialogs with elements that nobody sees and that give the focus on at once.
  const rules = `{ exclude: [['[data-tabster-dummy]']] }`;
  // A menu that is open lies over the page and belongs to no landmark of it.
  const options = `{ resultTypes: ['violations'], rules: { region: { enabled: !document.querySelector('[role=menu]') } } }`;
  const { violations } = await page.evaluate<AxeResult>(`axe.run(${rules}, ${options})`);
  return violations.map((each) => `${each.id} (${each.impact}): ${each.nodes.map(({ html }) => html).join('\n')}`);
}

/** Nothing is wider than the window. */
export async function assertFits(page: Page, where: string): Promise<void> {
  await settle(page, where);
  await assertWidth(page, where);
}

async function assertWidth(page: Page, where: string): Promise<void> {
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  assert.ok(overflow <= 0, `${where}: the page is ${overflow} px too wide`);
}

/** Texts that no reader should see: values that are none, and places that nothing was put into. */
export async function strangeTexts(page: Page): Promise<readonly string[]> {
  const text = await page.evaluate<string>("(document.querySelector('#main') ?? document.body).innerText");
  const found = text.match(/\bundefined\b|\bNaN\b|\[object \w+\]|\{\{[a-z].{0,40}|Invalid Date/g);
  return [...new Set(found)].map((each) => `strange text: ${each}`);
}
