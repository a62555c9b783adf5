// /discovery/weights/: what the organisation finds important in the score of apps (cloud-apps reference 2.9 and 3.7). Scripts of
// the portal read `fields` or `categories`, and save `categories` as they got them.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ScoreWeights } from '../../discovery/apps/score.ts';
import { scoreCategories, scoreFields } from '../../discovery/apps/score-fields.ts';
import { getWeights, setWeights, type WeightsChange } from '../../discovery/apps/weights.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { isPlainObject } from './filter-grammar.ts';
import { parseFlag, parseNumber } from './filter-values.ts';
import { cloudAppsCtx } from './surface.ts';

export async function fetch(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.send(record(await getWeights(await cloudAppsCtx(request))));
}

export async function save(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  return reply.send(record(await setWeights(ctx, parseChange(request.body))));
}

export async function reset(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.send(record(await setWeights(await cloudAppsCtx(request), null)));
}

function record({ categories, fields, countsUnknown }: ScoreWeights) {
  return {
    fields: scoreFields.map(({ name, category }) => ({ name, category, weight: fields[name] ?? 0 })),
    categories: scoreCategories.map((name) => ({
      enum: name,
      weight: categories[name],
      fields: Object.fromEntries(
        scoreFields.filter(({ category }) => category === name).map((field) => [field.name, fields[field.name] ?? 0]),
      ),
    })),
    countNotApplicable: countsUnknown,
  };
}

function parseChange(body: unknown): WeightsChange {
  if (!isPlainObject(body)) throw new InvalidInput('body', 'Send an object with fields or categories.');
  const categories: Record<string, number> = {};
  const fields: Record<string, number> = {};
  for (const each of listOf('fields', body.fields)) {
    if (typeof each.name !== 'string') throw new InvalidInput('fields', 'A field has a name and a weight.');
    fields[each.name] = weightOf('fields', each.weight);
  }
  for (const each of listOf('categories', body.categories)) {
    const name = each.enum ?? each.name;
    if (typeof name !== 'string') throw new InvalidInput('categories', 'A category has enum, weight and fields.');
    if (each.weight !== undefined) categories[name] = weightOf('categories', each.weight);
    const { fields: own = {} } = each;
    if (!isPlainObject(own)) throw new InvalidInput('categories', 'The fields of a category are an object of weights.');
    for (const [field, weight] of Object.entries(own)) fields[field] = weightOf('categories', weight);
  }
  const countsUnknown = parseFlag(body.countNotApplicable);
  return { categories, fields, ...(countsUnknown === undefined ? {} : { countsUnknown }) };
}

function listOf(member: string, value: unknown): Record<string, unknown>[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every(isPlainObject)) {
    throw new InvalidInput(member, `${member} must be a list of objects.`);
  }
  return value;
}

function weightOf(member: string, value: unknown): number {
  const number = parseNumber(value);
  if (number === undefined) throw new InvalidInput(member, 'A weight is a number from 0 to 4.');
  return number;
}
