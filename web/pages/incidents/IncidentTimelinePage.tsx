import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Section } from '../../ui/Page.tsx';
import { IncidentFrame } from './IncidentFrame.tsx';
import { type TimelineEntry, timelineOf } from './timeline.ts';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  entry: {
    display: 'grid',
    gridTemplateColumns: 'minmax(140px, 220px) 1fr',
    gap: '4px 16px',
    padding: '10px 0 10px 12px',
    borderLeft: `3px solid ${tokens.colorNeutralStroke1}`,
    '@media (max-width: 640px)': { gridTemplateColumns: '1fr' },
  },
  time: { color: tokens.colorNeutralForeground2 },
  what: { overflowWrap: 'anywhere', minWidth: 0 },
  kind: { display: 'block', color: tokens.colorNeutralForeground2 },
});

const shownAtOnce = 100;

/** What happened around an incident, the newest first. */
export function IncidentTimelinePage() {
  return <IncidentFrame>{(incident, content) => <Timeline entries={timelineOf(incident, content)} />}</IncidentFrame>;
}

function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const styles = useStyles();
  const t = useTexts('security');
  const { exact } = useFormat();
  const [room, setRoom] = useState(shownAtOnce);
  return (
    <Section title={t('incident.timeline')}>
      <ol className={styles.list}>
        {entries.slice(0, room).map(({ id, at, kind, text, alertId, by }) => (
          <li key={id} className={styles.entry}>
            <Text size={200} className={styles.time}>
              <time dateTime={at}>{exact(at)}</time>
            </Text>
            <div className={styles.what}>
              <Text size={200} className={styles.kind}>
                {t(`timeline.${kind}`)}
                {by !== undefined && ` · ${by}`}
              </Text>
              {alertId === undefined ? (
                text
              ) : (
                <RouterLink to={`/alerts/${encodeURIComponent(alertId)}`}>{text || alertId}</RouterLink>
              )}
            </div>
          </li>
        ))}
      </ol>
      {entries.length > room && (
        <div>
          <Button onClick={() => setRoom(room + shownAtOnce)}>{t('evidence.more')}</Button>
        </div>
      )}
    </Section>
  );
}
