// Taking incidents in: a stream of documented incidents becomes stored ones, batch by batch. What was committed stays,
// whatever comes after; sending the whole again is always safe.
import { require } from '../access/caller.ts';
import type { LineProblem } from '../activities/ingest.ts';
import { ownIdReason } from '../alerts/alert-keys.ts';
import { countAllAlerts } from '../alerts/records.ts';
import { recordAudit } from '../audit/audit.ts';
import { type Change, noteChanges } from '../changes/changes.ts';
import type { Ctx } from '../context.ts';
import { InvalidInput, StoreUnavailable, TooLarge } from '../lib/failures.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import { type Incident, type IncidentProblem, isIncidentProblem, readIncident } from './incident.ts';
import { RecordReader } from './records.ts';
import { countIncidents } from './store.ts';
import type { TakenIn } from './taking-in.ts';

export interface IncidentIngestResult {
  /** Incidents that came; stored, duplicates and rejected add up to it. */
  readonly received: number;
  /** New ones, and newer states of known ones. */
  readonly stored: number;
  /** How many of the stored ones took the place of an older state. */
  readonly replaced: number;
  /** Incidents that were here in this state or a later one, or that came twice. */
  readonly duplicates: number;
  readonly rejected: number;
  /** The first {@link problemsMax} rejected ones, by the line on which they begin. */
  readonly problems: readonly LineProblem[];
}

const problemsMax = 100;
const batchRows = 500;
const batchBytesMax = 16 * 1024 * 1024;

/**
 * Stores the incidents of a stream for the caller's tenant. Needs Ingest.write. A bad one is reported and the rest is
 * taken; of several states of one incident the one with the latest lastUpdateTime is kept. Throws TooLarge, InvalidInput
 * and StoreUnavailable with what was stored until then.
 */
export async function ingestIncidents(
  ctx: Ctx,
  stream: AsyncIterable<Buffer>,
  source: string,
): Promise<IncidentIngestResult> {
  require(ctx.caller, 'Ingest.write');
  const ingestion = new Ingestion(ctx, await countIncidents(ctx.store.db, ctx.caller.tenantId));
  try {
    await ingestion.run(stream);
  } catch (error) {
    const result = ingestion.result();
    await recordIngestion(ctx, result, source, error).catch((auditError: unknown) => {
      // A full disk may refuse this record as well; the failure that led here is the one to tell.
      ctx.log.error({ err: auditError }, 'The failed ingestion could not be recorded in the audit log.');
    });
    throw withProgress(error, result);
  }
  const result = ingestion.result();
  await recordIngestion(ctx, result, source);
  return result;
}

class Ingestion {
  readonly #ctx: Ctx;
  readonly #reader: RecordReader;
  readonly #problems: LineProblem[] = [];
  /** Incidents of the tenant, as far as this ingestion knows. */
  #present: number;
  /** The same of alerts; undefined until some come: counting takes long. */
  #alerts: number | undefined;
  #stored = 0;
  #replaced = 0;
  #duplicates = 0;
  #rejected = 0;
  #bytes = 0;
  #batch = new Map<number, Taken>();
  #batchBytes = 0;

  constructor(ctx: Ctx, present: number) {
    this.#ctx = ctx;
    this.#present = present;
    const receiver = {
      record: (value: unknown, line: number, bytes: number) => this.#take(value, line, bytes),
      rejected: (line: number, reason: string) => this.#reject(line, reason),
    };
    this.#reader = new RecordReader(receiver, ctx.config.incidentBytesMax);
  }

  result(): IncidentIngestResult {
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
      if (this.#batch.size >= batchRows || this.#batchBytes >= batchBytesMax) await this.#commit();
    }
    this.#reader.finish();
    await this.#commit();
  }

  #take(value: unknown, line: number, bytes: number): void {
    const incident = bounded(readIncident(value), bytes, this.#ctx.config.alertStoredBytesMax);
    if (isIncidentProblem(incident)) {
      this.#reject(line, incident.reason, idOf(value));
      return;
    }
    const other = this.#batch.get(incident.incidentId);
    if (other) this.#duplicates++;
    if (other && other.incident.updatedTicks >= incident.updatedTicks) return;
    this.#batch.set(incident.incidentId, { incident, line });
    this.#batchBytes += bytes;
  }

  #reject(line: number, reason: string, id?: string): void {
    this.#rejected++;
    if (this.#problems.length >= problemsMax) return;
    this.#problems.push({ line, reason: id === undefined ? reason : `Incident ${id}: ${reason}` });
  }

  async #commit(): Promise<void> {
    const all = [...this.#batch.values()];
    this.#batch = new Map();
    this.#batchBytes = 0;
    for (let start = 0; start < all.length; start += batchRows) {
      await this.#store(all.slice(start, start + batchRows));
    }
  }

  /** All or nothing of a batch. */
  async #store(batch: readonly Taken[]): Promise<void> {
    const { store, caller, config, clock } = this.#ctx;
    const { tenantId } = caller;
    const at = clock();
    // Loaded with the first incident: most starts need it late or never.
    const { takeIn } = await import('./taking-in.ts');
    const alerts = this.#alerts ?? (await countAllAlerts(store.db, tenantId, config.alertsPerTenantMax + 1));
    const result = await store.change(tenantId, async (trx) => {
      const incidents = batch.map(({ incident }) => incident);
      const done = await takeIn(trx, tenantId, incidents, ticksOfMs(at), config.machinesPerTenantMax);
      if (this.#present + done.stored.length - done.replaced.length > config.incidentsPerTenantMax) {
        throw new TooLarge(
          `The tenant would have more than ${config.incidentsPerTenantMax} incidents (setting incidentsPerTenantMax).`,
        );
      }
      if (alerts + done.alertsCreated.length > config.alertsPerTenantMax) {
        throw new TooLarge(
          `The tenant would have more than ${config.alertsPerTenantMax} alerts (setting alertsPerTenantMax).`,
        );
      }
      await noteChanges(trx, tenantId, changesOf(done, at));
      return done;
    });
    this.#alerts = alerts + result.alertsCreated.length;
    const ours = new Set(result.ours);
    for (const { incident, line } of batch) {
      const claimed = result.claiming.get(incident.incidentId);
      if (ours.has(incident.incidentId)) this.#reject(line, ownNumber, String(incident.incidentId));
      else if (claimed !== undefined) this.#reject(line, ownIdReason(claimed), String(incident.incidentId));
    }
    this.#present += result.stored.length - result.replaced.length;
    this.#stored += result.stored.length;
    this.#replaced += result.replaced.length;
    this.#duplicates += batch.length - result.stored.length - ours.size - result.claiming.size;
  }
}

/** The same, or what is wrong when one of its alerts is larger than that. */
function bounded(
  incident: Incident | IncidentProblem,
  bytes: number,
  alertBytesMax: number,
): Incident | IncidentProblem {
  if (bytes <= alertBytesMax || isIncidentProblem(incident)) return incident;
  const { alerts } = JSON.parse(incident.body) as { readonly alerts: readonly unknown[] }; // Written by readIncident.
  const large = alerts.findIndex((alert) => Buffer.byteLength(JSON.stringify(alert)) > alertBytesMax);
  if (large === -1) return incident;
  return { reason: `alerts[${large}] is larger than ${alertBytesMax} bytes (setting alertStoredBytesMax).` };
}

interface Taken {
  readonly incident: Incident;
  /** On which it begins. */
  readonly line: number;
}

const ownNumber = 'This number belongs to an incident that was made here.';

function changesOf({ stored, replaced, touched, alertsCreated, alertsChanged }: TakenIn, at: number): Change[] {
  const wasThere = new Set([...replaced, ...touched]);
  return [
    ...alertsCreated.map((subjectId) => ({ subject: 'alert', subjectId, change: 'created', at }) as const),
    ...alertsChanged.map((subjectId) => ({ subject: 'alert', subjectId, change: 'updated', at }) as const),
    ...[...stored, ...touched].map((id) => {
      const change = wasThere.has(id) ? 'updated' : 'created';
      return { subject: 'incident', subjectId: String(id), change, at } as const;
    }),
  ];
}

/** For the message only. */
function idOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('incidentId' in value)) return undefined;
  return typeof value.incidentId === 'number' ? String(value.incidentId) : undefined;
}

function withProgress(error: unknown, { stored, duplicates }: IncidentIngestResult): unknown {
  const progress =
    stored + duplicates === 0
      ? 'Nothing was stored.'
      : `${stored} incident${stored === 1 ? ' was' : 's were'} stored, ${duplicates} known before. Sending the whole again is safe.`;
  if (error instanceof InvalidInput) return new InvalidInput(error.field, `${error.message} ${progress}`);
  if (error instanceof TooLarge) return new TooLarge(`${error.message} ${progress}`);
  if (error instanceof StoreUnavailable) {
    return new StoreUnavailable(error.reason, `${error.message} ${progress}`, { cause: error });
  }
  return error;
}

async function recordIngestion(ctx: Ctx, result: IncidentIngestResult, source: string, error?: unknown): Promise<void> {
  const { problems: _problems, ...counts } = result;
  const failure = error === undefined ? {} : { reason: error instanceof Error ? error.message : String(error) };
  await ctx.store.transaction((trx) =>
    recordAudit(ctx, trx, {
      action: 'incidents.ingest',
      ...(error === undefined ? {} : { outcome: 'failed' as const }),
      details: { ...counts, source, ...failure },
    }),
  );
}
