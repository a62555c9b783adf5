// The two pages for somebody who signs in on another device: the code, and whether it was really they who asked.
import { fill } from '../../pages/fill.ts';
import { html } from '../../pages/html.ts';
import { facts, inputField } from './fields.ts';
import { type Screen, type Step, stepPaths } from './scene.ts';
import type { Texts } from './texts.ts';

export const deviceCodePath = '/common/oauth2/deviceauth';

/** `token` binds the form to the browser that it was shown in. */
export function userCodeScreen(
  { device }: Texts,
  token: string,
  typed: string,
  problem: { readonly text: string; readonly status: number } | null,
): Screen {
  const field = inputField({
    name: 'user_code',
    label: device.code,
    autocomplete: 'off',
    lengthMax: 40,
    hint: device.codeHint,
    value: typed === '' ? undefined : typed,
    problem: problem?.text,
    hasFocus: true,
  });
  return {
    title: device.heading,
    status: problem?.status ?? 200,
    main: html`<article><h1>${device.heading}</h1><p class="lead">${device.intro}</p>
<form method="post" action="${deviceCodePath}"><input type="hidden" name="sealed" value="${token}">${field}
<button class="button" type="submit">${device.submit}</button></form></article>`,
  };
}

export interface DeviceScreen {
  readonly app: { readonly displayName: string; readonly appId: string };
  readonly publisher: string;
  readonly userName: string;
  readonly tenantName: string;
  readonly userCode: string;
  /** Country and network of the address; null when unknown. */
  readonly place: string | null;
  readonly address: string;
  readonly program: string | null;
}

export function deviceStep(texts: Texts, screen: DeviceScreen): Step {
  const { device, consent } = texts;
  const title = fill(device.confirmHeading, { app: screen.app.displayName });
  return {
    title,
    action: stepPaths.device,
    head: html`<h1>${title}</h1><p class="note">${device.confirm}</p>
${facts([
  [device.app, screen.app.displayName],
  [consent.application, html`<code>${screen.app.appId}</code>`],
  [device.publisher, screen.publisher],
  [device.from, screen.place ?? device.fromUnknown],
  [device.address, html`<code>${screen.address}</code>`],
  [device.program, screen.program],
  [device.code, html`<code>${screen.userCode}</code>`],
  [device.account, `${screen.userName} (${screen.tenantName})`],
])}`,
    body: html`<div class="decision"><button class="button" type="submit" name="decision" value="accept">${device.approve}</button>
<button class="button second" type="submit" name="decision" value="decline">${device.decline}</button></div>
<p><button class="quiet" type="submit" formaction="${stepPaths.account}" formnovalidate name="account" value="other">${consent.switch}</button></p>`,
  };
}
