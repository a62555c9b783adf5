import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  makeStyles,
  Select,
} from '@fluentui/react-components';
import { useTexts } from '../i18n/texts.ts';
import { LanguageField } from './LanguageField.tsx';
import { type ThemeChoice, themes, usePreferences } from './preferences.ts';

const useStyles = makeStyles({ fields: { display: 'flex', flexDirection: 'column', gap: '16px' } });

/** Language, theme and time zone; a choice holds at once. */
export function PreferencesDialog({ onClose }: { onClose(): void }) {
  const styles = useStyles();
  const t = useTexts('common');
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('preferences.title')}</DialogTitle>
          <DialogContent className={styles.fields}>
            <LanguageField />
            <ThemeField />
            <TimeZoneField />
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              {t('action.close')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function ThemeField() {
  const t = useTexts('common');
  const { preferences, change } = usePreferences();
  return (
    <Field label={t('preferences.theme')}>
      <Select
        value={preferences.theme}
        onChange={(_event, { value }) => change({ theme: value as ThemeChoice })} // One of the options below.
      >
        {themes.map((each) => (
          <option key={each} value={each}>
            {t(`preferences.themes.${each}`)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function TimeZoneField() {
  const t = useTexts('common');
  const { preferences, change } = usePreferences();
  return (
    <Field label={t('preferences.timeZone')}>
      <Select value={preferences.timeZone} onChange={(_event, { value }) => change({ timeZone: value })}>
        <option value="">{t('preferences.browserZone')}</option>
        <option value="UTC">UTC</option>
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone}>
            {zone}
          </option>
        ))}
      </Select>
    </Field>
  );
}
