// The demo's three attacks: who is in them, and when. How each goes is in attacks.ts. Nothing here is an alert: alerts and
// incidents are what detections and policies make of these records, exactly as they would of anybody's.
import { dayMs, hourMs } from '../lib/clock.ts';
import { Attack, type Told, tellConsent, tellSpray, tellTokenTheft } from './attacks.ts';
import type { Record } from './sessions.ts';
import type { Habits, Stage } from './staff.ts';
import type { Office } from './world.ts';

export const storyNames = ['spray', 'consent', 'token'] as const;
export type StoryName = (typeof storyNames)[number];

export interface Story {
  readonly name: StoryName;
  /** User principal name of whose account is taken over. */
  readonly victim: string;
  /** In order of time. */
  readonly told: readonly Told[];
  /** Alerts of other products that belong to it, in the schema of docs/alert-schema.md. */
  readonly alerts: readonly Record[];
}

/** What differs between two tellings of one story. */
export interface Telling {
  /** Epoch milliseconds. */
  readonly begin: number;
  /** Where the attacker comes from. */
  readonly hostile: Office;
  readonly foreign: Office;
  /** Of those who may be the victim, in an order that is always the same. */
  chooseVictim(candidates: readonly Habits[]): Habits | undefined;
}

/** When each story begins: day of the month and hour (UTC). Far enough apart that nobody takes two of them for one. */
const begins: Readonly<globalThis.Record<StoryName, number>> = {
  spray: 20 * dayMs + 2 * hourMs,
  consent: 23 * dayMs + 9 * hourMs,
  token: 26 * dayMs + 10 * hourMs,
};

/** All stories in the month that begins then. Their victims are the first of those who may be, whatever the month. */
export function storiesOf(stage: Stage, monthBegin: number): readonly Story[] {
  const { hostile, foreign } = stage.world;
  return storyNames.map((name) => {
    const begin = monthBegin + begins[name];
    return tellStory(name, stage, { begin, hostile, foreign, chooseVictim: ([first]) => first });
  });
}

export function tellStory(name: StoryName, stage: Stage, { begin, hostile, foreign, chooseVictim }: Telling): Story {
  const { tried, victims } = castOf(stage);
  const victim = chooseVictim(victims[name]);
  if (!victim) throw new Error(`Nobody may be in the story ${name}.`);
  const attack = new Attack(stage, victim);
  let alerts: readonly Record[] = [];
  if (name === 'spray') tellSpray(attack, tried, begin, hostile);
  else if (name === 'consent') tellConsent(attack, begin);
  else alerts = tellTokenTheft(attack, begin, foreign);
  const told = attack.told.toSorted((left, right) => left.at - right.at);
  return { name, victim: victim.person.userName, told, alerts };
}

/** So many may be in the story of the app, at least. */
const consentLeast = 3;
/** A spray below this number of accounts is nothing that anybody notices. */
const triedLeast = 16;

/**
 * Who may be in which story: neither the administrator nor the traveller (records.ts). Where enough people are left,
 * nobody whose password is tried is in another story.
 */
function castOf({ staff }: Stage) {
  const people = staff.slice(2);
  const others = people.filter((_, index) => index % 3 === 0);
  const spared = staff.length - others.length >= triedLeast ? others : [];
  // Malware, as the third story has it, wants Windows.
  const onWindows = others.filter(({ device }) => device.platform === 'WinDesktop');
  const able = onWindows.length > 0 ? onWindows : others;
  const token = able.slice(0, Math.max(1, others.length - consentLeast));
  const consent = others.filter((habits) => !token.includes(habits));
  const tried = staff.filter((habits) => !spared.includes(habits));
  return { tried, victims: { spray: people.filter((habits) => !others.includes(habits)), consent, token } };
}
