// The frame of every page that the server itself renders, with or without script: set-up, sign-in, consent.
import { type Html, html } from './html.ts';
import type { Language } from './language.ts';

/** The texts around a page's own content. */
export interface FrameTexts {
  readonly tagline: string;
  readonly language: string;
  readonly trademark: string;
}

export interface Page {
  readonly language: Language;
  readonly texts: FrameTexts;
  readonly title: string;
  readonly main: Html;
  /** How the reader changes the language: a list of links or of buttons; null where there is no way to. */
  readonly languages: Html | null;
  /** Path of a style besides the common one. */
  readonly style?: string;
  /** Path of the page's script; null for a page without one. */
  readonly script: string | null;
}

/** Where the style and the mark of the pages are served. */
export const pageStylePath = '/setup/page.css';
export const pageIconPath = '/setup/icon.svg';

const mark = html`<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false"><path d="M4 29V13L16 3l12 10v16h-8v-9a4 4 0 0 0-8 0v9z" fill="currentColor"/></svg>`;

/** A whole page: head, name, the page's own content, languages. Nothing in it is inline that a policy would have to allow. */
export function layout({ language, texts, title, main, languages, style, script }: Page): string {
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${pageIconPath}" type="image/svg+xml">
<link rel="stylesheet" href="${pageStylePath}">
${style !== undefined && html`<link rel="stylesheet" href="${style}">`}
${script !== null && html`<script type="module" src="${script}"></script>`}
</head>
<body>
<header class="top"><a class="name" href="/">${mark}<span>Sallyport</span></a><p class="tagline">${texts.tagline}</p></header>
<main>${main}</main>
<footer>
${languages !== null && html`<nav aria-label="${texts.language}">${languages}</nav>`}
<p>${texts.trademark}</p>
</footer>
</body>
</html>
`;
  return page.html;
}
