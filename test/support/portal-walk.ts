// A walk over the pages of the portal: each is loaded once and then shown in every look that is wanted, because languages,
// themes and widths change in place. Several pages are looked at beside each other.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { PictureOf } from '../../scripts/screenshot-pages.ts';
import type { Demo } from './demo-server.ts';
import { layoutFaults } from './layout.ts';
import { axeFaults, collectProblems, type Reader, settle, strangeTexts } from './portal-page.ts';

/** How a page is looked at. */
export type Look = Required<Omit<Reader, 'path'>>;

export interface Sight {
  readonly picture: PictureOf;
  readonly look: Look;
  readonly page: Page;
  /** What is wrong with it, a sentence each. */
  readonly faults: readonly string[];
}

export interface Walk {
  readonly demo: Demo;
  readonly pictures: readonly PictureOf[];
  looksOf(picture: PictureOf): readonly Look[];
  /** Axe costs more than everything else; asked for every sight. */
  usesAxe(look: Look): boolean;
  see(sight: Sight): Promise<void>;
  /** A page that could not be opened: reported, and the walk goes on. */
  failed(picture: PictureOf, reason: string): void;
}

const parallel = 3;
const heightPx = 900;
const waitMs = 20_000;
/** Selectors of the steps that open a dialog or a tab are English. */
const first: Look = { language: 'en', theme: 'light', width: 1280 };

/** Goes over all pictures. Resolves when every one was seen. */
export async function walkPortal(browser: Browser, walk: Walk): Promise<void> {
  const waiting = [...walk.pictures];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      const context = await openContext(browser);
      const stranger = await openContext(browser);
      await signIn(context, walk.demo);
      for (let picture = waiting.shift(); picture; picture = waiting.shift()) {
        await showPicture(picture.signedOut ? stranger : context, walk, picture);
      }
      await Promise.all([context.close(), stranger.close()]);
    }),
  );
}

/** Preferences are the context's, so that pages beside each other do not change each other's look. */
async function openContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    locale: first.language,
    reducedMotion: 'reduce',
    viewport: { width: first.width, height: heightPx },
  });
  await context.addInitScript(`localStorage.setItem('sallyport.preferences', ${JSON.stringify(preferences(first))})`);
  return context;
}

async function signIn(context: BrowserContext, demo: Demo): Promise<void> {
  const user = demo.tenants.contoso?.users['global-administrator'];
  const signedIn = await context.request.post(`${demo.url}/management/v1/sessions`, {
    data: { ...user, client: 'portal' },
  });
  if (!signedIn.ok()) throw new Error(await signedIn.text());
}

function preferences({ language, theme }: Look): string {
  return JSON.stringify({ language, theme, timeZone: 'UTC' });
}

async function showPicture(context: BrowserContext, walk: Walk, picture: PictureOf): Promise<void> {
  const page = await context.newPage();
  const { path, signedOut, open } = picture;
  const problems: string[] = [];
  page.setDefaultTimeout(waitMs);
  collectProblems(page, problems);
  page.on('response', (answer) => {
    const isFault = answer.status() >= 400 && !(signedOut && answer.status() === 401);
    if (isFault) problems.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`);
  });
  try {
    const address = typeof path === 'string' ? path : await path(context.request, walk.demo.url);
    await page.goto(`${walk.demo.url}/portal${address}`);
    await page.waitForSelector(signedOut ? 'h1' : '#main h1');
    await page.waitForLoadState('networkidle');
    await open?.(page);
    for (const look of walk.looksOf(picture)) {
      await showLook(page, look);
      const faults = [
        ...problems.splice(0),
        ...(await layoutFaults(page)),
        ...(await strangeTexts(page)),
        ...(walk.usesAxe(look) ? await axeFaults(page) : []),
      ];
      await walk.see({ picture, look, page, faults });
    }
  } catch (error) {
    walk.failed(picture, error instanceof Error ? error.message : String(error));
  } finally {
    await page.close();
  }
}

/** As if another window of the same reader had chosen these. */
async function showLook(page: Page, look: Look): Promise<void> {
  const { language, theme, width } = look;
  await page.setViewportSize({ width, height: heightPx });
  await page.evaluate(`(() => {
    localStorage.setItem('sallyport.preferences', ${JSON.stringify(preferences(look))});
    dispatchEvent(new StorageEvent('storage', { key: 'sallyport.preferences' }));
  })()`);
  await page.waitForSelector(`html[lang="${language}"][data-theme="${theme}"]`);
  await settle(page, `${language}, ${theme}, ${width} px`);
}
