import { useMemo } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import type { IncidentContent } from './calls.ts';
import { EntityTable } from './EntityTable.tsx';
import { foundEntities } from './entities.ts';
import { IncidentFrame } from './IncidentFrame.tsx';

/** Everything that the alerts of an incident are about. */
export function IncidentEvidencePage() {
  return <IncidentFrame>{(_incident, content) => <Evidence content={content} />}</IncidentFrame>;
}

function Evidence({ content: { alerts } }: { content: IncidentContent }) {
  const t = useTexts('security');
  const entities = useMemo(() => foundEntities(alerts), [alerts]);
  const titles = useMemo(() => new Map(alerts.map(({ alertId, title }) => [alertId, title])), [alerts]);
  return (
    <Section title={t('incident.evidence')}>
      {entities.length === 0 ? (
        <EmptyState title={t('evidence.none')} detail={t('evidence.noneDetail')} />
      ) : (
        <EntityTable entities={entities} titles={titles} />
      )}
    </Section>
  );
}
