// What traffic tells of apps that nobody knows, in the event store: queries only.
import { isOneOf, qualifiedName } from '../../events/dialect.ts';
import type { EventStore } from '../../events/events.ts';
import { name, type Sql, sql } from '../../events/sql.ts';
import type { TenantId } from '../../lib/ids.ts';
import { discoveryTables, trafficTable } from '../traffic/table.ts';

const traffic: Sql = { text: qualifiedName(trafficTable), values: [] };

/** The domains that such apps are made from, by id; those that the tenant had no traffic with are left out. */
export async function listSeenDomains(
  events: Pick<EventStore, 'prepare' | 'query'>,
  tenantId: TenantId,
  appIds: readonly number[],
): Promise<Map<number, string>> {
  await events.prepare(discoveryTables);
  const where = sql`"tenantId" = ${{ uuid: tenantId }} and ${isOneOf(name('appId'), appIds)} and "domain" <> ''`;
  const rows = await events.query(sql`select "appId", min("domain") from ${traffic} where ${where} group by 1`);
  return new Map(rows.map(([appId, domain]) => [Number(appId), String(domain)]));
}
