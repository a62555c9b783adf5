// Rules as rows of the control store.
import type { TenantId } from '../lib/ids.ts';
import type { Actor, AlertTemplate, Period, Rule } from './rule.ts';
import type { RuleRow } from './store.ts';

interface Body {
  readonly queryText: string;
  readonly alertTemplate: AlertTemplate;
}

export function ruleOf(row: RuleRow): Rule {
  const { id, displayName, period, createdAt, createdBy, changedAt, changedBy, queryChangedAt } = row;
  const body = JSON.parse(row.body) as Body; // Written by rowOf alone, as the actor is.
  return {
    ...body,
    id,
    displayName,
    isEnabled: row.isEnabled === 1,
    period: period as Period, // Written by rowOf.
    createdAt,
    createdBy,
    changedAt,
    changedBy,
    queryChangedAt,
    actor: JSON.parse(row.actor) as Actor,
  };
}

export function rowOf(tenantId: TenantId, rule: Rule): RuleRow {
  const { id, displayName, isEnabled, period, createdAt, createdBy, changedAt, changedBy, queryChangedAt } = rule;
  const body: Body = { queryText: rule.queryText, alertTemplate: rule.alertTemplate };
  return {
    tenantId,
    id,
    displayName,
    isEnabled: isEnabled ? 1 : 0,
    period,
    createdAt,
    createdBy,
    changedAt,
    changedBy,
    queryChangedAt,
    actor: JSON.stringify(rule.actor),
    body: JSON.stringify(body),
  };
}
