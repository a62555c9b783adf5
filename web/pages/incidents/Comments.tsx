import { Button, Field, makeStyles, Text, Textarea, tokens } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Section } from '../../ui/Page.tsx';
import { changeIncident, changeIncidents, type IncidentComment, type IncidentView, incidentsKey } from './calls.ts';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '12px' },
  comment: {
    padding: '8px 12px',
    borderLeft: `3px solid ${tokens.colorNeutralStroke1}`,
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
  },
  head: { display: 'block', color: tokens.colorNeutralForeground2 },
  form: { display: 'flex', flexDirection: 'column', gap: '8px', alignItems: 'flex-start', maxWidth: '640px' },
  field: { width: '100%' },
});

const shownFirst = 20;

interface CommentsProps {
  readonly incident: IncidentView;
  readonly comments: readonly IncidentComment[];
}

/** What people said, the newest first, and a place to say more. */
export function Comments({ incident, comments }: CommentsProps) {
  const styles = useStyles();
  const t = useTexts('security');
  const { dateTime } = useFormat();
  const [isAll, setAll] = useState(false);
  const shown = isAll ? comments : comments.slice(0, shownFirst);
  return (
    <Section title={t('comment.title')}>
      <AddComment incident={incident} />
      {comments.length === 0 && <Text>{t('comment.none')}</Text>}
      <ul className={styles.list}>
        {shown.map(({ comment, createdBy, createdTime }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: comments have no ids and are never put elsewhere
          <li key={`${comments.length - index}`} className={styles.comment}>
            <Text size={200} className={styles.head}>
              {[createdBy ?? '', dateTime(createdTime)].filter((each) => each !== '').join(' · ')}
            </Text>
            {comment}
          </li>
        ))}
      </ul>
      {shown.length < comments.length && (
        <div>
          <Button onClick={() => setAll(true)}>{t('comment.all', { count: comments.length })}</Button>
        </div>
      )}
    </Section>
  );
}

function AddComment({ incident }: { incident: IncidentView }) {
  const styles = useStyles();
  const t = useTexts('security');
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const act = useAct(async (comment: string) => {
    await changeIncident(incident.incidentId, { comment });
    setTyped('');
    await queries.invalidateQueries({ queryKey: incidentsKey });
  });
  return (
    <div className={styles.form}>
      {act.error !== undefined && <ProblemNotice error={act.error} />}
      <Field className={styles.field} label={t('comment.label')}>
        <Textarea
          value={typed}
          maxLength={30_000}
          resize="vertical"
          onChange={(_event, { value }) => setTyped(value)}
        />
      </Field>
      <PermittedButton
        any={[changeIncidents]}
        disabled={typed.trim() === '' || act.isBusy || incident.status === 'Redirected'}
        onClick={() => void act.run(typed)}
      >
        {t('comment.add')}
      </PermittedButton>
    </div>
  );
}
