// The catalogue's files: apps, one JSON object a line, and for each kind of factor a file whose first line says where its
// facts are from. How they are made and updated: docs/discovery-catalog.md.
import { readFile } from 'node:fs/promises';
import type { CategoryId } from './categories.ts';

/** A cloud app as it lies in data/apps.ndjson. */
export interface CatalogApp {
  /** Below 1,000,000,000. Never given to another app, whatever becomes of this one. */
  readonly id: number;
  /** Of lower-case letters, digits and hyphens; names the app in the sources of updates. */
  readonly slug: string;
  readonly name: string;
  readonly vendor?: string;
  readonly category: CategoryId;
  /** Where the category is from when it is not our own finding. */
  readonly categorySource?: string;
  /** In normal form, the one that stands for the app first. None for what is used without the internet. */
  readonly domains: readonly string[];
  /** Ends of hosts that are the app's although the domain is another's: exactly one label ends so. */
  readonly hostEndings?: readonly string[];
  /** Where domains are from when not all are our own finding. */
  readonly domainSources?: readonly string[];
}

/** An id that was given once and is kept from being given again. */
export interface RetiredApp {
  readonly id: number;
  readonly slug: string;
  readonly isRetired: true;
}

export const appsFile = new URL('./data/apps.ndjson', import.meta.url);

export async function readApps(): Promise<CatalogApp[]> {
  return (await readAppLines()).filter((line): line is CatalogApp => !('isRetired' in line));
}

/** Apps and retired ids, by id. */
export async function readAppLines(): Promise<(CatalogApp | RetiredApp)[]> {
  return parseLines(await readFile(appsFile, 'utf8'));
}

/** The shape of the files is held by the tests beside them. */
export function parseLines<Line>(text: string): Line[] {
  return JSON.parse(`[${text.trimEnd().replaceAll('\n', ',')}]`);
}
