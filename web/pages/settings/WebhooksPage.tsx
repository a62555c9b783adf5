import { AddRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { SecretDialog } from '../../components/SecretDialog.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { listWebhooks, type Minted, needed, switchWebhook, type Webhook, webhooksKey } from './notification-calls.ts';
import { SettingsFrame } from './SettingsFrame.tsx';
import { TrialDialog } from './TrialDialog.tsx';
import { DeleteWebhookDialog, RotateDialog } from './WebhookDialogs.tsx';
import { WebhookForm } from './WebhookForm.tsx';
import { useWebhookColumns, type WebhookVerb } from './webhook-columns.tsx';

/** What is open over the list. */
type Open =
  | { readonly verb: 'create' }
  | { readonly verb: Exclude<WebhookVerb, 'switch'>; readonly webhook: Webhook }
  | { readonly verb: 'secret'; readonly minted: Minted };

/** Settings > Organization settings > Webhooks. */
export function WebhooksPage() {
  const t = useTexts('settings');
  const [open, setOpen] = useState<Open>();
  const add = (
    <PermittedButton
      any={needed}
      appearance="primary"
      icon={<AddRegular />}
      onClick={() => setOpen({ verb: 'create' })}
    >
      {t('webhooks.add')}
    </PermittedButton>
  );
  return (
    <SettingsFrame lead={t('webhooks.lead')} actions={add}>
      <Permitted any={needed}>
        <WebhookTable add={add} setOpen={setOpen} />
        {open && <OpenDialog open={open} setOpen={setOpen} />}
      </Permitted>
    </SettingsFrame>
  );
}

function WebhookTable({ add, setOpen }: { add: ReactNode; setOpen(open: Open): void }) {
  const t = useTexts('settings');
  const common = useTexts('common');
  const queries = useQueryClient();
  const state = useListState({ sort: 'name' });
  const change = useAct(({ id, isEnabled }: Webhook) => switchWebhook(id, !isEnabled));
  const act = (verb: WebhookVerb, webhook: Webhook) => {
    if (verb !== 'switch') return setOpen({ verb, webhook });
    void change.run(webhook).then(() => queries.invalidateQueries({ queryKey: webhooksKey }));
  };
  return (
    <>
      {change.error !== undefined && <ProblemNotice error={change.error} />}
      <ServerTable
        label={t('tab.webhooks')}
        queryKey={webhooksKey}
        load={listWebhooks}
        state={state}
        columns={useWebhookColumns(act)}
        rowKey={({ id }) => id}
        searchLabel={t('webhooks.search')}
        filters={
          <FilterSelect
            label={common('list.status')}
            name="isEnabled"
            options={[
              ['true', t('webhooks.enabled')],
              ['false', t('webhooks.disabled')],
            ]}
            state={state}
          />
        }
        exportName="webhooks"
        empty={<EmptyState title={t('webhooks.empty')} detail={t('webhooks.emptyDetail')} action={add} />}
        refetchMs={30_000}
      />
    </>
  );
}

function OpenDialog({ open, setOpen }: { open: Open; setOpen(open: Open | undefined): void }) {
  const t = useTexts('settings');
  const queries = useQueryClient();
  const close = () => setOpen(undefined);
  const changed = () => void queries.invalidateQueries({ queryKey: webhooksKey });
  const done = () => {
    changed();
    close();
  };
  const showSecret = (minted: Minted) => {
    changed();
    setOpen({ verb: 'secret', minted });
  };
  switch (open.verb) {
    case 'create':
      return <WebhookForm onMinted={showSecret} onDone={done} onClose={close} />;
    case 'edit':
      return <WebhookForm webhook={open.webhook} onMinted={showSecret} onDone={done} onClose={close} />;
    case 'test':
      return <TrialDialog kind="webhook" target={open.webhook} onTried={changed} onClose={close} />;
    case 'rotate':
      return <RotateDialog webhook={open.webhook} onDone={showSecret} onClose={close} />;
    case 'delete':
      return <DeleteWebhookDialog webhook={open.webhook} onDone={done} onClose={close} />;
    case 'secret':
      return (
        <SecretDialog
          heading={t('webhooks.secretHeading', { name: open.minted.webhook.name })}
          label={t('webhooks.secret')}
          value={open.minted.secret}
          title={t('webhooks.secretOnce')}
          detail={t('webhooks.secretOnceDetail')}
          onClose={close}
        />
      );
  }
}
