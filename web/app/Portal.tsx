import { createDOMRenderer, FluentProvider, RendererProvider, Spinner } from '@fluentui/react-components';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { i18n } from 'i18next';
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { I18nextProvider } from 'react-i18next';
import { FormatContext, makeFormat } from '../i18n/format.ts';
import { queryClient, router } from '../routes.tsx';
import { type Preferences, PreferencesContext, useOtherWindows, writePreferences } from './preferences.ts';
import { themeFor, useShownTheme } from './theme.ts';

/** Fluent makes style elements as components appear; the page's policy takes those that carry its nonce. */
const renderer = createDOMRenderer(document, {
  styleElementAttributes: { nonce: document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '' },
});

/** Everything around the routes: styles, theme, language, data. */
export function Portal({ texts, preferences: first }: { texts: i18n; preferences: Preferences }) {
  const [preferences, setPreferences] = useState(first);
  const { language, theme, timeZone } = preferences;
  const shown = useShownTheme(theme);
  useEffect(() => {
    document.documentElement.dataset.theme = shown;
  }, [shown]);
  useEffect(() => {
    // Said when it is so: until the texts are there the page speaks the language before.
    void texts.changeLanguage(language).then(() => {
      document.documentElement.lang = texts.language;
    });
  }, [texts, language]);
  useOtherWindows(setPreferences);
  const change = useCallback((part: Partial<Preferences>) => {
    setPreferences((before) => {
      const after = { ...before, ...part };
      writePreferences(after);
      return after;
    });
  }, []);
  const value = useMemo(() => ({ preferences, change }), [preferences, change]);
  const format = useMemo(() => makeFormat(language, timeZone), [language, timeZone]);

  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={themeFor(shown, language)} style={{ minHeight: '100%' }}>
        <I18nextProvider i18n={texts}>
          <PreferencesContext value={value}>
            <FormatContext value={format}>
              <QueryClientProvider client={queryClient}>
                <Suspense fallback={<Spinner aria-label={document.title} />}>
                  <RouterProvider router={router} />
                </Suspense>
              </QueryClientProvider>
            </FormatContext>
          </PreferencesContext>
        </I18nextProvider>
      </FluentProvider>
    </RendererProvider>
  );
}
