// What POST and PATCH /applications take, as the noun takes it.
import type { AccessInput } from '../../applications/access-lists.ts';
import type { ExposedRole, ExposedScope } from '../../applications/application.ts';
import type { ApplicationInput } from '../../applications/registrations.ts';
import { empty, flag, guid, listOf, needed, nullable, object, oneOf, type Read, readBody, text } from './bodies.ts';
import { GraphProblem } from './errors.ts';

const redirectUris = { redirectUris: listOf(text) };

const scopeReaders = {
  id: guid,
  value: text,
  type: oneOf('User', 'Admin'),
  isEnabled: flag,
  adminConsentDisplayName: text,
  adminConsentDescription: text,
  userConsentDisplayName: nullable(text),
  userConsentDescription: nullable(text),
};

const roleReaders = {
  id: guid,
  value: text,
  displayName: text,
  description: text,
  isEnabled: flag,
  allowedMemberTypes: listOf(oneOf('Application', 'User')),
  origin: nullable(text),
};

export const keyReaders = {
  keyId: nullable(guid),
  displayName: nullable(text),
  type: nullable(oneOf('AsymmetricX509Cert')),
  usage: nullable(oneOf('Verify')),
  key: nullable(text),
  // What a certificate says of itself; it is read from the certificate.
  customKeyIdentifier: nullable(text),
  startDateTime: nullable(text),
  endDateTime: nullable(text),
};

const applicationReaders = {
  displayName: text,
  description: nullable(text),
  signInAudience: oneOf('AzureADMyOrg', 'AzureADMultipleOrgs'),
  identifierUris: listOf(text),
  isFallbackPublicClient: nullable(flag),
  web: object({
    ...redirectUris,
    homePageUrl: nullable(text),
    logoutUrl: nullable(text),
    implicitGrantSettings: empty,
    redirectUriSettings: empty,
  }),
  spa: object(redirectUris),
  publicClient: object(redirectUris),
  api: object({
    requestedAccessTokenVersion: nullable(accessTokenVersion),
    oauth2PermissionScopes: listOf(object(scopeReaders)),
    acceptMappedClaims: empty,
    knownClientApplications: empty,
    preAuthorizedApplications: empty,
  }),
  appRoles: listOf(object(roleReaders)),
  requiredResourceAccess: listOf(
    object({
      resourceAppId: guid,
      resourceAccess: listOf(object({ id: guid, type: oneOf('Scope', 'Role') })),
    }),
  ),
  keyCredentials: listOf(object(keyReaders)),
  passwordCredentials: passwords,
  tags: empty,
  info: empty,
  notes: empty,
  optionalClaims: empty,
  groupMembershipClaims: empty,
  isDeviceOnlyAuthSupported: empty,
  addIns: empty,
};

function accessTokenVersion(value: unknown, at: string): 1 | 2 {
  if (value === 1 || value === 2) return value;
  throw new GraphProblem(`Invalid value specified for property '${at}': it must be 1, 2 or null.`);
}

function passwords(value: unknown, at: string): undefined {
  if (Array.isArray(value) && value.length === 0) return undefined;
  throw new GraphProblem(`The property '${at}' cannot be set. Use addPassword and removePassword.`);
}

export type KeyBody = Read<typeof keyReaders>;

export interface ApplicationBody {
  readonly input: ApplicationInput;
  /** The whole collection of key credentials; undefined when the body says nothing of them. */
  readonly keys: readonly KeyBody[] | undefined;
}

/** Throws a GraphProblem that names what cannot be taken. */
export function readApplication(body: unknown): ApplicationBody {
  const given = readBody(body, applicationReaders);
  const { displayName, description, signInAudience, identifierUris, web, spa, publicClient, api } = given;
  const uris = { web: web?.redirectUris, spa: spa?.redirectUris, publicClient: publicClient?.redirectUris };
  const isSaid = (value: unknown) => value !== undefined;
  const input: ApplicationInput = {
    displayName,
    description,
    signInAudience,
    identifierUris,
    redirectUris: Object.fromEntries(Object.entries(uris).filter(([, list]) => isSaid(list))),
    homePageUrl: web?.homePageUrl,
    logoutUrl: web?.logoutUrl,
    isPublicClient: isSaid(given.isFallbackPublicClient) ? (given.isFallbackPublicClient ?? false) : undefined,
    accessTokenVersion: api?.requestedAccessTokenVersion,
    exposedScopes: api?.oauth2PermissionScopes?.map(toScope),
    appRoles: given.appRoles?.map(toRole),
    requiredAccess: given.requiredResourceAccess?.map(toAccess),
  };
  return { input, keys: given.keyCredentials };
}

function toScope(given: Read<typeof scopeReaders>): ExposedScope {
  const displayName = needed(given.adminConsentDisplayName, 'adminConsentDisplayName');
  const description = needed(given.adminConsentDescription, 'adminConsentDescription');
  const isOther = (said: string | null | undefined, ours: string) => (said ?? '') !== '' && said !== ours;
  if (isOther(given.userConsentDisplayName, displayName) || isOther(given.userConsentDescription, description)) {
    throw new GraphProblem(
      'userConsentDisplayName and userConsentDescription must be the same as the texts for administrators, or null: everybody reads one text here.',
    );
  }
  return {
    id: needed(given.id, 'id'),
    value: needed(given.value, 'value'),
    displayName,
    description,
    adminOnly: given.type === 'Admin',
    isEnabled: given.isEnabled ?? true,
  };
}

function toRole(given: Read<typeof roleReaders>): ExposedRole {
  if (given.allowedMemberTypes?.some((type) => type !== 'Application')) {
    throw new GraphProblem(
      "allowedMemberTypes must be ['Application']: people are assigned to an app as a whole here.",
    );
  }
  return {
    id: needed(given.id, 'id'),
    value: needed(given.value, 'value'),
    displayName: needed(given.displayName, 'displayName'),
    description: needed(given.description, 'description'),
    isEnabled: given.isEnabled ?? true,
  };
}

function toAccess(given: {
  readonly resourceAppId?: string;
  readonly resourceAccess?: readonly { readonly id?: string; readonly type?: 'Scope' | 'Role' }[];
}): AccessInput {
  const ids = (type: 'Scope' | 'Role') =>
    (given.resourceAccess ?? [])
      .filter((each) => needed(each.type, 'resourceAccess.type') === type)
      .map((each) => needed(each.id, 'resourceAccess.id'));
  return {
    resource: needed(given.resourceAppId, 'resourceAppId'),
    roles: ids('Role'),
    scopes: ids('Scope'),
  };
}
