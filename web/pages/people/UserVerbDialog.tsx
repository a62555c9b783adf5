import { useQueryClient } from '@tanstack/react-query';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { changeUser, deleteUser, type NewUser, resetPassword, type User, type UserVerb, usersKey } from './calls.ts';

export type Verb = UserVerb | 'reset-password' | 'delete';

interface UserVerbDialogProps {
  readonly user: User;
  readonly verb: Verb;
  /** A reset password is shown once. */
  onPassword(minted: NewUser): void;
  onClose(): void;
}

/** Says what an act on an account will stop, and does it. */
export function UserVerbDialog({ user, verb, onPassword, onClose }: UserVerbDialogProps) {
  const t = useTexts('people');
  const common = useTexts('common');
  const queries = useQueryClient();
  const act = useAct(async () => {
    if (verb === 'delete') await deleteUser(user.id);
    else if (verb === 'reset-password') onPassword(await resetPassword(user.id));
    else await changeUser(user.id, verb);
    await queries.invalidateQueries({ queryKey: usersKey });
    return true;
  });
  return (
    <ConfirmDialog
      open
      title={t(`users.verbs.${verb}`)}
      confirmText={t(`users.verbs.${verb}`)}
      cancelText={common('action.cancel')}
      onConfirm={async () => {
        if (await act.run(undefined)) onClose();
      }}
      onClose={onClose}
    >
      {act.error !== undefined && <ProblemNotice error={act.error} />}
      {t(`users.effects.${verb}`, { name: user.displayName, userName: user.userName })}
    </ConfirmDialog>
  );
}
