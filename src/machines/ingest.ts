// Machines on their way in: records of the documented list of machines.
import { type IngestResult, ingestRecords } from '../alerts/ingest/ingestion.ts';
import type { Ctx } from '../context.ts';
import { type MachineReport, readMachine } from './machine.ts';
import { noteMachines } from './machines.ts';

/** Stores the machines of a stream for the caller's tenant. Needs Ingest.write. See {@link ingestRecords}. */
export async function ingestMachines(ctx: Ctx, stream: AsyncIterable<Buffer>, source: string): Promise<IngestResult> {
  const { store, config, caller } = ctx;
  return await ingestRecords<MachineReport>(ctx, stream, source, {
    name: 'machines',
    read: (record) => [readMachine(record)],
    idOf: ({ id }) => id,
    isLater: (report, other) => report.lastSeenTicks > other.lastSeenTicks,
    async store(batch) {
      const room = { machinesMax: config.machinesPerTenantMax, whenFull: 'refuse' as const };
      // `change`, because what is known is read before it is written.
      const { added, changed } = await store.change(caller.tenantId, (trx) =>
        noteMachines(trx, caller.tenantId, batch, room),
      );
      return { added, replaced: changed };
    },
  });
}
