import { test } from 'node:test';
import { asksForMore, dayZero, file, habit, signIn, wrongPassword } from '../../test/support/detection-records.ts';
import { type Case, checkLabelled } from '../../test/support/detections.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import { firstCountry } from './first-country.ts';

const noon = dayZero + 12 * hourMs;
const home = '91.1.3.3';

const cases: readonly Case[] = [
  {
    name: 'a country where nobody of the organisation ever was',
    found: 'lmh',
    records: (me, random) => [
      ...habit(me(), home, 30),
      signIn(noon + random.integer(0, 30) * minuteMs, me(), '105.1.7.7'),
    ],
  },
  {
    name: 'a country where one colleague works',
    found: 'mh',
    records: (me, random) => [
      ...habit(me(), home, 40),
      ...habit('lonely@contoso.example', '41.1.0.8', 40),
      file(noon + random.integer(0, 300) * minuteMs, me(), '41.1.6.6'),
    ],
  },
  {
    name: 'a country where colleagues work',
    found: 'h',
    records: (me, random) => [
      ...habit(me(), home, 30),
      ...habit(me('eve'), '80.1.4.4', 20),
      signIn(noon + random.integer(0, 300) * minuteMs, me(), '80.1.6.6'),
    ],
  },
  {
    name: 'a country where the person was five weeks ago',
    found: '',
    records: (me) => [
      ...habit(me(), home, 50),
      signIn(dayZero - 35 * dayMs, me(), '133.1.4.4'),
      signIn(noon, me(), '133.1.8.8'),
    ],
  },
  {
    name: 'the first days of a new hire',
    found: '',
    records: (me, random) => [
      ...habit(me(), '177.1.4.4', 4),
      signIn(noon, me(), '177.1.4.4'),
      signIn(noon + random.integer(1, 300) * minuteMs, me(), '133.2.4.4'),
    ],
  },
  {
    name: 'the very first sign-in',
    found: '',
    records: (me) => [signIn(noon, me(), '177.1.4.9')],
  },
  {
    name: 'a VPN exit abroad',
    found: '',
    records: (me) => [...habit(me(), home, 30), file(noon, me(), '193.0.2.8')],
  },
  {
    name: 'an office abroad',
    found: '',
    records: (me) => [...habit(me(), home, 30), file(noon, me(), '193.0.1.8')],
  },
  {
    name: 'a cloud operator abroad',
    found: '',
    records: (me) => [...habit(me(), home, 30), file(noon, me(), '13.1.2.8')],
  },
  {
    name: 'sign-ins from abroad that failed',
    found: '',
    records: (me) => [
      ...habit(me(), home, 30),
      signIn(noon, me(), '60.1.2.8', wrongPassword),
      signIn(noon + minuteMs, me(), '60.1.2.8', asksForMore),
    ],
  },
  {
    name: 'another network at home',
    found: '',
    records: (me) => [...habit(me(), home, 30), file(noon, me(), '91.2.2.8')],
  },
  {
    name: 'an application in another data centre',
    found: '',
    records: (me) => [
      ...habit(me(), home, 30).map((record) => ({ ...record, UserType: 5 })),
      { ...file(noon, me(), '60.1.2.8'), UserType: 5 },
    ],
  },
];

test('the first activity from a country is found, and known countries, new hires and exits of networks are not', async (t) => {
  await checkLabelled(t, { detection: firstCountry, cases, variants: 3 });
});
