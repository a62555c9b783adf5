import { Field, Input, Select, Text, Textarea } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useTexts } from '../../i18n/texts.ts';
import {
  changeIncident,
  type IncidentChange,
  type IncidentView,
  incidentsKey,
  mergeIncidents,
  moveAlerts,
} from './calls.ts';
import { AssigneeField } from './people.tsx';
import { VerdictField } from './VerdictField.tsx';
import { parseVerdict, verdictText } from './verdicts.ts';
import { useWords } from './words.ts';

interface DialogProps {
  readonly incident: IncidentView;
  onClose(): void;
}

type Typed = Readonly<Record<string, string>>;

const severities = ['UnSpecified', 'Informational', 'Low', 'Medium', 'High'] as const;
const statuses = ['Active', 'InProgress', 'Resolved'] as const;

export function CommentField() {
  const t = useTexts('security');
  return (
    <Field label={t('comment.label')}>
      <Textarea name="comment" maxLength={30_000} resize="vertical" />
    </Field>
  );
}

/** Everything that can be said of an incident, in one form; only what was changed is sent. */
export function ManageDialog({ incident, onClose }: DialogProps) {
  const t = useTexts('security');
  const common = useTexts('common');
  const words = useWords();
  const changed = useChanged();
  const submit = async (typed: Typed) => {
    const change = changeOf(incident, typed);
    if (Object.keys(change).length > 0) await changeIncident(incident.incidentId, change);
    await changed();
  };
  return (
    <FormDialog title={t('manage.title')} submitText={common('action.save')} onSubmit={submit} onClose={onClose}>
      <Field label={t('incident.name')} required>
        <Input name="name" defaultValue={incident.name} maxLength={1000} required pattern=".*\S.*" />
      </Field>
      <Field label={t('incident.severity')}>
        <Select name="severity" defaultValue={incident.severity}>
          {severities.map((each) => (
            <option key={each} value={each}>
              {words.severity(each)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={common('list.status')}>
        <Select name="status" defaultValue={incident.status}>
          {statuses.map((each) => (
            <option key={each} value={each}>
              {words.status(each)}
            </option>
          ))}
        </Select>
      </Field>
      <AssigneeField assignedTo={incident.assignedTo} />
      <VerdictField verdict={incident} />
      <Field label={t('incident.tags')} hint={t('manage.tagsHint')}>
        <Textarea name="tags" defaultValue={incident.tags.join('\n')} maxLength={25_000} resize="vertical" />
      </Field>
      <CommentField />
    </FormDialog>
  );
}

function changeOf(incident: IncidentView, typed: Typed): IncidentChange {
  const { name = '', comment = '', verdict = '', assignedTo = '' } = typed;
  const severity = severities.find((each) => each === typed.severity);
  const status = statuses.find((each) => each === typed.status);
  const tags = tagsIn(typed.tags ?? '');
  const assignee = assignedTo.trim() === '' ? null : assignedTo.trim();
  return {
    ...(name === incident.name ? {} : { name }),
    ...(severity === undefined || severity === incident.severity ? {} : { severity }),
    ...(status === undefined || status === incident.status ? {} : { status }),
    ...(assignee === incident.assignedTo ? {} : { assignedTo: assignee }),
    ...(verdict === verdictText(incident) ? {} : parseVerdict(verdict)),
    ...(tags.join('\n') === incident.tags.join('\n') ? {} : { tags }),
    ...(comment.trim() === '' ? {} : { comment }),
  };
}

function tagsIn(text: string): string[] {
  return [...new Set(text.split('\n').flatMap((line) => line.trim() || []))];
}

/** Closes the matter: what it was, and what there is to say about it. */
export function ResolveDialog({ incident, onClose }: DialogProps) {
  const t = useTexts('security');
  const changed = useChanged();
  const submit = async ({ verdict = '', comment = '' }: Typed) => {
    await changeIncident(incident.incidentId, {
      status: 'Resolved',
      ...(verdict === verdictText(incident) ? {} : parseVerdict(verdict)),
      ...(comment.trim() === '' ? {} : { comment }),
    });
    await changed();
  };
  return (
    <FormDialog title={t('resolve.title')} submitText={t('resolve.action')} onSubmit={submit} onClose={onClose}>
      <Text>{t('resolve.detail', { name: incident.name, alerts: incident.alertCount })}</Text>
      <VerdictField verdict={incident} />
      <CommentField />
    </FormDialog>
  );
}

/** Adds this incident and others to the oldest of them. */
export function MergeDialog({ incident, onClose }: DialogProps) {
  const t = useTexts('security');
  const changed = useChanged();
  const navigate = useNavigate();
  const submit = async ({ other = '', comment = '' }: Typed) => {
    const target = await mergeIncidents([incident.incidentId, Number(other)], comment.trim());
    await changed();
    await navigate({ to: `/incidents/${target}` });
  };
  return (
    <FormDialog title={t('merge.title')} submitText={t('merge.action')} onSubmit={submit} onClose={onClose}>
      <Text>{t('merge.detail')}</Text>
      <Field label={t('merge.other')} required>
        <Input name="other" inputMode="numeric" required pattern="[1-9][0-9]{0,14}" maxLength={15} />
      </Field>
      <CommentField />
    </FormDialog>
  );
}

interface MoveDialogProps {
  readonly alertIds: readonly string[];
  onClose(): void;
}

/** Takes alerts out: into an incident of their own, or into another one. */
export function MoveDialog({ alertIds, onClose }: MoveDialogProps) {
  const t = useTexts('security');
  const changed = useChanged();
  const navigate = useNavigate();
  const submit = async ({ other = '', comment = '' }: Typed) => {
    const target = await moveAlerts(alertIds, other === '' ? null : Number(other), comment.trim());
    await changed();
    await navigate({ to: `/incidents/${target}/alerts` });
  };
  return (
    <FormDialog title={t('move.title')} submitText={t('move.action')} onSubmit={submit} onClose={onClose}>
      <Text>{t('move.detail', { alerts: alertIds.length })}</Text>
      <Field label={t('move.other')} hint={t('move.otherHint')}>
        <Input name="other" inputMode="numeric" pattern="[1-9][0-9]{0,14}" maxLength={15} />
      </Field>
      <CommentField />
    </FormDialog>
  );
}

function useChanged() {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: incidentsKey });
    void queries.invalidateQueries({ queryKey: ['alerts'] });
  };
}
