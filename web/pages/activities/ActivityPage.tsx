import { Field, Input, makeStyles, Spinner, Textarea, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { type Activity, activityQuery, giveFeedback, readActivities, sendFeedback } from './calls.ts';
import { MatchedPolicies } from './MatchedPolicies.tsx';
import { ObjectTable } from './ObjectTable.tsx';
import { useActivityWords } from './words.ts';

const useStyles = makeStyles({
  links: { display: 'flex', flexWrap: 'wrap', gap: '4px 16px' },
  summary: {
    cursor: 'pointer',
    padding: '4px 0',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  json: {
    margin: 0,
    padding: '12px',
    maxHeight: '600px',
    overflow: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
});

/** One activity, by its id. */
export function ActivityPage() {
  const t = useTexts('activities');
  const common = useTexts('common');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const isAllowed = may(useSession(), readActivities);
  const { data, error, refetch } = useQuery({ ...activityQuery(id), enabled: isAllowed });
  if (data) return <Shown activity={data} />;
  return (
    <Page title={t('activity')}>
      <Permitted any={[readActivities]}>
        {error ? (
          <>
            <ProblemNotice error={error} retry={() => void refetch()} />
            <RouterLink to="/activities">{t('toLog')}</RouterLink>
          </>
        ) : (
          <Spinner label={common('state.loading')} />
        )}
      </Permitted>
    </Page>
  );
}

function Shown({ activity }: { activity: Activity }) {
  const styles = useStyles();
  const t = useTexts('activities');
  const { exact } = useFormat();
  const words = useActivityWords();
  const [isAsking, setAsking] = useState(false);
  const [isSent, setSent] = useState(false);
  return (
    <Page
      title={activity.description ?? words.type(activity)}
      lead={`${activity.appName} · ${exact(activity.timestamp)}`}
      actions={
        <PermittedButton any={[giveFeedback]} onClick={() => setAsking(true)}>
          {t('feedback.action')}
        </PermittedButton>
      }
    >
      <RouterLink to="/activities">{t('toLog')}</RouterLink>
      {isSent && <Notice intent="success" title={t('feedback.sent')} />}
      <Details activity={activity} />
      <ObjectTable objects={activity.mainInfo?.eventObjects ?? []} />
      <MatchedPolicies id={activity._id} />
      <Section title={t('raw')}>
        <details>
          <summary className={styles.summary}>{t('rawShow')}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable (WCAG 2.1.1) */}
          <pre className={styles.json} tabIndex={0}>
            {JSON.stringify(activity, null, 2)}
          </pre>
        </details>
      </Section>
      {isAsking && <FeedbackDialog id={activity._id} onSent={() => setSent(true)} onClose={() => setAsking(false)} />}
    </Page>
  );
}

function Details({ activity }: { activity: Activity }) {
  const styles = useStyles();
  const t = useTexts('activities');
  const { exact } = useFormat();
  const words = useActivityWords();
  const { device, location, mainInfo, user, appId, appName } = activity;
  const userName = user?.userName ?? '';
  const address = device?.clientIP ?? '';
  const log = (name: string, value: string | number) => `/activities?${name}=${encodeURIComponent(value)}`;
  return (
    <Section title={t('details')}>
      <Definitions
        items={[
          [t('date'), exact(activity.timestamp)],
          [t('received'), exact(activity.created)],
          [
            t('user'),
            userName === '' ? (
              '–'
            ) : (
              <span key="user" className={styles.links}>
                <RouterLink to={`/accounts/${encodeURIComponent(userName)}`}>{userName}</RouterLink>
                <RouterLink to={log('user', userName)}>{t('ofUser')}</RouterLink>
              </span>
            ),
          ],
          [
            t('app'),
            <span key="app" className={styles.links}>
              <span>{appName}</span>
              <RouterLink to={log('service', appId)}>{t('ofApp')}</RouterLink>
            </span>,
          ],
          [t('type'), words.type(activity) || '–'],
          [t('operation'), mainInfo?.rawOperationName ?? '–'],
          [t('result'), <Result key="result" activity={activity} />],
          [
            t('address'),
            address === '' ? (
              '–'
            ) : (
              <span key="address" className={styles.links}>
                <span>{[address, words.category(activity)].filter((part) => part !== '').join(' · ')}</span>
                <RouterLink to={log('ip', address)}>{t('ofAddress')}</RouterLink>
              </span>
            ),
          ],
          [t('location'), words.country(activity) || '–'],
          [t('isp'), location?.organizationSearchable || '–'],
          [t('device'), words.device(activity) || '–'],
          [t('userAgent'), device?.userAgent || '–'],
          [t('id'), activity._id],
        ]}
      />
    </Section>
  );
}

function Result({ activity: { mainInfo } }: { activity: Activity }) {
  const t = useTexts('activities');
  const result = mainInfo?.activityResult;
  if (!result) return '–';
  const word = t(result.isSuccess ? 'succeeded' : 'failed');
  return result.message === null || result.message === '' ? word : `${word} · ${result.message}`;
}

function FeedbackDialog({ id, onSent, onClose }: { id: string; onSent(): void; onClose(): void }) {
  const t = useTexts('activities');
  return (
    <FormDialog
      title={t('feedback.title')}
      submitText={t('feedback.send')}
      onSubmit={async ({ text = '', email = '' }) => {
        await sendFeedback(id, text.trim(), email.trim());
        onSent();
      }}
      onClose={onClose}
    >
      <Field label={t('feedback.text')} hint={t('feedback.hint')} required>
        <Textarea name="text" rows={4} maxLength={4000} />
      </Field>
      <Field label={t('feedback.email')}>
        <Input name="email" type="email" maxLength={320} autoComplete="email" />
      </Field>
    </FormDialog>
  );
}
