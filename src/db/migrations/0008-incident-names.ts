// Incidents are searched by their names, which were in their details only.
import type { Kysely } from 'kysely';

interface Then {
  incidents: { tenantId: string; incidentId: number; name: string; details: string };
}

const incidentsAtOnce = 500;

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('incidents')
    .addColumn('name', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  await fillNames(db);
}

/** Names of all incidents, out of their details. */
export async function fillNames(untyped: Kysely<unknown>): Promise<void> {
  const db = untyped as Kysely<Then>; // The table as it is from here on.
  let after: { tenantId: string; incidentId: number } | undefined;
  for (;;) {
    let query = db.selectFrom('incidents').select(['tenantId', 'incidentId', 'details']);
    if (after) {
      const { tenantId, incidentId } = after;
      query = query.where((e) =>
        e.or([e('tenantId', '>', tenantId), e.and([e('tenantId', '=', tenantId), e('incidentId', '>', incidentId)])]),
      );
    }
    const rows = await query.orderBy('tenantId').orderBy('incidentId').limit(incidentsAtOnce).execute();
    for (const { tenantId, incidentId, details } of rows) {
      await db
        .updateTable('incidents')
        .set({ name: nameIn(details) })
        .where('tenantId', '=', tenantId)
        .where('incidentId', '=', incidentId)
        .execute();
    }
    after = rows.at(-1);
    if (rows.length < incidentsAtOnce) return;
  }
}

/** PostgreSQL takes no U+0000 in columns. */
function nameIn(details: string): string {
  const { name } = JSON.parse(details) as { name?: unknown }; // Written by this program, as an object.
  return typeof name === 'string' ? name.replaceAll('\u0000', '') : '';
}
