import { Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { type ReactNode, useRef, useState } from 'react';
import { useTexts } from '../i18n/texts.ts';
import { Section } from '../ui/Page.tsx';
import { PermittedButton } from './PermittedButton.tsx';
import { ProblemNotice } from './states.tsx';

const useStyles = makeStyles({
  bar: { display: 'flex', flexWrap: 'wrap', gap: '12px', alignItems: 'flex-end' },
  quiet: { color: tokens.colorNeutralForeground2, maxWidth: '75ch' },
});

interface TrialFrameProps<Outcome> {
  readonly title: string;
  /** What is tried, and that nothing comes of it. */
  readonly lead: string;
  /** Permissions of which one is needed. */
  readonly any: readonly string[];
  readonly runText: string;
  readonly runningText: string;
  /** Fields for how it is tried. */
  readonly fields?: ReactNode;
  run(signal: AbortSignal): Promise<Outcome>;
  show(outcome: Outcome): ReactNode;
}

/** Tries something that is not kept yet: begun by a button, cancelled by another, with what came of it below. */
export function TrialFrame<Outcome>(props: TrialFrameProps<Outcome>) {
  const { title, lead, any, runText, runningText, fields, run, show } = props;
  const styles = useStyles();
  const common = useTexts('common');
  const { begin, cancel, state } = useAttempt(run);
  return (
    <Section title={title}>
      <Text className={styles.quiet}>{lead}</Text>
      <div className={styles.bar}>
        {fields}
        <PermittedButton any={any} disabled={state.kind === 'running'} onClick={begin}>
          {runText}
        </PermittedButton>
        {state.kind === 'running' && (
          <>
            <Spinner size="small" label={runningText} />
            <Button onClick={cancel}>{common('action.cancel')}</Button>
          </>
        )}
      </div>
      {state.kind === 'failed' && <ProblemNotice error={state.error} />}
      {state.kind === 'done' && show(state.outcome)}
    </Section>
  );
}

type Attempt<Outcome> =
  | { readonly kind: 'none' | 'running' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'done'; readonly outcome: Outcome };

function useAttempt<Outcome>(run: (signal: AbortSignal) => Promise<Outcome>) {
  const [state, setState] = useState<Attempt<Outcome>>({ kind: 'none' });
  const running = useRef<AbortController>(undefined);
  return {
    state,
    cancel: () => running.current?.abort(),
    begin() {
      const stop = new AbortController();
      running.current = stop;
      setState({ kind: 'running' });
      run(stop.signal).then(
        (outcome) => setState({ kind: 'done', outcome }),
        (error: unknown) => setState(stop.signal.aborted ? { kind: 'none' } : { kind: 'failed', error }),
      );
    },
  };
}
