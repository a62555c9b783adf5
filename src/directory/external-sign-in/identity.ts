// What the provider says of a person, read by the tenant's rules.

import { secondMs } from '../../lib/clock.ts';
import { InvalidInput } from '../../lib/failures.ts';
import type { TenantId } from '../../lib/ids.ts';
import { hasControls, parseUserName } from '../naming.ts';
import type { Claims, Redeemed } from './provider.ts';
import { externalRefusal, provenAt } from './refusals.ts';
import { type ExternalRules, issuerKey } from './rules.ts';
import type { Provider } from './setting.ts';

export interface ExternalPerson {
  /** As links are kept under. */
  readonly issuer: string;
  readonly subject: string;
  /** Undefined when the provider gives none that could be a user name here. */
  readonly userName: string | undefined;
  readonly domain: string | undefined;
  readonly displayName: string | undefined;
  readonly groups: ReadonlySet<string>;
  /** True when the provider's word is proof that the name is the person's. */
  readonly isNameProven: boolean;
  /** True when the tenant trusts what the provider says of a second factor, and it says that there was one. */
  readonly provedSecondFactor: boolean;
  /** When the person proved who they are, epoch milliseconds; null when the provider does not say. */
  readonly authenticatedAt: number | null;
}

const groupsMax = 5000;
const groupLengthMax = 256;
/** OpenID Connect Core section 2. */
const subjectLengthMax = 255;

/** Throws a Refusal `external-claims`. Userinfo is asked only for what the ID token lacks. */
export async function readPerson(provider: Provider, redeemed: Redeemed): Promise<ExternalPerson> {
  const { rules, tenantId } = provider;
  const { claims: names } = rules;
  const inToken = redeemed.claims;
  const isLacking = (name: string | null) => name !== null && claimOf(inToken, name) === undefined;
  const needsGroups = rules.groupRoles.length > 0 && isLacking(names.groups);
  const more =
    isLacking(names.userName) || isLacking(names.displayName) || needsGroups ? await redeemed.userInfo() : undefined;
  const claims: Claims = { ...more, ...inToken };

  const { sub: subject } = inToken;
  if (subject === '' || subject.length > subjectLengthMax || hasControls(subject)) {
    const detail = 'The subject (sub) is empty, longer than 255 characters or has control characters.';
    throw claimsRefusal(tenantId, provider.issuer, detail);
  }
  const name = readUserName(claimOf(claims, names.userName));
  return {
    issuer: issuerKey(provider.issuer),
    subject,
    ...name,
    displayName: readText(claimOf(claims, names.displayName)),
    groups: readGroups(provider, claims),
    isNameProven: name.userName !== undefined && isProven(rules, claims, name),
    provedSecondFactor: rules.trustsSecondFactor && saysSecondFactor(rules, inToken),
    authenticatedAt: typeof inToken.auth_time === 'number' ? inToken.auth_time * secondMs : null,
  };
}

function claimsRefusal(tenantId: TenantId, issuer: string, detail: string) {
  return externalRefusal('external-claims', {
    tenantId,
    detail,
    remedy: 'Change what the provider puts into its ID token, or the names of claims in the external sign-in.',
    passed: [provenAt(issuer)],
  });
}

/** A claim of that very name; else the dots in the name lead into objects (`realm_access.roles`). */
export function claimOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, part))
      return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(part);
  }
  return value;
}

function readUserName(value: unknown): { userName: string | undefined; domain: string | undefined } {
  try {
    if (typeof value === 'string') return parseUserName('userName', value);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
  }
  return { userName: undefined, domain: undefined };
}

function readText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || [...text].length > 256 || hasControls(text) ? undefined : text;
}

/**
 * A provider's user may often choose name and address freely, so these prove nothing by themselves: what does is an
 * address that the provider says it verified, or a domain for which it alone gives out names.
 */
function isProven(
  rules: ExternalRules,
  claims: Claims,
  { userName, domain }: { userName: string | undefined; domain: string | undefined },
): boolean {
  if (domain !== undefined && rules.trustedDomains.includes(domain)) return true;
  const { email, email_verified: isVerified } = claims;
  // Some providers write the flag as text.
  const says = isVerified === true || isVerified === 'true';
  return says && typeof email === 'string' && email.trim().toLowerCase() === userName;
}

/** RFC 8176: `mfa` is the one value that says that there were several factors; others name single ones. */
function saysSecondFactor(rules: ExternalRules, { amr, acr }: Claims): boolean {
  if (Array.isArray(amr) && amr.includes('mfa')) return true;
  return typeof acr === 'string' && rules.secondFactorAcrs.includes(acr);
}

function readGroups({ rules, tenantId, issuer }: Provider, claims: Claims): ReadonlySet<string> {
  const name = rules.claims.groups;
  if (name === null || rules.groupRoles.length === 0) return new Set();
  const refused = (detail: string) => claimsRefusal(tenantId, issuer, detail);
  const value = claimOf(claims, name);
  // Entra leaves out groups beyond a number and says where else they are: roles must not go for that reason.
  const elsewhere = claims._claim_names;
  if (value === undefined && typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, name)) {
    throw refused(`The provider left out the claim ${name} because the person is in too many groups.`);
  }
  if (value === undefined || value === null) return new Set();
  const groups: unknown[] = Array.isArray(value) ? value : [value];
  if (groups.length > groupsMax) throw refused(`The claim ${name} has more than ${groupsMax} groups.`);
  // A group that is no text, or too long, is none that a rule could name.
  return new Set(groups.filter((each) => typeof each === 'string' && each.length <= groupLengthMax) as string[]);
}
