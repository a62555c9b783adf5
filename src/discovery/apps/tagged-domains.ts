// The domains of apps with a tag, for block scripts.
import type { Db } from '../../db/store.ts';
import type { TenantId } from '../../lib/ids.ts';
import { openCatalog } from '../catalog/catalog.ts';
import { domainsOfRow } from './custom-domains.ts';
import { serviceBehind } from './never-blocked.ts';
import * as store from './store.ts';
import { appIdsTagged } from './tags.ts';

export interface TaggedDomains {
  readonly appId: number;
  /** In normal form; an app that nobody knows has the domain that it is made from. */
  readonly domains: readonly string[];
  /** False when blocking them would cut off a portal of never-blocked.ts. */
  readonly canBeBlocked: boolean;
}

/** By app, lowest id first. Deleted custom apps are left out. Nobody's rights are asked. */
export async function appDomainsTagged(
  db: Db,
  tenantId: TenantId,
  tag: 'Sanctioned' | 'Unsanctioned',
): Promise<TaggedDomains[]> {
  const ids = await appIdsTagged(db, tenantId, tag);
  const catalog = await openCatalog();
  const custom = new Map((await store.listCustomApps(db, tenantId)).map((row) => [row.appId, row]));
  const own = new Map((await store.listAppRows(db, tenantId, ids)).map((row) => [row.appId, row.domain]));
  return ids.flatMap((appId) => {
    const row = custom.get(appId);
    if (row?.isDeleted === 1) return [];
    const made = own.get(appId) ?? null;
    const shipped = catalog.app(appId)?.domains ?? (made === null ? [] : [made]);
    const domains = row === undefined ? shipped : domainsOfRow(row);
    return [{ appId, domains, canBeBlocked: serviceBehind(domains) === undefined }];
  });
}
