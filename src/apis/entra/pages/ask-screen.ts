// For people who may not grant what an application asks for: the way to somebody who may.
import { fill } from '../../pages/fill.ts';
import { html } from '../../pages/html.ts';
import { facts, problemBox } from './fields.ts';
import { type Screen, type Step, stepPaths } from './scene.ts';
import type { Texts } from './texts.ts';

export interface AskScreen {
  readonly app: { readonly displayName: string; readonly appId: string };
  readonly tenantName: string;
  readonly userName: string;
  /** A role of this person that could grant it if it were activated. */
  readonly dormantRole: string | null;
  /** False where the tenant switched requests off. */
  readonly isPossible: boolean;
  readonly reason: string;
  readonly reasonLengthMax: number;
  /** Permissions by their names, one a line. */
  readonly permissions: readonly string[];
  /** True when the page can lead back to the application. */
  readonly hasWayBack: boolean;
  readonly problem: string | null;
}

export function askStep(texts: Texts, screen: AskScreen): Step {
  const { ask, consent, problems } = texts;
  const values = { app: screen.app.displayName, tenant: screen.tenantName, role: screen.dormantRole ?? '' };
  const { problem } = screen;
  const described = problem === null ? 'reason-hint' : 'reason-hint reason-error';
  return {
    title: ask.heading,
    action: stepPaths.ask,
    status: problem === null ? 200 : 400,
    head: html`<h1>${ask.heading}</h1><p class="lead">${fill(ask.intro, values)}</p>
${screen.dormantRole !== null && html`<p class="note">${fill(ask.dormant, values)}</p>`}
${problemBox(problems.summary, problem)}
${facts([[consent.application, html`<code>${screen.app.appId}</code>`]])}
<ul class="plain">${screen.permissions.map((each) => html`<li>${each}</li>`)}</ul>`,
    body: html`${
      screen.isPossible
        ? html`<div class="field"><label for="reason">${ask.reason}</label>
<textarea id="reason" name="reason" rows="3" required maxlength="${screen.reasonLengthMax}" aria-describedby="${described}"${problem !== null && html` aria-invalid="true"`}>${screen.reason}</textarea>
<p class="hint" id="reason-hint">${fill(ask.reasonHint, values)}</p>${problem !== null && html`<p class="error" id="reason-error">${problem}</p>`}</div>
<button class="button" type="submit" name="decision" value="ask">${ask.submit}</button>`
        : html`<p class="note">${ask.notPossible}</p>`
    }
${backButton(texts, screen.hasWayBack)}
<p class="hint">${fill(consent.signedInAs, { userName: screen.userName })} <button class="quiet" type="submit" formaction="${stepPaths.account}" formnovalidate name="account" value="other">${consent.switch}</button></p>`,
  };
}

function backButton({ ask }: Texts, hasWayBack: boolean) {
  return (
    hasWayBack &&
    html`<p><button class="quiet" type="submit" formnovalidate name="decision" value="back">${ask.back}</button></p>`
  );
}

/** The request is with the administrators. */
export function askedScreen({ ask }: Texts, tenant: string): Screen {
  return {
    title: ask.sentHeading,
    main: html`<article><h1>${ask.sentHeading}</h1><p>${fill(ask.sent, { tenant })}</p></article>`,
  };
}
