// The portal in a real browser, before a real server: signed-in pages, with every error of theirs collected, and what all
// tests of pages look at.
import assert from 'node:assert/strict';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Tenant } from '../../src/directory/tenants.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { makeTenant, makeUser, testPassword } from './accounts.ts';
import { TestClock } from './clock.ts';
import { buildPortal, collectProblems, type Reader } from './portal-page.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts';

export { assertAccessible, assertFits, chooseFromMenu, type Language, type Reader } from './portal-page.ts';

export interface PortalStage {
  readonly server: TestServer;
  readonly tenant: Tenant;
  /** A person of the stage's tenant; without a role somebody who may do nothing. */
  person(role?: string): Promise<UserRow>;
  /**
   * Opens a page as this person (null: nobody), in a browser of its own that forgets; `work` may throw. Errors of the page
   * fail the test.
   */
  visit(user: UserRow | null, reader: Reader, work: (page: Page) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server, a tenant and a browser. Always `await stage.close()`. */
export async function openPortalStage(options: TestServerOptions = {}): Promise<PortalStage> {
  buildPortal();
  // The browser forgets cookies by the real clock, so the server's begins there.
  const server = await startTestServer({ testClock: new TestClock(systemClock()), ...options, tls: true });
  const tenant = await makeTenant(server.services);
  const browser = await chromium.launch({
    executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  return {
    server,
    tenant,
    person: (role) => makeUser(server.services, tenant, role === undefined ? {} : { role }),
    visit: (user, reader, work) => visit(browser, server, user, reader, work),
    async close() {
      await browser.close();
      await server.dispose();
    },
  };
}

async function visit(
  browser: Browser,
  server: TestServer,
  user: UserRow | null,
  reader: Reader,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const { language = 'en', theme = 'light', width = 1280, path = '/' } = reader;
  const settings: BrowserContextOptions = { ignoreHTTPSErrors: true, viewport: { width, height: 900 } };
  const context = await browser.newContext({ ...settings, locale: language, acceptDownloads: true });
  const problems: string[] = [];
  try {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    if (user) await signIn(context, server, user);
    const preferences = JSON.stringify({ language, theme, timeZone: 'UTC' });
    await context.addInitScript(`localStorage.setItem('sallyport.preferences', ${JSON.stringify(preferences)})`);
    const page = await context.newPage();
    collectProblems(page, problems);
    await page.goto(`${server.url}/portal${path}`);
    await page.waitForSelector(user ? '#main h1' : 'h1');
    await work(page);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
  }
}

/** As the sign-in page does it; the page itself has tests of its own. */
async function signIn(context: BrowserContext, server: TestServer, user: UserRow): Promise<void> {
  const answer = await context.request.post(`${server.url}/management/v1/sessions`, {
    data: { userName: user.userName, password: testPassword, client: 'portal' },
  });
  assert.equal(answer.status(), 201, await answer.text());
}
