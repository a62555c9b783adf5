// The demo's activities: a month in the life of an organisation, as the provider would have recorded it. The same seed
// and date give the same records on every machine.
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import type { NewSubnet } from '../subnets/subnets.ts';
import { cmdlet, cmdlets, directoryOperations, directoryWork } from './administration.ts';
import { Seeded } from './seeded.ts';
import { creationTime, type DemoTenant, type Person, type Record, type Session, signIn } from './sessions.ts';
import { fileWork, mailWork, share, teamsWork } from './work.ts';
import { type Device, devices, type Office, type World, worldOf } from './world.ts';

export type { DemoTenant } from './sessions.ts';

export interface DemoPerson {
  /** User principal name, lower case. */
  readonly userName: string;
  readonly displayName: string;
  /** True for people who change the directory in the story. */
  readonly isAdministrator?: boolean;
}

export interface DemoOptions {
  readonly seed: string;
  /** UTC midnight, epoch milliseconds: the story ends just before it. */
  readonly date: number;
}

const days = 30;

/** The tenant's own IP ranges in the story, so that places, categories and tags have something to show. */
export function demoSubnets(slug: string): readonly NewSubnet[] {
  return worldOf(slug).subnets;
}

/**
 * The records as JSON lines, in order of time: about 3,000 for contoso, half of it for fabrikam. `people` are the
 * accounts of the directory; colleagues without an account there make the organisation complete.
 */
export function* demoRecords(
  tenant: DemoTenant,
  people: readonly DemoPerson[],
  options: DemoOptions,
): Iterable<string> {
  const random = new Seeded(`${options.seed}/${tenant.slug}/${new Date(options.date).toISOString().slice(0, 10)}`);
  const story = new Story(tenant, staffOf(tenant, people), options, random);
  for (const record of story.tell()) yield JSON.stringify(record);
}

/** The directory's people, and colleagues until the organisation is complete. */
function staffOf(tenant: DemoTenant, people: readonly DemoPerson[]): Person[] {
  // Somebody has to look after the directory: the first one, if nobody else does.
  const isLeaderless = !people.some((person) => person.isAdministrator);
  const staff: Person[] = people.map((person, index) => ({
    userName: person.userName.toLowerCase(),
    displayName: person.displayName,
    isAdministrator: person.isAdministrator ?? (isLeaderless && index === 0),
  }));
  const { colleagues, staffLeast } = worldOf(tenant.slug);
  for (let index = 0; staff.length < staffLeast; index++) {
    const name = colleagues[index % colleagues.length] ?? '';
    const round = index < colleagues.length ? '' : String(Math.floor(index / colleagues.length) + 1);
    const mailName = name
      .normalize('NFD')
      .replace(/[^A-Za-z ]/g, '')
      .toLowerCase()
      .replace(' ', '.');
    staff.push({
      userName: `${mailName}${round}@${tenant.domain}`,
      displayName: round === '' ? name : `${name} ${round}`,
      isAdministrator: staff.length === 0,
    });
  }
  return staff;
}

interface Habits {
  readonly person: Person;
  readonly office: Office;
  readonly device: Device;
  readonly phone: Device;
  /** Last number of the address at home. */
  readonly home: number;
}

const wrongPassword = { number: '50126', error: 'InvalidUserNameOrPassword' };
const locked = { number: '50053', error: 'IdsLocked' };

class Story {
  readonly #tenant: DemoTenant;
  readonly #world: World;
  readonly #random: Seeded;
  readonly #staff: readonly Person[];
  readonly #habits: readonly Habits[];
  readonly #begin: number;
  readonly #end: number;
  readonly #records: { readonly at: number; readonly record: Record }[] = [];

  constructor(tenant: DemoTenant, staff: readonly Person[], options: DemoOptions, random: Seeded) {
    this.#tenant = tenant;
    this.#world = worldOf(tenant.slug);
    this.#random = random;
    this.#staff = staff;
    this.#end = options.date;
    this.#begin = options.date - days * dayMs;
    const [laptop, mac, linux, phone, old] = devices;
    if (!laptop || !mac || !linux || !phone || !old) throw new Error('The demo lacks a device.');
    this.#habits = staff.map((person, index) => ({
      person,
      office: random.pick(this.#world.offices),
      device: index === staff.length - 1 ? old : random.pick([laptop, laptop, mac, linux]),
      phone,
      home: random.integer(2, 120),
    }));
  }

  tell(): Record[] {
    for (let day = 0; day < days; day++) {
      const midnight = this.#begin + day * dayMs;
      const weekday = new Date(midnight).getUTCDay();
      const presence = weekday === 0 || weekday === 6 ? 0.08 : 0.85;
      for (const habits of this.#habits) {
        if (this.#random.chance(presence)) this.#workday(habits, midnight, day);
      }
    }
    this.#newColleague();
    this.#passwordSpray();
    this.#massDownload();
    return this.#records.sort((left, right) => left.at - right.at).map(({ record }) => record);
  }

  /** Office, home, VPN or, for one person in the third week, a journey: with the working hours of that place. */
  #workday(habits: Habits, midnight: number, day: number): void {
    const travels = habits === this.#habits[1] && day >= 15 && day < 20;
    const place = travels ? this.#world.abroad : habits.office;
    const start = midnight + (9 - place.utcOffset) * hourMs + this.#random.integer(-60, 90) * minuteMs;
    const way = travels ? 1 : this.#random.number();
    const address =
      way > 0.3 ? this.#addressIn(place) : way > 0.1 ? `203.0.113.${habits.home}` : this.#addressIn(this.#world.vpn);
    const device = !travels && this.#random.chance(0.1) ? habits.phone : habits.device;
    const session = this.#session(habits.person, device, address, start);
    if (this.#random.chance(0.05)) {
      this.#keep(session, signIn(session, wrongPassword));
      session.now += this.#random.integer(8, 40) * 1000;
    }
    this.#keep(session, signIn(session));
    const steps = this.#random.integer(2, 7);
    for (let step = 0; step < steps; step++) this.#keep(session, this.#step(session));
  }

  #step(session: Session): Record {
    const way = this.#random.number();
    if (session.person.isAdministrator && way < 0.3) return way < 0.22 ? directoryWork(session) : cmdlet(session);
    if (way < 0.55) return fileWork(session);
    if (way < 0.6) return share(session);
    if (way < 0.85) return mailWork(session);
    return teamsWork(session);
  }

  /** In the first week an administrator sets everything up for somebody new. */
  #newColleague(): void {
    const habits = this.#habits.find(({ person }) => person.isAdministrator);
    if (!habits) return;
    const at = this.#begin + 3 * dayMs + 11 * hourMs;
    const session = this.#session(habits.person, habits.device, this.#addressIn(habits.office), at);
    this.#keep(session, signIn(session));
    for (const operation of new Set(directoryOperations)) this.#keep(session, directoryWork(session, operation));
    for (const operation of cmdlets) this.#keep(session, cmdlet(session, operation));
  }

  /** One night somebody tries a few passwords on every account, from addresses that are known for it. */
  #passwordSpray(): void {
    const night = this.#begin + 21 * dayMs + 2 * hourMs;
    this.#staff.forEach((person, index) => {
      const attempts = index === 3 ? 6 : 1;
      for (let attempt = 0; attempt < attempts; attempt++) {
        const at = night + (index * 20 + attempt * 3 + this.#random.integer(0, 2)) * 1000;
        const device = this.#random.pick(devices.slice(0, 3));
        const session = this.#session(person, device, this.#addressIn(this.#world.hostile), at);
        this.#keep(session, signIn(session, attempt === 5 ? locked : wrongPassword));
      }
    });
  }

  /** Late one evening somebody downloads far more than ever, through the VPN. */
  #massDownload(): void {
    const habits = this.#habits.at(-2);
    if (!habits) return;
    const at = this.#begin + 26 * dayMs + 21 * hourMs;
    const session = this.#session(habits.person, habits.device, this.#addressIn(this.#world.vpn), at);
    this.#keep(session, signIn(session));
    for (let file = 0; file < 60; file++) {
      const before = session.now;
      const record = fileWork(session, 'FileDownloaded');
      session.now = before + this.#random.integer(1, 4) * 1000;
      this.#keep(session, { ...record, CreationTime: creationTime(session.now) });
    }
  }

  #session(person: Person, device: Device, address: string, now: number): Session {
    return {
      tenant: this.#tenant,
      world: this.#world,
      random: this.#random,
      person,
      colleagues: this.#staff.filter((other) => other !== person),
      device,
      address,
      sessionId: this.#random.guid(),
      startedAt: now,
      now,
    };
  }

  #addressIn(office: Office): string {
    return office.address.replace('#', String(this.#random.integer(...office.addresses)));
  }

  /** What would fall outside of the month is left out. */
  #keep(session: Session, record: Record): void {
    if (session.now >= this.#begin && session.now < this.#end) this.#records.push({ at: session.now, record });
  }
}
