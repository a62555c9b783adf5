import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayMs } from '../lib/clock.ts';
import { cast, castPeople, demoSeed } from './cast.ts';
import { demoStories } from './records.ts';
import { replayLine, replayStory } from './replay.ts';
import { storyNames } from './stories.ts';

const begin = Date.UTC(2027, 0, 4, 9);

test('each replay has records of its own, and never the victims of the month', () => {
  for (const member of cast) {
    const month = demoStories(member, castPeople(member), { seed: demoSeed, date: begin - (begin % dayMs) });
    for (const story of storyNames) {
      const told = month.find((each) => each.name === story);
      const ids = new Set<unknown>();
      let records = 0;
      for (let nonce = 0; nonce < 20; nonce++) {
        const replay = replayStory(story, member, String(nonce), begin);
        assert.notEqual(replay.victim, told?.victim);
        records += replay.told.length;
        for (const { record } of replay.told) ids.add(record.Id);
      }
      assert.equal(ids.size, records);
    }
  }
});

test('the victims are the same whenever the month begins', () => {
  const victims = (date: number) =>
    cast.flatMap((member) =>
      demoStories(member, castPeople(member), { seed: demoSeed, date }).map(({ victim }) => victim),
    );
  assert.deepEqual(victims(begin - (begin % dayMs)), victims(begin - (begin % dayMs) + 11 * dayMs));
});

test('at so many times the speed, times are so many times as near to the beginning, and in order', () => {
  const [member] = cast;
  assert.ok(member);
  for (const name of storyNames) {
    const { told } = replayStory(name, member, 'speed', begin);
    for (const speed of [0.5, 1, 60]) {
      let before = 0;
      for (const each of told) {
        const { CreationTime, AppAccessContext } = JSON.parse(replayLine(each, begin, speed)) as {
          CreationTime: string;
          AppAccessContext?: { IssuedAtTime: string };
        };
        const at = Date.parse(`${CreationTime}Z`);
        // Records have whole seconds.
        assert.ok(Math.abs(at - (begin + (each.at - begin) / speed)) <= 1000 / Math.min(speed, 1));
        assert.ok(at >= before);
        if (AppAccessContext) assert.ok(Date.parse(`${AppAccessContext.IssuedAtTime}Z`) <= at);
        before = at;
      }
    }
  }
});
