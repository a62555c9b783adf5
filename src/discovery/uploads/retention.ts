// What goes with time: traffic beyond the days that it is kept, uploads that nobody finished, the history of old ones,
// snapshot reports without traffic, and whatever lies in the folder of uploads and belongs to none.
import type { Services } from '../../context.ts';
import { dayMs, hourMs, minuteMs } from '../../lib/clock.ts';
import { type Rounds, startRounds } from '../../lib/rounds.ts';
import { listSpentSnapshots, removeStreamRow } from '../streams/store.ts';
import { listUploadFolders, uploadRoom } from './disk.ts';
import { type LogEngine, logEngine } from './engine.ts';
import { removeAllOf } from './removing.ts';
import { findUpload, listSpentUploads, listTenantsWithUploads } from './store.ts';

type RetentionServices = Pick<Services, 'store' | 'events' | 'clock' | 'config' | 'log'>;

const atOnce = 200;

/** Removes what is due, step by step. */
export async function pruneDiscovery(
  services: RetentionServices,
  engine: LogEngine = logEngine,
  isStopped: () => boolean = () => false,
): Promise<void> {
  await removeOldTraffic(services, isStopped);
  await removeSpentUploads(services, engine, isStopped);
  if (isStopped()) return;
  const before = services.clock() - services.config.discoveryKeepDays * dayMs;
  for (const { tenantId, id } of await listSpentSnapshots(services.store.db, before)) {
    await services.store.transaction((trx) => removeStreamRow(trx, tenantId, id));
  }
  if (!isStopped()) await sweepFolders(services);
}

async function removeOldTraffic({ store, events, clock, config }: RetentionServices, isStopped: () => boolean) {
  const { removeTrafficBefore } = await import('../traffic/store.ts');
  const today = Math.floor(clock() / dayMs) * dayMs;
  for (const tenantId of await listTenantsWithUploads(store.db)) {
    if (isStopped()) return;
    await removeTrafficBefore(events, tenantId, today - config.discoveryKeepDays * dayMs);
  }
}

async function removeSpentUploads(services: RetentionServices, engine: LogEngine, isStopped: () => boolean) {
  const { store, events, clock, config } = services;
  const eventStore = await events.id();
  const endedBefore = clock() - (config.discoveryKeepDays + 1) * dayMs;
  for (;;) {
    const rows = await listSpentUploads(store.db, eventStore, { now: clock(), endedBefore, limit: atOnce });
    for (const row of rows) {
      if (isStopped()) return;
      await removeAllOf(services, engine, row);
    }
    if (rows.length < atOnce) return;
  }
}

/** Folders whose upload is gone, has ended, or went to another process in the end. */
async function sweepFolders({ store, events, config }: RetentionServices): Promise<void> {
  const eventStore = await events.id();
  const open = ['created', 'uploaded', 'queued', 'processing'];
  for (const { tenantId, uploadId } of await listUploadFolders(config)) {
    const row = await findUpload(store.db, tenantId, uploadId);
    const isNeeded = row && open.includes(row.state) && (row.eventStore === null || row.eventStore === eventStore);
    if (!isNeeded) await uploadRoom(config).removeUpload(tenantId, uploadId);
  }
  await uploadRoom(config).recount();
}

/** Prunes as long as the process runs. */
export function startDiscoveryRetention(services: RetentionServices): Rounds {
  return startRounds(
    { firstMs: 5 * minuteMs, everyMs: 6 * hourMs },
    (isStopped) => pruneDiscovery(services, logEngine, isStopped),
    (error) => services.log.error({ err: error }, 'old discovery data could not be removed'),
  );
}
