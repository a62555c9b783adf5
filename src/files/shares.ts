// Whom a file is shared with, as sharing operations tell it: each link and each person or group is on or off since the
// last record that said so, so that the order in which records come in does not matter.

/** The wire's sharing levels (cloud-apps reference 2.7); 4, public on the internet, is not told apart from 3 by records. */
export const sharingLevels = { private: 0, internal: 1, external: 2, public: 3 } as const;

export interface Share {
  readonly kind: 'link' | 'user' | 'group';
  /** Lower case. */
  readonly name: string;
  readonly level: 1 | 2 | 3;
  readonly isOn: boolean;
  /** Epoch milliseconds of the record. */
  readonly at: number;
}

const sharesMax = 200;

/** The shares with one more; of too many, those that ended and then the oldest go. */
export function withShare(shares: readonly Share[], share: Share): Share[] {
  const isSame = (each: Share) => each.kind === share.kind && each.name === share.name;
  const known = shares.find(isSame);
  // At the same time what ends it counts: a link is made and removed, not the other way round.
  if (known && (known.at > share.at || (known.at === share.at && !known.isOn))) return [...shares];
  const level = known && !share.isOn ? known.level : share.level;
  const all = [...shares.filter((each) => !isSame(each)), { ...share, level }];
  all.sort((left, right) => Number(right.isOn) - Number(left.isOn) || right.at - left.at || compare(left, right));
  return all.slice(0, sharesMax);
}

function compare(left: Share, right: Share): number {
  const [first, second] = [`${left.kind} ${left.name}`, `${right.kind} ${right.name}`];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** Null while nothing is known. */
export function sharingLevel(shares: readonly Share[]): number | null {
  if (shares.length === 0) return null;
  return Math.max(sharingLevels.private, ...shares.filter(({ isOn }) => isOn).map(({ level }) => level));
}

export function encodeShares(shares: readonly Share[]): string {
  return JSON.stringify(shares.map(({ kind, name, level, isOn, at }) => [kind, name, level, isOn ? 1 : 0, at]));
}

export function decodeShares(text: string): Share[] {
  const list = JSON.parse(text) as [Share['kind'], string, Share['level'], 0 | 1, number][]; // Written by encodeShares.
  return list.map(([kind, name, level, isOn, at]) => ({ kind, name, level, isOn: isOn === 1, at }));
}
