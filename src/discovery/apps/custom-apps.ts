// Apps that a tenant describes itself: what no catalogue knows, and what it wants to see apart. Their domains are matched before
// those of the catalogue, in what is uploaded from then on.
import { require } from '../../access/caller.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import type { Trx } from '../../db/store.ts';
import { parseText } from '../../directory/naming.ts';
import { changeAs } from '../../directory/present-rights.ts';
import { Conflict, InvalidInput, NotFound } from '../../lib/failures.ts';
import { callerName } from '../caller-name.ts';
import { openCatalog } from '../catalog/catalog.ts';
import { type CategoryId, findCategory } from '../catalog/categories.ts';
import { parseAppDomain } from './app-domains.ts';
import { domainsOfRow, listedCategory } from './custom-domains.ts';
import { serviceBehind } from './never-blocked.ts';
import * as store from './store.ts';
import { unsanctioned } from './tags.ts';

export interface CustomApp {
  readonly appId: number;
  readonly name: string;
  readonly vendor: string | null;
  readonly category: CategoryId;
  readonly domains: readonly string[];
  /** 0 to 10; null for unknown. */
  readonly score: number | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly changedAt: number;
  readonly changedBy: string;
}

export interface CustomAppInput {
  readonly name: string;
  readonly vendor?: string | null | undefined;
  /** Any form that findCategory reads. */
  readonly category: string;
  readonly domains: readonly string[];
  readonly score?: number | null | undefined;
}

/** Ids of the catalogue lie below; a tenant's own are counted from here. */
export const firstCustomAppId = 1_000_000_000;

const nameMax = 100;
const domainsMax = 100;

/** By name. Needs Discovery.read. */
export async function listCustomApps({ caller, store: { db } }: Ctx): Promise<CustomApp[]> {
  require(caller, 'Discovery.read');
  const rows = await store.listCustomApps(db, caller.tenantId);
  const present = rows.filter(({ isDeleted }) => isDeleted === 0).map(customApp);
  return present.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function customApp(row: store.CustomAppRow): CustomApp {
  const { appId, name, vendor, score, createdAt, createdBy, changedAt, changedBy } = row;
  const lists = { category: listedCategory(row.category), domains: domainsOfRow(row) };
  return { appId, name, vendor, ...lists, score, createdAt, createdBy, changedAt, changedBy };
}

/** Needs Discovery.manage. Throws InvalidInput, and Conflict for a name or domain that is taken or too many apps. */
export async function createCustomApp(ctx: Ctx, input: CustomAppInput): Promise<CustomApp> {
  require(ctx.caller, 'Discovery.manage');
  const values = parseInput(input);
  const catalog = await openCatalog();
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    const rows = await store.listCustomApps(trx, tenantId);
    const { discoveryCustomAppsMax } = ctx.config;
    if (rows.filter(({ isDeleted }) => isDeleted === 0).length >= discoveryCustomAppsMax) {
      const limit = `${discoveryCustomAppsMax} custom apps (setting discoveryCustomAppsMax)`;
      throw new Conflict('too-many-custom-apps', `A tenant has at most ${limit}. Delete one first.`);
    }
    requireFree(rows, values, null);
    const appId = rows.reduce((highest, row) => Math.max(highest, row.appId), firstCustomAppId - 1) + 1;
    // The shipped catalogue never reaches these ids: held by its tests.
    if (catalog.app(appId) !== undefined) throw new Error(`The id ${appId} belongs to an app of the catalogue.`);
    const [at, by] = [ctx.clock(), callerName(ctx.caller)];
    const made = { createdAt: at, createdBy: by, changedAt: at, changedBy: by };
    const row = { tenantId, appId, ...values, isDeleted: 0, ...made } as const;
    await store.insertCustomApp(trx, row);
    await record(ctx, trx, 'discovery-custom-app.create', row);
    return customApp(row);
  });
}

/** Puts the input in the place of what the app is. Needs Discovery.manage. Throws as {@link createCustomApp}, and NotFound. */
export async function updateCustomApp(ctx: Ctx, appId: number, input: CustomAppInput): Promise<CustomApp> {
  require(ctx.caller, 'Discovery.manage');
  const values = parseInput(input);
  return await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    const rows = await store.listCustomApps(trx, tenantId);
    const before = getPresent(rows, appId);
    requireFree(rows, values, appId);
    await requireBlockable(trx, before, values.name, domainsOfRow(values));
    const row = { ...before, ...values, changedAt: ctx.clock(), changedBy: callerName(ctx.caller) };
    await store.replaceCustomApp(trx, tenantId, row);
    await record(ctx, trx, 'discovery-custom-app.update', row);
    return customApp(row);
  });
}

/**
 * Its tags go with it; traffic that was found of it stays under its name, and its id is never given again. Needs
 * Discovery.manage. Throws NotFound.
 */
export async function deleteCustomApp(ctx: Ctx, appId: number): Promise<void> {
  require(ctx.caller, 'Discovery.manage');
  await changeAs(ctx, 'Discovery.manage', async (trx) => {
    const { tenantId } = ctx.caller;
    const before = getPresent(await store.listCustomApps(trx, tenantId), appId);
    const gone = { isDeleted: 1, nameKey: String(appId), domains: '[]' } as const;
    const changed = { changedAt: ctx.clock(), changedBy: callerName(ctx.caller) };
    await store.replaceCustomApp(trx, tenantId, { ...before, ...gone, ...changed });
    await store.deleteAllTagged(trx, tenantId, appId);
    await record(ctx, trx, 'discovery-custom-app.delete', before);
  });
}

function getPresent(rows: readonly store.CustomAppRow[], appId: number): store.CustomAppRow {
  const row = rows.find((each) => each.appId === appId && each.isDeleted === 0);
  if (row === undefined) throw new NotFound('The custom app');
  return row;
}

type Values = Pick<store.CustomAppRow, 'name' | 'nameKey' | 'vendor' | 'category' | 'domains' | 'score'>;

function parseInput({ name, vendor, category, domains, score = null }: CustomAppInput): Values {
  const parsed = parseText('name', name, nameMax);
  if (/^[0-9]+$/.test(parsed)) throw new InvalidInput('name', 'A name of digits alone would read as an id.');
  const found = findCategory(category);
  if (found === undefined) {
    throw new InvalidInput('category', `${JSON.stringify(category.slice(0, 60))} is no category of cloud apps.`);
  }
  if (domains.length === 0 || domains.length > domainsMax) {
    throw new InvalidInput('domains', `Give 1 to ${domainsMax} domains, such as contoso.example.`);
  }
  return {
    name: parsed,
    nameKey: parsed.toLowerCase(),
    vendor:
      vendor === undefined || vendor === null || vendor.trim() === '' ? null : parseText('vendor', vendor, nameMax),
    category: found,
    domains: JSON.stringify([...new Set(domains.map((domain) => parseAppDomain('domains', domain)))]),
    score: parseScore('score', score),
  };
}

/** 0 to 10 with one decimal at most; null for none. Throws InvalidInput. */
export function parseScore(field: string, score: number | null): number | null {
  if (score === null) return null;
  if (!(score >= 0 && score <= 10)) throw new InvalidInput(field, 'A score is a number from 0 (risky) to 10 (safe).');
  return Math.round(score * 10) / 10;
}

/** A name and a domain belong to one custom app of the tenant; domains of the catalogue may be taken. */
function requireFree(
  rows: readonly store.CustomAppRow[],
  { name, nameKey, domains }: Values,
  self: number | null,
): void {
  const wanted = new Set(domainsOfRow({ domains }));
  for (const other of rows) {
    if (other.appId === self || other.isDeleted === 1) continue;
    if (other.nameKey === nameKey) {
      throw new Conflict('custom-app-name-taken', `There is a custom app "${name}" already. Choose another name.`);
    }
    const taken = domainsOfRow(other).find((domain) => wanted.has(domain));
    if (taken === undefined) continue;
    throw new Conflict('domain-taken', `${taken} belongs to the custom app "${other.name}". A domain has one owner.`);
  }
}

/** An app that is to be blocked cannot be given the domains of what never can be. */
async function requireBlockable(
  trx: Trx,
  { tenantId, appId }: store.CustomAppRow,
  name: string,
  domains: readonly string[],
): Promise<void> {
  const service = serviceBehind(domains);
  if (service === undefined) return;
  const tagged = await store.listTagged(trx, tenantId, [appId]);
  if (!tagged.some(({ tagId }) => tagId === unsanctioned.id)) return;
  const what = `blocking these domains would cut off ${service}, which can never be blocked`;
  throw new Conflict(
    'never-blockable',
    `${name} is tagged ${unsanctioned.name}, and ${what}. Take the tag away first.`,
  );
}

async function record(ctx: Ctx, trx: Trx, action: string, row: store.CustomAppRow): Promise<void> {
  const { appId, name, category, score } = row;
  await recordAudit(ctx, trx, {
    action,
    target: { kind: 'discovery-custom-app', id: String(appId), name },
    details: { category, score, domains: domainsOfRow(row) },
  });
}
