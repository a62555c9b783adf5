import { Badge, makeStyles } from '@fluentui/react-components';
import { lazy, Suspense, useState } from 'react';
import { LoadingPage } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { useMedia } from '../../ui/media.ts';
import { Section } from '../../ui/Page.tsx';
import { Comments } from './Comments.tsx';
import type { IncidentContent, IncidentView } from './calls.ts';
import { EntityTable } from './EntityTable.tsx';
import { foundEntities } from './entities.ts';
import { IncidentFrame } from './IncidentFrame.tsx';
import { SeverityLabel } from './SeverityLabel.tsx';
import { ViewSwitch } from './ViewSwitch.tsx';
import { useWords } from './words.ts';

const EntityGraph = lazy(async () => ({ default: (await import('./EntityGraph.tsx')).EntityGraph }));

const useStyles = makeStyles({ tags: { display: 'flex', flexWrap: 'wrap', gap: '4px' }, tag: { height: 'auto' } });

/** An incident at a glance: what stands of it, how its alerts hang together, what people said. */
export function IncidentPage() {
  return (
    <IncidentFrame>
      {(incident, content) => (
        <>
          <Summary incident={incident} content={content} />
          <Story content={content} />
          <Comments incident={incident} comments={content.comments} />
        </>
      )}
    </IncidentFrame>
  );
}

function Summary({ incident, content }: { incident: IncidentView; content: IncidentContent }) {
  const styles = useStyles();
  const t = useTexts('security');
  const common = useTexts('common');
  const words = useWords();
  const { dateTime } = useFormat();
  const { classification, determination, tags } = incident;
  const isJudged = determination !== 'unknown';
  const sources = [...new Set(content.alerts.map(({ serviceSource }) => words.service(serviceSource)))];
  return (
    <Section title={t('incident.summary')}>
      <Definitions
        items={[
          [common('list.status'), words.status(incident.status)],
          [t('incident.severity'), <SeverityLabel key="severity" severity={incident.severity} />],
          [t('incident.assignedTo'), incident.assignedTo ?? t('assign.nobody')],
          [
            t('incident.classification'),
            isJudged
              ? `${words.classification(classification)} – ${words.determination(determination)}`
              : words.classification(classification),
          ],
          [t('incident.alerts'), incident.alertCount],
          [t('incident.sources'), sources.join(', ') || '–'],
          [t('incident.firstActivity'), dateTime(incident.firstActivityAt)],
          [t('incident.lastActivity'), dateTime(incident.lastActivityAt)],
          [t('incident.created'), dateTime(incident.createdAt)],
          [t('incident.updated'), dateTime(incident.updatedAt)],
          [
            t('incident.tags'),
            tags.length === 0 ? (
              '–'
            ) : (
              <span className={styles.tags} key="tags">
                {tags.map((tag) => (
                  <Badge className={styles.tag} key={tag} appearance="outline" color="informative">
                    {tag}
                  </Badge>
                ))}
              </span>
            ),
          ],
        ]}
      />
    </Section>
  );
}

/** The graph, or the same as a list; on narrow screens the list comes first. */
function Story({ content: { alerts } }: { content: IncidentContent }) {
  const t = useTexts('security');
  const isNarrow = useMedia('(max-width: 720px)');
  const [wanted, setWanted] = useState<'graph' | 'list'>();
  const view = wanted ?? (isNarrow ? 'list' : 'graph');
  if (alerts.length === 0) {
    return (
      <Section title={t('graph.title')}>
        <EmptyState title={t('incident.noAlerts')} detail={t('incident.noAlertsDetail')} />
      </Section>
    );
  }
  return (
    <Section title={t('graph.title')} actions={<ViewSwitch view={view} onChange={setWanted} />}>
      {view === 'graph' ? (
        <Suspense fallback={<LoadingPage />}>
          <EntityGraph alerts={alerts} />
        </Suspense>
      ) : (
        <EntityTable
          entities={foundEntities(alerts)}
          titles={new Map(alerts.map(({ alertId, title }) => [alertId, title]))}
        />
      )}
    </Section>
  );
}
