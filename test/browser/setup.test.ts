// The set-up page in a real browser: the code leaves the address bar, the form answers in place, and nobody is shut out
// by colours, size, language or a missing script.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { languages } from '../../src/apis/pages/language.ts';
import { textsOf } from '../../src/apis/setup-page/texts.ts';
import { ensureSetupLink } from '../../src/directory/setup.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const password = 'lantern gravel tram otter';

let browser: Browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
});
after(() => browser.close());

async function withPage(
  options: BrowserContextOptions,
  work: (page: Page, server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await startTestServer({ tls: true });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en', ...options });
  const problems: string[] = [];
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      // The browser itself reports every answer of 400 and more; those are looked at where they are meant.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        problems.push(message.text());
    });
    await work(page, server);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    await server.dispose();
  }
}

async function setupUrl(server: TestServer): Promise<URL> {
  const link = await ensureSetupLink(server.services);
  assert.ok(link);
  return new URL(link.url);
}

async function fillForm(page: Page): Promise<void> {
  for (const [name, value] of [
    ['displayName', 'Acme <& Sons>'],
    ['slug', 'acme'],
    ['domain', 'acme.example'],
    ['userDisplayName', 'Ada'],
    ['userName', 'ada@acme.example'],
    ['password', password],
  ] as const) {
    await page.fill(`#${name}`, value);
  }
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

async function assertFits(page: Page, where: string): Promise<void> {
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  assert.ok(overflow <= 0, `${where}: the page is ${overflow} px too wide`);
}

async function assertAccessible(page: Page, where: string): Promise<void> {
  // The page's policy forbids foreign scripts, so axe comes in through the debugger and not as a script element.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<AxeResult>('axe.run()');
  assert.deepEqual(
    violations.map((each) => `${each.id} (${each.impact}): ${each.nodes[0]?.html}`),
    [],
    where,
  );
  await assertFits(page, where);
}

test('the link opens the form, the code leaves the address bar, and sending it ends in a ready server', () =>
  withPage({}, async (page, server) => {
    const url = await setupUrl(server);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url.href);
    await page.waitForURL(({ hash }) => hash === '');
    assert.equal(page.url(), `${server.url}/setup`);
    assert.ok(await page.isHidden('#code'));
    await fillForm(page);
    await page.click('#submit');
    await page.waitForSelector('#done-heading');
    assert.equal(await page.textContent('#done-heading'), 'Acme <& Sons> is ready');
    assert.equal(await page.textContent('#done-command'), `sallyport login ${server.url} --user ada@acme.example`);
    assert.equal(await page.getAttribute('#done-url', 'href'), server.tenantHost('acme').replace(/^/, 'https://'));
    assert.ok(
      !asked.some(
        (each) =>
          new URL(each).pathname.includes(url.hash.slice(1)) || new URL(each).search.includes(url.hash.slice(1)),
      ),
    );
    await assertAccessible(page, 'after the set-up');
    const body = { userName: 'ada@acme.example', password, client: 'cli' };
    assert.equal((await server.request('/management/v1/sessions', { body })).status, 201);
  }));

test('a mistake is told at its field, and a link that was used says so', () =>
  withPage({}, async (page, server) => {
    const url = await setupUrl(server);
    await page.goto(url.href);
    await fillForm(page);
    await page.fill('#slug', 'login');
    await page.click('#submit');
    await page.waitForSelector('#slug[aria-invalid=true]');
    assert.equal(await page.textContent('#slug-error'), textsOf.en.errors.slug);
    assert.equal(await page.evaluate('document.activeElement.id'), 'slug');
    assert.equal(await page.inputValue('#password'), password);
    await assertAccessible(page, 'with a mistake');
    await page.fill('#slug', 'acme');
    await page.click('#submit');
    await page.waitForSelector('#done-heading');
    await page.goto(server.url);
    await page.goto(url.href);
    await page.fill('#userDisplayName', 'Eve');
    await page.fill('#userName', 'eve@acme.example');
    await page.fill('#password', password);
    await page.click('#submit');
    await page.waitForSelector('#summary:not([hidden])');
    assert.equal(await page.textContent('#code-error'), textsOf.en.errors.setupCodeInvalid);
  }));

test('the code goes along to another language, and the password can be looked at', () =>
  withPage({}, async (page, server) => {
    await page.goto((await setupUrl(server)).href);
    await page.click('.languages a[lang=fr]');
    await page.waitForSelector('html[lang=fr]');
    await page.waitForURL(({ hash }) => hash === '');
    assert.ok(await page.isHidden('#code'));
    assert.equal(await page.textContent('h1'), textsOf.fr.form.headingFirst);
    await page.fill('#password', password);
    await page.click('#show-password');
    assert.equal(await page.getAttribute('#password', 'type'), 'text');
    assert.equal(await page.textContent('#show-password'), textsOf.fr.form.hidePassword);
  }));

test('without script the code is pasted and the form is sent as a form', () =>
  withPage({ javaScriptEnabled: false }, async (page, server) => {
    const url = await setupUrl(server);
    await page.goto(`${server.url}/setup`);
    await page.fill('#code', url.hash.slice(1));
    await fillForm(page);
    await page.click('#submit');
    await page.waitForSelector('#done-heading');
    assert.equal(await page.textContent('#done-heading'), 'Acme <& Sons> is ready');
  }));

test('axe finds nothing in any language, light and dark, on a phone and a desk', () =>
  withPage({}, async (page, server) => {
    const url = await setupUrl(server);
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const language of languages) {
          for (const path of [`/?lang=${language}`, `/setup?lang=${language}${language === 'en' ? '' : url.hash}`]) {
            // A fragment alone would not load the page anew.
            await page.goto('about:blank');
            await page.goto(`${server.url}${path}`);
            await assertAccessible(page, `${path}, ${colorScheme}, ${width} px`);
          }
        }
      }
    }
  }));

test('nothing is too wide for a phone of 360 px, in any language', () =>
  withPage({ viewport: { width: 360, height: 740 } }, async (page, server) => {
    const link = await setupUrl(server);
    for (const language of languages) {
      await page.goto(`${server.url}/?lang=${language}`);
      await assertFits(page, `/ in ${language}`);
      await page.goto(`${server.url}/setup?lang=${language}`);
      await assertFits(page, `/setup in ${language}`);
    }
    await page.goto(link.href);
    await fillForm(page);
    await page.click('#submit');
    await page.waitForSelector('#done-heading');
    await assertFits(page, 'after the set-up');
    await page.goto(server.url);
    await assertFits(page, 'the landing page of a server in use');
  }));
