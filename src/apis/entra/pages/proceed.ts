// The way through the pages: whoever has to sign in signs in, whoever may be meant is asked, and then the flow that
// brought the person here goes on. Every step comes back to here.
import type { FastifyReply } from 'fastify';
import { loadClient } from '../../../applications/lookup.ts';
import { findTenantById } from '../../../directory/tenants.ts';
import { proceedAdminConsent } from '../admin-consent-flow.ts';
import { proceedAuthorize } from '../authorize-flow.ts';
import { proceedDevice } from '../device-flow.ts';
import { chooseStep } from './account-screen.ts';
import { fittingAccounts, meantAccount } from './accounts.ts';
import { type Scene, showStep, wordsOf } from './scene.ts';
import type { Account } from './session.ts';
import { codeStep, newPasswordStep, type Problem, signInStep } from './sign-in-screens.ts';
import type { AdminConsentFlow, AuthorizeFlow, DeviceFlow, Transaction } from './transaction.ts';

/** What follows now. `problem` is what was wrong with the form that led here. */
export async function proceed(
  scene: Scene,
  transaction: Transaction,
  problem: Problem | null = null,
): Promise<FastifyReply> {
  const texts = wordsOf(scene);
  const { typed } = transaction;
  if (typed?.needsPassword) {
    const { passwordLengthMin } = scene.services.config;
    return showStep(scene, transaction, newPasswordStep(texts, { ...typed, passwordLengthMin, problem }));
  }
  if (typed) return showStep(scene, transaction, codeStep(texts, { ...typed, problem }));
  const meant = meantAccount(scene.browser, transaction);
  switch (meant.kind) {
    case 'sign-in':
      return await showSignIn(scene, transaction, meant.isAgain, problem);
    case 'choose':
      return showStep(scene, transaction, chooseStep(texts, await appNameOf(scene, transaction), meant.accounts));
    case 'account':
      return await proceedAs(scene, { ...transaction, sessionId: meant.account.session.id }, meant.account);
  }
}

async function proceedAs(scene: Scene, transaction: Transaction, account: Account): Promise<FastifyReply> {
  const { flow } = transaction;
  switch (flow.kind) {
    case 'authorize':
      return await proceedAuthorize(scene, { ...transaction, flow } satisfies Transaction<AuthorizeFlow>, account);
    case 'admin-consent':
      return await proceedAdminConsent(
        scene,
        { ...transaction, flow } satisfies Transaction<AdminConsentFlow>,
        account,
      );
    case 'device':
      return await proceedDevice(scene, { ...transaction, flow } satisfies Transaction<DeviceFlow>, account);
  }
}

async function showSignIn(
  scene: Scene,
  transaction: Transaction,
  isAgain: boolean,
  problem: Problem | null,
): Promise<FastifyReply> {
  const { tenantId, loginHint, sessionId, mustSignIn } = transaction;
  const { services, browser } = scene;
  const tenant = tenantId === null ? undefined : await findTenantById(services.store.db, tenantId);
  const chosen = browser.accounts.find(({ session }) => session.id === sessionId);
  const screen = {
    app: await appNameOf(scene, transaction),
    tenant: tenant?.displayName ?? null,
    userName: loginHint ?? chosen?.user.userName ?? null,
    isAgain,
    hasAccounts: !mustSignIn && !isAgain && fittingAccounts(browser, transaction).length > 0,
    problem,
  };
  return showStep(scene, transaction, signInStep(wordsOf(scene), screen));
}

async function appNameOf({ services }: Scene, { flow }: Transaction): Promise<string | null> {
  const appId = flow.kind === 'authorize' ? flow.request.appId : flow.appId;
  return (await loadClient(services, appId, null))?.application.displayName ?? null;
}
