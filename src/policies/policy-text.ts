// Policies as the control store keeps them. Their bodies are JSON text that only this file writes and reads.
import type { TenantId } from '../lib/ids.ts';
import { type KeptCondition, keptConditions, readAppConditions, readConditions } from './conditions.ts';
import type { Policy, PolicyBody, PolicyType } from './policy.ts';
import type { PolicyRow } from './store.ts';

interface KeptBody extends Omit<PolicyBody, 'conditions' | 'appConditions'> {
  readonly conditions: readonly KeptCondition[];
  /** Bodies from before there were app discovery policies have none. */
  readonly appConditions?: readonly KeptCondition[];
}

function keptBody(policy: PolicyBody): KeptBody {
  const { description, severity, riskCategory, filters, repetition, dailyAlertLimit } = policy;
  const { scope, sensitivity, settings, conditions, appConditions } = policy;
  return {
    description,
    severity,
    riskCategory,
    filters,
    repetition,
    dailyAlertLimit,
    scope,
    sensitivity,
    settings,
    conditions: keptConditions(conditions),
    ...(appConditions.length > 0 ? { appConditions: keptConditions(appConditions) } : {}),
  };
}

export function rowOf(tenantId: TenantId, policy: Policy): PolicyRow {
  const { id, name, type, revision, createdAt, createdBy, changedAt, changedBy, reach } = policy;
  return {
    tenantId,
    id,
    name,
    type,
    isEnabled: policy.isEnabled ? 1 : 0,
    revision,
    createdAt,
    createdBy,
    changedAt,
    changedBy,
    body: JSON.stringify(keptBody(policy)),
    reach: reach === null ? null : JSON.stringify(reach),
  };
}

export function policyOf(row: PolicyRow): Policy {
  const body = JSON.parse(row.body) as KeptBody; // Written by rowOf.
  const { id, name, revision, createdAt, createdBy, changedAt, changedBy } = row;
  return {
    ...body,
    conditions: readConditions(body.conditions),
    appConditions: readAppConditions(body.appConditions ?? []),
    id,
    name,
    type: row.type as PolicyType, // Written by rowOf.
    isEnabled: row.isEnabled === 1,
    revision,
    createdAt,
    createdBy,
    changedAt,
    changedBy,
    reach: row.reach === null ? null : (JSON.parse(row.reach) as Policy['reach']), // Written by rowOf.
  };
}

/** A version for people to read: filters as they were written. */
export function versionBody(policy: Policy): string {
  const { conditions: _, appConditions: _ofApps, ...body } = keptBody(policy);
  return JSON.stringify({ name: policy.name, isEnabled: policy.isEnabled, ...body });
}
