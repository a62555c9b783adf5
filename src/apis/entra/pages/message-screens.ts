// Pages that end something: errors, what was granted, signed out, and the step back to an app by form.
import { fill } from '../../pages/fill.ts';
import { type Html, html } from '../../pages/html.ts';
import type { AnswerIds, EntraError } from '../errors.ts';
import { facts } from './fields.ts';
import type { Screen } from './scene.ts';
import type { Texts } from './texts.ts';

export type ErrorText = Exclude<keyof Texts['error'], 'heading' | 'details' | 'correlationId' | 'time'>;

const textByCode: Readonly<Record<number, ErrorText>> = {
  700016: 'unknownApplication',
  7000112: 'disabledApplication',
  50194: 'otherOrganisation',
  50011: 'redirectUri',
  900971: 'redirectUri',
  90002: 'unknownTenant',
  900023: 'unknownTenant',
  5000225: 'unknownTenant',
  50105: 'notAssigned',
  90055: 'throttled',
  90033: 'other',
  90006: 'other',
};

/** An error that cannot go to the application: in words, with what its operator needs to find the cause. */
export function errorScreen(texts: Texts, error: EntraError, ids: AnswerIds, now: number, said?: ErrorText): Screen {
  const { error: words } = texts;
  const text = said ?? textByCode[error.code] ?? 'badRequest';
  return {
    title: words.heading,
    status: error.row.status,
    main: html`<article><h1>${words.heading}</h1><p class="lead" role="alert">${words[text]}</p>
<section aria-labelledby="details"><h2 id="details">${words.details}</h2>
<pre lang="en"><code>AADSTS${error.code}: ${error.message}</code></pre>
${facts([
  [words.correlationId, html`<code>${ids.traceId}</code>`],
  [words.time, `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')} UTC`],
])}</section></article>`,
  };
}

export interface PartnerEnd {
  readonly app: string;
  readonly publisher: string;
  readonly tenant: { readonly id: string; readonly displayName: string; readonly domain: string | null };
}

/** The end of a consent link that leads back to nobody: what the partner has to be told (and no code). */
export function partnerScreen({ partner }: Texts, { app, publisher, tenant }: PartnerEnd): Screen {
  const title = fill(partner.heading, { app, tenant: tenant.displayName });
  return {
    title,
    main: html`<article><h1>${title}</h1><p class="lead">${fill(partner.intro, { publisher })}</p>
${facts([
  [partner.tenantId, html`<code id="tenant-id">${tenant.id}</code>`],
  [partner.tenantName, tenant.displayName],
  [partner.domain, tenant.domain],
])}
<p class="hint">${partner.revoke}</p></article>`,
  };
}

export function declinedScreen({ partner }: Texts, app: string, tenant: string): Screen {
  return message(partner.declinedHeading, html`<p>${fill(partner.declined, { app, tenant })}</p>`);
}

/** `form_post` (OAuth 2.0 Form Post Response Mode section 2): the answer as a form, sent by script or by the person. */
export function formPostScreen(texts: Texts, uri: string, members: readonly (readonly [string, string])[]): Screen {
  const { leaving } = texts;
  const fields = members.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  return {
    title: leaving.heading,
    main: html`<article><h1>${leaving.heading}</h1><p class="lead">${fill(leaving.intro, { host: new URL(uri).host })}</p>
<form id="answer" method="post" action="${uri}">${fields}
<button class="button" type="submit">${leaving.submit}</button></form></article>`,
  };
}

export function nativeScreen({ native }: Texts): Screen {
  return message(native.heading, html`<p>${native.intro}</p>`);
}

export function deviceEndScreen({ device }: Texts, isApproved: boolean, app: string): Screen {
  return isApproved
    ? message(device.approvedHeading, html`<p>${fill(device.approved, { app })}</p>`)
    : message(device.declinedHeading, html`<p>${device.declined}</p>`);
}

export function signedOutScreen({ signOut }: Texts): Screen {
  return message(signOut.doneHeading, html`<p>${signOut.done}</p>`);
}

function message(title: string, body: Html): Screen {
  return { title, main: html`<article><h1>${title}</h1>${body}</article>` };
}
