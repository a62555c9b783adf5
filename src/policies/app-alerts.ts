// Alerts of app discovery policies, within the change of whoever found the apps: under the limits that other policies have,
// counted like their matches.
import type { AlertDraft } from '../alerts/alert.ts';
import type { Trx } from '../db/store.ts';
import { raiseAlertsIn } from '../incidents/raise.ts';
import type { TenantId } from '../lib/ids.ts';
import * as matches from './matches-store.ts';
import { firstHourOfDay, hourOf, type Policy } from './policy.ts';
import { policyOf } from './policy-text.ts';
import type { RaisingServices } from './raising.ts';
import { findPolicyRow } from './store.ts';

/**
 * Raises what the policy's daily limit leaves, in the order of the drafts, and returns those that were raised or stood there
 * already. Nothing of a policy that was switched off or deleted meanwhile.
 */
export async function raiseAppAlerts(
  trx: Trx,
  services: RaisingServices,
  tenantId: TenantId,
  policy: Policy,
  drafts: readonly AlertDraft[],
): Promise<readonly AlertDraft[]> {
  const row = await findPolicyRow(trx, tenantId, policy.id);
  if (row?.isEnabled !== 1) return [];
  const { dailyAlertLimit } = policyOf(row);
  const hour = hourOf(services.clock());
  const today = (await matches.sumCounts(trx, tenantId, firstHourOfDay(hour))).get(policy.id)?.alerts ?? 0;
  const left = Math.min(Math.max(0, dailyAlertLimit - today), services.config.policyAlertsAtOnceMax);
  const taken = drafts.slice(0, left);
  await raiseAlertsIn(trx, services, tenantId, taken);
  const heldBack = drafts.length - taken.length;
  await matches.addCounts(trx, tenantId, policy.id, hour, { matches: drafts.length, alerts: taken.length, heldBack });
  return taken;
}
