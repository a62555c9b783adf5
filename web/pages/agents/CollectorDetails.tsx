import { Text } from '@fluentui/react-components';
import { DetailsFrame } from '../../components/DetailsFrame.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { AgentStatus } from './AgentStatus.tsx';
import type { Collector } from './calls.ts';
import { receiverOf } from './receivers.ts';

type Input = Collector['dataSources'][number];

/** How a collector does, and for each data source what came in, what was uploaded and what was dropped. */
export function CollectorDetails({ collector, onClose }: { collector: Collector; onClose(): void }) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const { exact, bytes } = useFormat();
  const columns = useInputColumns();
  const orNever = (at: string | null) => (at === null ? t('list.never') : exact(at));
  return (
    <DetailsFrame title={collector.name} onClose={onClose}>
      {collector.problem !== null && (
        <Notice intent="warning" title={t('collector.problem')} detail={collector.problem} />
      )}
      <Definitions
        items={[
          [common('list.status'), <AgentStatus key="status" status={collector.status} />],
          [t('list.reported'), orNever(collector.reportedAt)],
          [t('collector.lastData'), orNever(collector.lastDataAt)],
          [t('collector.waiting'), bytes(collector.bytesWaiting)],
          [t('list.lastAddress'), collector.lastUsedAddress ?? '–'],
          [
            t('list.system'),
            [collector.systemName, collector.version].filter((each) => each !== null).join(', ') || '–',
          ],
          [t('list.createdBy'), collector.createdBy],
          [t('list.created'), exact(collector.createdAt)],
          [t('list.tokenGenerated'), exact(collector.tokenGeneratedAt)],
          [t('list.id'), collector.id],
        ]}
      />
      <Text as="h3" size={400} weight="semibold">
        {common('nav.data-sources')}
      </Text>
      {collector.dataSources.length === 0 ? (
        <EmptyState title={t('collector.noSources')} detail={t('collector.noSourcesDetail')} />
      ) : (
        <DataTable
          label={common('nav.data-sources')}
          columns={columns}
          rows={collector.dataSources}
          rowKey={(input) => input.dataSourceId}
        />
      )}
    </DetailsFrame>
  );
}

function useInputColumns(): Column<Input>[] {
  const t = useTexts('agents');
  const { dateTime, number, bytes } = useFormat();
  return [
    {
      id: 'name',
      header: t('list.name'),
      cell: ({ name, source, receiver, port }) => (
        <>
          {name}
          <br />
          <Text size={200}>
            {[source, t(`receivers.${receiverOf(receiver)}`), port].filter((x) => x !== null).join(', ')}
          </Text>
        </>
      ),
    },
    {
      id: 'received',
      header: t('collector.received'),
      cell: ({ report }) =>
        report === null
          ? '–'
          : `${t('collector.lines', { count: number(report.linesReceived) })}, ${bytes(report.bytesReceived)}`,
    },
    {
      id: 'lastReceived',
      header: t('collector.lastData'),
      cell: ({ report }) => (report?.lastReceivedAt == null ? t('list.never') : dateTime(report.lastReceivedAt)),
    },
    {
      id: 'uploaded',
      header: t('collector.lastUpload'),
      cell: ({ report }) => (report?.lastUploadedAt == null ? t('list.never') : dateTime(report.lastUploadedAt)),
    },
    { id: 'waiting', header: t('collector.waiting'), cell: ({ report }) => bytes(report?.bytesWaiting) },
    {
      id: 'dropped',
      header: t('collector.dropped'),
      cell: ({ report }) =>
        report === null
          ? '–'
          : `${t('collector.lines', { count: number(report.linesDropped) })}, ${bytes(report.bytesDropped)}`,
    },
    { id: 'problem', header: t('collector.problem'), cell: ({ report }) => report?.problem ?? '–' },
  ];
}
