// Taking a stream of records in, batch by batch: lines of JSON, an array, or pages of an API. What was committed stays,
// whatever comes after; sending the whole again is always safe.
import { require } from '../../access/caller.ts';
import type { LineProblem } from '../../activities/ingest.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import { RecordReader } from '../../incidents/records.ts';
import { TooLarge, withAddition } from '../../lib/failures.ts';

export interface IngestResult {
  /** Items that came; stored, duplicates and rejected add up to it. */
  readonly received: number;
  /** New ones, and later states of known ones. */
  readonly stored: number;
  /** How many of the stored ones took the place of an older state. */
  readonly replaced: number;
  /** Items that were here in this state or a later one, or that came twice. */
  readonly duplicates: number;
  readonly rejected: number;
  /** The first {@link problemsMax} rejected ones, by the line on which their record begins. */
  readonly problems: readonly LineProblem[];
}

/** What a kind of records is, and how a batch of it is stored. */
export interface IngestedKind<Item> {
  /** `alerts`: the audit record is `alerts.ingest`. */
  readonly name: string;
  /** The setting that bounds the bytes of a record; `alertBytesMax` if it is not given. */
  readonly recordBytes?: 'incidentBytesMax';
  /** The items of a record of so many bytes; an item that has a reason is rejected with it. */
  read(record: unknown, bytes: number): readonly (Item | { readonly reason: string })[];
  /** Items of one id are one thing. */
  idOf(item: Item): string;
  /** Whether the item is a later state than the other of its id. */
  isLater(item: Item, other: Item): boolean;
  /** Stores the batch, all of it or nothing but for what it refuses; no id occurs twice. */
  store(batch: readonly Item[]): Promise<StoredBatch>;
}

export interface StoredBatch {
  readonly added: number;
  readonly replaced: number;
  /** Why, by id; these are rejected. */
  readonly refused?: ReadonlyMap<string, string>;
}

interface Taken<Item> {
  readonly item: Item;
  /** On which its record begins. */
  readonly line: number;
}

const problemsMax = 100;
const batchItems = 500;
const batchBytesMax = 16 * 1024 * 1024;

/**
 * Stores the items of a stream for the caller's tenant. Needs Ingest.write. A bad one is reported and the rest is taken;
 * of several states of one id the latest is kept. Throws TooLarge, InvalidInput and StoreUnavailable with what was stored
 * until then. `source` says in the audit record where it came from.
 */
export async function ingestRecords<Item>(
  ctx: Ctx,
  stream: AsyncIterable<Buffer>,
  source: string,
  kind: IngestedKind<Item>,
): Promise<IngestResult> {
  require(ctx.caller, 'Ingest.write');
  const ingestion = new Ingestion(ctx, kind);
  try {
    await ingestion.run(stream);
  } catch (error) {
    const result = ingestion.result();
    await recordIngestion(ctx, kind.name, result, source, error).catch((auditError: unknown) => {
      // A full disk may refuse this record as well; the failure that led here is the one to tell.
      ctx.log.error({ err: auditError }, 'The failed ingestion could not be recorded in the audit log.');
    });
    throw withAddition(error, progress(kind.name, result));
  }
  const result = ingestion.result();
  await recordIngestion(ctx, kind.name, result, source);
  return result;
}

class Ingestion<Item> {
  readonly #ctx: Ctx;
  readonly #kind: IngestedKind<Item>;
  readonly #reader: RecordReader;
  readonly #problems: LineProblem[] = [];
  #stored = 0;
  #replaced = 0;
  #duplicates = 0;
  #rejected = 0;
  #bytes = 0;
  #batch = new Map<string, Taken<Item>>();
  #batchBytes = 0;

  constructor(ctx: Ctx, kind: IngestedKind<Item>) {
    this.#ctx = ctx;
    this.#kind = kind;
    const receiver = {
      record: (value: unknown, line: number, bytes: number) => this.#take(value, line, bytes),
      rejected: (line: number, reason: string) => this.#reject(line, reason),
    };
    const setting = kind.recordBytes ?? 'alertBytesMax';
    this.#reader = new RecordReader(receiver, ctx.config[setting], setting);
  }

  result(): IngestResult {
    const received = this.#stored + this.#duplicates + this.#rejected;
    const [stored, replaced, duplicates, rejected] = [this.#stored, this.#replaced, this.#duplicates, this.#rejected];
    return { received, stored, replaced, duplicates, rejected, problems: [...this.#problems] };
  }

  async run(stream: AsyncIterable<Buffer>): Promise<void> {
    const { ingestBytesMax } = this.#ctx.config;
    for await (const chunk of stream) {
      this.#bytes += chunk.length;
      if (this.#bytes > ingestBytesMax) {
        throw new TooLarge(
          `The ingestion is larger than ${ingestBytesMax} bytes (setting ingestBytesMax). Send it in parts.`,
        );
      }
      this.#reader.push(chunk);
      if (this.#batch.size >= batchItems || this.#batchBytes >= batchBytesMax) await this.#commit();
    }
    this.#reader.finish();
    await this.#commit();
  }

  #take(record: unknown, line: number, bytes: number): void {
    this.#batchBytes += bytes;
    for (const item of this.#kind.read(record, bytes)) {
      if (isRejected(item)) this.#reject(line, item.reason);
      else this.#keep(item, line);
    }
  }

  #keep(item: Item, line: number): void {
    const id = this.#kind.idOf(item);
    const other = this.#batch.get(id);
    if (other !== undefined) this.#duplicates++;
    if (other === undefined || this.#kind.isLater(item, other.item)) this.#batch.set(id, { item, line });
  }

  #reject(line: number, reason: string): void {
    this.#rejected++;
    if (this.#problems.length < problemsMax) this.#problems.push({ line, reason });
  }

  async #commit(): Promise<void> {
    const all = [...this.#batch.values()];
    this.#batch = new Map();
    this.#batchBytes = 0;
    for (let start = 0; start < all.length; start += batchItems) {
      const batch = all.slice(start, start + batchItems);
      const { added, replaced, refused = none } = await this.#kind.store(batch.map(({ item }) => item));
      for (const { item, line } of batch) {
        const reason = refused.get(this.#kind.idOf(item));
        if (reason !== undefined) this.#reject(line, reason);
      }
      this.#stored += added + replaced;
      this.#replaced += replaced;
      this.#duplicates += batch.length - added - replaced - refused.size;
    }
  }
}

const none: ReadonlyMap<string, string> = new Map();

function isRejected<Item>(item: Item | { readonly reason: string }): item is { readonly reason: string } {
  return typeof item === 'object' && item !== null && 'reason' in item;
}

function progress(name: string, { stored, duplicates }: IngestResult): string {
  if (stored + duplicates === 0) return 'Nothing was stored.';
  return `${stored} ${name} were stored, ${duplicates} known before. Sending the whole again is safe.`;
}

async function recordIngestion(
  ctx: Ctx,
  name: string,
  result: IngestResult,
  source: string,
  error?: unknown,
): Promise<void> {
  const { problems: _problems, ...counts } = result;
  const failure = error === undefined ? {} : { reason: error instanceof Error ? error.message : String(error) };
  await ctx.store.transaction((trx) =>
    recordAudit(ctx, trx, {
      action: `${name}.ingest`,
      ...(error === undefined ? {} : { outcome: 'failed' as const }),
      details: { ...counts, source, ...failure },
    }),
  );
}
