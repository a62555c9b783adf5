// The demo's traffic logs: what the appliances of an organisation saw of its people's month. Whoever worked in an office or over
// the VPN, as the activities tell it, used cloud apps from that address and machine as well.

import { isInRanges } from '../lib/addresses.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import type { CastTenant } from './cast.ts';
import { type DemoOptions, demoDays } from './records.ts';
import { Seeded } from './seeded.ts';
import { creationTime } from './sessions.ts';
import type { Story } from './stories.ts';
import { guestPeople, manyBytes, type WebApp, webApps, workApps } from './web-apps.ts';
import { worldOf } from './world.ts';

/** One connection to an app. */
export interface Visit {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Lower case; empty when nobody is signed in. */
  readonly userName: string;
  readonly address: string;
  readonly machine: string;
  readonly host: string;
  readonly uploadedBytes: number;
  readonly downloadedBytes: number;
  readonly isBlocked: boolean;
}

/** What each appliance saw, in order of time. */
export interface DemoTraffic {
  readonly firewall: readonly Visit[];
  /** In front of one of the offices. */
  readonly proxy: readonly Visit[];
  readonly guests: readonly Visit[];
}

/** Somebody at work: one person, day and address. */
interface Sitting {
  readonly userName: string;
  readonly address: string;
  readonly at: number;
  machine: string;
}

// The members of a record that are looked at here.
interface Told {
  readonly CreationTime: string;
  readonly UserId: string;
  readonly ClientIP: string;
  readonly DeviceProperties?: readonly { readonly Name: string; readonly Value: string }[];
}

/** Corporate and VPN, of the categories of IP ranges. */
const ownCategories: readonly (number | undefined)[] = [1, 4];
/** Seen from outside, all servers of the demo are in these addresses for documentation, where nobody of it works. */
export const serverNetwork = '198.51.100';
/** Apps that are not wanted are blocked from this day of the month on. */
const blockedFrom = 20;
/** When somebody takes a great deal of data home. */
const uploadDay = 24;

/** `lines` are the activities of the month as JSON (records.ts), among them those of the stories. */
export function demoTraffic(
  member: CastTenant,
  lines: readonly string[],
  stories: readonly Story[],
  options: DemoOptions,
): DemoTraffic {
  const begin = options.date - demoDays * dayMs;
  const random = new Seeded(`${options.seed}/${member.slug}/${creationTime(options.date)}/traffic`);
  const office = worldOf(member.slug).offices.at(-1);
  const isAtProxy = ({ address }: { readonly address: string }) =>
    office !== undefined && address.startsWith(office.address.slice(0, -1)) && isNumbered(address, office.addresses);
  const sittings = sittingsOf(member, lines);
  const visits = sittings.flatMap((sitting) => visitsOf(sitting, member, random, options.seed, begin));
  visits.push(...storyVisits(sittings, stories), ...bigUpload(sittings, stories, isAtProxy, begin));
  const inTime = (all: readonly Visit[]) =>
    all.filter(({ at }) => at >= begin && at < options.date).sort((left, right) => left.at - right.at);
  return {
    firewall: inTime(visits.filter((visit) => !isAtProxy(visit))),
    proxy: inTime(visits.filter(isAtProxy)),
    guests: inTime(guestVisits(random, options.date)),
  };
}

function isNumbered(address: string, [least, most]: readonly [number, number]): boolean {
  const number = Number(/\d+$/.exec(address)?.[0]);
  return number >= least && number <= most;
}

function sittingsOf(member: CastTenant, lines: readonly string[]): Sitting[] {
  const own = worldOf(member.slug).subnets.flatMap(({ category, ranges }) =>
    ownCategories.includes(category) ? ranges : [],
  );
  const isOwn = new Map<string, boolean>();
  const sittings = new Map<string, Sitting>();
  for (const line of lines) {
    const { CreationTime, UserId, ClientIP: address, DeviceProperties } = JSON.parse(line) as Told; // Of records.ts.
    const isHere = isOwn.get(address) ?? isInRanges(address, own);
    isOwn.set(address, isHere);
    if (!isHere) continue;
    const key = `${UserId} ${address} ${CreationTime.slice(0, 10)}`;
    const known = sittings.get(key);
    const machine = DeviceProperties?.find(({ Name }) => Name === 'DisplayName')?.Value ?? '';
    if (known) known.machine ||= machine;
    else sittings.set(key, { userName: UserId, address, at: Date.parse(`${CreationTime}Z`), machine });
  }
  return [...sittings.values()];
}

/** A working day: the apps of the office, and some of those that this person likes. */
function visitsOf(
  sitting: Sitting,
  { slug }: CastTenant,
  random: Seeded,
  seed: string,
  begin: number,
): readonly Visit[] {
  const taste = new Seeded(`${seed}/${slug}/apps of ${sitting.userName}`);
  const liked = Array.from({ length: 6 }, () => taste.pick(webApps));
  const work = workApps(slug);
  const day = Math.floor((sitting.at - begin) / dayMs);
  return Array.from({ length: random.integer(6, 14) }, () => {
    const app = random.chance(0.55) ? random.pick(work) : random.pick(liked);
    const at = sitting.at + random.integer(1, 420) * minuteMs + random.integer(0, 59_999);
    return visit(sitting, app, at, random, (app.isUnwanted ?? false) && day >= blockedFrom);
  });
}

function visit(
  { userName, address, machine }: Omit<Sitting, 'at'>,
  app: WebApp,
  at: number,
  random: Seeded,
  isBlocked = false,
): Visit {
  const bytes = ([least, most]: readonly [number, number]) => (isBlocked ? 0 : random.integer(least, most) * 1000);
  return {
    ...{ at, userName, address, machine, isBlocked, host: random.pick(app.hosts) },
    uploadedBytes: bytes(app.uploadedKilobytes),
    downloadedBytes: bytes(app.downloadedKilobytes),
  };
}

/** What took the session of the third story away had been downloaded, minutes before, from a site for files. */
function storyVisits(sittings: readonly Sitting[], stories: readonly Story[]): readonly Visit[] {
  const story = stories.find(({ name }) => name === 'token');
  const [first] = story?.told ?? [];
  if (story === undefined || first === undefined) return [];
  const isThere = ({ userName, address, at }: Sitting) =>
    userName === story.victim && address === first.record.ClientIP && at <= first.at && first.at - at < dayMs;
  const sitting = sittings.find(isThere);
  if (!sitting) return [];
  const { userName, address, machine } = sitting;
  const common = { userName, address, machine, isBlocked: false };
  const page = { host: 'www.mediafire.com', uploadedBytes: 4100, downloadedBytes: 310_000 };
  const file = { host: 'download2390.mediafire.com', uploadedBytes: 1900, downloadedBytes: 6_240_000 };
  return [
    { ...common, ...page, at: first.at + 20_000 },
    { ...common, ...file, at: first.at + 50_000 },
  ];
}

/** Somebody who is in none of the stories sends a great deal to a service for large files. */
function bigUpload(
  sittings: readonly Sitting[],
  stories: readonly Story[],
  isAtProxy: (sitting: Sitting) => boolean,
  begin: number,
): readonly Visit[] {
  const victims = stories.map(({ victim }) => victim);
  const [from, to] = [begin + uploadDay * dayMs, begin + (demoDays - 1) * dayMs];
  const sitting = sittings.find(
    (each) => each.at >= from && each.at < to && !isAtProxy(each) && !victims.includes(each.userName),
  );
  if (!sitting) return [];
  const { userName, address, machine } = sitting;
  return Array.from({ length: 8 }, (_, part) => ({
    ...{ userName, address, machine, isBlocked: false, host: 'wetransfer.com', downloadedBytes: 64_000 },
    ...{ at: sitting.at + (part + 1) * 4 * minuteMs, uploadedBytes: manyBytes / 8 },
  }));
}

/** A week in the guests' network, where nobody is asked for a name. */
function guestVisits(random: Seeded, date: number): readonly Visit[] {
  return Array.from({ length: 240 }, () => {
    const at = date - random.integer(1, 7) * dayMs + random.integer(9 * hourMs, 17 * hourMs);
    const guest = { userName: '', address: `2001:db8:9e::${random.integer(1, guestPeople)}`, machine: '' };
    return visit(guest, random.pick(webApps), at, random);
  });
}
