import { makeStyles, Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { LinkTabs } from '../../components/LinkTabs.tsx';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import {
  changeIncident,
  changeIncidents,
  type IncidentChange,
  type IncidentContent,
  type IncidentView,
  incidentContentQuery,
  incidentQuery,
  incidentsKey,
  readIncidents,
} from './calls.ts';
import { ManageDialog, MergeDialog, ResolveDialog } from './dialogs.tsx';

const useStyles = makeStyles({ actions: { display: 'flex', flexWrap: 'wrap', gap: '8px' } });

interface IncidentFrameProps {
  children(incident: IncidentView, content: IncidentContent): ReactNode;
}

/** What all pages of one incident have: its name, what can be done with it, and the way to the others. */
export function IncidentFrame({ children }: IncidentFrameProps) {
  const t = useTexts('security');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const title = t('incident.title', { id });
  if (!may(useSession(), readIncidents)) {
    return (
      <Page title={title}>
        <Permitted any={[readIncidents]}>{null}</Permitted>
      </Page>
    );
  }
  return (
    <Loaded key={id} id={id} title={title}>
      {children}
    </Loaded>
  );
}

function Loaded({ id, title, children }: IncidentFrameProps & { id: string; title: string }) {
  const t = useTexts('security');
  const common = useTexts('common');
  const incident = useQuery(incidentQuery(id));
  const content = useQuery(incidentContentQuery(id));
  const error = incident.error ?? content.error;
  const tabs = [
    { text: t('incident.story'), to: `/incidents/${id}` },
    { text: t('incident.alerts'), to: `/incidents/${id}/alerts` },
    { text: t('incident.evidence'), to: `/incidents/${id}/evidence` },
    { text: t('incident.timeline'), to: `/incidents/${id}/timeline` },
  ];
  if (error) {
    const retry = () => void Promise.all([incident.refetch(), content.refetch()]);
    return (
      <Page title={title}>
        <ProblemNotice error={error} retry={retry} />
        <RouterLink to="/incidents">{t('incident.toQueue')}</RouterLink>
      </Page>
    );
  }
  if (!incident.data || !content.data) {
    return (
      <Page title={title}>
        <Spinner label={common('state.loading')} />
      </Page>
    );
  }
  return (
    <Page title={incident.data.name || title} lead={title}>
      <Actions incident={incident.data} />
      <RedirectedNotice incident={incident.data} />
      <LinkTabs label={title} tabs={tabs} />
      {children(incident.data, content.data)}
    </Page>
  );
}

function RedirectedNotice({ incident: { status, redirectIncidentId } }: { incident: IncidentView }) {
  const t = useTexts('security');
  if (status !== 'Redirected') return null;
  return (
    <Notice
      intent="info"
      title={t('incident.merged')}
      detail={
        redirectIncidentId !== null && (
          <RouterLink to={`/incidents/${redirectIncidentId}`}>
            {t('incident.title', { id: redirectIncidentId })}
          </RouterLink>
        )
      }
    />
  );
}

type Open = 'manage' | 'resolve' | 'merge';

function Actions({ incident }: { incident: IncidentView }) {
  const styles = useStyles();
  const t = useTexts('security');
  const { user } = useSession();
  const queries = useQueryClient();
  const [open, setOpen] = useState<Open>();
  const act = useAct(async (change: IncidentChange) => {
    await changeIncident(incident.incidentId, change);
    await queries.invalidateQueries({ queryKey: incidentsKey });
  });
  const any = [changeIncidents];
  const isMerged = incident.status === 'Redirected';
  const isMine = incident.assignedTo?.toLowerCase() === user.userName.toLowerCase();
  const close = () => setOpen(undefined);
  return (
    <>
      <div className={styles.actions}>
        {incident.status === 'Resolved' ? (
          <PermittedButton any={any} disabled={act.isBusy} onClick={() => void act.run({ status: 'Active' })}>
            {t('incident.reopen')}
          </PermittedButton>
        ) : (
          <PermittedButton any={any} appearance="primary" disabled={isMerged} onClick={() => setOpen('resolve')}>
            {t('resolve.action')}
          </PermittedButton>
        )}
        <PermittedButton
          any={any}
          disabled={isMerged || isMine || act.isBusy}
          onClick={() => void act.run({ assignedTo: user.userName })}
        >
          {t('assign.meAction')}
        </PermittedButton>
        <PermittedButton any={any} disabled={isMerged} onClick={() => setOpen('manage')}>
          {t('manage.action')}
        </PermittedButton>
        <PermittedButton any={any} disabled={isMerged} onClick={() => setOpen('merge')}>
          {t('merge.action')}
        </PermittedButton>
      </div>
      {act.error !== undefined && <ProblemNotice error={act.error} />}
      {open === 'manage' && <ManageDialog incident={incident} onClose={close} />}
      {open === 'resolve' && <ResolveDialog incident={incident} onClose={close} />}
      {open === 'merge' && <MergeDialog incident={incident} onClose={close} />}
    </>
  );
}
