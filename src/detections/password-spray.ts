// Password spray: one network tries a few passwords on many accounts, so that none of them is locked.
import type { AlertEvidence } from '../alerts/alert.ts';
import { isOneOf } from '../events/dialect.ts';
import { and, or, type Sql, sql } from '../events/sql.ts';
import { hourMs } from '../lib/clock.ts';
import { type Detection, detectionIds, type Finding, findingsMax, type Scene, type Sensitivity } from './detection.ts';
import { wrongCredentials } from './failed-sign-ins.ts';
import { between, byPerson, groupBy, isSafe, isSignIn, type Seen, seenColumns, seenOf, spanOf } from './rows.ts';
import { activities, col, ofTenant, rangeCondition } from './scene.ts';
import { counted, dayOf, duration, ipEntity, listed, moment, userEntity } from './words.ts';

interface Rule {
  /** Accounts that failed from the network within an hour. */
  readonly usersMin: number;
  /** Part of the accounts seen from the network in that hour that failed; in an office most people succeed. */
  readonly failedShare: number;
  /** The organisation's own networks count as well. */
  readonly ownNetworks: boolean;
}

const rules: Readonly<Record<Sensitivity, Rule>> = {
  low: { usersMin: 30, failedShare: 0.8, ownNetworks: false },
  medium: { usersMin: 15, failedShare: 0.7, ownNetworks: false },
  high: { usersMin: 8, failedShare: 0.6, ownNetworks: true },
};

const windowMs = hourMs;
const networksMax = 200;
const rowsMax = 50_000;

export const passwordSpray: Detection = {
  id: detectionIds.passwordSpray,
  name: 'password-spray',
  title: 'Password spray',
  description: 'One network failed to sign in to many accounts within an hour.',
  alertType: 9_000_004,
  severity: 'medium',
  category: 'CredentialAccess',
  stories: [0],
  intents: [6],
  mitreTechniques: ['T1110.003'],
  defaultSensitivity: 'medium',
  find,
};

/** Addresses that one sender has as easily as one: the /24 of IPv4, the first four groups of IPv6 as it is written. */
const network: Sql = sql`case when contains(${col.ipAddress}, ':')
  then array_to_string(list_slice(string_split(${col.ipAddress}, ':'), 1, 4), ':') || '::/64'
  else regexp_replace(${col.ipAddress}, '\\.[0-9]+$', '.0/24') end`;

interface Attempt extends Seen {
  readonly network: string;
}

async function find(scene: Scene): Promise<readonly Finding[]> {
  const span = spanOf(scene, ({ eventType }) => /^EVENT_CATEGORY_(FAILED_)?LOGIN$/.test(eventType));
  if (!span) return [];
  const rule = rules[scene.sensitivity];
  const inWindow = between(span.first - windowMs, span.last + windowMs);
  const networks = await scene.services.events.query(sql`
    select ${network} as net from ${activities}
    where ${and([
      ofTenant(scene.tenantId),
      inWindow,
      wrongCredentials,
      byPerson,
      sql`${network} in (select distinct ${network} from ${activities}
        where ${and([ofTenant(scene.tenantId), rangeCondition(scene.range), or([wrongCredentials, isSignIn]), sql`${col.ipAddress} is not null`])})`,
    ])} group by 1 having count(distinct ${col.userName}) >= ${rule.usersMin}
    order by count(distinct ${col.userName}) desc, 1 limit ${networksMax}`);
  if (networks.length === 0) return [];
  const names = networks.map(([net]) => String(net));
  const rows = await scene.services.events.query(sql`
    select ${seenColumns}, ${rangeCondition(scene.range)}, ${network} from ${activities}
    where ${and([ofTenant(scene.tenantId), inWindow, byPerson, or([wrongCredentials, isSignIn]), isOneOf(network, names)])}
    order by ${col.timestamp}, ${col.id} limit ${rowsMax}`);
  const attempts = rows.map((row): Attempt => ({ ...seenOf(row), network: String(row[11]) }));
  const findings = new Map<string, Finding>();
  for (const [net, own] of groupBy(attempts, (attempt) => attempt.network)) {
    const counting = rule.ownNetworks ? own : own.filter(({ address }) => !isSafe(scene.locate(address)));
    for (const burst of bursts(counting, rule)) {
      const spray = new Spray(net, burst);
      if (!findings.has(spray.key)) findings.set(spray.key, sprayFinding(spray));
      // A finding of its own, because it may come in when the spray has been told of already.
      const key = `${spray.key}|entered`;
      if (spray.entered.length > 0 && !findings.has(key)) findings.set(key, enteredFinding(key, spray));
    }
    if (findings.size >= findingsMax) break;
  }
  return [...findings.values()];
}

const isFailure = (seen: Seen): boolean => seen.eventType === 'EVENT_CATEGORY_FAILED_LOGIN';

/**
 * Hours that begin with a failure and in which, at some moment, enough of the accounts of the hour before it had failed.
 * None overlaps the one before. One pass: an attack may be long.
 */
function bursts(attempts: readonly Attempt[], rule: Rule): Attempt[][] {
  const found: Attempt[][] = [];
  const failedOnes = new Map<string, number>();
  const all = new Map<string, number>();
  const note = (attempt: Attempt, step: number) => {
    count(all, attempt.userName, step);
    if (isFailure(attempt)) count(failedOnes, attempt.userName, step);
  };
  let begin = 0;
  for (let end = 0; end < attempts.length; end++) {
    const last = attempts[end];
    if (!last) break;
    for (let first = attempts[begin]; first && first.timestamp < last.timestamp - windowMs; first = attempts[++begin]) {
      note(first, -1);
    }
    note(last, 1);
    if (failedOnes.size < rule.usersMin || failedOnes.size / all.size < rule.failedShare) continue;
    while (begin < end && !isFailure(attempts[begin] ?? last)) begin++;
    const until = (attempts[begin] ?? last).timestamp + windowMs;
    let behind = end;
    while ((attempts[behind]?.timestamp ?? Number.POSITIVE_INFINITY) <= until) behind++;
    const burst = attempts.slice(begin, behind);
    if (burst.some((each) => each.isNew)) found.push(burst);
    failedOnes.clear();
    all.clear();
    begin = behind;
    end = behind - 1;
  }
  return found;
}

function count(counts: Map<string, number>, key: string, step: number): void {
  const next = (counts.get(key) ?? 0) + step;
  if (next > 0) counts.set(key, next);
  else counts.delete(key);
}

/** What is told of one hour of one network. */
class Spray {
  readonly network: string;
  readonly key: string;
  readonly failures: readonly Seen[];
  /** Accounts that failed. */
  readonly tried: readonly string[];
  /** Successes of those accounts, from the same network within the hour. */
  readonly successes: readonly Seen[];
  readonly entered: readonly string[];
  readonly addresses: readonly [address: string, countryCode: string | null][];
  readonly first: number;
  readonly last: number;

  constructor(net: string, burst: readonly Attempt[]) {
    this.network = net;
    this.first = burst[0]?.timestamp ?? 0;
    this.key = `${net}|${dayOf(this.first)}`;
    this.failures = burst.filter(isFailure);
    this.last = this.failures.at(-1)?.timestamp ?? this.first;
    this.tried = [...new Set(this.failures.map((each) => each.userName))];
    const tried = new Set(this.tried);
    this.successes = burst.filter((each) => !isFailure(each) && tried.has(each.userName));
    this.entered = [...new Set(this.successes.map((each) => each.userName))];
    this.addresses = [...new Map(this.failures.map((each) => [each.address, each.countryCode]))];
  }

  get evidence(): AlertEvidence {
    const { failures, tried, addresses } = this;
    return {
      text: `${counted(failures.length, 'failed sign-in')} to ${counted(tried.length, 'account')} from ${counted(addresses.length, 'address', 'addresses')} between ${moment(this.first)} and ${moment(this.last)}.`,
      values: { failures: failures.length, accounts: tried.length, addresses: addresses.length },
    };
  }
}

function sprayFinding(spray: Spray): Finding {
  const { network: net, tried, addresses, failures, first, last } = spray;
  return {
    key: spray.key,
    firstActivity: first,
    lastActivity: last,
    activityIds: failures.slice(0, 100).map((each) => each.id),
    title: `Password spray from ${addresses.length === 1 ? (addresses[0]?.[0] ?? net) : net}`,
    description: `Sign-ins to ${counted(tried.length, 'account')} failed from ${net} within ${duration(last - first)}.`,
    entities: [
      ...addresses.slice(0, 30).map(([address, country]) => ipEntity(address, country)),
      ...tried.slice(0, 30).map((name) => userEntity(name, 'Related')),
    ],
    devices: [],
    evidence: [spray.evidence, { text: `Accounts: ${listed(tried, 20)}.` }],
  };
}

function enteredFinding(key: string, { network: net, entered, successes, evidence, tried }: Spray): Finding {
  const addresses = new Map(successes.map((each) => [each.address, each.countryCode]));
  return {
    key,
    firstActivity: successes[0]?.timestamp ?? 0,
    lastActivity: successes.at(-1)?.timestamp ?? 0,
    activityIds: successes.slice(0, 100).map((each) => each.id),
    severity: 'high',
    title: `Sign-in after a password spray: ${listed(entered, 3)}`,
    description: `${listed(entered)} signed in from ${net} within the hour in which sign-ins to ${counted(tried.length, 'account')} failed from there.`,
    entities: [
      ...entered.slice(0, 30).map((name) => userEntity(name)),
      ...[...addresses].slice(0, 30).map(([address, country]) => ipEntity(address, country)),
    ],
    devices: [],
    evidence: [
      evidence,
      { text: `Signed in from there: ${listed(entered, 20)}.`, values: { entered: entered.length } },
    ],
  };
}
