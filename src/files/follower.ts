// Files out of the activities of SharePoint and OneDrive. A range is read in parts; only what it comes to is kept, and put
// to what is stored in one transaction.
import { setImmediate } from 'node:timers/promises';
import type { ActivityFollower, BatchRange, FollowServices } from '../activities/following.ts';
import { rowsOfRange } from '../activities/range-rows.ts';
import { lockTenant } from '../db/locks.ts';
import { getTenantById } from '../directory/tenants.ts';
import { isOneOf } from '../events/dialect.ts';
import { name, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { fileKey, withFacts } from './file-state.ts';
import { type FileFacts, factsOf, providerRecord } from './record-facts.ts';
import { type FileRow, findFiles, pruneFiles, putFiles } from './store.ts';

/** OneDrive for Business and SharePoint Online (cloud-apps reference 2.2). */
const fileApps = [15600, 20892] as const;
const factsAtOnce = 256;
/** Most files are seen several times meanwhile, and are written once. */
const restMs = 5000;

export const filesFollower: ActivityFollower = {
  name: 'files',
  restMs,
  async follow(services, tenantId, range, advance) {
    const { domains } = await getTenantById(services.store.db, tenantId);
    const facts = await readFacts(services, tenantId, range, new Set(domains.map((domain) => domain.name)));
    await services.store.transaction(async (trx) => {
      await lockTenant(trx, services.store.kind, tenantId);
      const rows: Map<string, FileRow> = await findFiles(trx, tenantId, [...facts.keys()]);
      let count = 0;
      for (const [id, said] of facts) {
        for (const each of said) {
          rows.set(id, withFacts(tenantId, rows.get(id), each));
          // Each may put a long list of shares in order: others have their turn in between.
          if (++count % factsAtOnce === 0) await setImmediate();
        }
      }
      await putFiles(trx, tenantId, [...rows.values()]);
      await pruneFiles(trx, tenantId, services.config.filesPerTenantMax);
      await advance(trx);
    });
  },
};

/** What the range says of each file, by the file's key. */
async function readFacts(
  { events }: FollowServices,
  tenantId: TenantId,
  range: BatchRange,
  domains: ReadonlySet<string>,
): Promise<Map<string, FileFacts[]>> {
  const facts = new Map<string, FileFacts[]>();
  const columns = ['timestamp', 'appId', 'instance', 'userName', 'actionType'].map(name);
  const where = [sql`${name('fileIds')} is not null`, isOneOf(name('appId'), fileApps)];
  for await (const part of rowsOfRange(events, tenantId, range, columns, where)) {
    for (const { cells, record } of part) {
      const [at, appId, instance, userName, operation] = cells;
      const provided = providerRecord(record);
      const source = { at: Number(at), appId: Number(appId), instance: Number(instance), userName: String(userName) };
      const said = provided && factsOf({ ...source, operation: String(operation), record: provided }, domains);
      if (!said) continue;
      const key = fileKey(tenantId, said);
      const known = facts.get(key);
      if (known) known.push(said);
      else facts.set(key, [said]);
    }
  }
  return facts;
}
