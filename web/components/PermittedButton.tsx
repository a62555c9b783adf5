import { Button, type ButtonProps, Tooltip, useRestoreFocusTarget } from '@fluentui/react-components';
import { may, useSession } from '../api/session.ts';
import { useTexts } from '../i18n/texts.ts';

type PermittedButtonProps = ButtonProps & {
  /** The reader needs one of these. */
  readonly any: readonly string[];
};

/** A button that stays visible for those who may not press it, and tells them which permission it takes. */
export function PermittedButton({ any, ...rest }: PermittedButtonProps) {
  const t = useTexts('common');
  // Buttons open dialogs, and when these close the keyboard goes on where it was.
  const target = useRestoreFocusTarget();
  if (may(useSession(), ...any)) return <Button {...target} {...rest} />;
  return (
    <Tooltip relationship="description" content={t('state.forbiddenDetail', { permissions: any.join(', ') })}>
      {/* Whatever else keeps it from being pressed now, its reason can be reached. */}
      <Button {...rest} disabled={false} disabledFocusable />
    </Tooltip>
  );
}
