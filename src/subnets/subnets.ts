// A tenant's own IP ranges: what tells its offices and VPN exits from the rest of the world (cloud-apps reference 2.6).
import { randomBytes } from 'node:crypto';
import type { Db, Trx } from '../db/store.ts';
import type { SubnetsTable } from '../db/tables.ts';
import { normaliseRange } from '../lib/addresses.ts';
import { InvalidInput } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import type { IpCategory } from './addresses.ts';
import * as store from './store.ts';

export interface NewSubnet {
  /** Unique in its tenant. */
  readonly name: string;
  /** CIDR ranges or single addresses. */
  readonly ranges: readonly string[];
  readonly category: IpCategory;
  /** Ids of IP tags, 24 hex digits. */
  readonly tags: readonly string[];
  readonly organization: string | null;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countryCode: string | null;
}

/** All ranges of a tenant; nobody's rights are asked. */
export async function listSubnets(db: Db, tenantId: TenantId): Promise<SubnetsTable[]> {
  return await store.listSubnets(db, tenantId);
}

/** Adds ranges, inside the caller's transaction; nobody's rights are asked. Throws InvalidInput for a text that is no range. */
export async function addSubnets(
  trx: Trx,
  tenantId: TenantId,
  subnets: readonly NewSubnet[],
  now: number,
): Promise<void> {
  const rows = subnets.map((subnet): SubnetsTable => {
    const ranges = subnet.ranges.map((text) => {
      const range = normaliseRange(text);
      if (range === undefined) throw new InvalidInput('ranges', `${text} is no CIDR range.`);
      return range;
    });
    const { name, category, organization, countryCode } = subnet;
    return {
      id: randomBytes(12).toString('hex'),
      tenantId,
      name,
      ranges: JSON.stringify(ranges),
      category,
      tags: JSON.stringify(subnet.tags),
      organization,
      countryCode,
      changedAt: now,
    };
  });
  await store.insertSubnets(trx, rows);
}
