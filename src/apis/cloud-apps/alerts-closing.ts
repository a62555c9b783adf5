// Closing and reopening alerts (cloud-apps reference 2.4): the three documented verdicts, the older verbs that mean one of
// them, and reopening. An alert that is closed already counts as not found, so that two who close it do so once.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FilterCondition } from '../../activities/filters.ts';
import type { Alert, AlertFeedback, AlertLifeChange, Resolution } from '../../alerts/alert.ts';
import type { AlertCondition } from '../../alerts/condition.ts';
import type { Ctx } from '../../context.ts';
import { changeAlerts } from '../../incidents/alert-changes.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { type AlertField, alertConditions, alertFields } from './alert-filters.ts';
import { InvalidFilters } from './errors.ts';
import { isPlainObject, parseFilters } from './filter-grammar.ts';
import { parseFlag, parseNumber, shown } from './filter-values.ts';
import { readListRequest } from './list-request.ts';
import { cloudAppsCtx } from './surface.ts';

/** One way of closing. */
interface Verdict {
  readonly resolution: Extract<Resolution, 'benign' | 'falsePositive' | 'truePositive'>;
  /** The member of the answer that counts the closed alerts. */
  readonly counted: string;
  /** `reasonId` to what it says in Graph's words. */
  readonly reasons: Readonly<Record<number, string>>;
}

const benign: Verdict = {
  resolution: 'benign',
  counted: 'closed_benign',
  // Actual severity is lower, other, confirmed with the end user, triggered by a test.
  reasons: { 2: 'other', 4: 'other', 5: 'confirmedActivity', 6: 'securityTesting' },
};
const falsePositive: Verdict = {
  resolution: 'falsePositive',
  counted: 'closed_false_positive',
  // Not of interest, too many similar alerts, alert is not accurate, other.
  reasons: { 0: 'other', 1: 'other', 3: 'notMalicious', 4: 'other' },
};
const truePositive: Verdict = { resolution: 'truePositive', counted: 'closed_true_positive', reasons: {} };

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** What closes or reopens the alerts of a filter, by the last part of its path. */
export const closings = {
  close_benign: closing(benign),
  close_false_positive: closing(falsePositive),
  close_true_positive: closing(truePositive),
  // The older verbs, which the documentation maps to these verdicts; they know no reasons.
  dismiss_bulk: closing({ ...falsePositive, counted: 'dismissed', reasons: {} }),
  resolve: closing({ ...truePositive, counted: 'resolved', reasons: {} }),
  reopen,
} as const satisfies Readonly<Record<string, Handler>>;

function closing(verdict: Verdict): Handler {
  return async (request, reply) => {
    const ctx = await cloudAppsCtx(request);
    const selected = readSelection(ctx, request);
    const { change, details } = parseClosing(request.body, verdict);
    const conditions = [...selected.conditions, isOpen(true)];
    const { changed } = await changeAlerts(
      ctx,
      'Alerts.manage',
      { conditions },
      (alert) => (alert.resolution === 'open' ? change : null),
      { action: 'alert.close', details },
    );
    return answer(reply, verdict.counted, changed, selected.ids);
  };
}

/** Undocumented, but called by a client; it takes the same filters and answers like the others. */
async function reopen(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const selected = readSelection(ctx, request);
  const { changed } = await changeAlerts(
    ctx,
    'Alerts.manage',
    { conditions: [...selected.conditions, isOpen(false)] },
    (alert) => (alert.resolution === 'open' ? null : { resolution: 'open' }),
    { action: 'alert.reopen' },
  );
  return answer(reply, 'reopened', changed, selected.ids);
}

export async function dismissOne(
  request: FastifyRequest<{ Params: { pk: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { pk } = request.params;
  const { change, details } = parseClosing(request.body, { ...falsePositive, reasons: {} });
  const { changed } = await changeAlerts(
    ctx,
    'Alerts.manage',
    { ids: [pk] },
    (alert) => (alert.resolution === 'open' ? change : null),
    { action: 'alert.close', details },
  );
  return answer(reply, 'dismissed', changed, [pk]);
}

function isOpen(is: boolean): AlertCondition {
  return { kind: 'flag', property: 'isOpen', is };
}

/**
 * How many were changed. Ids that were named and are not among them stand in `alertsNotFound`, and the status says so
 * too: clients look for that in the text of their error.
 */
function answer(reply: FastifyReply, counted: string, changed: readonly Alert[], ids: readonly string[]): FastifyReply {
  const done = new Set(changed.map(({ id }) => id));
  const alertsNotFound = ids.filter((id) => !done.has(id));
  if (alertsNotFound.length === 0) return reply.send({ [counted]: changed.length });
  return reply.code(404).send({ [counted]: changed.length, alertsNotFound });
}

interface Selection {
  readonly conditions: readonly AlertCondition[];
  /** The alerts that the filters name. */
  readonly ids: readonly string[];
}

/** The alerts to change. There must be a filter: an empty one would mean all of them, which is rarely what was meant. */
function readSelection(ctx: Ctx, request: FastifyRequest): Selection {
  const { filters } = readListRequest(request, ctx.config);
  const parsed = parseFilters(filters, alertFields, ctx.config.filterValuesMax);
  if (parsed.length === 0) {
    const reason = 'say which alerts are meant, such as {"id": {"eq": ["<id>"]}}';
    throw new InvalidFilters([{ field: 'filters', value: shown(filters ?? null), reason }]);
  }
  return { conditions: alertConditions(parsed, ctx.clock()), ids: idsIn(parsed) };
}

function idsIn(conditions: readonly FilterCondition<AlertField>[]): string[] {
  const named = conditions.flatMap(({ field, test }) =>
    field.names.includes('id') && test.operator === 'eq' ? test.values : [],
  );
  return [...new Set(named.map(String))];
}

const commentLengthMax = 4000;
const emailLengthMax = 320;

/** What closing changes, from the members of the documented body; every one may be null or missing. */
function parseClosing(body: unknown, { resolution, reasons }: Verdict) {
  const given = body === undefined || body === null || body === '' ? {} : body;
  if (!isPlainObject(given)) throw new InvalidInput('body', 'The body must be a JSON object.');
  const reason = parseReason(given.reasonId, reasons);
  const comment = optionalText(given, 'comment', commentLengthMax);
  const determination = reason === null ? undefined : reasons[reason];
  const change: AlertLifeChange = {
    resolution,
    closeReason: reason,
    closeComment: comment,
    feedback: parseFeedback(given),
    ...(determination === undefined ? {} : { determination }),
  };
  return { change, details: { resolution, reasonId: reason } };
}

function parseReason(value: unknown, reasons: Verdict['reasons']): number | null {
  if (value === undefined || value === null || value === '') return null;
  const reason = parseNumber(value);
  if (reason !== undefined && Object.hasOwn(reasons, reason)) return reason;
  const known = Object.keys(reasons);
  const problem =
    known.length === 0 ? 'This way of closing has no reasonId.' : `reasonId is one of ${known.join(', ')}.`;
  throw new InvalidInput('reasonId', problem);
}

function parseFeedback(given: Record<string, unknown>): AlertFeedback | null {
  const [isSent, allowContact] = ['sendFeedback', 'allowContact'].map((member) => optionalFlag(given, member));
  const text = optionalText(given, 'feedbackText', commentLengthMax);
  const contactEmail = optionalText(given, 'contactEmail', emailLengthMax);
  if (contactEmail !== null && !/^[^@\s]+@[^@\s]+$/.test(contactEmail)) {
    throw new InvalidInput('contactEmail', 'contactEmail must be a mail address.');
  }
  if (!isSent) return null;
  return { text: text ?? '', allowContact: allowContact ?? false, contactEmail: allowContact ? contactEmail : null };
}

function optionalFlag(given: Record<string, unknown>, member: string): boolean {
  const value = given[member];
  if (value === undefined || value === null || value === '') return false;
  const flag = parseFlag(value);
  if (flag === undefined) throw new InvalidInput(member, `${member} must be true or false.`);
  return flag;
}

function optionalText(given: Record<string, unknown>, member: string, lengthMax: number): string | null {
  const value = given[member];
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && text.length <= lengthMax && text.isWellFormed()) return text;
  throw new InvalidInput(member, `${member} must be a text of at most ${lengthMax} characters.`);
}
