// The texts of the set-up pages, one file a language. English gives the keys; a test holds the others to them.
import en from '../../../web/locales/en/setup.json' with { type: 'json' };
import fr from '../../../web/locales/fr/setup.json' with { type: 'json' };
import ja from '../../../web/locales/ja/setup.json' with { type: 'json' };
import ko from '../../../web/locales/ko/setup.json' with { type: 'json' };
import zhHant from '../../../web/locales/zh-Hant/setup.json' with { type: 'json' };
import type { Language } from '../pages/language.ts';

export type Texts = typeof en;

export const textsOf: Readonly<Record<Language, Texts>> = { en, fr, ja, ko, 'zh-Hant': zhHant };
