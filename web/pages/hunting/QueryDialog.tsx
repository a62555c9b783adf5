import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  Textarea,
} from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import type { QueryFields } from './api.ts';

const useStyles = makeStyles({ form: { display: 'flex', flexDirection: 'column', gap: '12px' } });

type Words = Omit<QueryFields, 'query'>;

interface QueryDialogProps {
  readonly title: string;
  readonly given: Words;
  /** Rejects with what the server says of it. */
  onSave(words: Words): Promise<void>;
  onClose(): void;
}

/** Name, folder, description and reach of a query that is saved. */
export function QueryDialog({ title, given, onSave, onClose }: QueryDialogProps) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const common = useTexts('common');
  const [isShared, setShared] = useState(given.isShared);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const required = true;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const word = (name: string) => String(typed.get(name) ?? '');
    setBusy(true);
    try {
      await onSave({ name: word('name'), folder: word('folder'), description: word('description'), isShared });
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  }

  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && !isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void submit(event)}>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className={styles.form}>
              {error !== undefined && <ProblemNotice error={error} />}
              <Field label={t('queries.name')} required={required}>
                <Input name="name" maxLength={150} defaultValue={given.name} />
              </Field>
              <Field label={t('queries.folder')} hint={t('queries.folderHint')}>
                <Input name="folder" maxLength={150} defaultValue={given.folder} />
              </Field>
              <Field label={t('queries.description')}>
                <Textarea name="description" maxLength={2000} defaultValue={given.description} />
              </Field>
              <Checkbox
                label={t('queries.share')}
                checked={isShared}
                onChange={(_event, { checked }) => setShared(checked === true)}
              />
            </DialogContent>
            <DialogActions>
              <Button appearance="primary" type="submit" disabled={isBusy}>
                {common('action.save')}
              </Button>
              <Button disabled={isBusy} onClick={onClose}>
                {common('action.cancel')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
