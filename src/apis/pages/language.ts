// Which of our languages a page is shown in: the one that the address asks for, else the reader's first that we have.

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
  const parts = tag.toLowerCase().split('-');
  const [primary, ...rest] = parts;
  if (primary === 'zh') {
    return rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part)) ? 'zh-Hant' : undefined;
  }
  return languages.find((each) => each === primary);
}

const headerLengthMax = 1000;

/** The language for a request: `?lang=` if we have it, else by Accept-Language (RFC 9110 section 12.5.4), else English. */
export function negotiateLanguage(asked: unknown, acceptLanguage: string | undefined): Language {
  const named = typeof asked === 'string' ? languageOf(asked) : undefined;
  if (named) return named;
  const wishes = (acceptLanguage ?? '')
    .slice(0, headerLengthMax)
    .split(',')
    .map((wish, place) => {
      const [tag = '', ...parameters] = wish.trim().split(';');
      const quality = parameters.map((each) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(each)?.[1]).find(Boolean);
      return { tag, place, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter((wish) => wish.quality > 0)
    .sort((left, right) => right.quality - left.quality || left.place - right.place);
  for (const { tag } of wishes) {
    const language = languageOf(tag);
    if (language) return language;
  }
  return 'en';
}
