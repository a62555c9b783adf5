// Files out of the activities of SharePoint and OneDrive. A range is read in parts; only what it comes to is kept, and put
// to what is stored in one transaction.
import { setImmediate } from 'node:timers/promises';
import { type ActivityFollower, type BatchRange, type FollowServices, inRange } from '../activities/following.ts';
import { expandRecord } from '../activities/record-text.ts';
import { lockTenant } from '../db/locks.ts';
import { getTenantById } from '../directory/tenants.ts';
import { page } from '../events/dialect.ts';
import { name, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { fileKey, withFacts } from './file-state.ts';
import { type FileFacts, factsOf, providerRecord } from './record-facts.ts';
import { type FileRow, findFiles, pruneFiles, putFiles } from './store.ts';

/** OneDrive for Business and SharePoint Online (cloud-apps reference 2.2). */
const fileApps = [15600, 20892] as const;
const rowsAtOnce = 2048;
const factsAtOnce = 256;
/** Records are as long as an ingestion's lines may be: so many characters at once; a single one may be longer. */
const charsAtOnce = 16_777_216;

export const filesFollower: ActivityFollower = {
  name: 'files',
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
  const where = sql`${name('tenantId')} = ${{ uuid: tenantId }} and ${inRange(range)} and ${name('fileIds')} is not null
    and ${name('appId')} in (${fileApps[0]}, ${fileApps[1]})`;
  const columns = ['timestamp', 'appId', 'instance', 'userName', 'actionType', 'record'].map(name);
  const order = sql`${name('timestamp')}, ${name('id')}`;
  const size = sql`length(${name('record')})`;
  for (let skip = 0; ; ) {
    const sizes = await events.query(page('activities', [size], where, order, rowsAtOnce, skip));
    const count = countWithin(sizes.map(([chars]) => Number(chars)));
    if (count === 0) return facts;
    const rows = await events.query(page('activities', columns, where, order, count, skip));
    for (const [at, appId, instance, userName, operation, record] of rows) {
      const provided = providerRecord(expandRecord(String(record)));
      const source = { at: Number(at), appId: Number(appId), instance: Number(instance), userName: String(userName) };
      const said = provided && factsOf({ ...source, operation: String(operation), record: provided }, domains);
      if (!said) continue;
      const key = fileKey(tenantId, said);
      const known = facts.get(key);
      if (known) known.push(said);
      else facts.set(key, [said]);
    }
    if (sizes.length < rowsAtOnce && count === sizes.length) return facts;
    skip += count;
  }
}

/** How many of the first are taken together. */
function countWithin(sizes: readonly number[]): number {
  let chars = 0;
  const end = sizes.findIndex((size, index) => {
    chars += size;
    return index > 0 && chars > charsAtOnce;
  });
  return end === -1 ? sizes.length : end;
}
