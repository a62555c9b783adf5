// A mapper with one tenant, one clock and one answer about every address, for tests of mapping.
import assert from 'node:assert/strict';
import type { Activity } from '../../src/activities/activity.ts';
import { expandRecord } from '../../src/activities/record-text.ts';
import { isProblem, unifiedAuditMapper } from '../../src/activities/unified-audit/unified-audit.ts';
import { newId, type TenantId } from '../../src/lib/ids.ts';
import type { AddressFacts } from '../../src/subnets/addresses.ts';

export const mappedTenantId = newId<TenantId>();
export const mappedAt = Date.UTC(2026, 10, 21, 9);

function locate(address: string): AddressFacts | null {
  if (!/^[\d.]+$|:/.test(address)) return null;
  return { address, category: 4, tags: ['000000290000000000000000'], countryCode: 'NL', organization: 'Net & "Co"' };
}

export const map = unifiedAuditMapper({
  tenantId: mappedTenantId,
  tenantNumber: 77,
  domains: new Set(['contoso.example']),
  now: mappedAt,
  locate,
});

/** The activity of a record or line; throws the reason when there is none. */
export function mapped(record: Readonly<Record<string, unknown>> | string): Activity {
  const result = map(typeof record === 'string' ? record : JSON.stringify(record));
  if (isProblem(result)) throw new Error(result.reason);
  return result;
}

/** Why a line is refused; fails when it is taken. */
export function reasonOf(line: unknown): string {
  const result = map(typeof line === 'string' ? line : JSON.stringify(line));
  assert.ok(isProblem(result), 'the line was taken');
  return result.reason;
}

// The members that tests look at; what else is in a record is the provider's business.
export interface Wire {
  readonly [member: string]: unknown;
  readonly location: Record<string, unknown> | null;
  readonly mainInfo: { readonly eventObjects: readonly Record<string, unknown>[] } & Record<string, unknown>;
  readonly rawDataJson: Record<string, unknown>;
}

export const wireOf = (activity: Activity): Wire => JSON.parse(expandRecord(activity.record)) as Wire;
