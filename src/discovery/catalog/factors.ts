// What is known about apps besides whose hosts they have: facts that others published, each with its source and date. They
// count in scores (../apps/score.ts); nothing known about an app means unknown, never no.
import { readdir, readFile } from 'node:fs/promises';
import { appsFile, parseLines } from './records.ts';

/** First line of a file in data/factors. */
export interface FactorHeader {
  readonly factor: string;
  /** A name in data/sources.json. */
  readonly source: string;
  /** Day on which the source said so, ISO 8601, unless a row gives its own. */
  readonly asOf: string;
}

/** A further line: what the source says about one app. */
export interface FactorRow {
  /** Id of the app. */
  readonly app: number;
  readonly asOf?: string;
  readonly [fact: string]: unknown;
}

export type FactorLine = FactorHeader | FactorRow;

/** A fact about an app as it is shown: where it is from, when, and what the source says. */
export interface Factor {
  readonly name: string;
  readonly source: string;
  readonly asOf: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const folder = new URL('factors/', appsFile);

let loaded: Promise<ReadonlyMap<number, readonly Factor[]>> | null = null;

/** Factors of all apps by id; read once. */
export function readFactors(): Promise<ReadonlyMap<number, readonly Factor[]>> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Map<number, Factor[]>> {
  const byApp = new Map<number, Factor[]>();
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ndjson')).sort()) {
    const [header, ...rows] = parseLines<unknown>(await readFile(new URL(file, folder), 'utf8'));
    // The tests beside the data hold that the first line is the header and all others are rows.
    const { factor: name, source, asOf } = header as FactorHeader;
    for (const { app, asOf: own = asOf, ...facts } of rows as FactorRow[]) {
      const factors = byApp.get(app) ?? [];
      if (factors.length === 0) byApp.set(app, factors);
      factors.push({ name, source, asOf: own, facts });
    }
  }
  return byApp;
}
