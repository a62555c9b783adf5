// The portal's colours: Fluent's themes with our accent, and letters for each language.
import {
  type BrandVariants,
  createDarkTheme,
  createLightTheme,
  type Theme,
  teamsHighContrastTheme,
} from '@fluentui/react-components';
import type { Language } from '../i18n/languages.ts';
import { useMedia } from '../ui/media.ts';
import type { ThemeChoice } from './preferences.ts';

const brand: BrandVariants = {
  10: '#010505',
  20: '#05191b',
  30: '#052a2e',
  40: '#05363b',
  50: '#064348',
  60: '#085056',
  70: '#0a5d64',
  80: '#0b666f',
  90: '#1f7780',
  100: '#358891',
  110: '#4a98a1',
  120: '#60a8b1',
  130: '#78b9c0',
  140: '#92cad0',
  150: '#aedbe0',
  160: '#cdecef',
};

const fonts: Readonly<Record<Language, string>> = {
  en: '"Segoe UI", system-ui, Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
  fr: '"Segoe UI", system-ui, Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
  ja: '"Segoe UI", "Hiragino Kaku Gothic ProN", "Yu Gothic UI", Meiryo, "Noto Sans CJK JP", system-ui, sans-serif',
  ko: '"Segoe UI", "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR", system-ui, sans-serif',
  'zh-Hant': '"Segoe UI", "PingFang TC", "Microsoft JhengHei", "Noto Sans CJK TC", system-ui, sans-serif',
};

const light = createLightTheme(brand);
/** Accents on dark ground one step lighter than Fluent takes, for a contrast of 4.5. */
const dark: Theme = {
  ...createDarkTheme(brand),
  colorBrandForeground1: brand[130],
  colorBrandForegroundLink: brand[130],
  colorBrandForeground2: brand[140],
};

type ShownTheme = 'light' | 'dark' | 'contrast';

export function themeFor(shown: ShownTheme, language: Language): Theme {
  const theme = shown === 'contrast' ? teamsHighContrastTheme : shown === 'dark' ? dark : light;
  return { ...theme, fontFamilyBase: fonts[language] };
}

/** What a choice means now: "system" follows the reader's system, including forced colours. */
export function useShownTheme(choice: ThemeChoice): ShownTheme {
  const isDark = useMedia('(prefers-color-scheme: dark)');
  const isContrast = useMedia('(forced-colors: active)');
  if (choice !== 'system') return choice;
  if (isContrast) return 'contrast';
  return isDark ? 'dark' : 'light';
}
