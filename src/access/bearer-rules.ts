// What a verified token still opens at this moment: an ordered list of checks over facts that were loaded before. The
// gate and the token inspection ask the same rules.
import type { ClientView } from '../applications/lookup.ts';
import { openedBy } from '../applications/resources.ts';
import { rightsAt } from '../directory/effective.ts';
import type { Tenant } from '../directory/tenants.ts';
import type { TenantId } from '../lib/ids.ts';
import type { TokenClaims } from '../signing/claims.ts';
import type { BearerFacts } from './bearer-facts.ts';
import { type Caller, type DataScope, type Subject, wholeTenant } from './caller.ts';
import type { ChainOfChecks } from './chain-of-checks.ts';
import { everybodysPermissions, type Permission } from './permissions.ts';
import { audienceFor, describeAudience, describeFamily, familyOf, type SurfaceFamily } from './token-audiences.ts';

/** Where a call goes: which API, and whose host. */
export interface Called {
  readonly family: SurfaceFamily;
  /** The tenant whose own host was called; null on the generic host. */
  readonly hostTenantId: TenantId | null;
}

export interface CheckedBearer {
  readonly caller: Caller;
  /** Until when time alone changes nothing about it. */
  readonly until: number;
}

/** The caller that the token makes at `now`; throws a Refusal at the first check that fails. */
export function checkBearer(
  chain: ChainOfChecks,
  claims: TokenClaims,
  facts: BearerFacts,
  called: Called,
  now: number,
): CheckedBearer {
  checkPurpose(chain, claims, called);
  const tenant = checkTenant(chain, claims, facts, called);
  checkRevoked(chain, facts);
  const client = checkApplication(chain, claims, facts);
  const names = checkConsent(chain, claims, facts);
  const opened = openedBy(called.family, claims.kind === 'app' ? 'roles' : 'scopes', names);
  const { id, slug, displayName, number } = tenant;
  const shared = {
    tenantId: id,
    tenantSlug: slug,
    tenant: { id, slug, displayName, number },
    credential: credentialOf(claims, client, names),
    isFullAdministrator: false,
  } as const;
  if (claims.kind === 'app') {
    const subject = applicationOf(claims, client);
    const permissions = new Map([...opened].map((permission) => [permission, wholeTenant]));
    return {
      caller: { ...shared, subject, permissions, dormant: new Map(), passed: chain.passed },
      until: claims.expiresAt,
    };
  }
  const { subject, permissions, dormant, until } = checkPerson(chain, facts, opened, now);
  return {
    caller: { ...shared, subject, permissions, dormant, passed: chain.passed },
    until: Math.min(claims.expiresAt, until ?? Number.POSITIVE_INFINITY),
  };
}

/** It is an access token for this API, and nothing else has to come with it. Says nothing about any tenant. */
export function checkPurpose(
  chain: ChainOfChecks,
  { kind, audience, confirmationJkt }: TokenClaims,
  called: Pick<Called, 'family'>,
): void {
  if (kind === 'id') {
    throw chain.refuse('credential-kind', {
      status: 401,
      code: 'wrong-credential-kind',
      message: 'This is an id token. It tells an app who signed in and opens no API; send the access token.',
      detail: 'The token is an id token.',
      remedy: 'Send the access_token of the token response, not its id_token.',
    });
  }
  if (familyOf(audience) !== called.family) {
    const wanted = audienceFor(called.family);
    const detail = `The token is for ${describeAudience(audience)}; this API takes tokens for ${describeFamily(called.family)}.`;
    throw chain.refuse('audience', {
      status: 401,
      code: 'wrong-audience',
      message: detail,
      detail,
      remedy: `Ask for a token with scope=${wanted}/.default (v2) or resource=${wanted} (v1).`,
    });
  }
  chain.pass('audience', `It is for ${describeAudience(audience)}.`);
  if (confirmationJkt !== null) {
    throw chain.refuse('credential-kind', {
      status: 401,
      code: 'wrong-credential-kind',
      message: 'This token is bound to a key, and the call proves no possession of it.',
      detail: 'The token carries a confirmation claim (cnf), and bearers are not enough for it.',
      remedy: 'Ask for a token without a proof of possession.',
    });
  }
}

function checkTenant(
  chain: ChainOfChecks,
  { tenantId }: TokenClaims,
  { tenant }: BearerFacts,
  { hostTenantId }: Called,
): Tenant {
  if (hostTenantId !== null && hostTenantId !== tenantId) {
    throw chain.refuse('tenant-host', {
      status: 401,
      code: 'wrong-host',
      message: 'This token was issued for another tenant than the one whose host was called.',
      detail: 'The call went to the host of another tenant.',
      remedy:
        "Call the generic URL or the URL of the token's own tenant, or take a token for the tenant that you call.",
    });
  }
  chain.pass(
    'tenant-host',
    hostTenantId ? "The call went to the tenant's own host." : 'The call went to the generic host.',
  );
  if (tenant?.status !== 'enabled') {
    throw chain.refuse('tenant-enabled', {
      status: 403,
      code: 'tenant-disabled',
      message: 'The tenant that this token opens is not enabled.',
      detail: `The tenant is ${tenant?.status ?? 'gone'}.`,
      remedy: 'Ask the operator of this server to enable the tenant.',
    });
  }
  chain.pass('tenant-enabled', 'The tenant is enabled.');
  return tenant;
}

function checkRevoked(chain: ChainOfChecks, { isTokenRevoked, isFamilyRevoked }: BearerFacts): void {
  if (isTokenRevoked || isFamilyRevoked) {
    throw chain.refuse('revoked', {
      status: 401,
      code: 'token-revoked',
      message: 'This token was revoked. Take a new one.',
      detail: isTokenRevoked
        ? 'The app revoked this token.'
        : 'The sign-in behind this token was revoked, and every token that came from it.',
      remedy: isTokenRevoked ? 'Take a new token.' : 'Let the person sign in through the app again.',
    });
  }
  chain.pass('revoked', 'Neither the token nor the sign-in behind it was revoked.');
}

/** The application as it stands at home, its presence in this tenant, and the credential that the token was taken with. */
function checkApplication(chain: ChainOfChecks, claims: TokenClaims, { client, isAssigned }: BearerFacts): ClientView {
  if (client?.application.status !== 'enabled' || client.homeTenant.status !== 'enabled') {
    throw chain.refuse('application', {
      status: 403,
      code: 'application-disabled',
      message: 'The app that took this token was disabled or deleted by the organisation that registered it.',
      detail: 'The application is not enabled in its home tenant.',
      remedy: 'Ask the publisher of the app to enable it.',
    });
  }
  const { application, servicePrincipal: principal } = client;
  if (application.signInAudience === 'AzureADMyOrg' && application.tenantId !== claims.tenantId) {
    throw chain.refuse('application', {
      status: 403,
      code: 'application-disabled',
      message: 'The app that took this token is now for the organisation that registered it only.',
      detail: 'The application is for its home tenant only.',
      remedy: 'Ask the publisher of the app to open it to other organisations again.',
    });
  }
  const isSamePresence = claims.servicePrincipalId === null || claims.servicePrincipalId === principal?.id;
  if (!principal || !isSamePresence) {
    throw chain.refuse('consent', {
      status: 403,
      code: 'consent-missing',
      message: 'This tenant has withdrawn its consent to the app that took this token.',
      detail: 'The application has no presence in the tenant, or a later one than the token.',
      remedy: 'Let an administrator of this tenant consent to the app, then take a new token.',
    });
  }
  if (!principal.isEnabled) {
    throw chain.refuse('application', {
      status: 403,
      code: 'application-disabled',
      message: 'An administrator of this tenant has disabled the app that took this token.',
      detail: 'The service principal is disabled in this tenant.',
      remedy: 'Let an administrator of this tenant enable the app.',
    });
  }
  if (!holdsCredential(client, claims.credentialId)) {
    throw chain.refuse('revoked', {
      status: 401,
      code: 'token-revoked',
      message:
        'The secret or certificate that this token was taken with was removed. Take a new token with another one.',
      detail: "The credential behind the token is not among the application's any more.",
      remedy: 'Give the app a new secret or certificate and take a new token with it.',
    });
  }
  if (!isAssigned) {
    throw chain.refuse('assignment', {
      status: 403,
      code: 'not-assigned',
      message: 'This app is only for people who are assigned to it, and the person behind this token is not.',
      detail: 'Assignment is required, and the person is not assigned.',
      remedy: 'Let an administrator assign the person to the app.',
    });
  }
  chain.pass('application', `It was taken by the app "${client.application.displayName}", which is enabled.`);
  return client;
}

function holdsCredential({ secrets, certificates }: ClientView, id: string | null): boolean {
  return id === null || [...secrets, ...certificates].some((each) => each.id === id);
}

/** The names in the token that are granted at this moment. */
function checkConsent(chain: ChainOfChecks, { kind, roles, scopes, appId }: TokenClaims, facts: BearerFacts): string[] {
  const carried = kind === 'app' ? roles : scopes;
  const granted = new Set(facts.granted);
  const inForce = carried.filter((name) => granted.has(name));
  if (inForce.length === 0) {
    const what = kind === 'app' ? 'application permission' : 'delegated permission';
    throw chain.refuse('consent', {
      status: 403,
      code: 'consent-missing',
      message:
        carried.length === 0
          ? `This token carries no ${what} for this API.`
          : `The consent to what this token carries (${carried.join(', ')}) was withdrawn.`,
      detail:
        carried.length === 0
          ? `The token carries no ${what}: nothing was granted when it was taken.`
          : `None of ${carried.join(', ')} is granted to the application now.`,
      remedy: `Let an administrator of this tenant consent to the app ${appId}, then take a new token.`,
    });
  }
  chain.pass('consent', `Granted now: ${inForce.join(', ')}.`);
  return inForce;
}

interface Person {
  readonly subject: Subject;
  readonly permissions: ReadonlyMap<Permission, DataScope>;
  readonly dormant: ReadonlyMap<Permission, string>;
  readonly until: number | null;
}

/** Those that a person has without any role reach nothing but what is the person's own. */
const ownPermissions = everybodysPermissions.map((permission) => [permission, wholeTenant] as const);

/** A person's token opens what the scope opens and the person may do, at this moment. */
function checkPerson(
  chain: ChainOfChecks,
  { rights }: BearerFacts,
  opened: ReadonlySet<Permission>,
  now: number,
): Person {
  if (rights?.user.status !== 'enabled') {
    throw chain.refuse('owner', {
      status: 401,
      code: 'owner-not-permitted',
      message: 'The account of the person behind this token is not enabled.',
      detail: `The account is ${rights?.user.status ?? 'gone'}.`,
      remedy: 'Ask an administrator to enable the account, or let somebody else sign in.',
    });
  }
  const { id: userId, userName, displayName } = rights.user;
  chain.pass('owner', `It acts for ${userName}, who is enabled.`);
  const { permissions, dormant, activeRoles, nextChangeAt } = rightsAt(rights, now);
  chain.pass('role', `Roles in force: ${activeRoles.map(({ held }) => held.role.displayName).join(', ') || 'none'}.`);
  return {
    subject: { kind: 'user', userId, userName, displayName },
    permissions: new Map([...ownPermissions, ...permissions].filter(([permission]) => opened.has(permission))),
    dormant: new Map([...dormant].filter(([permission]) => opened.has(permission))),
    until: nextChangeAt,
  };
}

function applicationOf({ appId }: TokenClaims, { application, servicePrincipal }: ClientView): Subject {
  if (!servicePrincipal) throw new Error('The presence of the application was checked before.');
  const { id: servicePrincipalId } = servicePrincipal;
  return { kind: 'application', appId, servicePrincipalId, name: application.displayName };
}

function credentialOf(
  claims: TokenClaims,
  { application }: ClientView,
  names: readonly string[],
): Caller['credential'] {
  return {
    kind: 'bearer',
    tokenKind: claims.kind === 'app' ? 'app' : 'user',
    appId: claims.appId,
    appName: application.displayName,
    tokenId: claims.tokenId,
    secondFactorAt: claims.amr.includes('mfa') ? claims.authTime : null,
    names,
    claims,
  };
}
