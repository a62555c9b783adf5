// What all grants of a person's token share: the person as of now, what the app may do for them, the tokens.
import { delegatedScopesFor, isAssignedTo } from '../../../applications/lookup.ts';
import type { AskedFor, SignInProof } from '../../../authorizations/authorizations.ts';
import { subjectOf } from '../../../authorizations/subjects.ts';
import { findUser } from '../../../directory/managed-user.ts';
import type { TokenFamilyId, UserId } from '../../../lib/ids.ts';
import { mintAccessToken, mintIdToken, type TokenVersion } from '../../../signing/mint.ts';
import { arrivalOf } from '../../arrival.ts';
import { isOpenIdCovered } from '../asked-access.ts';
import type { Client } from './client.ts';
import type { Authenticated } from './client-authentication.ts';
import {
  audienceOf,
  grantTargetOf,
  type RequestedScopes,
  requestedScopes,
  tokenVersionOf,
} from './requested-resource.ts';
import { clientInfo, tokenMembers } from './response.ts';
import { refuse, type TokenAnswer, type TokenRequest } from './token-request.ts';

/** Whose token it will be and what it will open; everything is checked, nothing is used up yet. */
export interface Prepared {
  readonly client: Client;
  readonly userId: UserId;
  readonly userName: string;
  readonly displayName: string;
  readonly requested: RequestedScopes;
  readonly version: TokenVersion;
  /** Short names for `scp`. */
  readonly scopes: readonly string[];
}

/**
 * Looks at person, assignment and consent as they are now. `signedInAt` is when the person last proved the password:
 * what is older than the present password is over. AADSTS50057, 50173, 50105, 65001 and those of the scopes.
 */
export async function prepareUserToken(
  request: TokenRequest,
  client: Client,
  userId: UserId,
  asked: AskedFor,
  options: { readonly takesFirst: boolean; readonly signedInAt: number },
): Promise<Prepared> {
  const { services } = request;
  const { tenantId, appId, id, requiresAssignment } = client.servicePrincipal;
  const about = { tenantId, appId, userId };
  const person = await getEnabledPerson(request, client, userId);
  if (person.passwordChangedAt !== null && person.passwordChangedAt > options.signedInAt) throw passwordChanged(about);
  if (requiresAssignment && !(await isAssignedTo(services, tenantId, appId, userId))) throw notAssigned(about);
  const requested = await requestedScopes(services, tenantId, asked, options.takesFirst);
  const { api } = requested.target;
  const granted = await delegatedScopesFor(services, tenantId, id, userId, grantTargetOf(api));
  const { permissions, openId } = requested;
  // For signing in alone nothing else is asked for that could be withdrawn.
  const isAdmitted =
    permissions?.length !== 0 || (await isOpenIdCovered(services, client, { tenantId, userId }, openId));
  const scopes = isAdmitted ? scopesOf(requested, granted) : undefined;
  if (!scopes) throw notConsented(about, requested, granted);
  const version = await tokenVersionOf(services, tenantId, api);
  const { userName, displayName } = person;
  return { client, userId, userName, displayName, requested, version, scopes };
}

/** The person's account as of now; AADSTS50057 unless it is enabled. */
export async function getEnabledPerson({ services }: TokenRequest, { servicePrincipal }: Client, userId: UserId) {
  const { tenantId, appId } = servicePrincipal;
  const person = await findUser(services.store.db, tenantId, userId);
  if (person?.status !== 'enabled') throw personDisabled({ tenantId, appId, userId });
  return person;
}

/** Undefined when consent is missing. The scopes of OpenID Connect open nothing; they show in tokens for Graph. */
function scopesOf({ permissions, openId, target }: RequestedScopes, granted: readonly string[]): string[] | undefined {
  const shown = target.api.family === 'graph' ? openId.filter((scope) => scope !== 'offline_access') : [];
  const wanted = permissions ?? granted;
  // A token for an API needs a grant of something there.
  if (permissions === null && granted.length === 0) return undefined;
  if (!wanted.every((scope) => granted.includes(scope))) return undefined;
  return [...new Set([...shown, ...wanted])];
}

/**
 * What a request asks of an authorization: what it names, else what was authorized. An authorization of v1 has a
 * resource and no scopes that v2 could read.
 */
export function askedBy({ form, version }: TokenRequest, authorized: AskedFor): AskedFor {
  const resource = form.get('resource') ?? authorized.resource;
  const isFromV1 = version === 2 && authorized.version === 1 && resource !== null;
  const kept = isFromV1 ? `openid profile offline_access ${resource}/.default` : authorized.scope;
  return { version, scope: form.get('scope') ?? kept, resource };
}

export interface Issue {
  readonly grant: string;
  readonly authenticated: Authenticated;
  readonly proof: SignInProof;
  readonly familyId: TokenFamilyId;
  readonly refreshToken: string | null;
  readonly nonce: string | null;
}

/** Mints the tokens and writes the answer. */
export async function answerWithTokens(request: TokenRequest, prepared: Prepared, issue: Issue): Promise<TokenAnswer> {
  const { services, form } = request;
  const { client, userId, userName, displayName, requested } = prepared;
  const { tenantId, appId } = client.servicePrincipal;
  const shared = {
    origin: request.origin,
    tenantId,
    appId,
    nowMs: services.clock(),
    lifetimeSeconds: services.config.accessTokenSeconds,
  };
  const person = {
    userId,
    userName,
    displayName,
    authTime: issue.proof.authTime,
    amr: issue.proof.amr,
    subject: subjectOf(services.keys, appId, userId),
  };
  const minted = await mintAccessToken(services, {
    ...shared,
    version: prepared.version,
    audience: audienceOf(requested.target, prepared.version),
    clientAuth: issue.authenticated.method,
    credentialId: issue.authenticated.credentialId,
    user: { ...person, scopes: prepared.scopes },
    familyId: issue.familyId,
  });
  // v1 gives an id token with every sign-in, v2 where it was asked for (reference 2.1).
  const wantsIdToken = request.version === 1 ? issue.grant !== 'on_behalf_of' : requested.openId.includes('openid');
  const idToken = wantsIdToken
    ? await mintIdToken(services, {
        ...shared,
        version: request.version,
        user: { ...person, email: userName },
        scopes: requested.openId,
        nonce: issue.nonce,
        sessionId: issue.proof.sessionId,
        accessToken: minted.token,
      })
    : null;
  await noteIssue(request, prepared, issue);
  return {
    ...tokenMembers(request, minted, requested.target.name, answeredScope(request, prepared)),
    access_token: minted.token,
    ...(issue.refreshToken === null ? {} : { refresh_token: issue.refreshToken }),
    ...(idToken === null ? {} : { id_token: idToken }),
    ...(form.get('client_info') === '1' ? { client_info: clientInfo(userId, tenantId) } : {}),
  };
}

/** v1 has short names; v2 repeats the texts that were asked, full names for what came by `.default` (reference 2.1). */
function answeredScope({ version }: TokenRequest, { requested, scopes }: Prepared): string {
  if (version === 1) return scopes.join(' ');
  const { openId, texts, defaultText, target } = requested;
  const named = scopes
    .filter((scope) => !openId.includes(scope))
    .map((scope) => texts.get(scope) ?? `${target.name.replace(/\/$/, '')}/${scope}`);
  return [...openId, ...named, ...(defaultText === null ? [] : [defaultText])].join(' ');
}

async function noteIssue(
  { services, http }: TokenRequest,
  { client, userId, userName, requested }: Prepared,
  { grant, authenticated }: Issue,
): Promise<void> {
  const { origin, correlationId } = arrivalOf(http);
  await services.issuance.note({
    tenantId: client.servicePrincipal.tenantId,
    servicePrincipalId: client.servicePrincipal.id,
    appId: client.application.appId,
    appName: client.application.displayName,
    credentialId: authenticated.credentialId,
    grant,
    resource: requested.target.api.displayName,
    user: { id: userId, name: userName },
    origin,
    correlationId,
  });
}

/** True when the answer is to hold a refresh token: v1 always, v2 where `offline_access` was asked for. */
export function wantsRefreshToken({ version, scope }: AskedFor): boolean {
  return version === 1 || scope.split(/\s+/).includes('offline_access');
}

type About = Pick<Client['servicePrincipal'], 'tenantId' | 'appId'> & { readonly userId: UserId };

function personDisabled(about: About) {
  return refuse(
    50057,
    {},
    {
      code: 'owner-not-permitted',
      check: 'owner',
      detail: 'The account of the person who signed in is not enabled.',
      remedy: 'An administrator can enable the account.',
      ...about,
    },
  );
}

function passwordChanged(about: About) {
  return refuse(
    50173,
    { reason: 'The password was changed since the sign-in.' },
    {
      code: 'grant-revoked',
      check: 'revoked',
      detail: 'The password was changed or reset after this sign-in.',
      remedy: 'Sign in through the application again.',
      ...about,
    },
  );
}

function notAssigned(about: About) {
  return refuse(
    50105,
    {},
    {
      code: 'not-assigned',
      check: 'assignment',
      detail: 'The application requires assignment here, and the person is not assigned to it.',
      remedy: 'An administrator can assign the person to the application.',
      ...about,
    },
  );
}

function notConsented(about: About, { permissions, target }: RequestedScopes, granted: readonly string[]) {
  const missing = permissions?.filter((scope) => !granted.includes(scope)).join(', ') ?? 'any permission';
  return refuse(
    65001,
    { reason: 'Send an interactive authorization request for this user and resource.' },
    {
      code: 'consent-missing',
      check: 'consent',
      detail: `Nobody consented to ${missing} of ${target.api.displayName} for this person.`,
      remedy: 'Let the person, or an administrator for everybody, consent to the application.',
      ...about,
    },
  );
}
