// Repeated failed sign-ins, then success: somebody tried passwords of one account until one was right.
import { containsText, isOneOf } from '../events/dialect.ts';
import { and, notTrue, or, type Sql, sql } from '../events/sql.ts';
import { dayMs, hourMs } from '../lib/clock.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import { between, byPerson, failed, groupBy, isSignIn, listSeen, type Seen, spanOf, usersOfRange } from './rows.ts';
import { activities, col, ofTenant } from './scene.ts';
import { appEntity, counted, dayOf, duration, ipEntity, listed, moment, place, userEntity } from './words.ts';

interface Rule {
  readonly failuresMin: number;
  /** Where the person signed in before, the failures are the person's own. */
  readonly forgivesFamiliar: boolean;
}

const rules: Readonly<Record<Sensitivity, Rule>> = {
  low: { failuresMin: 20, forgivesFamiliar: true },
  medium: { failuresMin: 10, forgivesFamiliar: true },
  high: { failuresMin: 6, forgivesFamiliar: false },
};

const windowMs = hourMs;
const familiarSpanMs = 30 * dayMs;
const usersMax = 500;
const rowsMax = 20_000;

/**
 * A password or code that was wrong. Errors called …Interrupt only ask for one more step, such as the second factor, and
 * come with every ordinary sign-in.
 */
export const wrongCredentials: Sql = and([failed, notTrue(containsText(col.searchText, 'interrupt'))]);

export const failedSignIns: Detection = {
  id: detectionIds.failedSignIns,
  name: 'failed-sign-ins',
  title: 'Repeated failed sign-ins, then success',
  description: 'Many sign-ins to an account failed, and then one from the same address succeeded.',
  alertType: 9_000_003,
  severity: 'high',
  category: 'CredentialAccess',
  stories: [0],
  intents: [6, 2],
  mitreTechniques: ['T1110.001'],
  defaultSensitivity: 'medium',
  find,
};

async function find(scene: Scene): Promise<readonly Finding[]> {
  const span = spanOf(scene, ({ eventType }) => /^EVENT_CATEGORY_(FAILED_)?LOGIN$/.test(eventType));
  if (!span) return [];
  const rule = rules[scene.sensitivity];
  const users = await listTried(scene, span, rule);
  if (users.length === 0) return [];
  const inWindow = between(span.first - windowMs, span.last + windowMs);
  const attempts = await listSeen(
    scene,
    and([inWindow, isOneOf(col.userName, users), or([wrongCredentials, isSignIn])]),
    rowsMax,
  );
  const found = [...groupBy(attempts, (seen) => seen.userName).values()].flatMap((own) => breakthroughs(own, rule));
  const familiar = rule.forgivesFamiliar ? await listFamiliar(scene, found) : undefined;
  const findings = new Map<string, Finding>();
  for (const each of found) {
    const key = keyOf(each.success);
    if (findings.has(key) || (familiar && isFamiliar(scene, familiar, each))) continue;
    findings.set(key, findingOf(key, each));
    if (findings.size === findingsMax) break;
  }
  return [...findings.values()];
}

/** Accounts of the range that had enough failures around it. */
async function listTried(scene: Scene, span: { first: number; last: number }, rule: Rule): Promise<string[]> {
  const rows = await scene.services.events.query(sql`
    select ${col.userName} from ${activities}
    where ${and([
      ofTenant(scene.tenantId),
      between(span.first - windowMs, span.last + windowMs),
      wrongCredentials,
      byPerson,
      usersOfRange(scene, or([failed, isSignIn])),
    ])} group by 1 having count(*) >= ${rule.failuresMin} order by count(*) desc, 1 limit ${usersMax}`);
  return rows.map(([userName]) => String(userName));
}

interface Breakthrough {
  readonly success: Seen;
  readonly failures: readonly Seen[];
}

/** Successes of one account, by address and day, with enough failures in the hour before, some from the same address. */
function breakthroughs(attempts: readonly Seen[], rule: Rule): Breakthrough[] {
  const found = new Map<string, Breakthrough>();
  // Failures in the hour before, by address. One pass: an attack may be long.
  const failing = new Map<string, number>();
  let failures = 0;
  let begin = 0;
  const note = (attempt: Seen, step: number) => {
    if (attempt.eventType === 'EVENT_CATEGORY_LOGIN') return;
    failures += step;
    failing.set(attempt.address, (failing.get(attempt.address) ?? 0) + step);
  };
  attempts.forEach((attempt, index) => {
    for (
      let first = attempts[begin];
      first && first.timestamp < attempt.timestamp - windowMs;
      first = attempts[++begin]
    ) {
      note(first, -1);
    }
    note(attempt, 1);
    const isSuccess = attempt.eventType === 'EVENT_CATEGORY_LOGIN';
    if (!isSuccess || failures < rule.failuresMin || (failing.get(attempt.address) ?? 0) === 0) return;
    const key = keyOf(attempt);
    if (found.has(key)) return;
    const before = attempts.slice(begin, index).filter((each) => each.eventType !== attempt.eventType);
    if (attempt.isNew || before.some((each) => each.isNew)) found.set(key, { success: attempt, failures: before });
  });
  return [...found.values()];
}

const keyOf = ({ userName, address, timestamp }: Seen): string => `${userName}|${address}|${dayOf(timestamp)}`;

interface Place {
  readonly userName: string;
  readonly address: string;
  readonly organization: string | null;
  readonly countryCode: string | null;
  readonly first: number;
}

/** Where these accounts had signed in before. */
async function listFamiliar(scene: Scene, found: readonly Breakthrough[]): Promise<Map<string, Place[]>> {
  if (found.length === 0) return new Map();
  const times = found.map(({ success }) => success.timestamp);
  const rows = await scene.services.events.query(sql`
    select ${col.userName}, coalesce(${col.ipAddress}, ''), ${col.organization}, ${col.countryCode}, min(${col.timestamp})
    from ${activities}
    where ${and([
      ofTenant(scene.tenantId),
      between(Math.min(...times) - familiarSpanMs, Math.max(...times)),
      isSignIn,
      isOneOf(col.userName, [...new Set(found.map(({ success }) => success.userName))]),
    ])} group by 1, 2, 3, 4 limit ${rowsMax}`);
  const places = rows.map(([userName, address, organization, countryCode, first]) => ({
    userName: String(userName),
    address: String(address),
    organization: organization === null || organization === undefined ? null : String(organization),
    countryCode: countryCode === null || countryCode === undefined ? null : String(countryCode),
    first: Number(first),
  }));
  return groupBy(places, (place) => place.userName);
}

/** Signed in from the same address, or through the same operator in the same country, before the failures began. */
function isFamiliar(
  scene: Scene,
  familiar: ReadonlyMap<string, Place[]>,
  { success, failures }: Breakthrough,
): boolean {
  const facts = scene.locate(success.address);
  const began = failures[0]?.timestamp ?? success.timestamp;
  return (familiar.get(success.userName) ?? []).some((known) => {
    if (known.first >= began) return false;
    if (known.address === success.address) return true;
    if (facts === null || facts.organization === null || facts.category === 3 || facts.category === 5) return false;
    return known.organization === facts.organization && known.countryCode === facts.countryCode;
  });
}

function findingOf(key: string, { success, failures }: Breakthrough): Finding {
  const { userName } = success;
  const first = failures[0]?.timestamp ?? success.timestamp;
  const addresses = [...new Map(failures.map((each) => [each.address, each.countryCode]))];
  return {
    key,
    firstActivity: first,
    lastActivity: success.timestamp,
    activityIds: [success.id, ...failures.slice(-99).map((each) => each.id)],
    title: `Repeated failed sign-ins, then success: ${userName}`,
    description: `${counted(failures.length, 'sign-in')} to ${userName} failed within ${duration(success.timestamp - first)}; then one from ${place(success.address, success.countryCode)} succeeded.`,
    entities: [
      userEntity(userName),
      ipEntity(success.address, success.countryCode),
      ...addresses
        .filter(([address]) => address !== success.address && address !== '')
        .slice(0, 20)
        .map(([address, country]) => ipEntity(address, country)),
      appEntity(success.appId, success.instance, success.appName),
    ],
    devices: [],
    evidence: [
      {
        text: `${counted(failures.length, 'failed sign-in')} since ${moment(first)}, from ${listed(addresses.map(([address]) => address))}.`,
        values: { failures: failures.length, addresses: addresses.length },
      },
      { text: `Success from ${place(success.address, success.countryCode)} at ${moment(success.timestamp)}.` },
    ],
  };
}
