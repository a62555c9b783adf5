import { Spinner } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import {
  listRecipients,
  mailSettingsQuery,
  needed,
  type Recipient,
  recipientsKey,
  removeRecipient,
} from './notification-calls.ts';
import { RecipientForm } from './RecipientForm.tsx';
import { type RecipientVerb, useRecipientColumns } from './recipient-columns.tsx';
import { SettingsFrame } from './SettingsFrame.tsx';
import { TrialDialog } from './TrialDialog.tsx';

type Open = { readonly verb: 'add' } | { readonly verb: RecipientVerb; readonly recipient: Recipient };

/** Settings > Organization settings > Mail. */
export function MailPage() {
  const t = useTexts('settings');
  const [open, setOpen] = useState<Open>();
  const add = (
    <PermittedButton any={needed} appearance="primary" icon={<AddRegular />} onClick={() => setOpen({ verb: 'add' })}>
      {t('mail.add')}
    </PermittedButton>
  );
  return (
    <SettingsFrame lead={t('mail.lead')} actions={add}>
      <Permitted any={needed}>
        <Server />
        <Section title={t('mail.recipients')}>
          <Recipients add={add} act={(verb, recipient) => setOpen({ verb, recipient })} />
        </Section>
        {open && <OpenDialog open={open} onClose={() => setOpen(undefined)} />}
      </Permitted>
    </SettingsFrame>
  );
}

/** What the operator has set up: nothing of it can be changed here. */
function Server() {
  const t = useTexts('settings');
  const common = useTexts('common');
  const { number } = useFormat();
  const { data, error, refetch } = useQuery(mailSettingsQuery);
  if (error) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Spinner label={common('state.loading')} />;
  return (
    <Section title={t('mail.server')}>
      {!data.isConfigured && <Notice intent="warning" title={t('mail.none')} detail={t('mail.noneDetail')} />}
      <Definitions
        items={[
          [t('mail.from'), data.from ?? '–'],
          [t('mail.perDay'), number(data.perRecipientAndDay)],
          [t('mail.recipientsMax'), number(data.recipientsMax)],
        ]}
      />
    </Section>
  );
}

function Recipients({ add, act }: { add: ReactNode; act(verb: RecipientVerb, recipient: Recipient): void }) {
  const t = useTexts('settings');
  const state = useListState({ sort: 'address' });
  return (
    <ServerTable
      label={t('mail.recipients')}
      queryKey={recipientsKey}
      load={listRecipients}
      state={state}
      columns={useRecipientColumns(act)}
      rowKey={({ id }) => id}
      searchLabel={t('mail.search')}
      exportName="mail-recipients"
      empty={<EmptyState title={t('mail.empty')} detail={t('mail.emptyDetail')} action={add} />}
      refetchMs={30_000}
    />
  );
}

function OpenDialog({ open, onClose }: { open: Open; onClose(): void }) {
  const t = useTexts('settings');
  const common = useTexts('common');
  const queries = useQueryClient();
  const changed = () => void queries.invalidateQueries({ queryKey: recipientsKey });
  const done = () => {
    changed();
    onClose();
  };
  switch (open.verb) {
    case 'add':
      return <RecipientForm onDone={done} onClose={onClose} />;
    case 'edit':
      return <RecipientForm recipient={open.recipient} onDone={done} onClose={onClose} />;
    case 'test': {
      const { id, address } = open.recipient;
      return <TrialDialog kind="mail" target={{ id, name: address }} onTried={changed} onClose={onClose} />;
    }
    case 'remove':
      return (
        <ConfirmAct
          title={t('mail.removeTitle', { address: open.recipient.address })}
          lead={t('mail.removeStops')}
          confirmText={common('action.delete')}
          work={() => removeRecipient(open.recipient.id)}
          onDone={done}
          onClose={onClose}
        />
      );
  }
}
