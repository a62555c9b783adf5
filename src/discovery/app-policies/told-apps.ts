// What an app discovery policy has told of, for people to read.
import type { Ctx } from '../../context.ts';
import { readableBy } from '../../policies/app-reach.ts';
import { getPolicy } from '../../policies/policies.ts';
import { appsOf } from '../apps/described.ts';
import { reachesStream, streamsOfTenant } from '../streams/streams.ts';
import * as store from './store.ts';

export interface ToldApp {
  readonly appId: number;
  readonly name: string;
  readonly category: string;
  readonly score: number | null;
  readonly reportId: string;
  /** Null for a report that is gone. */
  readonly reportName: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly alertId: string;
}

/**
 * One page of the apps, each by report, latest first; for as long as the policy stays quiet about them. Of a policy of another
 * type there are none. With the rights of listPolicies, as far as the role reaches reports. Throws NotFound.
 */
export async function listToldApps(
  ctx: Ctx,
  id: string,
  skip: number,
  limit: number,
): Promise<{ items: ToldApp[]; total: number }> {
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const policy = await getPolicy(ctx, id);
  const { scope } = readableBy(ctx.caller);
  const streams = new Map((await streamsOfTenant(db, tenantId)).map((stream) => [stream.id, stream]));
  const isReached = (streamId: string): boolean => reachesStream(scope, streamId);
  const streamIds = scope.all ? null : [...streams.keys()].filter(isReached);
  const { rows, total } = await store.listToldPage(db, tenantId, { policyId: policy.id, streamIds, skip, limit });
  const apps = await appsOf(ctx, tenantId, rows);
  const items = rows.map(({ appId, streamId, alertId, at }) => {
    const facts = apps.get(appId);
    return {
      appId,
      name: facts?.name ?? `App ${appId}`,
      category: facts?.category ?? '',
      score: facts?.score ?? null,
      reportId: streamId,
      reportName: streams.get(streamId)?.name ?? null,
      at,
      alertId,
    };
  });
  return { items, total };
}
