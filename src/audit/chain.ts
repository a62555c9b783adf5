// How audit records hang together. Every record is authenticated together with the hash of the one before it, and the
// newest hash is authenticated once more in the head, so that an altered, removed, reordered or cut-off record shows.
// The key comes from the master key, which is not in the database: who can only write the database cannot forge.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TenantId } from '../lib/ids.ts';

/** What the first record of a chain points back to. */
export const chainStart = '0'.repeat(64);

/** HMAC-SHA256 in hex over tenant, sequence number, the hash before and the record's JSON text. */
export function recordHash(
  key: Buffer,
  tenantId: TenantId,
  sequence: number,
  previousHash: string,
  body: string,
): string {
  return createHmac('sha256', key).update(`record\n${tenantId}\n${sequence}\n${previousHash}\n${body}`).digest('hex');
}

/** HMAC-SHA256 in hex that vouches for the newest record of a tenant. */
export function headMac(key: Buffer, tenantId: TenantId, sequence: number, hash: string): string {
  return createHmac('sha256', key).update(`head\n${tenantId}\n${sequence}\n${hash}`).digest('hex');
}

export function sameHash(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
