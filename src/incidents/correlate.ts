// Which incident a new alert belongs to. Two alerts belong together when they are about one thing (a user, a device, an
// address, a file, a mail, a consented app) and their last activities are no further apart than the window. So alerts are
// grouped by what connects them, in whatever order they come: one that connects two incidents merges them. What stops
// this are the bounds of one incident, and what people have decided: incidents that were split by hand, and those that
// another product made, are joined but not merged.
import type { Neighbour } from './correlation-store.ts';
import { Members } from './members.ts';

/** Times are ticks of 100 ns. */
export interface Newcomer {
  readonly alertId: string;
  readonly keys: readonly { readonly kind: string; readonly key: string }[];
  readonly first: bigint;
  readonly last: bigint;
}

/** An open incident that newcomers may belong to. */
export interface Candidate {
  readonly incidentId: number;
  readonly created: bigint;
  readonly alertCount: number;
  /** Null while it has no alert. */
  readonly first: bigint | null;
  readonly last: bigint | null;
  readonly mayMerge: boolean;
}

export interface CorrelationBounds {
  readonly window: bigint;
  /** From the first activity to the last one. */
  readonly span: bigint;
  readonly alertsMax: number;
}

/** Why the alert is with the other one. */
export interface Link {
  readonly alertId: string;
  readonly with: string;
  readonly kind: string;
  readonly key: string;
}

/** What becomes of one incident. */
export interface Placement {
  /** Null for a new one. */
  readonly incidentId: number | null;
  readonly alertIds: readonly string[];
  /** Incidents that become part of it. */
  readonly absorbs: readonly number[];
  readonly links: readonly Link[];
}

interface Group {
  incidentId: number | null;
  /** Older groups come first. */
  readonly age: readonly [bigint, number];
  alertCount: number;
  first: bigint | null;
  last: bigint | null;
  readonly mayMerge: boolean;
  readonly alertIds: string[];
  readonly absorbs: number[];
  readonly links: Link[];
  /** The group that this one became part of. */
  into: Group | null;
}

/** Places every newcomer. Where nothing is bound to be cut, the grouping does not depend on who came first. */
export function correlate(
  newcomers: readonly Newcomer[],
  neighbours: readonly Neighbour[],
  candidates: readonly Candidate[],
  bounds: CorrelationBounds,
): Placement[] {
  const groups = new Map(candidates.map((candidate) => [candidate.incidentId, groupOf(candidate)]));
  const members = new Members<Group>();
  for (const { kind, key, alertId, incidentId, ticks } of neighbours) {
    const group = groups.get(incidentId);
    if (group) members.addStored(`${kind} ${key}`, { alertId, group, ticks });
  }
  const made: Group[] = [];
  for (const newcomer of [...newcomers].sort(byTime)) {
    const linked = findLinked(newcomer, members, bounds.window);
    let group = joinOldest(newcomer, linked, bounds);
    if (!group) {
      group = newGroup(made.length);
      made.push(group);
    }
    add(group, newcomer);
    for (const { kind, key } of newcomer.keys) {
      members.addPlaced(`${kind} ${key}`, { alertId: newcomer.alertId, group, ticks: newcomer.last });
    }
  }
  return [...groups.values(), ...made]
    .filter(({ into, alertIds, absorbs }) => into === null && alertIds.length + absorbs.length > 0)
    .map(({ incidentId, alertIds, absorbs, links }) => ({ incidentId, alertIds, absorbs, links }));
}

function byTime(left: Newcomer, right: Newcomer): number {
  if (left.last !== right.last) return left.last < right.last ? -1 : 1;
  return left.alertId < right.alertId ? -1 : 1;
}

function groupOf({ incidentId, created, alertCount, first, last, mayMerge }: Candidate): Group {
  const nothing = { alertIds: [], absorbs: [], links: [], into: null };
  return { incidentId, age: [created, incidentId], alertCount, first, last, mayMerge, ...nothing };
}

/** Later than any that is stored. */
const future = 2n ** 63n;

function newGroup(place: number): Group {
  const nothing = { alertIds: [], absorbs: [], links: [], into: null };
  return { incidentId: null, age: [future, place], alertCount: 0, first: null, last: null, mayMerge: true, ...nothing };
}

function isOlder(left: Group, right: Group): boolean {
  const [leftTime, leftPlace] = left.age;
  const [rightTime, rightPlace] = right.age;
  return leftTime === rightTime ? leftPlace < rightPlace : leftTime < rightTime;
}

function rootOf(group: Group): Group {
  let root = group;
  while (root.into) root = root.into;
  return root;
}

/** The groups that the newcomer has something in common with, oldest first, each with the nearest alert in time. */
function findLinked(newcomer: Newcomer, members: Members<Group>, window: bigint) {
  const found = new Map<Group, { link: Link; distance: bigint }>();
  for (const { kind, key } of newcomer.keys) {
    for (const { alertId, group, ticks } of members.nearest(`${kind} ${key}`, newcomer.last)) {
      const distance = ticks > newcomer.last ? ticks - newcomer.last : newcomer.last - ticks;
      if (distance > window) continue;
      const root = rootOf(group);
      const known = found.get(root);
      if (known && known.distance <= distance) continue;
      found.set(root, { distance, link: { alertId: newcomer.alertId, with: alertId, kind, key } });
    }
  }
  return [...found].map(([group, { link }]) => ({ group, link })).sort((a, b) => (isOlder(a.group, b.group) ? -1 : 1));
}

/** The oldest linked group that has room takes the newcomer, and the others that fit beside it. */
function joinOldest(
  newcomer: Newcomer,
  linked: readonly { readonly group: Group; readonly link: Link }[],
  bounds: CorrelationBounds,
): Group | undefined {
  const own = { alertCount: 1, first: newcomer.first, last: newcomer.last };
  const target = linked.find(({ group }) => fits([group, own], bounds));
  if (!target) return undefined;
  const { group } = target;
  group.links.push(target.link);
  for (const { group: other, link } of linked) {
    if (other === group || !other.mayMerge || !fits([group, other, own], bounds)) continue;
    group.links.push(link);
    merge(group, other);
  }
  return group;
}

interface Extent {
  readonly alertCount: number;
  readonly first: bigint | null;
  readonly last: bigint | null;
}

function fits(extents: readonly Extent[], { alertsMax, span }: CorrelationBounds): boolean {
  const { alertCount, first, last } = extents.reduce(together);
  return alertCount <= alertsMax && (first === null || last === null || last - first <= span);
}

function together(left: Extent, right: Extent): Extent {
  return {
    alertCount: left.alertCount + right.alertCount,
    first: left.first === null || (right.first !== null && right.first < left.first) ? right.first : left.first,
    last: left.last === null || (right.last !== null && right.last > left.last) ? right.last : left.last,
  };
}

/** A linked group is older than the other one, or the other one did not take the newcomer: so it is the one that stays. */
function merge(group: Group, other: Group): void {
  Object.assign(group, together(group, other));
  group.alertIds.push(...other.alertIds);
  group.links.push(...other.links);
  group.absorbs.push(...other.absorbs);
  if (other.incidentId !== null) {
    if (group.incidentId === null) group.incidentId = other.incidentId;
    else group.absorbs.push(other.incidentId);
  }
  other.into = group;
}

function add(group: Group, { alertId, first, last }: Newcomer): void {
  Object.assign(group, together(group, { alertCount: 1, first, last }));
  group.alertIds.push(alertId);
}
