// Activity by a decoy account: an account that exists only to be found by an intruder does something, or is tried.
import { isOneOf, setHasAnyOf } from '../events/dialect.ts';
import { and, or, type Sql } from '../events/sql.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import { groupBy, listSeen, notFailed, type Seen } from './rows.ts';
import { col, rangeCondition } from './scene.ts';
import { appEntity, counted, dayOf, ipEntity, listed, moment, place, userEntity } from './words.ts';

interface Rule {
  /** Attempts to sign in that failed count. */
  readonly attempts: boolean;
  /** What others do to the account counts. */
  readonly touched: boolean;
}

const rules: Readonly<Record<Sensitivity, Rule>> = {
  low: { attempts: false, touched: false },
  medium: { attempts: true, touched: false },
  high: { attempts: true, touched: true },
};

const rowsMax = 50_000;
/** More than anybody plants. */
const decoysMax = 1000;

export const decoyAccount: Detection = {
  id: detectionIds.decoyAccount,
  name: 'decoy-account',
  title: 'Activity by a decoy account',
  description: 'An account that nobody has a reason to use acted, or somebody tried to sign in to it.',
  alertType: 15_795_464,
  severity: 'high',
  category: 'CredentialAccess',
  stories: [0],
  intents: [6, 2],
  mitreTechniques: ['T1078'],
  defaultSensitivity: 'medium',
  find,
};

async function find(scene: Scene): Promise<readonly Finding[]> {
  const decoys = [...new Set((scene.settings.decoyAccounts ?? []).map((name) => name.toLowerCase()))].slice(
    0,
    decoysMax,
  );
  if (decoys.length === 0 || scene.kinds.length === 0) return [];
  const rule = rules[scene.sensitivity];
  const seen = await listSeen(scene, and([rangeCondition(scene.range), about(decoys, rule)]), rowsMax);
  const findings: Finding[] = [];
  // Another address is another finding: it may be another intruder.
  const groups = groupBy(seen, (each) => `${each.userName}|${each.address}|${dayOf(each.timestamp)}`);
  for (const [key, group] of groups) {
    findings.push(findingOf(key, group, decoys));
    if (findings.length === findingsMax) break;
  }
  return findings;
}

function about(decoys: readonly string[], rule: Rule): Sql {
  const acts = isOneOf(col.userName, decoys);
  const accounts = decoys.map((name) => `${name}|11161|0`);
  const who = rule.touched ? or([acts, setHasAnyOf(col.entities, accounts)]) : acts;
  return rule.attempts ? who : and([who, notFailed]);
}

function findingOf(key: string, seen: readonly Seen[], decoys: readonly string[]): Finding {
  const first = seen[0];
  const userName = first?.userName ?? '';
  const address = first?.address ?? '';
  const begin = first?.timestamp ?? 0;
  const isDecoy = decoys.includes(userName);
  const failures = seen.filter((each) => each.eventType === 'EVENT_CATEGORY_FAILED_LOGIN').length;
  const from = address === '' ? '' : ` from ${place(address, first?.countryCode ?? null)}`;
  const isOnlyTried = isDecoy && failures === seen.length;
  return {
    key,
    firstActivity: begin,
    lastActivity: seen.at(-1)?.timestamp ?? begin,
    activityIds: seen.map((each) => each.id).slice(0, 100),
    ...(isOnlyTried || !isDecoy ? { severity: 'medium' as const } : {}),
    title: isDecoy ? `Activity by a decoy account: ${userName}` : `A decoy account was touched by ${userName}`,
    description: isOnlyTried
      ? `Somebody tried to sign in to the decoy account ${userName}${from}, ${counted(failures, 'time')} without success.`
      : `${isDecoy ? `The decoy account ${userName} acted` : `${userName} acted on a decoy account`}${from}, ${counted(seen.length, 'time')} on ${dayOf(begin)}.`,
    entities: [
      userEntity(userName),
      ...(address === '' ? [] : [ipEntity(address, first?.countryCode ?? null)]),
      ...(first ? [appEntity(first.appId, first.instance, first.appName)] : []),
    ],
    devices: [],
    evidence: [
      {
        text: `${counted(seen.length, 'activity', 'activities')}${from} since ${moment(begin)}: ${listed(seen.map((each) => each.actionType))}.`,
        values: { activities: seen.length, failedSignIns: failures },
      },
    ],
  };
}
