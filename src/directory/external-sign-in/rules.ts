// What an administrator may say about a provider, and its normal form.
import { isIP } from 'node:net';
import type { Config } from '../../config.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { hostOf, isReachable, type ReachSettings } from '../../notifications/reachable.ts';
import { parseRole } from '../assignments.ts';
import { hasControls, parseDomain, parseText } from '../naming.ts';

export interface GroupRole {
  /** As the provider writes it in the claim of groups; compared exactly. */
  readonly group: string;
  /** Key of a role that covers the whole tenant. */
  readonly role: string;
  readonly kind: 'permanent' | 'eligible';
}

export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post';

/** All but who the provider is: stored as JSON. */
export interface ExternalRules {
  readonly clientAuthentication: ClientAuthentication;
  /** Asked for at the provider; `openid` is among them. */
  readonly scopes: readonly string[];
  /** Names of claims; a dot leads into an object, unless a claim has that very name. `groups` null: no groups are read. */
  readonly claims: { readonly userName: string; readonly displayName: string; readonly groups: string | null };
  readonly groupRoles: readonly GroupRole[];
  /** A role of a group ends this many days after the last sign-in through the provider. */
  readonly roleDays: number;
  /** Who has no account gets one at the first sign-in. */
  readonly createsUsers: boolean;
  /** An account that is there may be linked to the person of the same, proven name at the provider. */
  readonly linksUsers: boolean;
  /** Only accounts in these domains sign in this way; empty for all of the tenant's. */
  readonly allowedDomains: readonly string[];
  /** Domains whose user names only this provider gives out, so that its word for them is proof without `email_verified`. */
  readonly trustedDomains: readonly string[];
  /** Whether what the provider says of a second factor counts here. */
  readonly trustsSecondFactor: boolean;
  /** Values of `acr` that mean a second factor, besides `mfa` among `amr`. Asked for at the provider when there are any. */
  readonly secondFactorAcrs: readonly string[];
}

export type RulesInput = Partial<Omit<ExternalRules, 'groupRoles' | 'claims'>> & {
  readonly claims?: Partial<ExternalRules['claims']> | undefined;
  readonly groupRoles?:
    | readonly (Omit<GroupRole, 'kind'> & { readonly kind?: GroupRole['kind'] | undefined })[]
    | undefined;
};

const issuerLengthMax = 500;
const loopbackHosts = ['localhost', '127.0.0.1', '::1'];
export const groupRolesMax = 200;

/** Where providers may be reached: public addresses, what the operator allows, and this machine where webhooks may reach it. */
export function reachOf(config: Pick<Config, 'externalSignInAllowedRanges' | 'webhookLoopbackHttp'>): ReachSettings {
  return {
    webhookAllowedRanges: config.externalSignInAllowedRanges,
    webhookLoopbackHttp: config.webhookLoopbackHttp,
  };
}

/** True for https, and for http to this machine where the operator allows it. */
export function isAllowedTransport(url: URL, reach: ReachSettings): boolean {
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && reach.webhookLoopbackHttp && loopbackHosts.includes(hostOf(url));
}

/** An issuer as it is written by the administrator, trimmed. Throws InvalidInput. */
export function parseIssuer(text: string, reach: ReachSettings): string {
  const problem = (sentence: string) => new InvalidInput('issuer', sentence);
  const issuer = text.trim();
  if (issuer.length > issuerLengthMax) throw problem(`An issuer has at most ${issuerLengthMax} characters.`);
  const url = URL.canParse(issuer) && /^[!-~]+$/.test(issuer) ? new URL(issuer) : undefined;
  if (!url || url.hostname === '')
    throw problem('The issuer is a URL like https://login.contoso.example/realms/staff.');
  if (!isAllowedTransport(url, reach)) throw problem('The issuer must begin with https://.');
  if (url.username !== '' || url.password !== '' || url.hash !== '' || url.search !== '') {
    throw problem(
      'The issuer has no user name, no password, no query and no fragment (OpenID Connect Discovery, section 2).',
    );
  }
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isReachable(host, reach)) {
    throw problem(
      'Providers are reached at public addresses only; the setting externalSignInAllowedRanges allows others.',
    );
  }
  return issuer;
}

/** One spelling for each issuer, to compare with and to keep links under. */
export function issuerKey(issuer: string): string {
  return new URL(issuer).href;
}

/** The rules with what was not said filled in. `tenantDomains` are those that user names of the tenant may have. */
export function parseRules(input: RulesInput, tenantDomains: readonly string[]): ExternalRules {
  const { claims = {} } = input;
  return {
    clientAuthentication: input.clientAuthentication ?? 'client_secret_basic',
    scopes: parseScopes(input.scopes ?? ['openid', 'profile', 'email']),
    claims: {
      userName: parseText('claims', claims.userName ?? 'preferred_username', 200),
      displayName: parseText('claims', claims.displayName ?? 'name', 200),
      groups: claims.groups === null ? null : parseText('claims', claims.groups ?? 'groups', 200),
    },
    groupRoles: parseGroupRoles(input.groupRoles ?? []),
    roleDays: input.roleDays ?? 30,
    createsUsers: input.createsUsers ?? false,
    linksUsers: input.linksUsers ?? false,
    allowedDomains: parseDomains('allowedDomains', input.allowedDomains ?? [], tenantDomains),
    trustedDomains: parseDomains('trustedDomains', input.trustedDomains ?? [], tenantDomains),
    trustsSecondFactor: input.trustsSecondFactor ?? false,
    secondFactorAcrs: [...new Set((input.secondFactorAcrs ?? []).map((each) => parseAcr(each)))],
  };
}

function parseScopes(scopes: readonly string[]): string[] {
  for (const scope of scopes) {
    // RFC 6749 section 3.3.
    if (!/^[!#-[\]-~]{1,200}$/.test(scope))
      throw new InvalidInput('scopes', 'A scope is one word without quotation marks.');
  }
  return [...new Set(['openid', ...scopes])];
}

function parseAcr(value: string): string {
  const acr = parseText('secondFactorAcrs', value, 200);
  if (/\s/.test(acr)) throw new InvalidInput('secondFactorAcrs', 'A value of acr has no blanks.');
  return acr;
}

function parseDomains(field: string, domains: readonly string[], tenantDomains: readonly string[]): string[] {
  const parsed = [...new Set(domains.map((each) => parseDomain(field, each)))];
  const foreign = parsed.find((each) => !tenantDomains.includes(each));
  if (foreign === undefined) return parsed;
  throw new InvalidInput(field, `The domain ${foreign} is not one of this tenant's: ${tenantDomains.join(', ')}.`);
}

function parseGroupRoles(given: NonNullable<RulesInput['groupRoles']>): GroupRole[] {
  if (given.length > groupRolesMax) throw new InvalidInput('groupRoles', `At most ${groupRolesMax} groups give roles.`);
  const parsed = given.map(({ group, role: ref, kind = 'permanent' }): GroupRole => {
    const role = parseRole('groupRoles', ref);
    if (role.scopedBy !== 'nothing') {
      const sentence = `The role ${role.displayName} is limited to a part of the data, which a group cannot name. Assign it to people.`;
      throw new InvalidInput('groupRoles', sentence);
    }
    if (group.trim() === '' || group.length > 256 || hasControls(group)) {
      throw new InvalidInput('groupRoles', 'A group has 1 to 256 characters, as the provider writes it.');
    }
    return { group, role: role.key, kind };
  });
  const distinct = new Map(parsed.map((each) => [JSON.stringify([each.group, each.role, each.kind]), each]));
  return [...distinct.values()];
}
