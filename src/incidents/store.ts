// Incidents in the control store: queries only.
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Db, Trx } from '../db/store.ts';
import type { Tables } from '../db/tables.ts';
import type { TenantId } from '../lib/ids.ts';
import type { IncidentCondition, Order } from './condition.ts';
import type { Incident } from './incident.ts';

type Builder = ExpressionBuilder<Tables, 'incidents'>;

/** Just behind this incident in the order of the list. */
export interface IncidentPosition {
  readonly updatedTicks: bigint;
  readonly incidentId: number;
}

export interface IncidentPage {
  readonly where: IncidentCondition | null;
  readonly after: IncidentPosition | null;
  readonly skip: number;
  readonly limit: number;
}

/**
 * Bodies, newest first by last update, then by id, so that the order is the same every time. Null stands for a body of
 * more than `bodyBytesMax`.
 */
export async function listBodies(
  db: Db,
  tenantId: TenantId,
  page: IncidentPage,
  bodyBytesMax: number,
): Promise<(string | null)[]> {
  const rows = await pageOf(db, tenantId, page)
    .select(sql<string | null>`case when "bodyBytes" <= ${bodyBytesMax} then "body" end`.as('body'))
    .execute();
  return rows.map((row) => row.body);
}

/** The ids of the same page. */
export async function listIds(db: Db, tenantId: TenantId, page: IncidentPage): Promise<number[]> {
  const rows = await pageOf(db, tenantId, page).select('incidentId').execute();
  return rows.map((row) => row.incidentId);
}

function pageOf(db: Db, tenantId: TenantId, { where, after, skip, limit }: IncidentPage) {
  let query = db.selectFrom('incidents').where('tenantId', '=', tenantId);
  if (after) {
    const { updatedTicks, incidentId } = after;
    query = query.where((e) =>
      e.and([
        e('updatedTicks', '<=', updatedTicks),
        e.or([e('updatedTicks', '<', updatedTicks), e('incidentId', '<', incidentId)]),
      ]),
    );
  }
  if (where) query = query.where((e) => toSql(e, where));
  const ordered = query.orderBy('updatedTicks', 'desc').orderBy('incidentId', 'desc').limit(limit);
  return skip > 0 ? ordered.offset(skip) : ordered;
}

const operators = { gt: '>', ge: '>=', lt: '<', le: '<=', eq: '=', ne: '<>' } as const satisfies Record<Order, string>;
const timeColumns = { createdTime: 'createdTicks', lastUpdateTime: 'updatedTicks' } as const;

/** True or false for every row, never null, so that `not` means what it says. */
function toSql(e: Builder, condition: IncidentCondition): Expression<SqlBool> {
  switch (condition.kind) {
    case 'all':
      return e.and(condition.of.map((each) => toSql(e, each)));
    case 'any':
      return e.or(condition.of.map((each) => toSql(e, each)));
    case 'not':
      return e.not(toSql(e, condition.of));
    case 'time':
      return e(timeColumns[condition.property], operators[condition.order], condition.ticks);
    case 'status':
      return e('status', 'in', condition.oneOf);
    case 'assignedTo': {
      const names = condition.oneOf.filter((name) => name !== null);
      const isNamed = e.and([e('assignedTo', 'is not', null), e('assignedTo', 'in', names)]);
      const parts = names.length > 0 ? [isNamed] : [];
      return e.or(names.length < condition.oneOf.length ? [...parts, e('assignedTo', 'is', null)] : parts);
    }
  }
}

/** The body of one incident. */
export async function findIncident(db: Db, tenantId: TenantId, incidentId: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('incidents')
    .select('body')
    .where('tenantId', '=', tenantId)
    .where('incidentId', '=', incidentId)
    .executeTakeFirst();
  return row?.body;
}

export async function countIncidents(db: Db, tenantId: TenantId): Promise<number> {
  const { count } = await db
    .selectFrom('incidents')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('tenantId', '=', tenantId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Which of these ids are stored. */
export async function findKnownIds(trx: Trx, tenantId: TenantId, ids: readonly number[]): Promise<number[]> {
  const rows = await trx
    .selectFrom('incidents')
    .select('incidentId')
    .where('tenantId', '=', tenantId)
    .where('incidentId', 'in', ids)
    .execute();
  return rows.map((row) => row.incidentId);
}

/**
 * Stores the incidents that are new or updated later than what is stored, and returns the ids of those. No id may occur
 * twice.
 */
export async function storeIncidents(trx: Trx, tenantId: TenantId, incidents: readonly Incident[]): Promise<number[]> {
  const rows = await trx
    .insertInto('incidents')
    .values(
      incidents.map(({ incidentId, createdTicks, updatedTicks, status, assignedTo, body }) => {
        const bodyBytes = Buffer.byteLength(body);
        return { tenantId, incidentId, createdTicks, updatedTicks, status, assignedTo, bodyBytes, body };
      }),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['tenantId', 'incidentId'])
        .doUpdateSet((e) => ({
          createdTicks: e.ref('excluded.createdTicks'),
          updatedTicks: e.ref('excluded.updatedTicks'),
          status: e.ref('excluded.status'),
          assignedTo: e.ref('excluded.assignedTo'),
          bodyBytes: e.ref('excluded.bodyBytes'),
          body: e.ref('excluded.body'),
        }))
        .whereRef('excluded.updatedTicks', '>', 'incidents.updatedTicks'),
    )
    .returning('incidentId')
    .execute();
  return rows.map((row) => row.incidentId);
}
