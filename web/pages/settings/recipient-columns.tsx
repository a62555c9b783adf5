import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { RowMenu } from '../../components/RowMenu.tsx';
import { useFormat } from '../../i18n/format.ts';
import { languageNames } from '../../i18n/languages.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { needed, type Recipient } from './notification-calls.ts';
import { Deliveries } from './webhook-columns.tsx';

export type RecipientVerb = 'edit' | 'test' | 'remove';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: '4px', minWidth: 0 },
  address: { fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

/** What the list of recipients shows. */
export function useRecipientColumns(
  act: (verb: RecipientVerb, recipient: Recipient) => void,
): readonly Column<Recipient>[] {
  const t = useTexts('settings');
  const common = useTexts('common');
  const wishes = useWishes();
  const [needs] = needed;
  return [
    {
      id: 'address',
      header: t('mail.address'),
      sort: 'address',
      width: '28%',
      cell: (recipient) => <Addressed recipient={recipient} />,
      text: ({ address }) => address,
    },
    {
      id: 'wishes',
      header: t('mail.wishes'),
      cell: (recipient) => wishes(recipient).join(' '),
      text: (recipient) => wishes(recipient).join(' '),
    },
    {
      id: 'deliveries',
      header: t('deliveries.title'),
      sort: 'lastFailureAt',
      cell: (recipient) => <Deliveries target={recipient} />,
      text: ({ lastFailure }) => lastFailure,
    },
    {
      id: 'today',
      header: t('mail.today'),
      cell: (recipient) => <Today recipient={recipient} />,
      text: ({ sentToday }) => sentToday,
    },
    {
      id: 'actions',
      header: common('list.actions'),
      width: '88px',
      cell: (recipient) => (
        <RowMenu
          name={recipient.address}
          actions={[
            { text: t('trial.action'), needs, act: () => act('test', recipient) },
            { text: common('action.edit'), needs, act: () => act('edit', recipient) },
            { text: common('action.delete'), needs, act: () => act('remove', recipient) },
          ]}
        />
      ),
    },
  ];
}

function Addressed({ recipient: { address, language, owner } }: { recipient: Recipient }) {
  const styles = useStyles();
  const t = useTexts('settings');
  return (
    <div className={styles.stack}>
      <span className={styles.address}>{address}</span>
      <Text size={200} className={styles.quiet}>
        {languageNames[language]}
      </Text>
      <Text size={200} className={styles.quiet}>
        {t('owner', { name: owner ?? '–' })}
      </Text>
    </div>
  );
}

function Today({ recipient: { sentToday, withheldToday } }: { recipient: Recipient }) {
  const styles = useStyles();
  const t = useTexts('settings');
  const { number } = useFormat();
  return (
    <div className={styles.stack}>
      <span>{t('mail.sent', { count: number(sentToday) })}</span>
      {withheldToday > 0 && (
        <Text size={200} className={styles.quiet}>
          {t('mail.withheld', { count: number(withheldToday) })}
        </Text>
      )}
    </div>
  );
}

function useWishes(): (recipient: Recipient) => string[] {
  const t = useTexts('settings');
  const { number } = useFormat();
  return ({ alerts, consentRequests, roleApprovals, expiringSecretDays: days }) => [
    ...(alerts === null ? [] : [t('mail.alertsFrom', { severity: t(`severity.${alerts}`) })]),
    ...(consentRequests ? [t('mail.consentRequestsWish')] : []),
    ...(roleApprovals ? [t('mail.roleApprovalsWish')] : []),
    ...(days === null ? [] : [t('mail.secretsWish', { days: number(days) })]),
  ];
}
