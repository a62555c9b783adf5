// Labelled cases of a detection: each says at which sensitivities it has to be found, and a table of hits and misses
// says how it went. Networks are those of a small world of its own, so that no shipped database decides a test.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Activity } from '../../src/activities/activity.ts';
import { insertActivities } from '../../src/activities/store.ts';
import { isProblem, unifiedAuditMapper } from '../../src/activities/unified-audit/unified-audit.ts';
import type { SubnetsTable } from '../../src/db/tables.ts';
import { Seeded } from '../../src/demo/seeded.ts';
import {
  type Detection,
  type DetectionSettings,
  type Finding,
  type Scene,
  type SceneRange,
  type Sensitivity,
  sensitivities,
} from '../../src/detections/detection.ts';
import { listKinds } from '../../src/detections/scene.ts';
import { activitiesTable } from '../../src/events/catalogue.ts';
import type { EventStore } from '../../src/events/events.ts';
import type { Place } from '../../src/geo/geo.ts';
import type { TenantId } from '../../src/lib/ids.ts';
import { addressLocator, type Locator } from '../../src/subnets/addresses.ts';
import { newTenantId, openTestEvents } from './activities.ts';
import { dayZero, habit, type Rec } from './detection-records.ts';

/** Networks by the first two numbers of an address: country, operator, AS number. */
const networks: Readonly<Record<string, readonly [country: string, organization: string, asNumber: number]>> = {
  '91.1': ['DE', 'Rhein Broadband', 64501],
  '91.2': ['DE', 'Deutschfunk Mobile', 64502],
  '72.1': ['US', 'Pacific Fiber', 64511],
  '72.2': ['US', 'Prairie Mobile', 64512],
  '80.1': ['GB', 'Albion Broadband', 64521],
  '81.1': ['FR', 'Seine Telecom', 64531],
  '133.1': ['JP', 'Kanto Net', 64541],
  '133.2': ['JP', 'Hotel Kyoto', 64542],
  '177.1': ['BR', 'Rede Paulista', 64551],
  '105.1': ['NG', 'Lagos Link', 64561],
  '41.1': ['ZA', 'Cape Cable', 64571],
  '60.1': ['AU', 'Southern Net', 64581],
  '95.1': ['RU', 'Volga Telecom', 64591],
  '45.1': ['NL', 'Polder Hosting', 64601],
  '84.1': ['CH', 'Alpenfunk', 64611],
  '52.1': ['US', 'Amazon.com, Inc.', 16509],
  '13.1': ['IE', 'Microsoft Corporation', 8075],
  '185.7': ['CH', 'Proton AG', 62371],
  '185.8': ['DE', 'Artikel10 e.V.', 60729],
};

function geo(address: string): Place {
  const [first = '', second = ''] = address.split('.');
  const found = networks[`${first}.${second}`];
  if (!found) return { countryCode: null, organization: null, asNumber: null };
  return { countryCode: found[0], organization: found[1], asNumber: found[2] };
}

const rangesTenantId = newTenantId();

const subnet = (
  name: string,
  range: string,
  category: number,
  countryCode: string,
  tags: string[] = [],
): SubnetsTable => ({
  id: name,
  tenantId: rangesTenantId,
  name,
  ranges: JSON.stringify([range]),
  category,
  tags: JSON.stringify(tags),
  organization: `Contoso ${name}`,
  countryCode,
  changedAt: 0,
});

const tor = '2dfa95cd7922d979d66fcff5';

/** The tenant's own ranges in every labelled case. */
export const ranges: readonly SubnetsTable[] = [
  subnet('Berlin', '193.0.0.0/24', 1, 'DE'),
  subnet('Austin', '193.0.1.0/24', 1, 'US'),
  subnet('VPN', '193.0.2.0/24', 4, 'NL'),
  subnet('Known proxies', '195.0.66.0/24', 3, 'RU'),
  subnet('Tor', '195.0.67.0/24', 6, 'RO', [tor]),
];

export const locate: Locator = addressLocator(ranges, geo);
export const ownDomains: ReadonlySet<string> = new Set(['contoso.example']);

/** Where `found` holds l, m or h, a case has to be found at low, medium or high sensitivity, and nowhere else. */
export interface Case {
  readonly name: string;
  readonly found: '' | 'h' | 'mh' | 'lmh';
  /** `me` makes names of the case's own accounts; `random` differs from variant to variant. */
  readonly records: (me: (who?: string) => string, random: Seeded, variant: number) => readonly Rec[];
  readonly settings?: (me: (who?: string) => string) => DetectionSettings;
}

export interface Labelled {
  readonly detection: Detection;
  readonly cases: readonly Case[];
  /** Each case is made so often, with other chances. */
  readonly variants?: number;
  /** People of the organisation who are nobody's case. */
  readonly background?: readonly Rec[];
}

/** Maps records as an ingestion would. */
export function activitiesOf(tenantId: TenantId, records: readonly Rec[]): Activity[] {
  const map = unifiedAuditMapper({
    tenantId,
    tenantNumber: 1,
    domains: ownDomains,
    now: dayZero + 365 * 86_400_000,
    locate,
  });
  return records.map(({ at: _at, ...record }) => {
    const activity = map(JSON.stringify(record));
    if (isProblem(activity)) throw new Error(activity.reason);
    return activity;
  });
}

export async function sceneOf(
  events: EventStore,
  tenantId: TenantId,
  range: SceneRange,
  sensitivity: Sensitivity,
  settings: DetectionSettings = {},
): Promise<Scene> {
  const kinds = await listKinds({ events }, tenantId, range);
  return { services: { events }, tenantId, range, kinds, ownDomains, locate, sensitivity, settings };
}

/** Colleagues who always work where they live. */
export function colleagues(): Rec[] {
  return Array.from({ length: 12 }, (_, index) =>
    habit(
      `colleague${index}@contoso.example`,
      index % 2 === 0 ? `193.0.0.${index + 10}` : `91.1.0.${index + 10}`,
      40,
      dayZero + 86_400_000 * 3,
    ),
  ).flat();
}

/**
 * Stores all cases in one tenant, history first and then the labelled days in batches out of order, and checks at each
 * sensitivity that exactly the right cases are found; that looking in pieces, and again, finds the same.
 */
export async function checkLabelled(test: TestContext, labelled: Labelled): Promise<void> {
  const { detection, cases, variants = 4 } = labelled;
  const { events } = await openTestEvents(test);
  const tenantId = newTenantId();
  const made = cases.flatMap((each, index) =>
    Array.from({ length: variants }, (_, variant) => {
      const prefix = `c${index}v${variant}x`;
      const me = (who = 'ada') => `${prefix}.${who}@contoso.example`;
      const random = new Seeded(`${detection.name} ${each.name} ${variant}`);
      return { label: each, prefix, records: each.records(me, random, variant), settings: each.settings?.(me) ?? {} };
    }),
  );
  const settings = {
    decoyAccounts: made.flatMap((each) => each.settings.decoyAccounts ?? []),
    terminatedUsers: made.flatMap((each) => each.settings.terminatedUsers ?? []),
  };
  const all = activitiesOf(tenantId, [
    ...(labelled.background ?? colleagues()),
    ...made.flatMap((each) => each.records),
  ]);
  const bounds = await store(events, tenantId, all);
  for (const sensitivity of sensitivities) {
    const find = async (after: number, upTo: number) =>
      await detection.find(await sceneOf(events, tenantId, { after, upTo }, sensitivity, settings));
    const found = await find(bounds.history, bounds.last);
    const pieces = new Set<string>();
    for (let batch = bounds.history; batch < bounds.last; batch++) {
      for (const finding of await find(batch, batch + 1)) pieces.add(finding.key);
    }
    assert.deepEqual([...pieces].sort(), keysOf(found), 'in pieces the same is found');
    const timed = await detection.find(
      await sceneOf(events, tenantId, { from: dayZero, to: dayZero + 30 * 86_400_000 }, sensitivity, settings),
    );
    assert.deepEqual(keysOf(timed), keysOf(found), 'by time the same is found');
    found.forEach(checkForm);
    judge(test, detection, sensitivity, made, found);
  }
}

const keysOf = (findings: readonly Finding[]): string[] => findings.map((finding) => finding.key).sort();

async function store(
  events: EventStore,
  tenantId: TenantId,
  all: readonly Activity[],
): Promise<{ history: number; last: number }> {
  await insertActivities(
    events,
    tenantId,
    all.filter((each) => each.timestamp < dayZero),
  );
  const history = await events.lastBatch(activitiesTable);
  const random = new Seeded('order of arrival');
  const pieces: Activity[][] = Array.from({ length: 6 }, () => []);
  for (const each of all) if (each.timestamp >= dayZero) random.pick(pieces).push(each);
  for (const piece of pieces) await insertActivities(events, tenantId, piece);
  return { history, last: await events.lastBatch(activitiesTable) };
}

function checkForm(finding: Finding): void {
  assert.ok(finding.entities.length > 0 && finding.activityIds.length > 0 && finding.evidence.length > 0, finding.key);
  assert.ok(finding.activityIds.length <= 100 && finding.firstActivity <= finding.lastActivity, finding.key);
  for (const { text } of finding.evidence) assert.ok(!/undefined|null|NaN/.test(text), text);
  assert.ok(!/undefined|null|NaN/.test(`${finding.title}${finding.description}`), finding.description);
}

interface Made {
  readonly label: Case;
  readonly prefix: string;
}

function judge(
  test: TestContext,
  detection: Detection,
  sensitivity: Sensitivity,
  made: readonly Made[],
  found: readonly Finding[],
): void {
  const hits = new Set(found.flatMap((finding) => finding.entities.flatMap(prefixesOf)));
  const isWanted = ({ label }: Made) => label.found.includes(sensitivity.charAt(0));
  const positives = made.filter(isWanted);
  const negatives = made.filter((each) => !isWanted(each));
  const missed = positives.filter(({ prefix }) => !hits.has(prefix));
  const wrong = negatives.filter(({ prefix }) => hits.has(prefix));
  test.diagnostic(
    `${detection.name} (${sensitivity}): ${positives.length - missed.length} of ${positives.length} hits, ${wrong.length} of ${negatives.length} false`,
  );
  const names = (list: readonly Made[]) => [...new Set(list.map(({ label }) => label.name))];
  assert.deepEqual({ missed: names(missed), wrong: names(wrong) }, { missed: [], wrong: [] }, `at ${sensitivity}`);
  const strangers = [...hits].filter((prefix) => !made.some((each) => each.prefix === prefix));
  assert.deepEqual(strangers, [], 'nobody else is found');
}

/** Cases by the names of their accounts; everybody else under their own name. */
function prefixesOf(entity: Finding['entities'][number]): string[] {
  if (entity.entityType !== 'User' && entity.entityType !== 'MailBox') return [];
  const name = String(entity.userPrincipalName ?? entity.accountName);
  if (entity.evidenceRole === 'Related' && !/^c\d+v\d+x\./.test(name)) return [];
  return [/^(c\d+v\d+x)\./.exec(name)?.[1] ?? name];
}
