// /activities/: list, scan, fetch, feedback (cloud-apps reference 2.3).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Feedback, getActivity, giveFeedback, listActivities } from '../../activities/activities.ts';
import { activityFields } from '../../activities/filters.ts';
import type { Services } from '../../context.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { isPlainObject, parseFilters } from './filter-grammar.ts';
import { parseFlag } from './filter-values.ts';
import { type ListRequest, readFormBodies, readListRequest } from './list-request.ts';
import { nextQueryFilters, splitPosition } from './scan.ts';
import { type CloudAppsApp, cloudAppsCtx } from './surface.ts';

const scanRowsMin = 500;

export function activitiesRoutes(app: CloudAppsApp, services: Services): void {
  readFormBodies(app, services.config);
  app.route({ method: ['GET', 'POST'], url: '/activities', handler: list });
  app.route<{ Params: { pk: string } }>({ method: ['GET', 'POST'], url: '/activities/:pk', handler: fetch });
  app.route<{ Params: { pk: string } }>({ method: 'POST', url: '/activities/:pk/feedback', handler: takeFeedback });
}

async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { config } = ctx;
  const asked = readListRequest(request, config);
  const sorting = { sortField: sortFieldOf(asked), direction: asked.direction };
  const { rest, after } = splitPosition(asked.filters, sorting);
  const conditions = parseFilters(rest, activityFields, config.filterValuesMax);
  const max = asked.isScan ? config.scanRowsMax : config.pageRowsMax;
  const limit = asked.isScan
    ? Math.min(Math.max(asked.limit ?? scanRowsMin, scanRowsMin), max)
    : Math.min(asked.limit ?? max, max);
  const now = ctx.clock();
  const found = await listActivities(ctx, { conditions, ...sorting, after, skip: asked.skip, limit });
  const last = found.rows.at(-1);
  const next =
    asked.isScan && found.hasNext && last
      ? nextQueryFilters(rest, sorting, { time: last.position, id: last.id }, now)
      : undefined;
  const { hasNext, total, moreThanTotal } = found;
  const envelope = JSON.stringify({ hasNext, max, total, moreThanTotal, ...(next ? { nextQueryFilters: next } : {}) });
  return sendJson(reply, encodeList(found.rows, `],${envelope.slice(1)}`));
}

/**
 * Records are stored as they are sent, so they are put between the brackets without being read again, and each straight
 * into the bytes that go out: a text of all of them would be copied twice more on its way.
 */
function encodeList(rows: readonly { readonly record: string }[], end: string): Buffer {
  const start = '{"data":[';
  const commas = Math.max(0, rows.length - 1);
  const size = rows.reduce((sum, { record }) => sum + Buffer.byteLength(record), start.length + commas);
  const bytes = Buffer.allocUnsafe(size + Buffer.byteLength(end));
  let length = bytes.write(start);
  for (const [index, { record }] of rows.entries()) {
    if (index > 0) length += bytes.write(',', length);
    length += bytes.write(record, length);
  }
  length += bytes.write(end, length);
  return bytes.subarray(0, length);
}

function sortFieldOf({ sortField = 'date' }: ListRequest): 'date' | 'created' {
  if (sortField === 'date' || sortField === 'created') return sortField;
  throw new InvalidInput('sortField', 'sortField must be date or created.');
}

function sendJson(reply: FastifyReply, json: string | Buffer): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(json);
}

async function fetch(request: FastifyRequest<{ Params: { pk: string } }>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  return sendJson(reply, await getActivity(ctx, request.params.pk));
}

/** The documented answer is the list envelope (reference 2.3); the list is empty, since feedback is not listed. */
async function takeFeedback(
  request: FastifyRequest<{ Params: { pk: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  await giveFeedback(ctx, request.params.pk, parseFeedback(request.body));
  return sendJson(
    reply,
    JSON.stringify({ data: [], hasNext: false, max: ctx.config.pageRowsMax, total: 0, moreThanTotal: false }),
  );
}

const feedbackTextMax = 4000;
const emailMax = 320;
const feedbackValueMax = 100;

/** The members of the documented sample; the documentation's table calls the value `feedback`. */
function parseFeedback(body: unknown): Feedback {
  if (!isPlainObject(body)) throw new InvalidInput('body', 'Send an object with feedbackValue and feedbackText.');
  const feedbackValue =
    optionalText(body, 'feedbackValue', feedbackValueMax) ?? optionalText(body, 'feedback', feedbackValueMax);
  const feedbackText = optionalText(body, 'feedbackText', feedbackTextMax) ?? '';
  const contactEmail = optionalText(body, 'contactEmail', emailMax);
  const allowContact = body.allowContact === undefined ? false : parseFlag(body.allowContact);
  if (allowContact === undefined) throw new InvalidInput('allowContact', 'allowContact must be true or false.');
  if (feedbackValue === null && feedbackText === '') {
    throw new InvalidInput('feedbackValue', 'Give a feedbackValue or a feedbackText.');
  }
  if (contactEmail !== null && !/^[^@\s]+@[^@\s]+$/.test(contactEmail)) {
    throw new InvalidInput('contactEmail', 'contactEmail must be a mail address.');
  }
  return { feedbackValue, feedbackText, allowContact, contactEmail };
}

function optionalText(body: Record<string, unknown>, member: string, lengthMax: number): string | null {
  const value = body[member];
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > lengthMax) {
    throw new InvalidInput(member, `${member} must be a text of at most ${lengthMax} characters.`);
  }
  return text;
}
