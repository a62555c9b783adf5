// What is asked before a token of an agent or collector ends.
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type AgentKind, deleteAgent, regenerateToken } from './calls.ts';

interface Known {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly lastUsedAt: string | null;
  readonly lastUsedAddress: string | null;
}

interface AgentDialogProps<Result> {
  readonly kind: AgentKind;
  readonly agent: Known;
  onDone(result: Result): void;
  onClose(): void;
}

function useKnown({ createdBy, lastUsedAt, lastUsedAddress }: Known): [string, string][] {
  const t = useTexts('agents');
  const { exact } = useFormat();
  return [
    [t('list.createdBy'), createdBy],
    [t('list.lastCall'), lastUsedAt === null ? t('list.never') : exact(lastUsedAt)],
    [t('list.lastAddress'), lastUsedAddress ?? '–'],
  ];
}

export function RegenerateDialog({ kind, agent, onDone, onClose }: AgentDialogProps<{ value: string }>) {
  const t = useTexts('agents');
  return (
    <ConfirmAct
      title={t('regenerate.title', { name: agent.name })}
      lead={t('regenerate.stops')}
      items={useKnown(agent)}
      confirmText={t('regenerate.action')}
      work={() => regenerateToken(kind, agent.id)}
      onDone={onDone}
      onClose={onClose}
    />
  );
}

export function DeleteDialog({ kind, agent, onDone, onClose }: AgentDialogProps<void>) {
  const t = useTexts('agents');
  const common = useTexts('common');
  return (
    <ConfirmAct
      title={t('remove.title', { name: agent.name })}
      lead={kind === 'siem-agents' ? t('remove.siemStops') : t('remove.collectorStops')}
      items={useKnown(agent)}
      confirmText={common('action.delete')}
      work={() => deleteAgent(kind, agent.id)}
      onDone={onDone}
      onClose={onClose}
    />
  );
}
