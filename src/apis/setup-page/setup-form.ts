import { fill } from '../pages/fill.ts';
import { type Html, html } from '../pages/html.ts';
import { type FormField, type FormProblem, formFields, problemsByCode } from './form-errors.ts';
import type { Texts } from './texts.ts';

export interface SetupForm {
  /** True while the deployment has no tenant: the form then also names the organisation. */
  readonly isFirst: boolean;
  /** Host that tenants' own hosts are below. */
  readonly genericHost: string;
  readonly passwordLengthMin: number;
  /** What was typed before, without the password. */
  readonly typed: Partial<Record<FormField, string>>;
  readonly problem: FormProblem | null;
}

interface FieldKind {
  readonly type?: 'text' | 'password';
  readonly autocomplete: string;
  readonly inputmode?: 'email' | 'url';
  readonly lengthMax: number;
  readonly hint?: string;
  /** Words of another script than the reader's must not be auto-corrected. */
  readonly isName?: true;
}

/** The set-up form: works as a plain form; the script adds taking the code from the link and answering in place. */
export function setupForm(texts: Texts, form: SetupForm): Html {
  const { fields, form: words } = texts;
  const minimum = { minimum: form.passwordLengthMin };
  const field = (name: FormField, kind: FieldKind) => oneField(texts, form, name, kind);
  return html`<article>
<h1>${form.isFirst ? words.headingFirst : words.headingTenant}</h1>
<p class="lead">${form.isFirst ? words.introFirst : words.introTenant}</p>
<div id="summary" class="problem" role="alert" tabindex="-1"${form.problem === null && html` hidden`}>
<h2>${texts.errors.summary}</h2><p id="summary-text">${form.problem?.field === null && errorText(texts, form, form.problem.text)}</p></div>
<form id="setup" method="post" action="/setup" data-texts="${scriptTexts(texts, form)}">
<p id="code-taken" class="note" hidden>${words.codeTaken}</p>
<div id="code-part">${field('code', { autocomplete: 'off', lengthMax: 200, hint: fields.codeHint })}</div>
${
  form.isFirst &&
  html`<fieldset><legend>${words.organisation}</legend>
${field('displayName', { autocomplete: 'organization', lengthMax: 256, hint: fields.displayNameHint, isName: true })}
${field('slug', { autocomplete: 'off', lengthMax: 40, hint: fill(fields.slugHint, { host: form.genericHost }) })}
${field('domain', { autocomplete: 'off', inputmode: 'url', lengthMax: 48, hint: fields.domainHint })}
</fieldset>`
}
<fieldset><legend>${words.administrator}</legend>
${field('userDisplayName', { autocomplete: 'name', lengthMax: 256, isName: true })}
${field('userName', { autocomplete: 'username', inputmode: 'email', lengthMax: 113, hint: fields.userNameHint })}
${field('password', { type: 'password', autocomplete: 'new-password', lengthMax: 256, hint: fill(fields.passwordHint, minimum) })}
<button id="show-password" class="quiet" type="button" aria-controls="password" hidden>${words.showPassword}</button>
</fieldset>
<button class="button" id="submit" type="submit">${words.submit}</button>
</form></article>
<template id="done">${doneArticle(texts, { organisation: '', userName: '', url: '', signInUrl: '' })}</template>`;
}

function oneField(texts: Texts, form: SetupForm, name: FormField, kind: FieldKind): Html {
  const problem = form.problem?.field === name ? errorText(texts, form, form.problem.text) : null;
  const described = [kind.hint === undefined ? '' : `${name}-hint`, `${name}-error`].filter(Boolean).join(' ');
  const plain = !kind.isName && html` autocapitalize="none" autocorrect="off" spellcheck="false"`;
  const inputMode = kind.inputmode !== undefined && html` inputmode="${kind.inputmode}"`;
  const typed = name === 'password' ? undefined : form.typed[name];
  return html`<div class="field"><label for="${name}">${texts.fields[name]}</label>
<input id="${name}" name="${name}" type="${kind.type ?? 'text'}" required maxlength="${kind.lengthMax}" autocomplete="${kind.autocomplete}"${plain}${inputMode}${typed !== undefined && html` value="${typed}"`} aria-describedby="${described}"${problem !== null && html` aria-invalid="true"`}>
${kind.hint !== undefined && html`<p class="hint" id="${name}-hint">${kind.hint}</p>`}
<p class="error" id="${name}-error">${problem}</p></div>`;
}

function errorText(texts: Texts, form: SetupForm, key: keyof Texts['errors']): string {
  return fill(texts.errors[key], { minimum: form.passwordLengthMin });
}

/** What the script needs to say, as JSON in an attribute: a policy without inline scripts allows that. */
function scriptTexts(texts: Texts, form: SetupForm): string {
  const say = (key: keyof Texts['errors']) => errorText(texts, form, key);
  const byCode = Object.entries(problemsByCode).map(([code, { field, text }]) => [code, { field, text: say(text) }]);
  return JSON.stringify({
    byField: Object.fromEntries(formFields.map((name) => [name, say(name)])),
    byCode: Object.fromEntries(byCode),
    other: say('other'),
    working: texts.form.working,
    showPassword: texts.form.showPassword,
    hidePassword: texts.form.hidePassword,
    doneTitle: texts.done.title,
    doneHeading: texts.done.heading,
    doneIntro: texts.done.intro,
  });
}

export interface Done {
  readonly organisation: string;
  readonly userName: string;
  /** The tenant's own address. */
  readonly url: string;
  /** The generic address, which every client can resolve. */
  readonly signInUrl: string;
}

/** What follows a finished set-up. The script fills the same markup, so its changing parts have ids. */
export function doneArticle(texts: Texts, { organisation, userName, url, signInUrl }: Done): Html {
  const { done, landing } = texts;
  return html`<article>
<h1 id="done-heading" tabindex="-1">${fill(done.heading, { organisation })}</h1>
<p class="lead" id="done-intro">${fill(done.intro, { userName })}</p>
<section aria-labelledby="done-sign-in"><h2 id="done-sign-in">${done.signInHeading}</h2>
<pre><code id="done-command">sallyport login ${signInUrl} --user ${userName}</code></pre>
<p class="hint">${landing.caFile}</p>
<p>${done.secondFactor}</p>
<pre><code>sallyport second-factor enrol</code></pre></section>
<section aria-labelledby="done-address"><h2 id="done-address">${done.addressHeading}</h2>
<p><a id="done-url" href="${url}">${url}</a></p></section>
</article>`;
}
