import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { revokeToken, type Token } from './calls.ts';

/** Asks before a token is revoked, naming what stops: whose token it is, and what it was last used for and from where. */
export function RevokeDialog({ token, onDone, onClose }: { token: Token; onDone(): void; onClose(): void }) {
  const t = useTexts('tokens');
  const { exact } = useFormat();
  const use: [string, string][] =
    token.lastUsedAt === null
      ? [[t('list.lastUsed'), t('revoke.neverUsed')]]
      : [
          [t('list.lastUsed'), exact(token.lastUsedAt)],
          [t('details.lastUsedFor'), token.lastUsedFor ?? '–'],
          [t('details.lastAddress'), token.lastUsedAddress ?? '–'],
        ];
  return (
    <ConfirmAct
      title={t('revoke.title', { name: token.name })}
      lead={t('revoke.stops')}
      items={[
        [t('list.name'), token.name],
        [t('list.owner'), `${token.owner.displayName} (${token.owner.userName})`],
        ...use,
      ]}
      confirmText={t('revoke.action')}
      work={() => revokeToken(token.id)}
      onDone={onDone}
      onClose={onClose}
    />
  );
}
