import { Badge, Button, makeStyles, Text } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { useListState } from '../../components/list-state.ts';
import { PersonName } from '../../components/PersonName.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { type ConsentRequest, decideRequest, listRequests, questionQuery, requestsKey } from './calls.ts';
import { PermissionWords } from './PermissionWords.tsx';

const useStyles = makeStyles({
  buttons: { display: 'flex', flexWrap: 'wrap', gap: '8px' },
  list: { display: 'flex', flexDirection: 'column', gap: '8px', paddingLeft: '16px', margin: 0 },
});

const statuses = ['open', 'granted', 'declined', 'expired'] as const;

interface Decision {
  readonly request: ConsentRequest;
  readonly verb: 'grant' | 'decline';
}

/** What people asked to be let in. */
export function ConsentRequestsPage() {
  const t = useTexts('apps');
  const common = useTexts('common');
  const state = useListState();
  const [decision, setDecision] = useState<Decision>();
  const columns = useColumns(setDecision);
  return (
    <Page title={common('nav.consent-requests')} lead={t('requests.lead')}>
      <ServerTable
        label={common('nav.consent-requests')}
        queryKey={requestsKey}
        load={listRequests}
        state={state}
        columns={columns}
        rowKey={({ id }) => id}
        filters={
          <FilterSelect
            label={common('list.status')}
            name="status"
            state={state}
            options={statuses.map((each) => [each, t(`requests.status.${each}`)])}
          />
        }
        empty={<EmptyState title={t('requests.empty')} detail={t('requests.emptyDetail')} />}
        exportName="consent-requests"
      />
      {decision && <DecisionDialog {...decision} onClose={() => setDecision(undefined)} />}
    </Page>
  );
}

function useColumns(decide: (decision: Decision) => void): readonly Column<ConsentRequest>[] {
  const styles = useStyles();
  const t = useTexts('apps');
  const common = useTexts('common');
  const { dateTime } = useFormat();
  return [
    {
      id: 'app',
      header: t('name'),
      cell: ({ displayName, appId }) => displayName ?? appId,
      text: ({ displayName, appId }) => displayName ?? appId,
    },
    {
      id: 'user',
      header: t('requests.user'),
      cell: ({ user }) => <PersonName {...user} />,
      text: ({ user }) => user.userName,
    },
    { id: 'reason', header: t('requests.reason'), cell: ({ reason }) => reason || '–', text: ({ reason }) => reason },
    {
      id: 'asked',
      header: t('requests.asked'),
      cell: ({ createdAt }) => dateTime(createdAt),
      text: ({ createdAt }) => createdAt,
    },
    {
      id: 'status',
      header: common('list.status'),
      cell: ({ status }) => <Badge color="informative">{t(`requests.status.${status}`)}</Badge>,
      text: ({ status }) => status,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (request) =>
        request.status === 'open' ? (
          <div className={styles.buttons}>
            <Button size="small" appearance="primary" onClick={() => decide({ request, verb: 'grant' })}>
              {t('requests.grant')}
            </Button>
            <Button size="small" onClick={() => decide({ request, verb: 'decline' })}>
              {t('requests.decline')}
            </Button>
          </div>
        ) : (
          (request.decidedBy ?? '–')
        ),
    },
  ];
}

/** Shows what would be granted before it is. */
function DecisionDialog({ request, verb, onClose }: Decision & { onClose(): void }) {
  const styles = useStyles();
  const t = useTexts('apps');
  const common = useTexts('common');
  const queries = useQueryClient();
  const question = useQuery({ ...questionQuery(request.appId), enabled: verb === 'grant' });
  const act = useAct(async () => {
    await decideRequest(request.id, verb);
    await queries.invalidateQueries();
    return true;
  });
  return (
    <ConfirmDialog
      open
      title={t(`requests.${verb}Title`, { name: request.displayName ?? request.appId })}
      confirmText={t(`requests.${verb}`)}
      cancelText={common('action.cancel')}
      onConfirm={async () => {
        if (await act.run(undefined)) onClose();
      }}
      onClose={onClose}
    >
      {act.error !== undefined && <ProblemNotice error={act.error} />}
      {question.error && <ProblemNotice error={question.error} />}
      {question.data?.mayConsent === false && <Notice intent="warning" title={t('requests.mayNot')} />}
      {verb === 'decline' && <Text>{t('requests.declineDetail', { user: request.user.displayName })}</Text>}
      {question.data && (
        <>
          <Text>{t('requests.grantDetail', { publisher: question.data.publisherTenant.displayName })}</Text>
          <ul className={styles.list}>
            {question.data.permissions.map(({ id, value, displayName }) => (
              <li key={id}>
                <PermissionWords value={value} fallback={displayName} />
              </li>
            ))}
          </ul>
        </>
      )}
    </ConfirmDialog>
  );
}
