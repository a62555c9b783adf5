// The APIs that an application can ask for: which audiences mean which API, the permissions of each, and what these open.
// The table itself is catalogue.ts.
import { type Permission, withImplied } from '../access/permissions.ts';
import type { AppId } from '../lib/ids.ts';
import { catalogue } from './catalogue.ts';

/**
 * What a token opens follows from the family of its audience. The two Defender APIs are one family, because the
 * documented samples take a token for one and call the other; their permission names do not overlap.
 */
export type Family = 'defender' | 'cloud-apps' | 'graph' | 'directory-custom';

export interface ApiPermission {
  /** The GUID by which registrations and grants name it. */
  readonly id: string;
  /** The name in `roles` or `scp`. */
  readonly value: string;
  readonly displayName: string;
  /** What an administrator reads before consenting. */
  readonly description: string;
  /** True when a person without the right to consent for the tenant cannot grant it. Always so for roles. */
  readonly adminOnly: boolean;
  /** What a caller that has it may do here; with a person's token, only as far as that person may. */
  readonly opens: readonly Permission[];
}

export interface ApiResource {
  readonly appId: AppId;
  readonly displayName: string;
  readonly family: Family;
  /** Without final slashes. */
  readonly identifierUris: readonly string[];
  /** False for APIs that the documented portal shows only to those who type the name. */
  readonly isListed: boolean;
  /** Application permissions (claim `roles`). */
  readonly roles: readonly ApiPermission[];
  /** Delegated permissions (claim `scp`). */
  readonly scopes: readonly ApiPermission[];
}

export const graphAppId = '00000003-0000-0000-c000-000000000000' as AppId;

/** The scopes of OpenID Connect: they belong to Graph and say what the id_token holds, they open no call. */
export const openIdScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);

const byAppId: ReadonlyMap<string, ApiResource> = new Map(catalogue.map((each) => [each.appId, each]));
const byAudience: ReadonlyMap<string, ApiResource> = new Map(
  catalogue.flatMap((each) => [each.appId, ...each.identifierUris].map((name) => [name.toLowerCase(), each] as const)),
);

/** The APIs of this deployment: the same in every tenant. */
export function listResources(): readonly ApiResource[] {
  return catalogue;
}

export function findResource(appId: string): ApiResource | undefined {
  return byAppId.get(appId.toLowerCase());
}

/** The API that an audience means: its app id or an identifier URI, in any case, with or without one final slash. */
export function findResourceByAudience(text: string): ApiResource | undefined {
  const name = text.toLowerCase();
  return byAudience.get(name.endsWith('/') ? name.slice(0, -1) : name);
}

/** What a person typed for an API: its name (any case), app id or identifier URI. */
export function findResourceByName(text: string): ApiResource | undefined {
  const typed = text.trim();
  return (
    findResourceByAudience(typed) ??
    catalogue.find(({ displayName }) => displayName.toLowerCase() === typed.toLowerCase())
  );
}

/** The APIs whose names contain what was typed. Without anything typed, those that are listed. */
export function searchResources(typed: string | undefined): readonly ApiResource[] {
  const wanted = typed?.trim().toLowerCase() ?? '';
  if (wanted === '') return catalogue.filter(({ isListed }) => isListed);
  return catalogue.filter(
    (each) => each.displayName.toLowerCase().includes(wanted) || findResourceByAudience(wanted) === each,
  );
}

/**
 * A permission of a list by its id or name, in any case. `Incidents.*`, as some pages of the documentation print the
 * names of the incident permissions, means `Incident.*` (Defender reference 1.3).
 */
export function findPermission(among: readonly ApiPermission[], name: string): ApiPermission | undefined {
  const typed = name.trim().toLowerCase();
  const wanted = typed.startsWith('incidents.') ? typed.replace('incidents.', 'incident.') : typed;
  return among.find(({ id, value }) => id === typed || value.toLowerCase() === wanted);
}

export interface DotDefault {
  /** The audience as it was asked for, without the slash in front of `.default`. Empty for a bare `.default`. */
  readonly resource: string;
  /** True for `…//.default`: the audience itself ends with a slash, and `resource` keeps it. */
  readonly isDoubleSlash: boolean;
}

/**
 * Reads `{audience}/.default`: undefined when it is no such scope. Everything before the last slash is the audience, so
 * an audience that ends with a slash needs two (Entra reference 2.3).
 */
export function parseDotDefault(scope: string): DotDefault | undefined {
  if (scope === '.default') return { resource: '', isDoubleSlash: false };
  if (!scope.endsWith('/.default')) return undefined;
  const resource = scope.slice(0, -'/.default'.length);
  return resource === '' ? undefined : { resource, isDoubleSlash: resource.endsWith('/') };
}

/** Everything that names of permissions open within a family, what it implies included. Unknown names open nothing. */
export function openedBy(family: Family, kind: 'roles' | 'scopes', values: Iterable<string>): Set<Permission> {
  const held = new Set(values);
  const opened = catalogue
    .filter((each) => each.family === family)
    .flatMap((each) => each[kind])
    .filter(({ value }) => held.has(value))
    .flatMap(({ opens }) => opens);
  return withImplied(opened);
}
