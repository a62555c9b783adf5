import { html } from '../../pages/html.ts';
import type { Screen } from './scene.ts';
import type { Account } from './session.ts';
import type { Texts } from './texts.ts';

export const signOutPath = '/sign-in/sign-out';

/** Whether the person means it: a link alone signs nobody out. `sealed` says whom, and where to afterwards. */
export function signOutScreen({ signOut }: Texts, accounts: readonly Account[], sealed: string): Screen {
  return {
    title: signOut.heading,
    main: html`<article><h1>${signOut.heading}</h1><p class="lead">${signOut.intro}</p>
<ul class="plain">${accounts.map(({ user, tenant }) => html`<li><strong>${user.displayName}</strong><br>${user.userName} · ${tenant.displayName}</li>`)}</ul>
<form method="post" action="${signOutPath}"><input type="hidden" name="sealed" value="${sealed}">
<button class="button" type="submit">${signOut.submit}</button></form></article>`,
  };
}
