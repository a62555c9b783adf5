// The texts of the command line. They live in web/locales/<language>/cli.json; English fills in for whatever is missing.
import { readFileSync } from 'node:fs';
import { createInstance, type i18n } from 'i18next';
import type english from '../../web/locales/en/cli.json';

export const languages = ['en', 'ja', 'zh-Hant', 'fr', 'ko'] as const;
export type Language = (typeof languages)[number];

type Leaves<Tree, Prefix extends string = ''> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? `${Prefix}${Key}` : Leaves<Tree[Key], `${Prefix}${Key}.`>;
}[keyof Tree & string];

/** Every key of cli.json, nested by command: `token.generate.summary`. */
export type TextKey = Leaves<typeof english>;
export type TextValues = Readonly<Record<string, string | number>>;
export type Translate = (key: TextKey, values?: TextValues) => string;

/**
 * The language that a locale name or a language tag asks for (`ja_JP.UTF-8`, `zh-Hant-TW`, `fr`); undefined when it is
 * none of ours. Chinese is Traditional only where the tag says so: another script in its place would read as a mistake.
 */
export function findLanguage(tag: string): Language | undefined {
  const parts = tag
    .replace(/[.@].*$/, '')
    .toLowerCase()
    .split(/[-_]/);
  switch (parts[0]) {
    case 'en':
    case 'c':
    case 'posix':
      return 'en';
    case 'ja':
    case 'fr':
    case 'ko':
      return parts[0];
    case 'zh':
      return !parts.includes('hans') && parts.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part))
        ? 'zh-Hant'
        : undefined;
    default:
      return undefined;
  }
}

/** Loads one language, and English for what it lacks. */
export function openTexts(language: Language): Translate {
  const texts: i18n = createInstance();
  const wanted = language === 'en' ? (['en'] as const) : ([language, 'en'] as const);
  void texts.init({
    lng: language,
    fallbackLng: 'en',
    initAsync: false,
    interpolation: { escapeValue: false, skipOnVariables: true },
    resources: Object.fromEntries(wanted.map((each) => [each, { translation: readTexts(each) }])),
  });
  return (key, values) => texts.t(key, { ...values });
}

function readTexts(language: Language): Record<string, unknown> {
  const file = new URL(`../../web/locales/${language}/cli.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>; // Its shape is tested, not checked at start.
}
