// The texts of sign-in, consent and what belongs to them, and the permissions of our APIs in words. English gives the keys.
import enPermissions from '../../../../web/locales/en/permissions.json' with { type: 'json' };
import en from '../../../../web/locales/en/signin.json' with { type: 'json' };
import frPermissions from '../../../../web/locales/fr/permissions.json' with { type: 'json' };
import fr from '../../../../web/locales/fr/signin.json' with { type: 'json' };
import jaPermissions from '../../../../web/locales/ja/permissions.json' with { type: 'json' };
import ja from '../../../../web/locales/ja/signin.json' with { type: 'json' };
import koPermissions from '../../../../web/locales/ko/permissions.json' with { type: 'json' };
import ko from '../../../../web/locales/ko/signin.json' with { type: 'json' };
import zhHantPermissions from '../../../../web/locales/zh-Hant/permissions.json' with { type: 'json' };
import zhHant from '../../../../web/locales/zh-Hant/signin.json' with { type: 'json' };
import type { Language } from '../../pages/language.ts';

export type Texts = typeof en;

export const textsOf: Readonly<Record<Language, Texts>> = { en, fr, ja, ko, 'zh-Hant': zhHant };

/** A permission as somebody reads it who does not know its name. */
export interface PermissionWords {
  readonly name: string;
  readonly about: string;
}

const permissionsOf: Readonly<Record<Language, Readonly<Record<string, PermissionWords>>>> = {
  en: enPermissions,
  fr: frPermissions,
  ja: jaPermissions,
  ko: koPermissions,
  'zh-Hant': zhHantPermissions,
};

/** The words for a permission of one of our APIs by its name; undefined for those that an application offers itself. */
export function wordsForPermission(language: Language, value: string): PermissionWords | undefined {
  const words = permissionsOf[language];
  return Object.hasOwn(words, value) ? words[value] : undefined;
}
