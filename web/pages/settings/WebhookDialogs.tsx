// What is asked before a webhook's secret or the webhook itself ends.
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { deleteWebhook, type Minted, rotateSecret, type Webhook } from './notification-calls.ts';

interface WebhookDialogProps<Result> {
  readonly webhook: Webhook;
  onDone(result: Result): void;
  onClose(): void;
}

function useKnown({ name, url, lastSuccessAt }: Webhook): [string, string][] {
  const t = useTexts('settings');
  const { exact } = useFormat();
  return [
    [t('webhooks.name'), name],
    [t('webhooks.url'), url],
    [t('deliveries.last'), lastSuccessAt === null ? t('deliveries.never') : exact(lastSuccessAt)],
  ];
}

export function RotateDialog({ webhook, onDone, onClose }: WebhookDialogProps<Minted>) {
  const t = useTexts('settings');
  return (
    <ConfirmAct
      title={t('webhooks.rotateTitle', { name: webhook.name })}
      lead={t('webhooks.rotateStops')}
      items={useKnown(webhook)}
      confirmText={t('webhooks.rotate')}
      work={() => rotateSecret(webhook.id)}
      onDone={onDone}
      onClose={onClose}
    />
  );
}

export function DeleteWebhookDialog({ webhook, onDone, onClose }: WebhookDialogProps<void>) {
  const t = useTexts('settings');
  const common = useTexts('common');
  return (
    <ConfirmAct
      title={t('webhooks.deleteTitle', { name: webhook.name })}
      lead={t('webhooks.deleteStops')}
      items={useKnown(webhook)}
      confirmText={common('action.delete')}
      work={() => deleteWebhook(webhook.id)}
      onDone={onDone}
      onClose={onClose}
    />
  );
}
