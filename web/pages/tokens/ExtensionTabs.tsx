import { LinkTabs } from '../../components/LinkTabs.tsx';
import { useTexts } from '../../i18n/texts.ts';

/** The pages of Settings > Security extensions. */
export function ExtensionTabs() {
  const t = useTexts('common');
  return (
    <LinkTabs
      label={t('nav.security-extensions')}
      tabs={[
        { text: t('nav.api-tokens'), to: '/settings/security-extensions/api-tokens' },
        { text: t('nav.siem-agents'), to: '/settings/security-extensions/siem-agents' },
      ]}
    />
  );
}
