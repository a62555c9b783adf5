import { Badge, makeStyles, Text, tokens } from '@fluentui/react-components';
import { RouterLink } from '../../components/RouterLink.tsx';
import { RowMenu } from '../../components/RowMenu.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { webhookEvents } from './events.ts';
import { needed, type Webhook } from './notification-calls.ts';

export type WebhookVerb = 'edit' | 'test' | 'switch' | 'rotate' | 'delete';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: '4px', minWidth: 0 },
  name: { fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

/** Why the server disables a webhook. */
const reasons = ['by-hand', 'gone', 'failing', 'backlog', 'rights'] as const;

/** What the list of webhooks shows. */
export function useWebhookColumns(act: (verb: WebhookVerb, webhook: Webhook) => void): readonly Column<Webhook>[] {
  const t = useTexts('settings');
  const common = useTexts('common');
  const [needs] = needed;
  return [
    {
      id: 'name',
      header: t('webhooks.name'),
      sort: 'name',
      width: '30%',
      cell: (webhook) => <Named webhook={webhook} />,
      text: ({ name }) => name,
    },
    {
      id: 'events',
      header: t('webhooks.events'),
      cell: (webhook) => <Events webhook={webhook} />,
      text: ({ events }) => events.join(' '),
    },
    {
      id: 'status',
      header: common('list.status'),
      cell: (webhook) => <Status webhook={webhook} />,
      text: ({ isEnabled, disabledReason }) => disabledReason ?? (isEnabled ? 'enabled' : 'disabled'),
    },
    {
      id: 'deliveries',
      header: t('deliveries.title'),
      sort: 'lastFailureAt',
      cell: (webhook) => <Deliveries target={webhook} />,
      text: ({ lastFailure }) => lastFailure,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      width: '88px',
      cell: (webhook) => (
        <RowMenu
          name={webhook.name}
          actions={[
            { text: t('trial.action'), needs, act: () => act('test', webhook) },
            { text: common('action.edit'), needs, act: () => act('edit', webhook) },
            {
              text: webhook.isEnabled ? t('webhooks.disable') : t('webhooks.enable'),
              needs,
              act: () => act('switch', webhook),
            },
            { text: t('webhooks.rotate'), needs, act: () => act('rotate', webhook) },
            { text: common('action.delete'), needs, act: () => act('delete', webhook) },
          ]}
        />
      ),
    },
  ];
}

function Named({ webhook: { name, url, owner } }: { webhook: Webhook }) {
  const styles = useStyles();
  const t = useTexts('settings');
  return (
    <div className={styles.stack}>
      <span className={styles.name}>{name}</span>
      <Text size={200} className={styles.quiet}>
        {url}
      </Text>
      <Text size={200} className={styles.quiet}>
        {t('owner', { name: owner ?? '–' })}
      </Text>
    </div>
  );
}

function Events({ webhook: { events, severityMin } }: { webhook: Webhook }) {
  const styles = useStyles();
  const t = useTexts('settings');
  const words = events.map((event) => {
    const known = webhookEvents.find((each) => each === event);
    return known ? t(`event.${known}`) : event;
  });
  return (
    <div className={styles.stack}>
      <span>{words.join(', ')}</span>
      {severityMin !== null && (
        <Text size={200} className={styles.quiet}>
          {t('severityFrom', { severity: t(`severity.${severityMin}`) })}
        </Text>
      )}
    </div>
  );
}

function Status({ webhook: { isEnabled, disabledReason, failingSince } }: { webhook: Webhook }) {
  const styles = useStyles();
  const t = useTexts('settings');
  const { dateTime } = useFormat();
  const reason = reasons.find((each) => each === disabledReason);
  return (
    <div className={styles.stack}>
      <Badge appearance="tint" color={!isEnabled ? 'informative' : failingSince === null ? 'success' : 'danger'}>
        {isEnabled ? t('webhooks.enabled') : t('webhooks.disabled')}
      </Badge>
      {reason && (
        <Text size={200} className={styles.quiet}>
          {t(`webhooks.reason.${reason}`)}
        </Text>
      )}
      {isEnabled && failingSince !== null && (
        <Text size={200} className={styles.quiet}>
          {t('deliveries.failingSince', { at: dateTime(failingSince) })}
        </Text>
      )}
    </div>
  );
}

interface DeliveriesProps {
  readonly target: {
    readonly id: string;
    readonly lastSuccessAt: string | null;
    readonly lastFailureAt: string | null;
    readonly lastFailure: string | null;
  };
}

/** When something arrived last and when it did not, with why, and the way to what never did. */
export function Deliveries({ target: { id, lastSuccessAt, lastFailureAt, lastFailure } }: DeliveriesProps) {
  const styles = useStyles();
  const t = useTexts('settings');
  const { dateTime } = useFormat();
  return (
    <div className={styles.stack}>
      <span>
        {lastSuccessAt === null ? t('deliveries.never') : t('deliveries.success', { at: dateTime(lastSuccessAt) })}
      </span>
      {lastFailureAt !== null && (
        <>
          <Text size={200} className={styles.quiet}>
            {t('deliveries.failure', { at: dateTime(lastFailureAt), reason: lastFailure ?? '–' })}
          </Text>
          <RouterLink to={`/settings/tenant/undelivered?target=${encodeURIComponent(id)}`}>
            {t('tab.undelivered')}
          </RouterLink>
        </>
      )}
    </div>
  );
}
