// /beta/security/rules/detectionRules: custom detections (https://learn.microsoft.com/graph/api/resources/security-detectionrule).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Ctx } from '../../context.ts';
import {
  changeRule,
  createRule,
  deleteRule,
  getRule,
  listRules,
  type RuleView,
} from '../../custom-detections/custom-detections.ts';
import { ticksOfMs } from '../../lib/ticks.ts';
import { type FilterField, type FilterTable, toCondition } from '../defender/filter-fields.ts';
import { compare, type Expression, type Literal, parseFilter, usualBounds } from '../odata/filter.ts';
import { readRule, ruleWire } from './detection-rule-wire.ts';
import { pick, readEntityOptions, readListOptions, refuseOptions, sendList } from './lists.ts';
import { graphCtx, sendEntity } from './surface.ts';

const of = 'security/rules/detectionRules';
const type = 'security.detectionRule';

export interface IdParams {
  readonly Params: { readonly id: string };
}

export async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  const asked = readListOptions(ctx, request);
  const isWanted = readFilter(ctx, asked.filter);
  const found = (await listRules(ctx)).filter(isWanted);
  const { skip, limit } = asked.span;
  const items = found.slice(skip, skip + limit).map(ruleWire);
  return sendList(ctx, request, reply, asked, { of, type, items, total: found.length });
}

export async function create(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  refuseOptions(request);
  const rule = await createRule(ctx, readRule(request.body));
  return sendEntity(ctx, request, reply.code(201), of, ruleWire(rule));
}

export async function get(request: FastifyRequest<IdParams>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  const select = readEntityOptions(request);
  const rule = await getRule(ctx, request.params.id);
  return sendEntity(ctx, request, reply, of, pick(ruleWire(rule), select, type));
}

/** The documented answer is the rule as it is now. */
export async function patch(request: FastifyRequest<IdParams>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  refuseOptions(request);
  const rule = await changeRule(ctx, request.params.id, readRule(request.body));
  return sendEntity(ctx, request, reply, of, ruleWire(rule));
}

export async function remove(request: FastifyRequest<IdParams>, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await graphCtx(request);
  refuseOptions(request);
  await deleteRule(ctx, request.params.id);
  return reply.code(204).send();
}

/** A tenant's rules are few, so that a filter is asked of each. */
type Wanted = (rule: RuleView) => boolean;

function readFilter({ config }: Ctx, text: string | undefined): Wanted {
  if (text === undefined) return () => true;
  return toCondition(withWords(parseFilter(text, { ...usualBounds, valuesMax: config.filterValuesMax })), table);
}

/** `isEnabled eq true`: a flag is one of two words to the table. */
function withWords(expression: Expression): Expression {
  const worded = (literal: Literal): Literal =>
    literal.kind === 'boolean' ? { kind: 'word', value: String(literal.value), at: literal.at } : literal;
  switch (expression.kind) {
    case 'and':
    case 'or':
      return { ...expression, of: expression.of.map(withWords) };
    case 'not':
      return { ...expression, of: withWords(expression.of) };
    case 'comparison':
      return { ...expression, literal: worded(expression.literal) };
    default:
      return expression;
  }
}

function textField(read: (rule: RuleView) => string): FilterField<Wanted> {
  const fold = (text: string): string => text.toLowerCase();
  return {
    kind: 'text',
    oneOf: (texts) => (rule) => texts.some((each) => each !== null && fold(each) === fold(read(rule))),
    match: (how, text) => (rule) => {
      const [value, part] = [fold(read(rule)), fold(text)];
      if (how === 'startswith') return value.startsWith(part);
      return how === 'endswith' ? value.endsWith(part) : value.includes(part);
    },
  };
}

function timeField(read: (rule: RuleView) => number): FilterField<Wanted> {
  return { kind: 'time', compare: (order, ticks) => (rule) => compare(ticksOfMs(read(rule)), order, ticks) };
}

const table: FilterTable<Wanted> = {
  what: 'Detection rules',
  fields: {
    id: textField(({ id }) => id),
    displayName: textField(({ displayName }) => displayName),
    createdBy: textField(({ createdBy }) => createdBy),
    lastModifiedBy: textField(({ changedBy }) => changedBy),
    isEnabled: {
      kind: 'text',
      read: (text) => (/^(true|false)$/i.test(text) ? text.toLowerCase() : undefined),
      words: ['true', 'false'],
      oneOf: (texts) => (rule) => texts.includes(String(rule.isEnabled)),
    },
    'schedule/period': textField(({ period }) => period),
    createdDateTime: timeField(({ createdAt }) => createdAt),
    lastModifiedDateTime: timeField(({ changedAt }) => changedAt),
  },
  all: (conditions) => (rule) => conditions.every((each) => each(rule)),
  any: (conditions) => (rule) => conditions.some((each) => each(rule)),
  not: (condition) => (rule) => !condition(rule),
};
