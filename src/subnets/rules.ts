// IP ranges as callers see and change them (cloud-apps reference 2.6): the tenant's own rules beside the built-in ones.
// A change counts from the next ingestion and the next look at a detection's ranges on; nothing is kept in between.
import { randomBytes } from 'node:crypto';
import { require } from '../access/caller.ts';
import type { FilterableField, FilterCondition } from '../activities/filters.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import type { SubnetsTable } from '../db/tables.ts';
import { parseText } from '../directory/naming.ts';
import { changeAs } from '../directory/present-rights.ts';
import { normaliseRange } from '../lib/addresses.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import type { IpCategory } from './addresses.ts';
import { builtInSubnets } from './built-in.ts';
import { subnetTest } from './filters.ts';
import { type IpTag, listIpTags, resolveTags, type TagReference } from './ip-tags.ts';
import { findOverlap } from './overlaps.ts';
import * as store from './store.ts';

export interface Subnet {
  readonly id: string;
  readonly name: string;
  /** CIDR ranges in normal form. */
  readonly ranges: readonly string[];
  readonly category: number;
  readonly tags: readonly IpTag[];
  readonly organization: string | null;
  readonly countryCode: string | null;
  /** Null for built-in ones. */
  readonly changedAt: number | null;
  readonly isBuiltIn: boolean;
}

export interface SubnetInput {
  readonly name: string;
  readonly ranges: readonly string[];
  readonly category: IpCategory;
  readonly tags: readonly TagReference[];
  /** Takes the place of what the databases say; null leaves that as it is. */
  readonly organization: string | null;
  /** The same for the country: ISO 3166-1 alpha-2. */
  readonly countryCode: string | null;
}

export interface SubnetQuery {
  readonly conditions: readonly FilterCondition<FilterableField>[];
  readonly sortField: 'name' | 'category' | 'tags';
  readonly direction: 'asc' | 'desc';
  readonly skip: number;
  readonly limit: number;
}

const nameMax = 200;
const organizationMax = 200;
const tagsMax = 50;

/** One page of all ranges, and how many there are. Needs Subnets.read. */
export async function listSubnetRules(
  ctx: Ctx,
  { conditions, sortField, direction, skip, limit }: SubnetQuery,
): Promise<{ subnets: readonly Subnet[]; total: number }> {
  require(ctx.caller, 'Subnets.read');
  const { tags, subnets } = await readAll(ctx);
  const found = subnets.filter(subnetTest(conditions, tags));
  const key = { name: nameKey, category: categoryKey, tags: tagsKey }[sortField];
  const turn = direction === 'asc' ? 1 : -1;
  found.sort((left, right) => turn * (compare(key(left), key(right)) || compare(nameKey(left), nameKey(right))));
  return { subnets: found.slice(skip, skip + limit), total: found.length };
}

const nameKey = ({ name }: Subnet): string => name.toLowerCase();
const categoryKey = ({ category }: Subnet): string => String(category);
const tagsKey = ({ tags }: Subnet): string =>
  tags
    .map(({ name }) => name.toLowerCase())
    .sort()
    .join('\n');
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Needs Subnets.read. Throws NotFound. */
export async function getSubnetRule(ctx: Ctx, id: string): Promise<Subnet> {
  require(ctx.caller, 'Subnets.read');
  const found = (await readAll(ctx)).subnets.find((subnet) => subnet.id === id.toLowerCase());
  if (!found) throw new NotFound('The IP range');
  return found;
}

async function readAll({ store: { db }, caller }: Ctx): Promise<{ tags: IpTag[]; subnets: Subnet[] }> {
  const [tags, rows] = await Promise.all([listIpTags(db, caller.tenantId), store.listSubnets(db, caller.tenantId)]);
  const byId = new Map(tags.map((tag) => [tag.id, tag]));
  const tagsOf = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  const builtIn = builtInSubnets.map(({ id, name, ranges, tags }): Subnet => {
    const nothing = { organization: null, countryCode: null, changedAt: null };
    return { id, name, ranges, category: 0, tags: tagsOf(tags), ...nothing, isBuiltIn: true };
  });
  const own = rows.map(({ id, name, ranges, category, tags, organization, countryCode, changedAt }): Subnet => {
    const lists = { ranges: textList(ranges), tags: tagsOf(textList(tags)) };
    return { id, name, ...lists, category, organization, countryCode, changedAt, isBuiltIn: false };
  });
  return { tags, subnets: [...builtIn, ...own] };
}

/** Adds a range and returns its id. Needs Subnets.manage. Throws InvalidInput, and Conflict for a name or address that is taken. */
export async function createSubnetRule(ctx: Ctx, input: SubnetInput): Promise<string> {
  require(ctx.caller, 'Subnets.manage');
  const parsed = parseInput(input);
  return await changeAs(ctx, 'Subnets.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    const others = await store.listSubnets(trx, tenantId);
    const { subnetsPerTenantMax } = ctx.config;
    if (others.length >= subnetsPerTenantMax) {
      const limit = `${subnetsPerTenantMax} IP ranges (setting subnetsPerTenantMax)`;
      throw new Conflict('too-many-subnets', `This tenant has its ${limit}. Put addresses together, or delete one.`);
    }
    const row = await rowOf(ctx, trx, randomBytes(12).toString('hex'), parsed, others);
    await store.insertSubnets(trx, [row]);
    await record(ctx, trx, 'subnet.create', row);
    return row.id;
  });
}

/** Puts the input in the place of a range. Needs Subnets.manage. Throws as {@link createSubnetRule}, and NotFound. */
export async function updateSubnetRule(ctx: Ctx, id: string, input: SubnetInput): Promise<void> {
  require(ctx.caller, 'Subnets.manage');
  const parsed = parseInput(input);
  await changeAs(ctx, 'Subnets.manage', async (trx) => {
    const rows = await store.listSubnets(trx, ctx.caller.tenantId);
    const known = getOwn(rows, id);
    const others = rows.filter((row) => row.id !== known.id);
    const row = await rowOf(ctx, trx, known.id, parsed, others);
    await store.replaceSubnet(trx, ctx.caller.tenantId, row);
    await record(ctx, trx, 'subnet.update', row);
  });
}

/** Needs Subnets.manage. Throws NotFound; built-in ranges cannot be deleted. */
export async function deleteSubnetRule(ctx: Ctx, id: string): Promise<void> {
  require(ctx.caller, 'Subnets.manage');
  await changeAs(ctx, 'Subnets.manage', async (trx) => {
    const row = getOwn(await store.listSubnets(trx, ctx.caller.tenantId), id);
    await store.deleteSubnet(trx, ctx.caller.tenantId, row.id);
    await record(ctx, trx, 'subnet.delete', row);
  });
}

function getOwn(rows: readonly SubnetsTable[], id: string): SubnetsTable {
  const row = rows.find((each) => each.id === id.toLowerCase());
  if (row) return row;
  if (builtInSubnets.some((each) => each.id === id.toLowerCase())) {
    throw new Conflict('built-in-subnet', 'This IP range is built in and cannot be changed. Add one of your own.');
  }
  throw new NotFound('The IP range');
}

function parseInput(input: SubnetInput): SubnetInput {
  const name = parseText('name', input.name, nameMax);
  if (input.ranges.length === 0) throw new InvalidInput('subnets', 'Give at least one CIDR range in subnets.');
  const ranges = input.ranges.map((text) => {
    const range = normaliseRange(text.trim());
    if (range === undefined) throw new InvalidInput('subnets', `${text.slice(0, 60)} is no CIDR range.`);
    return range;
  });
  if (input.tags.length > tagsMax) throw new InvalidInput('tags', `An IP range has at most ${tagsMax} tags.`);
  const { organization, countryCode } = input;
  if (countryCode !== null && !/^[A-Z]{2}$/.test(countryCode)) {
    throw new InvalidInput('location', 'location.countryCode must be two letters, such as NL.');
  }
  return {
    ...input,
    name,
    ranges: [...new Set(ranges)],
    organization: organization === null ? null : parseText('organization', organization, organizationMax),
  };
}

/** What will be stored, checked against the tenant's other ranges. */
async function rowOf(
  { caller, config, clock }: Ctx,
  trx: Trx,
  id: string,
  { name, ranges, category, tags, organization, countryCode }: SubnetInput,
  others: readonly SubnetsTable[],
): Promise<SubnetsTable> {
  if (others.some((each) => each.name === name)) {
    throw new Conflict('subnet-name-taken', `There is an IP range "${name}" already. Choose another name.`);
  }
  const { subnetRangesPerTenantMax } = config;
  const all = others.map((each) => ({ owner: each.name, ranges: textList(each.ranges) }));
  if (all.reduce((sum, each) => sum + each.ranges.length, ranges.length) > subnetRangesPerTenantMax) {
    const limit = `${subnetRangesPerTenantMax} CIDR ranges (setting subnetRangesPerTenantMax)`;
    throw new Conflict('too-many-subnets', `A tenant has at most ${limit}. Put neighbouring ones together.`);
  }
  const met = findOverlap({ owner: name, ranges }, all);
  if (met) {
    const problem = `${met.range} of "${met.owner}" overlaps with ${met.otherRange} of "${met.otherOwner}".`;
    throw new Conflict('subnets-overlap', `${problem} An address belongs to one IP range only.`);
  }
  return {
    id,
    tenantId: caller.tenantId,
    name,
    ranges: JSON.stringify(ranges),
    category,
    tags: JSON.stringify(await resolveTags(trx, caller.tenantId, tags, config)),
    organization,
    countryCode,
    changedAt: clock(),
  };
}

async function record(ctx: Ctx, trx: Trx, action: string, { id, name, ranges, category }: SubnetsTable): Promise<void> {
  await recordAudit(ctx, trx, {
    action,
    target: { kind: 'subnet', id, name },
    details: { category, ranges: textList(ranges).length },
  });
}

function textList(json: string): string[] {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string') : [];
}
