import { DetailsFrame } from '../../components/DetailsFrame.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import type { Token } from './calls.ts';
import { StateWords } from './TokenState.tsx';

/** Everything that is known of a token. */
export function DetailsDialog({ token, onClose }: { token: Token; onClose(): void }) {
  const t = useTexts('tokens');
  const common = useTexts('common');
  const { exact } = useFormat();
  return (
    <DetailsFrame title={t('details.title', { name: token.name })} onClose={onClose}>
      <Definitions
        items={[
          [common('list.status'), t(`status.${token.status}`)],
          [t('details.now'), <StateWords key="now" token={token} />],
          [t('list.owner'), `${token.owner.displayName} (${token.owner.userName})`],
          [t('list.generated'), exact(token.createdAt)],
          [t('details.expires'), token.expiresAt === null ? t('list.never') : exact(token.expiresAt)],
          [t('details.permissions'), token.permissions?.join(', ') ?? t('details.allPermissions')],
          [t('details.addresses'), token.allowedAddresses?.join(', ') ?? t('details.anyAddress')],
          [t('list.lastUsed'), token.lastUsedAt === null ? t('list.never') : exact(token.lastUsedAt)],
          [t('details.lastAddress'), token.lastUsedAddress ?? '–'],
          [t('details.lastUsedFor'), token.lastUsedFor ?? '–'],
          [t('details.previousUntil'), exact(token.previousValueValidUntil)],
          [t('details.id'), token.id],
        ]}
      />
    </DetailsFrame>
  );
}
