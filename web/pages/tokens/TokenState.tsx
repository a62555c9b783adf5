import { Badge, makeStyles, Text, tokens } from '@fluentui/react-components';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Token } from './calls.ts';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', alignItems: 'flex-start', gap: '4px', minWidth: 0 },
  why: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

const colors = { generated: 'informative', active: 'success', inactive: 'subtle' } as const;

/** Status as the product knows it, and, where calls with the token are refused, why and what to do. */
export function TokenStatus({ token, isOwn }: { token: Token; isOwn: boolean }) {
  const styles = useStyles();
  const t = useTexts('tokens');
  return (
    <div className={styles.stack}>
      <Badge
        appearance={token.status === 'inactive' ? 'outline' : 'tint'}
        color={colors[token.status]}
        title={t(`status.${token.status}Why`)}
      >
        {t(`status.${token.status}`)}
      </Badge>
      {token.state !== 'usable' && (
        <Text size={200} className={styles.why}>
          <StateWords token={token} />{' '}
          {token.state === 'dormant' && isOwn && <RouterLink to="/roles/mine">{t('state.activate')}</RouterLink>}
        </Text>
      )}
    </div>
  );
}

/** Whether it would work now, in a sentence. */
export function StateWords({ token }: { token: Token }) {
  const t = useTexts('tokens');
  const { dateTime } = useFormat();
  switch (token.state) {
    case 'usable':
      return t('state.usable');
    case 'dormant':
      return t('state.dormant');
    case 'expired':
      return t('state.expired', { at: dateTime(token.expiresAt) });
    case 'owner-not-permitted':
      if (token.owner.status === 'disabled') return t('state.ownerDisabled');
      return token.owner.status === 'deleted' ? t('state.ownerDeleted') : t('state.ownerNotPermitted');
  }
}
