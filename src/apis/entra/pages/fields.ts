import { type Html, html } from '../../pages/html.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly autocomplete: string;
  readonly inputmode?: 'email' | 'numeric' | 'text';
  readonly lengthMax: number;
  readonly hint?: string;
  readonly value?: string | undefined;
  readonly problem?: string | null | undefined;
  readonly hasFocus?: boolean;
}

/** One field with its label, its hint and what is wrong with it. */
export function inputField(field: Field): Html {
  const { name, problem = null } = field;
  const described = [field.hint === undefined ? '' : `${name}-hint`, problem === null ? '' : `${name}-error`];
  const describedBy = described.filter(Boolean).join(' ');
  return html`<div class="field"><label for="${name}">${field.label}</label>
<input id="${name}" name="${name}" type="${field.type ?? 'text'}" required maxlength="${field.lengthMax}" autocomplete="${field.autocomplete}" autocapitalize="none" autocorrect="off" spellcheck="false"${field.inputmode !== undefined && html` inputmode="${field.inputmode}"`}${field.value !== undefined && html` value="${field.value}"`}${describedBy !== '' && html` aria-describedby="${describedBy}"`}${problem !== null && html` aria-invalid="true"`}${field.hasFocus && html` autofocus`}>
${field.hint !== undefined && html`<p class="hint" id="${name}-hint">${field.hint}</p>`}
${problem !== null && html`<p class="error" id="${name}-error">${problem}</p>`}</div>`;
}

/** What is wrong with a form as a whole. */
export function problemBox(summary: string, problem: string | null): Html | null {
  if (problem === null) return null;
  return html`<div class="problem" role="alert"><h2>${summary}</h2><p>${problem}</p></div>`;
}

/** Names and values, one below the other. */
export function facts(rows: readonly (readonly [string, Html | string | null])[]): Html {
  const shown = rows.filter(([, value]) => value !== null);
  return html`<dl class="facts">${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
