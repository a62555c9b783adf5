import { LinkTabs } from '../../components/LinkTabs.tsx';
import { useTexts } from '../../i18n/texts.ts';

/** The pages of Settings > Automatic log upload. */
export function UploadTabs() {
  const t = useTexts('common');
  return (
    <LinkTabs
      label={t('nav.automatic-log-upload')}
      tabs={[
        { text: t('nav.data-sources'), to: '/settings/log-upload/data-sources' },
        { text: t('nav.log-collectors'), to: '/settings/log-upload/log-collectors' },
      ]}
    />
  );
}
