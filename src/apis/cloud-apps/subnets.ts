// /subnet/: IP ranges (cloud-apps reference 2.6). Mounted below both prefixes and, as some clients call it, at /api/subnet/.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidInput } from '../../lib/failures.ts';
import { isIpCategory } from '../../subnets/addresses.ts';
import { subnetFields } from '../../subnets/filters.ts';
import type { TagReference } from '../../subnets/ip-tags.ts';
import {
  createSubnetRule,
  deleteSubnetRule,
  getSubnetRule,
  listSubnetRules,
  type SubnetInput,
  type SubnetQuery,
  updateSubnetRule,
} from '../../subnets/rules.ts';
import { isPlainObject, parseFilters } from './filter-grammar.ts';
import { parseFlag, parseNumber } from './filter-values.ts';
import { type ListRequest, readListRequest } from './list-request.ts';
import { subnetRecord } from './subnets-wire.ts';
import { cloudAppsCtx } from './surface.ts';

type WithPk = FastifyRequest<{ Params: { pk: string } }>;

export async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  const { config, caller } = ctx;
  const asked = readListRequest(request, config);
  const conditions = parseFilters(asked.filters, subnetFields, config.filterValuesMax);
  const max = config.pageRowsMax;
  const { skip, direction } = asked;
  const limit = Math.min(asked.limit ?? max, max);
  const { subnets, total } = await listSubnetRules(ctx, {
    conditions,
    sortField: sortFieldOf(asked),
    direction,
    skip,
    limit,
  });
  const data = subnets.map((subnet) => subnetRecord(subnet, caller.tenant.number));
  return sendJson(reply, { data, hasNext: skip + data.length < total, max, total, moreThanTotal: false });
}

function sortFieldOf({ sortField = 'name' }: ListRequest): SubnetQuery['sortField'] {
  if (sortField === 'name' || sortField === 'category' || sortField === 'tags') return sortField;
  throw new InvalidInput('sortField', 'sortField must be category, tags or name.');
}

export async function fetch(request: WithPk, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  return sendJson(reply, subnetRecord(await getSubnetRule(ctx, request.params.pk), ctx.caller.tenant.number));
}

/** The documented answer is the new id as a JSON string. */
export async function create(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  return sendJson(reply, await createSubnetRule(ctx, parseRule(request.body)));
}

/** What these two answer is not documented beyond the status; an empty object can be read by every client. */
export async function update(request: WithPk, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  await updateSubnetRule(ctx, request.params.pk, parseRule(request.body));
  return sendJson(reply, {});
}

export async function remove(request: WithPk, reply: FastifyReply): Promise<FastifyReply> {
  const ctx = await cloudAppsCtx(request);
  await deleteSubnetRule(ctx, request.params.pk);
  return sendJson(reply, {});
}

function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(value));
}

/** The documented members; others, such as `_id` in the documented sample, are let be. */
function parseRule(body: unknown): SubnetInput {
  if (!isPlainObject(body)) throw new InvalidInput('body', 'Send an object with name, category and subnets.');
  if (typeof body.name !== 'string') throw new InvalidInput('name', 'name must be a text.');
  const category = parseNumber(body.category) ?? 0;
  if (!isIpCategory(category) || category === 0) {
    const names = '1 Corporate, 2 Administrative, 3 Risky, 4 VPN, 5 Cloud provider or 6 Other';
    throw new InvalidInput('category', `category must be ${names}.`);
  }
  return {
    name: body.name,
    category,
    ranges: listOf('subnets', body.subnets).map(parseRange),
    tags: listOf('tags', body.tags).map(parseTag),
    organization: parseOrganization(body),
    countryCode: parseCountry(body.location),
  };
}

function listOf(member: string, value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new InvalidInput(member, `${member} must be a list.`);
  return value;
}

/** A CIDR range as text, or as records show it. */
function parseRange(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isPlainObject(value) && typeof value.originalString === 'string') return value.originalString;
  throw new InvalidInput('subnets', 'subnets must be CIDR ranges such as 192.0.2.0/24.');
}

/** A name, an id, or an object with either. */
function parseTag(value: unknown): TagReference {
  if (typeof value === 'string') return { id: value, name: value };
  if (isPlainObject(value)) {
    const id = value.id ?? value._id;
    const { name } = value;
    const texts = { ...(typeof id === 'string' ? { id } : {}), ...(typeof name === 'string' ? { name } : {}) };
    if ('id' in texts || 'name' in texts) return texts;
  }
  throw new InvalidInput('tags', 'tags must be names or ids of IP tags.');
}

/** An organisation that shall not override anything says nothing here: there is no registered one to keep it beside. */
function parseOrganization({ organization, overrideOrganization }: Record<string, unknown>): string | null {
  const isMeant =
    overrideOrganization === undefined || overrideOrganization === null || parseFlag(overrideOrganization);
  if (isMeant === undefined) {
    throw new InvalidInput('overrideOrganization', 'overrideOrganization must be true or false.');
  }
  if (organization === undefined || organization === null || organization === '') return null;
  if (typeof organization !== 'string') throw new InvalidInput('organization', 'organization must be a text.');
  return isMeant ? organization : null;
}

/** `location` of a record, so that a record that was read can be sent back. */
function parseCountry(location: unknown): string | null {
  if (location === undefined || location === null) return null;
  const code = isPlainObject(location) ? location.countryCode : location;
  if (code === undefined || code === null || code === '') return null;
  if (typeof code === 'string') return code.toUpperCase();
  throw new InvalidInput('location', 'location.countryCode must be two letters, such as NL.');
}
