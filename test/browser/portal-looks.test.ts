// How the portal looks, on the demo's data: every page (scripts/screenshot-pages.ts) in one language, theme and width each,
// spread so that all of them have their turn. `npm run screenshots` shows every page in all of them, and dialogs.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { portalPages } from '../../scripts/screenshot-pages.ts';
import { navigation } from '../../web/app/navigation.ts';
import { type RunningDemo, startDemo } from '../support/demo-server.ts';
import { buildPortal } from '../support/portal-page.ts';
import { type Look, type Sight, walkPortal } from '../support/portal-walk.ts';

const languages = ['en', 'ja', 'zh-Hant', 'fr', 'ko'] as const;
const themes = ['light', 'dark', 'contrast'] as const;
const widths = [360, 1280, 390, 2560] as const;

/** 5, 3 and 4 have no divisor in common, so that sixty pages in a row have sixty looks. */
function lookOf(index: number): Look {
  return {
    language: languages[index % languages.length] ?? 'en',
    theme: themes[index % themes.length] ?? 'light',
    width: widths[index % widths.length] ?? 1280,
  };
}

let demo: RunningDemo;
let browser: Browser;
const visited = new Set<string>();

before(async () => {
  buildPortal();
  demo = await startDemo();
  browser = await chromium.launch({
    executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

test('every page can be read and axe finds nothing, in its language, theme and width', async () => {
  const faults: string[] = [];
  const tell = (fault: string) => {
    console.log(fault); // Shown at once, because a run that is stopped has no list.
    faults.push(fault);
  };
  await walkPortal(browser, {
    demo,
    pictures: portalPages,
    looksOf: (picture) => [lookOf(portalPages.indexOf(picture))],
    usesAxe: () => true,
    async see({ picture: { name }, look, page, faults: found }: Sight) {
      visited.add(new URL(page.url()).pathname.replace(/^\/portal/, '') || '/');
      for (const fault of found) tell(`${name}, ${JSON.stringify(look)}: ${fault}`);
    },
    failed: ({ name }, reason) => tell(`${name}: ${reason}`),
  });
  assert.deepEqual(faults, []);
});

test('every entry of the navigation and every address of the portal is one of the pictures', async () => {
  const entries = navigation.flatMap(({ items }) => items.map(({ to }) => to)).filter((to) => !visited.has(to));
  assert.deepEqual(entries, [], 'Add the pages of these entries to scripts/screenshot-pages.ts.');
  const unseen = (await routePaths()).filter((path) => {
    const pattern = new RegExp(`^${path.replaceAll(/\$\w+/g, '[^/]+')}$`);
    return ![...visited].some((address) => pattern.test(address));
  });
  assert.deepEqual(unseen, [], 'Add a page of each of these addresses to scripts/screenshot-pages.ts.');
});

/** Of every area: `/incidents/$id`. Pages of an area are loaded when they are opened, so that its routes load none. */
async function routePaths(): Promise<string[]> {
  const root = join(import.meta.dirname, '../..');
  const modules = await Promise.all(
    globSync('web/pages/*/routes.ts', { cwd: root }).map(
      async (file) => (await import(join(root, file))) as Record<string, readonly { readonly path: string }[]>, // One list each.
    ),
  );
  const paths = modules.flatMap((module) => Object.values(module).flatMap((routes) => routes.map(({ path }) => path)));
  assert.ok(paths.length > 30, 'the routes are found');
  return paths;
}
