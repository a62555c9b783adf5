// Taking hunting data in: exports of the streaming API, result pages, Windows events. What was committed stays, whatever
// comes after; a record that is there already counts as a duplicate, so that sending the whole again is always safe.
import { statfs } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { require } from '../../access/caller.ts';
import type { LineProblem } from '../../activities/ingest.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import { InvalidInput, StoreUnavailable, TooLarge, withAddition } from '../../lib/failures.ts';
import { ownTables } from '../schema/own-tables.ts';
import { storedTableName } from '../schema/tables.ts';
import { prepareHuntingTables } from '../store.ts';
import { Batches } from './batches.ts';
import { readBody } from './bodies.ts';
import { type FoundRecord, isRecordProblem, type RecordProblem, recordsIn } from './records.ts';

export interface HuntingIngestResult {
  /** Records that came; stored, duplicates and rejected add up to it. */
  readonly received: number;
  readonly stored: number;
  /** Records that were here before, or twice in this ingestion. */
  readonly duplicates: number;
  readonly rejected: number;
  /** The first of the rejected ones, by the line on which their value begins. */
  readonly problems: readonly LineProblem[];
  /** How many rows each table got. */
  readonly tables: readonly { readonly table: string; readonly stored: number }[];
}

export interface HuntingIngestOptions {
  /** The table of rows that do not name theirs: those of a result page. */
  readonly table?: string | undefined;
  /** Where the records come from, for the audit log. */
  readonly source: string;
}

const problemsMax = 100;

/**
 * Stores the records of a stream for the caller's tenant. Needs Ingest.write. A bad record is reported and the rest is
 * taken. Throws TooLarge, InvalidInput and StoreUnavailable with what was stored until then.
 */
export async function ingestHunting(
  ctx: Ctx,
  stream: AsyncIterable<Buffer>,
  options: HuntingIngestOptions,
): Promise<HuntingIngestResult> {
  require(ctx.caller, 'Ingest.write');
  const table = options.table === undefined ? undefined : storedTableName(options.table);
  if (options.table !== undefined && table === undefined) {
    throw new InvalidInput('table', `There is no hunting table ${options.table.slice(0, 60)}.`);
  }
  if (table !== undefined && ownTables.has(table)) throw new InvalidInput('table', ownRowsOnly(table));
  await prepareHuntingTables(ctx.events);
  const ingestion = new Ingestion(ctx, table);
  try {
    await ingestion.run(stream);
  } catch (error) {
    const result = ingestion.result();
    await recordIngestion(ctx, result, options, error).catch((auditError: unknown) => {
      // A full disk may refuse this record as well; the failure that led here is the one to tell.
      ctx.log.error({ err: auditError }, 'The failed ingestion could not be recorded in the audit log.');
    });
    throw withAddition(error, progress(result));
  }
  const result = ingestion.result();
  await recordIngestion(ctx, result, options);
  return result;
}

/** Nobody may add to what the server itself tells of who called it and of its incidents. */
function ownRowsOnly(table: string): string {
  return `The rows of ${table} are written by the server itself and cannot be ingested.`;
}

class Ingestion {
  readonly #ctx: Ctx;
  readonly #table: string | undefined;
  readonly #batches: Batches;
  readonly #problems: LineProblem[] = [];
  #received = 0;
  #rejected = 0;

  constructor(ctx: Ctx, table: string | undefined) {
    this.#ctx = ctx;
    this.#table = table;
    this.#batches = new Batches(ctx.events, ctx.caller.tenantId, ctx.clock);
  }

  result(): HuntingIngestResult {
    const { stored, duplicates, tables } = this.#batches.counts;
    return {
      received: this.#received,
      stored,
      duplicates,
      rejected: this.#rejected,
      problems: [...this.#problems],
      tables: [...tables].sort().map(([table, count]) => ({ table, stored: count })),
    };
  }

  async run(stream: AsyncIterable<Buffer>): Promise<void> {
    const { ingestLineBytesMax } = this.#ctx.config;
    const batches = this.#batches;
    const beforeEach = () => this.#refuseFullDisk();
    try {
      await readBody(
        this.#bounded(stream),
        { valueBytesMax: ingestLineBytesMax },
        {
          scan: (bytes) => this.#scan(bytes),
          value: (value, line, bytes) => this.#take(value, line, bytes),
          rejected: (line, reason) => {
            this.#received++;
            this.#reject(line, reason);
          },
          pause: async () => {
            batches.endOld();
            await batches.commitFull(beforeEach);
            await setImmediate();
          },
        },
      );
      batches.endAll();
      await batches.commitFull(beforeEach);
      await batches.settled();
    } finally {
      // Whatever happened, the counts must be those of what is stored when this function is over.
      await batches.settled().catch(() => {});
      batches.discard();
    }
  }

  async *#bounded(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const { ingestBytesMax } = this.#ctx.config;
    let bytes = 0;
    for await (const chunk of stream) {
      bytes += chunk.length;
      if (bytes > ingestBytesMax) {
        throw new TooLarge(
          `The ingestion is larger than ${ingestBytesMax} bytes (setting ingestBytesMax). Send it in parts.`,
        );
      }
      this.#batches.endOld();
      yield chunk;
    }
  }

  #scan(bytes: Buffer): boolean {
    if (!this.#batches.addScanned(bytes)) return false;
    this.#received++;
    this.#batches.addBytes(bytes.length);
    return true;
  }

  #take(value: unknown, line: number, bytes: number): void {
    for (const found of recordsIn(value, this.#table)) {
      this.#received++;
      const reason = this.#store(found);
      if (reason !== undefined) this.#reject(line, reason);
    }
    this.#batches.addBytes(bytes);
  }

  /** Why the record is not taken; undefined when it is. */
  #store(found: FoundRecord | RecordProblem): string | undefined {
    if (isRecordProblem(found)) return found.reason;
    if (ownTables.has(found.table)) return ownRowsOnly(found.table);
    return this.#batches.add(found.table, found.fields, found.time);
  }

  #reject(line: number, reason: string): void {
    this.#rejected++;
    if (this.#problems.length < problemsMax) this.#problems.push({ line, reason });
  }

  async #refuseFullDisk(): Promise<void> {
    const { dataFolder, diskReserveBytes } = this.#ctx.config;
    const { bavail, bsize } = await statfs(dataFolder);
    if (bavail * bsize >= diskReserveBytes) return;
    throw new StoreUnavailable(
      'disk-full',
      `Less than ${diskReserveBytes} bytes are free on the data folder's disk (setting diskReserveBytes). Free some space.`,
    );
  }
}

function progress({ stored, duplicates }: HuntingIngestResult): string {
  if (stored + duplicates === 0) return 'Nothing was stored.';
  return `${stored} records were stored, ${duplicates} were there before. Sending the whole again is safe: what is stored counts once.`;
}

async function recordIngestion(
  ctx: Ctx,
  result: HuntingIngestResult,
  { source, table }: HuntingIngestOptions,
  error?: unknown,
): Promise<void> {
  const { problems: _problems, tables, ...counts } = result;
  const failure = error === undefined ? {} : { reason: error instanceof Error ? error.message : String(error) };
  const details = { ...counts, tables: Object.fromEntries(tables.map((each) => [each.table, each.stored])), source };
  await ctx.store.transaction((trx) =>
    recordAudit(ctx, trx, {
      action: 'hunting.ingest',
      ...(error === undefined ? {} : { outcome: 'failed' as const }),
      details: { ...details, ...(table === undefined ? {} : { table }), ...failure },
    }),
  );
}
