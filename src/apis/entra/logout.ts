// Signing out (OpenID Connect RP-Initiated Logout 1.0), and the small pages that lead nowhere: the landing page of
// programs on a device, and what an error code means.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { loadClient } from '../../applications/lookup.ts';
import { matchRedirectUri } from '../../applications/redirect-uris.ts';
import type { Services } from '../../context.ts';
import { isGuid } from '../../lib/ids.ts';
import type { TokenClaims } from '../../signing/claims.ts';
import { verifyToken } from '../../signing/verify.ts';
import { refuseForeignForms } from '../pages/foreign-forms.ts';
import type { Language } from '../pages/language.ts';
import { seeOther } from './authorize-answer.ts';
import { formOf, parseForm } from './forms.ts';
import { lookupScreen } from './pages/lookup-screen.ts';
import { nativeScreen, signedOutScreen } from './pages/message-screens.ts';
import { backAsGet, pagesPart, takeSealed } from './pages/part.ts';
import { policySourceOf, type Scene, sceneOf, show, wordsOf } from './pages/scene.ts';
import { type Account, endAccount, writeAccounts } from './pages/session.ts';
import { signOutPath, signOutScreen } from './pages/sign-out-screen.ts';
import { sealFor } from './pages/transaction.ts';
import { type Form, segmentOf } from './surface.ts';

/** Mounts logout, v1 and v2, the landing page for programs and the look-up of error codes. */
export async function logoutRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await pagesPart(app, services, (part) => {
    for (const path of ['/:tenant/oauth2/logout', '/:tenant/oauth2/v2.0/logout']) {
      part.get(path, async (request, reply) => {
        await segmentOf(services, request);
        return await logOut(await sceneOf(services, request, reply), parseForm(request.url.split('?')[1] ?? ''));
      });
      part.post(path, async (request, reply) => backAsGet(request, reply));
    }
    part.post(signOutPath, async (request, reply) => takeSignOut(services, request, reply));
    part.get('/common/oauth2/nativeclient', async (request, reply) => {
      const scene = await sceneOf(services, request, reply);
      return show(scene, nativeScreen(wordsOf(scene)));
    });
    part.get('/error', async (request, reply) => {
      const scene = await sceneOf(services, request, reply);
      const asked = new URLSearchParams(request.url.split('?')[1] ?? '').get('code');
      return show(scene, lookupScreen(wordsOf(scene), asked));
    });
  });
}

/** What the form of the page brings back, sealed. */
interface SignOut {
  readonly sessionIds: readonly string[];
  readonly back: string | null;
  readonly language: Language;
}

/**
 * Whoever comes with an id_token of an account that is signed in here is signed out at once; everybody else is asked,
 * because anybody can make a link (RP-Initiated Logout section 2).
 */
async function logOut(scene: Scene, form: Form): Promise<FastifyReply> {
  const claims = await hintClaims(scene, form.get('id_token_hint'));
  const back = await backOf(scene, form, claims);
  const { accounts } = scene.browser;
  if (claims) {
    const meant = accounts.filter(({ user, tenant }) => user.id === claims.userId && tenant.id === claims.tenantId);
    return await signOut(scene, meant, back);
  }
  const hint = form.get('logout_hint')?.trim().toLowerCase();
  const hinted = accounts.filter(({ user }) => user.userName === hint);
  const asked = hinted.length > 0 ? hinted : accounts;
  if (asked.length === 0) return await signOut(scene, [], back);
  const wanted: SignOut = { sessionIds: asked.map(({ session }) => session.id), back, language: scene.language };
  const sealed = sealFor(scene.services, scene.browser, 'sign-out', wanted);
  const screen = signOutScreen(wordsOf(scene), asked, sealed);
  return show(scene, screen, back === null ? [] : [policySourceOf(back)]);
}

/** The claims of an id_token that we signed, in time or over; undefined for anything else. */
async function hintClaims({ services }: Scene, hint: string | undefined): Promise<TokenClaims | undefined> {
  if (hint === undefined) return undefined;
  const verified = await verifyToken(services, hint);
  return verified.claims?.kind === 'id' ? verified.claims : undefined;
}

/** Where to afterwards: a redirect URI of the app that asks, which is the one that the token is of, and nowhere else. */
async function backOf({ services }: Scene, form: Form, claims: TokenClaims | undefined): Promise<string | null> {
  const uri = form.get('post_logout_redirect_uri');
  const appId = form.get('client_id') ?? claims?.appId;
  if (uri === undefined || appId === undefined || !isGuid(appId)) return null;
  if (claims && claims.appId !== appId.toLowerCase()) return null;
  const { application, homeTenant } = (await loadClient(services, appId, null)) ?? {};
  if (application?.status !== 'enabled' || homeTenant?.status !== 'enabled') return null;
  if (!matchRedirectUri(application.redirectUris, uri)) return null;
  const state = form.get('state');
  return state === undefined ? uri : `${uri}${uri.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`;
}

async function takeSignOut(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  refuseForeignForms(services.names, request);
  const begun = await sceneOf(services, request, reply);
  const { sessionIds, back, language } = takeSealed<SignOut>(begun, 'sign-out', formOf(request));
  const scene = { ...begun, language };
  const meant = scene.browser.accounts.filter(({ session }) => sessionIds.includes(session.id));
  return await signOut(scene, meant, back);
}

async function signOut(scene: Scene, accounts: readonly Account[], back: string | null): Promise<FastifyReply> {
  const { services, request, reply, browser } = scene;
  for (const each of accounts) await endAccount(services, request, each);
  writeAccounts(
    services,
    reply,
    browser.accounts.filter((each) => !accounts.includes(each)),
  );
  if (back !== null) return seeOther(reply, back);
  return show(scene, signedOutScreen(wordsOf(scene)));
}
