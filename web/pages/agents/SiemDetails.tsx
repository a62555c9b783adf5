import { useQuery } from '@tanstack/react-query';
import { DetailsFrame } from '../../components/DetailsFrame.tsx';
import { FilterSummary } from '../../components/FilterSummary.tsx';
import { filterFieldsQuery } from '../../components/filter-fields.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { AgentStatus } from './AgentStatus.tsx';
import type { SiemAgent } from './calls.ts';
import { problemKind, targetOf } from './siem-columns.tsx';
import { type DataType, filtersOf } from './siem-draft.ts';

/** Everything that is known of a SIEM agent, what troubles it first. */
export function SiemDetails({ agent, onClose }: { agent: SiemAgent; onClose(): void }) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const { exact, number } = useFormat();
  const { settings } = agent;
  return (
    <DetailsFrame title={agent.name} onClose={onClose}>
      {agent.problems.map(({ kind, detail, since }) => (
        <Notice
          key={kind}
          intent="warning"
          title={t(`siem.problem.${problemKind(kind)}`)}
          detail={`${t('siem.since', { at: exact(since) })} ${detail}`}
        />
      ))}
      <Definitions
        items={[
          [common('list.status'), <AgentStatus key="status" status={agent.status} />],
          [t('siem.target'), targetOf(agent)],
          [t('siem.format'), settings === null ? '–' : t(`siem.formats.${settings.format}`)],
          [t('siem.timeFormat'), settings === null ? '–' : t(`siem.timeFormats.${settings.timeFormat}`)],
          [t('siem.alerts'), <Sent key="alerts" type="alerts" settings={settings} />],
          [t('siem.activities'), <Sent key="activities" type="activities" settings={settings} />],
          [
            t('siem.sent'),
            `${t('siem.alertsSent', { count: number(agent.alertsSent) })} · ${t('siem.activitiesSent', { count: number(agent.activitiesSent) })}`,
          ],
          [t('siem.lastSent'), agent.lastSentAt === null ? t('list.never') : exact(agent.lastSentAt)],
          [t('list.reported'), agent.reportedAt === null ? t('list.never') : exact(agent.reportedAt)],
          [t('list.lastAddress'), agent.lastUsedAddress ?? '–'],
          [t('list.system'), [agent.systemName, agent.version].filter((each) => each !== null).join(', ') || '–'],
          [t('list.createdBy'), agent.createdBy],
          [t('list.created'), exact(agent.createdAt)],
          [t('list.tokenGenerated'), exact(agent.tokenGeneratedAt)],
          [t('list.id'), agent.id],
        ]}
      />
    </DetailsFrame>
  );
}

/** What of a list it sends: all, nothing, or what matches, in words. */
function Sent({ type, settings }: { type: DataType; settings: SiemAgent['settings'] }) {
  const t = useTexts('agents');
  const part = settings?.[type];
  const fields = useQuery(filterFieldsQuery(type)).data?.fields;
  if (!part?.isSent) return t('siem.nothing');
  if (part.filters === null) return t('siem.everything');
  return fields ? <FilterSummary fields={fields} value={filtersOf(part.filters)} /> : JSON.stringify(part.filters);
}
