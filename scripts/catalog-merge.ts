// What makes the catalogue's files (src/discovery/catalog/data) out of the form in which facts are collected, and carries a
// newer collection into files that are there. How to use it: docs/discovery-catalog.md.
import { findCategory } from '../src/discovery/catalog/categories.ts';
import type { FactorLine, FactorRow } from '../src/discovery/catalog/factors.ts';
import type { CatalogApp, RetiredApp } from '../src/discovery/catalog/records.ts';

type Json = Record<string, unknown>;

/** An app as facts are collected: categories without prefix, factors with their source in each. */
export interface CollectedApp {
  readonly slug: string;
  readonly name: string;
  readonly vendor?: string;
  readonly category: string;
  readonly categorySource?: string;
  readonly domains: readonly string[];
  readonly domainSources?: readonly string[];
  readonly hostEndings?: readonly string[];
  /** The id that the collection gives; only looked at for apps that have none yet. */
  readonly id?: number;
  readonly factors?: Readonly<Record<string, Json>>;
}

/** What was found wrong in a collection: laid over it, by slug, so that the next one does not bring it back. */
export interface Correction {
  readonly why: string;
  readonly name?: string;
  readonly vendor?: string | null;
  readonly category?: string;
  readonly addDomains?: readonly string[];
  readonly removeDomains?: readonly string[];
  readonly hostEndings?: readonly string[];
  readonly removeFactors?: readonly string[];
  /** The app is not in the collection at all. */
  readonly isOwn?: true;
}

export interface Catalogue {
  readonly lines: readonly (CatalogApp | RetiredApp)[];
  readonly factors: ReadonlyMap<string, readonly FactorLine[]>;
}

/** First id that is given to apps without a published one (cloud-apps reference 2.2). */
const firstOwnId = 30_000;
const lastOwnId = 999_999_999;

/**
 * The catalogue after a collection: apps keep their ids by slug, new ones get the next free, and those that the collection no
 * longer has are retired, so that no id ever means another app. `reserved` are ids by slug that were given away elsewhere.
 */
export function merge(
  before: Catalogue,
  collected: readonly CollectedApp[],
  corrections: Readonly<Record<string, Correction>>,
  reserved: Readonly<Record<string, number>> = {},
): Catalogue {
  const apps = [...collected.map((app) => corrected(app, corrections[app.slug])), ...ownApps(collected, corrections)];
  const ids = new Map(Object.entries(reserved));
  for (const { slug, id } of before.lines) ids.set(slug, id);
  const taken = new Set(ids.values());
  let next = Math.max(firstOwnId - 1, ...taken) + 1;
  for (const { slug, id } of apps) {
    if (ids.has(slug)) continue;
    const given = id !== undefined && id <= lastOwnId && !taken.has(id) ? id : next++;
    ids.set(slug, given);
    taken.add(given);
  }
  const idOf = (slug: string): number => ids.get(slug) ?? 0;
  const present = new Set(apps.map(({ slug }) => slug));
  const retired = [...ids.keys()]
    .filter((slug) => !present.has(slug))
    .map((slug): RetiredApp => ({ id: idOf(slug), slug, isRetired: true }));
  return {
    lines: [...apps.map((app) => appLine(idOf(app.slug), app)), ...retired].sort((a, b) => a.id - b.id),
    factors: factorLines(apps, idOf),
  };
}

function corrected(app: CollectedApp, correction: Correction | undefined): CollectedApp {
  // A remark that a collector left where the vendor belongs.
  const { vendor, ...rest } = app.vendor?.startsWith(';') ? { ...app, vendor: undefined } : app;
  const plain: CollectedApp = vendor === undefined ? rest : { ...rest, vendor };
  if (correction === undefined) return plain;
  const { vendor: ownVendor = plain.vendor, removeFactors = [], removeDomains = [], addDomains = [] } = correction;
  const { vendor: _, ...unsold } = plain;
  return {
    ...unsold,
    ...(ownVendor === null || ownVendor === undefined ? {} : { vendor: ownVendor }),
    name: correction.name ?? plain.name,
    category: correction.category ?? plain.category,
    domains: [...new Set([...plain.domains.filter((domain) => !removeDomains.includes(domain)), ...addDomains])],
    ...(correction.hostEndings === undefined ? {} : { hostEndings: correction.hostEndings }),
    factors: Object.fromEntries(Object.entries(plain.factors ?? {}).filter(([name]) => !removeFactors.includes(name))),
  };
}

/** Apps that stand in the corrections alone. */
function ownApps(
  collected: readonly CollectedApp[],
  corrections: Readonly<Record<string, Correction>>,
): CollectedApp[] {
  const known = new Set(collected.map(({ slug }) => slug));
  return Object.entries(corrections).flatMap(([slug, { isOwn, name, category, vendor, addDomains = [] }]) => {
    if (isOwn !== true || known.has(slug)) return [];
    if (name === undefined || category === undefined) throw new Error(`${slug} needs a name and a category.`);
    return [{ slug, name, category, domains: addDomains, ...(typeof vendor === 'string' ? { vendor } : {}) }];
  });
}

/** With its members in the order in which people read them. */
function appLine(id: number, app: CollectedApp): CatalogApp {
  const category = findCategory(app.category);
  if (category === undefined) throw new Error(`${app.slug} has the category ${app.category}, which is none.`);
  const { slug, name, vendor, categorySource, domains, hostEndings, domainSources } = app;
  return {
    id,
    slug,
    name,
    ...(vendor === undefined ? {} : { vendor }),
    category,
    ...(categorySource === undefined || categorySource === 'editorial' ? {} : { categorySource }),
    domains,
    ...(hostEndings === undefined ? {} : { hostEndings }),
    ...(domainSources === undefined ? {} : { domainSources }),
  };
}

/** A file for each kind of factor: a first line with source and date, and a line for each app that repeats neither. */
function factorLines(apps: readonly CollectedApp[], idOf: (slug: string) => number): Map<string, FactorLine[]> {
  const files = new Map<string, { source: string; asOf: string; rows: FactorRow[] }>();
  for (const { slug, factors = {} } of apps) {
    for (const [name, { source, asOf, ...facts }] of Object.entries(factors)) {
      if (typeof source !== 'string' || typeof asOf !== 'string')
        throw new Error(`${slug}: ${name} has no source or date.`);
      const file = files.get(name) ?? { source, asOf, rows: [] };
      files.set(name, file);
      if (file.source !== source)
        throw new Error(`${slug}: ${name} is from ${source}, others are from ${file.source}.`);
      file.rows.push({ app: idOf(slug), ...facts, asOf });
    }
  }
  const lines = new Map<string, FactorLine[]>();
  for (const [name, { source, rows }] of [...files].sort(([a], [b]) => a.localeCompare(b))) {
    const asOf = mostFrequent(rows.map((row) => row.asOf ?? ''));
    const short = rows.map(({ asOf: own, ...row }) =>
      own === asOf || own === undefined ? row : { ...row, asOf: own },
    );
    lines.set(name, [{ factor: name, source, asOf }, ...short.sort((a, b) => a.app - b.app)]);
  }
  return lines;
}

function mostFrequent(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b))[0]?.[0] ?? '';
}

/** The text of a file of lines. */
export function linesText(lines: readonly unknown[]): string {
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}
