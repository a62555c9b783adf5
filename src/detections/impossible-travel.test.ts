import { test } from 'node:test';
import { dayZero, file, habit, signIn, wrongPassword } from '../../test/support/detection-records.ts';
import { type Case, checkLabelled } from '../../test/support/detections.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import { impossibleTravel } from './impossible-travel.ts';

const noon = dayZero + 12 * hourMs;
const home = '91.1.3.3';

const cases: readonly Case[] = [
  {
    name: 'Germany and Japan within the hour',
    found: 'lmh',
    records: (me, random) => [
      ...habit(me(), home, 30),
      signIn(noon, me(), home),
      file(noon + random.integer(5, 55) * minuteMs, me(), '133.1.9.9'),
    ],
  },
  {
    name: 'a token is used from Nigeria while its owner works in Texas',
    found: 'lmh',
    records: (me, random) => [
      ...habit(me(), '193.0.1.20', 30),
      ...[0, 30, 60, 90].map((minutes) => file(noon + minutes * minuteMs, me(), '193.0.1.20')),
      file(noon + random.integer(31, 59) * minuteMs, me(), '105.1.7.7'),
    ],
  },
  {
    name: 'the first activities ever, in Brazil and South Africa',
    found: 'lmh',
    records: (me, random) => [
      signIn(noon, me(), '177.1.0.5'),
      signIn(noon + random.integer(20, 100) * minuteMs, me(), '41.1.0.5'),
    ],
  },
  {
    name: 'a little quicker than an airliner',
    found: 'mh',
    // 7,562 km from Germany to Japan: 8.4 hours.
    records: (me, random) => [
      ...habit(me(), home, 30),
      signIn(noon, me(), home),
      signIn(noon + 7 * hourMs + random.integer(0, 60) * minuteMs, me(), '133.1.9.9'),
    ],
  },
  {
    name: 'across a day and midnight',
    found: 'lmh',
    records: (me) => [
      ...habit(me(), home, 30),
      signIn(dayZero + dayMs - 10 * minuteMs, me(), home),
      signIn(dayZero + dayMs + 20 * minuteMs, me(), '177.1.2.2'),
    ],
  },
  {
    name: 'a country where three colleagues work',
    found: 'mh',
    records: (me) => [
      ...habit(me(), home, 30),
      ...['eve', 'finn', 'gil'].flatMap((who) => habit(me(who), '80.1.4.4', 20)),
      // 1,028 km would be too near at low in any case; Australia is not.
      ...['hal', 'ida', 'jon'].flatMap((who) => habit(me(who), '60.1.4.4', 20)),
      signIn(noon, me(), home),
      signIn(noon + hourMs, me(), '60.1.9.9'),
    ],
  },
  {
    name: 'a phone that leaves its network through another country on most days',
    found: 'h',
    records: (me) => [
      ...habit(me(), home, 30),
      ...habit(me(), '72.2.5.5', 30),
      file(noon, me(), home),
      file(noon + 10 * minuteMs, me(), '72.2.5.5'),
    ],
  },
  {
    name: 'a flight from Germany to Japan',
    found: '',
    records: (me, random) => [
      ...habit(me(), home, 30),
      signIn(noon, me(), home),
      signIn(noon + (11 * 60 + random.integer(0, 90)) * minuteMs, me(), '133.2.1.1'),
    ],
  },
  {
    name: 'a VPN exit in another country',
    found: '',
    records: (me, random) => [
      ...habit(me(), '72.1.3.3', 30),
      signIn(noon, me(), '72.1.3.3'),
      signIn(noon + random.integer(1, 30) * minuteMs, me(), '193.0.2.9'),
      file(noon + 40 * minuteMs, me(), '72.1.3.3'),
    ],
  },
  {
    name: 'both ends are offices',
    found: '',
    records: (me, random) => [
      ...habit(me(), '193.0.0.9', 30),
      file(noon, me(), '193.0.0.9'),
      file(noon + random.integer(1, 60) * minuteMs, me(), '193.0.1.9'),
    ],
  },
  {
    name: 'a cloud operator acts for somebody',
    found: '',
    records: (me, random) => [
      ...habit(me(), home, 30),
      file(noon, me(), home),
      file(noon + random.integer(1, 20) * minuteMs, me(), '52.1.8.8'),
      file(noon + 30 * minuteMs, me(), home),
    ],
  },
  {
    name: 'a neighbouring country by train',
    found: '',
    records: (me, random) => [
      ...habit(me(), home, 30),
      signIn(noon, me(), home),
      signIn(noon + random.integer(10, 90) * minuteMs, me(), '81.1.2.2'),
    ],
  },
  {
    name: 'somebody fails to sign in from far away',
    found: '',
    records: (me, random) => [
      ...habit(me(), home, 30),
      signIn(noon, me(), home),
      signIn(noon + random.integer(5, 50) * minuteMs, me(), '105.1.7.7', wrongPassword),
    ],
  },
  {
    name: 'two people behind one address',
    found: '',
    records: (me) => [
      ...habit(me(), home, 30),
      ...habit(me('eve'), home, 30),
      signIn(noon, me(), home),
      signIn(noon + 10 * minuteMs, me('eve'), home),
    ],
  },
  {
    name: 'an address of which nothing is known',
    found: '',
    records: (me) => [
      ...habit(me(), home, 30),
      signIn(noon, me(), home),
      signIn(noon + 5 * minuteMs, me(), '11.9.9.9'),
    ],
  },
  {
    name: 'a service that has no person',
    found: '',
    records: (me) => [
      { ...file(noon, me(), home), UserType: 5 },
      { ...file(noon + minuteMs, me(), '133.1.9.9'), UserType: 5 },
    ],
  },
];

test('impossible travel is found, and journeys, VPN exits and cloud operators are not', async (t) => {
  await checkLabelled(t, { detection: impossibleTravel, cases });
});
