import { html } from '../../pages/html.ts';
import { findErrorRow } from '../error-table.ts';
import { facts, inputField } from './fields.ts';
import type { Screen } from './scene.ts';
import type { Texts } from './texts.ts';

/** What an error code means: the page that error_uri leads to. */
export function lookupScreen({ lookup }: Texts, asked: string | null): Screen {
  const number = /^(?:aadsts)?(\d{1,9})$/i.exec(asked?.trim() ?? '')?.[1];
  const row = number === undefined ? undefined : findErrorRow(Number(number));
  const answer = row
    ? html`<section aria-labelledby="found"><h2 id="found">AADSTS${Number(number)}</h2><p lang="en">${row.text.replace(/['"]?\{\w+\}['"]?/g, '…')}</p>
${facts([[lookup.oauth, html`<code>${row.error}</code> (HTTP ${row.status})`]])}</section>`
    : asked !== null && asked !== '' && html`<p class="note">${lookup.unknown}</p>`;
  const field = inputField({
    name: 'code',
    label: lookup.code,
    autocomplete: 'off',
    inputmode: 'text',
    lengthMax: 20,
    hint: lookup.codeHint,
    value: asked?.slice(0, 20),
  });
  return {
    title: lookup.heading,
    main: html`<article><h1>${lookup.heading}</h1>${answer}
<form method="get" action="/error">${field}<button class="button" type="submit">${lookup.submit}</button></form></article>`,
  };
}
