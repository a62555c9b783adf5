// Which alerts have a thing, by the group that they are in: the nearest one in time is found without looking at the rest,
// since in a flood of alerts thousands share one thing.

export interface Member<Group> {
  readonly alertId: string;
  readonly group: Group;
  /** Its last activity. */
  readonly ticks: bigint;
}

/** The alerts that have one thing. */
interface Sharing<Group> {
  /** In the order in which they were stored, latest first; brought into the order of time once they are looked at. */
  readonly stored: Map<Group, Member<Group>[]>;
  readonly isSorted: Set<Group>;
  /** Of those that were placed since, the latest of each group: they are placed in the order of time. */
  readonly placed: Map<Group, Member<Group>>;
}

/** The alerts that have things, by the name of the thing. */
export class Members<Group> {
  readonly #byName = new Map<string, Sharing<Group>>();

  #sharing(name: string): Sharing<Group> {
    const known = this.#byName.get(name);
    if (known) return known;
    const sharing = { stored: new Map(), isSorted: new Set<Group>(), placed: new Map() };
    this.#byName.set(name, sharing);
    return sharing;
  }

  /** An alert that was there before. */
  addStored(name: string, member: Member<Group>): void {
    const { stored } = this.#sharing(name);
    const known = stored.get(member.group);
    if (known) known.push(member);
    else stored.set(member.group, [member]);
  }

  /** An alert that is not earlier than those which were added this way before. */
  addPlaced(name: string, member: Member<Group>): void {
    const { placed } = this.#sharing(name);
    const known = placed.get(member.group);
    if (!known || known.ticks < member.ticks) placed.set(member.group, member);
  }

  /** Of every group that has the thing, the alert that is nearest to this time. */
  *nearest(name: string, ticks: bigint): Generator<Member<Group>> {
    const sharing = this.#byName.get(name);
    if (!sharing) return;
    for (const [group, members] of sharing.stored) {
      if (!sharing.isSorted.has(group)) {
        members.sort((left, right) => (left.ticks < right.ticks ? -1 : left.ticks > right.ticks ? 1 : 0));
        sharing.isSorted.add(group);
      }
      const found = nearestOf(members, ticks);
      if (found) yield found;
    }
    yield* sharing.placed.values();
  }
}

/** Of two that are equally near the later one; of those with one time the first. */
function nearestOf<Group>(members: readonly Member<Group>[], ticks: bigint): Member<Group> | undefined {
  const place = firstFrom(members, ticks);
  const after = members[place];
  const last = members[place - 1];
  if (!last || (after && after.ticks - ticks <= ticks - last.ticks)) return after;
  return members[firstFrom(members, last.ticks)];
}

/** The place of the first that is not earlier. */
function firstFrom<Group>(members: readonly Member<Group>[], ticks: bigint): number {
  let [from, to] = [0, members.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const member = members[middle];
    if (member && member.ticks < ticks) from = middle + 1;
    else to = middle;
  }
  return from;
}
