// Permissions of APIs as people type and read them: `Microsoft Threat Protection/Incident.Read.All`.
import { type Call, CliProblem } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { findNearest } from './nearest.ts';
import { isId, word } from './show.ts';
import { type Column, tableLines } from './table.ts';
import type { Page, WireNamedAccess, WireResource } from './wire.ts';

/** What the management API takes where permissions are named. */
export interface AccessInput {
  readonly resource: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

interface Named {
  readonly resource: string;
  readonly kind: 'roles' | 'scopes';
  readonly name: string;
}

/**
 * Reads `API/PERMISSION` texts; the API is a name, app id or identifier URI. In front of it `application:` or
 * `delegated:` says which kind is meant, which is needed only where the API has both under one name.
 */
export async function accessOf(call: Call, texts: readonly string[]): Promise<AccessInput[]> {
  const named: Named[] = [];
  for (const text of texts) named.push(await parseName(call, text));
  return [...Map.groupBy(named, ({ resource }) => resource)].map(([resource, list]) => ({
    resource,
    roles: list.filter(({ kind }) => kind === 'roles').map(({ name }) => name),
    scopes: list.filter(({ kind }) => kind === 'scopes').map(({ name }) => name),
  }));
}

async function parseName(call: Call, text: string): Promise<Named> {
  const [, prefix, rest = text] = /^(application|delegated):(.*)$/.exec(text) ?? [];
  const slash = rest.lastIndexOf('/');
  const resource = rest.slice(0, slash).trim();
  const name = rest.slice(slash + 1).trim();
  if (slash < 1 || resource === '' || name === '') throw usage(call.t('app.permission.malformed', { text }));
  if (prefix !== undefined) return { resource, kind: prefix === 'application' ? 'roles' : 'scopes', name };
  return { resource, kind: await kindOf(call, resource, name), name };
}

async function kindOf(call: Call, resource: string, name: string): Promise<Named['kind']> {
  const api = await findResource(call, resource);
  const both = [`application:${resource}/${name}`, `delegated:${resource}/${name}`];
  if (!api) {
    // An application of somebody that is used as an API is not in the list, but may be there.
    if (isId(resource)) throw usage(call.t('app.permission.whichKind', { name }), both);
    throw usage(call.t('app.permission.unknownApi', { api: resource }), [hintAt(call)]);
  }
  // The documentation prints the incident permissions in two spellings.
  const wanted = name.toLowerCase().replace(/^incidents\./, 'incident.');
  const has = (list: WireResource['roles']) =>
    list.some(({ id, value }) => id === wanted || value.toLowerCase() === wanted);
  const [isRole, isScope] = [has(api.roles), has(api.scopes)];
  if (isRole && isScope) throw usage(call.t('app.permission.whichKind', { name }), both);
  if (isRole) return 'roles';
  if (isScope) return 'scopes';
  const nearest = findNearest(
    name,
    [...api.roles, ...api.scopes].map(({ value }) => value),
  );
  throw usage(call.t('app.permission.unknown', { api: api.displayName, name }), [
    ...(nearest ? [call.t('usage.didYouMean', { suggestion: nearest })] : []),
    hintAt(call, api.displayName),
  ]);
}

async function findResource(call: Call, typed: string): Promise<WireResource | undefined> {
  const { items } = await call.api().call<Page<WireResource>>('GET', '/resources', { query: { search: typed } });
  const wanted = typed.toLowerCase().replace(/\/$/, '');
  return items.find(
    ({ appId, displayName, identifierUris }) =>
      displayName.toLowerCase() === wanted || [appId, ...identifierUris].some((name) => name.toLowerCase() === wanted),
  );
}

function hintAt(call: Call, api = 'API'): string {
  return call.t('app.permission.seeAll', { command: `sallyport app resources ${JSON.stringify(api)}` });
}

function usage(message: string, hints: readonly string[] = []): CliProblem {
  return new CliProblem(
    exitCodes.usage,
    'permission-name',
    message,
    hints.map((hint) => `  ${hint}`),
  );
}

export interface PermissionRow {
  readonly api: string;
  readonly value: string;
  readonly kind: 'application' | 'delegated';
  readonly displayName: string;
}

export function permissionRows(access: readonly WireNamedAccess[]): PermissionRow[] {
  return access.flatMap(({ resource, roles, scopes }) => [
    ...roles.map(({ value, displayName }) => ({ api: resource, value, kind: 'application' as const, displayName })),
    ...scopes.map(({ value, displayName }) => ({ api: resource, value, kind: 'delegated' as const, displayName })),
  ]);
}

/** API, name, kind and what it means. */
export function permissionLines(call: Call, rows: readonly PermissionRow[]): string[] {
  const columns: Column<PermissionRow>[] = [
    { heading: call.t('table.api'), cell: ({ api }) => api },
    { heading: call.t('table.permission'), cell: ({ value }) => value },
    { heading: call.t('table.kind'), cell: ({ kind }) => word(call, kind) },
    { heading: call.t('table.displayName'), cell: ({ displayName }) => displayName },
  ];
  return tableLines(columns, rows);
}
