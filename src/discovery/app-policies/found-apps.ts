// What an app discovery policy finds in the traffic of a report on some days, and the alert that tells of it.
import type { AlertDraft } from '../../alerts/alert.ts';
import { alertIdFor } from '../../alerts/alert-keys.ts';
import { appDiscoveryMatch } from '../../alerts/alert-types.ts';
import { counted, dayOf } from '../../detections/words.ts';
import { isOneOf } from '../../events/dialect.ts';
import { and, type Sql, sql } from '../../events/sql.ts';
import { dayMs } from '../../lib/clock.ts';
import type { TenantId } from '../../lib/ids.ts';
import { ticksOfMs } from '../../lib/ticks.ts';
import { appSettingsOf, discoveryRisk, type ThresholdName } from '../../policies/app-policy.ts';
import type { Policy } from '../../policies/policy.ts';
import { type AppFacts, appsOf } from '../apps/described.ts';
import { factTest } from '../reports/filters.ts';
import { type ReportServices, rowsOf } from '../reports/report-rows.ts';
import { type AppDay, at, countOfDay, sumByAppDay, sums } from '../reports/report-store.ts';
import { riskLevelOf } from '../reports/usage.ts';
import type { Stream } from '../streams/stream.ts';

/** An app on the day on which it met the policy. */
export interface FoundApp extends AppDay {
  readonly facts: AppFacts;
}

/** So many at once are enough for any policy's limit; those with the most traffic come first. */
const foundMax = 10_000;

const thresholdSql: Readonly<Record<ThresholdName, Sql>> = {
  totalBytes: sums.totalBytes,
  uploadedBytes: sums.uploadedBytes,
  downloadedBytes: sums.downloadedBytes,
  transactions: sums.transactions,
  users: countOfDay.users,
  addresses: countOfDay.addresses,
};

/** The apps that meet the policy on one of the days (starts of UTC days), each once, on the last such day. */
export async function findAppsOf(
  services: ReportServices,
  tenantId: TenantId,
  policy: Policy,
  stream: Stream,
  days: readonly number[],
): Promise<FoundApp[]> {
  const { daily } = appSettingsOf(policy);
  const having = and(
    Object.entries(daily).map(([name, least]) => sql`${thresholdSql[name as ThresholdName]} > ${least}`), // Its own keys.
  );
  const where = and([await rowsOf(services, tenantId, stream, 90), isOneOf(at.day, days)]);
  const rows = await sumByAppDay(services.events, tenantId, where, having, foundMax);
  const facts = await appsOf(services, tenantId, rows);
  const tests = policy.appConditions.map((condition) => factTest(condition, services.clock()));
  const found = new Map<number, FoundApp>();
  for (const row of rows) {
    const known = facts.get(row.appId);
    if (known === undefined || !tests.every((test) => test(known))) continue;
    const before = found.get(row.appId);
    if (before === undefined || before.day < row.day) found.set(row.appId, { ...row, facts: known });
  }
  return [...found.values()];
}

const megabyte = 1_000_000;

function megabytes(bytes: number): string {
  return `${(bytes / megabyte).toFixed(bytes < 10 * megabyte ? 1 : 0)} MB`;
}

/** Names no user: names may be hidden, and whoever reads alerts need not read reports. */
export function draftOfApp(policy: Policy, stream: Stream, app: FoundApp, now: number): AlertDraft {
  const { facts, day } = app;
  const score = facts.score === null ? 'without a score' : `with the score ${facts.score}`;
  const users = counted(app.users, 'user');
  const addresses = counted(app.addresses, 'IP address', 'IP addresses');
  const traffic = `${megabytes(app.totalBytes)} of traffic, ${megabytes(app.uploadedBytes)} of it uploaded`;
  return {
    alertId: alertIdFor(policy.id, `${stream.id} ${app.appId} ${now}`),
    title: policy.name,
    description: `${facts.name}, an app ${score}, was discovered in the report "${stream.name}": on ${dayOf(day)} it had ${users}, ${addresses}, ${counted(app.transactions, 'transaction')} and ${traffic}, which the policy "${policy.name}" looks for.`,
    category: 'Discovery',
    severity: policy.severity,
    createdTicks: ticksOfMs(now),
    firstActivityTicks: ticksOfMs(Math.max(day, app.firstSeen)),
    lastActivityTicks: ticksOfMs(Math.min(Math.max(day, app.lastSeen), day + dayMs - 1)),
    serviceSource: 'MicrosoftCloudAppSecurity',
    detectionSource: 'MCAS',
    detectorId: policy.id,
    policyId: policy.id,
    alertType: appDiscoveryMatch,
    stories: [discoveryRisk],
    intents: [],
    mitreTechniques: [],
    entities: [
      {
        entityType: 'CloudApplication',
        appId: app.appId,
        instanceId: 0,
        appName: facts.name,
        reportId: stream.id,
        reportName: stream.name,
        evidenceRole: 'Related',
      },
    ],
    devices: [],
    activityIds: [],
    evidence: [
      {
        text: `The traffic of one day meets the policy "${policy.name}".`,
        values: {
          day: dayOf(day),
          category: facts.category,
          risk: riskLevelOf(facts.score),
          users: app.users,
          addresses: app.addresses,
          transactions: app.transactions,
          totalBytes: app.totalBytes,
          uploadedBytes: app.uploadedBytes,
          downloadedBytes: app.downloadedBytes,
        },
      },
    ],
    extra: { policyName: policy.name },
  };
}
