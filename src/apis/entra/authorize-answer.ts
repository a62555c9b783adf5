// How the answer of the authorize endpoint travels: as a query, a fragment or a form (OAuth 2.0 Multiple Response Types
// section 2.1, Form Post Response Mode section 2), always with `iss` (RFC 9207) and the state byte for byte.
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { TenantId } from '../../lib/ids.ts';
import type { AnswerTo, AuthorizeRequest } from './authorize-request.ts';
import { answerIdsOf, describeError, EntraError } from './errors.ts';
import { originOf } from './origins.ts';
import { formPostScreen } from './pages/message-screens.ts';
import { policySourceOf, type Scene, showWithScript, wordsOf } from './pages/scene.ts';
import type { Account } from './pages/session.ts';

export type Members = readonly (readonly [string, string])[];

/** Where the script is served that presses the button of a form_post page. */
export const formPostScriptPath = '/sign-in/form-post.js';

/** The code, on its way to the app. */
export function answerCode(scene: Scene, request: AuthorizeRequest, account: Account, code: string): FastifyReply {
  const { user, tenant, session } = account;
  const clientInfo = JSON.stringify({ uid: user.id, utid: tenant.id });
  return answer(scene, request, tenant.id, [
    ['code', code],
    ...(request.wantsClientInfo ? [['client_info', Buffer.from(clientInfo).toString('base64url')] as const] : []),
    ...(request.prompts.includes('admin_consent') ? [['admin_consent', 'True'] as const] : []),
    ['session_state', sessionStateOf(session.id, request.appId)],
  ]);
}

/** A GUID that stays the same while this person is signed in, another one for every app. */
function sessionStateOf(sessionId: string, appId: string): string {
  const hex = createHash('sha256').update(`session_state ${sessionId} ${appId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Errors that stay on a page although the redirect URI is known: they are the tenant's with the person, not the app's. */
const pageCodes: ReadonlySet<number> = new Set([700016, 7000112, 50105]);

/** True for what the app is to hear of. */
export function isForApp(error: unknown): error is EntraError {
  return error instanceof EntraError && !pageCodes.has(error.code);
}

/** An error that the app is told. `tenantId` is null while nobody knows whose tenant it would be. */
export function answerError(
  scene: Scene,
  to: AnswerTo & { readonly redirectUri: string },
  tenantId: TenantId | null,
  error: EntraError,
  further: Members = [],
): FastifyReply {
  const { request, services } = scene;
  const origin = originOf(services, request);
  return answer(scene, to, tenantId, [
    ['error', error.row.error],
    ['error_description', describeError(error, answerIdsOf(request), services.clock())],
    ...further,
    ['error_uri', `${origin}/error?code=${error.code}`],
  ]);
}

function answer(scene: Scene, to: AnswerTo, tenantId: TenantId | null, members: Members): FastifyReply {
  if (to.redirectUri === null) throw new Error('An answer without a place to go to.');
  const origin = originOf(scene.services, scene.request);
  // An alias's own document writes the tenant as a placeholder (Entra protocol reference 1.1).
  const issuer = `${origin}/${tenantId ?? '{tenantid}'}/${to.version === 2 ? 'v2.0' : ''}`;
  const all: Members = [...members, ...(to.state === null ? [] : [['state', to.state] as const]), ['iss', issuer]];
  return sendMembers(scene, to.redirectUri, to.responseMode, all);
}

/** Sends the browser on with these members; the URI is a registered one, and nothing else is ever gone to. */
export function sendMembers(
  scene: Scene,
  redirectUri: string,
  mode: AnswerTo['responseMode'],
  members: Members,
): FastifyReply {
  if (mode === 'form_post') {
    const screen = formPostScreen(wordsOf(scene), redirectUri, members);
    return showWithScript(scene, screen, formPostScriptPath, [policySourceOf(redirectUri)]);
  }
  const encoded = members.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return seeOther(scene.reply, `${withPath(redirectUri)}${separatorOf(redirectUri, mode)}${encoded}`);
}

/** 303, so that no browser sends a form on to anybody (RFC 9700 section 4.12). */
export function seeOther(reply: FastifyReply, location: string): FastifyReply {
  return reply
    .code(303)
    .header('location', location)
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .send();
}

/** `https://x` is `https://x/` (Entra protocol reference 2.5). */
function withPath(uri: string): string {
  return uri.replace(/^(https?:\/\/[^/?]+)(?=$|\?)/i, '$1/');
}

function separatorOf(uri: string, mode: AnswerTo['responseMode']): string {
  if (mode === 'fragment') return '#';
  if (!uri.includes('?')) return '?';
  return /[?&]$/.test(uri) ? '' : '&';
}
