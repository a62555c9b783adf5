// What a registration may say about itself. Every function gives the normal form or throws InvalidInput.
import type { Db } from '../db/store.ts';
import { parseText } from '../directory/naming.ts';
import { listDomainNames } from '../directory/tenants.ts';
import { Conflict, InvalidInput } from '../lib/failures.ts';
import { type AppId, isGuid, type TenantId } from '../lib/ids.ts';
import type { ApplicationRow, ExposedRole, ExposedScope } from './application.ts';
import { findResourceByAudience } from './resources.ts';
import { listWithIdentifierUri } from './store.ts';

/** Entra reference 4.2. */
const displayNameMax = 120;
const descriptionMax = 1024;
const urlMax = 256;
const identifierUriMax = 255;
const identifierUrisMax = 50;
const valueMax = 120;

export function parseApplicationName(text: string): string {
  // One form for letters that can be written in two, so that no two names read the same (Unicode Annex 15).
  return parseText('displayName', text.normalize('NFC'), displayNameMax);
}

export function parseDescription(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : parseText('description', text, descriptionMax);
}

/** The page that signs people out, or the app's home page: https, or http on this machine. */
export function parseUrl(field: string, text: string | null): string | null {
  if (text === null || text.trim() === '') return null;
  const url = URL.parse(text);
  const isLocal = url?.protocol === 'http:' && (url.hostname === 'localhost' || url.hostname === '127.0.0.1');
  const isPlain = /^[!-~]+$/.test(text) && !/["'<>\\^`{|}]/.test(text) && text.length <= urlMax;
  if (!url || !isPlain || url.username !== '' || !(url.protocol === 'https:' || isLocal)) {
    throw new InvalidInput(field, `This must be an https URL of at most ${urlMax} characters.`);
  }
  return text;
}

/**
 * Names by which others ask for tokens for this application: `api://{appId}`, something below it, or below one of the
 * tenant's own domains, so that nobody takes a name that is another's (Entra reference 4.2).
 */
export async function parseIdentifierUris(
  db: Db,
  tenantId: TenantId,
  application: Pick<ApplicationRow, 'id' | 'appId'>,
  given: readonly string[],
): Promise<string[]> {
  const uris = [...new Set(given)];
  if (uris.length > identifierUrisMax) {
    throw new InvalidInput('identifierUris', `An application has at most ${identifierUrisMax} identifier URIs.`);
  }
  for (const uri of uris) await checkIdentifierUri(db, tenantId, application.appId, uri);
  const wanted = new Set(uris.map((uri) => uri.toLowerCase()));
  for (const other of await listWithIdentifierUri(db, tenantId, uris)) {
    const theirs = JSON.parse(other.identifierUris) as string[]; // Written by registrations.ts after this check.
    const taken = other.id === application.id ? undefined : theirs.find((uri) => wanted.has(uri.toLowerCase()));
    if (taken !== undefined) {
      throw new Conflict('identifier-uri-taken', `Another application of this tenant has the identifier URI ${taken}.`);
    }
  }
  return uris;
}

async function checkIdentifierUri(db: Db, tenantId: TenantId, appId: AppId, uri: string): Promise<void> {
  const match = /^(api|https):\/\/([a-z0-9.-]+)((?:\/[\w.~%-]+)*)$/i.exec(uri);
  const [, scheme, authority = ''] = match ?? [];
  if (!match || uri.length > identifierUriMax || findResourceByAudience(uri)) {
    throw new InvalidInput(
      'identifierUris',
      `An identifier URI is api://${appId}, or lies below it or below a domain of your tenant, without a final slash.`,
    );
  }
  if (scheme?.toLowerCase() === 'api' && authority.toLowerCase() === appId) return;
  if ((await listDomainNames(db, tenantId)).includes(authority.toLowerCase())) return;
  throw new InvalidInput('identifierUris', `${uri} is neither below api://${appId} nor below a domain of your tenant.`);
}

interface Exposed {
  readonly id: string;
  readonly value: string;
  readonly displayName: string;
  readonly description: string;
  readonly isEnabled: boolean;
}

/** The two lists together: ids and values are unique over both (Entra reference 4.2). */
export function parseExposed(
  current: { readonly exposedScopes: readonly ExposedScope[]; readonly appRoles: readonly ExposedRole[] },
  given: { readonly exposedScopes?: readonly ExposedScope[]; readonly appRoles?: readonly ExposedRole[] },
  max: number,
): { exposedScopes: ExposedScope[]; appRoles: ExposedRole[] } {
  const exposedScopes = (given.exposedScopes ?? current.exposedScopes).map((each) => ({
    ...parseOne('exposedScopes', each),
    adminOnly: each.adminOnly,
  }));
  const appRoles = (given.appRoles ?? current.appRoles).map((each) => parseOne('appRoles', each));
  if (exposedScopes.length + appRoles.length > max) {
    throw new InvalidInput('exposedScopes', `An application offers at most ${max} permissions.`);
  }
  const all: readonly Exposed[] = [...exposedScopes, ...appRoles];
  for (const part of ['id', 'value'] as const) {
    const seen = new Set<string>();
    for (const each of all) {
      if (seen.has(each[part])) throw new InvalidInput('exposedScopes', `The ${part} ${each[part]} is there twice.`);
      seen.add(each[part]);
    }
  }
  checkRemoved([...current.exposedScopes, ...current.appRoles], all);
  return { exposedScopes, appRoles };
}

function parseOne<Kind extends Exposed>(field: string, given: Kind): Exposed {
  if (!isGuid(given.id)) throw new InvalidInput(field, 'The id of a permission is a GUID that you choose.');
  if (!/^[\w!#$%&'()*+,\-./:;=?@[\]^{|}~]+$/.test(given.value) || given.value.length > valueMax) {
    throw new InvalidInput(field, `The value of a permission has 1 to ${valueMax} characters and no spaces.`);
  }
  return {
    id: given.id.toLowerCase(),
    value: given.value,
    displayName: parseText(field, given.displayName, 100),
    description: parseText(field, given.description, descriptionMax),
    isEnabled: given.isEnabled,
  };
}

/** Those who hold a permission must see it end before it is gone. */
function checkRemoved(before: readonly Exposed[], after: readonly Exposed[]): void {
  const removed = before.find((each) => each.isEnabled && !after.some(({ id }) => id === each.id));
  if (removed) {
    throw new Conflict(
      'permission-enabled',
      `The permission ${removed.value} is enabled. Disable it first (isEnabled: false), then remove it.`,
    );
  }
}
