import { type Html, html } from './html.ts';
import { type Language, languageNames, languages } from './language.ts';
import type { Texts } from './texts.ts';

export interface Page {
  readonly language: Language;
  readonly texts: Texts;
  readonly title: string;
  /** Path that the language links lead to. */
  readonly path: '/' | '/setup';
  readonly main: Html;
  readonly hasScript: boolean;
}

const mark = html`<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false"><path d="M4 29V13L16 3l12 10v16h-8v-9a4 4 0 0 0-8 0v9z" fill="currentColor"/></svg>`;

/** A whole page: head, name, the page's own content, languages. Nothing in it is inline that a policy would have to allow. */
export function layout({ language, texts, title, path, main, hasScript }: Page): string {
  const links = languages.map(
    (each) =>
      html`<li><a href="${path}?lang=${each}" lang="${each}" hreflang="${each}"${each === language && html` aria-current="true"`}>${languageNames[each]}</a></li>`,
  );
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/setup/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/setup/page.css">
${hasScript && html`<script type="module" src="/setup/page.js"></script>`}
</head>
<body>
<header class="top"><a class="name" href="/">${mark}<span>Sallyport</span></a><p class="tagline">${texts.tagline}</p></header>
<main>${main}</main>
<footer>
<nav aria-label="${texts.language}"><ul class="languages">${links}</ul></nav>
<p>${texts.trademark}</p>
</footer>
</body>
</html>
`;
  return page.html;
}
