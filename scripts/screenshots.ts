// Every page of the portal as a picture, and whether it can be read: `npm run screenshots [-- FOLDER]` starts a demo of its
// own and shows each page in each language, light and dark, on a desk (1280 px) and on a phone (390 px). Ends with 1 when a
// text is cut off, overlaps another or leaves the window, and where axe finds something.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { readDemo, startDemo } from '../test/support/demo-server.ts';
import { buildPortal } from '../test/support/portal-page.ts';
import { type Look, walkPortal } from '../test/support/portal-walk.ts';
import { portalDialogs } from './screenshot-dialogs.ts';
import { portalPages } from './screenshot-pages.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    languages: { type: 'string', default: 'en,ja,zh-Hant,fr,ko' },
    themes: { type: 'string', default: 'light,dark' },
    widths: { type: 'string', default: '1280,390' },
    /** Names of scripts/screenshot-pages.ts; all without it. */
    pages: { type: 'string' },
    /** Data folder of a demo that runs already. */
    demo: { type: 'string' },
    axe: { type: 'boolean', default: true },
    pictures: { type: 'boolean', default: true },
  },
  allowNegative: true,
});
const folder = resolve(positionals[0] ?? 'test-results/screenshots');
const wanted = values.pages?.split(',');
const all = [...portalPages, ...portalDialogs];
const unknown = wanted?.find((name) => !all.some((each) => each.name === name));
if (unknown !== undefined)
  throw new Error(`There is no page ${unknown} in scripts/screenshot-pages.ts or screenshot-dialogs.ts.`);
const pictures = all.filter(({ name }) => wanted?.includes(name) ?? true);
const looks = values.languages.split(',').flatMap((language) =>
  values.themes.split(',').flatMap(
    (theme) => values.widths.split(',').map((width) => ({ language, theme, width: Number(width) }) as Look), // As the walk shows them or fails.
  ),
);

const startedAt = Date.now();
const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(0)} s`;
let faults = 0;
let seen = 0;

if (!values.demo) buildPortal();
mkdirSync(folder, { recursive: true });
const own = values.demo === undefined ? await startDemo() : undefined;
try {
  console.log(`${seconds()}: ${pictures.length} pages in ${looks.length} looks`);
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  await walkPortal(browser, {
    demo: own ?? readDemo(values.demo ?? ''),
    pictures,
    looksOf: () => looks,
    usesAxe: () => values.axe,
    async see({ picture: { name }, look: { language, theme, width }, page, faults: found }) {
      if (values.pictures) {
        await page.screenshot({ path: join(folder, `${name}.${language}.${theme}.${width}.png`), fullPage: true });
      }
      for (const fault of found) tell(`${name}, ${language}, ${theme}, ${width} px: ${fault}`);
      seen += 1;
      if (seen % 50 === 0) console.log(`${seconds()}: ${seen} of ${pictures.length * looks.length}`);
    },
    failed: ({ name }, reason) => tell(`${name}: ${reason}`),
  });
  await browser.close();
} finally {
  await own?.stop();
}
const isWhole = seen === pictures.length * looks.length;
console.log(
  `${folder}: ${seen} pictures in ${seconds()}, ${faults === 0 && isWhole ? 'nothing is wrong with them' : `${faults} faults`}`,
);
process.exit(faults === 0 && isWhole ? 0 : 1);

function tell(fault: string): void {
  console.log(`  ${fault}`);
  faults += 1;
}
