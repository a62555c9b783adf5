import { Button, makeStyles, ProgressBar, Spinner, Text, tokens } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Section } from '../../ui/Page.tsx';
import type { Policy } from './calls.ts';
import { SpanField } from './TrialSection.tsx';
import { type Backfill, backfillsQuery, cancelBackfill, isUnderWay, requestBackfill } from './trial-calls.ts';

const useStyles = makeStyles({
  bar: { display: 'flex', flexWrap: 'wrap', gap: '12px', alignItems: 'flex-end' },
  quiet: { color: tokens.colorNeutralForeground2, maxWidth: '75ch' },
  state: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: '4px' },
  progress: { width: '160px', maxWidth: '100%' },
});

/** Runs a policy over stored activities, raising its alerts; runs are watched and can be cancelled. */
export function PastSection({ policy: { id, name } }: { policy: Policy }) {
  const styles = useStyles();
  const t = useTexts('policies');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [days, setDays] = useState(7);
  const [isAsking, setAsking] = useState(false);
  const mayRead = may(useSession(), 'Policies.read');
  const runs = useQuery({ ...backfillsQuery(id), enabled: mayRead });
  const changed = () => queries.invalidateQueries({ queryKey: backfillsQuery(id).queryKey });
  const columns = useColumns(changed);
  return (
    <Section title={t('past.title')}>
      <Text className={styles.quiet}>{t('past.lead')}</Text>
      <div className={styles.bar}>
        <SpanField days={days} onChange={setDays} />
        <PermittedButton any={['Policies.manage']} onClick={() => setAsking(true)}>
          {t('past.run')}
        </PermittedButton>
      </div>
      {runs.error && <ProblemNotice error={runs.error} retry={() => void runs.refetch()} />}
      {runs.isLoading && <Spinner label={common('state.loading')} />}
      {runs.data && runs.data.items.length > 0 && (
        <DataTable label={t('past.title')} columns={columns} rows={runs.data.items} rowKey={(run) => run.id} />
      )}
      {isAsking && (
        <ConfirmAct
          title={t('past.confirm', { name, days })}
          lead={t('past.confirmDetail')}
          confirmText={t('past.run')}
          work={() => requestBackfill(id, days)}
          onDone={() => {
            setAsking(false);
            void changed();
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </Section>
  );
}

function useColumns(changed: () => Promise<void>): Column<Backfill>[] {
  const t = useTexts('policies');
  const { dateTime, number } = useFormat();
  return [
    {
      id: 'requested',
      header: t('past.requested'),
      cell: ({ requestedAt, requestedBy }) => t('list.changedBy', { time: dateTime(requestedAt), name: requestedBy }),
    },
    {
      id: 'range',
      header: t('trial.range'),
      cell: ({ from, until }) => t('trial.between', { from: dateTime(from), until: dateTime(until) }),
    },
    { id: 'state', header: t('past.state'), cell: (run) => <RunState run={run} changed={changed} /> },
    {
      id: 'results',
      header: t('past.results'),
      cell: ({ matches, alerts, heldBack }) =>
        t('past.counts', { matches: number(matches), alerts: number(alerts), heldBack: number(heldBack) }),
    },
  ];
}

function RunState({ run, changed }: { run: Backfill; changed(): Promise<void> }) {
  const styles = useStyles();
  const t = useTexts('policies');
  const common = useTexts('common');
  const { percent } = useFormat();
  const cancel = useAct(async () => {
    await cancelBackfill(run.id);
    await changed();
  });
  return (
    <div className={styles.state}>
      <span>{t(`state.${run.state}`)}</span>
      {run.problem !== null && <span>{run.problem}</span>}
      {isUnderWay(run) && (
        <>
          <ProgressBar
            className={styles.progress}
            value={run.progress}
            aria-label={t('past.progress', { percent: percent(run.progress) })}
          />
          <Button size="small" disabled={cancel.isBusy} onClick={() => void cancel.run(undefined)}>
            {common('action.cancel')}
          </Button>
        </>
      )}
      {cancel.error !== undefined && <ProblemNotice error={cancel.error} />}
    </div>
  );
}
