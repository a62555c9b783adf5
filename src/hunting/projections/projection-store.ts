// What projections keep in the event store besides their rows: how far they got. Statements only.

import { isOneOf, qualifiedName } from '../../events/dialect.ts';
import type { EventStore, Replacement } from '../../events/events.ts';
import { RowWriter } from '../../events/row-writer.ts';

import { name, type Sql, sql } from '../../events/sql.ts';

import type { TenantId } from '../../lib/ids.ts';
import { positionsTable, storedColumns } from '../schema/stored.ts';

const tenant = name(storedColumns.tenant);

/** Of every tenant: a projection follows all of them. */
export async function readPositions(events: EventStore): Promise<Map<TenantId, number>> {
  const from: Sql = { text: qualifiedName(positionsTable), values: [] };
  const rows = await events.query(sql`select ${tenant}::VARCHAR, ${name('position')} from ${from}`);
  return new Map(rows.map(([id, position]) => [String(id) as TenantId, Number(position)])); // Written below.
}

/** Puts the tenant's position in the place of the one before. */
export function positionOf(tenantId: TenantId, position: number): Replacement {
  const writer = new RowWriter(positionsTable);
  const column = (wanted: string) => positionsTable.columns.findIndex((each) => each.name === wanted);
  writer.set(column(storedColumns.tenant), tenantId);
  writer.setLong(column(storedColumns.ingested), 0xffff_ffff, 0x7fff_ffff);
  writer.setLong(column('position'), position >>> 0, Math.floor(position / 2 ** 32));
  writer.endRow();
  return { where: ofTenant(tenantId), rows: writer.take() };
}

export function ofTenant(tenantId: TenantId): Sql {
  return sql`${tenant} = ${{ uuid: tenantId }}`;
}

/** The tenant's rows about these things. */
export function rowsAbout(tenantId: TenantId, column: string, values: readonly (string | number)[]): Sql {
  return sql`${ofTenant(tenantId)} and ${isOneOf(name(column), values)}`;
}
