import { Text } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { type BulkFailure, useBulk } from '../../components/use-bulk.ts';
import { useTexts } from '../../i18n/texts.ts';
import { changeIncident, changeIncidents, type IncidentChange, incidentsKey, mergeIncidents } from './calls.ts';
import { CommentField } from './dialogs.tsx';
import { AssigneeField } from './people.tsx';
import { ChosenBar } from './queue.tsx';
import { VerdictField } from './VerdictField.tsx';
import { noVerdict, parseVerdict } from './verdicts.ts';

/** As the API merges them in one call. */
const mergedMax = 20;

interface BulkActionsProps {
  readonly keys: ReadonlySet<string>;
  onDone(): void;
}

type Typed = Readonly<Record<string, string>>;

/** What can be done with several incidents at once. */
export function BulkActions({ keys, onDone }: BulkActionsProps) {
  const t = useTexts('security');
  const queries = useQueryClient();
  const bulk = useBulk();
  const [open, setOpen] = useState<'assign' | 'resolve' | 'merge'>();
  const [failures, setFailures] = useState<readonly BulkFailure[]>([]);
  const any = [changeIncidents];
  const isNone = keys.size === 0 || bulk.progress !== undefined;
  const close = () => setOpen(undefined);
  const changeAll = async (change: IncidentChange) => {
    setFailures(await bulk.run([...keys], async (id) => await changeIncident(id, change)));
    await queries.invalidateQueries({ queryKey: incidentsKey });
    onDone();
  };
  return (
    <>
      <ChosenBar keys={keys} bulk={bulk}>
        <PermittedButton any={any} disabled={isNone} onClick={() => setOpen('assign')}>
          {t('assign.action')}
        </PermittedButton>
        <PermittedButton any={any} disabled={isNone} onClick={() => setOpen('resolve')}>
          {t('resolve.action')}
        </PermittedButton>
        <PermittedButton
          any={any}
          disabled={isNone || keys.size < 2 || keys.size > mergedMax}
          onClick={() => setOpen('merge')}
        >
          {t('merge.action')}
        </PermittedButton>
      </ChosenBar>
      {failures.slice(0, 3).map(({ name, error }) => (
        <div key={name}>
          <Text weight="semibold">{t('incident.title', { id: name })}</Text>
          <ProblemNotice error={error} />
        </div>
      ))}
      {open === 'assign' && <AssignAll count={keys.size} changeAll={changeAll} onClose={close} />}
      {open === 'resolve' && <ResolveAll count={keys.size} changeAll={changeAll} onClose={close} />}
      {open === 'merge' && <MergeAll ids={[...keys].map(Number)} onDone={onDone} onClose={close} />}
    </>
  );
}

interface AllProps {
  readonly count: number;
  changeAll(change: IncidentChange): Promise<void>;
  onClose(): void;
}

function AssignAll({ count, changeAll, onClose }: AllProps) {
  const t = useTexts('security');
  // The dialog closes at once: progress stands in the page.
  const submit = async ({ assignedTo = '' }: Typed) =>
    void changeAll({ assignedTo: assignedTo.trim() === '' ? null : assignedTo.trim() });
  return (
    <FormDialog title={t('assign.title')} submitText={t('assign.action')} onSubmit={submit} onClose={onClose}>
      <Text>{t('queue.selected', { count })}</Text>
      <AssigneeField assignedTo={null} />
    </FormDialog>
  );
}

function ResolveAll({ count, changeAll, onClose }: AllProps) {
  const t = useTexts('security');
  const submit = async ({ verdict = '', comment = '' }: Typed) =>
    void changeAll({
      status: 'Resolved',
      ...(verdict === noVerdict ? {} : parseVerdict(verdict)),
      ...(comment.trim() === '' ? {} : { comment }),
    });
  return (
    <FormDialog title={t('resolve.title')} submitText={t('resolve.action')} onSubmit={submit} onClose={onClose}>
      <Text>{t('resolve.several', { count })}</Text>
      <VerdictField />
      <CommentField />
    </FormDialog>
  );
}

function MergeAll({ ids, onDone, onClose }: { ids: readonly number[]; onDone(): void; onClose(): void }) {
  const t = useTexts('security');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const submit = async ({ comment = '' }: Typed) => {
    const target = await mergeIncidents(ids, comment.trim());
    await queries.invalidateQueries({ queryKey: incidentsKey });
    onDone();
    await navigate({ to: `/incidents/${target}` });
  };
  return (
    <FormDialog title={t('merge.title')} submitText={t('merge.action')} onSubmit={submit} onClose={onClose}>
      <Text>{t('merge.several', { ids: ids.join(', ') })}</Text>
      <CommentField />
    </FormDialog>
  );
}
