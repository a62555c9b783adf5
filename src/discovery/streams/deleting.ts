// Removes what belonged to deleted data sources and reports, bit by bit: each process removes the uploads whose traffic it has,
// and whichever removes the last one removes the stream and says so in the governance log.

import type { Services } from '../../context.ts';
import { settlePending } from '../../policies/governance.ts';
import type { LogEngine } from '../uploads/engine.ts';
import { removeAllOf } from '../uploads/removing.ts';
import { hasUploads, listUploadsOfStream } from '../uploads/store.ts';
import { deletionTaskId } from './reports.ts';
import { listDeletedStreams, removeStreamRow, type StreamRow } from './store.ts';

type DeleteServices = Pick<Services, 'store' | 'events' | 'config' | 'clock'>;

const uploadsAtOnce = 50;

/** One step for each deleted stream. What is being read is removed after it was broken off. */
export async function removeDeletedStreams(
  services: DeleteServices,
  engine: LogEngine,
  eventStore: string,
  isBusy: (uploadId: string) => boolean,
): Promise<void> {
  for (const stream of await listDeletedStreams(services.store.db)) {
    const { tenantId, id } = stream;
    for (;;) {
      const rows = await listUploadsOfStream(services.store.db, tenantId, id, eventStore, uploadsAtOnce);
      const idle = rows.filter((row) => !isBusy(row.id));
      for (const row of idle) await removeAllOf(services, engine, row);
      if (idle.length === 0 || rows.length < uploadsAtOnce) break;
    }
    if (!(await hasUploads(services.store.db, tenantId, id))) await finish(services, stream);
  }
}

async function finish({ store, clock }: DeleteServices, { tenantId, id, name }: StreamRow): Promise<void> {
  await store.transaction(async (trx) => {
    await removeStreamRow(trx, tenantId, id);
    const message = `${name} and its traffic were removed.`;
    await settlePending(trx, tenantId, deletionTaskId(id), 'succeeded', message, { settledAt: clock() });
  });
}
