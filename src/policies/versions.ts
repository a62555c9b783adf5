// Every state that a policy ever had, for people to read.
import { may } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import { readableBy, shownTo } from './app-reach.ts';
import { getPolicy, requirePolicy } from './policies.ts';
import * as store from './store.ts';

export interface PolicyVersion {
  readonly revision: number;
  readonly at: number;
  readonly by: string;
  readonly change: string;
  /** What it said, without the conditions in our own words. */
  readonly content: Record<string, unknown>;
}

/**
 * States of a policy, newest first; those of a deleted one stay. With the rights of listPolicies; a deleted one is shown to
 * holders of Policies.read only. Throws NotFound.
 */
export async function listPolicyVersions(
  ctx: Ctx,
  id: string,
  skip: number,
  limit: number,
): Promise<{ items: PolicyVersion[]; total: number }> {
  const { db } = ctx.store;
  const readsAll = may(ctx.caller, 'Policies.read');
  const { scope } = readableBy(ctx.caller);
  const policy = readsAll ? null : await getPolicy(ctx, id);
  const { rows, total } = await store.listVersions(db, ctx.caller.tenantId, id.toLowerCase(), skip, limit);
  if (total === 0) await requirePolicy(db, ctx.caller.tenantId, id);
  const items = rows.map(({ revision, at, by, change, body }) => ({
    revision,
    at,
    by,
    change,
    // Written by versionBody.
    content: shownTo(scope, JSON.parse(body) as Record<string, unknown>, policy?.type),
  }));
  return { items, total };
}
