// What other parts say about apps: name, category, score and tags, as a tenant sees them.
import type { Services } from '../../context.ts';
import type { TenantId } from '../../lib/ids.ts';
import { openCatalog } from '../catalog/catalog.ts';
import { type CategoryId, unclassified } from '../catalog/categories.ts';
import { isUnclassifiedId } from '../catalog/unclassified.ts';
import { domainsOfRow, listedCategory } from './custom-domains.ts';
import * as store from './store.ts';
import { listTagsOf } from './tags.ts';
import { catalogScores, weightsOf } from './weights.ts';

export interface AppFacts {
  readonly appId: number;
  readonly name: string;
  readonly vendor: string | null;
  readonly category: CategoryId;
  /** 0 (risky) to 10 (safe), one decimal: the tenant's own where there is one; null for unknown. */
  readonly score: number | null;
  /** Names of its tags, built-in ones first. */
  readonly tags: readonly string[];
  readonly domains: readonly string[];
  readonly isCustom: boolean;
  readonly isUnclassified: boolean;
}

/** An app by its id; apps that nobody knows are made from their domain, which traffic has. */
export interface AppReference {
  readonly appId: number;
  readonly domain?: string | undefined;
}

/** Of every app that is asked for, by id: also of deleted custom apps and of ids that nobody knows. Nobody's rights are asked. */
export async function appsOf(
  { store: { db } }: Pick<Services, 'store'>,
  tenantId: TenantId,
  apps: readonly AppReference[],
): Promise<Map<number, AppFacts>> {
  const ids = [...new Set(apps.map(({ appId }) => appId))];
  const [catalog, weights, customRows, rows, tagged, tags] = await Promise.all([
    openCatalog(),
    weightsOf(db, tenantId),
    store.listCustomApps(db, tenantId),
    store.listAppRows(db, tenantId, ids),
    store.listTagged(db, tenantId, ids),
    listTagsOf(db, tenantId),
  ]);
  const scores = await catalogScores(weights);
  const custom = new Map(customRows.map((row) => [Number(row.appId), row]));
  const own = new Map(rows.map((row) => [Number(row.appId), row]));
  const tagIds = Map.groupBy(tagged, ({ appId }) => Number(appId));
  const names = (appId: number): string[] => {
    const set = new Set((tagIds.get(appId) ?? []).map(({ tagId }) => tagId));
    return set.size === 0 ? [] : tags.filter(({ id }) => set.has(id)).map(({ name }) => name);
  };
  const facts = new Map<number, AppFacts>();
  for (const { appId, domain } of apps) {
    if (facts.has(appId)) continue;
    const common = { appId, tags: names(appId), isCustom: false, isUnclassified: false };
    const stated = own.get(appId)?.score ?? null;
    const ofTenant = custom.get(appId);
    const shipped = catalog.app(appId);
    if (ofTenant !== undefined) {
      const { name, vendor } = ofTenant;
      const rest = { category: listedCategory(ofTenant.category), domains: domainsOfRow(ofTenant), isCustom: true };
      facts.set(appId, { ...common, name, vendor, ...rest, score: stated ?? ofTenant.score });
    } else if (shipped !== undefined) {
      const { name, vendor = null, category, domains } = shipped;
      facts.set(appId, { ...common, name, vendor, category, domains, score: stated ?? scores.get(appId) ?? null });
    } else {
      const known = own.get(appId)?.domain ?? domain;
      const rest = { category: unclassified, domains: known === undefined ? [] : [known], score: stated };
      const isUnclassified = isUnclassifiedId(appId);
      facts.set(appId, { ...common, name: known ?? `App ${appId}`, vendor: null, ...rest, isUnclassified });
    }
  }
  return facts;
}
