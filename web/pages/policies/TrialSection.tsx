import { Field, makeStyles, Select, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { RouterLink } from '../../components/RouterLink.tsx';
import { TrialFrame } from '../../components/TrialFrame.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { SeverityLabel } from '../incidents/SeverityLabel.tsx';
import { type DryRun, spans } from './trial-calls.ts';

const useStyles = makeStyles({
  quiet: { color: tokens.colorNeutralForeground2 },
  samples: { listStyleType: 'none', margin: 0, padding: 0, display: 'flex', flexDirection: 'column', gap: '12px' },
  sample: { borderLeft: `3px solid ${tokens.colorBrandStroke1}`, paddingLeft: '12px', overflowWrap: 'anywhere' },
});

interface TrialSectionProps {
  readonly any: readonly string[];
  run(days: number, signal: AbortSignal): Promise<DryRun>;
}

/** Tries a policy on stored activities; nothing is written. */
export function TrialSection({ any, run }: TrialSectionProps) {
  const t = useTexts('policies');
  const [days, setDays] = useState(7);
  return (
    <TrialFrame
      title={t('trial.title')}
      lead={t('trial.lead')}
      any={any}
      runText={t('trial.run')}
      runningText={t('trial.running')}
      fields={<SpanField days={days} onChange={setDays} />}
      run={(signal) => run(days, signal)}
      show={(outcome) => <Outcome outcome={outcome} />}
    />
  );
}

/** How far to look back. */
export function SpanField({ days, onChange }: { days: number; onChange(days: number): void }) {
  const t = useTexts('policies');
  const { number } = useFormat();
  return (
    <Field label={t('trial.span')}>
      <Select value={String(days)} onChange={(_event, { value }) => onChange(Number(value))}>
        {spans.map((each) => (
          <option key={each} value={each}>
            {number(each)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function Outcome({ outcome }: { outcome: DryRun }) {
  const styles = useStyles();
  const t = useTexts('policies');
  const { number, exact } = useFormat();
  const { from, lookedUntil, isComplete, matches, alerts, heldBack, samples } = outcome;
  return (
    <div role="status">
      {!isComplete && <Notice intent="warning" title={t('trial.incomplete', { time: exact(lookedUntil) })} />}
      <Definitions
        items={[
          [t('trial.range'), t('trial.between', { from: exact(from), until: exact(lookedUntil) })],
          [t('page.matches'), number(matches)],
          [t('page.alertsToday'), number(alerts)],
          [t('page.heldBack'), number(heldBack)],
        ]}
      />
      {samples.length > 0 && (
        <>
          <Text as="h3" block weight="semibold">
            {t('trial.samples')}
          </Text>
          <ul className={styles.samples} aria-label={t('trial.samples')}>
            {samples.slice(0, samplesShown).map(({ description, severity, firstActivity, activityIds }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: samples have no ids and come as a whole
              <li key={index} className={styles.sample}>
                <Text block>{description}</Text>
                <Text size={200} className={styles.quiet}>
                  <SeverityLabel severity={severity} /> · {exact(firstActivity)}
                </Text>
                {activityIds[0] !== undefined && (
                  <div>
                    <RouterLink to={`/activities/${activityIds[0]}`}>{t('matches.open')}</RouterLink>
                  </div>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

const samplesShown = 10;
