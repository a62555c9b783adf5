import { fill } from '../../pages/fill.ts';
import { html } from '../../pages/html.ts';
import { type Step, stepPaths } from './scene.ts';
import type { Account } from './session.ts';
import type { Texts } from './texts.ts';

/** The accounts that are signed in in this browser and could be meant. */
export function chooseStep(texts: Texts, app: string | null, accounts: readonly Account[]): Step {
  const { choose, signIn } = texts;
  return {
    title: choose.heading,
    action: stepPaths.account,
    head: html`<h1>${choose.heading}</h1>${app !== null && html`<p class="lead">${fill(signIn.toApp, { app })}</p>`}`,
    body: html`<ul class="accounts">${accounts.map(
      ({ session, user, tenant }) =>
        html`<li><button type="submit" name="account" value="${session.id}"><strong>${user.displayName}</strong><span>${user.userName}</span><span class="hint">${tenant.displayName} · ${choose.signedIn}</span></button></li>`,
    )}<li><button type="submit" name="account" value="other"><strong>${choose.other}</strong></button></li></ul>`,
  };
}
