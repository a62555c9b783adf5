// Impossible travel: one account acts in two countries in less time than any way between them takes.
import { isOneOf } from '../events/dialect.ts';
import { and, type Sql, sql } from '../events/sql.ts';
import { dayMs, hourMs } from '../lib/clock.ts';
import { countryName, distanceApartKm } from './countries.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import {
  between,
  byPerson,
  dayNumber,
  factsTellPlace,
  groupBy,
  isSafe,
  notFailed,
  type Seen,
  seenColumns,
  seenOf,
  spanOf,
  tellsPlace,
} from './rows.ts';
import { activities, col, ofTenant, rangeCondition } from './scene.ts';
import { appEntity, dayOf, duration, ipEntity, moment, place, userEntity } from './words.ts';

/** What an airliner covers, with nothing added for the way to it: only what no traveller manages counts. */
const kmPerHour = 900;
/** The longest way on earth at that speed. */
const travelMaxMs = (20_020 / kmPerHour) * hourMs;

interface Rule {
  /** Countries closer than that are never compared. */
  readonly distanceKmMin: number;
  /** The time has to be shorter than this part of what the way takes. */
  readonly travelShare: number;
  /** Both countries are the person's habit when seen on so many earlier days; null: habits do not matter. */
  readonly habitDays: number | null;
  /** The country is the organisation's habit when so many others act there; null: it does not matter. */
  readonly colleagues: number | null;
}

// Low: organisation's and person's habits suppress; medium: the person's; high: neither (cloud-apps reference 5).
const rules: Readonly<Record<Sensitivity, Rule>> = {
  low: { distanceKmMin: 1500, travelShare: 0.5, habitDays: 2, colleagues: 3 },
  medium: { distanceKmMin: 500, travelShare: 1, habitDays: 3, colleagues: null },
  high: { distanceKmMin: 300, travelShare: 1, habitDays: null, colleagues: null },
};

const habitSpanMs = 30 * dayMs;
const changesMax = 10_000;
const travellersMax = 5000;

export const impossibleTravel: Detection = {
  id: detectionIds.impossibleTravel,
  name: 'impossible-travel',
  title: 'Impossible travel',
  description: 'An account acted in two countries in less time than it takes to get from one to the other.',
  alertType: 15_859_716,
  severity: 'medium',
  category: 'InitialAccess',
  stories: [0],
  intents: [2],
  mitreTechniques: ['T1078'],
  defaultSensitivity: 'medium',
  find,
};

/** Two activities of one account, one after the other, in different countries. */
interface Change {
  readonly from: Seen;
  readonly to: Seen;
}

async function find(scene: Scene): Promise<readonly Finding[]> {
  const span = spanOf(scene, (kind) => kind.eventType !== 'EVENT_CATEGORY_FAILED_LOGIN');
  if (!span) return [];
  const rule = rules[scene.sensitivity];
  const impossible = (await listChanges(scene, span)).filter((change) => isImpossible(scene, rule, change));
  const usual = rule.habitDays === null ? undefined : await listHabits(scene, impossible);
  const findings = new Map<string, Finding>();
  for (const change of impossible) {
    const key = keyOf(change);
    if (findings.has(key) || (usual && isUsual(rule, usual, change))) continue;
    findings.set(key, findingOf(key, change));
    if (findings.size === findingsMax) break;
  }
  return [...findings.values()];
}

/** Changes of country that a row of the range takes part in, whichever of the two came in first. */
async function listChanges(scene: Scene, span: { first: number; last: number }): Promise<Change[]> {
  const inTime = and([
    ofTenant(scene.tenantId),
    between(span.first - travelMaxMs, span.last + travelMaxMs),
    and([byPerson, notFailed, tellsPlace]),
  ]);
  const users = await listTravellers(scene, inTime);
  if (users.length === 0) return [];
  const order = sql`partition by ${col.userName} order by ${col.timestamp}, ${col.id}`;
  // Times of the same account at both ends: the row before and the row after a row of the range are enough.
  const rows = await scene.services.events.query(sql`
    with seen as (
      select ${seenColumns}, ${rangeCondition(scene.range)} as fresh,
        lag(${col.countryCode}) over (${order}) as before, lead(${col.countryCode}) over (${order}) as behind
      from ${activities}
      where ${and([inTime, isOneOf(col.userName, users)])})
    select * exclude (before, behind) from seen
    where before <> ${col.countryCode} or behind <> ${col.countryCode}
    order by ${col.userName}, ${col.timestamp}, ${col.id} limit ${changesMax}`);
  const changes: Change[] = [];
  let last: Seen | undefined;
  for (const row of rows.map(seenOf)) {
    const isChange = last?.userName === row.userName && last.countryCode !== row.countryCode;
    if (last && isChange && (last.isNew || row.isNew)) changes.push({ from: last, to: row });
    last = row;
  }
  return changes;
}

/** Accounts of the range that were in several countries around it: few, so that only their rows have to be put in order. */
async function listTravellers(scene: Scene, inTime: Sql): Promise<string[]> {
  const rows = await scene.services.events.query(sql`
    select ${col.userName} from ${activities} where ${inTime}
    group by 1 having min(${col.countryCode}) <> max(${col.countryCode})
      and bool_or(${rangeCondition(scene.range)}) limit ${travellersMax}`);
  return rows.map(([userName]) => String(userName));
}

function isImpossible(scene: Scene, rule: Rule, { from, to }: Change): boolean {
  const km = distanceApartKm(from.countryCode ?? '', to.countryCode ?? '');
  if (km < rule.distanceKmMin) return false;
  if (to.timestamp - from.timestamp >= (km / kmPerHour) * hourMs * rule.travelShare) return false;
  const facts = [scene.locate(from.address), scene.locate(to.address)] as const;
  if (!factsTellPlace(facts[0]) || !factsTellPlace(facts[1])) return false;
  return !(isSafe(facts[0]) && isSafe(facts[1])) && facts[0]?.countryCode !== facts[1]?.countryCode;
}

interface Habit {
  readonly userName: string;
  readonly countryCode: string;
  /** Number of the day since 1970 (UTC). */
  readonly day: number;
}

interface Habits {
  readonly ofUsers: ReadonlyMap<string, readonly Habit[]>;
  readonly ofCountries: ReadonlyMap<string, readonly Habit[]>;
  /** Who was in a country before a day, as far as somebody asked. */
  readonly company: Map<string, ReadonlySet<string>>;
}

const habitsMax = 200_000;

/** Who acted in which of these countries on which days, before the changes. */
async function listHabits(scene: Scene, changes: readonly Change[]): Promise<Habits> {
  if (changes.length === 0) return { ofUsers: new Map(), ofCountries: new Map(), company: new Map() };
  const rule = rules[scene.sensitivity];
  const times = changes.map(({ to }) => to.timestamp);
  const countries = [...new Set(changes.flatMap(({ from, to }) => [from.countryCode ?? '', to.countryCode ?? '']))];
  const users = [...new Set(changes.map(({ to }) => to.userName))];
  const rows = await scene.services.events.query(sql`
    select distinct ${col.userName}, ${col.countryCode}, ${dayNumber} from ${activities}
    where ${and([
      ofTenant(scene.tenantId),
      between(Math.min(...times) - habitSpanMs, Math.max(...times)),
      byPerson,
      notFailed,
      tellsPlace,
      isOneOf(col.countryCode, countries),
      rule.colleagues === null ? isOneOf(col.userName, users) : sql`true`,
    ])} limit ${habitsMax}`);
  const habits = rows.map(([userName, countryCode, day]) => ({
    userName: String(userName),
    countryCode: String(countryCode),
    day: Number(day),
  }));
  return {
    ofUsers: groupBy(habits, (habit) => `${habit.userName}|${habit.countryCode}`),
    ofCountries: groupBy(habits, (habit) => habit.countryCode),
    company: new Map(),
  };
}

function isUsual(rule: Rule, habits: Habits, { from, to }: Change): boolean {
  const until = Math.floor(from.timestamp / dayMs);
  const since = until - habitSpanMs / dayMs;
  const isEarlier = ({ day }: Habit) => day >= since && day < until;
  const daysIn = (seen: Seen) =>
    (habits.ofUsers.get(`${seen.userName}|${seen.countryCode}`) ?? []).filter(isEarlier).length;
  if (rule.habitDays !== null && daysIn(from) >= rule.habitDays && daysIn(to) >= rule.habitDays) return true;
  if (rule.colleagues === null) return false;
  // The country that the person is in less often is the one to ask others about.
  const strange = daysIn(from) < daysIn(to) ? from : to;
  const company = `${strange.countryCode}|${until}`;
  const users =
    habits.company.get(company) ??
    new Set((habits.ofCountries.get(strange.countryCode ?? '') ?? []).filter(isEarlier).map((habit) => habit.userName));
  habits.company.set(company, users);
  return users.size - (users.has(strange.userName) ? 1 : 0) >= rule.colleagues;
}

/** Once a day for the same two countries, whichever way round and however often. */
function keyOf({ from, to }: Change): string {
  const countries = [from.countryCode, to.countryCode].sort().join('-');
  return `${to.userName}|${countries}|${dayOf(to.timestamp)}`;
}

function findingOf(key: string, { from, to }: Change): Finding {
  const km = distanceApartKm(from.countryCode ?? '', to.countryCode ?? '');
  const [one, other] = [countryName(from.countryCode ?? ''), countryName(to.countryCode ?? '')];
  const tookMs = to.timestamp - from.timestamp;
  const neededMs = (km / kmPerHour) * hourMs;
  return {
    key,
    firstActivity: from.timestamp,
    lastActivity: to.timestamp,
    activityIds: [from.id, to.id],
    title: `Impossible travel: ${to.userName}`,
    description: `${to.userName} acted in ${one} and, ${duration(tookMs)} later, in ${other}. The way between them takes ${duration(neededMs)} at least.`,
    entities: [
      userEntity(to.userName),
      ipEntity(from.address, from.countryCode),
      ipEntity(to.address, to.countryCode),
      appEntity(to.appId, to.instance, to.appName),
    ],
    devices: [],
    evidence: [
      { text: `${from.actionType} from ${place(from.address, from.countryCode)} at ${moment(from.timestamp)}.` },
      { text: `${to.actionType} from ${place(to.address, to.countryCode)} at ${moment(to.timestamp)}.` },
      {
        text: `The countries are ${km} km apart at least; that takes ${duration(neededMs)} at ${kmPerHour} km/h, and there were ${duration(tookMs)}.`,
        values: { distanceKmMin: km, minutesBetween: Math.round(tookMs / 60_000) },
      },
    ],
  };
}
