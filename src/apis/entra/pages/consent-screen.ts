// The question that consent is: which application, who publishes it, what exactly it may do, what of that is new.
import { fill } from '../../pages/fill.ts';
import { type Html, html } from '../../pages/html.ts';
import type { Language } from '../../pages/language.ts';
import { facts } from './fields.ts';
import { type Step, stepPaths } from './scene.ts';
import type { Texts } from './texts.ts';
import type { Reach } from './transaction.ts';

/** One permission in words. */
export interface PermissionLine {
  /** The API, as it is called. */
  readonly resource: string;
  /** The name in tokens, for those who know it. */
  readonly value: string;
  readonly name: string;
  readonly about: string;
  /** Added to what the application asks for after the last consent. */
  readonly isNew: boolean;
  readonly isGranted: boolean;
}

export interface ConsentScreen {
  readonly app: { readonly displayName: string; readonly appId: string };
  readonly publisher: { readonly displayName: string; readonly domain: string | null; readonly isOwnTenant: boolean };
  readonly tenantName: string;
  readonly userName: string;
  readonly reach: Reach;
  readonly roles: readonly PermissionLine[];
  readonly scopes: readonly PermissionLine[];
  /** When the tenant or the person consented last, epoch milliseconds. */
  readonly lastConsentAt: number | null;
  /** Host or scheme of the redirect URI; null when the end is our own page. */
  readonly returnsTo: string | null;
}

export function consentStep(texts: Texts, language: Language, screen: ConsentScreen): Step {
  const { consent } = texts;
  const { app, tenantName: tenant, reach } = screen;
  const values = { app: app.displayName, tenant, userName: screen.userName };
  const title = fill(reach === 'tenant' ? consent.headingTenant : consent.headingUser, values);
  return {
    title,
    action: stepPaths.consent,
    head: html`<h1>${title}</h1>
<p class="lead">${fill(consent.signedInAs, values)}</p>
${about(texts, screen)}`,
    body: html`${permissions(texts, language, screen)}
${
  reach === 'offered' &&
  html`<div class="choice"><input type="checkbox" id="forTenant" name="forTenant" value="yes" aria-describedby="forTenant-hint"><label for="forTenant">${fill(consent.forTenant, values)}</label>
<p class="hint" id="forTenant-hint">${consent.forTenantHint}</p></div>`
}
<p class="note">${fill(reach === 'tenant' ? consent.warningTenant : consent.warningUser, values)}</p>
<div class="decision"><button class="button" type="submit" name="decision" value="accept">${consent.accept}</button>
<button class="button second" type="submit" name="decision" value="decline">${consent.decline}</button></div>
<p><button class="quiet" type="submit" formaction="${stepPaths.account}" formnovalidate name="account" value="other">${consent.switch}</button></p>`,
  };
}

function about({ consent }: Texts, { app, publisher, returnsTo }: ConsentScreen): Html {
  const name = publisher.isOwnTenant
    ? fill(consent.publisherHere, { tenant: publisher.displayName })
    : publisher.displayName;
  return html`${facts([
    [consent.publisher, name],
    [consent.publisherDomain, publisher.domain],
    [consent.application, html`<code>${app.appId}</code>`],
    ...(returnsTo === null ? [] : [[consent.returnsTo, html`<code>${returnsTo}</code>`] as const]),
  ])}${returnsTo === null && html`<p class="hint">${consent.staysHere}</p>`}`;
}

function permissions(texts: Texts, language: Language, screen: ConsentScreen): Html {
  const { consent } = texts;
  const { roles, scopes, lastConsentAt } = screen;
  const date = lastConsentAt === null ? '' : dateOf(lastConsentAt, language);
  if (roles.length + scopes.length === 0) return html`<p class="note">${consent.nothing}</p>`;
  const hasNew = lastConsentAt !== null && [...roles, ...scopes].some((each) => each.isNew);
  const list = (id: string, heading: string, hint: string | null, lines: readonly PermissionLine[]) =>
    lines.length > 0 &&
    html`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>${hint !== null && html`<p class="hint">${hint}</p>`}
<ul class="permissions">${lines.map((each) => line(texts, each, date))}</ul></section>`;
  return html`${hasNew && html`<p class="note">${fill(consent.newOnly, { date })}</p>`}
${list('as-app', consent.asApp, null, roles)}
${list('as-user', screen.reach === 'tenant' ? consent.asUsers : consent.asUser, consent.asUserHint, scopes)}`;
}

function line({ consent }: Texts, each: PermissionLine, date: string): Html {
  return html`<li><strong>${each.name}</strong>${each.isNew && date !== '' && html` <em class="mark-new">${fill(consent.isNew, { date })}</em>`}${each.isGranted && html` <em class="mark-old">${consent.grantedBefore}</em>`}
<p>${each.about}</p><p class="hint">${each.resource} · <code>${each.value}</code></p></li>`;
}

/** "3 February 2027" in the reader's language, in UTC as all our times. */
export function dateOf(at: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}
