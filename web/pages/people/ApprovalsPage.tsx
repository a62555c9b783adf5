import { Badge, Button, Field, makeStyles, Select, Textarea } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../../api/session.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useListState } from '../../components/list-state.ts';
import { PersonName } from '../../components/PersonName.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { type Activation, decideActivation, listActivations } from './calls.ts';

const useStyles = makeStyles({ actions: { display: 'flex', flexWrap: 'wrap', gap: '8px' } });

const listKey = ['role-activations'];
const statuses = ['pending', 'granted', 'denied', 'ended', 'canceled', 'lapsed'] as const;

interface Decision {
  readonly activation: Activation;
  readonly verb: 'approve' | 'deny';
}

/** Requests for roles: what waits for a decision, and what came of the others. */
export function ApprovalsPage() {
  const t = useTexts('people');
  const common = useTexts('common');
  const queries = useQueryClient();
  const state = useListState({ status: 'pending' });
  const [decision, setDecision] = useState<Decision>();
  const columns = useColumns(setDecision);
  const decide = async ({ justification = '' }: Readonly<Record<string, string>>) => {
    if (!decision) return;
    await decideActivation(decision.activation.id, decision.verb, justification);
    await queries.invalidateQueries({ queryKey: listKey });
  };
  return (
    <Page title={common('nav.approvals')} lead={t('approvals.lead')}>
      <ServerTable
        label={common('nav.approvals')}
        queryKey={listKey}
        load={listActivations}
        state={state}
        columns={columns}
        rowKey={({ id }) => id}
        searchLabel={t('assign.searchUser')}
        filters={
          <Field label={common('list.status')}>
            <Select
              value={state.filters.status ?? ''}
              onChange={(_event, { value }) => state.change({ status: value })}
            >
              {statuses.map((each) => (
                <option key={each} value={each}>
                  {t(`activation.${each}`)}
                </option>
              ))}
            </Select>
          </Field>
        }
        empty={<EmptyState title={t('approvals.empty')} detail={t('approvals.emptyDetail')} />}
        exportName="role-activations"
        refetchMs={15_000}
      />
      {decision && (
        <FormDialog
          title={t(`approvals.${decision.verb}Title`, {
            user: decision.activation.user.displayName,
            role: decision.activation.role.displayName,
          })}
          submitText={t(`approvals.${decision.verb}`)}
          onSubmit={decide}
          onClose={() => setDecision(undefined)}
        >
          <Field label={t('activate.justification')} required>
            <Textarea name="justification" maxLength={500} resize="vertical" />
          </Field>
        </FormDialog>
      )}
    </Page>
  );
}

function useColumns(decide: (decision: Decision) => void): readonly Column<Activation>[] {
  const t = useTexts('people');
  const common = useTexts('common');
  const styles = useStyles();
  const { dateTime } = useFormat();
  const { user: me } = useSession();
  return [
    {
      id: 'user',
      header: t('person'),
      cell: ({ user }) => <PersonName {...user} />,
      text: ({ user }) => user.userName,
    },
    { id: 'role', header: t('role'), cell: ({ role }) => role.displayName, text: ({ role }) => role.key },
    {
      id: 'requested',
      header: t('approvals.requested'),
      sort: 'requestedAt',
      cell: ({ requestedAt }) => dateTime(requestedAt),
      text: ({ requestedAt }) => requestedAt,
    },
    {
      id: 'justification',
      header: t('activate.justification'),
      cell: ({ justification }) => justification || '–',
      text: ({ justification }) => justification,
    },
    {
      id: 'status',
      header: common('list.status'),
      cell: ({ status }) => {
        const known = statuses.find((each) => each === status);
        return <Badge color="informative">{known ? t(`activation.${known}`) : status}</Badge>;
      },
      text: ({ status }) => status,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: (activation) => {
        if (activation.status !== 'pending') return activation.decidedBy?.displayName ?? '–';
        if (activation.user.id === me.id) return t('approvals.own');
        return (
          <div className={styles.actions}>
            <Button size="small" appearance="primary" onClick={() => decide({ activation, verb: 'approve' })}>
              {t('approvals.approve')}
            </Button>
            <Button size="small" onClick={() => decide({ activation, verb: 'deny' })}>
              {t('approvals.deny')}
            </Button>
          </div>
        );
      },
    },
  ];
}
