// Removes what people cancelled and deleted, bit by bit, in the process that has it: files, traffic, rows.
import type { Services } from '../../context.ts';
import { uploadRoom } from './disk.ts';
import type { LogEngine } from './engine.ts';
import { changeUpload, listRemovable, removeUpload, type UploadRow } from './store.ts';

export type RemoveServices = Pick<Services, 'store' | 'events' | 'config'>;

const atOnce = 100;

/** One step: uploads that were cancelled or deleted, over this event store or none. Those that are being read come later. */
export async function removeEnded(
  services: RemoveServices,
  engine: LogEngine,
  eventStore: string,
  isBusy: (id: string) => boolean,
): Promise<void> {
  for (const row of await listRemovable(services.store.db, eventStore, atOnce)) {
    if (isBusy(row.id)) continue;
    if (row.state === 'deleted') await removeAllOf(services, engine, row);
    else await clearCancelled(services, engine, row);
  }
}

/** File, traffic and row: as if it had never come. */
export async function removeAllOf(services: RemoveServices, engine: LogEngine, row: UploadRow): Promise<void> {
  const { tenantId, id } = row;
  if (row.startedAt !== null) await engine.removeUpload(services.events, tenantId, id);
  await uploadRoom(services.config).removeUpload(tenantId, id);
  await services.store.transaction((trx) => removeUpload(trx, tenantId, id));
}

/** Its row stays, for the history. */
async function clearCancelled(services: RemoveServices, engine: LogEngine, row: UploadRow): Promise<void> {
  const { tenantId, id } = row;
  if (row.startedAt !== null) await engine.removeUpload(services.events, tenantId, id);
  await uploadRoom(services.config).removeUpload(tenantId, id);
  const change = { lease: null, fileVersion: null };
  await changeUpload(services.store.db, tenantId, id, { states: ['cancelled'] }, change);
}
