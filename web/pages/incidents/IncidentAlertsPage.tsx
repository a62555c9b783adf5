import { useState } from 'react';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { changeIncidents, type IncidentAlert, type IncidentContent, type IncidentView } from './calls.ts';
import { MoveDialog } from './dialogs.tsx';
import { IncidentFrame } from './IncidentFrame.tsx';
import { SeverityLabel } from './SeverityLabel.tsx';
import { useWords } from './words.ts';

/** The alerts of an incident, why each is in it, and a way out for those that are not part of it. */
export function IncidentAlertsPage() {
  return <IncidentFrame>{(incident, content) => <Alerts incident={incident} content={content} />}</IncidentFrame>;
}

function Alerts({ incident, content: { alerts } }: { incident: IncidentView; content: IncidentContent }) {
  const t = useTexts('security');
  const columns = useColumns(incident, alerts);
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const [isMoving, setMoving] = useState(false);
  const titles = new Map(alerts.map(({ alertId, title }) => [alertId, title]));
  if (alerts.length === 0) {
    return <EmptyState title={t('incident.noAlerts')} detail={t('incident.noAlertsDetail')} />;
  }
  return (
    <Section
      title={t('incident.alerts')}
      actions={
        <PermittedButton any={[changeIncidents]} disabled={keys.size === 0} onClick={() => setMoving(true)}>
          {t('move.action')}
        </PermittedButton>
      }
    >
      <DataTable
        label={t('incident.alerts')}
        columns={columns}
        rows={alerts}
        rowKey={({ alertId }) => alertId}
        selection={{
          keys,
          change: setKeys,
          allLabel: t('queue.selectAll'),
          rowLabel: (key) => t('queue.select', { name: titles.get(key) ?? key }),
        }}
      />
      {isMoving && <MoveDialog alertIds={[...keys]} onClose={() => setMoving(false)} />}
    </Section>
  );
}

function useColumns(incident: IncidentView, alerts: readonly IncidentAlert[]): Column<IncidentAlert>[] {
  const t = useTexts('security');
  const common = useTexts('common');
  const words = useWords();
  const { dateTime } = useFormat();
  const why = useReasons(incident, alerts);
  return [
    {
      id: 'title',
      header: t('alert.title'),
      cell: ({ alertId, title }) => (
        <RouterLink to={`/alerts/${encodeURIComponent(alertId)}`}>{title || alertId}</RouterLink>
      ),
      width: '24%',
    },
    {
      id: 'severity',
      header: t('incident.severity'),
      cell: ({ severity }) => <SeverityLabel severity={severity} />,
      width: '112px',
    },
    { id: 'status', header: common('list.status'), cell: ({ status }) => words.status(status), width: '96px' },
    { id: 'source', header: t('incident.source'), cell: ({ serviceSource }) => words.service(serviceSource) },
    { id: 'activity', header: t('incident.lastActivity'), cell: ({ lastActivity }) => dateTime(lastActivity) },
    { id: 'reason', header: t('reason.header'), cell: ({ alertId }) => why(alertId), width: '24%' },
  ];
}

/** Why an alert is in its incident, in words. */
function useReasons(incident: IncidentView, alerts: readonly IncidentAlert[]): (alertId: string) => string {
  const t = useTexts('security');
  const titles = new Map(alerts.map(({ alertId, title }) => [alertId, title]));
  return (alertId) => {
    const reasons = incident.reasons.filter((reason) => reason.alertId === alertId);
    const told = reasons.slice(0, 3).map(({ sharedWith, key, movedFrom, movedBy }) => {
      if (movedFrom !== null) return t('reason.moved', { incident: movedFrom, by: movedBy ?? '–' });
      return t('reason.shared', { what: key ?? '–', alert: titles.get(sharedWith ?? '') ?? sharedWith ?? '–' });
    });
    return told.length === 0 ? t('reason.first') : told.join(' · ');
  };
}
