// Unusual credentials added to an app: a new secret or certificate lets somebody act as the app, whatever becomes of the
// person.
import { type AuditRecord, listOf, piece } from '../activities/unified-audit/fields.ts';
import { isOneOf, startsWith } from '../events/dialect.ts';
import { and, or, type Sql, sql } from '../events/sql.ts';
import { dayMs } from '../lib/clock.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import { openFamiliar } from './familiar.ts';
import { between, listSeen, readRawRecords, type Seen, spanOf } from './rows.ts';
import { col, rangeCondition } from './scene.ts';
import { appEntity, counted, dayOf, ipEntity, moment, place, userEntity } from './words.ts';

interface Rule {
  /** Whose credentials the account had added to before, so that it does what it always does. */
  readonly forgives: 'any app' | 'same app';
  /** Only from where the account had not acted before. */
  readonly onlyUnfamiliar: boolean;
}

const rules: Readonly<Record<Sensitivity, Rule>> = {
  low: { forgives: 'any app', onlyUnfamiliar: true },
  medium: { forgives: 'any app', onlyUnfamiliar: false },
  high: { forgives: 'same app', onlyUnfamiliar: false },
};

/** Operations begin so; the directory ends them with a full stop, a blank or nothing. */
const operations = ['Add service principal credentials', 'Update application – Certificates and secrets management'];
const lookBackMs = 90 * dayMs;
/** More than a range has. */
const rowsMax = 20_000;
const propertyCharsMax = 65_536;

export const appCredentials: Detection = {
  id: detectionIds.appCredentials,
  name: 'app-credentials',
  title: 'Unusual credentials added to an app',
  description: 'A secret or certificate was added to an app by an account that had added none in the 90 days before.',
  alertType: 9_000_010,
  severity: 'high',
  category: 'Persistence',
  stories: [0, 1],
  intents: [3, 4],
  mitreTechniques: ['T1098.001'],
  defaultSensitivity: 'medium',
  find,
};

const isAddition: Sql = and([
  sql`${col.eventType} = 'EVENT_CATEGORY_UPDATE_APPLICATION'`,
  or(operations.map((operation) => startsWith(col.actionType, operation))),
]);

interface Addition {
  readonly seen: Seen;
  readonly appName: string;
  /** Client id where the record names it, else what else tells the app from others. */
  readonly appKey: string;
  /** Descriptions of the new keys, such as KeyType=Password. */
  readonly keys: readonly string[];
}

async function find(scene: Scene): Promise<readonly Finding[]> {
  const span = spanOf(scene, ({ actionType }) => operations.some((operation) => actionType.startsWith(operation)));
  if (!span) return [];
  const rule = rules[scene.sensitivity];
  const fresh = await readAdditions(
    scene,
    await listSeen(scene, and([rangeCondition(scene.range), isAddition]), rowsMax),
  );
  if (fresh.length === 0) return [];
  const actors = [...new Set(fresh.map(({ seen }) => seen.userName))];
  const times = fresh.map(({ seen }) => seen.timestamp);
  const inTime = between(Math.min(...times) - lookBackMs, Math.max(...times));
  const before = await listSeen(scene, and([inTime, isAddition, isOneOf(col.userName, actors)]), rowsMax);
  const earlier = daysOf(await readAdditions(scene, before), rule);
  const isFamiliar = rule.onlyUnfamiliar
    ? await openFamiliar(
        scene,
        fresh.map(({ seen }) => seen),
      )
    : () => false;
  const findings = new Map<string, Finding>();
  for (const addition of fresh) {
    if (isUsual(earlier, addition, rule) || isFamiliar(addition.seen)) continue;
    const key = `${addition.seen.userName}|${addition.appKey}|${dayOf(addition.seen.timestamp)}`;
    if (!findings.has(key)) findings.set(key, findingOf(key, addition));
    if (findings.size === findingsMax) break;
  }
  return [...findings.values()];
}

/** Days (since 1970, UTC) on which who added credentials to what. */
type Days = ReadonlyMap<string, ReadonlySet<number>>;

function daysOf(earlier: readonly Addition[], rule: Rule): Days {
  const days = new Map<string, Set<number>>();
  for (const addition of earlier) {
    const key = habitKey(addition, rule);
    days.set(key, (days.get(key) ?? new Set<number>()).add(Math.floor(addition.seen.timestamp / dayMs)));
  }
  return days;
}

function habitKey({ seen, appKey }: Addition, { forgives }: Rule): string {
  return forgives === 'any app' ? seen.userName : `${seen.userName}\n${appKey}`;
}

/** On an earlier day of the look-back. */
function isUsual(earlier: Days, addition: Addition, rule: Rule): boolean {
  const today = Math.floor(addition.seen.timestamp / dayMs);
  return [...(earlier.get(habitKey(addition, rule)) ?? [])].some(
    (day) => day < today && day >= today - lookBackMs / dayMs,
  );
}

async function readAdditions(scene: Scene, seen: readonly Seen[]): Promise<Addition[]> {
  return await readRawRecords(scene, seen, (record, each) => {
    if (/^fail/i.test(piece(record.ResultStatus))) return undefined;
    const keys = addedKeys(record);
    return keys.length > 0 ? { seen: each, keys, ...appOf(record) } : undefined;
  });
}

/**
 * Keys that KeyDescription names after the change and not before, as the directory writes them:
 * `["[KeyIdentifier=…,KeyType=Password,KeyUsage=Verify,DisplayName=…]"]`. Removals have none.
 */
export function addedKeys(record: AuditRecord): string[] {
  const property = listOf(record.ModifiedProperties).find(({ Name }) => Name === 'KeyDescription');
  if (!property) return [];
  const before = new Set(keysIn(property.OldValue).map(identifierOf));
  return keysIn(property.NewValue).filter((key) => !before.has(identifierOf(key)));
}

function keysIn(value: unknown): string[] {
  if (typeof value !== 'string' || value.length > propertyCharsMax) return [];
  return value.match(/\[?KeyIdentifier=[^\]\n"]*/g) ?? [];
}

function identifierOf(key: string): string {
  return /KeyIdentifier=([^,\]]*)/.exec(key)?.[1] ?? key;
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Targets are the object's id, its kind, its name (type 1) and the client id (type 4, SPN, or the last GUID). */
function appOf(record: AuditRecord): Pick<Addition, 'appName' | 'appKey'> {
  const targets = listOf(record.Target);
  const guids = targets.map((target) => piece(target.ID)).filter((id) => guid.test(id));
  const byService = targets.find((target) => target.Type === 4 && guid.test(piece(target.ID)));
  const appName = piece(targets.find((target) => target.Type === 1)?.ID) || piece(record.ObjectId);
  const appKey = (piece(byService?.ID) || guids.at(-1) || appName).toLowerCase();
  return { appName: appName || appKey, appKey };
}

function findingOf(key: string, { seen, appName, appKey, keys }: Addition): Finding {
  const kinds = [...new Set(keys.map((each) => /KeyType=([^,\]]*)/.exec(each)?.[1] ?? 'unknown kind'))].join(', ');
  const added = `${counted(keys.length, 'new key')} (${kinds})`;
  return {
    key,
    firstActivity: seen.timestamp,
    lastActivity: seen.timestamp,
    activityIds: [seen.id],
    title: `Unusual credentials added to an app: ${appName}`,
    description: `${seen.userName} added ${added} to the app ${appName}, having added none in the 90 days before.`,
    entities: [
      userEntity(seen.userName),
      { entityType: 'OAuthApp', appId: appKey, appName, evidenceRole: 'Related' },
      ...(seen.address === '' ? [] : [ipEntity(seen.address, seen.countryCode)]),
      appEntity(seen.appId, seen.instance, seen.appName),
    ],
    devices: [],
    evidence: [
      {
        text: `${seen.actionType.trim()} by ${seen.userName}${seen.address === '' ? '' : ` from ${place(seen.address, seen.countryCode)}`} at ${moment(seen.timestamp)}: ${added}.`,
        values: { keys: keys.length },
      },
      { text: `${seen.userName} had not done this on the 90 days before.` },
    ],
  };
}
