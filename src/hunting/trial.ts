// Queries over records that somebody brings along: a store of its own in a folder of its own, so that a query can be tried
// before it meets a tenant's data. Each trial has a tenant of its own, and sees nothing of the others.
import { type EventStore, openEventStore } from '../events/events.ts';
import { heldName } from '../events/held.ts';
import { compile } from '../kql/compile.ts';
import type { Column, Compiled, Diagnostic, ParameterName } from '../kql/ir.ts';
import { compileInPasses } from '../kql/two-pass.ts';
import type { FetchedWatchlist } from '../kql/watchlists.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import { prepareHosted } from './hosted.ts';
import { huntingCatalogue } from './hunting.ts';
import { Batches } from './ingest/batches.ts';
import { isRecordProblem, recordsIn } from './ingest/records.ts';
import { rangeOf, type TickRange, ticksNow } from './run-range.ts';
import { jsonRows } from './run-rows.ts';
import { storedTableName } from './schema/tables.ts';
import { prepareHuntingTables } from './store.ts';
import { readWatchlist } from './watchlists/reading.ts';
import { watchlistColumns, watchlistRowsSql } from './watchlists/watchlist-table.ts';

export interface TrialInput {
  readonly query: string;
  /** Values of JSON, each with the table of records that do not name theirs. */
  readonly records: readonly { readonly table: string | undefined; readonly value: unknown }[];
  readonly watchlists?: readonly { readonly alias: string; readonly csv: string }[];
  /** What `now()` is. */
  readonly now: number;
  /** ISO 8601; all times without it. */
  readonly timespan: string | undefined;
}

export type TrialResult =
  | { readonly kind: 'rows'; readonly columns: readonly Column[]; readonly rows: readonly Record<string, unknown>[] }
  | { readonly kind: 'wrong query'; readonly diagnostics: readonly Diagnostic[] }
  /** A record that no table takes, or a failure of the engine; a sentence. */
  | { readonly kind: 'failed'; readonly problem: string };

const memoryBytesMax = 1_073_741_824;
const secondsMax = 60;
const rowsMax = 100_000;
const watchlistBytesMax = 16_777_216;
/** A trial says the same everywhere: with the database that comes with the program. */
const ownPlaces = { countryDatabaseFile: null };
const allTimes: TickRange = { from: 0n, to: 3_155_378_976_000_000_000n };

export class Trials {
  readonly #events: EventStore;

  private constructor(events: EventStore) {
    this.#events = events;
  }

  /** The folder must be empty, and can be removed after `close`. */
  static async open(folder: string): Promise<Trials> {
    const events = await openEventStore({ folder, memoryBytesMax, querySecondsMax: secondsMax, queriesAtOnceMax: 2 });
    await prepareHuntingTables(events);
    return new Trials(events);
  }

  async run(input: TrialInput): Promise<TrialResult> {
    const tenantId = newId<TenantId>();
    const problem = await this.#store(tenantId, input);
    if (problem !== undefined) return { kind: 'failed', problem };
    const range = input.timespan === undefined ? allTimes : rangeOf(input.timespan, input.now, 0);
    const catalogue = huntingCatalogue();
    try {
      const compilation = await compileInPasses({
        compile: (options) => compile(input.query, catalogue, options),
        read: async (query) => {
          await prepareHosted(this.#events, ownPlaces, query.hosted);
          return await this.#read(query.sql, valuesOf(query, tenantId, range, input.now));
        },
        fetch: async () => 'externaldata is not available in a trial.',
        watchlist: (alias) => this.#hold(tenantId, alias, input),
      });
      if (!compilation.ok) return { kind: 'wrong query', diagnostics: compilation.diagnostics };
      const { compiled } = compilation;
      await prepareHosted(this.#events, ownPlaces, compiled.hosted);
      const found = await this.#read(jsonRows(compiled), valuesOf(compiled, tenantId, range, input.now));
      const rows = found.map(([text]) => JSON.parse(String(text)) as Record<string, unknown>); // As jsonRows writes it.
      return { kind: 'rows', columns: compiled.columns, rows };
    } catch (error) {
      return { kind: 'failed', problem: error instanceof Error ? error.message : String(error) };
    }
  }

  async #store(tenantId: TenantId, { records, now }: TrialInput): Promise<string | undefined> {
    const batches = new Batches(this.#events, tenantId, () => now);
    for (const { table, value } of records) {
      const stored = table === undefined ? undefined : storedTableName(table);
      if (table !== undefined && stored === undefined) return `There is no hunting table ${table}.`;
      for (const each of recordsIn(value, stored)) {
        const problem = isRecordProblem(each) ? each.reason : batches.add(each.table, each.fields, each.time);
        if (problem !== undefined) return problem;
      }
    }
    batches.endAll();
    await batches.commitFull(async () => {});
    await batches.settled();
    const { duplicates } = batches.counts;
    return duplicates === 0 ? undefined : `${duplicates} of the records are there twice; a store keeps them once.`;
  }

  async #hold(tenantId: TenantId, alias: string, { watchlists, now }: TrialInput): Promise<FetchedWatchlist | string> {
    const found = watchlists?.find((each) => each.alias.toLowerCase() === alias.toLowerCase());
    if (!found) return `There is no watchlist ${alias}: it would be in ${alias}.watchlist.csv.`;
    const csv = (async function* () {
      yield Buffer.from(found.csv);
    })();
    const read = await readWatchlist(csv, null, { bytesMax: watchlistBytesMax, rowsMax });
    const table = `$watchlist ${tenantId} ${found.alias.toLowerCase()}`;
    await this.#events.hold(table, watchlistRowsSql(read.parts, { ...read, changedAt: now }));
    return { alias, columns: watchlistColumns(read.columns), source: heldName(table) };
  }

  async #read(sql: string, values: readonly (bigint | { readonly uuid: string })[]): Promise<unknown[][]> {
    const rows: unknown[][] = [];
    for await (const chunk of this.#events.hunt({ sql, values, secondsMax, rowsMax })) {
      const columns = chunk.columns();
      for (let row = 0; row < chunk.rowCount; row += 1) rows.push(columns.map((column) => column[row]));
    }
    return rows;
  }

  async close(): Promise<void> {
    await this.#events.close();
  }
}

function valuesOf({ parameters }: Compiled, tenantId: TenantId, range: TickRange, now: number) {
  const values: Record<ParameterName, bigint | { readonly uuid: string }> = {
    tenant: { uuid: tenantId },
    now: ticksNow(now),
    from: range.from,
    to: range.to,
  };
  return parameters.map((name) => values[name]);
}
