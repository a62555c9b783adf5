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
import type { ReactNode } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { SecretOnce, type SecretOnceProps } from './SecretOnce.tsx';

const useStyles = makeStyles({ stack: { display: 'flex', flexDirection: 'column', gap: '16px' } });

interface SecretDialogProps extends Omit<SecretOnceProps, 'title'> {
  /** What was made. */
  readonly heading: string;
  /** That the value is not shown again. */
  readonly title: string;
  /** What else is needed to use it. */
  readonly children?: ReactNode;
  onClose(): void;
}

/** A value that is shown this once, over the page; it ends by its button only. */
export function SecretDialog({ heading, children, onClose, ...secret }: SecretDialogProps) {
  const styles = useStyles();
  const t = useTexts('common');
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{heading}</DialogTitle>
          <DialogContent className={styles.stack}>
            <SecretOnce {...secret} />
            {children}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              {t('action.done')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
