import { Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState, Notice } from '../../ui/Message.tsx';
import { Results } from './results/Results.tsx';
import type { Fault, RunState } from './run.ts';

const useStyles = makeStyles({
  running: { display: 'flex', flexWrap: 'wrap', gap: '12px', alignItems: 'center' },
  faults: { margin: 0, paddingLeft: '20px', display: 'flex', flexDirection: 'column', gap: '6px' },
  quiet: { color: tokens.colorNeutralForeground2 },
});

interface RunAreaProps {
  readonly state: RunState;
  readonly rowsMax: number | undefined;
  onCancel(): void;
  onGoTo(fault: Fault): void;
}

/** What became of the query: nothing yet, running, cancelled, wrong, answered. */
export function RunArea({ state, rowsMax, onCancel, onGoTo }: RunAreaProps) {
  const t = useTexts('hunting');
  switch (state.kind) {
    case 'none':
      return <EmptyState title={t('run.none')} detail={t('run.noneDetail')} />;
    case 'running':
      return <Running startedAt={state.startedAt} onCancel={onCancel} />;
    case 'cancelled':
      return <Notice intent="info" title={t('run.cancelled')} detail={t('run.cancelledDetail')} />;
    case 'failed':
      return <Failed error={state.error} faults={state.faults} onGoTo={onGoTo} />;
    case 'done':
      return <Results key={resultKey(state)} answer={state.answer} render={state.render} rowsMax={rowsMax} />;
  }
}

/** Another answer begins with its own view, search and columns. */
let answers = 0;
const keys = new WeakMap<object, number>();
function resultKey({ answer }: { readonly answer: object }): number {
  const key = keys.get(answer) ?? ++answers;
  keys.set(answer, key);
  return key;
}

function Running({ startedAt, onCancel }: { startedAt: number; onCancel(): void }) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const { number } = useFormat();
  const [now, setNow] = useState(startedAt);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(ticking);
  }, []);
  return (
    <div className={styles.running}>
      <Spinner size="small" label={t('run.running')} />
      <Text className={styles.quiet}>
        {t('run.elapsed', { seconds: number(Math.floor((now - startedAt) / 1000)) })}
      </Text>
      <Button onClick={onCancel}>{t('run.cancel')}</Button>
    </div>
  );
}

function Failed({ error, faults, onGoTo }: { error: unknown; faults: readonly Fault[]; onGoTo(fault: Fault): void }) {
  const styles = useStyles();
  const t = useTexts('hunting');
  if (faults.length === 0 || !(error instanceof ApiProblem)) return <ProblemNotice error={error} />;
  const detail = (
    <ul className={styles.faults}>
      {faults.map((fault) => (
        <li key={`${fault.line}:${fault.column}:${fault.message}`}>
          {fault.message}{' '}
          <Button size="small" onClick={() => onGoTo(fault)}>
            {t('run.place', { line: fault.line, column: fault.column })}
          </Button>
        </li>
      ))}
    </ul>
  );
  return <Notice intent="error" title={t('run.wrong')} detail={detail} />;
}
