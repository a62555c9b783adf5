// Mails about secrets and certificates of applications that end soon: looked for every hour, told once to each recipient.
import { listEndingCredentials } from '../applications/notices.ts';
import type { Services } from '../context.ts';
import { dayMs } from '../lib/clock.ts';
import type { TenantId } from '../lib/ids.ts';
import { deliveryOf } from './deliveries.ts';
import { insertDeliveries } from './deliveries-store.ts';
import { listRecipients, noteExpiry } from './recipients-store.ts';

/** Makes a mail of each end that a recipient is to be told of and was not yet. */
export async function makeExpiryMails(
  { store, clock }: Pick<Services, 'store' | 'clock'>,
  tenantId: TenantId,
): Promise<void> {
  const now = clock();
  for (const { id: recipientId, secretDays } of await listRecipients(store.db, tenantId)) {
    if (secretDays === null) continue;
    const ending = await listEndingCredentials(store.db, tenantId, now, now + secretDays * dayMs);
    if (ending.length === 0) continue;
    await store.transaction(async (trx) => {
      for (const secret of ending) {
        // The notice and the mail are written together: two processes make one mail.
        if (!(await noteExpiry(trx, tenantId, recipientId, secret))) continue;
        const event = { type: 'secret-expiry.created', subjectId: secret.id, at: now, now } as const;
        await insertDeliveries(trx, tenantId, [
          deliveryOf(tenantId, { channel: 'mail', targetId: recipientId, ...event }),
        ]);
      }
    });
  }
}
