import { type Kysely, sql } from 'kysely';
import { readStoredIncidents } from './0003-stored-incidents.ts';

/** Incidents become records that are changed and correlated here; what was taken in before becomes records as well. */
export async function createIncidentTables(db: Kysely<unknown>): Promise<void> {
  for (const [column, type] of [
    ['sourceTicks', 'bigint'],
    ['firstActivityTicks', 'bigint'],
    ['lastActivityTicks', 'bigint'],
  ] as const) {
    await db.schema.alterTable('incidents').addColumn(column, type).execute();
  }
  for (const [column, type, value] of [
    ['severity', 'integer', 0],
    ['alertCount', 'integer', 0],
    ['classification', 'text', 'unknown'],
    ['determination', 'text', 'unknown'],
    ['details', 'text', '{}'],
  ] as const) {
    await db.schema
      .alterTable('incidents')
      .addColumn(column, type, (c) => c.notNull().defaultTo(sql.lit(value)))
      .execute();
  }
  // Longer names than PostgreSQL takes into the indexes beside the other columns; the bodies have them whole.
  await sql`update "incidents" set "assignedTo" = substr("assignedTo", 1, 200) where length("assignedTo") > 200`.execute(
    db,
  );
  // The index of 0002 with the properties that filters can ask for since: what does not match is passed over without its
  // body. The other one is for incidents of a status that few of many have.
  const filtered = ['assignedTo', 'createdTicks', 'severity', 'classification', 'determination'];
  await db.schema.dropIndex('incidents_updated').execute();
  await db.schema
    .createIndex('incidents_updated')
    .on('incidents')
    .columns(['tenantId', 'updatedTicks', 'incidentId', 'status', ...filtered])
    .execute();
  await db.schema
    .createIndex('incidents_status')
    .on('incidents')
    .columns(['tenantId', 'status', 'updatedTicks', 'incidentId', ...filtered])
    .execute();
  await readStoredIncidents(db);
}
