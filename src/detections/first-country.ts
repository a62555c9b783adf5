// First country: an account acts from a country where it, or its whole organisation, has not been seen before.
import { isOneOf } from '../events/dialect.ts';
import { and, type Sql, sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import { countryName } from './countries.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import {
  between,
  byPerson,
  dayNumber,
  factsTellPlace,
  groupBy,
  ipCategory,
  isSafe,
  notFailed,
  type Seen,
  seenColumns,
  seenOf,
  spanOf,
  tellsPlace,
} from './rows.ts';
import { activities, col, ofTenant, rangeCondition } from './scene.ts';
import { appEntity, ipEntity, moment, place, userEntity } from './words.ts';

interface Rule {
  /** A country where at least so many others act is nothing new, whoever acts there; 0: only the user counts. */
  readonly othersMin: number;
  /** Days with activities that the user has to have before there is a habit to break. */
  readonly activeDaysMin: number;
}

const rules: Readonly<Record<Sensitivity, Rule>> = {
  low: { othersMin: 1, activeDaysMin: 5 },
  medium: { othersMin: 3, activeDaysMin: 5 },
  high: { othersMin: 0, activeDaysMin: 3 },
};

/** How far back a country is remembered. */
const lookBackMs = 60 * dayMs;
/** The account, and the organisation, have to be known for so long (cloud-apps reference 5: learning of a week). */
const learningMs = 7 * dayMs;
const arrivalsMax = 5000;
const daysMax = 200_000;
/** Most people were in their country within these days. */
const recentMs = 4 * dayMs;

export const firstCountry: Detection = {
  id: detectionIds.firstCountry,
  name: 'first-country',
  title: 'Activity from a new country',
  description: 'An account acted from a country where neither it nor enough of its colleagues had acted before.',
  alertType: 9_000_001,
  severity: 'medium',
  category: 'InitialAccess',
  stories: [0],
  intents: [2],
  mitreTechniques: ['T1078'],
  defaultSensitivity: 'medium',
  find,
};

interface Arrival {
  readonly seen: Seen;
  /** Days on which the user was active before, anywhere. */
  readonly activeDays: number;
  /** Others who acted in the country on a day before: who enters several accounts in a row is no company. */
  readonly others: number;
}

interface Span {
  readonly first: number;
  readonly last: number;
}

async function find(scene: Scene): Promise<readonly Finding[]> {
  const span = spanOf(scene, (kind) => kind.eventType !== 'EVENT_CATEGORY_FAILED_LOGIN');
  if (!span) return [];
  const candidates = (await listCandidates(scene, span)).filter(({ address, countryCode }) => {
    const facts = scene.locate(address);
    return factsTellPlace(facts) && !isSafe(facts) && facts?.countryCode === countryCode;
  });
  const rule = rules[scene.sensitivity];
  const known = await listDaysOfUsers(scene, span, candidates);
  const arrived = candidates.flatMap((seen) => {
    const activeDays = daysBefore(known.get(seen.userName) ?? [], seen);
    return activeDays !== undefined && activeDays >= rule.activeDaysMin ? [{ seen, activeDays }] : [];
  });
  const others = await openCompany(
    scene,
    span,
    arrived.map(({ seen }) => seen),
  );
  const findings = new Map<string, Finding>();
  for (const each of arrived) {
    const company = others(each.seen);
    if (rule.othersMin > 0 && company >= rule.othersMin) continue;
    const finding = findingOf({ ...each, others: company });
    if (!findings.has(finding.key)) findings.set(finding.key, finding);
    if (findings.size === findingsMax) break;
  }
  return [...findings.values()];
}

const eligible = and([byPerson, notFailed, tellsPlace]);

/**
 * First rows of a user in a country, among the rows of the range, when the days just before know nothing of it. Looking
 * at few days first leaves few people for the look at all of them.
 */
async function listCandidates(scene: Scene, span: Span): Promise<Seen[]> {
  const notOwn = sql`coalesce(${col.ipCategory}, 0) not in (${ipCategory.corporate}, ${ipCategory.administrative})`;
  const rows = await scene.services.events.query(sql`
    with fresh as (
      select ${seenColumns}, true as isNew from ${activities}
      where ${and([ofTenant(scene.tenantId), rangeCondition(scene.range), eligible, notOwn])}
      qualify row_number() over (partition by ${col.userName}, ${col.countryCode} order by ${col.timestamp}, ${col.id}) = 1
    ), habits as (
      select ${col.userName} as habitUser, ${col.countryCode} as habitCountry, min(${col.timestamp}) as since
      from ${activities}
      where ${and([ofTenant(scene.tenantId), between(span.first - recentMs, span.last), eligible])} group by 1, 2
    )
    select fresh.* from fresh join habits on habitUser = fresh.${col.userName} and habitCountry = fresh.${col.countryCode}
    where since >= fresh.${col.timestamp} order by ${col.timestamp}, ${col.id} limit ${arrivalsMax}`);
  return rows.map(seenOf);
}

interface DayOf {
  readonly userName: string;
  readonly countryCode: string;
  /** Number of the day since 1970 (UTC), and its first activity in epoch milliseconds. */
  readonly day: number;
  readonly since: number;
}

async function listDays(scene: Scene, span: Span, where: Sql): Promise<DayOf[]> {
  const rows = await scene.services.events.query(sql`
    select ${col.userName}, coalesce(${col.countryCode}, ''), ${dayNumber}, min(${col.timestamp})
    from ${activities}
    where ${and([ofTenant(scene.tenantId), between(span.first - lookBackMs, span.last), notFailed, byPerson, where])}
    group by 1, 2, 3 limit ${daysMax}`);
  return rows.map(([userName, countryCode, day, since]) => ({
    userName: String(userName),
    countryCode: String(countryCode),
    day: Number(day),
    since: Number(since),
  }));
}

/** Where these people acted on which days, whatever the address tells. */
async function listDaysOfUsers(scene: Scene, span: Span, seen: readonly Seen[]): Promise<Map<string, DayOf[]>> {
  if (seen.length === 0) return new Map();
  const days = await listDays(scene, span, isOneOf(col.userName, [...new Set(seen.map((each) => each.userName))]));
  return groupBy(days, (day) => day.userName);
}

/** Says how many others acted in the country of an activity on a day before. */
async function openCompany(scene: Scene, span: Span, seen: readonly Seen[]): Promise<(each: Seen) => number> {
  if (seen.length === 0) return () => 0;
  const countries = [...new Set(seen.map((each) => each.countryCode ?? ''))];
  const days = await listDays(scene, span, and([tellsPlace, isOneOf(col.countryCode, countries)]));
  const ofCountries = groupBy(days, (day) => day.countryCode);
  const asked = new Map<string, ReadonlySet<string>>();
  return ({ userName, countryCode, timestamp }) => {
    const today = Math.floor(timestamp / dayMs);
    const isBefore = ({ day }: DayOf) => day < today && day >= today - lookBackMs / dayMs;
    const key = `${countryCode}|${today}`;
    const own = ofCountries.get(countryCode ?? '') ?? [];
    const users = asked.get(key) ?? new Set(own.filter(isBefore).map((day) => day.userName));
    asked.set(key, users);
    return users.size - (users.has(userName) ? 1 : 0);
  };
}

/** Days of activity before; undefined when the country is known, or the person not long enough. */
function daysBefore(own: readonly DayOf[], seen: Seen): number | undefined {
  const before = own.filter(({ since }) => since < seen.timestamp && since >= seen.timestamp - lookBackMs);
  if (before.some(({ countryCode }) => countryCode === seen.countryCode)) return undefined;
  if (!before.some(({ since }) => seen.timestamp - since >= learningMs)) return undefined;
  return new Set(before.map(({ day }) => day)).size;
}

function findingOf({ seen, others, activeDays }: Arrival): Finding {
  const country = countryName(seen.countryCode ?? '');
  const whose = others === 0 ? 'in this organisation' : `by ${seen.userName}`;
  const month = new Date(seen.timestamp).toISOString().slice(0, 7);
  return {
    // By the month: only what came in late could give the same arrival another time, and then most often the same month.
    key: `${seen.userName}|${seen.countryCode}|${month}`,
    firstActivity: seen.timestamp,
    lastActivity: seen.timestamp,
    activityIds: [seen.id],
    title: `Activity from a new country: ${seen.userName}, ${country}`,
    description: `${seen.userName} acted from ${country}. Nothing from there had been seen ${whose} in the 60 days before.`,
    entities: [
      userEntity(seen.userName),
      ipEntity(seen.address, seen.countryCode),
      appEntity(seen.appId, seen.instance, seen.appName),
    ],
    devices: [],
    evidence: [
      { text: `${seen.actionType} from ${place(seen.address, seen.countryCode)} at ${moment(seen.timestamp)}.` },
      {
        text: `${seen.userName} had been active on ${activeDays} of the 60 days before, never in ${country}.`,
        values: { activeDays, lookBackDays: 60 },
      },
      {
        text:
          others === 0
            ? `Nobody else had acted from ${country} either.`
            : `${others} others had acted from ${country} before.`,
        values: { others },
      },
    ],
  };
}
