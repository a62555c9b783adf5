// Terminated user active: an account acts after its person has left.
import { isOneOf } from '../events/dialect.ts';
import { and, or, sql } from '../events/sql.ts';
import { dayMs, hourMs } from '../lib/clock.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import { between, groupBy, isAmong, listSeen, notFailed, type Seen, spanOf } from './rows.ts';
import { activities, col, ofTenant, rangeCondition } from './scene.ts';
import { appEntity, counted, dayOf, duration, ipEntity, listed, moment, place, userEntity } from './words.ts';

/** Tokens that were issued before live on for an hour or more; what programs do with them is not the person. */
const graceMs: Readonly<Record<Sensitivity, number>> = { low: 24 * hourMs, medium: 2 * hourMs, high: 0 };

const lookBackMs = 90 * dayMs;
const endingsMax = 20_000;
const rowsMax = 50_000;

const endings = ['Disable account', 'Delete user', 'Hard Delete user'];
const beginnings = ['Enable account', 'Restore user', 'Add user'];
const withStop = (operations: readonly string[]) => operations.flatMap((operation) => [operation, `${operation}.`]);
const bare = (operation: string) => operation.trim().replace(/\.$/, '');

export const terminatedUser: Detection = {
  id: detectionIds.terminatedUser,
  name: 'terminated-user',
  title: 'Activity by a terminated user',
  description: 'An account acted after it was disabled or deleted, or after its person had left.',
  alertType: 9_000_011,
  severity: 'high',
  category: 'InitialAccess',
  stories: [0, 7],
  intents: [2, 3],
  mitreTechniques: ['T1078'],
  defaultSensitivity: 'medium',
  find,
};

/** An account's person left, or came back. */
interface Step {
  readonly userName: string;
  readonly at: number;
  readonly isEnd: boolean;
  /** In words. */
  readonly how: string;
  /** The activity that says so; null when settings do. */
  readonly id: string | null;
}

async function find(scene: Scene): Promise<readonly Finding[]> {
  const span = spanOf(scene, () => true);
  if (!span) return [];
  const steps = await listSteps(scene, span);
  const gone = [...steps].filter(([, own]) => own.some((step) => step.isEnd)).map(([userName]) => userName);
  if (gone.length === 0) return [];
  const known = await listActing(scene, span, gone);
  const findings: Finding[] = [];
  const byDay = groupBy(known, (seen) => `${seen.userName}|${dayOf(seen.timestamp)}`);
  for (const [key, day] of byDay) {
    const own = steps.get(day[0]?.userName ?? '') ?? [];
    const after = day.flatMap((seen) => {
      const step = endBefore(own, seen.timestamp, graceMs[scene.sensitivity]);
      return step ? [{ seen, step }] : [];
    });
    const [first] = after;
    if (first)
      findings.push(
        findingOf(
          key,
          after.map(({ seen }) => seen),
          first.step,
        ),
      );
    if (findings.length === findingsMax) break;
  }
  return findings;
}

const stepTypes = ['EVENT_CATEGORY_DELETE_USER', 'EVENT_CATEGORY_UPDATE_USER', 'EVENT_CATEGORY_CREATE_USER'] as const;

/** What records and settings say of each account that left, in order of time. */
async function listSteps(
  scene: Scene,
  span: { first: number; last: number },
): Promise<ReadonlyMap<string, readonly Step[]>> {
  const ofType = (eventType: string) => sql`
    select ${col.id}, ${col.timestamp}, ${col.actionType}, ${col.userName}, ${col.entities} from ${activities}
    where ${and([
      ofTenant(scene.tenantId),
      between(span.first - lookBackMs, span.last),
      sql`${col.eventType} = ${eventType}`,
      isAmong(col.actionType, withStop([...endings, ...beginnings])),
    ])}`;
  const [deleted, updated, created] = stepTypes;
  const rows = await scene.services.events.query(sql`
    ${ofType(deleted)} union all ${ofType(updated)} union all ${ofType(created)}
    order by 2 desc limit ${endingsMax}`);
  const steps: Step[] = (scene.settings.terminatedUsers ?? []).map(({ userName, since }) => ({
    userName: userName.toLowerCase(),
    at: since ?? Number.NEGATIVE_INFINITY,
    isEnd: true,
    how: 'is listed as terminated in the settings of this policy',
    id: null,
  }));
  for (const [id, timestamp, operation, actor, entities] of rows) {
    const isEnd = endings.includes(bare(String(operation)));
    for (const target of targetsIn(String(entities ?? ''), String(actor))) {
      const how = `${bare(String(operation)).toLowerCase()} by ${actor}`;
      steps.push({ userName: target, at: Number(timestamp), isEnd, how, id: String(id) });
    }
  }
  return groupBy(
    steps.sort((left, right) => left.at - right.at),
    (step) => step.userName,
  );
}

/**
 * Account names among a set of accounts (`<name>|<app>|<instance>`), without the actor. A deleted account's name begins
 * with its object id, 32 hex digits, from then on.
 */
function targetsIn(entities: string, actor: string): string[] {
  const names = entities
    .split('\u001f')
    .map((entity) => entity.split('|')[0] ?? '')
    .filter((name) => name.includes('@') && name !== actor)
    .map((name) => name.replace(/^[0-9a-f]{32}(?=[^@])/, ''));
  return [...new Set(names)];
}

/** The last step before a time, when it is an end and longer ago than the grace. */
function endBefore(own: readonly Step[], at: number, grace: number): Step | undefined {
  const last = own.filter((step) => step.at <= at).at(-1);
  return last?.isEnd && at - last.at > grace ? last : undefined;
}

/** What these accounts did in the range, and what they had done after an end that only came in with the range. */
async function listActing(
  scene: Scene,
  span: { first: number; last: number },
  userNames: readonly string[],
): Promise<Seen[]> {
  const isTold = scene.kinds.some(({ actionType }) => endings.includes(bare(actionType)));
  const when = isTold
    ? or([rangeCondition(scene.range), sql`${col.timestamp} >= ${span.first}`])
    : rangeCondition(scene.range);
  const rows = await listSeen(
    scene,
    and([when, isOneOf(col.userName, userNames), notFailed, sql`${col.eventType} <> 'EVENT_CATEGORY_LOGOUT'`]),
    rowsMax,
  );
  return rows;
}

function findingOf(key: string, seen: readonly Seen[], step: Step): Finding {
  const [first] = seen;
  const userName = step.userName;
  const begin = first?.timestamp ?? 0;
  const addresses = new Map(seen.map((each) => [each.address, each.countryCode]));
  const apps = new Map(seen.map((each) => [each.appId, each]));
  const since = Number.isFinite(step.at) ? `since ${moment(step.at)}` : 'for longer than the records go back';
  return {
    key,
    firstActivity: begin,
    lastActivity: seen.at(-1)?.timestamp ?? begin,
    activityIds: [...(step.id === null ? [] : [step.id]), ...seen.map((each) => each.id)].slice(0, 100),
    title: `Activity by a terminated user: ${userName}`,
    description: `${userName} acted ${counted(seen.length, 'time')} on ${dayOf(begin)}, although terminated ${since} (${step.how}).`,
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
      { text: `Terminated ${since}: ${step.how}.` },
      {
        text: `${first?.actionType} from ${place(first?.address ?? '', first?.countryCode ?? null)} at ${moment(begin)}${Number.isFinite(step.at) ? `, ${duration(begin - step.at)} later` : ''}; in all ${counted(seen.length, 'activity', 'activities')} that day (${listed(seen.map((each) => each.actionType))}).`,
        values: { activities: seen.length },
      },
    ],
  };
}
