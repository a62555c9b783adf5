import { LinkTabs } from '../../components/LinkTabs.tsx';
import { useTexts } from '../../i18n/texts.ts';

/** Policies and what to start them from. */
export function PolicyTabs() {
  const t = useTexts('policies');
  return (
    <LinkTabs
      label={t('tabs.label')}
      tabs={[
        { text: t('tabs.policies'), to: '/policies' },
        { text: t('tabs.templates'), to: '/policies/templates' },
      ]}
    />
  );
}
