// Who works in an organisation of the demo, and how: everybody has an office, devices and an address at home, the same in
// every part of the story and whenever it begins.
import { Seeded } from './seeded.ts';
import type { DemoTenant, Person, Session } from './sessions.ts';
import { type Device, devices, type Office, type World, worldOf } from './world.ts';

export interface DemoPerson {
  /** User principal name, lower case. */
  readonly userName: string;
  readonly displayName: string;
  /** True for people who change the directory in the story. */
  readonly isAdministrator?: boolean;
}

export interface Habits {
  readonly person: Person;
  readonly office: Office;
  readonly device: Device;
  readonly phone: Device;
  /** Last number of the address at home. */
  readonly home: number;
}

/** Where something happens: the organisation, its people, and the chance that decides. */
export interface Stage {
  readonly tenant: DemoTenant;
  readonly world: World;
  readonly random: Seeded;
  readonly staff: readonly Habits[];
}

/** The organisation with the directory's people, and colleagues without an account there until it is complete. */
export function openStage(tenant: DemoTenant, people: readonly DemoPerson[], seed: string, random: Seeded): Stage {
  const world = worldOf(tenant.slug);
  const staff = staffOf(tenant, people);
  const [laptop, mac, linux, phone, old] = devices;
  if (!laptop || !mac || !linux || !phone || !old) throw new Error('The demo lacks a device.');
  const habits = staff.map((person, index): Habits => {
    const own = new Seeded(`${seed}/${tenant.slug}/habits of ${person.userName}`);
    return {
      person,
      office: own.pick(world.offices),
      device: index === staff.length - 1 ? old : own.pick([laptop, laptop, mac, linux]),
      phone,
      home: own.integer(2, 120),
    };
  });
  return { tenant, world, random, staff: habits };
}

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

/** Somebody sits down at a device at an address. */
export function sitDown(
  { tenant, world, random, staff }: Stage,
  person: Person,
  device: Device,
  address: string,
  now: number,
): Session {
  const colleagues = staff.flatMap((other) => (other.person === person ? [] : [other.person]));
  const sessionId = random.guid();
  return { tenant, world, random, person, colleagues, device, address, sessionId, startedAt: now, now };
}

export function addressIn(office: Office, random: Seeded): string {
  return office.address.replace('#', String(random.integer(...office.addresses)));
}
