import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly title: string;
  /** What will happen, to which thing, and what stops. */
  readonly children: ReactNode;
  readonly confirmText: string;
  readonly cancelText: string;
  /** Resolves when done; a rejection is shown by whoever calls. The dialog stays open while it runs. */
  onConfirm(): Promise<unknown>;
  onClose(): void;
}

/** Asks before what cannot be undone. */
export function ConfirmDialog({
  open,
  title,
  children,
  confirmText,
  cancelText,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const [isBusy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog modalType="alert" open={open} onOpenChange={(_event, { open: isOpen }) => !isOpen && !isBusy && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent>{children}</DialogContent>
          <DialogActions>
            <Button appearance="primary" disabled={isBusy} onClick={() => void confirm()}>
              {confirmText}
            </Button>
            <Button disabled={isBusy} onClick={onClose}>
              {cancelText}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
