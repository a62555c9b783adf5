// What an app asks for at the authorize endpoint, read in two halves: first who asks and where the answer may go, whose
// faults are told on a page (RFC 6749 section 4.1.2.1), then the rest, whose faults are told to the app.
import { type ClientView, loadClient } from '../../applications/lookup.ts';
import { matchRedirectUri, type RedirectUriType } from '../../applications/redirect-uris.ts';
import { takePushedRequest } from '../../authorizations/pushed-requests.ts';
import type { Services } from '../../context.ts';
import { type AppId, isGuid } from '../../lib/ids.ts';
import { entraError } from './errors.ts';
import { requireParameter } from './forms.ts';
import type { Form } from './surface.ts';
import { requireEnabled, type TenantSegment } from './tenant-segment.ts';

export type ResponseMode = 'query' | 'fragment' | 'form_post';
export type Prompt = 'none' | 'login' | 'consent' | 'select_account' | 'admin_consent';

/** Where an answer goes, and how: all that an error needs. */
export interface AnswerTo {
  readonly version: 1 | 2;
  /** The tenant part of the path. */
  readonly segment: string;
  readonly appId: AppId;
  /** Exactly as it came; null for a link that only asks for consent and leads back to nobody. */
  readonly redirectUri: string | null;
  readonly redirectType: RedirectUriType;
  readonly responseMode: ResponseMode;
  readonly state: string | null;
}

export interface AuthorizeRequest extends AnswerTo {
  /** Space separated, as it came. */
  readonly scope: string;
  /** v1. */
  readonly resource: string | null;
  readonly nonce: string | null;
  readonly prompts: readonly Prompt[];
  /** Seconds; null when any age will do. */
  readonly maxAge: number | null;
  readonly codeChallenge: string | null;
  /** True when the answer shall carry `client_info`. */
  readonly wantsClientInfo: boolean;
}

/**
 * The client behind a request, whatever its path says of the tenant. Throws AADSTS900144, 700016, 7000112, 50194, which
 * all are pages: nothing is known yet of where an answer might go.
 */
export async function findClientAsked(services: Services, segment: TenantSegment, form: Form): Promise<ClientView> {
  const appId = requireParameter(form, 'client_id');
  const tenantId = segment.kind === 'tenant' ? requireEnabled(segment.tenant).id : null;
  const client = isGuid(appId) ? await loadClient(services, appId, tenantId) : undefined;
  const unknown = () => entraError(700016, { app: appId, tenant: segment.text });
  if (!client) throw unknown();
  const { application, homeTenant } = client;
  if (application.signInAudience === 'AzureADMyOrg' && tenantId !== application.tenantId) {
    throw tenantId === null ? entraError(50194, { app: application.appId, alias: segment.kind }) : unknown();
  }
  const isDisabled = application.status !== 'enabled' || homeTenant.status !== 'enabled';
  if (isDisabled || client.servicePrincipal?.isEnabled === false) {
    throw entraError(7000112, { app: application.appId });
  }
  return client;
}

/** The parameters that the client pushed (RFC 9126 section 4), or those of the request itself. */
export async function withPushed(services: Services, { application }: ClientView, form: Form): Promise<Form> {
  const uri = form.get('request_uri');
  if (uri === undefined) {
    if (!application.requiresPushedRequests) return form;
    throw entraError(9002313, { reason: 'this application has to push its requests first (RFC 9126).' });
  }
  const pushed = await takePushedRequest(services, application.appId, uri);
  if (!pushed) throw entraError(9002313, { reason: 'the request_uri is unknown, was used or is over.' });
  return new Map([...Object.entries(pushed), ['client_id', application.appId]]);
}

/**
 * Where the answer may go. Only to a registered redirect URI; one that is left out is taken from the registration when
 * there is exactly one. The documented consent link has neither redirect URI nor state: its answer is our own page.
 */
export function parseAnswerTo(
  { application }: ClientView,
  version: 1 | 2,
  segment: TenantSegment,
  form: Form,
): AnswerTo {
  const common = { version, segment: segment.text, appId: application.appId, state: form.get('state') ?? null };
  const responseMode = parseResponseMode(form.get('response_mode'));
  if (isConsentLink(form)) return { ...common, redirectUri: null, redirectType: 'web', responseMode: 'query' };
  const { redirectUris } = application;
  const registered = [...redirectUris.web, ...redirectUris.spa, ...redirectUris.publicClient];
  const given = form.get('redirect_uri') ?? (registered.length === 1 ? registered[0] : undefined);
  if (registered.length === 0) throw entraError(900971);
  if (given === undefined) throw entraError(900144, { name: 'redirect_uri' });
  const match = matchRedirectUri(redirectUris, given);
  if (!match) throw entraError(50011, { uri: given, app: application.appId });
  return { ...common, redirectUri: given, redirectType: match.type, responseMode: responseMode ?? 'query' };
}

function parseResponseMode(text: string | undefined): ResponseMode | undefined {
  return text === 'query' || text === 'fragment' || text === 'form_post' ? text : undefined;
}

function isConsentLink(form: Form): boolean {
  const asksConsent = /(?:^| )(?:consent|admin_consent)(?: |$)/.test(form.get('prompt') ?? '');
  return asksConsent && !['redirect_uri', 'state', 'code_challenge'].some((name) => form.has(name));
}

/** The rest of the request. Throws errors that the app is told at `to`. */
export function parseAuthorize(to: AnswerTo, form: Form): AuthorizeRequest {
  if (form.has('request')) throw malformed('request objects are not supported.', 'request_not_supported');
  checkResponseType(requireParameter(form, 'response_type'));
  if (form.has('response_mode') && parseResponseMode(form.get('response_mode')) === undefined) {
    throw malformed('response_mode is query, fragment or form_post.');
  }
  if (to.responseMode === 'form_post' && !/^https?:/i.test(to.redirectUri ?? 'https:')) {
    throw malformed('form_post needs a redirect URI of a web page.');
  }
  return {
    ...to,
    ...parseAsked(to, form),
    nonce: bounded(form, 'nonce', 1024),
    prompts: parsePrompts(to.version, form.get('prompt') ?? ''),
    maxAge: parseMaxAge(form.get('max_age')),
    codeChallenge: parseChallenge(to, form),
    wantsClientInfo: form.get('client_info') === '1',
  };
}

/** Only codes: tokens in the front channel are enabled for no application (RFC 9700 section 2.1.2). */
function checkResponseType(text: string): void {
  if (text === 'code') return;
  const parts = text.split(' ');
  const isKnown = parts.every((each) => ['code', 'id_token', 'token'].includes(each));
  throw entraError(isKnown && new Set(parts).size === parts.length ? 700054 : 70005, { type: text });
}

function parseAsked({ version, redirectUri }: AnswerTo, form: Form): Pick<AuthorizeRequest, 'scope' | 'resource'> {
  const given = bounded(form, 'scope', 8192) ?? '';
  if (version === 1) return { scope: given, resource: bounded(form, 'resource', 300) };
  if (form.has('resource')) throw entraError(901002);
  // A consent link that leads back to nobody asks for all that is registered.
  return { scope: redirectUri === null ? given : requireParameter(form, 'scope'), resource: null };
}

function parsePrompts(version: 1 | 2, text: string): Prompt[] {
  const prompts = text.split(' ').filter((each) => each !== '');
  const known: readonly string[] = [
    'none',
    'login',
    'consent',
    'select_account',
    ...(version === 1 ? ['admin_consent'] : []),
  ];
  const unknown = prompts.find((each) => !known.includes(each));
  if (unknown !== undefined) throw malformed(`prompt has no value ${JSON.stringify(unknown.slice(0, 40))}.`);
  if (prompts.includes('none') && prompts.length > 1) throw malformed('prompt=none stands alone.');
  return prompts as Prompt[]; // Each is in the list of known ones.
}

function parseMaxAge(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,9}$/.test(text)) throw malformed('max_age is a number of seconds.');
  return Number(text);
}

/** S256 only, and always for clients that have no secret (RFC 7636 section 4.2, RFC 9700 section 2.1.1). */
function parseChallenge({ redirectType, redirectUri }: AnswerTo, form: Form): string | null {
  const challenge = form.get('code_challenge');
  if (challenge === undefined) {
    if (form.has('code_challenge_method')) throw malformed('code_challenge_method came without a code_challenge.');
    if (redirectType === 'spa') throw entraError(9002325);
    if (redirectType === 'publicClient' && redirectUri !== null) {
      throw malformed('a public client has to send code_challenge (RFC 7636) with code_challenge_method=S256.');
    }
    return null;
  }
  if (form.get('code_challenge_method') !== 'S256') throw malformed('code_challenge_method has to be S256.');
  if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) throw malformed('code_challenge is no SHA-256 in base64url.');
  return challenge;
}

function bounded(form: Form, name: string, lengthMax: number): string | null {
  const value = form.get(name) ?? null;
  if (value !== null && value.length > lengthMax) throw malformed(`${name} has more than ${lengthMax} characters.`);
  return value;
}

function malformed(reason: string, error?: string) {
  return entraError(9002313, { reason }, undefined, error === undefined ? {} : { error });
}
