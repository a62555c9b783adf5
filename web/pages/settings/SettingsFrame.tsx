import type { ReactNode } from 'react';
import { LinkTabs } from '../../components/LinkTabs.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { Page } from '../../ui/Page.tsx';

interface SettingsFrameProps {
  /** What this tab is for. */
  readonly lead: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page of Settings > Organization settings: the same title and tabs, each tab an address of its own. */
export function SettingsFrame({ lead, actions, children }: SettingsFrameProps) {
  const t = useTexts('settings');
  const common = useTexts('common');
  const title = common('nav.tenant-settings');
  const below = (path: string) => `/settings/tenant${path}`;
  return (
    <Page title={title} lead={lead} {...(actions === undefined ? {} : { actions })}>
      <LinkTabs
        label={title}
        tabs={[
          { text: t('tab.general'), to: below('') },
          { text: t('tab.signIn'), to: below('/sign-in') },
          { text: t('tab.webhooks'), to: below('/webhooks') },
          { text: t('tab.mail'), to: below('/mail') },
          { text: t('tab.undelivered'), to: below('/undelivered') },
          { text: t('tab.records'), to: below('/records') },
          { text: t('tab.watchlists'), to: below('/watchlists') },
          { text: t('tab.keys'), to: below('/signing-keys') },
        ]}
      />
      {children}
    </Page>
  );
}
