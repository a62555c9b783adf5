import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { mailOnlyEvents, webhookEvents } from './events.ts';
import {
  type DeadLetter,
  deadLettersCountQuery,
  deadLettersKey,
  listDeadLetters,
  needed,
  retryDeadLetters,
} from './notification-calls.ts';
import { SettingsFrame } from './SettingsFrame.tsx';

/** Settings > Organization settings > Undelivered: what no attempt could bring to a webhook or a recipient. */
export function UndeliveredPage() {
  const t = useTexts('settings');
  return (
    <SettingsFrame lead={t('undelivered.lead')}>
      <Permitted any={needed}>
        <Undelivered />
      </Permitted>
    </SettingsFrame>
  );
}

function Undelivered() {
  const t = useTexts('settings');
  const { number } = useFormat();
  const queries = useQueryClient();
  const state = useListState();
  const { target } = state.filters;
  const [retried, setRetried] = useState<number>();
  const [isAsking, setAsking] = useState(false);
  const { data: count = 0 } = useQuery(deadLettersCountQuery(target));
  const retryText = target === undefined ? t('undelivered.retryAll') : t('undelivered.retryThese');
  const ask = () => {
    setRetried(undefined);
    setAsking(true);
  };
  const told = async (answer: { readonly retried: number }) => {
    setRetried(answer.retried);
    await queries.invalidateQueries({ queryKey: deadLettersKey });
  };
  const retry = useAct(async (id: string) => {
    setRetried(undefined);
    await told(await retryDeadLetters({ id }));
  });
  return (
    <>
      {retry.error !== undefined && <ProblemNotice error={retry.error} />}
      {retried !== undefined && (
        <Notice intent="success" title={t('undelivered.retried', { count: number(retried) })} />
      )}
      <ServerTable
        label={t('tab.undelivered')}
        queryKey={deadLettersKey}
        load={listDeadLetters}
        state={state}
        columns={useColumns((id) => void retry.run(id))}
        rowKey={({ id }) => id}
        filters={
          <>
            <PermittedButton any={needed} disabled={retry.isBusy || count === 0} onClick={ask}>
              {retryText}
            </PermittedButton>
            {target !== undefined && (
              <RouterLink to="/settings/tenant/undelivered">{t('undelivered.showAll')}</RouterLink>
            )}
          </>
        }
        exportName="undelivered"
        empty={<EmptyState title={t('undelivered.empty')} detail={t('undelivered.emptyDetail')} />}
      />
      {isAsking && (
        <ConfirmAct
          title={t('undelivered.confirmTitle', { count: number(count) })}
          lead={t('undelivered.confirmLead')}
          confirmText={retryText}
          work={() => retryDeadLetters({ target })}
          onDone={(answer) => {
            setAsking(false);
            void told(answer);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function useColumns(retry: (id: string) => void): readonly Column<DeadLetter>[] {
  const t = useTexts('settings');
  const common = useTexts('common');
  const { dateTime, number } = useFormat();
  const eventOf = (type: string) => {
    const known = [...webhookEvents, ...mailOnlyEvents].find((each) => each === type);
    return known ? t(`event.${known}`) : type;
  };
  return [
    {
      id: 'target',
      header: t('undelivered.target'),
      cell: ({ target, channel }) => `${target} (${t(`undelivered.channel.${channel}`)})`,
      text: ({ target }) => target,
    },
    {
      id: 'event',
      header: t('undelivered.event'),
      cell: ({ type, subjectId }) => `${eventOf(type)}: ${subjectId}`,
      text: ({ type, subjectId }) => `${type} ${subjectId}`,
    },
    {
      id: 'happened',
      header: t('undelivered.happened'),
      cell: ({ happenedAt }) => dateTime(happenedAt),
      text: ({ happenedAt }) => happenedAt,
    },
    {
      id: 'given-up',
      header: t('undelivered.givenUp'),
      cell: ({ diedAt, attempts }) => t('undelivered.after', { at: dateTime(diedAt), count: number(attempts) }),
      text: ({ diedAt }) => diedAt,
    },
    {
      id: 'reason',
      header: t('undelivered.reason'),
      cell: ({ reason }) => reason ?? '–',
      text: ({ reason }) => reason,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: ({ id, target }) => (
        <PermittedButton
          any={needed}
          size="small"
          aria-label={`${t('undelivered.retry')}: ${target}`}
          onClick={() => retry(id)}
        >
          {t('undelivered.retry')}
        </PermittedButton>
      ),
    },
  ];
}
