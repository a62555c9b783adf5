// /governance/: what was done because of policies (cloud-apps reference 2.9, which gives the filters and no record).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FilterableField, FilterCondition } from '../../activities/filters.ts';
import type { Services } from '../../context.ts';
import type { GovernanceAction, GovernanceWhere } from '../../policies/governance.ts';
import { isPlainObject, parseFilters } from './filter-grammar.ts';
import { readFormBodies, readListRequest } from './list-request.ts';
import { type CloudAppsApp, cloudAppsCtx } from './surface.ts';

export function governanceRoutes(app: CloudAppsApp, services: Services): void {
  readFormBodies(app, services.config);
  app.route({ method: ['GET', 'POST'], url: '/governance', handler: list });
}

/** What it can be filtered by. */
export const governanceFields: readonly FilterableField[] = [
  { names: ['appId'], type: 'integer', operators: ['eq', 'neq'] },
  // True for done, false for failed, null for pending.
  { names: ['status'], type: 'choice', operators: ['eq', 'neq'], oneOf: ['TRUE', 'FALSE'] },
  { names: ['type', 'taskName'], type: 'text', operators: ['eq', 'neq'] },
  { names: ['timestamp'], type: 'time', operators: ['gte', 'lte'] },
];

async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { config } = ctx;
  const asked = readListRequest(request, config);
  const conditions = parseFilters(withWords(asked.filters), governanceFields, config.filterValuesMax);
  const max = config.pageRowsMax;
  const { skip, direction } = asked;
  const page = { skip, direction, limit: Math.min(asked.limit ?? max, max) };
  const { listGovernance } = await import('../../policies/governance.ts');
  const { items, total } = await listGovernance(ctx, whereOf(conditions), page);
  const hasNext = skip + items.length < total;
  return reply.send({ data: items.map(record), hasNext, max, total, moreThanTotal: false });
}

/** Clients send the status as JSON's true and false; the grammar's choices are words. */
function withWords(filters: unknown): unknown {
  if (!isPlainObject(filters) || !isPlainObject(filters.status)) return filters;
  const word = (value: unknown) => (typeof value === 'boolean' ? String(value) : value);
  const status = Object.fromEntries(
    Object.entries(filters.status).map(([operator, operand]) => [
      operator,
      Array.isArray(operand) ? operand.map(word) : word(operand),
    ]),
  );
  return { ...filters, status };
}

function whereOf(conditions: readonly FilterCondition<FilterableField>[]): GovernanceWhere {
  let where: GovernanceWhere = {};
  for (const { field, test } of conditions) {
    if (test.operator === 'gte') where = { ...where, from: Math.max(test.time, where.from ?? test.time) };
    if (test.operator === 'lte') where = { ...where, until: Math.min(test.time, where.until ?? test.time) };
    if (test.operator !== 'eq' && test.operator !== 'neq') continue;
    const isNegated = test.operator === 'neq';
    const { values } = test;
    const texts = values.filter((value) => typeof value === 'string');
    if (field.names.includes('appId')) {
      where = { ...where, appIds: { are: values.filter((value) => typeof value === 'number'), isNegated } };
    } else if (field.names.includes('type')) where = { ...where, types: { are: texts, isNegated } };
    else where = { ...where, statuses: { are: values.map(statusOf), isNegated } };
  }
  return where;
}

function statusOf(value: unknown): string {
  if (value === null) return 'pending';
  return value === 'TRUE' ? 'succeeded' : 'failed';
}

/** As clients read it: no verdict while it is pending, and a later `updateTimestamp` with the verdict. */
function record({ id, at, type, status, appId, policyId, details }: GovernanceAction) {
  const { target, message, policyName, inputStreamId, template, parameters, settledAt } = details;
  const isSettled = status !== 'pending';
  const templateMessage = template === undefined ? undefined : { template, parameters: parameters ?? {} };
  return {
    _id: id,
    timestamp: at,
    updateTimestamp: settledAt ?? at,
    type,
    taskName: type,
    ...(isSettled
      ? { status: { isSuccess: status === 'succeeded', ...(templateMessage && { templateMessage }) } }
      : {}),
    appId,
    policy: policyId === null ? null : { id: policyId, label: policyName ?? null },
    ...(inputStreamId === undefined ? {} : { inputStreamId }),
    targetObject: target,
    message,
  };
}
