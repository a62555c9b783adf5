import { Field, Input, Textarea } from '@fluentui/react-components';
import { FormDialog } from '../../components/FormDialog.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { type App, putNote, putScore } from './app-calls.ts';

interface AppDialogProps {
  readonly app: App;
  onDone(): void;
  onClose(): void;
}

/** A note that everybody who sees the app reads; an empty one goes away. */
export function NoteDialog({ app, onDone, onClose }: AppDialogProps) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  return (
    <FormDialog
      title={t('note.action')}
      submitText={common('action.save')}
      onSubmit={async ({ note = '' }) => {
        await putNote(app.appId, note);
        onDone();
      }}
      onClose={onClose}
    >
      <Field label={t('note.title')} hint={t('note.hint')}>
        <Textarea name="note" rows={5} maxLength={2000} defaultValue={app.note?.value ?? ''} />
      </Field>
    </FormDialog>
  );
}

/** The organisation's own score in the place of the computed one; empty for the computed one. */
export function ScoreDialog({ app, onDone, onClose }: AppDialogProps) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  return (
    <FormDialog
      title={t('score.action')}
      submitText={common('action.save')}
      onSubmit={async ({ score = '', note = '' }) => {
        await putScore(app.appId, score.trim() === '' ? null : Number(score), note.trim());
        onDone();
      }}
      onClose={onClose}
    >
      <Field label={t('score.label')} hint={t('score.hint')}>
        <Input
          name="score"
          type="number"
          min={0}
          max={10}
          step={0.1}
          defaultValue={String(app.override?.value ?? '')}
        />
      </Field>
      <Field label={t('tag.reason')} hint={t('tag.reasonHint')}>
        <Input name="note" maxLength={500} autoComplete="off" defaultValue={app.override?.note ?? ''} />
      </Field>
    </FormDialog>
  );
}
