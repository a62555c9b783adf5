import { activityFields } from '../../activities/filters.ts';
import type { Services } from '../../context.ts';
import { isoTime, parseIsoTime } from '../../lib/clock.ts';
import { InvalidInput } from '../../lib/failures.ts';
import type { Type } from '../../lib/schema.ts';
import { formatTicks } from '../../lib/ticks.ts';
import type { Backfill as DomainBackfill } from '../../policies/backfills.ts';
import type { DryRun as DomainDryRun } from '../../policies/dry-run.ts';
import type { Policy as DomainPolicy } from '../../policies/policy.ts';
import type { PolicyInput } from '../../policies/policy-input.ts';
import {
  Backfill,
  Backfills,
  CreatePolicyBody,
  DryRun,
  DryRunBody,
  EditPolicyBody,
  PageOnly,
  PeriodBody,
  Policies,
  Policy,
  PolicyApps,
  PolicyQuery,
  PolicyReport,
  PolicyTemplates,
  PolicyVersions,
} from './policies-schemas.ts';
import { IdParams } from './schemas.ts';
import { type ManagementApp, personCtx } from './surface.ts';
import { toWire } from './wire.ts';

/** Rows of a page without a wish. */
const pageRows = 50;

/** Policies of the caller's tenant, their history, what they matched, dry runs and backfills. */
export function policyRoutes(app: ManagementApp, services: Services): void {
  listRoutes(app);
  changeRoutes(app, services);
  trialRoutes(app, services);
}

const one = { params: IdParams, response: { 200: Policy } };

// What evaluates policies is loaded when the first call comes, not at the start (docs/decisions/0008).
const loadPolicies = () => import('../../policies/policies.ts');
const loadBackfills = () => import('../../policies/backfills.ts');

function listRoutes(app: ManagementApp): void {
  app.get('/policies', { schema: { querystring: PolicyQuery, response: { 200: Policies } } }, async (request) => {
    const ctx = await personCtx(request);
    const { type, severity, skip = 0, limit = pageRows, standing, ...rest } = request.query;
    const types = type === undefined ? {} : { types: [type] };
    const wanted = severity === undefined ? {} : { severities: [severity] };
    const { listPolicies } = await loadPolicies();
    const { items, total } = await listPolicies(ctx, { ...types, ...wanted, ...rest, skip, limit });
    const { standingOf, unasked } = await import('../../policies/standing.ts');
    const ids = items.map(({ id }) => id);
    const of = standing === true ? await standingOf(ctx, ids) : () => unasked;
    return { items: items.map((policy) => ({ ...wire(policy), ...of(policy.id) })), total };
  });

  app.get('/policies/:id', { schema: one }, async (request) =>
    wire(await (await loadPolicies()).getPolicy(await personCtx(request), request.params.id)),
  );

  const page = { params: IdParams, querystring: PageOnly };
  app.get('/policies/:id/history', { schema: { ...page, response: { 200: PolicyVersions } } }, async (request) => {
    const ctx = await personCtx(request);
    const { skip = 0, limit = pageRows } = request.query;
    const { listPolicyVersions } = await import('../../policies/versions.ts');
    const { items, total } = await listPolicyVersions(ctx, request.params.id, skip, limit);
    return { items: items.map((each) => toWire({ ...each, at: isoTime(each.at) })), total };
  });

  app.get('/policies/:id/matches', { schema: { ...page, response: { 200: PolicyReport } } }, async (request) => {
    const ctx = await personCtx(request);
    const { skip = 0, limit = pageRows } = request.query;
    const { listMatches } = await import('../../policies/matches.ts');
    const { items, total, moreThanTotal, today } = await listMatches(ctx, request.params.id, skip, limit);
    const wired = items.map((each) => ({
      ...each,
      timestamp: isoTime(each.timestamp),
      matchedAt: isoTime(each.matchedAt),
    }));
    return { items: wired, total, moreThanTotal, today };
  });

  app.get('/policies/:id/apps', { schema: { ...page, response: { 200: PolicyApps } } }, async (request) => {
    const ctx = await personCtx(request);
    const { skip = 0, limit = pageRows } = request.query;
    const { listToldApps } = await import('../../discovery/app-policies/told-apps.ts');
    const { items, total } = await listToldApps(ctx, request.params.id, skip, limit);
    return { items: items.map((each) => ({ ...each, at: isoTime(each.at) })), total };
  });

  app.get('/policy-templates', { schema: { response: { 200: PolicyTemplates } } }, async (request) => {
    const { readableBy } = await import('../../policies/app-reach.ts');
    readableBy((await personCtx(request)).caller);
    const { policyTemplates } = await import('../../policies/templates.ts');
    const { appTemplates } = await import('../../policies/app-templates.ts');
    const items = [
      ...policyTemplates.map(({ conditions: _, ...each }) => toWire({ ...each, settings: {} })),
      ...appTemplates.map(({ appConditions: _, ...each }) => toWire({ ...each, repetition: null })),
    ];
    return { items, total: items.length };
  });
}

function changeRoutes(app: ManagementApp, { config }: Services): void {
  app.post('/policies', { schema: { body: CreatePolicyBody, response: { 201: Policy } } }, async (request, reply) => {
    const ctx = await personCtx(request);
    const input = await inputOf(request.body, config.filterValuesMax);
    const { createPolicy } = await loadPolicies();
    return reply.code(201).send(wire(await createPolicy(ctx, input)));
  });

  app.patch('/policies/:id', { schema: { ...one, body: EditPolicyBody } }, async (request) => {
    const ctx = await personCtx(request);
    const { revision, ...body } = request.body;
    const { editPolicy, getPolicy } = await loadPolicies();
    // Its type says what its filters are about.
    const type = body.filters === undefined ? undefined : (await getPolicy(ctx, request.params.id)).type;
    const input = await inputOf(type === 'NEW_SERVICE' ? { ...body, type } : body, config.filterValuesMax);
    return wire(await editPolicy(ctx, request.params.id, revision, input));
  });

  for (const act of ['enable', 'disable'] as const) {
    app.post(`/policies/:id/${act}`, { schema: one }, async (request) => {
      const ctx = await personCtx(request);
      const { setEnabled } = await loadPolicies();
      return wire(await setEnabled(ctx, request.params.id, act === 'enable'));
    });
  }

  app.delete('/policies/:id', { schema: { params: IdParams } }, async (request, reply) => {
    const ctx = await personCtx(request);
    const { deletePolicy } = await loadPolicies();
    await deletePolicy(ctx, request.params.id);
    return reply.code(204).send();
  });
}

function trialRoutes(app: ManagementApp, { config }: Services): void {
  app.post('/policies/dry-run', { schema: { body: DryRunBody, response: { 200: DryRun } } }, async (request) => {
    const ctx = await personCtx(request);
    const input = await inputOf(request.body.policy, config.filterValuesMax);
    const { dryRunInput } = await import('../../policies/dry-run.ts');
    return dryRunWire(await dryRunInput(ctx, input, periodOf(request.body)));
  });

  app.post(
    '/policies/:id/dry-run',
    { schema: { params: IdParams, body: PeriodBody, response: { 200: DryRun } } },
    async (request) => {
      const ctx = await personCtx(request);
      const { dryRunPolicy } = await import('../../policies/dry-run.ts');
      return dryRunWire(await dryRunPolicy(ctx, request.params.id, periodOf(request.body)));
    },
  );

  app.post(
    '/policies/:id/backfills',
    { schema: { params: IdParams, body: PeriodBody, response: { 202: Backfill } } },
    async (request, reply) => {
      const ctx = await personCtx(request);
      const { requestBackfill } = await loadBackfills();
      const backfill = await requestBackfill(ctx, request.params.id, periodOf(request.body));
      return reply.code(202).send(backfillWire(backfill));
    },
  );

  app.get(
    '/policies/:id/backfills',
    { schema: { params: IdParams, querystring: PageOnly, response: { 200: Backfills } } },
    async (request) => {
      const ctx = await personCtx(request);
      const { skip = 0, limit = pageRows } = request.query;
      const { listBackfills } = await loadBackfills();
      const { items, total } = await listBackfills(ctx, request.params.id, skip, limit);
      return { items: items.map(backfillWire), total };
    },
  );

  const single = { params: IdParams, response: { 200: Backfill } };
  app.get('/policy-backfills/:id', { schema: single }, async (request) => {
    const ctx = await personCtx(request);
    const { getBackfill } = await loadBackfills();
    return backfillWire(await getBackfill(ctx, request.params.id));
  });

  app.post('/policy-backfills/:id/cancel', { schema: single }, async (request) => {
    const ctx = await personCtx(request);
    const { cancelBackfill } = await loadBackfills();
    return backfillWire(await cancelBackfill(ctx, request.params.id));
  });
}

type Body = Type.Static<typeof CreatePolicyBody> & { readonly sensitivity?: string };

/** What the body says, over what its template says; filters are read as those of the kind of policy that it is. */
async function inputOf({ template, filters, ...body }: Body, valuesMax: number): Promise<PolicyInput> {
  const found = template === undefined ? undefined : await templateNamed(template);
  const isOfApps = (body.type ?? found?.type) === 'NEW_SERVICE';
  const written = filters === undefined ? {} : await filtersOf(filters, isOfApps, valuesMax);
  if (found === undefined) return { ...body, ...written };
  if (body.type !== undefined && body.type !== found.type) {
    throw new InvalidInput('type', `The template ${found.id} is for policies of the type ${found.type}.`);
  }
  const { type, name, description, severity } = found;
  const start = { type, name, description, severity };
  if (found.type === 'AUDIT') {
    const { riskCategory, repetition, conditions } = found;
    return { ...start, riskCategory, repetition, filters: { filters: found.filters, conditions }, ...body, ...written };
  }
  const appFilters = { filters: found.filters, conditions: found.appConditions };
  return { ...start, settings: found.settings, appFilters, ...body, ...written };
}

async function templateNamed(id: string) {
  const { findTemplate } = await import('../../policies/templates.ts');
  const { findAppTemplate } = await import('../../policies/app-templates.ts');
  const found = findTemplate(id) ?? findAppTemplate(id);
  if (found) return found;
  throw new InvalidInput('template', `There is no template ${id}. GET /policy-templates lists them.`);
}

async function filtersOf(
  filters: unknown,
  isOfApps: boolean,
  valuesMax: number,
): Promise<Pick<PolicyInput, 'filters' | 'appFilters'>> {
  const { readFilters } = await import('./written-filters.ts');
  if (!isOfApps) {
    const { parseFilters } = await import('../cloud-apps/filter-grammar.ts');
    return { filters: { filters, conditions: readFilters(() => parseFilters(filters, activityFields, valuesMax)) } };
  }
  const { parseReportFilters } = await import('../cloud-apps/discovery-filters.ts');
  const { appFactFields } = await import('../../discovery/reports/app-fields.ts');
  const conditions = readFilters(() => parseReportFilters(filters, appFactFields, valuesMax));
  return { appFilters: { filters, conditions } };
}

function periodOf({ from, until }: { readonly from: string; readonly until: string }) {
  const times = { from: parseIsoTime(from), until: parseIsoTime(until) };
  if (times.from === undefined) throw new InvalidInput('from', 'from is a time such as 2027-01-31T00:00:00Z.');
  if (times.until === undefined) throw new InvalidInput('until', 'until is a time such as 2027-01-31T00:00:00Z.');
  return { from: times.from, until: times.until };
}

/** A detection that nobody has changed has no times. */
function timeOrNull(epochMs: number): string | null {
  return epochMs === 0 ? null : isoTime(epochMs);
}

function wire({ conditions: _, appConditions: _ofApps, ...policy }: DomainPolicy): Type.Static<typeof Policy> {
  const { filters, settings } = policy;
  return toWire({
    ...policy,
    filters: filters as Record<string, unknown> | null, // Only objects pass the schema of the body.
    settings: settingsWire(settings),
    createdAt: timeOrNull(policy.createdAt),
    changedAt: timeOrNull(policy.changedAt),
  });
}

function settingsWire(settings: DomainPolicy['settings']): Record<string, unknown> {
  const { terminatedUsers } = settings;
  if (!Array.isArray(terminatedUsers)) return settings;
  const wired = terminatedUsers.map(({ userName, since }) => ({ userName, since: isoTime(since) }));
  return { ...settings, terminatedUsers: wired };
}

function dryRunWire({ period, lookedUntil, samples, ...rest }: DomainDryRun): Type.Static<typeof DryRun> {
  return {
    ...rest,
    from: isoTime(period.from),
    until: isoTime(period.until),
    lookedUntil: isoTime(lookedUntil),
    samples: samples.map(({ title, description, severity, activityIds, firstActivityTicks, lastActivityTicks }) => ({
      title,
      description,
      severity,
      firstActivity: formatTicks(firstActivityTicks),
      lastActivity: formatTicks(lastActivityTicks),
      activityIds: [...activityIds],
    })),
  };
}

function backfillWire({ period, ...rest }: DomainBackfill): Type.Static<typeof Backfill> {
  return {
    ...rest,
    from: isoTime(period.from),
    until: isoTime(period.until),
    requestedAt: isoTime(rest.requestedAt),
    startedAt: isoTime(rest.startedAt),
    endedAt: isoTime(rest.endedAt),
  };
}
