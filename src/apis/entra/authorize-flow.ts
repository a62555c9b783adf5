import type { FastifyReply } from 'fastify';
import { issueCode } from '../../authorizations/codes.ts';
import { findTenantById } from '../../directory/tenants.ts';
import type { TenantId } from '../../lib/ids.ts';
import { answerCode, answerError, isForApp } from './authorize-answer.ts';
import { askForTenant, clientFor, settleConsent } from './consent-flow.ts';
import { entraError } from './errors.ts';
import { declinedScreen, partnerScreen } from './pages/message-screens.ts';
import { type Scene, show, wordsOf } from './pages/scene.ts';
import type { Account } from './pages/session.ts';
import type { AuthorizeFlow, Transaction } from './pages/transaction.ts';
import { proofOf } from './proof.ts';

type Authorize = Transaction<AuthorizeFlow>;

/** Somebody is signed in and chosen: consent where it is missing, then the code. */
export async function proceedAuthorize(scene: Scene, transaction: Authorize, account: Account): Promise<FastifyReply> {
  const { request } = transaction.flow;
  try {
    if (await askedConsent(scene, transaction, account)) return scene.reply;
    return await finishAuthorize(scene, transaction, account);
  } catch (error) {
    const { redirectUri } = request;
    if (!isForApp(error) || redirectUri === null) throw error;
    return answerError(scene, { ...request, redirectUri }, account.tenant.id, error);
  }
}

/** True when a page was sent that asks for consent. */
async function askedConsent(scene: Scene, transaction: Authorize, account: Account): Promise<boolean> {
  const { request } = transaction.flow;
  const { prompts, redirectUri, version } = request;
  if (prompts.includes('admin_consent') || redirectUri === null) {
    const { application } = await clientFor(scene, request.appId, account);
    await askForTenant(scene, transaction, account, application.requiredAccess);
    return true;
  }
  const asked = { version, scope: request.scope, resource: request.resource };
  return await settleConsent(scene, transaction, account, asked, {
    isForced: prompts.includes('consent'),
    isSilent: prompts.includes('none'),
  });
}

/** The end: a code for the app, or for the partner link the tenant id in words. */
export async function finishAuthorize(scene: Scene, transaction: Authorize, account: Account): Promise<FastifyReply> {
  const { services } = scene;
  const { request } = transaction.flow;
  if (request.redirectUri === null) return await showPartner(scene, transaction, account);
  const { appId, version, scope, resource, redirectUri, redirectType, codeChallenge, nonce } = request;
  const parties = { tenantId: account.tenant.id, appId, userId: account.user.id };
  const proof = proofOf(account);
  const body = { version, scope, resource, redirectUri, redirectKind: redirectType, codeChallenge, nonce, proof };
  return answerCode(scene, request, account, await issueCode(services, parties, body));
}

/** AADSTS65004 to the app (RFC 6749 section 4.1.2.1); a page of ours where nobody waits for an answer. */
export async function declineAuthorize(scene: Scene, transaction: Authorize, account: Account): Promise<FastifyReply> {
  const { request } = transaction.flow;
  const { redirectUri } = request;
  if (redirectUri === null) return await showDeclined(scene, transaction, account);
  return answerError(scene, { ...request, redirectUri }, account.tenant.id, entraError(65004), [
    ['error_subcode', 'cancel'],
  ]);
}

/** The person may not consent and goes back without having asked: AADSTS90094. */
export function backFromAsk(scene: Scene, transaction: Authorize, tenantId: TenantId): FastifyReply {
  const { request } = transaction.flow;
  const { redirectUri } = request;
  if (redirectUri === null) throw entraError(90094);
  return answerError(scene, { ...request, redirectUri }, tenantId, entraError(90094));
}

/** What the partner has to be told, for links that lead back to nobody. */
export async function showPartner(scene: Scene, transaction: Transaction, account: Account): Promise<FastifyReply> {
  const { flow } = transaction;
  const appId = flow.kind === 'authorize' ? flow.request.appId : flow.appId;
  const { application, homeTenant } = await clientFor(scene, appId, account);
  const { id, displayName } = account.tenant;
  const tenant = await findTenantById(scene.services.store.db, id);
  const domain = tenant?.domains.find(({ isPrimary }) => isPrimary)?.name ?? null;
  const end = { app: application.displayName, publisher: homeTenant.displayName, tenant: { id, displayName, domain } };
  return show(scene, partnerScreen(wordsOf(scene), end));
}

export async function showDeclined(scene: Scene, transaction: Transaction, account: Account): Promise<FastifyReply> {
  const { flow } = transaction;
  const appId = flow.kind === 'authorize' ? flow.request.appId : flow.appId;
  const { application } = await clientFor(scene, appId, account);
  return show(scene, declinedScreen(wordsOf(scene), application.displayName, account.tenant.displayName));
}
