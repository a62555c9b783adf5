import { useQueryClient } from '@tanstack/react-query';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { deletePolicy, type ListedPolicy, type Policy, policiesKey } from './calls.ts';

interface DeleteDialogProps {
  readonly policy: Policy & Partial<Pick<ListedPolicy, 'openAlerts' | 'today'>>;
  onDone(): void;
  onClose(): void;
}

/** Asks, naming what ends with the policy, and deletes it. */
export function DeleteDialog({ policy, onDone, onClose }: DeleteDialogProps) {
  const t = useTexts('policies');
  const common = useTexts('common');
  const { number } = useFormat();
  const queries = useQueryClient();
  const { id, name, type, isEnabled, openAlerts, today } = policy;
  return (
    <ConfirmAct
      title={t('delete.title', { name })}
      lead={t(type === 'NEW_SERVICE' ? 'delete.apps' : 'delete.activities')}
      items={[
        [t('list.type'), t(`type.${type}`)],
        [common('list.status'), t(isEnabled ? 'status.enabled' : 'status.disabled')],
        ...(openAlerts == null ? [] : [[t('list.openAlerts'), number(openAlerts)] as const]),
        ...(today == null ? [] : [[t('list.matchesToday'), number(today.matches)] as const]),
      ]}
      confirmText={common('action.delete')}
      work={() => deletePolicy(id)}
      onDone={() => {
        onDone();
        queries.removeQueries({ queryKey: [...policiesKey, 'one', id] });
        void queries.invalidateQueries({ queryKey: policiesKey });
      }}
      onClose={onClose}
    />
  );
}
