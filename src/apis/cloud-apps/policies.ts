// /policies/: policies and what they matched. The documented service has these routes without documenting their records
// (cloud-apps reference 2.9); docs/compatibility.md describes ours.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FilterableField, FilterCondition } from '../../activities/filters.ts';
import { severities } from '../../alerts/alert.ts';
import type { Services } from '../../context.ts';
import { NotFound } from '../../lib/failures.ts';
import type { Match, ReportedPolicy } from '../../policies/matches.ts';
import { type Policy, policyTypes } from '../../policies/policy.ts';
import { severityValue } from './alert-words.ts';
import { parseFilters } from './filter-grammar.ts';
import { readFormBodies, readListRequest } from './list-request.ts';
import { type CloudAppsApp, cloudAppsCtx } from './surface.ts';

type OfOne = { Params: { type: string; id: string } };

export function policiesRoutes(app: CloudAppsApp, services: Services): void {
  readFormBodies(app, services.config);
  app.route({ method: ['GET', 'POST'], url: '/policies', handler: list });
  app.route<OfOne>({ method: ['GET', 'POST'], url: '/policies/:type/:id', handler: fetch });
  app.route<OfOne>({ method: ['GET', 'POST'], url: '/policies/:type/:id/matches', handler: report });
}

/** Every type of reference 2.9: a list of those that this server does not have is empty. */
const documentedTypes = [
  'INLINE',
  'AUDIT',
  'ANOMALY_DETECTION',
  'NEW_SERVICE',
  'ANOMALY_DISCOVERY',
  'FILE',
  'MALWARE',
  'SESSION',
  'ACCESS',
  'APP_PERMISSION',
  'APP_PERMISSION_ANOMALY',
];

/** What it can be filtered by. */
export const policyFields: readonly FilterableField[] = [
  { names: ['type', 'policyType'], type: 'choice', operators: ['eq', 'neq'], oneOf: documentedTypes },
  { names: ['enabled'], type: 'flag', operators: ['eq'] },
  { names: ['severity'], type: 'integer', operators: ['eq', 'neq'], oneOf: severities.map(severityValue) },
  { names: ['name'], type: 'text', operators: ['text'] },
];

async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { config } = ctx;
  const asked = readListRequest(request, config);
  const conditions = parseFilters(asked.filters, policyFields, config.filterValuesMax);
  const { listPolicies } = await import('../../policies/policies.ts');
  const max = config.pageRowsMax;
  const limit = Math.min(asked.limit ?? max, max);
  const { items, total } = await listPolicies(ctx, { ...searchOf(conditions), skip: asked.skip, limit });
  const hasNext = asked.skip + items.length < total;
  return reply.send({ data: items.map(policyRecord), hasNext, max, total, moreThanTotal: false });
}

function searchOf(conditions: readonly FilterCondition<FilterableField>[]) {
  let types: readonly string[] = policyTypes;
  let wanted: readonly string[] = severities;
  let isEnabled: boolean | undefined;
  let search: string | undefined;
  for (const { field, test } of conditions) {
    if (test.operator === 'text') search = test.texts.join(' ');
    if (test.operator !== 'eq' && test.operator !== 'neq') continue;
    const { values } = test;
    const has = (value: string | number) => values.includes(value) === (test.operator === 'eq');
    if (field.names.includes('type')) types = types.filter(has);
    if (field.names.includes('severity'))
      wanted = severities.filter((each) => wanted.includes(each) && has(severityValue(each)));
    if (field.names.includes('enabled') && values.length === 1) isEnabled = values[0] === true;
  }
  return { types, severities: wanted, isEnabled, search };
}

async function fetch(request: FastifyRequest<OfOne>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { getPolicy } = await import('../../policies/policies.ts');
  const policy = await getPolicy(ctx, request.params.id);
  requireType(policy, request.params.type);
  return reply.send(policyRecord(policy));
}

function requireType(policy: ReportedPolicy, type: string): void {
  if (policy.type !== type.toUpperCase()) throw new NotFound('The policy');
}

async function report(request: FastifyRequest<OfOne>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { config } = ctx;
  const asked = readListRequest(request, config);
  // Matches are asked for by policy; more is for the activities' own filters, which take `policy` as well.
  parseFilters(asked.filters, [], config.filterValuesMax);
  const { listMatches } = await import('../../policies/matches.ts');
  const max = config.pageRowsMax;
  const limit = Math.min(asked.limit ?? max, max);
  const { policy, items, total, moreThanTotal } = await listMatches(ctx, request.params.id, asked.skip, limit);
  requireType(policy, request.params.type);
  const hasNext = asked.skip + items.length < total || (moreThanTotal && items.length === limit);
  return reply.send({ data: items.map((each) => matchRecord(policy, each)), hasNext, max, total, moreThanTotal });
}

function policyRecord(policy: Policy) {
  return {
    _id: policy.id,
    name: policy.name,
    description: policy.description,
    policyType: policy.type,
    isBuiltIn: policy.type === 'ANOMALY_DETECTION',
    enabled: policy.isEnabled,
    severity: severityValue(policy.severity),
    stories: [policy.riskCategory],
    filters: policy.filters,
    repeatedActivity: policy.repetition,
    alertLimit: policy.dailyAlertLimit,
    scope: policy.scope,
    sensitivity: policy.sensitivity,
    // Of app discovery policies: reports, daily thresholds and tag.
    ...(policy.type === 'NEW_SERVICE' ? { settings: policy.settings } : {}),
    revision: policy.revision,
    created: policy.createdAt,
    createdBy: policy.createdBy,
    lastModified: policy.changedAt,
    lastModifiedBy: policy.changedBy,
  };
}

function matchRecord(policy: ReportedPolicy, match: Match) {
  return {
    _id: match.activityId,
    timestamp: match.timestamp,
    matchedAt: match.matchedAt,
    alertId: match.alert,
    userName: match.userName === '' ? null : match.userName,
    appId: match.appId,
    instance: match.instance,
    policy: { id: policy.id, label: policy.name, policyType: policy.type },
  };
}
