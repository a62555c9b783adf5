// The answers to the question of consent, the way to an administrator, and the adminconsent endpoints that begin with it.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../access/refusal.ts';
import { consentForTenant, consentForUser, consentQuestion, declineConsent } from '../../applications/consent.ts';
import { askForConsent } from '../../applications/consent-requests.ts';
import { matchRedirectUri } from '../../applications/redirect-uris.ts';
import type { Services } from '../../context.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { fill } from '../pages/fill.ts';
import { backFromAdminAsk, declineAdminConsent, finishAdminConsent } from './admin-consent-flow.ts';
import { backFromAsk, declineAuthorize, finishAuthorize } from './authorize-flow.ts';
import { findClientAsked } from './authorize-request.ts';
import { appIdOf, clientFor, reasonLengthMax, showAsk } from './consent-flow.ts';
import { endDevice, findPending } from './device-flow.ts';
import { asEntraError, entraError, noteRefusal } from './errors.ts';
import { parseForm } from './forms.ts';
import { askedScreen } from './pages/ask-screen.ts';
import { accountOf, type Posted, pagesPart, takePosted } from './pages/part.ts';
import { proceed } from './pages/proceed.ts';
import { type Scene, sceneOf, show, stepPaths, wordsOf } from './pages/scene.ts';
import { type Account, ctxOf } from './pages/session.ts';
import { beginTransaction, type Shown, type Transaction } from './pages/transaction.ts';
import { segmentOf } from './surface.ts';

/** Mounts adminconsent, v1 and v2, and the forms of the consent pages. */
export async function consentRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await pagesPart(app, services, (part) => {
    part.get('/:tenant/adminconsent', async (request, reply) => beginAdminConsent(services, request, reply, 1));
    part.get('/:tenant/v2.0/adminconsent', async (request, reply) => beginAdminConsent(services, request, reply, 2));
    part.post(stepPaths.consent, async (request, reply) => decide(await takePosted(services, request, reply)));
    part.post(stepPaths.ask, async (request, reply) => takeAsk(await takePosted(services, request, reply)));
  });
}

async function beginAdminConsent(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  version: 1 | 2,
): Promise<FastifyReply> {
  const segment = await segmentOf(services, request);
  const form = parseForm(request.url.split('?')[1] ?? '');
  const { application } = await findClientAsked(services, segment, form);
  const redirectUri = form.get('redirect_uri') ?? null;
  if (redirectUri !== null && !matchRedirectUri(application.redirectUris, redirectUri)) {
    throw entraError(50011, { uri: redirectUri, app: application.appId });
  }
  const scene = await sceneOf(services, request, reply);
  const scope = version === 2 ? (form.get('scope') ?? null) : null;
  const state = form.get('state') ?? null;
  const flow = { kind: 'admin-consent' as const, version, appId: application.appId, redirectUri, scope, state };
  const tenantId = segment.kind === 'tenant' ? segment.tenant.id : null;
  const loginHint = form.get('login_hint')?.slice(0, 256) ?? null;
  return await proceed(scene, beginTransaction(services, { flow, tenantId, language: scene.language, loginHint }));
}

/** Accept or decline, for exactly what the page showed. */
async function decide({ scene, form, transaction }: Posted): Promise<FastifyReply> {
  const account = accountOf(scene, transaction);
  const { shown } = transaction;
  const decision = form.get('decision');
  // A session that ended meanwhile has to be begun again; the question is then asked anew.
  if (!account || !shown?.reach || (decision !== 'accept' && decision !== 'decline')) {
    return await proceed(scene, transaction);
  }
  // The application may be gone since: that is a page, not an answer to it.
  await clientFor(scene, appIdOf(transaction), account);
  if (decision === 'decline') {
    const ctx = await ctxOf(scene.services, scene.request, account);
    await declineConsent(ctx, appIdOf(transaction), shown.requested);
    return await declined(scene, transaction, account);
  }
  const isForTenant = shown.reach === 'tenant' || (shown.reach === 'offered' && form.get('forTenant') === 'yes');
  if (!(await grant(scene, transaction, account, shown, isForTenant))) return await proceed(scene, transaction);
  return await finished(scene, transaction, account);
}

/** False when roles, tenant settings or the application changed so that the question has to be asked anew. */
async function grant(
  scene: Scene,
  transaction: Transaction,
  account: Account,
  { requested }: Shown,
  isForTenant: boolean,
): Promise<boolean> {
  const ctx = await ctxOf(scene.services, scene.request, account);
  try {
    if (isForTenant) await consentForTenant(ctx, appIdOf(transaction), requested);
    else await consentForUser(ctx, appIdOf(transaction), requested);
    return true;
  } catch (error) {
    if (error instanceof Refusal) noteRefusal(asEntraError(error, scene.request), scene.request);
    else if (!(error instanceof InvalidInput)) throw error;
    return false;
  }
}

async function finished(scene: Scene, transaction: Transaction, account: Account): Promise<FastifyReply> {
  const { flow } = transaction;
  switch (flow.kind) {
    case 'authorize':
      return await finishAuthorize(scene, { ...transaction, flow }, account);
    case 'admin-consent':
      return await finishAdminConsent(scene, { ...transaction, flow }, account);
    case 'device':
      return await endDevice(scene, flow, await findPending(scene, flow), account, 'accept');
  }
}

async function declined(scene: Scene, transaction: Transaction, account: Account): Promise<FastifyReply> {
  const { flow } = transaction;
  switch (flow.kind) {
    case 'authorize':
      return await declineAuthorize(scene, { ...transaction, flow }, account);
    case 'admin-consent':
      return await declineAdminConsent(scene, { ...transaction, flow }, account);
    case 'device':
      return await endDevice(scene, flow, await findPending(scene, flow), account, 'decline');
  }
}

/** A request to an administrator, or the way back to the app without one. */
async function takeAsk({ scene, form, transaction }: Posted): Promise<FastifyReply> {
  const account = accountOf(scene, transaction);
  const { shown, flow } = transaction;
  if (!account || !shown) return await proceed(scene, transaction);
  await clientFor(scene, appIdOf(transaction), account);
  if (form.get('decision') === 'back' && flow.kind === 'authorize') {
    return backFromAsk(scene, { ...transaction, flow }, account.tenant.id);
  }
  if (form.get('decision') === 'back' && flow.kind === 'admin-consent') {
    return backFromAdminAsk(scene, { ...transaction, flow });
  }
  const reason = form.get('reason')?.trim() ?? '';
  const ctx = await ctxOf(scene.services, scene.request, account);
  try {
    await askForConsent(ctx, appIdOf(transaction), shown.requested, reason);
  } catch (error) {
    if (!(error instanceof InvalidInput) || error.field !== 'reason') throw error;
    return await askAgain(scene, transaction, account, shown, reason);
  }
  return show(scene, askedScreen(wordsOf(scene), account.tenant.displayName));
}

async function askAgain(
  scene: Scene,
  transaction: Transaction,
  account: Account,
  { requested }: Shown,
  typed: string,
): Promise<FastifyReply> {
  const person = { tenantId: account.tenant.id, userId: account.user.id };
  const question = await consentQuestion(scene.services, person, appIdOf(transaction), requested);
  if (!question) return await proceed(scene, transaction);
  const problem = fill(wordsOf(scene).problems.reason, { maximum: reasonLengthMax });
  return showAsk(scene, transaction, account, question, { typed, problem });
}
