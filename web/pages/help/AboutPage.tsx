import { makeStyles, Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { Page } from '../../ui/Page.tsx';
import { aboutQuery } from './about.ts';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', gap: '16px', maxWidth: '640px' },
});

/** ? > About: what an integration needs to know of where it runs. */
export function AboutPage() {
  const styles = useStyles();
  const t = useTexts('help');
  const common = useTexts('common');
  const about = useQuery(aboutQuery);
  const copy = { copyText: common('action.copy'), copiedText: common('action.copied') };
  return (
    <Page title={common('nav.about')} lead={t('about.lead')}>
      {about.isPending && <Spinner label={common('state.loading')} />}
      {about.error && <ProblemNotice error={about.error} retry={() => void about.refetch()} />}
      {about.data && (
        <>
          <Definitions
            items={[
              [t('about.product'), about.data.name],
              [t('about.version'), about.data.version],
              [t('about.region'), about.data.region],
              [t('about.organization'), about.data.tenant.displayName],
              [t('about.slug'), about.data.tenant.slug],
              [t('about.tenantNumber'), String(about.data.tenant.number)],
            ]}
          />
          <div className={styles.fields}>
            <CopyField label={t('about.tenantId')} value={about.data.tenant.id} {...copy} />
            <CopyField label={t('about.apiUrl')} value={about.data.apiUrl} {...copy} />
            <CopyField label={t('about.portalUrl')} value={about.data.portalUrl} {...copy} />
          </div>
        </>
      )}
    </Page>
  );
}
