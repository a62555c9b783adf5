import { Button, Field, makeStyles, ProgressBar, Text } from '@fluentui/react-components';
import { useId } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Sending } from './use-upload.ts';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: '12px', minWidth: 0 },
  file: { maxWidth: '100%' },
});

interface FileSenderProps {
  readonly label: string;
  readonly hint: string;
  readonly submitText: string;
  readonly isReady: boolean;
  readonly sending: Pick<Sending<unknown>, 'progress' | 'error' | 'cancel'>;
  choose(file: File | undefined): void;
  send(): void;
}

/** A file to choose and to send: how far it is, and a way to stop. */
export function FileSender({ label, hint, submitText, isReady, sending, choose, send }: FileSenderProps) {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const { percent } = useFormat();
  const id = useId();
  const { progress, error, cancel } = sending;
  return (
    <div className={styles.stack}>
      <Field label={{ children: label, htmlFor: id }} hint={hint}>
        <input
          id={id}
          className={styles.file}
          type="file"
          disabled={progress !== undefined}
          onChange={({ target }) => choose(target.files?.[0])}
        />
      </Field>
      {error !== undefined && <ProblemNotice error={error} />}
      {progress === undefined ? (
        <div>
          <Button appearance="primary" disabled={!isReady} onClick={send}>
            {submitText}
          </Button>
        </div>
      ) : (
        <>
          <Text role="status">
            {progress < 1 ? t('records.sending', { percent: percent(progress) }) : t('records.working')}
          </Text>
          <ProgressBar {...(progress < 1 ? { value: progress } : {})} aria-label={label} />
          <div>
            <Button onClick={cancel}>{common('action.cancel')}</Button>
          </div>
        </>
      )}
    </div>
  );
}
