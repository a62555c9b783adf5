import { Field, Select } from '@fluentui/react-components';
import { type Language, languageNames, languages } from '../i18n/languages.ts';
import { useTexts } from '../i18n/texts.ts';
import { usePreferences } from './preferences.ts';

/** The reader's language; a choice holds at once. */
export function LanguageField() {
  const t = useTexts('common');
  const { preferences, change } = usePreferences();
  return (
    <Field label={t('preferences.language')}>
      <Select
        value={preferences.language}
        onChange={(_event, { value }) => change({ language: value as Language })} // One of the options below.
      >
        {languages.map((each) => (
          <option key={each} value={each} lang={each}>
            {languageNames[each]}
          </option>
        ))}
      </Select>
    </Field>
  );
}
