import { randomUUID } from 'node:crypto';
import type { TenantId } from '../lib/ids.ts';
import type { DeliveryRow } from './deliveries-store.ts';

/** An id of a delivery, as receivers see it. */
export function newDeliveryId(): string {
  return `msg_${randomUUID().replaceAll('-', '')}`;
}

/** A delivery that is due at once. */
export function deliveryOf(
  tenantId: TenantId,
  made: Pick<DeliveryRow, 'channel' | 'targetId' | 'type' | 'subjectId' | 'at'> & { readonly now: number },
): DeliveryRow {
  const { channel, targetId, type, subjectId, at, now } = made;
  return {
    tenantId,
    id: newDeliveryId(),
    channel,
    targetId,
    type,
    subjectId,
    at,
    status: 'waiting',
    attempts: 0,
    nextAt: now,
    leaseUntil: 0,
    lease: null,
    lastFailure: null,
  };
}
