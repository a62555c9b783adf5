// What a reader chose for this browser: language, theme, time zone. Nothing secret; it may be lost at any time.
import { createContext, useContext, useEffect } from 'react';
import { detectLanguage, type Language, languageOf } from '../i18n/languages.ts';

export const themes = ['system', 'light', 'dark', 'contrast'] as const;
export type ThemeChoice = (typeof themes)[number];

export interface Preferences {
  readonly language: Language;
  readonly theme: ThemeChoice;
  /** IANA name; empty for the browser's own. */
  readonly timeZone: string;
  /** The list of first steps is not shown at home. */
  readonly hidesFirstSteps: boolean;
}

const storageKey = 'sallyport.preferences';

export function readPreferences(): Preferences {
  const stored = readStored();
  const asked = new URLSearchParams(location.search).get('lang');
  const language = [asked, stored.language].flatMap((tag) =>
    typeof tag === 'string' ? (languageOf(tag) ?? []) : [],
  )[0];
  return {
    language: language ?? detectLanguage(navigator.languages),
    theme: themes.find((each) => each === stored.theme) ?? 'system',
    timeZone: typeof stored.timeZone === 'string' && isTimeZone(stored.timeZone) ? stored.timeZone : '',
    hidesFirstSteps: stored.hidesFirstSteps === true,
  };
}

export function writePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(preferences));
  } catch {
    // A browser that stores nothing still shows the portal.
  }
}

/** What is chosen in one window holds in all of them. */
export function useOtherWindows(take: (preferences: Preferences) => void): void {
  useEffect(() => {
    const read = ({ key }: StorageEvent) => key === storageKey && take(readPreferences());
    addEventListener('storage', read);
    return () => removeEventListener('storage', read);
  }, [take]);
}

function readStored(): Readonly<Record<string, unknown>> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  } catch {
    return {};
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

interface PreferencesValue {
  readonly preferences: Preferences;
  change(part: Partial<Preferences>): void;
}

export const PreferencesContext = createContext<PreferencesValue | undefined>(undefined);

export function usePreferences(): PreferencesValue {
  const value = useContext(PreferencesContext);
  if (!value) throw new Error('usePreferences outside of the portal.');
  return value;
}
