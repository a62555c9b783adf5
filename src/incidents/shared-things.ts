// Things that say nothing about who is behind an alert, because too many have them: they connect no incidents.

import type { AlertDraft } from '../alerts/alert.ts';
import type { AlertKey } from '../alerts/alert-keys.ts';
import { alertKeysOf, correlatingKinds } from '../alerts/alert-keys.ts';
import type { Db } from '../db/store.ts';
import type { Geo } from '../geo/geo.ts';
import type { TenantId } from '../lib/ids.ts';
import { addressLocator } from '../subnets/addresses.ts';
import { ipTags } from '../subnets/cloud-operators.ts';
import { listSubnets } from '../subnets/subnets.ts';

/** Accounts that every machine has. */
const everywhere: ReadonlySet<string> = new Set([
  'system',
  'system@nt authority',
  'local service@nt authority',
  'network service@nt authority',
  's-1-5-18',
  's-1-5-19',
  's-1-5-20',
  'root',
  'administrator',
  'automation',
]);

/** Corporate, administrative, VPN, cloud provider: many people come from one of their addresses. */
const sharedCategories: ReadonlySet<number> = new Set([1, 2, 4, 5]);

/** An alert about more things says little of each; and what connects alerts is looked for by one thing after the other. */
const keysMax = 100;

export type KeysOf = (draft: AlertDraft) => AlertKey[];

/** What an alert is about, without what is shared in this tenant: its own ranges are asked as they are now. */
export async function correlatingKeys(db: Db, tenantId: TenantId, geo: Geo): Promise<KeysOf> {
  const locate = addressLocator(await listSubnets(db, tenantId), geo);
  const isShared = ({ kind, key }: AlertKey): boolean => {
    if (kind === 'user') return everywhere.has(key);
    if (kind !== 'address') return false;
    const facts = locate(key);
    return facts === null || sharedCategories.has(facts.category) || facts.tags.includes(ipTags.internalAddress);
  };
  const connects = (key: AlertKey): boolean => correlatingKinds.includes(key.kind) && !isShared(key);
  return (draft) => alertKeysOf(draft).filter(connects).slice(0, keysMax);
}
