import { makeStyles, Spinner, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { RouterLink } from '../../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../../components/states.tsx';
import { useFormat } from '../../../i18n/format.ts';
import { useTexts } from '../../../i18n/texts.ts';
import { Definitions } from '../../../ui/Definitions.tsx';
import { Notice } from '../../../ui/Message.tsx';
import { Page, Section } from '../../../ui/Page.tsx';
import { dryRunRule, type Rule, readRules, ruleQuery } from '../api.ts';
import { DryRunArea } from './DryRunArea.tsx';
import { RuleActions } from './RuleActions.tsx';
import { RunTable } from './RunTable.tsx';
import { StatusBadge } from './StatusBadge.tsx';
import { isPeriod, isSeverity } from './words.ts';

const useStyles = makeStyles({
  query: {
    margin: 0,
    padding: '12px',
    overflowX: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontFamily: 'ui-monospace, SFMono-Regular, Consolas, monospace',
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
});

/** One detection rule: what it looks for, what it raises, and how its runs went. */
export function RulePage() {
  const t = useTexts('hunting');
  const common = useTexts('common');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const { data: rule, error, refetch } = useQuery(ruleQuery(id));
  return (
    <Page
      title={rule?.displayName ?? t('rules.one')}
      lead={<RouterLink to="/hunting/custom-detections">{t('rules.listTitle')}</RouterLink>}
      {...(rule ? { actions: <RuleActions rule={rule} /> } : {})}
    >
      <Permitted any={[readRules]}>
        {error && <ProblemNotice error={error} retry={() => void refetch()} />}
        {!rule && !error && <Spinner label={common('state.loading')} />}
        {rule && <RuleParts rule={rule} />}
      </Permitted>
    </Page>
  );
}

function RuleParts({ rule }: { rule: Rule }) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const { status, failureReason, errorCode } = rule.lastRunDetails;
  return (
    <>
      {status !== null && status !== 'completed' && (
        <Notice
          intent={status === 'failed' ? 'error' : 'warning'}
          title={t('rules.lastFailed')}
          detail={`${failureReason ?? ''} ${errorCode === null ? '' : `(${errorCode})`}`}
        />
      )}
      <Section title={t('rules.rule')}>
        <RuleFacts rule={rule} />
        <pre className={styles.query}>{rule.queryCondition.queryText}</pre>
      </Section>
      <Section title={t('rules.alert')}>
        <AlertFacts rule={rule} />
      </Section>
      <DryRunArea run={(signal) => dryRunRule(rule.id, signal)} />
      <Section title={t('runs.title')}>
        <RunTable id={rule.id} />
      </Section>
    </>
  );
}

function RuleFacts({ rule }: { rule: Rule }) {
  const t = useTexts('hunting');
  const { dateTime } = useFormat();
  const { schedule, lastRunDetails } = rule;
  return (
    <Definitions
      items={[
        [t('rules.state'), rule.isEnabled ? t('rules.on') : t('rules.off')],
        [t('rules.frequency'), isPeriod(schedule.period) ? t(`rules.periods.${schedule.period}`) : schedule.period],
        [t('rules.lastRun'), dateTime(lastRunDetails.lastRunDateTime)],
        [t('rules.lastStatus'), <StatusBadge key="status" status={lastRunDetails.status} />],
        [t('rules.nextRun'), dateTime(schedule.nextRunDateTime)],
        [
          t('rules.changed'),
          t('rules.changedBy', { time: dateTime(rule.lastModifiedDateTime), name: rule.lastModifiedBy }),
        ],
      ]}
    />
  );
}

function AlertFacts({ rule }: { rule: Rule }) {
  const t = useTexts('hunting');
  const template = rule.detectionAction.alertTemplate;
  const { severity, mitreTechniques, impactedAssets } = template;
  return (
    <Definitions
      items={[
        [t('rules.title'), template.title],
        [t('rules.description'), template.description],
        [t('rules.severity'), isSeverity(severity) ? t(`rules.severities.${severity}`) : severity],
        [t('rules.category'), template.category],
        [t('rules.techniques'), mitreTechniques.join(', ') || '–'],
        [t('rules.assets.title'), impactedAssets.map(({ identifier }) => identifier).join(', ')],
        [t('rules.recommended'), template.recommendedActions ?? '–'],
      ]}
    />
  );
}
