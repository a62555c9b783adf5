import { makeStyles } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { Definitions } from '../ui/Definitions.tsx';
import { ProblemNotice } from './states.tsx';
import { useAct } from './use-act.ts';

const useStyles = makeStyles({ stack: { display: 'flex', flexDirection: 'column', gap: '12px' } });

interface ConfirmActProps<Result> {
  readonly title: string;
  /** What will stop or be lost, in a sentence or two. */
  readonly lead: ReactNode;
  /** What is known of the thing: names and values. */
  readonly items?: readonly (readonly [name: string, value: ReactNode])[];
  readonly confirmText: string;
  work(): Promise<Result>;
  onDone(result: Result): void;
  onClose(): void;
}

/** Asks, does, and says what failed. Closing after it is done is up to `onDone`. */
export function ConfirmAct<Result>(props: ConfirmActProps<Result>) {
  const { title, lead, items = [], confirmText, work, onDone, onClose } = props;
  const styles = useStyles();
  const t = useTexts('common');
  const act = useAct(async () => ({ result: await work() }));
  return (
    <ConfirmDialog
      open
      title={title}
      confirmText={confirmText}
      cancelText={t('action.cancel')}
      onConfirm={async () => {
        const done = await act.run(undefined);
        if (done) onDone(done.result);
      }}
      onClose={onClose}
    >
      <div className={styles.stack}>
        <span>{lead}</span>
        {items.length > 0 && <Definitions items={items} />}
        {act.error !== undefined && <ProblemNotice error={act.error} />}
      </div>
    </ConfirmDialog>
  );
}
