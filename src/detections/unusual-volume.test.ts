import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayZero, type FileAct, file, habit, type Rec, series } from '../../test/support/detection-records.ts';
import { type Case, checkLabelled } from '../../test/support/detections.ts';
import type { Seeded } from '../demo/seeded.ts';
import { dayMs, hourMs, secondMs } from '../lib/clock.ts';
import { baselineOf, massDeletion, massDownload, massSharing } from './unusual-volume.ts';

const morning = dayZero + 8 * hourMs;
const home = '193.0.0.9';

/** So many different things on each of the days before the labelled one. */
const usually = (user: string, random: Seeded, act: FileAct, least: number, most: number, days = 25): Rec[] =>
  Array.from({ length: days }, (_, day) =>
    bulk(user, dayZero - (day + 1) * dayMs + 9 * hourMs, random.integer(least, most), act),
  ).flat();

const bulk = (user: string, from: number, count: number, act: FileAct, stepMs = 10 * secondMs): Rec[] =>
  series(count, from, stepMs, (at, index) => file(at, user, home, { ...act, file: `Report ${index}.docx` }));

/** The same story for each of the three kinds; `scale` is the floor of the kind at medium. */
function stories(act: FileAct, automatic: FileAct, scale: number): readonly Case[] {
  return [
    {
      name: 'six times the floor, after quiet weeks',
      found: 'lmh',
      records: (me, random) => [
        ...usually(me(), random, act, 1, 6),
        ...bulk(me(), morning, scale * 6 + random.integer(0, 20), act),
      ],
    },
    {
      name: 'a little above the floor, after quiet weeks',
      found: 'mh',
      records: (me, random) => [
        ...usually(me(), random, act, 1, 6),
        ...bulk(me(), morning, Math.ceil(scale * 1.2), act),
      ],
    },
    {
      name: 'four times the usual bulk of somebody who always handles much',
      found: 'lmh',
      records: (me, random) => [
        ...usually(me(), random, act, scale, Math.ceil(scale * 1.3), 12),
        ...bulk(me(), morning, scale * 5, act),
      ],
    },
    {
      name: 'a bulk as on all days',
      found: '',
      records: (me, random) => [
        ...usually(me(), random, act, scale * 2, scale * 3, 12),
        ...bulk(me(), morning, random.integer(scale * 2, scale * 3), act),
      ],
    },
    {
      name: 'a bulk as on every Monday',
      found: 'h',
      records: (me, random) => [
        ...usually(me(), random, act, 1, 4, 20),
        ...[7, 14, 21].flatMap((ago) => bulk(me(), dayZero - ago * dayMs + 11 * hourMs, scale * 4, act)),
        ...bulk(me(), morning, scale * 4, act),
      ],
    },
    {
      name: 'the first days of a new hire',
      found: 'h',
      records: (me, random) => [
        ...usually(me(), random, act, 1, 4, 2),
        ...bulk(me(), morning, Math.ceil(scale * 1.4), act),
      ],
    },
    {
      name: 'programs, or what stays inside',
      found: 'h',
      records: (me, random) => [
        ...usually(me(), random, act, 1, 4),
        ...bulk(me(), morning, scale * 5, automatic, secondMs),
      ],
    },
    {
      name: 'one thing over and over',
      found: '',
      records: (me, random) => [
        ...usually(me(), random, act, 1, 4),
        ...series(scale * 5, morning, secondMs, (at) => file(at, me(), home, { ...act, file: 'Always.docx' })),
      ],
    },
    {
      name: 'looking at many files',
      found: '',
      records: (me) => [...habit(me(), home, 20), ...bulk(me(), morning, scale * 5, { operation: 'FileAccessed' })],
    },
    {
      name: 'an application at work',
      found: '',
      records: (me) => bulk(me(), morning, scale * 5, act).map((record) => ({ ...record, UserType: 5 })),
    },
  ];
}

test('a mass download is found, and usual bulks, sync clients and new hires are not', async (t) => {
  const cases = stories({ operation: 'FileDownloaded' }, { operation: 'FileSyncDownloadedFull' }, 50);
  await checkLabelled(t, { detection: massDownload, cases, variants: 3 });
});

test('a mass deletion is found, and usual bulks and the recycle bin are not', async (t) => {
  const cases = stories({ operation: 'FileRecycled' }, { operation: 'FileDeletedSecondStageRecycleBin' }, 60);
  await checkLabelled(t, { detection: massDeletion, cases, variants: 3 });
});

test('mass sharing is found, and usual bulks and sharing inside are not', async (t) => {
  const outside = { operation: 'SecureLinkCreated', sharedWith: 'buyer@fabrikam.example' };
  const cases = stories(outside, { operation: 'SharingSet', sharedWith: 'eve@contoso.example' }, 25);
  await checkLabelled(t, { detection: massSharing, cases, variants: 3 });
});

test('a baseline is of the 30 days before, by median and distance from it', () => {
  const days = [
    { day: 69, things: 900 },
    { day: 70, things: 10 },
    { day: 80, things: 20 },
    { day: 90, things: 40 },
    { day: 100, things: 7000 },
  ];
  assert.deepEqual(baselineOf(days, 100), { days: 3, median: 20, deviation: 10, highest: [40, 20, 10] });
  assert.deepEqual(baselineOf([], 100), { days: 0, median: 0, deviation: 0, highest: [] });
  assert.equal(baselineOf(days.slice(1, 3), 100).median, 15);
});
