// Anonymous or risky address: a person acts through a network that hides who is behind it, or that is known for attacks.
import { isOneOf } from '../events/dialect.ts';
import { and, sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import type { AddressFacts } from '../subnets/addresses.ts';
import { ipTags } from '../subnets/cloud-operators.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import {
  between,
  byPerson,
  dayNumber,
  groupBy,
  ipCategory,
  isSafe,
  listSeen,
  notFailed,
  type Seen,
  spanOf,
} from './rows.ts';
import { activities, col, ofTenant, rangeCondition } from './scene.ts';
import { appEntity, counted, dayOf, ipEntity, listed, moment, place, userEntity } from './words.ts';

interface Rule {
  /** Networks of anonymising services count besides what the IP ranges call risky. */
  readonly anonymisers: boolean;
  /** The person did the same on so many earlier days: a habit; null: habits do not matter. */
  readonly habitDays: number | null;
}

const rules: Readonly<Record<Sensitivity, Rule>> = {
  low: { anonymisers: false, habitDays: 1 },
  medium: { anonymisers: true, habitDays: 3 },
  high: { anonymisers: true, habitDays: null },
};

const habitSpanMs = 30 * dayMs;
const addressesMax = 50_000;
const rowsMax = 50_000;

/** Tags of cloud-apps reference 2.6 that say the same as the category Risky. */
const riskyTags: ReadonlyMap<string, string> = new Map([
  [ipTags.anonymousProxy, 'anonymous proxy'],
  ['2dfa95cd7922d979d66fcff5', 'Tor'],
  ['0000000c0000000000000000', 'botnet'],
  ['0000000d0000000000000000', 'command and control of malware'],
  ['0000001f0000000000000000', 'scanning of unused networks'],
  ['000000380000000000000000', 'brute force attacks'],
]);

/**
 * Who announces addresses and does little else than relay for others (Tor exits, VPN services), by the names under
 * which they registered their AS. Hosting companies that they rent from serve too many others to be here.
 */
const anonymiserNames: readonly string[] = [
  'tor exit',
  'torservers',
  'zwiebelfreunde',
  'emerald onion',
  'f3 netze',
  'applied privacy',
  'quintex alliance',
  'calyx institute',
  'artikel10',
  'tefincom',
  'packethub',
  'proton ag',
  'protonvpn',
  'mullvad',
  '31173 services',
  'expressvpn',
  'surfshark',
  'cyberghost',
  'windscribe',
  'ipvanish',
];

export const riskyAddress: Detection = {
  id: detectionIds.riskyAddress,
  name: 'risky-address',
  title: 'Activity from a risky address',
  description: 'An account acted through an anonymising network or an address that is known for attacks.',
  alertType: 9_000_002,
  severity: 'medium',
  category: 'InitialAccess',
  stories: [0, 7],
  intents: [2, 5],
  mitreTechniques: ['T1090.003', 'T1078'],
  defaultSensitivity: 'medium',
  find,
};

async function find(scene: Scene): Promise<readonly Finding[]> {
  const span = spanOf(scene, (kind) => kind.eventType !== 'EVENT_CATEGORY_FAILED_LOGIN');
  if (!span) return [];
  const rule = rules[scene.sensitivity];
  const eligible = and([byPerson, notFailed]);
  const addresses = await scene.services.events.query(sql`
    select distinct ${col.ipAddress} from ${activities}
    where ${and([ofTenant(scene.tenantId), rangeCondition(scene.range), eligible, sql`${col.ipAddress} is not null`])}
    limit ${addressesMax}`);
  // As described now, not as when they came in: a range that was added since counts at once.
  const reasons = new Map<string, string>();
  for (const [address] of addresses) {
    const reason = riskOf(scene.locate(String(address)), rule);
    if (reason !== undefined) reasons.set(String(address), reason);
  }
  if (reasons.size === 0) return [];
  const risky = isOneOf(col.ipAddress, [...reasons.keys()]);
  const seen = await listSeen(scene, and([rangeCondition(scene.range), eligible, risky]), rowsMax);
  const habits = rule.habitDays === null ? new Map<string, Habit[]>() : await listHabits(scene, seen, rule);
  const findings: Finding[] = [];
  for (const [key, group] of groupBy(seen, (each) => `${each.userName}|${dayOf(each.timestamp)}`)) {
    const [first] = group;
    if (!first || isHabit(habits.get(first.userName) ?? [], first, rule)) continue;
    findings.push(findingOf(key, group, reasons, scene));
    if (findings.length === findingsMax) break;
  }
  return findings;
}

/** Why the address is risky; undefined when it is not. The organisation's own ranges never are. */
function riskOf(facts: AddressFacts | null, rule: Rule): string | undefined {
  if (facts === null || isSafe(facts)) return undefined;
  for (const tag of facts.tags) {
    const reason = riskyTags.get(tag);
    if (reason !== undefined) return reason;
  }
  if (facts.category === ipCategory.risky) return 'category Risky of the IP ranges';
  const organization = facts.organization?.toLowerCase() ?? '';
  const isAnonymiser = rule.anonymisers && anonymiserNames.some((name) => organization.includes(name));
  return isAnonymiser ? `network of ${facts.organization}` : undefined;
}

interface Habit {
  readonly userName: string;
  readonly day: number;
}

/** Days before the range's own on which these people acted through risky addresses as well, whichever they were. */
async function listHabits(scene: Scene, seen: readonly Seen[], rule: Rule): Promise<Map<string, Habit[]>> {
  const times = seen.map((each) => each.timestamp);
  const users = [...new Set(seen.map((each) => each.userName))];
  if (users.length === 0) return new Map();
  const rows = await scene.services.events.query(sql`
    select distinct ${col.userName}, ${col.ipAddress}, ${dayNumber} from ${activities}
    where ${and([
      ofTenant(scene.tenantId),
      between(Math.min(...times) - habitSpanMs, Math.max(...times)),
      notFailed,
      isOneOf(col.userName, users),
      sql`${col.ipAddress} is not null`,
    ])} limit ${addressesMax}`);
  const habits = rows
    .filter(([, address]) => riskOf(scene.locate(String(address)), rule) !== undefined)
    .map(([userName, , day]) => ({ userName: String(userName), day: Number(day) }));
  return groupBy(habits, (habit) => habit.userName);
}

function isHabit(habits: readonly Habit[], seen: Seen, rule: Rule): boolean {
  if (rule.habitDays === null) return false;
  const today = Math.floor(seen.timestamp / dayMs);
  const days = new Set(habits.map((habit) => habit.day).filter((day) => day < today && day >= today - 30));
  return days.size >= rule.habitDays;
}

function findingOf(key: string, seen: readonly Seen[], reasons: ReadonlyMap<string, string>, scene: Scene): Finding {
  const userName = seen[0]?.userName ?? '';
  const first = seen[0]?.timestamp ?? 0;
  const last = seen.at(-1)?.timestamp ?? first;
  const addresses = [...groupBy(seen, (each) => each.address)];
  const countryOf = (address: string) => scene.locate(address)?.countryCode ?? null;
  const apps = new Map(seen.map((each) => [each.appId, each]));
  return {
    key,
    firstActivity: first,
    lastActivity: last,
    activityIds: seen.map((each) => each.id).slice(0, 100),
    title: `Activity from a risky address: ${userName}`,
    description: `${userName} acted from ${listed(addresses.map(([address]) => place(address, countryOf(address))))}, which is no ordinary network.`,
    entities: [
      userEntity(userName),
      ...addresses.slice(0, 20).map(([address]) => ipEntity(address, countryOf(address))),
      ...[...apps.values()].slice(0, 5).map((each) => appEntity(each.appId, each.instance, each.appName)),
    ],
    devices: [],
    evidence: addresses.slice(0, 10).map(([address, rows]) => ({
      text: `${counted(rows.length, 'activity', 'activities')} from ${place(address, countryOf(address))} (${reasons.get(address)}), the first ${rows[0]?.actionType} at ${moment(rows[0]?.timestamp ?? first)}.`,
      values: { activities: rows.length },
    })),
  };
}
