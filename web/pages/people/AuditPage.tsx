import { Button, Field, Input, makeStyles, Spinner, Text } from '@fluentui/react-components';
import { ShieldCheckmarkRegular } from '@fluentui/react-icons';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useListState } from '../../components/list-state.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { AuditExport } from './AuditExport.tsx';
import { type AuditFilter, type AuditRecord, listAudit, type Verification, verifyAudit } from './calls.ts';

const useStyles = makeStyles({
  bar: { display: 'flex', flexWrap: 'wrap', gap: '8px 12px', alignItems: 'flex-end' },
  details: { fontFamily: 'ui-monospace, monospace', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
});

/** Who did what, and the proof that nothing is missing from it. */
export function AuditPage() {
  const t = useTexts('people');
  const common = useTexts('common');
  return (
    <Page title={common('nav.audit')} lead={t('audit.lead')}>
      <Permitted any={['Audit.read']}>
        <Chain />
        <Records />
      </Permitted>
    </Page>
  );
}

/** The state of the chain of hashes, computed when asked for: the server reads every record for it. */
function Chain() {
  const t = useTexts('people');
  const { number } = useFormat();
  const [state, setState] = useState<Verification>();
  const verify = useAct(async () => setState(await verifyAudit()));
  const button = (
    <Button
      size="small"
      icon={<ShieldCheckmarkRegular />}
      disabled={verify.isBusy}
      onClick={() => void verify.run(undefined)}
    >
      {t('audit.verify')}
    </Button>
  );
  return (
    <>
      {verify.error !== undefined && <ProblemNotice error={verify.error} />}
      {state === undefined ? (
        <Notice intent="info" title={t('audit.chain')} detail={t('audit.chainDetail')} action={button} />
      ) : (
        <Notice
          intent={state.intact ? 'success' : 'error'}
          title={state.intact ? t('audit.intact') : t('audit.broken')}
          detail={
            state.intact
              ? t('audit.intactDetail', { records: number(state.records), hash: state.head.hash })
              : state.problems.map(({ detail }) => detail).join(' ')
          }
          action={button}
        />
      )}
    </>
  );
}

function Records() {
  const t = useTexts('people');
  const common = useTexts('common');
  const state = useListState();
  const filter: AuditFilter = {
    search: state.search,
    action: state.filters.action,
    actor: state.filters.actor,
    from: timeOf(state.filters.from),
    to: timeOf(state.filters.to),
  };
  const result = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) => listAudit(filter, pageParam, signal),
    initialPageParam: undefined as number | undefined, // The first page has no record to begin before.
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const rows = result.data?.pages.flatMap(({ items }) => items) ?? [];
  const columns = useColumns();
  return (
    <>
      <AuditFilters />
      {result.error && <ProblemNotice error={result.error} retry={() => void result.refetch()} />}
      {result.isPending && <Spinner label={common('state.loading')} />}
      {result.data && rows.length === 0 && (
        <EmptyState title={common('list.nothingFound')} detail={common('list.nothingFoundDetail')} />
      )}
      {rows.length > 0 && (
        <DataTable
          label={common('nav.audit')}
          columns={columns}
          rows={rows}
          rowKey={({ sequence }) => String(sequence)}
        />
      )}
      {result.hasNextPage && (
        <Button disabled={result.isFetchingNextPage} onClick={() => void result.fetchNextPage()}>
          {t('audit.older')}
        </Button>
      )}
      <AuditExport filter={filter} columns={columns} isEmpty={rows.length === 0} />
    </>
  );
}

/** What a date field holds is local; the API takes UTC. */
function timeOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

function AuditFilters() {
  const styles = useStyles();
  const t = useTexts('people');
  const common = useTexts('common');
  const state = useListState();
  const fields = [
    ['search', common('list.search'), 'text'],
    ['actor', t('audit.actor'), 'text'],
    ['action', t('audit.action'), 'text'],
    ['from', t('audit.from'), 'datetime-local'],
    ['to', t('audit.to'), 'datetime-local'],
  ] as const;
  return (
    <search className={styles.bar}>
      {fields.map(([name, label, type]) => (
        <Field key={name} label={label}>
          <Input
            type={type}
            maxLength={200}
            defaultValue={name === 'search' ? (state.search ?? '') : (state.filters[name] ?? '')}
            onBlur={({ target }) => state.change({ [name]: target.value })}
            onKeyDown={({ key, currentTarget }) => key === 'Enter' && state.change({ [name]: currentTarget.value })}
          />
        </Field>
      ))}
    </search>
  );
}

const outcomes = ['done', 'refused', 'failed'] as const;

function useColumns(): readonly Column<AuditRecord>[] {
  const styles = useStyles();
  const t = useTexts('people');
  const common = useTexts('common');
  const { exact } = useFormat();
  return [
    { id: 'at', header: t('audit.at'), cell: ({ at }) => exact(at), text: ({ at }) => at },
    { id: 'actor', header: t('audit.actor'), cell: ({ actor }) => actor.name, text: ({ actor }) => actor.name },
    { id: 'action', header: t('audit.action'), cell: ({ action }) => action, text: ({ action }) => action },
    {
      id: 'target',
      header: t('audit.target'),
      cell: ({ target }) => target?.name ?? target?.id ?? '–',
      text: ({ target }) => target?.name ?? target?.id ?? '',
    },
    {
      id: 'outcome',
      header: common('list.status'),
      cell: ({ outcome }) => {
        const known = outcomes.find((each) => each === outcome);
        return known === undefined ? outcome : t(`audit.outcomes.${known}`);
      },
      text: ({ outcome }) => outcome,
    },
    {
      id: 'address',
      header: t('audit.address'),
      cell: ({ address }) => address ?? '–',
      text: ({ address }) => address,
    },
    {
      id: 'details',
      header: t('audit.details'),
      cell: ({ details, correlationId, outcome }) => (
        <>
          {Object.keys(details).length > 0 && (
            <details>
              <summary>{t('audit.show')}</summary>
              <Text size={200} className={styles.details}>
                {JSON.stringify(details, null, 2)}
              </Text>
            </details>
          )}
          {correlationId !== null && outcome !== 'done' && (
            <RouterLink to={`/explain?id=${encodeURIComponent(correlationId)}`}>{t('audit.explain')}</RouterLink>
          )}
        </>
      ),
      text: ({ details }) => JSON.stringify(details),
    },
  ];
}
