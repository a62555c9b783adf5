// Plugins whose columns depend on the data. Compiling such a text gives a first query; its rows say the columns, and the
// text is compiled again with them. They are put in as the schema that KQL itself has for this (`: (a:long, …)`), so that
// the binder knows them and everything after the plugin is checked as usual.
import type { Compilation } from './diagnostics.ts';
import type { Column, Compiled, ExternalSource, KqlType, Rel, Span } from './ir.ts';
import type { FetchedWatchlist } from './watchlists.ts';

/** What a first pass has to find out, as the lowering says it. */
export type Needed =
  | {
      readonly plugin: 'pivot';
      readonly query: Rel;
      /** Columns that are known already; those found follow. */
      readonly fixed: readonly Column[];
      /** The type of every column that is found. */
      readonly type: KqlType;
    }
  | {
      readonly plugin: 'bag_unpack';
      readonly query: Rel;
      readonly fixed: readonly Column[];
      readonly prefix: string;
      readonly conflict: 'error' | 'keep_source' | 'replace_source';
      /** Properties that get no column. */
      readonly ignored: readonly string[];
    };

type Compiledly<Kind> = Kind extends { readonly query: Rel }
  ? Omit<Kind, 'query'> & { readonly query: Compiled }
  : never;

/** What a host runs, with the same parameters as the query itself, before it compiles the text again. */
export type Needs = Compiledly<Needed> & { readonly at: number; readonly span: Span };

export interface FoundKey {
  /** The value or property that becomes a column. */
  readonly key: string;
  readonly name: string;
  readonly type: KqlType;
}

/** What `compile` takes to compile the text again, together with what was found before. */
export interface FoundColumns {
  /** Where the schema goes, in the text as it was written. */
  readonly at: number;
  readonly schema: readonly Column[];
  readonly keys: readonly FoundKey[];
}

export const foundColumnsMax = 1000;

/** The columns that the rows of the first query say, or a sentence about why there are none. */
export function foundColumns(needs: Needs, rows: readonly (readonly unknown[])[]): FoundColumns | string {
  const keys = needs.plugin === 'pivot' ? pivotKeys(rows, needs.type) : bagKeys(rows, needs);
  if (typeof keys === 'string') return keys;
  if (keys.length > foundColumnsMax) return `${needs.plugin} makes more than ${foundColumnsMax} columns.`;
  const taken = new Set(needs.fixed.map(({ name }) => name));
  const clash = keys.find(({ name }) => taken.has(name));
  const conflict = needs.plugin === 'bag_unpack' ? needs.conflict : 'error';
  if (clash && conflict === 'error')
    return `${needs.plugin} makes a column ${clash.name}, which the table has already.`;
  const fresh = conflict === 'replace_source' ? keys : keys.filter(({ name }) => !taken.has(name));
  const made = new Set(fresh.map(({ name }) => name));
  const columns = fresh.map(({ name, type }) => ({ name, type }));
  return { at: needs.at, schema: [...needs.fixed.filter(({ name }) => !made.has(name)), ...columns], keys: fresh };
}

function pivotKeys(rows: readonly (readonly unknown[])[], type: KqlType): FoundKey[] | string {
  const keys = rows.map(([value]) => String(value ?? ''));
  if (keys.some((key) => key === '')) return 'pivot of an empty value, which makes a column without a name.';
  return keys.sort(byOrdinal).map((key) => ({ key, name: key, type }));
}

function bagKeys(
  rows: readonly (readonly unknown[])[],
  { prefix, ignored }: { readonly prefix: string; readonly ignored: readonly string[] },
): FoundKey[] | string {
  const types = new Map<string, Set<string>>();
  for (const [key, type] of rows) {
    if (typeof key !== 'string' || key === '' || ignored.includes(key)) continue;
    const found = types.get(key) ?? new Set();
    if (type !== 'null') found.add(String(type));
    types.set(key, found);
  }
  const keys = [...types].sort(([one], [other]) => byOrdinal(one, other));
  const mixed = keys.find(([, found]) => found.size > 1);
  if (mixed)
    return `bag_unpack of the property ${mixed[0]}, whose values have several types (${[...mixed[1]].join(', ')}).`;
  return keys.map(([key, [type]]) => ({ key, name: `${prefix}${key}`, type: valueTypes[type ?? ''] ?? 'dynamic' }));
}

/** What `gettype` says of a value, as a column's type. */
const valueTypes: Readonly<Record<string, KqlType>> = {
  bool: 'bool',
  double: 'real',
  int: 'long',
  long: 'long',
  real: 'real',
  string: 'string',
};

function byOrdinal(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A text with the schemas that were found, and the way back from its places to those of the text as written. */
export interface CompletedText {
  readonly text: string;
  /** By the place where the plugin's call ends in the completed text. */
  readonly found: ReadonlyMap<number, FoundColumns>;
  original(span: Span): Span;
}

/** `quoted`: names that are put in quotes, by their places in the text as written. */
export function completeText(
  text: string,
  found: readonly FoundColumns[],
  quoted: readonly Span[] = [],
): CompletedText {
  const schemas = found.map((each) => {
    const columns = each.schema.map(({ name, type }) => `[${JSON.stringify(name)}]:${type}`);
    return { at: each.at, added: ` : (${columns.join(', ')})`, found: each };
  });
  const quotes = quoted.flatMap(({ start, length }) =>
    [start, start + length].map((at) => ({ at, added: '"', found: undefined })),
  );
  const byEnd = new Map<number, FoundColumns>();
  const inserted: { readonly at: number; readonly length: number }[] = [];
  let completed = '';
  let from = 0;
  for (const each of [...schemas, ...quotes].sort((one, other) => one.at - other.at)) {
    completed += text.slice(from, each.at);
    if (each.found) byEnd.set(completed.length, each.found);
    inserted.push({ at: completed.length, length: each.added.length });
    completed += each.added;
    from = each.at;
  }
  const back = (place: number): number =>
    inserted.reduce((shifted, { at, length }) => shifted - Math.max(0, Math.min(place - at, length)), place);
  return {
    text: completed + text.slice(from),
    found: byEnd,
    original: ({ start, length }) => ({ start: back(start), length: back(start + length) - back(start) }),
  };
}

/** An external source whose rows the host has fetched. */
export interface FetchedSource {
  readonly external: ExternalSource;
  /** Quoted name in SQL of the table that holds them. */
  readonly source: string;
}

/** What is known so far of a text that cannot be compiled in one pass. */
export interface PassOptions {
  readonly found: readonly FoundColumns[];
  readonly external: readonly FetchedSource[];
  readonly watchlists: readonly FetchedWatchlist[];
}

/** What a host does between the passes. */
export interface PassHost {
  compile(options: PassOptions): Compilation | Promise<Compilation>;
  /** Rows of a query that finds columns, each as its values in order, strings as strings. */
  read(query: Compiled): Promise<readonly (readonly unknown[])[]>;
  /** The table of an external source, or a sentence about why there is none. */
  fetch(external: ExternalSource): Promise<FetchedSource | string>;
  /** The tenant's watchlist of that alias, or a sentence about why there is none. A host without any has no such member. */
  watchlist?(alias: string): Promise<FetchedWatchlist | string>;
}

/** Plugins, external sources and watchlists of one text. */
const passesMax = 20;

/** Compiles a text in as many passes as it needs. */
export async function compileInPasses(host: PassHost): Promise<Compilation> {
  let options: PassOptions = { found: [], external: [], watchlists: [] };
  for (let pass = 1; ; pass += 1) {
    const compilation = await host.compile(options);
    if (compilation.ok || pass > passesMax) return compilation;
    const { needs, external, watchlist, diagnostics } = compilation;
    const stopped = (message: string): Compilation => ({
      ok: false,
      diagnostics: diagnostics.map((each) => ({ ...each, message })),
    });
    if (needs) {
      const found = foundColumns(needs, await host.read(needs.query));
      if (typeof found === 'string') return stopped(found);
      options = { ...options, found: [...options.found, found] };
    } else if (external) {
      const fetched = await host.fetch(external);
      if (typeof fetched === 'string') return stopped(fetched);
      options = { ...options, external: [...options.external, fetched] };
    } else if (watchlist !== undefined && host.watchlist) {
      const fetched = await host.watchlist(watchlist);
      if (typeof fetched === 'string') return stopped(fetched);
      options = { ...options, watchlists: [...options.watchlists, fetched] };
    } else {
      return compilation;
    }
  }
}
