// The portal's languages: texts lie in web/locales/<language>/portal-<area>.json, one file an area, loaded when a page of
// that area is opened. test/architecture.test.ts holds all languages to the keys of English.
import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Areas } from './areas.ts';
import { isolated } from './isolate.ts';

export const languages = ['en', 'ja', 'zh-Hant', 'fr', 'ko'] as const;
export type Language = (typeof languages)[number];

/** Each language's name for itself. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  ja: '日本語',
  'zh-Hant': '繁體中文',
  fr: 'Français',
  ko: '한국어',
};

/** Our language for a tag (BCP 47): "fr-CA" is French, "zh-TW" is Traditional Chinese, "zh-CN" is none of ours. */
export function languageOf(tag: string): Language | undefined {
  const [primary, ...rest] = tag.toLowerCase().split('-');
  if (primary === 'zh') {
    return rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part)) ? 'zh-Hant' : undefined;
  }
  return languages.find((each) => each === primary);
}

/** The first of the reader's languages that we have; English where we have none. */
export function detectLanguage(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    const language = languageOf(wish);
    if (language) return language;
  }
  return 'en';
}

let opened: Promise<i18n> | undefined;

/** Loads the common texts of one language; other areas follow with their pages. */
export function openLanguages(language: Language): Promise<i18n> {
  opened = open(language);
  return opened;
}

/** Loads the texts of an area in the page's language, and with each change of it. Texts that do not come are asked for again where they are shown. */
export async function loadArea(area: keyof Areas): Promise<void> {
  const texts = await opened;
  await texts?.loadNamespaces(area);
}

async function open(language: Language): Promise<i18n> {
  const texts = createInstance();
  await texts
    .use({
      type: 'backend' as const,
      read: (lng: string, namespace: string) => loadTexts(lng, namespace),
    })
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: false,
      ns: ['common'],
      defaultNS: 'common',
      // React escapes what is shown; here only what would turn the sentence around it is taken out.
      interpolation: { escapeValue: true, escape: isolated, skipOnVariables: true },
      react: { useSuspense: true },
    });
  return texts;
}

async function loadTexts(language: string, area: string): Promise<Record<string, unknown>> {
  const { default: texts } = (await import(`../locales/${language}/portal-${area}.json`)) as {
    default: Record<string, unknown>; // What a JSON module is; its keys are tested.
  };
  return texts;
}
