import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Spinner,
  Text,
} from '@fluentui/react-components';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { type Trial, testRecipient, testWebhook } from './notification-calls.ts';

const useStyles = makeStyles({ stack: { display: 'flex', flexDirection: 'column', gap: '12px' } });

interface TrialDialogProps {
  readonly kind: 'webhook' | 'mail';
  readonly target: { readonly id: string; readonly name: string };
  onTried(): void;
  onClose(): void;
}

/** Sends one test now, and says what the receiver made of it. */
export function TrialDialog({ kind, target, onTried, onClose }: TrialDialogProps) {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const [trial, setTrial] = useState<Trial>();
  const run = useAct(async () => {
    setTrial(undefined);
    setTrial(await (kind === 'webhook' ? testWebhook(target.id) : testRecipient(target.id)));
    onTried();
  });
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && !run.isBusy && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('trial.title', { name: target.name })}</DialogTitle>
          <DialogContent className={styles.stack}>
            <Text>{t(`trial.lead.${kind}`)}</Text>
            {run.isBusy && <Spinner label={t('trial.busy')} />}
            {run.error !== undefined && <ProblemNotice error={run.error} />}
            <div role="status">{trial && <Outcome kind={kind} trial={trial} />}</div>
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" disabled={run.isBusy} onClick={() => void run.run(undefined)}>
              {trial ? t('trial.again') : t('trial.send')}
            </Button>
            <Button disabled={run.isBusy} onClick={onClose}>
              {common('action.close')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Outcome({ kind, trial: { isDelivered, status, reason } }: { kind: 'webhook' | 'mail'; trial: Trial }) {
  const t = useTexts('settings');
  const answer = status === null ? '' : t('trial.status', { status });
  return (
    <Notice
      intent={isDelivered ? 'success' : 'error'}
      title={isDelivered ? t(`trial.delivered.${kind}`) : t('trial.failed')}
      detail={[answer, reason ?? ''].filter((part) => part !== '').join(' ')}
    />
  );
}
