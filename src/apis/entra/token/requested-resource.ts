// Which API and which of its permissions a request is about: v2 names them in `scope`, v1 the API in `resource` (Entra
// protocol reference 2.3, 2.5, 4.5).
import { findApi, loadClient } from '../../../applications/lookup.ts';
import {
  type ApiResource,
  findPermission,
  graphAppId,
  openIdScopes,
  parseDotDefault,
} from '../../../applications/resources.ts';
import type { AskedFor } from '../../../authorizations/authorizations.ts';
import type { AppId, TenantId } from '../../../lib/ids.ts';
import type { TokenVersion } from '../../../signing/mint.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors.ts';

type LookupServices = Pick<EntraServices, 'store'>;

/** An API as it was asked for. */
export interface RequestedApi {
  readonly api: ApiResource;
  /** The name that the request used: it becomes the audience of a v1 token. */
  readonly name: string;
}

/** One scope value, taken apart. */
interface ScopeValue {
  readonly text: string;
  /** Audience; the app id of Graph for bare names. */
  readonly resource: string;
  /** Null for `.default`. */
  readonly permission: string | null;
}

/** What a request for a person's token is about. */
export interface RequestedScopes {
  readonly target: RequestedApi;
  /** Null: everything that was granted (`.default`, or a v1 resource). */
  readonly permissions: readonly string[] | null;
  /** The texts that were asked, for the answer's `scope`: the client's cache looks for what it asked. */
  readonly texts: ReadonlyMap<string, string>;
  readonly defaultText: string | null;
  readonly openId: readonly string[];
}

const scopesMax = 100;
/** What is asked for is kept with codes and refresh tokens. */
const scopeLengthMax = 8192;
const resourceLengthMax = 300;

/** Throws AADSTS70011 and 500011 for what is longer than anything that could be asked for. */
export function requireBounded({ scope, resource }: AskedFor): void {
  if (scope.length > scopeLengthMax) {
    throw entraError(70011, { reason: `It has more than ${scopeLengthMax} characters.` });
  }
  if (resource !== null && resource.length > resourceLengthMax) throw entraError(500011, { resource, tenant: '' });
}

/** The single API of a client-credentials request. AADSTS900144, 1002012, 28000 or 500011. */
export async function requestedApi(
  services: LookupServices,
  tenantId: TenantId,
  { version, scope, resource }: AskedFor,
): Promise<RequestedApi> {
  if (version === 1) {
    if (resource === null) throw entraError(900144, { name: 'resource' });
    return await getApi(services, tenantId, resource);
  }
  const values = split(scope);
  if (values.length === 0) throw entraError(900144, { name: 'scope' });
  const names = values.map((value) => {
    const parsed = parseDotDefault(value);
    if (!parsed) throw entraError(1002012, { scope: value });
    return parsed.resource === '' ? graphAppId : parsed.resource;
  });
  const [name = '', another] = new Set(names);
  if (another !== undefined) throw entraError(28000);
  return await getApi(services, tenantId, name);
}

async function getApi(services: LookupServices, tenantId: TenantId, name: string): Promise<RequestedApi> {
  const api = await findApi(services, tenantId, name);
  if (!api) throw entraError(500011, { resource: name, tenant: tenantId });
  return { api, name };
}

/**
 * The API and permissions that a person's token is to be for. Of several APIs the first counts when `takesFirst`, as at
 * a renewal (reference 2.6); else AADSTS28000. Throws 70011 for mixed or unreadable values, 650053, 500011.
 */
export async function requestedScopes(
  services: LookupServices,
  tenantId: TenantId,
  asked: AskedFor,
  takesFirst: boolean,
): Promise<RequestedScopes> {
  requireBounded(asked);
  const values = split(asked.scope);
  if (values.length > scopesMax) throw entraError(70011, { reason: `More than ${scopesMax} scopes are named.` });
  const openId = values.filter((value) => openIdScopes.has(value));
  const none = { texts: new Map<string, string>(), defaultText: null, openId };
  if (asked.version === 1) {
    const target = await getApi(services, tenantId, asked.resource ?? graphAppId);
    return { ...none, target, permissions: null };
  }
  const named = values.filter((value) => !openIdScopes.has(value)).map(takeApart);
  const [first] = named;
  if (!first) return { ...none, target: await getApi(services, tenantId, graphAppId), permissions: [] };
  const target = await getApi(services, tenantId, first.resource);
  const ofTarget: ScopeValue[] = [];
  for (const value of named) {
    const other = value.resource === first.resource ? target : await getApi(services, tenantId, value.resource);
    if (other.api.appId === target.api.appId) ofTarget.push(value);
    else if (!takesFirst) throw entraError(28000);
  }
  return { ...none, target, ...permissionsOf(target.api, ofTarget) };
}

function permissionsOf(
  api: ApiResource,
  values: readonly ScopeValue[],
): Pick<RequestedScopes, 'permissions' | 'texts' | 'defaultText'> {
  const dotDefault = values.find(({ permission }) => permission === null);
  if (dotDefault) {
    if (values.length > 1) {
      throw entraError(70011, { reason: '.default cannot be combined with other scopes of the resource.' });
    }
    return { permissions: null, texts: new Map(), defaultText: dotDefault.text };
  }
  const texts = new Map<string, string>();
  for (const { text, permission } of values) {
    const found = findPermission(api.scopes, permission ?? '');
    if (!found) throw entraError(650053, { scope: text, resource: api.displayName });
    texts.set(found.value, text);
  }
  return { permissions: [...texts.keys()], texts, defaultText: null };
}

/** `https://host/Name`, `api://id/Name`, `{guid}/Name`, `…/.default`, or the bare name of a Graph permission. */
function takeApart(text: string): ScopeValue {
  const dotDefault = parseDotDefault(text);
  if (dotDefault) return { text, resource: dotDefault.resource || graphAppId, permission: null };
  const slash = text.lastIndexOf('/');
  if (slash < 0) return { text, resource: graphAppId, permission: text };
  const resource = text.slice(0, slash);
  const permission = text.slice(slash + 1);
  if (resource === '' || permission === '') throw entraError(70011, { reason: `'${text}' names no permission.` });
  return { text, resource, permission };
}

function split(scope: string): string[] {
  return scope.split(/\s+/).filter((value) => value !== '');
}

/**
 * The version of an access token is the API's choice (reference 3.1): the documented APIs take version 1, an app that
 * is an API says what it takes.
 */
export async function tokenVersionOf(
  services: LookupServices,
  tenantId: TenantId,
  api: ApiResource,
): Promise<TokenVersion> {
  if (api.family !== 'directory-custom') return 1;
  const view = await loadClient(services, api.appId, tenantId);
  return view?.application.accessTokenVersion === 2 ? 2 : 1;
}

/** `aud`: the name that was asked for in version 1, the app id in version 2 (reference 3.2). */
export function audienceOf({ api, name }: RequestedApi, version: TokenVersion): string {
  return version === 2 ? api.appId : name;
}

/** What grants are looked up by: an API of ours opens with its whole family's grants, another only with its own. */
export function grantTargetOf(api: ApiResource): ApiResource['family'] | AppId {
  return api.family === 'directory-custom' ? api.appId : api.family;
}
