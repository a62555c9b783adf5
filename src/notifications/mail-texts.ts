// Mails in the recipient's language, as plain text and as HTML. What comes from records is shown as it is, in one line, and
// can begin neither a header nor a tag.
import en from '../../web/locales/en/mail.json' with { type: 'json' };
import fr from '../../web/locales/fr/mail.json' with { type: 'json' };
import ja from '../../web/locales/ja/mail.json' with { type: 'json' };
import ko from '../../web/locales/ko/mail.json' with { type: 'json' };
import zhHant from '../../web/locales/zh-Hant/mail.json' with { type: 'json' };
import { escapeHtml } from '../lib/html.ts';
import type { MailLanguage } from './languages.ts';

type Texts = typeof en;
const textsOf: Readonly<Record<MailLanguage, Texts>> = { en, fr, ja, ko, 'zh-Hant': zhHant };

export type MailKind = Exclude<keyof Texts, 'labels' | 'severities' | 'footer'>;
export type MailLabel = keyof Texts['labels'];

export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface MailContent {
  readonly kind: MailKind;
  readonly tenant: string;
  /** What the texts of this kind name. */
  readonly values: Readonly<Record<string, string>>;
  /** Shown below each other; those that are empty are left out. */
  readonly rows: readonly (readonly [MailLabel, string])[];
}

const subjectMax = 150;
const valueMax = 2000;

/** The word for a severity (`high`) in this language. */
export function severityWord(language: MailLanguage, severity: keyof Texts['severities']): string {
  return textsOf[language].severities[severity];
}

/** The mail in one language. */
export function writeMail(language: MailLanguage, { kind, tenant, values, rows }: MailContent): MailText {
  const texts = textsOf[language];
  const named = { ...values, tenant };
  const { subject, intro, hint } = texts[kind];
  const shown = rows.map(([label, value]) => [texts.labels[label], oneLine(value, valueMax)] as const);
  const filled = shown.filter(([, value]) => value !== '');
  const [first, last, footer] = [intro, hint, texts.footer].map((text) => fill(text, named, valueMax));
  return {
    subject: oneLine(fill(subject, named, subjectMax), subjectMax),
    text: `${first}\n\n${filled.map(([label, value]) => `${label}: ${value}`).join('\n')}\n\n${last}\n\n-- \n${footer}\n`,
    html:
      `<!doctype html><html lang="${language}"><body><p>${escapeHtml(first ?? '')}</p><table>` +
      filled
        .map(([label, value]) => `<tr><th align="left">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`)
        .join('') +
      `</table><p>${escapeHtml(last ?? '')}</p><hr><p><small>${escapeHtml(footer ?? '')}</small></p></body></html>`,
  };
}

function fill(text: string, values: Readonly<Record<string, string>>, max: number): string {
  return text.replace(/{{(\w+)}}/g, (_, name: string) => oneLine(values[name] ?? '', max));
}

/** Without control characters and marks that turn or hide text; at most so long. */
function oneLine(text: string, max: number): string {
  const line = text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const letters = [...line];
  return letters.length <= max ? line : `${letters.slice(0, max - 1).join('')}…`;
}
