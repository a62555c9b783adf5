// Plays one of the demo's attacks now: the same story with another victim and other addresses each time, so that it can be
// played again and is told from the time before.

import type { Told } from './attacks.ts';
import type { CastTenant } from './cast.ts';
import { castPeople, demoSeed } from './cast.ts';
import { Seeded } from './seeded.ts';
import { creationTime, type Record } from './sessions.ts';
import { openStage } from './staff.ts';
import { type Story, type StoryName, tellStory } from './stories.ts';
import { type Office, replayNetworks } from './world.ts';

/** The story as it goes from `begin` (epoch milliseconds) on; another `nonce` makes another one of it. */
export function replayStory(name: StoryName, member: CastTenant, nonce: string, begin: number): Story {
  const random = new Seeded(`replay/${member.slug}/${name}/${nonce}`);
  const stage = openStage(member, castPeople(member), demoSeed, random);
  const { hostile, foreign } = stage.world;
  return tellStory(name, stage, {
    begin,
    // The first one has been through it in the month that the demo holds.
    chooseVictim: ([first, ...others]) => (others.length > 0 ? random.pick(others) : first),
    hostile: inNetworkOfItsOwn(hostile, replayNetworks.hostile, random),
    foreign: inNetworkOfItsOwn(foreign, replayNetworks.foreign, random),
  });
}

function inNetworkOfItsOwn(office: Office, prefix: string, random: Seeded): Office {
  const network = random.integer(0x1000, 0xffff).toString(16);
  return { ...office, address: `${prefix}:${network}::#`, addresses: [2, 99] };
}

/** When something of a story that began then happens, in a replay that is so many times as fast. */
export function replayTime(at: number, begin: number, speed: number): number {
  return begin + (at - begin) / speed;
}

/** The record as a JSON line, with the times of that replay. */
export function replayLine({ record }: Told, begin: number, speed: number): string {
  const retime = (text: unknown) => creationTime(replayTime(Date.parse(`${String(text)}Z`), begin, speed));
  const context = record.AppAccessContext as Record | undefined; // As sessions.ts makes it.
  const retimed = {
    ...record,
    CreationTime: retime(record.CreationTime),
    ...(context ? { AppAccessContext: { ...context, IssuedAtTime: retime(context.IssuedAtTime) } } : {}),
  };
  return `${JSON.stringify(retimed)}\n`;
}

/** An alert of another product that belongs to the story, as a JSON line with the times of that replay. */
export function replayAlert(alert: Record, begin: number, speed: number): string {
  const at = new Date(replayTime(alertTime(alert), begin, speed)).toISOString();
  return `${JSON.stringify({ ...alert, createdAt: at, firstActivityAt: at, lastActivityAt: at })}\n`;
}

/** When it was raised, epoch milliseconds: all of its times are the same. */
export function alertTime(alert: Record): number {
  return Date.parse(String(alert.createdAt));
}
