// What a SIEM agent calls with its own token: its settings, its report, and the alerts and activities behind a position.
// These calls are ours; the documented agent's are not public. docs/siem-agent.md describes them.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { activityFields } from '../../activities/filters.ts';
import { type SiemProblem, type SiemReport, siemTroubles } from '../../agents/siem-agent.ts';
import {
  getOwnSettings,
  listOwnActivities,
  listOwnAlerts,
  type OwnSettings,
  takeReport,
} from '../../agents/siem-feed.ts';
import type { Ctx } from '../../context.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { tenantUrl } from '../../listening/names.ts';
import { alertConditions, alertFields } from './alert-filters.ts';
import { alertRecord } from './alert-wire.ts';
import { isPlainObject, parseFilters } from './filter-grammar.ts';
import { cloudAppsCtx } from './surface.ts';

/** Alerts are large at times: so many of them are asked for at once at most. */
const alertsMax = 100;
const activitiesInitial = 500;

export async function settings(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  return reply.send(settingsRecord(ctx, await getOwnSettings(ctx)));
}

/** Answers with the settings, so that an agent that reports learns of changes by it. */
export async function report(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const own = await getOwnSettings(ctx);
  const body = isPlainObject(request.body) ? request.body : {};
  await takeReport(ctx, parseReport(body), body.isSiemDown === true);
  return reply.send(settingsRecord(ctx, own));
}

/** Filters are applied here, so the agent need not know them. */
function settingsRecord({ names, caller }: Ctx, { agentId, name, isEnabled, revision, settings: given }: OwnSettings) {
  return {
    id: agentId,
    name,
    portalUrl: tenantUrl(names, caller.tenant.slug),
    isEnabled: isEnabled && given !== null,
    revision,
    settings: given && {
      ...given,
      alerts: { isSent: given.alerts.isSent },
      activities: { isSent: given.activities.isSent },
    },
  };
}

export async function activities(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const own = await getOwnSettings(ctx);
  const { config } = ctx;
  const conditions = parseFilters(own.settings?.activities.filters, activityFields, config.filterValuesMax);
  const { after, limit } = parseRange(request.body, activitiesInitial, config.scanRowsMax);
  const { items, next, hasMore } = await listOwnActivities(ctx, own, { conditions, after, limit });
  // Records are stored as they are sent, so they are put in place without being read again.
  const data = items.map(({ position, item }) => `{"position":"${position}","record":${item}}`).join(',');
  reply.type('application/json; charset=utf-8');
  return reply.send(`{"data":[${data}],"next":"${next}","hasMore":${hasMore}}`);
}

export async function alerts(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const own = await getOwnSettings(ctx);
  const filters = parseFilters(own.settings?.alerts.filters, alertFields, ctx.config.filterValuesMax);
  const { after, limit } = parseRange(request.body, alertsMax, alertsMax);
  const conditions = alertConditions(filters, ctx.clock());
  const { items, next, hasMore } = await listOwnAlerts(ctx, own, { conditions, after, limit });
  const place = { tenant: ctx.caller.tenant, names: ctx.names };
  const data = items.map(({ position, item }) => ({ position, record: alertRecord(item, place) }));
  return reply.send({ data, next, hasMore });
}

function parseRange(body: unknown, initial: number, max: number): { after: string | null; limit: number } {
  const { after = null, limit = initial } = isPlainObject(body) ? body : {};
  if (after !== null && typeof after !== 'string')
    throw new InvalidInput('after', 'after must be a position, or null.');
  if (!Number.isInteger(limit) || Number(limit) < 1) throw new InvalidInput('limit', 'limit must be a whole number.');
  return { after, limit: Math.min(Number(limit), max) };
}

const problemsMax = 20;
const detailMax = 500;
const nameMax = 255;

function parseReport(body: Record<string, unknown>): SiemReport {
  const problems = Array.isArray(body.problems) ? body.problems.slice(0, problemsMax).map(parseProblem) : [];
  return {
    version: shortText('version', body.version, nameMax),
    systemName: shortText('systemName', body.systemName, nameMax),
    problems,
    alertsSent: count('alertsSent', body.alertsSent),
    activitiesSent: count('activitiesSent', body.activitiesSent),
    lastSentAt: body.lastSentAt === null || body.lastSentAt === undefined ? null : count('lastSentAt', body.lastSentAt),
  };
}

function parseProblem(given: unknown): SiemProblem {
  const { kind, detail, since } = isPlainObject(given) ? given : {};
  if (typeof kind !== 'string' || !Object.hasOwn(siemTroubles, kind)) {
    throw new InvalidInput('problems', `kind must be one of ${Object.keys(siemTroubles).join(', ')}.`);
  }
  return {
    kind: kind as SiemProblem['kind'], // Looked for in the table just above.
    detail: shortText('problems', detail, detailMax),
    since: count('problems', since),
  };
}

function shortText(field: string, value: unknown, lengthMax: number): string {
  if (typeof value !== 'string' || value.length > lengthMax || /\p{Cc}/u.test(value)) {
    throw new InvalidInput(
      field,
      `${field} must be a text of at most ${lengthMax} characters without control characters.`,
    );
  }
  return value.toWellFormed();
}

/** Of messages or of milliseconds since 1970; no date lies further away. */
const countMax = 8_640_000_000_000_000;

function count(field: string, value: unknown): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0 || Number(value) > countMax) {
    throw new InvalidInput(field, `${field} must be a whole number, 0 or more.`);
  }
  return Number(value);
}
