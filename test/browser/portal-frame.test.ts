// The frame of the portal: signing in and out, what a policy allows, languages and themes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { testPassword } from '../support/accounts.ts';
import { enrolSecondFactor } from '../support/pages.ts';
import { assertAccessible, openPortalStage, type PortalStage } from '../support/portal.ts';

let stage: PortalStage;
before(async () => {
  stage = await openPortalStage();
});
after(() => stage.close());

async function fillSignIn(page: Page, userName: string, password: string): Promise<void> {
  await page.fill('input[name=userName]', userName);
  await page.fill('input[name=password]', password);
  await page.click('button[type=submit]');
}

test('somebody who is not signed in comes to the sign-in, and back to the page that was asked for', async () => {
  const user = await stage.person('security-reader');
  await stage.visit(null, { language: 'fr', path: '/nowhere?from=mail' }, async (page) => {
    await page.waitForSelector('input[name=password]');
    assert.equal(await page.textContent('h1'), 'Se connecter');
    await assertAccessible(page, 'sign-in');
    await fillSignIn(page, user.userName, 'wrong');
    await page.waitForSelector('form [role=group], form .fui-MessageBar');
    assert.equal(await page.inputValue('input[name=userName]'), user.userName);
    await fillSignIn(page, user.userName, testPassword);
    await page.waitForSelector('#main h1');
    const { pathname, search } = new URL(page.url());
    assert.equal(pathname + search, '/portal/nowhere?from=mail');
    const stored = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })');
    assert.ok(!String(stored).includes(testPassword));
    await page.click('header [aria-haspopup=menu] >> nth=1');
    await page.click('[role=menuitem] >> nth=-1');
    await page.waitForSelector('input[name=password]');
    await page.goto(`${stage.server.url}/portal/`);
    await page.waitForSelector('input[name=password]');
  });
});

test('a session that was ended elsewhere leads to the sign-in, with the page to come back to', async () => {
  const user = await stage.person('security-reader');
  await stage.visit(user, {}, async (page) => {
    await page.context().clearCookies();
    await page.goto(`${stage.server.url}/portal/which-access`);
    await page.waitForSelector('input[name=password]');
    assert.equal(new URL(page.url()).searchParams.get('returnTo'), '/which-access');
  });
});

test('the sign-in asks for the second factor, and for a new password, when the account has them', async () => {
  const user = await stage.person('security-reader');
  const { code } = await enrolSecondFactor(stage.server, user);
  await stage.visit(null, { path: '/sign-in' }, async (page) => {
    await fillSignIn(page, user.userName, testPassword);
    await page.fill('input[name=code]', code());
    await page.click('button[type=submit]');
    await page.waitForSelector('#main h1');
  });
});

test('an address to return to leads nowhere but into the portal', async () => {
  const user = await stage.person('security-reader');
  for (const returnTo of ['//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
    await stage.visit(null, { path: `/sign-in?returnTo=${encodeURIComponent(returnTo)}` }, async (page) => {
      await fillSignIn(page, user.userName, testPassword);
      await page.waitForSelector('#main h1');
      assert.equal(page.url(), `${stage.server.url}/portal/`);
    });
  }
});

test('while an answer is slow the page says that it is loading, and what failed that it failed', async () => {
  const user = await stage.person('security-reader');
  await stage.visit(user, { path: '/about' }, async (page) => {
    let goOn = () => {};
    const slow = new Promise<void>((done) => {
      goOn = done;
    });
    await page.route('**/management/v1/session', async (route) => {
      await slow;
      await route.continue();
    });
    await page.reload();
    await page.waitForSelector('.fui-Spinner');
    goOn();
    await page.waitForSelector('#main h1');
    // The failure is written to the console as well, which visits watch on the page that they open.
    const other = await page.context().newPage();
    await other.route('**/management/v1/session', (route) => route.fulfill({ status: 503, json: {} }));
    await other.goto(page.url());
    await other.waitForSelector('h1:has-text("This page could not be shown")');
  });
});

test('the page allows its own scripts only, and says how it may be used', async () => {
  const answer = await stage.server.request('/portal/incidents');
  assert.equal(answer.status, 200);
  const policy = String(answer.headers['content-security-policy']);
  assert.match(policy, /default-src 'none'; script-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  const [, nonce] = /'nonce-([^']+)'/.exec(policy) ?? [];
  assert.ok(nonce);
  assert.ok(answer.text.includes(nonce));
  assert.ok(!/<script(?![^>]*src=)/.test(answer.text), 'no inline script');
  const other = await stage.server.request('/portal/incidents');
  assert.ok(!String(other.headers['content-security-policy']).includes(nonce), 'a nonce is used once');
});

test('files of the portal are kept by browsers, come compressed, and no others can be asked for', async () => {
  const { text } = await stage.server.request('/portal/');
  const [, script = ''] = /"(\/portal\/assets\/[^"]+\.js)"/.exec(text) ?? [];
  const plain = await stage.server.request(script);
  assert.equal(plain.status, 200);
  assert.match(String(plain.headers['cache-control']), /immutable/);
  const packed = await stage.server.request(script, { headers: { 'accept-encoding': 'gzip, br;q=0' } });
  assert.equal(packed.headers['content-encoding'], 'gzip');
  for (const name of ['..%2findex.html', '%2e%2e%2f%2e%2e%2fbuild.ts', 'nothing.js', 'constructor', 'x/y.js']) {
    assert.equal((await stage.server.request(`/portal/assets/${name}`)).status, 404, name);
  }
});

test('the first script is at most 250 kB compressed, whatever the pages load later', async () => {
  const { text } = await stage.server.request('/portal/');
  const scripts = [...text.matchAll(/"(\/portal\/assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
  let bytes = 0;
  for (const path of new Set(scripts)) {
    const { headers } = await stage.server.request(path, { headers: { 'accept-encoding': 'gzip' } });
    bytes += Number(headers['content-length']);
  }
  assert.ok(bytes > 10_000 && bytes <= 250_000, `${bytes} bytes`);
});

test('the frame is usable in each language and theme, on a phone and on a desk', async () => {
  const user = await stage.person('global-administrator');
  const readers = [
    { language: 'en', theme: 'light', width: 1280 },
    { language: 'ja', theme: 'dark', width: 390 },
    { language: 'zh-Hant', theme: 'contrast', width: 1280 },
    { language: 'fr', theme: 'dark', width: 1280 },
    { language: 'ko', theme: 'light', width: 360 },
  ] as const;
  for (const reader of readers) {
    await stage.visit(user, reader, async (page) => {
      await assertAccessible(page, JSON.stringify(reader));
      assert.equal(await page.evaluate('document.documentElement.lang'), reader.language);
      if (reader.width > 1000) return;
      await page.click('header button >> nth=0');
      await page.waitForSelector('[role=dialog] nav');
      await assertAccessible(page, `${JSON.stringify(reader)}, navigation`);
    });
  }
});
