import { makeStyles, Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { linksKey, type ProviderAnswer, providerQuery } from './calls.ts';
import { LinksSection } from './LinksSection.tsx';
import { ProviderForm } from './ProviderForm.tsx';
import { SettingsFrame } from './SettingsFrame.tsx';

const useStyles = makeStyles({
  uris: { display: 'flex', flexDirection: 'column', gap: '12px', maxWidth: '720px' },
});

/** Settings > Organization settings > Sign-in: the organisation's own OpenID Connect provider. */
export function ProviderPage() {
  const t = useTexts('settings');
  return (
    <SettingsFrame lead={t('provider.lead')}>
      <Permitted any={['SignIn.manage']}>
        <Provider />
      </Permitted>
    </SettingsFrame>
  );
}

/** What was done last. */
type Done = 'saved' | 'removed';

function Provider() {
  const t = useTexts('settings');
  const common = useTexts('common');
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(providerQuery);
  const [done, setDone] = useState<Done>();
  // What was typed outlives a try to ask again that failed.
  if (error && !data) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Spinner label={common('state.loading')} />;
  const { externalSignIn, redirectUris } = data;
  const changed = (now: Done, answer: ProviderAnswer) => {
    queries.setQueryData(providerQuery.queryKey, answer);
    void queries.invalidateQueries({ queryKey: linksKey });
    setDone(now);
  };
  return (
    <>
      {done && <Notice intent="success" title={t(`provider.${done}`)} />}
      {externalSignIn === null && <Notice intent="info" title={t('provider.none')} detail={t('provider.noneDetail')} />}
      {externalSignIn?.isEnabled === false && <Notice intent="warning" title={t('provider.off')} />}
      <RedirectUris uris={redirectUris} />
      <ProviderForm
        // What was typed, the secret above all, goes with what it belonged to.
        key={externalSignIn?.changedAt ?? 'none'}
        present={externalSignIn}
        onSaved={(answer) => changed('saved', answer)}
        onRemoved={() => changed('removed', { ...data, externalSignIn: null })}
      />
      <LinksSection />
    </>
  );
}

function RedirectUris({ uris }: { uris: ProviderAnswer['redirectUris'] }) {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const copy = { copyText: common('action.copy'), copiedText: common('action.copied') };
  return (
    <Section title={t('provider.redirects')}>
      <div className={styles.uris}>
        <CopyField label={t('provider.ownHost')} hint={t('provider.ownHostHint')} value={uris.ownHost} {...copy} />
        <CopyField
          label={t('provider.genericHost')}
          hint={t('provider.genericHostHint')}
          value={uris.genericHost}
          {...copy}
        />
      </div>
    </Section>
  );
}
