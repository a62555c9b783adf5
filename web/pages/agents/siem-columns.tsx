import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { RowMenu } from '../../components/RowMenu.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { AgentStatus } from './AgentStatus.tsx';
import type { SiemAgent } from './calls.ts';

export type SiemVerb = 'details' | 'edit' | 'switch' | 'regenerate' | 'delete';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: '4px' },
  why: { color: tokens.colorNeutralForeground2 },
  name: { fontWeight: tokens.fontWeightSemibold },
});

/** What the list of SIEM agents shows. */
export function useSiemColumns(act: (verb: SiemVerb, agent: SiemAgent) => void): Column<SiemAgent>[] {
  const styles = useStyles();
  const t = useTexts('agents');
  const common = useTexts('common');
  const { dateTime, number } = useFormat();
  const needs = 'Agents.manage';
  return [
    {
      id: 'name',
      header: t('list.name'),
      sort: 'name',
      cell: (agent) => <span className={styles.name}>{agent.name}</span>,
      text: (agent) => agent.name,
    },
    {
      id: 'status',
      header: common('list.status'),
      sort: 'status',
      cell: (agent) => (
        <div className={styles.stack}>
          <AgentStatus status={agent.status} />
          {!agent.isEnabled && (
            <Text size={200} className={styles.why}>
              {agent.settings === null ? t('siem.withoutSettings') : t('siem.disabled')}
            </Text>
          )}
          {agent.problems[0] && (
            <Text size={200} className={styles.why}>
              {t(`siem.problem.${problemKind(agent.problems[0].kind)}`)}
            </Text>
          )}
        </div>
      ),
      text: (agent) => t(`status.${agent.status}`),
    },
    { id: 'target', header: t('siem.target'), cell: targetOf, text: targetOf },
    {
      id: 'counts',
      header: t('siem.sent'),
      cell: (agent) => (
        <>
          {t('siem.alertsSent', { count: number(agent.alertsSent) })}
          <br />
          {t('siem.activitiesSent', { count: number(agent.activitiesSent) })}
        </>
      ),
      text: (agent) => agent.alertsSent + agent.activitiesSent,
    },
    {
      id: 'lastSent',
      header: t('siem.lastSent'),
      sort: 'lastSentAt',
      cell: (agent) => (agent.lastSentAt === null ? t('list.never') : dateTime(agent.lastSentAt)),
      text: (agent) => agent.lastSentAt,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      width: '88px',
      cell: (agent) => (
        <RowMenu
          name={agent.name}
          actions={[
            { text: t('row.details'), act: () => act('details', agent) },
            { text: common('action.edit'), needs, act: () => act('edit', agent) },
            ...(agent.settings === null
              ? []
              : [
                  {
                    text: agent.isEnabled ? t('siem.disable') : t('siem.enable'),
                    needs,
                    act: () => act('switch', agent),
                  },
                ]),
            { text: t('regenerate.action'), needs, act: () => act('regenerate', agent) },
            { text: common('action.delete'), needs, act: () => act('delete', agent) },
          ]}
        />
      ),
    },
  ];
}

/** Where it sends to, such as "siem.contoso.example:6514 (TLS)". */
export function targetOf({ settings }: SiemAgent): string {
  if (settings === null) return '–';
  const host = settings.remoteHost.includes(':') ? `[${settings.remoteHost}]` : settings.remoteHost;
  return `${host}:${settings.remotePort} (${settings.protocol.toUpperCase()})`;
}

const problemKinds = ['internal', 'send', 'connection', 'agent', 'notification'] as const;

/** One of the kinds that have words. */
export function problemKind(kind: string): (typeof problemKinds)[number] {
  return problemKinds.find((each) => each === kind) ?? 'internal';
}
