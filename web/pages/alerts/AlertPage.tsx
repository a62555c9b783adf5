import { makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { EntityTable } from '../incidents/EntityTable.tsx';
import { foundEntities } from '../incidents/entities.ts';
import { SeverityLabel } from '../incidents/SeverityLabel.tsx';
import { useWords } from '../incidents/words.ts';
import { CloseDialog } from './CloseDialog.tsx';
import {
  type AlertView,
  alertQuery,
  alertsKey,
  manageAlerts,
  markAlert,
  markAlerts,
  readAlerts,
  reopenAlerts,
} from './calls.ts';

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: '20px', display: 'flex', flexDirection: 'column', gap: '6px' },
  text: { overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', maxWidth: '90ch' },
  comment: { listStyleType: 'none', marginLeft: '-20px' },
  head: { display: 'block', color: tokens.colorNeutralForeground2 },
});

/** One alert, by either of its ids. */
export function AlertPage() {
  const t = useTexts('security');
  const common = useTexts('common');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const isAllowed = may(useSession(), readAlerts);
  const { data, error, refetch } = useQuery({ ...alertQuery(id), enabled: isAllowed });
  if (data) return <Shown alert={data} />;
  return (
    <Page title={t('alert.one')}>
      <Permitted any={[readAlerts]}>
        {error ? (
          <>
            <ProblemNotice error={error} retry={() => void refetch()} />
            <RouterLink to="/alerts">{t('alert.toQueue')}</RouterLink>
          </>
        ) : (
          <Spinner label={common('state.loading')} />
        )}
      </Permitted>
    </Page>
  );
}

function Shown({ alert }: { alert: AlertView }) {
  const styles = useStyles();
  const t = useTexts('security');
  const entities = foundEntities([alert]);
  return (
    <Page title={alert.title || alert.alertId} lead={t('alert.one')} actions={<Actions alert={alert} />}>
      {alert.description !== '' && <Text className={styles.text}>{alert.description}</Text>}
      <Summary alert={alert} />
      {alert.evidence.length > 0 && (
        <Section title={t('alert.why')}>
          <ul className={styles.list}>
            {alert.evidence.map(({ text, values }) => (
              <li key={text} className={styles.text}>
                {filled(text, values)}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {entities.length > 0 && (
        <Section title={t('incident.evidence')}>
          <EntityTable entities={entities} />
        </Section>
      )}
      <Activities alert={alert} />
      <Comments alert={alert} />
    </Page>
  );
}

/** Evidence may name its values: `{count}`. */
function filled(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
  });
}

function Summary({ alert }: { alert: AlertView }) {
  const t = useTexts('security');
  const common = useTexts('common');
  const words = useWords();
  const { dateTime } = useFormat();
  const { incidentId, policyId, policyName } = alert;
  const isJudged = alert.determination !== 'unknown';
  return (
    <Section title={t('incident.summary')}>
      <Definitions
        items={[
          [
            t('alert.incident'),
            incidentId === null ? (
              '–'
            ) : (
              <RouterLink key="incident" to={`/incidents/${incidentId}`}>
                {t('incident.title', { id: incidentId })}
              </RouterLink>
            ),
          ],
          [common('list.status'), words.resolution(alert.resolution)],
          [t('incident.severity'), <SeverityLabel key="severity" severity={alert.severity} />],
          [
            t('incident.classification'),
            isJudged
              ? `${words.classification(alert.classification)} – ${words.determination(alert.determination)}`
              : words.classification(alert.classification),
          ],
          [t('incident.assignedTo'), alert.assignedTo ?? t('assign.nobody')],
          [t('incident.source'), words.service(alert.serviceSource)],
          [t('alert.category'), alert.category || '–'],
          [
            t('alert.policy'),
            policyId === null ? (
              (policyName ?? '–')
            ) : (
              <RouterLink key="policy" to={`/policies/${policyId}`}>
                {policyName ?? policyId}
              </RouterLink>
            ),
          ],
          [t('alert.techniques'), alert.mitreTechniques.join(', ') || '–'],
          [t('incident.firstActivity'), dateTime(alert.firstActivityAt)],
          [t('incident.lastActivity'), dateTime(alert.lastActivityAt)],
          [t('incident.created'), dateTime(alert.createdAt)],
          ...(alert.resolvedAt === null
            ? []
            : [
                [t('alert.closed'), dateTime(alert.resolvedAt)] as const,
                [t('alert.closedBy'), alert.handledBy ?? '–'] as const,
                [t('alert.closeComment'), alert.closeComment ?? '–'] as const,
              ]),
        ]}
      />
    </Section>
  );
}

/** The activities behind it, of which an alert keeps at most a hundred. */
function Activities({ alert: { activityIds } }: { alert: AlertView }) {
  const styles = useStyles();
  const t = useTexts('security');
  if (activityIds.length === 0) return null;
  return (
    <Section title={t('alert.activities')}>
      <ul className={styles.list}>
        {activityIds.map((id) => (
          <li key={id} className={styles.text}>
            <RouterLink to={`/activities/${encodeURIComponent(id)}`}>{id}</RouterLink>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Comments({ alert: { comments } }: { alert: AlertView }) {
  const styles = useStyles();
  const t = useTexts('security');
  const { dateTime } = useFormat();
  if (comments.length === 0) return null;
  return (
    <Section title={t('comment.title')}>
      <ul className={styles.list}>
        {comments.slice(0, 100).map(({ comment, createdBy, createdAt }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: comments have no ids and are never put elsewhere
          <li key={`${comments.length - index}`} className={`${styles.text} ${styles.comment}`}>
            <Text size={200} className={styles.head}>
              {`${createdBy} · ${dateTime(createdAt)}`}
            </Text>
            {comment}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Actions({ alert }: { alert: AlertView }) {
  const t = useTexts('security');
  const queries = useQueryClient();
  const [isClosing, setClosing] = useState(false);
  const [isPartial, setPartial] = useState(false);
  const done = async (isWhole: boolean) => {
    setPartial(!isWhole);
    await queries.invalidateQueries({ queryKey: alertsKey });
    void queries.invalidateQueries({ queryKey: ['incidents'] });
  };
  const reopen = useAct(async () => await done(await reopenAlerts([alert.id])));
  const mark = useAct(async () => {
    await markAlert(alert.id, !alert.isRead);
    await done(true);
  });
  const error = reopen.error ?? mark.error;
  return (
    <>
      {alert.resolution === 'open' ? (
        <PermittedButton any={[manageAlerts]} appearance="primary" onClick={() => setClosing(true)}>
          {t('close.action')}
        </PermittedButton>
      ) : (
        <PermittedButton any={[manageAlerts]} disabled={reopen.isBusy} onClick={() => void reopen.run(undefined)}>
          {t('close.reopen')}
        </PermittedButton>
      )}
      <PermittedButton any={[markAlerts]} disabled={mark.isBusy} onClick={() => void mark.run(undefined)}>
        {t(alert.isRead ? 'alerts.markUnread' : 'alerts.markRead')}
      </PermittedButton>
      {isPartial && <Notice intent="info" title={t('close.partial')} />}
      {error !== undefined && <ProblemNotice error={error} />}
      {isClosing && <CloseDialog ids={[alert.id]} onDone={done} onClose={() => setClosing(false)} />}
    </>
  );
}
