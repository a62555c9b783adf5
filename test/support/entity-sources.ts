// Records that come in the usual way, and what follows them, for tests of IP ranges, accounts and files.
import assert from 'node:assert/strict';
import { type ActivityFollower, startFollowing } from '../../src/activities/following.ts';
import { ingestActivities } from '../../src/activities/ingest.ts';
import type { Services } from '../../src/context.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import { auditRecord, ctxOf, inPieces } from './ingestion.ts';

type Changes = Readonly<Record<string, unknown>>;

/** Takes records in, each made of plausible values and these changes; every one must be stored. */
export async function ingest(services: Services, tenant: Tenant, records: readonly Changes[]): Promise<void> {
  const lines = records.map((changes, index) => `${JSON.stringify(auditRecord(index, changes))}\n`).join('');
  const result = await ingestActivities(ctxOf(services, tenant), inPieces(lines));
  assert.equal(result.stored, records.length, JSON.stringify(result.problems));
}

/** The same, and what the store says of their addresses. */
export async function ingestionOf(
  { services }: { services: Services },
  tenant: Tenant,
  records: readonly (Changes & { readonly Id: string })[],
): Promise<{ ipCategory: number; organization: string | null; countryCode: string | null }[]> {
  await ingest(services, tenant, records);
  const rows = await services.events.query({
    text: `select "ipCategory", "organization", "countryCode" from "activities"
      where "tenantId" = ?::UUID and "id" like '%' || ? order by "id"`,
    values: [tenant.id, records[0]?.Id ?? ''],
  });
  return rows.map(([ipCategory, organization, countryCode]) => ({
    ipCategory: Number(ipCategory),
    organization: organization === null ? null : String(organization),
    countryCode: countryCode === null ? null : String(countryCode),
  }));
}

/** Lets followers work through everything that is stored. */
export async function follow(services: Services, followers: readonly ActivityFollower[]): Promise<void> {
  const following = startFollowing(services, followers);
  try {
    await following.settled();
  } finally {
    await following.stop();
  }
}
