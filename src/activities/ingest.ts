// Taking activities in: a stream of lines, each a provider's record, becomes stored activities. Nothing that grows with
// the input is held: lines are cut as the bytes come, mapped, and committed in batches while the next batch is mapped.
import { isUtf8 } from 'node:buffer';
import { statfs } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { require } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import { getTenantById } from '../directory/tenants.ts';
import { openGeo } from '../geo/geo.ts';
import { InvalidInput, StoreUnavailable, TooLarge, withAddition } from '../lib/failures.ts';
import { addressLocator } from '../subnets/addresses.ts';
import { listSubnets } from '../subnets/subnets.ts';
import { LineSplitter } from './lines.ts';
import { ActivityBatch, activityBatchRows } from './store.ts';
import { isProblem, type Mapper, unifiedAuditMapper } from './unified-audit/unified-audit.ts';

export interface LineProblem {
  /** Counted from 1. */
  readonly line: number;
  /** A sentence. */
  readonly reason: string;
}

export interface IngestResult {
  /** Lines that were not blank; stored, duplicates and rejected add up to it. */
  readonly received: number;
  readonly stored: number;
  /** Records that were here before, or twice in this ingestion. */
  readonly duplicates: number;
  readonly rejected: number;
  /** The first {@link problemsMax} rejected lines. */
  readonly problems: readonly LineProblem[];
}

export interface IngestOptions {
  /** Where the lines come from, for the audit log. */
  readonly source?: string;
}

export const problemsMax = 100;

/** A batch is committed when it is full, or when its lines have so many bytes. */
const batchBytesMax = 12 * 1024 * 1024;

/** So much is mapped before anything else has its turn. */
const sliceBytes = 65_536;

/**
 * Stores the activities of a stream of lines, for the caller's tenant. Needs Ingest.write. A bad line is reported and
 * the rest is taken; a record that is stored already counts as a duplicate. Throws TooLarge, InvalidInput and
 * StoreUnavailable with what was stored until then; sending the whole again is always safe.
 */
export async function ingestActivities(
  ctx: Ctx,
  stream: AsyncIterable<Buffer>,
  options: IngestOptions = {},
): Promise<IngestResult> {
  require(ctx.caller, 'Ingest.write');
  const ingestion = new Ingestion(ctx, await openMapper(ctx));
  try {
    await ingestion.run(stream);
  } catch (error) {
    await noteFailure(ctx, ingestion.result(), options, error);
    throw withAddition(error, progress(ingestion.result()));
  }
  const result = ingestion.result();
  await ctx.store.transaction((trx) =>
    recordAudit(ctx, trx, { action: 'activities.ingest', details: auditDetails(result, options) }),
  );
  return result;
}

async function openMapper(ctx: Ctx): Promise<Mapper> {
  const { tenantId } = ctx.caller;
  const tenant = await getTenantById(ctx.store.db, tenantId);
  const subnets = await listSubnets(ctx.store.db, tenantId);
  return unifiedAuditMapper({
    tenantId,
    tenantNumber: tenant.number,
    domains: new Set(tenant.domains.map((domain) => domain.name)),
    now: ctx.clock(),
    locate: addressLocator(subnets, await openGeo(ctx.config)),
  });
}

class Ingestion {
  readonly #ctx: Ctx;
  readonly #map: Mapper;
  readonly #splitter: LineSplitter;
  #received = 0;
  #stored = 0;
  #duplicates = 0;
  #rejected = 0;
  readonly #problems: LineProblem[] = [];
  #bytes = 0;
  #batch: ActivityBatch;
  #batchBytes = 0;
  /** Batches that wait to be committed. */
  readonly #full: ActivityBatch[] = [];
  /** The batches that are being committed. A failure is met at the next batch or at the end. */
  #writing: Promise<void> = Promise.resolve();

  constructor(ctx: Ctx, map: Mapper) {
    this.#ctx = ctx;
    this.#map = map;
    this.#batch = new ActivityBatch(ctx.caller.tenantId);
    const { ingestLineBytesMax } = ctx.config;
    this.#splitter = new LineSplitter(ingestLineBytesMax, {
      line: (bytes, number) => this.#take(bytes, number),
      tooLong: (number) => {
        this.#received++;
        this.#reject(number, `The line is longer than ${ingestLineBytesMax} bytes (setting ingestLineBytesMax).`);
      },
    });
  }

  result(): IngestResult {
    const problems = [...this.#problems];
    return {
      received: this.#received,
      stored: this.#stored,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
      problems,
    };
  }

  async run(stream: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const chunk of stream) {
        if (this.#bytes === 0) refuseOtherEncodings(chunk);
        this.#bytes += chunk.length;
        if (this.#bytes > this.#ctx.config.ingestBytesMax) {
          throw new TooLarge(
            `The ingestion is larger than ${this.#ctx.config.ingestBytesMax} bytes (setting ingestBytesMax). Send it in parts.`,
          );
        }
        for (let from = 0; from < chunk.length; from += sliceBytes) {
          this.#splitter.push(chunk.subarray(from, from + sliceBytes));
          await this.#commitFull();
          // Chunks that are at hand would hold up everything else: other requests, and the batch that is being stored.
          await setImmediate();
        }
      }
      this.#splitter.finish();
      this.#endBatch();
      await this.#commitFull();
      await this.#writing;
    } finally {
      // Whatever happened, the counts must be those of what is stored when this function is over.
      await this.#writing.catch(() => {});
      for (const batch of [...this.#full, this.#batch]) batch.discard();
    }
  }

  #take(bytes: Buffer, number: number): void {
    const line = bytes.toString('utf8');
    if (line.trim() === '') return;
    this.#received++;
    if (line.includes('\uFFFD') && !isUtf8(bytes)) {
      this.#reject(number, 'The line is not valid UTF-8.');
      return;
    }
    const result = this.#map(line);
    if (isProblem(result)) {
      this.#reject(number, result.reason);
      return;
    }
    this.#batch.add(result);
    this.#batchBytes += bytes.length;
    if (this.#batch.size < activityBatchRows && this.#batchBytes < batchBytesMax) return;
    this.#endBatch();
  }

  #reject(line: number, reason: string): void {
    this.#rejected++;
    if (this.#problems.length < problemsMax) this.#problems.push({ line, reason });
  }

  #endBatch(): void {
    this.#full.push(this.#batch);
    this.#batch = new ActivityBatch(this.#ctx.caller.tenantId);
    this.#batchBytes = 0;
  }

  async #commitFull(): Promise<void> {
    for (let batch = this.#full.shift(); batch; batch = this.#full.shift()) await this.#commit(batch);
  }

  /**
   * Hands the batch to the store and waits for the one before: so two batches are under way at most, and the next is
   * mapped meanwhile.
   */
  async #commit(batch: ActivityBatch): Promise<void> {
    const before = this.#writing;
    if (batch.size > 0) {
      this.#writing = bothDone(before, this.#store(batch));
      this.#writing.catch(() => {}); // Met by whoever awaits it next; unheard until then it would end the process.
    }
    await before;
  }

  async #store(batch: ActivityBatch): Promise<void> {
    try {
      await this.#refuseFullDisk();
      const { stored, duplicates } = await batch.insert(this.#ctx.events);
      this.#stored += stored;
      this.#duplicates += duplicates;
    } finally {
      batch.discard();
    }
  }

  async #refuseFullDisk(): Promise<void> {
    const { dataFolder, diskReserveBytes } = this.#ctx.config;
    const { bavail, bsize } = await statfs(dataFolder);
    if (bavail * bsize < diskReserveBytes) {
      throw new StoreUnavailable(
        'disk-full',
        `Less than ${diskReserveBytes} bytes are free on the data folder's disk (setting diskReserveBytes). Free some space.`,
      );
    }
  }
}

/** Waits for both, whatever becomes of either, and then meets the first failure. */
async function bothDone(first: Promise<void>, second: Promise<void>): Promise<void> {
  await Promise.allSettled([first, second]);
  await first;
  await second;
}

/** What no line of JSON begins with, said once for the whole instead of once for each of its lines. */
function refuseOtherEncodings(chunk: Buffer): void {
  const [first, second] = chunk;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new InvalidInput('body', 'The text is UTF-16. Save it as UTF-8 and send it again.');
  }
  if (first === 0x1f && second === 0x8b) {
    throw new InvalidInput('body', 'The body is gzip. Send it with the header "Content-Encoding: gzip".');
  }
}

function progress({ stored, duplicates }: IngestResult): string {
  if (stored + duplicates === 0) return 'Nothing was stored.';
  const before = duplicates === 0 ? '' : ` ${duplicates} were there before.`;
  return `${stored} line${stored === 1 ? ' was' : 's were'} stored.${before} Sending the whole again is safe: what is stored counts once.`;
}

function auditDetails(result: IngestResult, { source }: IngestOptions): Record<string, unknown> {
  const { received, stored, duplicates, rejected } = result;
  return { received, stored, duplicates, rejected, ...(source === undefined ? {} : { source }) };
}

/** A full disk may refuse this record as well; the failure that led here is the one to tell. */
async function noteFailure(ctx: Ctx, result: IngestResult, options: IngestOptions, error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  try {
    await ctx.store.transaction((trx) =>
      recordAudit(ctx, trx, {
        action: 'activities.ingest',
        outcome: 'failed',
        details: { ...auditDetails(result, options), reason },
      }),
    );
  } catch (auditError) {
    ctx.log.error({ err: auditError }, 'The failed ingestion could not be recorded in the audit log.');
  }
}
