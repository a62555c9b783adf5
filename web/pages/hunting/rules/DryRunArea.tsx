import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { TrialFrame } from '../../../components/TrialFrame.tsx';
import { useFormat } from '../../../i18n/format.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { Definitions } from '../../../ui/Definitions.tsx';
import { Notice } from '../../../ui/Message.tsx';
import { changeRules, type DryRun } from '../api.ts';
import { isSeverity } from './words.ts';

const useStyles = makeStyles({
  samples: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '12px' },
  sample: { borderLeft: `3px solid ${tokens.colorBrandStroke1}`, paddingLeft: '12px', overflowWrap: 'anywhere' },
  quiet: { color: tokens.colorNeutralForeground2 },
});

/** Tries a rule: what it would raise now, without raising it. */
export function DryRunArea({ run }: { run(signal: AbortSignal): Promise<DryRun> }) {
  const t = useTexts('hunting');
  return (
    <TrialFrame
      title={t('dryRun.title')}
      lead={t('dryRun.lead')}
      any={[changeRules]}
      runText={t('dryRun.run')}
      runningText={t('run.running')}
      run={run}
      show={(outcome) => <Outcome outcome={outcome} />}
    />
  );
}

function Outcome({ outcome }: { outcome: DryRun }) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const { number, exact } = useFormat();
  const { failureReason, errorCode, samples } = outcome;
  return (
    <>
      {errorCode !== null && (
        <Notice intent="warning" title={t('dryRun.failed')} detail={`${failureReason ?? ''} (${errorCode})`} />
      )}
      <Definitions
        items={[
          [t('runs.range'), t('runs.between', { from: exact(outcome.from), until: exact(outcome.until) })],
          [t('runs.rows'), number(outcome.rows)],
          [t('dryRun.alerts'), number(outcome.alerts)],
          [t('runs.heldBack'), number(outcome.heldBack)],
          [t('dryRun.alreadyTold'), number(outcome.alreadyTold)],
        ]}
      />
      <ul className={styles.samples} aria-label={t('dryRun.samples')}>
        {samples.map(({ title, description, severity, firstActivity, events }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: samples have no ids and come as a whole
          <li key={index} className={styles.sample}>
            <Text weight="semibold" block>
              {title}
            </Text>
            <Text block>{description}</Text>
            <Text size={200} className={styles.quiet}>
              {t('dryRun.sample', {
                severity: isSeverity(severity) ? t(`rules.severities.${severity}`) : severity,
                events: number(events),
                time: exact(firstActivity),
              })}
            </Text>
          </li>
        ))}
      </ul>
    </>
  );
}
