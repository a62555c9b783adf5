import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  ProgressBar,
  Select,
} from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { logKindsQuery, sendSnapshot, uploadsKey } from './upload-calls.ts';

const useStyles = makeStyles({
  fields: { display: 'flex', flexDirection: 'column', gap: '16px' },
  file: { width: '100%', boxSizing: 'border-box' },
});

interface SnapshotDialogProps {
  /** With the upload's id, once the server has the file. */
  onDone(id: string): void;
  onClose(): void;
}

/** A log from a file becomes a report of its own: which kind it is, what the report is called, and the file. */
export function SnapshotDialog({ onDone, onClose }: SnapshotDialogProps) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const common = useTexts('common');
  const [draft, setDraft] = useState({ name: '', source: '' });
  const [file, setFile] = useState<File>();
  const [isTried, setTried] = useState(false);
  const sending = useSending(onDone);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const name = draft.name.trim();
    if (name !== '' && draft.source !== '' && file) sending.begin({ name, source: draft.source, file });
  };
  const isBusy = sending.progress !== undefined;
  const missing = (isMissing: boolean, text: string) => (isTried && isMissing ? { validationMessage: text } : {});
  return (
    <Dialog open modalType="alert" onOpenChange={(_event, { open }) => !open && !isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={submit} noValidate>
          <DialogBody>
            <DialogTitle>{t('snapshot.add')}</DialogTitle>
            <DialogContent className={styles.fields}>
              {sending.error !== undefined && <ProblemNotice error={sending.error} />}
              <Field
                label={t('snapshot.name')}
                hint={t('snapshot.nameHint')}
                required
                {...missing(draft.name.trim() === '', t('snapshot.nameMissing'))}
              >
                <Input
                  name="name"
                  value={draft.name}
                  maxLength={200}
                  autoComplete="off"
                  disabled={isBusy}
                  onChange={(_event, { value }) => setDraft({ ...draft, name: value })}
                />
              </Field>
              <KindField
                value={draft.source}
                disabled={isBusy}
                fault={missing(draft.source === '', t('snapshot.kindMissing'))}
                choose={(source) => setDraft({ ...draft, source })}
              />
              <FileField disabled={isBusy} fault={missing(!file, t('snapshot.fileMissing'))} choose={setFile} />
              {sending.progress !== undefined && <Sent part={sending.progress} />}
            </DialogContent>
            <DialogActions>
              <Button appearance="primary" type="submit" disabled={isBusy}>
                {t('snapshot.send')}
              </Button>
              <Button onClick={isBusy ? sending.cancel : onClose}>
                {isBusy ? t('snapshot.stop') : common('action.cancel')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

type Sent = Parameters<typeof sendSnapshot>[0];

/** Sends one file at a time; leaving the page breaks it off. */
function useSending(onDone: (id: string) => void) {
  const queries = useQueryClient();
  const [progress, setProgress] = useState<number>();
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  return {
    progress,
    error,
    begin: (snapshot: Sent) => {
      const stop = new AbortController();
      running.current = stop;
      setError(undefined);
      setProgress(0);
      sendSnapshot(snapshot, stop.signal, setProgress)
        .then(({ id }) => onDone(id))
        .catch((problem: unknown) => stop.signal.aborted || setError(problem))
        .finally(() => {
          setProgress(undefined);
          void queries.invalidateQueries({ queryKey: uploadsKey });
        });
    },
    cancel: () => running.current?.abort(),
  };
}

interface PartProps {
  readonly disabled: boolean;
  readonly fault: { readonly validationMessage?: string };
}

function KindField({ value, disabled, fault, choose }: PartProps & { value: string; choose(source: string): void }) {
  const t = useTexts('discovery');
  const kinds = useQuery(logKindsQuery);
  // Custom parsers belong to data sources, so a snapshot has none.
  const offered = (kinds.data?.items ?? [])
    .filter(({ name }) => name !== 'CUSTOM_PARSER')
    .toSorted((left, right) => left.title.localeCompare(right.title, 'en'));
  return (
    <>
      {kinds.error && <ProblemNotice error={kinds.error} retry={() => void kinds.refetch()} />}
      <Field label={t('uploads.kind')} hint={t('snapshot.kindHint')} required {...fault}>
        <Select
          name="source"
          value={value}
          disabled={disabled}
          onChange={(_event, { value: chosen }) => choose(chosen)}
        >
          <option value="">{t('snapshot.choose')}</option>
          {offered.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </Select>
      </Field>
    </>
  );
}

function FileField({ disabled, fault, choose }: PartProps & { choose(file: File | undefined): void }) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const id = useId();
  return (
    <Field label={{ children: t('snapshot.file'), htmlFor: id }} hint={t('snapshot.fileHint')} required {...fault}>
      <input
        id={id}
        className={styles.file}
        type="file"
        disabled={disabled}
        onChange={({ currentTarget }) => choose(currentTarget.files?.[0])}
      />
    </Field>
  );
}

function Sent({ part }: { part: number }) {
  const t = useTexts('discovery');
  const { percent } = useFormat();
  return (
    <Field label={part < 1 ? t('snapshot.sending', { percent: percent(part) }) : t('snapshot.finishing')}>
      <ProgressBar value={part} />
    </Field>
  );
}
