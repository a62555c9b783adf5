// The governance log: what was done because of a policy, with its outcome (cloud-apps reference 2.9).
import { createHash, randomBytes } from 'node:crypto';
import { scopeOf } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import type { TenantId } from '../lib/ids.ts';
import * as store from './governance-store.ts';

export type { GovernanceWhere } from './governance-store.ts';

export const governanceStatuses = ['succeeded', 'failed', 'pending'] as const;
export type GovernanceStatus = (typeof governanceStatuses)[number];

export interface GovernanceEntry {
  /** Name of the task, such as DisablePolicyTask. */
  readonly type: string;
  readonly status: GovernanceStatus;
  readonly at: number;
  readonly appId: number | null;
  readonly policyId: string | null;
  readonly details: GovernanceDetails;
}

/** What was done to what, and why: sentences and names, safe to show. */
export interface GovernanceDetails {
  readonly target: string;
  readonly message: string;
  readonly policyName?: string;
  /** Of tasks of cloud discovery: the data source or report. */
  readonly inputStreamId?: string;
  /** How a task ended, for programs: a name, and the values that go with it. */
  readonly template?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** When a task that took its time ended, epoch milliseconds. */
  readonly settledAt?: number;
}

export interface GovernanceAction extends GovernanceEntry {
  readonly id: string;
}

/** Enters an action, inside the caller's transaction, and returns its id; nobody's rights are asked. */
export async function recordGovernance(trx: Trx, tenantId: TenantId, entry: GovernanceEntry): Promise<string> {
  const { details, ...columns } = entry;
  const id = randomBytes(12).toString('hex');
  await store.insertGovernanceRow(trx, { tenantId, id, ...columns, body: JSON.stringify(details) });
  return id;
}

/** The entry of a task that takes its time, made of what the task is known by. */
function taskEntryId(taskId: string): string {
  return createHash('sha256').update(taskId).digest('hex').slice(0, 24);
}

type Task = Omit<GovernanceEntry, 'status'> & { readonly taskId: string };

/** Enters a task that has been asked for, inside the caller's transaction; nobody's rights are asked. */
export async function recordPending(
  trx: Trx,
  tenantId: TenantId,
  { taskId, details, ...columns }: Task,
): Promise<void> {
  const row = { tenantId, id: taskEntryId(taskId), ...columns, status: 'pending', body: JSON.stringify(details) };
  await store.insertGovernanceRow(trx, row);
}

/** Says how a task ended, with `more` to tell of it; one that has ended, or was never entered, stays as it is. */
export async function settlePending(
  trx: Trx,
  tenantId: TenantId,
  taskId: string,
  status: Exclude<GovernanceStatus, 'pending'>,
  message: string,
  more: Partial<GovernanceDetails> = {},
): Promise<void> {
  const id = taskEntryId(taskId);
  const row = await store.findGovernanceRow(trx, tenantId, id);
  if (!row) return;
  const details = JSON.parse(row.body) as GovernanceDetails; // Written by recordPending.
  await store.settleGovernanceRow(trx, tenantId, id, {
    status,
    body: JSON.stringify({ ...details, ...more, message }),
  });
}

/** One page of the log. Needs Governance.read; it tells of the whole tenant, so a role cut to a part sees none of it. */
export async function listGovernance(
  ctx: Ctx,
  where: store.GovernanceWhere,
  page: store.GovernancePage,
): Promise<{ items: GovernanceAction[]; total: number }> {
  const scope = scopeOf(ctx.caller, 'Governance.read');
  if (!scope.all) return { items: [], total: 0 };
  const { rows, total } = await store.pageGovernance(ctx.store.db, ctx.caller.tenantId, where, page);
  return {
    items: rows.map(({ id, at, type, status, appId, policyId, body }) => ({
      id,
      at,
      type,
      status: status as GovernanceStatus, // Written by recordGovernance.
      appId,
      policyId,
      details: JSON.parse(body) as GovernanceDetails, // Written by recordGovernance.
    })),
    total,
  };
}
