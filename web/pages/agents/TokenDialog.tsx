import { SecretDialog } from '../../components/SecretDialog.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import type { AgentKind } from './calls.ts';

interface TokenDialogProps {
  readonly kind: AgentKind;
  readonly name: string;
  readonly value: string;
  onClose(): void;
}

const programs = { 'siem-agents': 'siem-agent', 'log-collectors': 'log-collector' } as const;

/** The token of an agent or collector, this once, and the command that starts it. */
export function TokenDialog({ kind, name, value, onClose }: TokenDialogProps) {
  const t = useTexts('agents');
  const common = useTexts('common');
  // The name has letters, digits, hyphens and underscores only, the token is typed: nothing here needs quoting.
  const command = `read -rs TOKEN; printf %s "$TOKEN" | sallyport ${programs[kind]} --server ${location.origin} --state ./${name}`;
  return (
    <SecretDialog
      heading={t('token.title', { name })}
      label={t('token.label')}
      value={value}
      title={t('token.once')}
      detail={t('token.onceDetail')}
      onClose={onClose}
    >
      <CopyField
        label={t('token.command')}
        hint={t('token.commandHint')}
        value={command}
        copyText={common('action.copy')}
        copiedText={common('action.copied')}
      />
    </SecretDialog>
  );
}
