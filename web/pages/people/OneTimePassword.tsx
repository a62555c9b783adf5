import { SecretDialog } from '../../components/SecretDialog.tsx';
import { useTexts } from '../../i18n/texts.ts';
import type { NewUser } from './calls.ts';

/** The password of a new or reset account, shown this once; nothing where the account has none. */
export function OneTimePassword({ minted, onClose }: { minted: NewUser; onClose(): void }) {
  const t = useTexts('people');
  if (minted.oneTimePassword === undefined) return null;
  return (
    <SecretDialog
      heading={minted.user.userName}
      label={t('users.password')}
      value={minted.oneTimePassword}
      title={t('users.passwordOnce')}
      detail={t('users.passwordOnceDetail')}
      onClose={onClose}
    />
  );
}
