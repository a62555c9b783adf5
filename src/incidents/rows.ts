// Between the rows of the store and the records of the noun.
import type { Db, Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import { findStatus, foldAssignee } from './incident.ts';
import { type IncidentDetails, type IncidentRecord, noDetails } from './incident-record.ts';
import * as store from './record-store.ts';
import { incidentSeverities } from './vocabulary.ts';

/** The records of the ids that there are, by id. */
export async function findRecords(
  db: Db,
  tenantId: TenantId,
  incidentIds: readonly number[],
): Promise<Map<number, IncidentRecord>> {
  const rows = await store.findRows(db, tenantId, [...new Set(incidentIds)]);
  return new Map(rows.map((row) => [row.incidentId, recordOf(row)]));
}

/** Numbers of all incidents, page by page in their order; 0 begins. For the server's own work: nobody's rights are asked. */
export async function listIncidentNumbers(
  db: Db,
  tenantId: TenantId,
  after: number,
  limit: number,
): Promise<readonly number[]> {
  return await store.listNumbersBehind(db, tenantId, after, limit);
}

/** Stores the records with the bodies that were made from them; no number may occur twice. */
export async function writeRecords(
  trx: Trx,
  tenantId: TenantId,
  written: readonly { readonly record: IncidentRecord; readonly body: string }[],
): Promise<void> {
  const rows = written.map(({ record, body }) => ({ ...rowOf(record), body, bodyBytes: Buffer.byteLength(body) }));
  await store.writeRows(trx, tenantId, rows);
}

const ticks = (value: string | null): bigint | null => (value === null ? null : BigInt(value));

function recordOf(row: store.ReadRow): IncidentRecord {
  const details = { ...noDetails, ...(JSON.parse(row.details) as Partial<IncidentDetails>) }; // Written by rowOf.
  const status = findStatus(row.status);
  if (!status) throw new Error(`Incident ${row.incidentId} has the status ${row.status}.`);
  return {
    ...details,
    incidentId: row.incidentId,
    createdTicks: BigInt(row.createdTicks),
    updatedTicks: BigInt(row.updatedTicks),
    sourceTicks: ticks(row.sourceTicks),
    status,
    severity: incidentSeverities[row.severity] ?? 'UnSpecified',
    classification: row.classification,
    determination: row.determination,
    firstActivityTicks: ticks(row.firstActivityTicks),
    lastActivityTicks: ticks(row.lastActivityTicks),
    alertCount: row.alertCount,
  };
}

function rowOf(record: IncidentRecord): Omit<store.WrittenRow, 'body' | 'bodyBytes'> {
  const {
    incidentId,
    createdTicks,
    updatedTicks,
    sourceTicks,
    status,
    severity,
    classification,
    determination,
    firstActivityTicks,
    lastActivityTicks,
    alertCount,
    ...details
  } = record;
  return {
    incidentId,
    createdTicks,
    updatedTicks,
    sourceTicks,
    status,
    assignedTo: foldAssignee(record.assignedTo),
    severity: incidentSeverities.indexOf(severity),
    // PostgreSQL takes no U+0000 in texts; the body may hold it.
    classification: classification.replaceAll('\u0000', ''),
    determination: determination.replaceAll('\u0000', ''),
    firstActivityTicks,
    lastActivityTicks,
    alertCount,
    name: record.name.replaceAll('\u0000', ''),
    details: JSON.stringify(details satisfies IncidentDetails),
  };
}

/** The first number of incidents that are made here: far above the numbers of ingested ones, and within 32 bits. */
const firstNumber = 1_000_000_001;
const triedAtOnce = 500;

/** Gives the next number: higher than all that were given before, and none that an ingested incident has. */
export async function giveNumber(trx: Trx, tenantId: TenantId): Promise<number> {
  let next = ((await store.findLastNumber(trx, tenantId)) ?? firstNumber - 1) + 1;
  for (;;) {
    const tried = Array.from({ length: triedAtOnce }, (_, index) => next + index);
    const taken = await store.findTaken(trx, tenantId, tried);
    const free = tried.find((number) => !taken.has(number));
    if (free !== undefined) {
      await store.saveLastNumber(trx, tenantId, free);
      return free;
    }
    next += triedAtOnce;
  }
}
