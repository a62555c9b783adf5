// App discovery policies at work: after each upload to a data source they look at the days that it brought traffic of, in every
// continuous report that shows it (cloud-apps reference 5). An app that a policy has told of in a report stays quiet there for 90
// days, whatever restarts and however many processes read logs. Snapshots raise nothing.
import type { Services } from '../../context.ts';
import { openGeo } from '../../geo/geo.ts';
import { dayMs } from '../../lib/clock.ts';
import { StoreUnavailable } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { raiseAppAlerts } from '../../policies/app-alerts.ts';
import { appSettingsOf } from '../../policies/app-policy.ts';
import { listAllPolicies } from '../../policies/policies.ts';
import type { Policy } from '../../policies/policy.ts';
import { tagByPolicy } from '../apps/tagging.ts';
import { daysOfUpload } from '../reports/report-store.ts';
import { inputsOf, type Stream } from '../streams/stream.ts';
import { streamsOfTenant } from '../streams/streams.ts';
import type { UploadedTraffic } from '../uploads/hooks.ts';
import { draftOfApp, type FoundApp, findAppsOf } from './found-apps.ts';
import * as store from './store.ts';

/** How long an app stays quiet in a report, for a policy that told of it there. */
const quietMs = 90 * dayMs;

/** What runs after an upload; running it again for the same upload changes nothing. */
export async function runAppPolicies(
  services: Services,
  tenantId: TenantId,
  { streamId, uploadId, isSnapshot }: UploadedTraffic,
): Promise<void> {
  if (isSnapshot) return;
  const { db } = services.store;
  const all = await listAllPolicies(db, tenantId);
  const policies = all.filter(({ type, isEnabled }) => type === 'NEW_SERVICE' && isEnabled);
  if (policies.length === 0) return;
  const days = await daysOfUpload(services.events, tenantId, uploadId);
  if (days.length === 0) return;
  const streams = await streamsOfTenant(db, tenantId);
  const reports = streams.filter(({ kind }) => kind !== 'snapshot');
  const showing = reports.filter((stream) => inputsOf(stream, streams).includes(streamId));
  for (const policy of policies) {
    for (const stream of showing) {
      if (!looksAt(policy, stream, streams)) continue;
      try {
        await evaluate(services, tenantId, policy, stream, days);
      } catch (error) {
        if (error instanceof StoreUnavailable) throw error;
        // One policy that fails, over a report that is too large for instance, must not keep the others from theirs.
        const about = { err: error, tenantId, policyId: policy.id, policy: policy.name, report: stream.name };
        services.log.error(about, 'an app discovery policy could not be evaluated');
      }
    }
  }
}

/**
 * A policy without reports looks at all of them; but at the global view only where that shows more than the one data source,
 * since it would say everything twice.
 */
function looksAt(policy: Policy, stream: Stream, streams: readonly Stream[]): boolean {
  const { reports } = appSettingsOf(policy);
  if (reports.length > 0) return reports.includes(stream.id);
  return stream.kind !== 'global' || inputsOf(stream, streams).length > 1;
}

async function evaluate(
  services: Services,
  tenantId: TenantId,
  policy: Policy,
  stream: Stream,
  days: readonly number[],
): Promise<void> {
  const since = services.clock() - quietMs;
  const asked = { policyId: policy.id, streamId: stream.id, since };
  const told = await store.listTold(services.store.db, tenantId, asked);
  const found = (await findAppsOf(services, tenantId, policy, stream, days)).filter(({ appId }) => !told.has(appId));
  if (found.length === 0) return;
  // Reading the databases of addresses takes a while the first time; no other change should wait for it.
  await openGeo(services.config);
  await services.store.change(tenantId, async (trx) => {
    // Another process may have told of some of them meanwhile.
    const present = await store.listTold(trx, tenantId, asked);
    const fresh = found.filter(({ appId }) => !present.has(appId));
    const now = services.clock();
    const byAlert = new Map<string, FoundApp>();
    const drafts = fresh.map((app) => {
      const draft = draftOfApp(policy, stream, app, now);
      byAlert.set(draft.alertId, app);
      return draft;
    });
    await store.pruneTold(trx, tenantId, since);
    for (const { alertId } of await raiseAppAlerts(trx, services, tenantId, policy, drafts)) {
      const app = byAlert.get(alertId);
      if (app === undefined) continue;
      const ofAlert = { policyId: policy.id, streamId: stream.id, appId: app.appId, alertId, at: now };
      await store.putTold(trx, tenantId, ofAlert);
      const { tag } = appSettingsOf(policy);
      if (tag === null) continue;
      const tagging = await tagByPolicy(services, trx, tenantId, app, tag, policy);
      if (tagging.outcome === 'refused') {
        services.log.warn({ tenantId, policy: policy.name, app: app.facts.name, reason: tagging.reason }, 'no tag');
      }
    }
  });
}
