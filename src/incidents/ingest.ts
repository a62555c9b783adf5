// Taking incidents in: each is stored with its alerts; of several states of one the latest is kept.
import { ownIdReason } from '../alerts/alert-keys.ts';
import { type IngestResult, ingestRecords, type StoredBatch } from '../alerts/ingest/ingestion.ts';
import { countAllAlerts } from '../alerts/records.ts';
import { type Change, noteChanges } from '../changes/changes.ts';
import type { Ctx } from '../context.ts';
import { TooLarge } from '../lib/failures.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import { type Incident, isIncidentProblem, readIncident } from './incident.ts';
import { countIncidents } from './store.ts';
import type { TakenIn } from './taking-in.ts';

/** Stores the incidents of a stream for the caller's tenant. Needs Ingest.write. See {@link ingestRecords}. */
export async function ingestIncidents(ctx: Ctx, stream: AsyncIterable<Buffer>, source: string): Promise<IngestResult> {
  const room = new Room(ctx);
  return await ingestRecords<Incident>(ctx, stream, source, {
    name: 'incidents',
    recordBytes: 'incidentBytesMax',
    read: (record, bytes) => [readBounded(record, bytes, ctx.config.alertStoredBytesMax)],
    idOf: ({ incidentId }) => String(incidentId),
    isLater: (incident, other) => incident.updatedTicks > other.updatedTicks,
    store: (batch) => storeBatch(ctx, batch, room),
  });
}

/** An incident, or what is wrong with it or with one of its alerts, with its id where it has one. */
function readBounded(record: unknown, bytes: number, alertBytesMax: number): Incident | { readonly reason: string } {
  const incident = readIncident(record);
  const reason = isIncidentProblem(incident) ? incident.reason : largeAlert(incident, bytes, alertBytesMax);
  if (reason === undefined && !isIncidentProblem(incident)) return incident;
  const id = idOf(record);
  return { reason: id === undefined ? `${reason}` : `Incident ${id}: ${reason}` };
}

function largeAlert(incident: Incident, bytes: number, alertBytesMax: number): string | undefined {
  if (bytes <= alertBytesMax) return undefined;
  const { alerts } = JSON.parse(incident.body) as { readonly alerts: readonly unknown[] }; // Written by readIncident.
  const large = alerts.findIndex((alert) => Buffer.byteLength(JSON.stringify(alert)) > alertBytesMax);
  if (large === -1) return undefined;
  return `alerts[${large}] is larger than ${alertBytesMax} bytes (setting alertStoredBytesMax).`;
}

/** For the message only. */
function idOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('incidentId' in value)) return undefined;
  return typeof value.incidentId === 'number' ? String(value.incidentId) : undefined;
}

/** What the tenant has, as far as this ingestion knows: counted with the first batch, because counting takes long. */
class Room {
  readonly #ctx: Ctx;
  #incidents = 0;
  #alerts: number | undefined;

  constructor(ctx: Ctx) {
    this.#ctx = ctx;
  }

  async count(): Promise<void> {
    if (this.#alerts !== undefined) return;
    const { store, caller, config } = this.#ctx;
    this.#incidents = await countIncidents(store.db, caller.tenantId);
    this.#alerts = await countAllAlerts(store.db, caller.tenantId, config.alertsPerTenantMax + 1);
  }

  /** Throws TooLarge when so many more are too many. */
  require(done: TakenIn): void {
    const { incidentsPerTenantMax, alertsPerTenantMax } = this.#ctx.config;
    if (this.#incidents + addedOf(done) > incidentsPerTenantMax) throw tooMany('incidents', incidentsPerTenantMax);
    if ((this.#alerts ?? 0) + done.alertsCreated.length > alertsPerTenantMax) {
      throw tooMany('alerts', alertsPerTenantMax);
    }
  }

  took(done: TakenIn): void {
    this.#incidents += addedOf(done);
    this.#alerts = (this.#alerts ?? 0) + done.alertsCreated.length;
  }
}

function tooMany(what: 'incidents' | 'alerts', most: number): TooLarge {
  return new TooLarge(`The tenant would have more than ${most} ${what} (setting ${what}PerTenantMax).`);
}

function addedOf({ stored, replaced }: TakenIn): number {
  return stored.length - replaced.length;
}

async function storeBatch(ctx: Ctx, batch: readonly Incident[], room: Room): Promise<StoredBatch> {
  const { store, caller, config, clock } = ctx;
  const { tenantId } = caller;
  const at = clock();
  // Loaded with the first incident: most starts need it late or never.
  const { takeIn } = await import('./taking-in.ts');
  await room.count();
  const done = await store.change(tenantId, async (trx) => {
    const taken = await takeIn(trx, tenantId, batch, ticksOfMs(at), config.machinesPerTenantMax);
    room.require(taken);
    await noteChanges(trx, tenantId, changesOf(taken, at));
    return taken;
  });
  room.took(done);
  return { added: addedOf(done), replaced: done.replaced.length, refused: refusedOf(done) };
}

const ownNumber = 'This number belongs to an incident that was made here.';

function refusedOf({ ours, claiming }: TakenIn): ReadonlyMap<string, string> {
  const refused = [
    ...[...claiming].map(([id, alertId]) => [String(id), ownIdReason(alertId)] as const),
    ...ours.map((id) => [String(id), ownNumber] as const),
  ];
  return new Map(refused.map(([id, reason]) => [id, `Incident ${id}: ${reason}`]));
}

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
