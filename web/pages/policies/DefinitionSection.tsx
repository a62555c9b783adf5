import { makeStyles, Text } from '@fluentui/react-components';
import { useQueries, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { may, useSession } from '../../api/session.ts';
import { appNames } from '../../components/app-names.ts';
import { FilterSummary } from '../../components/FilterSummary.tsx';
import { filterFieldsQuery } from '../../components/filter-fields.ts';
import type { Filters } from '../../components/filter-model.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { Section } from '../../ui/Page.tsx';
import { reportsQuery } from '../discovery/app-calls.ts';
import { SeverityLabel } from '../incidents/SeverityLabel.tsx';
import type { Policy } from './calls.ts';
import { useChoices } from './choices.ts';
import { groupQuery } from './groups.ts';
import { appSettingsOf, detectionSettingsOf, isOfBytes, measures } from './settings.ts';
import { useRiskText } from './words.ts';

const useStyles = makeStyles({
  list: { margin: 0, paddingLeft: '20px' },
  text: { overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', maxWidth: '90ch' },
});

type Item = readonly [name: string, value: ReactNode];

/** A policy in words: what it looks for, when that counts, and how loud it may be. */
export function DefinitionSection({ policy }: { policy: Policy }) {
  const styles = useStyles();
  const t = useTexts('policies');
  const riskText = useRiskText();
  const { number } = useFormat();
  const { type, description, severity, riskCategory, dailyAlertLimit } = policy;
  const own = [...useWhat(policy), ...useWhen(policy)];
  const whom = useWhom(policy);
  const detection = useDetection(policy);
  return (
    <Section title={t('def.title')}>
      {description !== '' && <Text className={styles.text}>{description}</Text>}
      {type === 'ANOMALY_DETECTION' && <Text className={styles.text}>{t('def.detection')}</Text>}
      <Definitions
        items={[
          ...own,
          ...whom,
          ...detection,
          [t('list.severity'), <SeverityLabel key="severity" severity={severity} />],
          [t('list.category'), riskText(riskCategory)],
          [t('def.dailyLimit'), number(dailyAlertLimit)],
        ]}
      />
    </Section>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  const styles = useStyles();
  return (
    <ul className={styles.list}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

/** The filters of activities, or of apps. */
function useWhat({ type, filters }: Policy): readonly Item[] {
  const t = useTexts('policies');
  const isOfApps = type === 'NEW_SERVICE';
  const choices = useChoices();
  const fields = useQuery({
    ...filterFieldsQuery(isOfApps ? 'app-policies' : 'activity-policies'),
    enabled: type !== 'ANOMALY_DETECTION',
  });
  if (type === 'ANOMALY_DETECTION') return [];
  const written = (filters ?? {}) as Filters; // The API takes no other shape.
  const name = t(isOfApps ? 'def.apps' : 'def.activities');
  if (Object.keys(written).length === 0) return [[name, t(isOfApps ? 'def.everyApp' : 'def.everyActivity')]];
  // While the fields are on their way, and where they cannot be had, the API's own JSON says the same.
  return [
    [name, <FilterSummary key="conditions" fields={fields.data?.fields ?? []} value={written} choices={choices} />],
  ];
}

/** The repetition, or the thresholds of a day with the reports they are looked for in. */
function useWhen(policy: Policy): readonly Item[] {
  const t = useTexts('policies');
  const discovery = useTexts('discovery');
  const { number, bytes } = useFormat();
  const { type, repetition } = policy;
  const isOfApps = type === 'NEW_SERVICE';
  const mayRead = may(useSession(), 'Discovery.read');
  const known = useQuery({ ...reportsQuery, enabled: isOfApps && mayRead });
  if (type === 'ANOMALY_DETECTION') return [];
  if (!isOfApps) {
    if (repetition === null) return [[t('def.counts'), t('def.single')]];
    const { count, windowMinutes, sameUser, sameApp, uniqueTargets } = repetition;
    const lines = [
      t('def.repeated', { count: number(count), minutes: number(windowMinutes) }),
      t(sameUser ? 'def.sameUser' : 'def.anyUser'),
      t(sameApp ? 'def.sameApp' : 'def.anyApp'),
      ...(uniqueTargets ? [t('def.uniqueTargets')] : []),
    ];
    return [[t('def.counts'), <Lines key="counts" lines={lines} />]];
  }
  const { daily, reports, tag } = appSettingsOf(policy);
  const lines = measures.flatMap((name) => {
    const value = daily[name];
    if (value === undefined) return [];
    const shown = isOfBytes(name) ? bytes(value) : number(value);
    return [t('def.threshold', { name: t(`measure.${name}`), value: shown })];
  });
  const nameOf = (id: string) => {
    const report = known.data?.items.find((each) => each.id === id);
    return report?.kind === 'global' ? discovery('kinds.global') : (report?.name ?? id);
  };
  return [
    [t('def.thresholds'), lines.length === 0 ? t('def.noThresholds') : <Lines key="daily" lines={lines} />],
    [t('def.reports'), reports.length === 0 ? t('def.allReports') : reports.map(nameOf).join(', ')],
    [t('def.tag'), tag ?? t('def.noTag')],
  ];
}

/** Whose activities, and which app instances. */
function useWhom({ type, scope, reach }: Policy): readonly Item[] {
  const t = useTexts('policies');
  const { includeGroups, excludeGroups } = scope;
  const mayRead = may(useSession(), 'Users.read', 'Groups.manage');
  const ids = [...new Set([...includeGroups, ...excludeGroups])];
  const names = useQueries({ queries: ids.map((id) => ({ ...groupQuery(id), enabled: mayRead })) });
  if (type === 'NEW_SERVICE') return [];
  const nameOf = (id: string) => names[ids.indexOf(id)]?.data?.name ?? id;
  const parts = [
    ...(includeGroups.length === 0 ? [] : [t('def.include', { groups: includeGroups.map(nameOf).join(', ') })]),
    ...(excludeGroups.length === 0 ? [] : [t('def.exclude', { groups: excludeGroups.map(nameOf).join(', ') })]),
  ];
  const appName = (id: number) => appNames.find(([each]) => each === id)?.[1] ?? String(id);
  return [
    [t('def.scope'), parts.length === 0 ? t('def.everybody') : <Lines key="scope" lines={parts} />],
    ...(reach === null
      ? []
      : [[t('def.reach'), reach.map(({ appId, instance }) => `${appName(appId)} ${instance}`).join(', ')] as const]),
  ];
}

/** What a detection was told. */
function useDetection(policy: Policy): readonly Item[] {
  const t = useTexts('policies');
  const { date } = useFormat();
  if (policy.type !== 'ANOMALY_DETECTION') return [];
  const { decoyAccounts, terminatedUsers } = detectionSettingsOf(policy);
  const leavers = terminatedUsers.map(({ userName, since }) =>
    since === null ? userName : `${userName}, ${date(since)}`,
  );
  return [
    ...(policy.sensitivity === null ? [] : [[t('def.sensitivity'), t(`sensitivity.${policy.sensitivity}`)] as const]),
    ...(decoyAccounts.length === 0 ? [] : [[t('def.decoys'), <Lines key="decoys" lines={decoyAccounts} />] as const]),
    ...(leavers.length === 0 ? [] : [[t('def.leavers'), <Lines key="leavers" lines={leavers} />] as const]),
  ];
}
