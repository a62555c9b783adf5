// The demo's activities: a month in the life of an organisation, as the provider would have recorded it, with three
// attacks hidden in it (stories.ts). The same seed and date give the same records on every machine.
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import type { NewSubnet } from '../subnets/subnets.ts';
import { cmdlet, cmdlets, directoryOperations, directoryWork } from './administration.ts';
import { Seeded } from './seeded.ts';
import { type DemoTenant, type Record, type Session, signIn, wrongPassword } from './sessions.ts';
import { addressIn, type DemoPerson, type Habits, openStage, type Stage, sitDown } from './staff.ts';
import { type Story, storiesOf } from './stories.ts';
import { fileWork, mailWork, share, teamsWork } from './work.ts';
import { worldOf } from './world.ts';

export interface DemoOptions {
  readonly seed: string;
  /** UTC midnight, epoch milliseconds: the story ends just before it. */
  readonly date: number;
}

export const demoDays = 30;

/** The tenant's own IP ranges in the story, so that places, categories and tags have something to show. */
export function demoSubnets(slug: string): readonly NewSubnet[] {
  return worldOf(slug).subnets;
}

/** The records as JSON lines, in order of time: about 3,000 for contoso, half of it for fabrikam. */
export function* demoRecords(
  tenant: DemoTenant,
  people: readonly DemoPerson[],
  options: DemoOptions,
): Iterable<string> {
  const told = [...new Month(stageOf(tenant, people, options, 'month'), options).tell()];
  for (const story of demoStories(tenant, people, options)) told.push(...story.told);
  for (const { record } of told.sort((left, right) => left.at - right.at)) yield JSON.stringify(record);
}

/** The attacks that are hidden in those records. */
export function demoStories(tenant: DemoTenant, people: readonly DemoPerson[], options: DemoOptions): readonly Story[] {
  return storiesOf(stageOf(tenant, people, options, 'stories'), options.date - demoDays * dayMs);
}

function stageOf(tenant: DemoTenant, people: readonly DemoPerson[], { seed, date }: DemoOptions, part: string): Stage {
  const random = new Seeded(`${seed}/${tenant.slug}/${new Date(date).toISOString().slice(0, 10)}/${part}`);
  return openStage(tenant, people, seed, random);
}

/** What happens without anybody attacking: work, failed sign-ins, a journey, the VPN, work at home. */
class Month {
  readonly #stage: Stage;
  readonly #begin: number;
  readonly #end: number;
  readonly #records: { readonly at: number; readonly record: Record }[] = [];

  constructor(stage: Stage, options: DemoOptions) {
    this.#stage = stage;
    this.#end = options.date;
    this.#begin = options.date - demoDays * dayMs;
  }

  tell(): readonly { readonly at: number; readonly record: Record }[] {
    const { random, staff } = this.#stage;
    for (let day = 0; day < demoDays; day++) {
      const midnight = this.#begin + day * dayMs;
      const weekday = new Date(midnight).getUTCDay();
      const presence = weekday === 0 || weekday === 6 ? 0.08 : 0.85;
      for (const habits of staff) {
        if (random.chance(presence)) this.#workday(habits, midnight, day);
      }
    }
    this.#newColleague();
    return this.#records;
  }

  /** Office, home, VPN or, for one person in the third week, a journey: with the working hours of that place. */
  #workday(habits: Habits, midnight: number, day: number): void {
    const { random, staff, world } = this.#stage;
    const isTraveller = habits === staff[1];
    // On the way.
    if (isTraveller && (day === 14 || day === 20)) return;
    const travels = isTraveller && day > 14 && day < 20;
    const place = travels ? world.abroad : habits.office;
    const start = midnight + (9 - place.utcOffset) * hourMs + random.integer(-60, 90) * minuteMs;
    const way = travels ? 1 : random.number();
    const address =
      way > 0.3 ? addressIn(place, random) : way > 0.1 ? `203.0.113.${habits.home}` : addressIn(world.vpn, random);
    const device = !travels && random.chance(0.1) ? habits.phone : habits.device;
    const session = sitDown(this.#stage, habits.person, device, address, start);
    if (random.chance(0.05)) {
      this.#keep(session, signIn(session, wrongPassword));
      session.now += random.integer(8, 40) * 1000;
    }
    this.#keep(session, signIn(session));
    const steps = random.integer(2, 7);
    for (let step = 0; step < steps; step++) this.#keep(session, this.#step(session));
  }

  #step(session: Session): Record {
    const way = session.random.number();
    if (session.person.isAdministrator && way < 0.3) return way < 0.22 ? directoryWork(session) : cmdlet(session);
    if (way < 0.55) return fileWork(session);
    if (way < 0.6) return share(session);
    if (way < 0.85) return mailWork(session);
    return teamsWork(session);
  }

  /** In the first week an administrator sets everything up for somebody new. */
  #newColleague(): void {
    const habits = this.#stage.staff.find(({ person }) => person.isAdministrator);
    if (!habits) return;
    const at = this.#begin + 3 * dayMs + 11 * hourMs;
    const address = addressIn(habits.office, this.#stage.random);
    const session = sitDown(this.#stage, habits.person, habits.device, address, at);
    this.#keep(session, signIn(session));
    for (const operation of new Set(directoryOperations)) this.#keep(session, directoryWork(session, operation));
    for (const operation of cmdlets) this.#keep(session, cmdlet(session, operation));
  }

  /** What would fall outside of the month is left out. */
  #keep(session: Session, record: Record): void {
    if (session.now >= this.#begin && session.now < this.#end) this.#records.push({ at: session.now, record });
  }
}
