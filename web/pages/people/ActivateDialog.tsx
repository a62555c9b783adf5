import { Field, Input, Select, Text, Textarea } from '@fluentui/react-components';
import { useSession } from '../../api/session.ts';
import { FormDialog } from '../../components/FormDialog.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { activateRole, type OwnRole } from './calls.ts';

const hourSeconds = 3600;
/** Half an hour to a day; the role's settings say how many of them there are. */
const choices = [0.5, 1, 2, 4, 8, 12, 24].map((hours) => hours * hourSeconds);

interface ActivateDialogProps {
  readonly role: OwnRole;
  onActivated(isPending: boolean): Promise<void>;
  onClose(): void;
}

/** For how long, why, and the second factor where the role demands one. */
export function ActivateDialog({ role, onActivated, onClose }: ActivateDialogProps) {
  const t = useTexts('people');
  const { hasSecondFactor } = useSession();
  const durations = choices.filter((each) => each <= role.activationSecondsMax);
  const submit = async (typed: Readonly<Record<string, string>>) => {
    const code = typed.code?.trim() ?? '';
    const { status } = await activateRole({
      assignmentId: role.assignmentId,
      durationSeconds: Number(typed.duration),
      justification: typed.justification ?? '',
      ...(code === '' ? {} : { code }),
    });
    await onActivated(status === 'pending');
  };
  return (
    <FormDialog
      title={t('activate.title', { role: role.role.displayName })}
      submitText={role.requiresApproval ? t('activate.request') : t('mine.activate')}
      onSubmit={submit}
      onClose={onClose}
    >
      {role.requiresApproval && <Notice intent="info" title={t('activate.needsApproval')} />}
      <Field label={t('activate.duration')}>
        <Select name="duration" defaultValue={String(durations.at(-1) ?? role.activationSecondsMax)}>
          {(durations.length > 0 ? durations : [role.activationSecondsMax]).map((seconds) => (
            <option key={seconds} value={seconds}>
              {t('activate.hours', { hours: seconds / hourSeconds })}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t('activate.justification')} required={role.requiresJustification}>
        <Textarea name="justification" maxLength={500} resize="vertical" />
      </Field>
      {role.requiresSecondFactor && (
        <Field label={t('activate.code')} hint={t('activate.codeHint')}>
          <Input name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={100} />
        </Field>
      )}
      {role.requiresSecondFactor && !hasSecondFactor && (
        <Text>
          {t('activate.noFactor')} <RouterLink to="/account">{t('activate.setUpFactor')}</RouterLink>
        </Text>
      )}
    </FormDialog>
  );
}
