import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
} from '@fluentui/react-components';
import type { FormEvent, ReactNode } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { ProblemNotice } from './states.tsx';
import { useAct } from './use-act.ts';

const useStyles = makeStyles({ fields: { display: 'flex', flexDirection: 'column', gap: '16px' } });

interface FormDialogProps {
  readonly title: string;
  readonly submitText: string;
  readonly children: ReactNode;
  /** The form says itself what is missing; otherwise the browser does. */
  readonly checksItself?: boolean;
  /** A step back in a form of several steps. */
  readonly onBack?: (() => void) | undefined;
  /**
   * With what was typed, by the fields' names. The dialog closes when it resolves and shows the error when it does not; it
   * stays when it resolves with false, because something is missing or another step follows.
   */
  onSubmit(typed: Readonly<Record<string, string>>): Promise<unknown>;
  onClose(): void;
}

/** A short form over the page, with one button that sends it. */
export function FormDialog(props: FormDialogProps) {
  const { title, submitText, children, checksItself = false, onBack, onSubmit, onClose } = props;
  const styles = useStyles();
  const t = useTexts('common');
  const act = useAct(async (typed: Readonly<Record<string, string>>) => (await onSubmit(typed)) !== false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)] as const);
    if (await act.run(Object.fromEntries(typed))) onClose();
  };
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && !act.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void submit(event)} noValidate={checksItself}>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className={styles.fields}>
              {act.error !== undefined && <ProblemNotice error={act.error} />}
              {children}
            </DialogContent>
            <DialogActions>
              <Button appearance="primary" type="submit" disabled={act.isBusy}>
                {submitText}
              </Button>
              {onBack && (
                <Button
                  disabled={act.isBusy}
                  onClick={() => {
                    act.forget();
                    onBack();
                  }}
                >
                  {t('action.back')}
                </Button>
              )}
              <Button disabled={act.isBusy} onClick={onClose}>
                {t('action.cancel')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
