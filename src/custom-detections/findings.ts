// From the rows of a run to alerts: rows that agree in title, description and impacted assets are one alert. An event is
// told of once for the same alert, however often a look-back that overlaps the last one finds it again.
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { AlertDraft } from '../alerts/alert.ts';
import { alertIdFor } from '../alerts/alert-keys.ts';
import { customDetectionMatch } from '../alerts/alert-types.ts';
import { counted } from '../detections/words.ts';
import { parseTicks, ticksOfMs } from '../lib/ticks.ts';
import { assetValue, type Row, thingsOf } from './entities.ts';
import { filledIn, findColumn, type Rule, type RuleContent } from './rule.ts';

/** An event of a group: what it is told of by, and when it happened. */
interface Event {
  readonly key: string;
  readonly ticks: bigint;
  readonly row: Row;
}

/** Rows that make one alert. */
export interface Group {
  readonly title: string;
  readonly description: string;
  readonly events: readonly Event[];
}

export interface Grouped {
  /** In time. */
  readonly groups: readonly Group[];
  /** Rows without a time or without anything that they are about; the first of them says why. */
  readonly unusable: number;
  readonly whyUnusable: string | undefined;
}

const titleLengthMax = 1000;
const descriptionLengthMax = 20_000;

/** So many rows are taken before others get the event loop. */
const rowsAtOnce = 200;

/** Groups the rows, in the order of their events. */
export async function groupRows(rows: readonly Row[], rule: RuleContent): Promise<Grouped> {
  const groups = new Map<string, { title: string; description: string; events: Map<string, Event> }>();
  let unusable = 0;
  let whyUnusable: string | undefined;
  for (const [index, row] of rows.entries()) {
    if (index % rowsAtOnce === rowsAtOnce - 1) await setImmediate();
    const ticks = typeof row.Timestamp === 'string' ? parseTicks(row.Timestamp) : undefined;
    const assets = rule.alertTemplate.impactedAssets.map(({ identifier }) => assetValue(row, identifier) ?? '');
    if (ticks === undefined || assets.every((value) => value === '')) {
      unusable += 1;
      whyUnusable ??= ticks === undefined ? 'have no Timestamp' : 'name none of the impacted assets';
      continue;
    }
    const title = told(rule.alertTemplate.title, row, titleLengthMax);
    const description = told(rule.alertTemplate.description, row, descriptionLengthMax);
    const identity = JSON.stringify([title, description, ...assets.map((value) => value.toLowerCase())]);
    const group = groups.get(identity) ?? { title, description, events: new Map<string, Event>() };
    groups.set(identity, group);
    const key = keyOf(identity, row);
    if (!group.events.has(key)) group.events.set(key, { key, ticks, row });
  }
  const sorted = [...groups.values()].map((group) => ({ ...group, events: [...group.events.values()].sort(byTime) }));
  return { groups: sorted.sort(byFirstEvent), unusable, whyUnusable };
}

function told(template: string, row: Row, lengthMax: number): string {
  const names = Object.keys(row);
  const text = filledIn(template, (wanted) => {
    const value = row[findColumn(names, wanted) ?? ''];
    if (value === null || value === undefined) return '';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\0', '');
}

/** As documented, an event is known by its time, its report and its device; a row without a report by all that it says. */
function keyOf(identity: string, row: Row): string {
  const { Timestamp, ReportId, DeviceId } = row;
  const isKnown = ReportId !== undefined && ReportId !== null && ReportId !== '';
  const event = isKnown ? [Timestamp, String(ReportId), DeviceId ?? ''] : row;
  return createHash('sha256')
    .update(JSON.stringify([identity, event]))
    .digest('hex')
    .slice(0, 32);
}

function byTime(left: Event, right: Event): number {
  if (left.ticks !== right.ticks) return left.ticks < right.ticks ? -1 : 1;
  return left.key < right.key ? -1 : 1;
}

function byFirstEvent(left: Group, right: Group): number {
  const [a] = left.events;
  const [b] = right.events;
  return a && b ? byTime(a, b) : 0;
}

/** The groups with the events that nobody was told of, those without any left out. */
export function untold(groups: readonly Group[], toldKeys: ReadonlySet<string>): Group[] {
  return groups
    .map((group) => ({ ...group, events: group.events.filter(({ key }) => !toldKeys.has(key)) }))
    .filter(({ events }) => events.length > 0);
}

/** Events that an alert says its things from: of one kind it names no more than about as many. */
const rowsPerAlert = 25;

/** The alert of a group; `now` in epoch milliseconds. */
export function draftOf(
  rule: Pick<Rule, 'id' | 'displayName' | 'alertTemplate'>,
  group: Group,
  now: number,
): AlertDraft {
  const { severity, category, mitreTechniques, recommendedActions, impactedAssets } = rule.alertTemplate;
  const { title, description, events } = group;
  const rows = events.slice(0, rowsPerAlert).map(({ row }) => row);
  const [first] = events;
  const last = events.at(-1);
  const fallback = ticksOfMs(now);
  const count = counted(events.length, 'event');
  return {
    alertId: alertIdFor(rule.id, first?.key ?? ''),
    title,
    description,
    category,
    severity,
    createdTicks: fallback,
    firstActivityTicks: first?.ticks ?? fallback,
    lastActivityTicks: last?.ticks ?? fallback,
    serviceSource: 'MicrosoftThreatProtection',
    detectionSource: 'CustomDetection',
    detectorId: rule.id,
    policyId: null,
    alertType: customDetectionMatch,
    stories: [],
    intents: [],
    mitreTechniques,
    ...thingsOf(rows, impactedAssets),
    activityIds: [],
    evidence: [
      {
        text: `${count} of the custom detection "${rule.displayName}".`,
        values: { ruleId: rule.id, events: events.length, reportIds: reportIdsOf(rows) },
      },
    ],
    extra: {
      policyName: rule.displayName,
      ...(recommendedActions === null ? {} : { recommendedActions }),
    },
  };
}

const reportIdsMax = 20;

function reportIdsOf(rows: readonly Row[]): string[] {
  const ids = rows.map(({ ReportId }) => ReportId).filter((id) => id !== null && id !== undefined);
  return ids.slice(0, reportIdsMax).map((id) => String(id));
}
