import { LinkTabs } from '../../components/LinkTabs.tsx';
import { useTexts } from '../../i18n/texts.ts';

/** The pages of Settings > Cloud discovery. */
export function SettingsTabs() {
  const t = useTexts('discovery');
  return (
    <LinkTabs
      label={t('settings.label')}
      tabs={[
        { text: t('settings.tags'), to: '/settings/cloud-discovery' },
        { text: t('settings.weights'), to: '/settings/cloud-discovery/score-metrics' },
        { text: t('settings.customApps'), to: '/settings/cloud-discovery/custom-apps' },
        { text: t('settings.reports'), to: '/settings/cloud-discovery/reports' },
      ]}
    />
  );
}
