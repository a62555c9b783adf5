// Weeks in which nothing bad happens to an organisation: offices, homes, phones, VPN, journeys, forgotten passwords, heavy
// users, spring cleaning, leavers. Everything that looks like an attack and is none, as often as it really is.
import { Seeded } from '../../src/demo/seeded.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../src/lib/clock.ts';
import { cmdlet, directory, file, type Rec, signIn, wrongPassword } from './detection-records.ts';

interface Person {
  readonly name: string;
  readonly index: number;
  readonly home: string;
  readonly office: string;
  readonly phone: string;
  /** Files a day. */
  readonly pace: number;
  readonly isHeavy: boolean;
  readonly hasWeeklyBulk: boolean;
  readonly usesVpn: boolean;
  /** Leaves the network through a service that hides addresses, every day. */
  readonly hides: boolean;
  /** The phone leaves its network in another country, every day. */
  readonly roams: boolean;
  /** From one UTC midnight to another; the days before and after are for the way. */
  journey: { readonly begin: number; readonly until: number; readonly address: string } | undefined;
  isGone: boolean;
}

/** Operators at home and on the phone, and hours ahead of UTC, by country. */
const homes = [
  { home: '91.1', phone: '91.2', office: '193.0.0', share: 0.5 },
  { home: '72.1', phone: '72.2', office: '193.0.1', share: 0.3 },
  { home: '80.1', phone: '80.1', office: '', share: 0.12 },
  { home: '81.1', phone: '81.1', office: '', share: 0.08 },
] as const;

/** Where journeys go, the usual ones first. */
const destinations = ['80.1', '81.1', '72.1', '91.1', '45.1', '84.1', '133.2', '177.1', '60.1', '41.1', '105.1'];

/** All records of the organisation, day by day; the same for the same seed. */
export function* quietDays(seed: string, people: number, from: number, days: number): Iterable<Rec[]> {
  const random = new Seeded(seed);
  const staff = Array.from({ length: people }, (_, index) => personOf(random, index));
  for (let day = 0; day < days; day++) {
    const midnight = from + day * dayMs;
    const isWeekend = [0, 6].includes(new Date(midnight).getUTCDay());
    const records: Rec[] = [];
    for (const person of staff) {
      if (person.isGone || travels(random, person, midnight) || !random.chance(isWeekend ? 0.06 : 0.88)) continue;
      records.push(...workday(random, person, midnight));
    }
    if (!isWeekend) records.push(...administration(random, staff, midnight));
    yield records;
  }
}

function personOf(random: Seeded, index: number): Person {
  const share = random.number();
  const [berlin, austin, london, paris] = homes;
  const place = share < 0.5 ? berlin : share < 0.8 ? austin : share < 0.92 ? london : paris;
  return {
    name: `person${index}@contoso.example`,
    index,
    home: `${place.home}.${random.integer(0, 250)}.${random.integer(2, 250)}`,
    office: place.office === '' ? '' : `${place.office}.${random.integer(2, 60)}`,
    phone: place.phone,
    pace: 1 + Math.floor(random.number() ** 3 * 10),
    isHeavy: random.chance(0.02),
    hasWeeklyBulk: random.chance(0.01),
    usesVpn: random.chance(0.25),
    hides: random.chance(0.005),
    roams: random.chance(0.02),
    journey: undefined,
    isGone: false,
  };
}

function workday(random: Seeded, person: Person, midnight: number): Rec[] {
  const { name } = person;
  const start = midnight + random.integer(6 * 60, 10 * 60) * minuteMs;
  const address = addressOfDay(random, person, midnight);
  const records: Rec[] = [];
  let now = start;
  if (random.chance(0.06)) {
    records.push(...slips(name, address, now, random.integer(1, 3)));
    now += minuteMs;
  }
  if (random.chance(0.001)) {
    records.push(...slips(name, address, now, random.integer(8, 20)));
    now += 10 * minuteMs;
  }
  now += minuteMs;
  records.push(signIn(now, name, address));
  for (let step = random.integer(1, person.pace); step > 0; step--) {
    now += random.integer(1, 40) * minuteMs;
    records.push(work(random, name, now, random.chance(0.03) ? '52.1.4.4' : address));
  }
  records.push(...onThePhone(random, person, midnight, start), ...unusualWork(random, person, start, address));
  return records;
}

/** So many wrong passwords, a little while apart. */
function slips(name: string, address: string, from: number, count: number): Rec[] {
  return Array.from({ length: count }, (_, index) =>
    signIn(from + index * 20 * secondMs, name, address, wrongPassword),
  );
}

/** At home, in the office, over the VPN or on a journey. */
function addressOfDay(random: Seeded, person: Person, midnight: number): string {
  if (isAway(person, midnight)) return person.journey?.address ?? '';
  if (person.hides) return '185.7.3.3';
  if (person.usesVpn && random.chance(0.3)) return `193.0.2.${random.integer(2, 9)}`;
  return person.office !== '' && random.chance(0.6) ? person.office : person.home;
}

const isAway = ({ journey }: Person, midnight: number): boolean =>
  journey !== undefined && midnight >= journey.begin && midnight < journey.until;

/** Now and then a journey begins; true on the two days on which the person is on the way and does nothing. */
function travels(random: Seeded, person: Person, midnight: number): boolean {
  const { journey } = person;
  if (journey && midnight < journey.until + dayMs) return !isAway(person, midnight);
  if (!random.chance(0.003)) return false;
  const place = destinations[Math.floor(random.number() ** 2.5 * destinations.length)] ?? '80.1';
  const begin = midnight + dayMs;
  const address = `${place}.${random.integer(0, 250)}.${random.integer(2, 250)}`;
  person.journey = { begin, until: begin + random.integer(2, 5) * dayMs, address };
  return true;
}

function work(random: Seeded, name: string, at: number, address: string): Rec {
  const way = random.number();
  const act = { file: `Document ${random.integer(0, 400)}.docx` };
  if (way < 0.5) return file(at, name, address, act);
  if (way < 0.7) return file(at, name, address, { ...act, operation: 'FileModified' });
  if (way < 0.85) return file(at, name, address, { ...act, operation: 'FileDownloaded' });
  if (way < 0.9) return file(at, name, address, { ...act, operation: 'FileRecycled' });
  if (way < 0.95)
    return file(at, name, address, { ...act, operation: 'SharingSet', sharedWith: 'person1@contoso.example' });
  return file(at, name, address, { ...act, operation: 'SecureLinkCreated', sharedWith: 'buyer@fabrikam.example' });
}

/** Phones are on other addresses of their operator every day, and some leave it abroad. */
function onThePhone(random: Seeded, person: Person, midnight: number, start: number): Rec[] {
  if (isAway(person, midnight) || !random.chance(0.3)) return [];
  const network = person.roams ? '45.1' : person.phone;
  const address = `${network}.${random.integer(0, 250)}.${random.integer(2, 250)}`;
  const at = start + random.integer(5, 300) * minuteMs;
  const stale = random.chance(0.002)
    ? Array.from({ length: 30 }, (_, index) =>
        signIn(at - (30 - index) * minuteMs, person.name, address, wrongPassword),
      )
    : [];
  return [...stale, signIn(at, person.name, address)];
}

/** What is much, and yet nothing bad. */
function unusualWork(random: Seeded, person: Person, start: number, address: string): Rec[] {
  const many = (count: number, operation: string, from: number): Rec[] =>
    Array.from({ length: count }, (_, index) =>
      file(from + index * 5 * secondMs, person.name, address, { operation, file: `Page ${index}.pdf` }),
    );
  const records: Rec[] = [];
  const weekday = new Date(start).getUTCDay();
  if (person.isHeavy) records.push(...many(random.integer(40, 120), 'FileDownloaded', start + hourMs));
  if (person.hasWeeklyBulk && weekday === 1) records.push(...many(random.integer(70, 110), 'FileDownloaded', start));
  // A new computer fetches everything; a recycle bin is emptied.
  if (random.chance(0.0005)) records.push(...many(300, 'FileSyncDownloadedFull', start));
  if (random.chance(0.0005)) records.push(...many(150, 'FileDeletedSecondStageRecycleBin', start));
  // Somebody takes a whole project along, or cleans up.
  if (random.chance(0.0001)) records.push(...many(random.integer(60, 120), 'FileDownloaded', start));
  if (random.chance(0.0001)) records.push(...many(random.integer(60, 120), 'FileRecycled', start));
  if (random.chance(0.001)) {
    const to = random.chance(0.05) ? 'me@private.example' : 'person2@contoso.example';
    records.push(cmdlet(start + hourMs, person.name, address, 'New-InboxRule', { ForwardTo: to }));
  }
  return records;
}

/** Three administrators for everything; now and then somebody leaves, and a program goes on for some minutes. */
function administration(random: Seeded, staff: readonly Person[], midnight: number): Rec[] {
  const at = midnight + 9 * hourMs;
  const office = '193.0.0.3';
  const admin = `person${random.integer(0, 2)}@contoso.example`;
  const records = [signIn(at, admin, office)];
  if (random.chance(0.5)) {
    records.push(
      directory(at + hourMs, admin, office, 'Add member to role.', {
        ObjectId: random.pick(staff).name,
        ModifiedProperties: [{ Name: 'Role.DisplayName', NewValue: '"Helpdesk Administrator"' }],
      }),
    );
  }
  if (random.chance(0.2)) {
    records.push(
      directory(at + 2 * hourMs, 'person0@contoso.example', office, 'Add service principal credentials.', {
        Target: [{ ID: 'Website', Type: 1 }],
        ModifiedProperties: [
          { Name: 'KeyDescription', OldValue: '[]', NewValue: `["[KeyIdentifier=${random.guid()},KeyType=Password]"]` },
        ],
      }),
    );
  }
  const leaver = staff[random.integer(10, staff.length - 1)];
  if (leaver && !leaver.isGone && random.chance(0.1)) {
    leaver.isGone = true;
    records.push(
      directory(at + 9 * hourMs, admin, office, 'Disable account.', { ObjectId: leaver.name }),
      file(at + 9 * hourMs + 20 * minuteMs, leaver.name, leaver.home, { operation: 'FileSyncUploadedFull' }),
    );
  }
  return records;
}
