// The catalogue with a tenant's custom apps in it, and finding the apps that somebody means by id, name or domain.
import type { Services } from '../../context.ts';
import type { Db } from '../../db/store.ts';
import { InvalidInput, NotFound } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { type Catalog, openCatalog } from '../catalog/catalog.ts';
import type { CatalogApp } from '../catalog/records.ts';
import { isUnclassifiedId } from '../catalog/unclassified.ts';
import { domainsOfRow } from './custom-domains.ts';
import { listSeenDomains } from './seen-store.ts';
import * as store from './store.ts';

/** What changes and refusals need to know of an app. */
export interface KnownApp {
  readonly appId: number;
  readonly name: string;
  readonly domains: readonly string[];
  /** Set for apps that nobody knows: the domain that they are made from. */
  readonly madeFrom: string | null;
}

/** An app as it is asked for: `null` when there is none, a sentence when it could be several. */
export type Meant = { readonly app: string | number } & (
  | { readonly known: KnownApp }
  | { readonly problem: string | null }
);

export interface TenantCatalog {
  readonly catalog: Catalog;
  /** Custom apps that are not deleted, by id. */
  readonly custom: readonly store.CustomAppRow[];
  /** Of the catalogue or the tenant; apps that nobody knows only by domain. */
  find(reference: string | number): Meant;
}

/** Nobody's rights are asked. */
export async function openTenantCatalog(db: Db, tenantId: TenantId): Promise<TenantCatalog> {
  const rows = await store.listCustomApps(db, tenantId);
  const custom = rows.filter(({ isDeleted }) => isDeleted === 0);
  const catalog = await openCatalog({
    customApps: custom.map((row) => ({ appId: row.appId, domains: domainsOfRow(row) })),
  });
  const ownById = new Map(custom.map((row) => [row.appId, knownCustom(row)]));
  const ownByName = new Map(custom.map((row) => [row.nameKey, knownCustom(row)]));
  const byId = (appId: number): KnownApp | undefined => ownById.get(appId) ?? knownShipped(catalog.app(appId));
  const byDomain = (text: string): KnownApp | undefined => {
    const match = catalog.matchHost(text);
    if (match === null) return undefined;
    const { appId, domain } = match;
    return byId(appId) ?? madeFromDomain(appId, domain);
  };
  const find = (app: string | number): Meant => {
    const text = String(app).trim();
    if (/^[0-9]{1,16}$/.test(text)) return meant(app, byId(Number(text)));
    const key = text.toLowerCase();
    const own = ownByName.get(key);
    const named = namesOf(catalog.apps()).get(key) ?? [];
    if (own === undefined && named.length > 1) {
      const ids = named.map(({ id, domains }) => `${id} (${domains[0] ?? '-'})`).join(', ');
      return { app, problem: `Several apps are called ${text}: ${ids}. Give the id.` };
    }
    return meant(app, own ?? knownShipped(named[0]) ?? byDomain(text));
  };
  return { catalog, custom, find };
}

function meant(app: string | number, known: KnownApp | undefined): Meant {
  return known === undefined ? { app, problem: null } : { app, known };
}

function knownCustom(row: store.CustomAppRow): KnownApp {
  return { appId: row.appId, name: row.name, domains: domainsOfRow(row), madeFrom: null };
}

function knownShipped(app: CatalogApp | undefined): KnownApp | undefined {
  return app && { appId: app.id, name: app.name, domains: app.domains, madeFrom: null };
}

export function madeFromDomain(appId: number, domain: string): KnownApp {
  return { appId, name: domain, domains: [domain], madeFrom: domain };
}

const named = new WeakMap<readonly CatalogApp[], ReadonlyMap<string, readonly CatalogApp[]>>();

/** Apps of the shipped catalogue by name in lower case: put together once. */
function namesOf(apps: readonly CatalogApp[]): ReadonlyMap<string, readonly CatalogApp[]> {
  const known = named.get(apps) ?? Map.groupBy(apps, ({ name }) => name.toLowerCase());
  named.set(apps, known);
  return known;
}

/** Where an app that nobody knows is looked for by its id: what was said about such apps, and the traffic unless it is null. */
export interface Places {
  readonly db: Db;
  readonly events: Services['events'] | null;
}

/** What each reference means, in their order; nobody's rights are asked. */
export async function findMeant(
  { db, events }: Places,
  tenantId: TenantId,
  references: readonly (string | number)[],
): Promise<Meant[]> {
  const { find } = await openTenantCatalog(db, tenantId);
  const all = references.map(find);
  const ids = all.flatMap((each) => ('known' in each || each.problem !== null ? [] : Number(each.app)));
  const wanted = [...new Set(ids.filter((id) => Number.isSafeInteger(id) && isUnclassifiedId(id)))];
  if (wanted.length === 0) return all;
  const domains = new Map<number, string>();
  for (const { appId, domain } of await store.listAppRows(db, tenantId, wanted)) {
    if (domain !== null) domains.set(appId, domain);
  }
  const missing = wanted.filter((id) => !domains.has(id));
  if (events !== null && missing.length > 0) {
    for (const [id, domain] of await listSeenDomains(events, tenantId, missing)) domains.set(id, domain);
  }
  return all.map((each) => {
    const domain = 'known' in each ? undefined : domains.get(Number(each.app));
    return domain === undefined ? each : { app: each.app, known: madeFromDomain(Number(each.app), domain) };
  });
}

/** The one app that is meant. Throws NotFound, and InvalidInput for a name of several. */
export async function getMeant(places: Places, tenantId: TenantId, reference: string | number): Promise<KnownApp> {
  const [found] = await findMeant(places, tenantId, [reference]);
  if (found !== undefined && 'known' in found) return found.known;
  if (found === undefined || found.problem === null) throw new NotFound('The app');
  throw new InvalidInput('app', found.problem);
}
