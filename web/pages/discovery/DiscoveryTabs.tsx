import { LinkTabs } from '../../components/LinkTabs.tsx';
import type { ListState } from '../../components/list-state.ts';
import { useTexts } from '../../i18n/texts.ts';

/** The lists of a report beside its dashboard. Report and period go along from one to the next. */
export function DiscoveryTabs({ state }: { state: ListState }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { report, days } = state.filters;
  const search = { ...(report === undefined ? {} : { report }), ...(days === undefined ? {} : { days }) };
  return (
    <LinkTabs
      label={t('tabs.label')}
      tabs={[
        { text: t('tabs.dashboard'), to: '/discovery', search },
        { text: common('nav.discovered-apps'), to: '/discovery/apps', search },
        { text: t('tabs.addresses'), to: '/discovery/addresses', search },
        { text: t('tabs.users'), to: '/discovery/users', search },
        { text: t('tabs.machines'), to: '/discovery/machines', search },
        { text: t('tabs.categories'), to: '/discovery/categories', search },
      ]}
    />
  );
}
