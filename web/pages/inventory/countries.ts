import { useMemo } from 'react';
import { usePreferences } from '../../app/preferences.ts';

/** Names of countries by ISO 3166-1 alpha-2, in the reader's language; what is no such code stays as it is. */
export function useCountryName(): (code: string) => string {
  const { language } = usePreferences().preferences;
  return useMemo(() => {
    const names = new Intl.DisplayNames([language], { type: 'region' });
    return (code) => (/^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code);
  }, [language]);
}
