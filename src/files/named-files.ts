// Files by what filters of activities name them by: the activities themselves hold their ids only.
import type { Db } from '../db/store.ts';
import { TooLarge } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import * as store from './store.ts';

/** A filter that names labels looks at so many files. */
const filesMax = 5000;

/** `<site>|<item>` of the files with these ids of the list of files; what is no such id may be one of the records themselves. */
export async function listFileIds(db: Db, tenantId: TenantId, selected: readonly string[]): Promise<string[]> {
  const ids = selected.map((each) => each.toLowerCase());
  const known = await store.findFiles(
    db,
    tenantId,
    ids.filter((id) => /^[0-9a-f]{24}$/.test(id)),
  );
  return ids.map((id) => known.get(id)?.fileId ?? id);
}

/** `<site>|<item>` of the files that have one of these labels now. Throws TooLarge when they are too many. */
export async function listLabelledIds(db: Db, tenantId: TenantId, labels: readonly string[]): Promise<string[]> {
  const ids = await store.listLabelledIds(db, tenantId, labels, filesMax + 1);
  if (ids.length <= filesMax) return ids;
  throw new TooLarge(`More than ${filesMax} files have these labels. Ask for the files instead, or for fewer labels.`);
}
