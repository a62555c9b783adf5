import { Badge, Button, Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { CopyField } from '../../ui/CopyField.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { AccessSection } from './AccessSection.tsx';
import { AuthenticationSection } from './AuthenticationSection.tsx';
import { ConsentSection } from './ConsentSection.tsx';
import { CredentialsSection } from './CredentialsSection.tsx';
import { type Application, applicationQuery, applicationsKey, changeApplication, deleteApplication } from './calls.ts';
import { OwnersSection } from './OwnersSection.tsx';

/** One registration: what it is, what it asks for, how it proves itself, who owns it, who lets it in. */
export function ApplicationPage() {
  const t = useTexts('apps');
  const common = useTexts('common');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data, error, isPending, refetch } = useQuery(applicationQuery(id));
  if (isPending) return <Spinner label={common('state.loading')} />;
  if (error) {
    return (
      <Page title={common('nav.app-registrations')}>
        <ProblemNotice error={error} retry={() => void refetch()} />
      </Page>
    );
  }
  return (
    <Page title={data.displayName} lead={data.description ?? t('app.lead')} actions={<Life application={data} />}>
      <Overview application={data} />
      <AccessSection application={data} />
      <CredentialsSection application={data} />
      <AuthenticationSection key={data.displayName} application={data} />
      <OwnersSection application={data} />
      <ConsentSection application={data} />
    </Page>
  );
}

function Overview({ application }: { application: Application }) {
  const t = useTexts('apps');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  const words = { copyText: common('action.copy'), copiedText: common('action.copied') };
  const { appId, publisherTenant, signInAudience, status, createdAt } = application;
  return (
    <Section title={t('app.overview')}>
      <CopyField label={t('appId')} value={appId} {...words} />
      <CopyField label={t('tenantId')} value={publisherTenant.id} {...words} />
      <Definitions
        items={[
          [
            common('list.status'),
            <Badge key="status" color={status === 'enabled' ? 'success' : 'subtle'}>
              {t(`status.${status}`)}
            </Badge>,
          ],
          [t('audience.label'), t(`audience.${signInAudience}`)],
          [t('created'), dateTime(createdAt)],
        ]}
      />
    </Section>
  );
}

type Verb = 'disable' | 'enable' | 'restore' | 'delete';

/** Disabling, enabling, deleting, restoring: each says what stops. */
function Life({ application }: { application: Application }) {
  const t = useTexts('apps');
  const common = useTexts('common');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [verb, setVerb] = useState<Verb>();
  const { id, displayName, status } = application;
  const act = useAct(async (wanted: Verb) => {
    if (wanted === 'delete') await deleteApplication(id);
    else await changeApplication(id, wanted);
    await queries.invalidateQueries({ queryKey: applicationsKey });
    if (wanted === 'delete') await navigate({ to: '/applications' });
    return true;
  });
  const verbs: readonly Verb[] =
    status === 'deleted' ? ['restore'] : status === 'disabled' ? ['enable', 'delete'] : ['disable', 'delete'];
  return (
    <>
      {verbs.map((each) => (
        <Button key={each} onClick={() => setVerb(each)}>
          {t(`life.${each}`)}
        </Button>
      ))}
      {verb && (
        <ConfirmDialog
          open
          title={t(`life.${verb}`)}
          confirmText={t(`life.${verb}`)}
          cancelText={common('action.cancel')}
          onConfirm={async () => {
            if (await act.run(verb)) setVerb(undefined);
          }}
          onClose={() => setVerb(undefined)}
        >
          {act.error !== undefined && <ProblemNotice error={act.error} />}
          {t(`effects.${verb}`, { name: displayName })}
        </ConfirmDialog>
      )}
    </>
  );
}
