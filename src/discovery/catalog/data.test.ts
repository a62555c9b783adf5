// What the shipped catalogue promises, whoever edits it.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import ipaddr from 'ipaddr.js';
import { parse } from 'tldts';
import { type AddressData, addressesFile } from './address-matching.ts';
import { isCategoryId, unclassified } from './categories.ts';
import type { FactorHeader, FactorRow } from './factors.ts';
import { appsFile, type CatalogApp, parseLines, type RetiredApp, readAppLines } from './records.ts';

let lines: (CatalogApp | RetiredApp)[];
let apps: CatalogApp[];
let sources: Record<string, { readonly license: string; readonly title: string }>;
before(async () => {
  lines = await readAppLines();
  apps = lines.filter((line): line is CatalogApp => !('isRetired' in line));
  sources = JSON.parse(await readFile(new URL('sources.json', appsFile), 'utf8'));
});

/** Ids that clients have built in (cloud-apps reference 2.2). */
const published: Readonly<Record<string, number>> = {
  box: 10489,
  okta: 10980,
  salesforce: 11114,
  'office-365': 11161,
  yammer: 11522,
  'amazon-web-services': 11599,
  dropbox: 11627,
  'google-workspace': 11770,
  'microsoft-azure': 12260,
  servicenow: 14509,
  onedrive: 15600,
  'cloud-app-security': 20595,
  'sharepoint-online': 20892,
  'exchange-online': 20893,
  'active-directory': 20940,
  'skype-for-business': 25275,
  'power-bi': 26324,
  'microsoft-teams': 28375,
};

test('ids and slugs are unique, sorted, below those of custom apps, and those that clients know', () => {
  assert.ok(apps.length > 4700);
  const ids = lines.map(({ id }) => id);
  assert.deepEqual(
    ids,
    [...new Set(ids)].sort((a, b) => a - b),
  );
  assert.ok(ids.every((id) => Number.isInteger(id) && id >= 10_000 && id < 1_000_000_000));
  assert.equal(new Set(lines.map(({ slug }) => slug)).size, lines.length);
  const bySlug = new Map(lines.map(({ slug, id }) => [slug, id]));
  for (const [slug, id] of Object.entries(published)) assert.equal(bySlug.get(slug), id, slug);
});

test('every app has a name, a category and clean words', () => {
  for (const app of apps) {
    const { slug, name, vendor, category, categorySource, domainSources = [] } = app;
    assert.match(slug, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    for (const text of [name, ...(vendor === undefined ? [] : [vendor])]) {
      assert.ok(text === text.trim() && /^[\p{L}\p{N}]/u.test(text) && !/[\p{Cc}=<>]/u.test(text), `${slug}: ${text}`);
    }
    assert.ok(isCategoryId(category) && category !== unclassified, `${slug}: ${category}`);
    for (const source of domainSources) assert.ok(source in sources, `${slug}: ${source}`);
    if (categorySource !== undefined) assert.ok(!categorySource.startsWith('editorial'), slug);
  }
});

test('a domain has one owner, is in normal form and no public suffix', () => {
  const owners = new Map<string, string>();
  for (const { slug, domains } of apps) {
    for (const domain of domains) {
      assert.equal(owners.get(domain), undefined, `${domain} of ${slug}`);
      owners.set(domain, slug);
      assert.match(domain, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/);
      const found = parse(domain);
      assert.ok(found.domain !== null && found.isIcann === true, `${domain} of ${slug}`);
    }
  }
  const without = apps.filter(({ domains }) => domains.length === 0).map(({ slug }) => slug);
  assert.deepEqual(without, ['active-directory']);
  for (const { slug, hostEndings = [] } of apps) {
    for (const ending of hostEndings) {
      assert.match(ending, /^-[a-z0-9]+\./, slug);
      assert.ok(owners.has(ending.slice(ending.indexOf('.') + 1)), `${ending} lies below nobody's domain`);
    }
  }
});

test('every factor says where it is from and of which day, about an app that is there', async () => {
  const ids = new Set(apps.map(({ id }) => id));
  const folder = new URL('factors/', appsFile);
  const files = await readdir(folder);
  assert.equal(files.length, 12);
  for (const file of files) {
    const [first, ...rest] = parseLines<unknown>(await readFile(new URL(file, folder), 'utf8'));
    const header = first as FactorHeader; // Checked by the next lines.
    assert.equal(`${header.factor}.ndjson`, file);
    assert.ok(header.source in sources, `${file}: ${header.source}`);
    const rows = rest as FactorRow[]; // Checked by the next lines.
    assert.ok(rows.length > 50, file);
    const seen = new Set<number>();
    for (const { app, asOf = header.asOf, ...facts } of rows) {
      assert.ok(ids.has(app) && !seen.has(app), `${file}: ${app}`);
      seen.add(app);
      assert.match(asOf, /^20\d\d-\d\d-\d\d$/);
      assert.ok(asOf <= '2026-11-21' || Number.isFinite(Date.parse(asOf)), `${file}: ${app}`);
      assert.ok(Object.keys(facts).length > 0, `${file}: ${app}`);
      for (const [name, value] of Object.entries(facts)) {
        if (name.endsWith('url')) assert.match(String(value), /^https?:\/\/[^\s"<>]+$/, `${file}: ${app}`);
      }
    }
  }
});

test('sources name their licence, and the texts that these ask for lie beside the data', async () => {
  const texts = await readdir(new URL('licenses/', appsFile));
  const asked = ['Apache-2.0.txt', 'BSD-3-Clause.txt', 'CC-BY-4.0.txt', 'MIT.txt'];
  for (const text of asked) assert.ok(texts.includes(text), text);
  const notice = await readFile(new URL('../../../../NOTICE', appsFile), 'utf8');
  for (const [name, { license, title }] of Object.entries(sources)) {
    assert.ok(license !== '', name);
    if (name !== 'editorial')
      assert.ok(notice.includes(title.split(/,| by /)[0] ?? title), `NOTICE does not name ${title}`);
  }
});

test('addresses belong to apps that are there, and a range to one', async () => {
  const ids = new Set(apps.map(({ id }) => id));
  const data: AddressData = JSON.parse(await readFile(addressesFile, 'utf8'));
  const ranges = data.ranges.flatMap((each) => each.ranges);
  const systems = data.systems.flatMap((each) => each.systems);
  for (const { app } of [...data.ranges, ...data.systems]) assert.ok(ids.has(app), String(app));
  for (const range of ranges) assert.ok(ipaddr.isValidCIDR(range), range);
  assert.equal(new Set(ranges).size, ranges.length);
  assert.equal(new Set(systems).size, systems.length);
});
