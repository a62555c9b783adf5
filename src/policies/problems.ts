// Policies that stopped to work by themselves: whoever waits for their alerts must be told, because silence says nothing
// then. Each problem is an entry of the governance log, an audit record and a note for webhooks and mail.
import { recordAuditAs } from '../audit/audit.ts';
import { noteChange } from '../changes/changes.ts';
import type { Services } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { hourMs } from '../lib/clock.ts';
import { TooLarge } from '../lib/failures.ts';
import type { TenantId } from '../lib/ids.ts';
import { type GovernanceEntry, recordGovernance } from './governance.ts';
import * as governance from './governance-store.ts';
import { type Policy, systemName } from './policy.ts';

/** Switched off; or activities went by that it did not look at. */
export type ProblemKind = 'switched-off' | 'not-evaluated';

export interface PolicyProblem {
  readonly policyId: string;
  readonly policyName: string;
  readonly kind: ProblemKind;
  /** A sentence or two. */
  readonly message: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

const disableTask = 'DisablePolicyTask';
const evaluateTask = 'EvaluatePolicyTask';

type ProblemServices = Pick<Services, 'clock' | 'config' | 'keys'>;

/** Enters that the server switched a policy off; within `store.change` of the tenant. */
export async function recordSwitchedOff(
  trx: Trx,
  services: ProblemServices,
  tenantId: TenantId,
  policy: Policy,
  why: string,
): Promise<void> {
  const message = `The policy was switched off: ${why}. Narrow its filters, then enable it again.`;
  await record(trx, services, tenantId, policy, { type: disableTask, status: 'succeeded', message });
  await audit(trx, services, tenantId, policy, 'policy.disable', { revision: policy.revision, reason: why });
}

/** A policy that failed over new activities. */
export interface Failure {
  readonly policy: Policy;
  readonly error: unknown;
}

/** What fails goes on failing: so often one policy is told of. */
const toldAgainMs = hourMs;

/** Enters failures that nobody was told of lately; within `store.change` of the tenant. */
export async function recordFailures(
  trx: Trx,
  services: ProblemServices,
  tenantId: TenantId,
  failures: readonly Failure[],
): Promise<void> {
  const since = services.clock() - toldAgainMs;
  for (const { policy, error } of failures) {
    if (await governance.hasRowSince(trx, tenantId, { type: evaluateTask, policyId: policy.id, since })) continue;
    const message =
      error instanceof TooLarge
        ? `It took longer than querySecondsMax allows (${services.config.querySecondsMax} s) and is left out for ten minutes at a time. ` +
          'Narrow its filters, then have the missed time evaluated by a backfill.'
        : 'It failed; the log of the server says why. Have the missed time evaluated by a backfill when it works again.';
    await record(trx, services, tenantId, policy, { type: evaluateTask, status: 'failed', message });
    await audit(trx, services, tenantId, policy, 'policy.evaluate', { reason: message }, 'failed');
  }
}

async function record(
  trx: Trx,
  { clock }: ProblemServices,
  tenantId: TenantId,
  { id: policyId, name }: Policy,
  { type, status, message }: Pick<GovernanceEntry, 'type' | 'status'> & { readonly message: string },
): Promise<void> {
  const at = clock();
  const details = { target: name, policyName: name, message };
  const id = await recordGovernance(trx, tenantId, { type, status, at, appId: null, policyId, details });
  await noteChange(trx, tenantId, { subject: 'policy-problem', subjectId: id, change: 'created', at });
}

async function audit(
  trx: Trx,
  services: ProblemServices,
  tenantId: TenantId,
  { id, name }: Policy,
  action: string,
  details: Readonly<Record<string, unknown>>,
  outcome: 'done' | 'failed' = 'done',
): Promise<void> {
  const actor = { kind: 'system', id: null, name: systemName } as const;
  const entry = { action, outcome, target: { kind: 'policy', id, name }, details };
  await recordAuditAs(services, trx, tenantId, { actor, origin: null, correlationId: null }, entry);
}

/** The problem that a note with the subject policy-problem names, for whoever tells of it; nobody's rights are asked. */
export async function findPolicyProblem(db: Db, tenantId: TenantId, id: string): Promise<PolicyProblem | undefined> {
  const row = await governance.findGovernanceRow(db, tenantId, id);
  if (!row || row.policyId === null) return undefined;
  const { target, message } = JSON.parse(row.body) as GovernanceEntry['details']; // Written by recordGovernance.
  const kind = row.type === disableTask ? 'switched-off' : 'not-evaluated';
  return { policyId: row.policyId, policyName: target, kind, message, at: row.at };
}
