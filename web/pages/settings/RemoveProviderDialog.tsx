import { makeStyles, Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type ExternalSignIn, linkedQuery, removeProvider } from './calls.ts';

const useStyles = makeStyles({ list: { margin: 0, paddingInlineStart: '20px', overflowWrap: 'anywhere' } });

interface RemoveProviderDialogProps {
  readonly present: ExternalSignIn;
  onDone(): void;
  onClose(): void;
}

/** Asks before the provider is removed, naming who signs in through it and cannot any more. */
export function RemoveProviderDialog({ present, onDone, onClose }: RemoveProviderDialogProps) {
  const t = useTexts('settings');
  const { number } = useFormat();
  const linked = useQuery(linkedQuery);
  return (
    <ConfirmAct
      title={t('provider.removeTitle', { name: present.displayName })}
      lead={t('provider.removeStops')}
      items={[
        [t('provider.issuer'), present.issuer],
        [t('links.count'), linked.data ? number(linked.data.total) : '–'],
        [t('provider.shutOut'), <ShutOut key="who" />],
      ]}
      confirmText={t('provider.remove')}
      work={removeProvider}
      onDone={onDone}
      onClose={onClose}
    />
  );
}

function ShutOut() {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const { number } = useFormat();
  const { data, error } = useQuery(linkedQuery);
  if (error) return <ProblemNotice error={error} />;
  if (!data) return <Spinner size="tiny" label={common('state.loading')} />;
  if (data.total === 0) return t('provider.nobody');
  return (
    <ul className={styles.list}>
      {data.items.map(({ user, origin }) => (
        <li key={user.id}>
          {user.displayName} ({user.userName}): {t(`provider.afterwards.${origin}`)}
        </li>
      ))}
      {data.total > data.items.length && (
        <li>{t('provider.andMore', { count: number(data.total - data.items.length) })}</li>
      )}
    </ul>
  );
}
