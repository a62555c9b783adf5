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

const useStyles = makeStyles({
  surface: { maxWidth: '860px' },
  stack: { display: 'flex', flexDirection: 'column', gap: '16px' },
});

/** A dialog that only tells. */
export function DetailsFrame({ title, children, onClose }: { title: string; children: ReactNode; onClose(): void }) {
  const styles = useStyles();
  const t = useTexts('common');
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          {/* It may scroll, and often nothing in it takes the keyboard (WCAG 2.1.1). */}
          <DialogContent className={styles.stack} tabIndex={0}>
            {children}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              {t('action.close')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
