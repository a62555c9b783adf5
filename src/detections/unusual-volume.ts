// Mass download, deletion and sharing: somebody does far more of it in a day than on any day before. What is much is
// measured by the person's own days, never by anybody else's.
import { isOneOf } from '../events/dialect.ts';
import { and, notTrue, type Sql, sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import { between, byPerson, dayNumber, groupBy, type Seen, seenColumns, seenOf, spanOf, usersOfRange } from './rows.ts';
import { activities, col, ofTenant, rangeCondition } from './scene.ts';
import { appEntity, counted, ipEntity, moment, userEntity } from './words.ts';

interface Rule {
  /** Deviations above the person's median; one deviation is 1.4826 times the median distance from the median. */
  readonly deviations: number;
  /** Of the days before, how many of the highest may be exceptions; null: the highest days do not matter. */
  readonly exceptions: number | null;
  /** Operations that programs make by themselves count as well. */
  readonly countsAutomatic: boolean;
}

const rules: Readonly<Record<Sensitivity, Rule>> = {
  low: { deviations: 8, exceptions: 0, countsAutomatic: false },
  medium: { deviations: 6, exceptions: 1, countsAutomatic: false },
  high: { deviations: 4, exceptions: null, countsAutomatic: true },
};

/** What is counted, and below how much nobody is ever told of. */
interface Kind {
  readonly category: string;
  readonly noun: string;
  readonly verb: string;
  readonly floors: Readonly<Record<Sensitivity, number>>;
  /** Done by programs, or inside the organisation: see docs/detections.md. */
  readonly automatic: readonly string[];
}

const baselineDays = 30;
/** Days with any such act that a person needs for a baseline; before, the floor is doubled. */
const ownDaysMin = 5;
/** More than the highest day by so much. */
const aboveHighest = 1.25;
const countsMax = 200_000;
const examplesMax = 100;

const downloads: Kind = {
  category: 'EVENT_CATEGORY_DOWNLOAD_FILE',
  noun: 'file',
  verb: 'downloaded',
  floors: { low: 150, medium: 50, high: 25 },
  automatic: ['FileSyncDownloadedFull', 'FileSyncDownloadedPartial'],
};

const deletions: Kind = {
  category: 'EVENT_CATEGORY_DELETE_FILE',
  noun: 'file',
  verb: 'deleted',
  floors: { low: 150, medium: 60, high: 30 },
  // Emptying the recycle bin deletes what had been deleted before.
  automatic: ['FileDeletedFirstStageRecycleBin', 'FileDeletedSecondStageRecycleBin', 'FileVersionsAllDeleted'],
};

const sharing: Kind = {
  category: 'EVENT_CATEGORY_SHARE',
  noun: 'file or folder',
  verb: 'shared',
  floors: { low: 60, medium: 25, high: 12 },
  // Both only open something to the organisation itself, and one act of a person writes many of the first.
  automatic: ['SharingSet', 'CompanyLinkCreated'],
};

export const massDownload: Detection = {
  id: detectionIds.massDownload,
  name: 'mass-download',
  title: 'Mass download',
  description: 'An account downloaded far more files in a day than on its days before.',
  alertType: 9_000_005,
  severity: 'medium',
  category: 'Exfiltration',
  stories: [0, 3],
  intents: [10, 11],
  mitreTechniques: ['T1213.002', 'T1530'],
  defaultSensitivity: 'medium',
  find: (scene) => find(scene, downloads, 'Mass download'),
};

export const massDeletion: Detection = {
  id: detectionIds.massDeletion,
  name: 'mass-deletion',
  title: 'Mass deletion',
  description: 'An account deleted far more files in a day than on its days before.',
  alertType: 9_000_006,
  severity: 'medium',
  category: 'Impact',
  stories: [0],
  intents: [13],
  mitreTechniques: ['T1485'],
  defaultSensitivity: 'medium',
  find: (scene) => find(scene, deletions, 'Mass deletion'),
};

export const massSharing: Detection = {
  id: detectionIds.massSharing,
  name: 'mass-sharing',
  title: 'Mass sharing',
  description: 'An account shared far more files in a day than on its days before.',
  alertType: 9_000_007,
  severity: 'medium',
  category: 'Exfiltration',
  stories: [0, 5],
  intents: [11],
  mitreTechniques: ['T1567'],
  defaultSensitivity: 'medium',
  find: (scene) => find(scene, sharing, 'Mass sharing'),
};

/** How many different things one person handled on one day (UTC). */
interface DayCount {
  readonly userName: string;
  readonly day: number;
  readonly things: number;
  readonly isNew: boolean;
}

async function find(scene: Scene, kind: Kind, what: string): Promise<readonly Finding[]> {
  const rule = rules[scene.sensitivity];
  const counts = (operation: string) => rule.countsAutomatic || !kind.automatic.includes(operation);
  const span = spanOf(scene, ({ eventType, actionType }) => eventType === kind.category && counts(actionType));
  if (!span) return [];
  const acts = ofKind(kind, rule);
  const days = await listDays(scene, acts, span, kind.floors[scene.sensitivity]);
  const unusual: Unusual[] = [];
  for (const own of groupBy(days, (day) => day.userName).values()) {
    for (const day of own) {
      const baseline = day.isNew ? baselineOf(own, day.day) : undefined;
      const threshold = baseline ? thresholdOf(baseline, rule, kind.floors[scene.sensitivity]) : undefined;
      if (baseline && threshold !== undefined && day.things > threshold) unusual.push({ day, baseline, threshold });
    }
  }
  unusual.sort((left, right) => right.day.things / right.threshold - left.day.things / left.threshold);
  const told = unusual.slice(0, findingsMax);
  const examples = await listExamples(
    scene,
    acts,
    told.map(({ day }) => day),
  );
  return told.map((each) => findingOf(each, examples.get(keyOf(each.day)) ?? [], kind, what));
}

const keyOf = ({ userName, day }: Pick<DayCount, 'userName' | 'day'>): string => `${userName}|${day}`;

function ofKind(kind: Kind, rule: Rule): Sql {
  const category = sql`${col.eventType} = ${kind.category}`;
  const automatic = rule.countsAutomatic ? [] : [notTrue(isOneOf(col.actionType, kind.automatic))];
  return and([category, byPerson, ...automatic]);
}

/** The days of people who handled more than the floor on a day of the range, and their days before. */
async function listDays(
  scene: Scene,
  ofKind: Sql,
  span: { first: number; last: number },
  floor: number,
): Promise<DayCount[]> {
  const firstDay = Math.floor(span.first / dayMs) * dayMs;
  const lastDay = Math.floor(span.last / dayMs) * dayMs + dayMs - 1;
  const rows = await scene.services.events.query(sql`
    with days as (
      select ${col.userName} as person, ${dayNumber} as day,
        count(distinct coalesce(${col.fileIds}, ${col.objects}, ${col.id})) as things, bool_or(${rangeCondition(scene.range)}) as fresh
      from ${activities}
      where ${and([
        ofTenant(scene.tenantId),
        between(firstDay, lastDay),
        ofKind,
        usersOfRange(scene, ofKind),
      ])} group by 1, 2
    ), suspects as (select distinct person from days where fresh and things > ${floor})
    select person, day, things, fresh from days where person in (select person from suspects)
    union all
    select ${col.userName}, ${dayNumber}, count(distinct coalesce(${col.fileIds}, ${col.objects}, ${col.id})), false
    from ${activities}
    where ${and([
      ofTenant(scene.tenantId),
      between(firstDay - baselineDays * dayMs, firstDay - 1),
      ofKind,
      sql`${col.userName} in (select person from suspects)`,
    ])} group by 1, 2
    order by 1, 2 limit ${countsMax}`);
  return rows.map(([userName, day, things, isNew]) => ({
    userName: String(userName),
    day: Number(day),
    things: Number(things),
    isNew: isNew === true,
  }));
}

interface Baseline {
  /** Days with at least one. */
  readonly days: number;
  readonly median: number;
  /** Median distance from the median. */
  readonly deviation: number;
  /** Highest first. */
  readonly highest: readonly number[];
}

/** Of the days of one person within the 30 before a day. Days without any are no days of work and do not count. */
export function baselineOf(own: readonly Pick<DayCount, 'day' | 'things'>[], day: number): Baseline {
  const counts = own
    .filter((each) => each.day < day && each.day >= day - baselineDays)
    .map((each) => each.things)
    .sort((left, right) => right - left);
  const median = medianOf(counts);
  const deviation = medianOf(counts.map((count) => Math.abs(count - median)).sort((left, right) => right - left));
  return { days: counts.length, median, deviation, highest: counts.slice(0, 5) };
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  if (sorted.length === 0) return 0;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? sorted[0] ?? 0)) / 2;
}

/** From which count on a day is unusual: more than this. */
function thresholdOf({ days, median, deviation, highest }: Baseline, rule: Rule, floor: number): number {
  if (days < ownDaysMin) return Math.max(floor * 2, (highest[0] ?? 0) * aboveHighest);
  const byDeviation = median + rule.deviations * 1.4826 * deviation;
  const byHighest = rule.exceptions === null ? 0 : (highest[rule.exceptions] ?? 0) * aboveHighest;
  return Math.max(floor, Math.ceil(byDeviation), Math.ceil(byHighest));
}

interface Unusual {
  readonly day: DayCount;
  readonly baseline: Baseline;
  readonly threshold: number;
}

/** The first activities of each of these days, by person and day. */
async function listExamples(scene: Scene, ofKind: Sql, days: readonly DayCount[]): Promise<Map<string, Seen[]>> {
  if (days.length === 0) return new Map();
  const numbers = days.map(({ day }) => day);
  const theDay = sql`${dayNumber}`;
  const rows = await scene.services.events.query(sql`
    select ${seenColumns} from ${activities}
    where ${and([
      ofTenant(scene.tenantId),
      between(Math.min(...numbers) * dayMs, (Math.max(...numbers) + 1) * dayMs - 1),
      ofKind,
      isOneOf(col.userName, [...new Set(days.map(({ userName }) => userName))]),
      isOneOf(sql`concat(${col.userName}, '|', ${theDay})`, days.map(keyOf)),
    ])} qualify row_number() over (partition by ${col.userName}, ${theDay} order by ${col.timestamp}, ${col.id}) <= ${examplesMax}
    order by ${col.timestamp}, ${col.id}`);
  return groupBy(rows.map(seenOf), (seen) => keyOf({ ...seen, day: Math.floor(seen.timestamp / dayMs) }));
}

function findingOf(
  { day, baseline, threshold }: Unusual,
  examples: readonly Seen[],
  { noun, verb }: Kind,
  what: string,
): Finding {
  const { userName, things } = day;
  const first = examples[0];
  const date = new Date(day.day * dayMs).toISOString().slice(0, 10);
  const handled = counted(things, noun, noun === 'file' ? 'files' : 'files and folders');
  const addresses = new Map(examples.map((each) => [each.address, each.countryCode]));
  const apps = new Map(examples.map((each) => [each.appId, each]));
  const usual =
    baseline.days === 0
      ? `${userName} had ${verb} nothing in the ${baselineDays} days before.`
      : `On ${counted(baseline.days, 'day')} of the ${baselineDays} before, ${userName} ${verb} ${baseline.median} a day (median), ${baseline.highest[0] ?? 0} at most.`;
  return {
    key: `${userName}|${date}`,
    firstActivity: first?.timestamp ?? day.day * dayMs,
    lastActivity: examples.at(-1)?.timestamp ?? day.day * dayMs,
    activityIds: examples.map((each) => each.id),
    title: `${what}: ${userName}`,
    description: `${userName} ${verb} ${handled} on ${date}. ${usual}`,
    entities: [
      userEntity(userName),
      ...[...addresses]
        .filter(([address]) => address !== '')
        .slice(0, 10)
        .map(([address, country]) => ipEntity(address, country)),
      ...[...apps.values()].slice(0, 5).map((each) => appEntity(each.appId, each.instance, each.appName)),
    ],
    devices: [],
    evidence: [
      {
        text: `${handled} ${verb} on ${date} (UTC), the first at ${moment(first?.timestamp ?? day.day * dayMs)}; unusual is more than ${threshold}.`,
        values: { count: things, threshold },
      },
      {
        text: usual,
        values: { days: baseline.days, median: baseline.median, deviation: baseline.deviation },
      },
    ],
  };
}
