// Sign-in and consent in a real browser: with script and without, back to the app in each response mode, and nobody is
// shut out by colours, size or language.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { textsOf } from '../../src/apis/entra/pages/texts.ts';
import { type Language, languages } from '../../src/apis/pages/language.ts';
import { updateApplication } from '../../src/applications/registrations.ts';
import { createDeviceCode } from '../../src/authorizations/device-codes.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { AppId } from '../../src/lib/ids.ts';
import { ctxOf } from '../directory-ctx.ts';
import { makeUser, testPassword } from '../support/accounts.ts';
import { TestClock } from '../support/clock.ts';
import { authorizePath, enrolSecondFactor, makeStage, type Stage, threatProtection } from '../support/pages.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A folder to leave pictures of the pages in, for whoever wants to look at them. */
const pictures = process.env.TEST_PICTURES;

let browser: Browser;
let server: TestServer;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const settings = { signInFailuresPerAddressMax: 10_000 };
  // The browser forgets cookies by the real clock, so the server's begins there.
  server = await startTestServer({ tls: true, settings, testClock: new TestClock(systemClock()) });
});
after(async () => {
  await browser.close();
  await server.dispose();
});

async function withPage(options: BrowserContextOptions, work: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en', ...options });
  const problems: string[] = [];
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        problems.push(message.text());
    });
    await work(page);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
}

interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** An app on loopback that waits for its answer. */
async function withApp(work: (redirectUri: string, arrived: Arrived[]) => Promise<void>): Promise<void> {
  const arrived: Arrived[] = [];
  const app = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      if (url.startsWith('/back')) arrived.push({ method, url, headers, body });
      response.setHeader('content-type', 'text/html');
      response.end('<title>app</title><p id="arrived">back');
    });
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = app.address() as AddressInfo; // It listens on a port.
    await work(`http://localhost:${port}/back`, arrived);
  } finally {
    app.closeAllConnections();
    app.close();
  }
}

const appOn = (redirectUri: string) => makeStage(server, { redirectUris: { web: [redirectUri] } });

async function signIn(page: Page, user: { userName: string }): Promise<void> {
  await page.fill('#userName', user.userName);
  await page.fill('#password', testPassword);
  await page.click('button[type=submit].button');
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

async function assertAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<AxeResult>('axe.run()');
  const found = violations.map((each) => `${each.id} (${each.impact}): ${each.nodes[0]?.html}`);
  assert.deepEqual(found, [], where);
  const overflow = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  assert.ok(overflow <= 0, `${where}: the page is ${overflow} px too wide`);
}

const partnerLink = (stage: Stage) =>
  `${server.url}/common/oauth2/authorize?prompt=consent&client_id=${stage.appId}&response_type=code&sso_reload=true`;

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with script' : 'without script';
  for (const mode of ['query', 'fragment', 'form_post']) {
    test(`signing in leads back to the app by ${mode}, ${how}, and tells it nothing by the referrer`, () =>
      withApp((redirectUri, arrived) =>
        withPage({ javaScriptEnabled }, async (page) => {
          const stage = await appOn(redirectUri);
          const change = { redirect_uri: redirectUri, response_mode: mode, state: 'é & "<' };
          await page.goto(server.url + authorizePath(stage, change));
          await signIn(page, stage.member);
          await page.click('button[value=accept]');
          if (mode === 'form_post' && !javaScriptEnabled) await page.click('#answer button');
          await page.waitForSelector('#arrived');
          const [only] = arrived;
          assert.ok(only);
          const sent =
            mode === 'form_post' ? only.body : new URL(page.url())[mode === 'query' ? 'search' : 'hash'].slice(1);
          const values = new URLSearchParams(sent);
          assert.match(values.get('code') ?? '', /^slpac/);
          assert.equal(values.get('state'), 'é & "<');
          assert.equal(only.method, mode === 'form_post' ? 'POST' : 'GET');
          assert.equal(only.headers.referer, undefined);
        }),
      ));
  }
}

test('a form of the app’s own page, and a pop-up that it watches, find the session', () =>
  withApp((redirectUri) =>
    withPage({}, async (page) => {
      const stage = await appOn(redirectUri);
      const path = authorizePath(stage, { redirect_uri: redirectUri });
      await page.goto(server.url + path);
      await signIn(page, stage.member);
      await page.click('button[value=accept]');
      await page.waitForSelector('#arrived');
      const [target = '', query = ''] = path.split('?');
      const fields = [...new URLSearchParams(query)].map(([name, value]) => [name, value]);
      await page.goto(redirectUri.replace('/back', '/other'));
      await page.evaluate(
        `{ const form = document.createElement('form'); form.method = 'post'; form.action = ${JSON.stringify(server.url + target)};
        for (const [name, value] of ${JSON.stringify(fields)}) { const field = document.createElement('input'); field.name = name; field.value = value; form.append(field); }
        document.body.append(form); form.submit(); }`,
      );
      await page.waitForURL(/\/back\?code=/);
      const opened = page.waitForEvent('popup');
      await page.evaluate(`window.popup = window.open(${JSON.stringify(server.url + path)})`);
      const popup = await opened;
      await popup.waitForURL(/\/back\?code=/);
      assert.equal(await page.evaluate('window.popup.closed'), false);
      assert.match(String(await page.evaluate('window.popup.location.search')), /code=/);
    }),
  ));

test('no other page can put the sign-in into a frame', () =>
  withApp((redirectUri) =>
    withPage({}, async (page) => {
      const stage = await appOn(redirectUri);
      page.removeAllListeners('console');
      const refused = page.waitForEvent('console', (message) =>
        /frame-ancestors|X-Frame-Options/i.test(message.text()),
      );
      await page.goto(redirectUri.replace('/back', '/frame'));
      const src = JSON.stringify(server.url + authorizePath(stage, { redirect_uri: redirectUri }));
      await page.evaluate(
        `{ const frame = document.createElement('iframe'); frame.src = ${src}; document.body.append(frame); }`,
      );
      await refused;
      assert.ok(page.frames().every((frame) => frame === page.mainFrame() || !frame.url().includes('authorize')));
    }),
  ));

interface WalkStage extends Stage {
  readonly protectedUser: UserRow;
  readonly newcomer: UserRow;
}

async function makeWalkStage(): Promise<WalkStage> {
  const stage = await makeStage(server, {
    requiredAccess: [
      { resource: threatProtection, roles: ['Incident.Read.All'], scopes: ['Incident.Read'] },
      { resource: 'Microsoft Graph', scopes: ['User.Read', 'openid'] },
    ],
  });
  const protectedUser = await makeUser(server.services, stage.guest);
  await enrolSecondFactor(server, protectedUser);
  return {
    ...stage,
    protectedUser,
    newcomer: await makeUser(server.services, stage.guest, { mustChangePassword: true }),
  };
}

/** Every page that there is, in one language, in the order in which a person meets them. */
async function* walk(page: Page, stage: WalkStage, language: Language): AsyncGenerator<string> {
  const texts = textsOf[language];
  const lang = `lang=${language}`;
  await page.goto(`${server.url}/common/oauth2/nativeclient?${lang}`);
  assert.equal(await page.textContent('h1'), texts.native.heading);
  yield 'native';
  await page.goto(`${server.url}/error?code=700016&${lang}`);
  yield 'lookup';
  await page.goto(`${server.url}${authorizePath(stage, { redirect_uri: 'https://evil.example' })}&${lang}`);
  assert.equal(await page.textContent('.lead'), texts.error.redirectUri);
  yield 'error';
  await page.goto(`${partnerLink(stage)}&${lang}`);
  yield 'sign-in';
  await page.fill('#userName', stage.member.userName);
  await page.fill('#password', 'wrong password');
  await page.click('button.button');
  yield 'sign-in-failed';
  await signIn(page, stage.protectedUser);
  assert.equal(await page.textContent('h1'), texts.code.heading);
  await page.fill('#code', '000000');
  await page.click('button.button');
  assert.equal(await page.textContent('#code-error'), texts.problems.codeFailed);
  yield 'code';
  await page.click('button[value=other]');
  await signIn(page, stage.newcomer);
  await page.fill('#newPassword', 'short');
  await page.fill('#repeat', 'short');
  await page.click('button.button');
  assert.equal(await page.getAttribute('#newPassword', 'aria-invalid'), 'true');
  yield 'new-password';
  await page.click('button[value=other]');
  await signIn(page, stage.member);
  assert.equal(await page.textContent('h1'), texts.ask.heading);
  yield 'ask';
  await page.click('button[value=other]');
  await signIn(page, stage.admin);
  await page.waitForSelector('button[value=accept]');
  yield 'consent';
  await page.click('button[value=accept]');
  await page.waitForSelector('#tenant-id');
  yield 'partner';
  await page.goto(`${partnerLink(stage)}&${lang}`);
  assert.equal(await page.textContent('h1'), texts.choose.heading);
  yield 'choose';
  await page.goto(`${server.url}/common/oauth2/deviceauth?${lang}`);
  yield 'device-code';
  const asked = { version: 2 as const, scope: 'openid', resource: null, address: '81.2.69.142', userAgent: 'curl/8' };
  const { userCode } = await createDeviceCode(server.services, stage.appId as AppId, null, asked);
  await page.fill('#user_code', userCode);
  await page.click('button.button');
  await page.click(`text=${stage.admin.userName}`);
  yield 'device';
  await page.goto(`${server.url}/common/oauth2/logout?${lang}`);
  assert.equal(await page.textContent('h1'), texts.signOut.heading);
  yield 'sign-out';
  await page.click('main button');
  yield 'signed-out';
}

for (const language of languages) {
  test(`axe finds nothing on any page in ${language}, light and dark, on a phone and a desk`, () =>
    withPage({}, async (page) => {
      const stage = await makeWalkStage();
      for await (const name of walk(page, stage, language)) {
        assert.equal(await page.getAttribute('html', 'lang'), language, name);
        for (const [width, colorScheme] of [
          [1280, 'dark'],
          [390, 'light'],
        ] as const) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          await assertAccessible(page, `${name} in ${language}, ${colorScheme}, ${width} px`);
          const path = `${pictures}/${name}-${language}-${width}-${colorScheme}.png`;
          if (pictures) await page.screenshot({ path, fullPage: true });
        }
      }
    }));
}

test('what is new since the last consent stands out, and the language can be changed on the spot', () =>
  withPage({}, async (page) => {
    const stage = await makeStage(server);
    await page.goto(partnerLink(stage));
    await signIn(page, stage.admin);
    await page.click('button[value=accept]');
    await page.waitForSelector('#tenant-id');
    const owner = await makeUser(server.services, stage.home);
    const home = ctxOf(server.services, stage.home, owner, ['Applications.manage', 'Applications.read']);
    const roles = ['Incident.Read.All', 'AdvancedHunting.Read.All'];
    await updateApplication(home, stage.appId, { requiredAccess: [{ resource: threatProtection, roles }] });
    await page.goto(partnerLink(stage));
    assert.equal(await page.locator('.mark-new').count(), 1);
    await page.click('.languages button[value=fr]');
    await page.waitForSelector('html[lang=fr]');
    assert.equal(await page.locator('.mark-new').count(), 1);
    await assertAccessible(page, 'consent with something new');
    if (pictures) await page.screenshot({ path: `${pictures}/consent-new.png`, fullPage: true });
    await page.click('button[value=decline]');
    assert.equal(await page.textContent('h1'), textsOf.fr.partner.declinedHeading);
  }));
