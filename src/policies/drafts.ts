// Alerts of activity policies, before they are stored: from what matched to what people read.
import type { AlertDraft, AlertEntity } from '../alerts/alert.ts';
import { alertIdFor } from '../alerts/alert-keys.ts';
import { activityPolicyMatch } from '../alerts/alert-types.ts';
import { appEntity, counted, ipEntity, listed, moment, userEntity } from '../detections/words.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import type { Fact } from './matching.ts';
import type { Policy } from './policy.ts';
import type { FoundWindow } from './repeated.ts';

/** Defender categories of the risk categories (`stories`) of cloud-apps reference 2.4. */
const categories: Readonly<Record<number, string>> = {
  0: 'SuspiciousActivity',
  1: 'PrivilegeEscalation',
  3: 'Exfiltration',
  4: 'Discovery',
  5: 'Exfiltration',
  7: 'InitialAccess',
};
const otherCategory = 'SuspiciousActivity';

/** Of one kind of thing an alert names so many. */
const entitiesPerKind = 10;
const activityIdsMax = 100;

/** The alert of one activity. */
export function draftOfMatch(policy: Policy, fact: Fact, now: number): AlertDraft {
  const where = fact.ipAddress === null ? '' : ` from ${fact.ipAddress}`;
  const who = fact.userName === '' ? 'Somebody' : fact.userName;
  return {
    ...commonOf(policy, now),
    alertId: alertIdFor(policy.id, fact.id),
    description: `${who} did ${fact.actionType} in ${fact.appName}${where} at ${moment(fact.timestamp)}, which the policy "${policy.name}" looks for.`,
    firstActivityTicks: ticksOfMs(fact.timestamp),
    lastActivityTicks: ticksOfMs(fact.timestamp),
    entities: entitiesOf([fact]),
    activityIds: [fact.id],
    evidence: [{ text: `The activity matches the filters of the policy "${policy.name}".` }],
  };
}

/** The alert of a window of a repeated policy. */
export function draftOfWindow(policy: Policy, window: FoundWindow, now: number): AlertDraft {
  const { facts, count } = window;
  const { repetition } = policy;
  const times = facts.map(({ timestamp }) => timestamp);
  const users = distinct(facts.map(({ userName }) => userName).filter((name) => name !== ''));
  const noun = repetition?.uniqueTargets ? 'thing' : 'activity';
  const plural = repetition?.uniqueTargets ? 'things' : 'activities';
  const who = users.length === 0 ? 'Nobody known by name' : listed(users);
  const wanted = repetition
    ? `${repetition.count} or more within ${counted(repetition.windowMinutes, 'minute')} were asked for.`
    : '';
  return {
    ...commonOf(policy, now),
    alertId: alertIdFor(policy.id, `${window.groupKey} ${window.start}`),
    description: `${who}: ${counted(count, noun, plural)} (${listed(facts.map(({ actionType }) => actionType))}) from ${moment(window.start)} on, which the policy "${policy.name}" looks for.`,
    firstActivityTicks: ticksOfMs(Math.min(window.start, ...times)),
    lastActivityTicks: ticksOfMs(Math.max(window.start, ...times)),
    entities: entitiesOf(facts),
    activityIds: facts.slice(0, activityIdsMax).map(({ id }) => id),
    evidence: [
      {
        text: `${counted(count, noun, plural)} matched the policy "${policy.name}". ${wanted}`.trim(),
        values: { count, from: new Date(window.start).toISOString(), until: new Date(window.end).toISOString() },
      },
    ],
  };
}

function commonOf(policy: Policy, now: number) {
  return {
    title: policy.name,
    category: categories[policy.riskCategory] ?? otherCategory,
    severity: policy.severity,
    createdTicks: ticksOfMs(now),
    serviceSource: 'MicrosoftCloudAppSecurity',
    detectionSource: 'MCAS',
    detectorId: policy.id,
    policyId: policy.id,
    alertType: activityPolicyMatch,
    stories: [policy.riskCategory],
    intents: [],
    mitreTechniques: [],
    devices: [],
    extra: { policyName: policy.name },
  };
}

function entitiesOf(facts: readonly Fact[]): AlertEntity[] {
  const users = new Map<string, AlertEntity>();
  const addresses = new Map<string, AlertEntity>();
  const apps = new Map<string, AlertEntity>();
  for (const { userName, ipAddress, countryCode, appId, appName, instance } of facts) {
    if (userName !== '') users.set(userName, userEntity(userName));
    if (ipAddress !== null) addresses.set(ipAddress, ipEntity(ipAddress, countryCode));
    apps.set(`${appId}|${instance}`, appEntity(appId, instance, appName));
  }
  return [users, addresses, apps].flatMap((kind) => [...kind.values()].slice(0, entitiesPerKind));
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
