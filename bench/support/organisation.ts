// A large organisation for benches: many offices, each with the people of the demo, their habits and addresses of its own.
// What each of them does in one of the demo's days is told as records without time or, for what came before, with it.
import { demoRecords } from '../../src/demo/records.ts';
import { dayMs } from '../../src/lib/clock.ts';

export interface Organisation {
  /** Records of a working day of all offices, mixed; the time is to be set with {@link at}. */
  readonly today: readonly string[];
  /** Records of the days before, in order of time, to about as many as there are of today. */
  readonly before: readonly string[];
}

const tenant = { id: '9a7d2c5e-4d7b-4c5e-8f6a-2b9f0c1d3e4f', slug: 'contoso', domain: 'contoso.example' };
const timePattern = /"CreationTime":"([^"]+)"/;
/** Of each story of thirty days so many offices are made: one of their two days is today, the other was before. */
const officesOfStory = 15;

/** At least `count` records of today. `midnight` begins today, UTC. */
export function organisationOf(count: number, midnight: number): Organisation {
  const today: string[] = [];
  const before: string[] = [];
  for (let story = 0; today.length < count; story++) {
    const begin = midnight - 30 * dayMs;
    const isOfToday = [];
    for (const line of demoRecords(tenant, [], { seed: String(story), date: midnight })) {
      const day = Math.floor((timeOf(line) - begin) / dayMs);
      const office = story * officesOfStory + (day % officesOfStory);
      // Of its two days the first is told as today.
      if (day < officesOfStory) isOfToday.push(inOffice(line, office));
      else before.push(inOffice(line, office));
    }
    today.push(...isOfToday);
  }
  before.sort((left, right) => timeOf(left) - timeOf(right));
  return { today: mixed(today).slice(0, count), before };
}

/** The record as of this time. */
export function at(line: string, time: number): string {
  return line.replace(timePattern, `"CreationTime":"${new Date(time).toISOString().slice(0, 19)}"`);
}

/** As nobody's name begins in the records. */
export const markedName = 'mark-';

/** The record as what somebody did who is marked with this number. */
export function marked(line: string, number: number): string {
  const record: unknown = JSON.parse(line);
  return JSON.stringify({ ...Object(record), UserId: `${markedName}${number}@${tenant.domain}` });
}

/** The numbers of the marks that the text names. */
export function marksIn(text: string): Set<number> {
  return new Set([...text.matchAll(new RegExp(`${markedName}(\\d+)@`, 'g'))].map(([, number]) => Number(number)));
}

function timeOf(line: string): number {
  return Date.parse(`${timePattern.exec(line)?.[1]}Z`);
}

/** People and networks of its own; what is shared (sites, partners, who attacks) stays. */
function inOffice(line: string, office: number): string {
  const third = `${office >> 8}.${office & 255}`;
  return line
    .replaceAll('@contoso.example', `.${office}@contoso.example`)
    .replaceAll('"198.51.100.', `"80.${128 + (office >> 8)}.${office & 255}.`)
    .replaceAll('"203.0.113.', `"91.${third}.`);
}

/** In an order that has nothing to do with the one before, the same every time. */
function mixed(lines: readonly string[]): string[] {
  const order = lines.map((line, index) => ({ line, place: (index * 2_654_435_761) % 4_294_967_296 }));
  return order.sort((left, right) => left.place - right.place).map(({ line }) => line);
}
