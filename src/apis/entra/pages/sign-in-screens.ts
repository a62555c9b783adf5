// The pages that take a user name and password, a code, and a new password.
import { fill } from '../../pages/fill.ts';
import { html } from '../../pages/html.ts';
import { inputField, problemBox } from './fields.ts';
import { type Step, stepPaths } from './scene.ts';
import type { Texts } from './texts.ts';

/** Which field a problem belongs to; null for the form as a whole. */
export interface Problem {
  readonly field: 'userName' | 'password' | 'code' | 'newPassword' | 'repeat' | null;
  readonly text: string;
  readonly status: number;
}

export interface SignInScreen {
  /** The application that the person is on the way to; null when the way leads elsewhere. */
  readonly app: string | null;
  /** Set when only people of this tenant may go on. */
  readonly tenant: string | null;
  readonly userName: string | null;
  readonly isAgain: boolean;
  readonly hasAccounts: boolean;
  readonly problem: Problem | null;
}

const userNameLengthMax = 113;
const passwordLengthMax = 256;

export function signInStep(texts: Texts, screen: SignInScreen): Step {
  const { signIn, choose, problems } = texts;
  const { app, tenant, problem } = screen;
  const about =
    app !== null && fill(tenant === null ? signIn.toApp : signIn.toAppOfTenant, { app, tenant: tenant ?? '' });
  const problemOf = (field: Problem['field']) => (problem?.field === field ? problem.text : null);
  return {
    title: signIn.heading,
    action: stepPaths.signIn,
    status: problem?.status ?? 200,
    head: html`<h1>${signIn.heading}</h1>
${about && html`<p class="lead">${about}</p>`}
${screen.isAgain && html`<p class="note">${signIn.again}</p>`}
${problemBox(problems.summary, problemOf(null))}`,
    body: html`${inputField({
      name: 'userName',
      label: signIn.userName,
      autocomplete: 'username',
      inputmode: 'email',
      lengthMax: userNameLengthMax,
      hint: signIn.userNameHint,
      value: screen.userName ?? undefined,
      problem: problemOf('userName'),
      hasFocus: screen.userName === null,
    })}
${inputField({
  name: 'password',
  label: signIn.password,
  type: 'password',
  autocomplete: 'current-password',
  lengthMax: passwordLengthMax,
  problem: problemOf('password'),
  hasFocus: screen.userName !== null,
})}
<button class="button" type="submit">${signIn.submit}</button>
${screen.hasAccounts && html`<p><button class="quiet" type="submit" formaction="${stepPaths.account}" formnovalidate name="account" value="list">${choose.heading}</button></p>`}`,
  };
}

export interface CodeScreen {
  readonly userName: string;
  readonly problem: Problem | null;
}

export function codeStep(texts: Texts, { userName, problem }: CodeScreen): Step {
  const { code, problems } = texts;
  return {
    title: code.heading,
    action: stepPaths.signIn,
    status: problem?.status ?? 200,
    head: html`<h1>${code.heading}</h1><p class="lead">${fill(code.intro, { userName })}</p>
${problemBox(problems.summary, problem?.field === null ? problem.text : null)}`,
    body: html`${codeField(texts, problem, true)}
<button class="button" type="submit">${code.submit}</button>
${otherAccountButton(texts)}`,
  };
}

function codeField({ code }: Texts, problem: Problem | null, hasFocus: boolean) {
  return inputField({
    name: 'code',
    label: code.code,
    autocomplete: 'one-time-code',
    lengthMax: 40,
    hint: code.codeHint,
    problem: problem?.field === 'code' ? problem.text : null,
    hasFocus,
  });
}

function otherAccountButton({ code }: Texts) {
  return html`<p><button class="quiet" type="submit" formaction="${stepPaths.account}" formnovalidate name="account" value="other">${code.other}</button></p>`;
}

export interface NewPasswordScreen {
  readonly userName: string;
  readonly needsCode: boolean;
  readonly passwordLengthMin: number;
  readonly problem: Problem | null;
}

export function newPasswordStep(texts: Texts, screen: NewPasswordScreen): Step {
  const { newPassword, problems } = texts;
  const { problem } = screen;
  const problemOf = (field: Problem['field']) => (problem?.field === field ? problem.text : null);
  return {
    title: newPassword.heading,
    action: stepPaths.signIn,
    status: problem?.status ?? 200,
    head: html`<h1>${newPassword.heading}</h1>
<p class="lead">${fill(newPassword.intro, { userName: screen.userName })}</p>
${problemBox(problems.summary, problemOf(null))}`,
    body: html`<input type="hidden" name="userName" autocomplete="username" value="${screen.userName}">
${inputField({
  name: 'newPassword',
  label: newPassword.newPassword,
  type: 'password',
  autocomplete: 'new-password',
  lengthMax: passwordLengthMax,
  hint: fill(newPassword.newPasswordHint, { minimum: screen.passwordLengthMin }),
  problem: problemOf('newPassword'),
  hasFocus: true,
})}
${inputField({
  name: 'repeat',
  label: newPassword.repeat,
  type: 'password',
  autocomplete: 'new-password',
  lengthMax: passwordLengthMax,
  problem: problemOf('repeat'),
})}
${screen.needsCode && codeField(texts, problem, false)}
<button class="button" type="submit">${newPassword.submit}</button>
${otherAccountButton(texts)}`,
  };
}
