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
  Text,
  Textarea,
} from '@fluentui/react-components';
import { type FormEvent, useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { resolveName } from './entity-calls.ts';

const useStyles = makeStyles({ stack: { display: 'flex', flexDirection: 'column', gap: '16px' } });

interface ResolveDialogProps {
  /** The anonymous name where it is known; otherwise it is typed. */
  readonly name?: string;
  onClose(): void;
}

/** Tells the user behind an anonymous name, for a reason that stays on record. The name is gone when the dialog closes. */
export function ResolveDialog({ name, onClose }: ResolveDialogProps) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const common = useTexts('common');
  const [hidden, setHidden] = useState(name ?? '');
  const [reason, setReason] = useState('');
  const [userName, setUserName] = useState<string>();
  const act = useAct(() => resolveName(hidden.trim(), reason.trim()));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setUserName(await act.run(undefined));
  };
  const required = true;
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && !act.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void submit(event)}>
          <DialogBody>
            <DialogTitle>{t('hidden.title')}</DialogTitle>
            <DialogContent className={styles.stack}>
              <Text>{t('hidden.lead')}</Text>
              {act.error !== undefined && <ProblemNotice error={act.error} />}
              {userName === undefined ? (
                <>
                  <Field label={t('hidden.name')} hint={t('hidden.nameHint')} required={required}>
                    <Input
                      value={hidden}
                      readOnly={name !== undefined}
                      maxLength={16_384}
                      autoComplete="off"
                      onChange={(_event, { value }) => setHidden(value)}
                    />
                  </Field>
                  <Field label={t('hidden.reason')} hint={t('hidden.reasonHint')} required={required}>
                    <Textarea
                      value={reason}
                      minLength={10}
                      maxLength={1000}
                      onChange={(_event, { value }) => setReason(value)}
                    />
                  </Field>
                </>
              ) : (
                <CopyField
                  label={t('hidden.resolved')}
                  hint={t('hidden.once')}
                  value={userName}
                  copyText={common('action.copy')}
                  copiedText={common('action.copied')}
                />
              )}
            </DialogContent>
            <DialogActions>
              {userName === undefined && (
                <Button appearance="primary" type="submit" disabled={act.isBusy}>
                  {t('hidden.action')}
                </Button>
              )}
              <Button disabled={act.isBusy} onClick={onClose}>
                {userName === undefined ? common('action.cancel') : common('action.close')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
