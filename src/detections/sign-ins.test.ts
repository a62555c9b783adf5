import { test } from 'node:test';
import {
  asksForMore,
  dayZero,
  habit,
  type Rec,
  series,
  signIn,
  wrongPassword,
} from '../../test/support/detection-records.ts';
import { type Case, checkLabelled } from '../../test/support/detections.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../lib/clock.ts';
import { failedSignIns } from './failed-sign-ins.ts';
import { passwordSpray } from './password-spray.ts';

const noon = dayZero + 12 * hourMs;
const home = '91.1.3.3';

const fails = (count: number, user: string, address: (index: number) => string, stepMs = 20 * secondMs): Rec[] =>
  series(count, noon, stepMs, (at, index) => signIn(at, user, address(index), wrongPassword));

const guessed: readonly Case[] = [
  {
    name: 'thirty failures and a success from one strange address',
    found: 'lmh',
    records: (me, random) => {
      const address = `105.1.7.${random.integer(2, 250)}`;
      return [...habit(me(), home, 20), ...fails(30, me(), () => address), signIn(noon + 15 * minuteMs, me(), address)];
    },
  },
  {
    name: 'failures from many addresses, success from one of them',
    found: 'mh',
    records: (me) => [
      ...habit(me(), home, 20),
      ...fails(14, me(), (index) => `45.1.${index % 5}.9`, minuteMs),
      signIn(noon + 40 * minuteMs, me(), '45.1.3.9'),
    ],
  },
  {
    name: 'seven failures and a success from a strange address',
    found: 'h',
    records: (me) => [
      ...habit(me(), home, 20),
      ...fails(7, me(), () => '105.1.7.7'),
      signIn(noon + 5 * minuteMs, me(), '105.1.7.7'),
    ],
  },
  {
    name: 'a forgotten password at home',
    found: 'h',
    records: (me, random) => [
      ...habit(me(), home, 20),
      ...fails(random.integer(11, 25), me(), () => home),
      signIn(noon + 20 * minuteMs, me(), home),
    ],
  },
  {
    name: 'a phone with the old password, on other addresses of its network',
    found: 'h',
    records: (me, random) => {
      const address = `91.2.7.${random.integer(2, 250)}`;
      return [
        ...habit(me(), '91.2.3.3', 20),
        ...fails(25, me(), () => address, minuteMs),
        signIn(noon + 30 * minuteMs, me(), address),
      ];
    },
  },
  {
    name: 'failures without success',
    found: '',
    records: (me) => [...habit(me(), home, 20), ...fails(40, me(), () => '105.1.7.7')],
  },
  {
    name: 'failures from one place, success at another',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      ...fails(40, me(), () => '105.1.7.7'),
      signIn(noon + 20 * minuteMs, me(), '91.1.9.9'),
    ],
  },
  {
    name: 'questions for the second factor',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      ...series(30, noon, 20 * secondMs, (at) => signIn(at, me(), '80.1.7.7', asksForMore)),
      signIn(noon + 15 * minuteMs, me(), '80.1.7.7'),
    ],
  },
  {
    name: 'a few failures a day for weeks',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      ...series(14, dayZero, dayMs, (at) => signIn(at, me(), '80.1.7.7', wrongPassword)),
      signIn(dayZero + 14 * dayMs, me(), '80.1.7.7'),
    ],
  },
  {
    name: 'two typing errors',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      ...fails(2, me(), () => '80.1.7.7'),
      signIn(noon + 2 * minuteMs, me(), '80.1.7.7'),
    ],
  },
];

test('a guessed password is found, and forgotten ones, phones and second factors are not', async (t) => {
  await checkLabelled(t, { detection: failedSignIns, cases: guessed });
});

/** A network of each variant's own. */
const net = (variant: number, first: string) => (index: number) => `${first}.${variant}.${(index % 200) + 2}`;

const sprayed = (count: number, me: (who?: string) => string, address: (index: number) => string, stepMs = 20_000) =>
  series(count, noon, stepMs, (at, index) => signIn(at, me(`u${index}`), address(index), wrongPassword));

const sprays: readonly Case[] = [
  {
    name: 'forty accounts from one address',
    found: 'lmh',
    records: (me, _random, variant) => sprayed(40, me, () => `105.1.${variant}.7`),
  },
  {
    name: 'thirty-five accounts, and one password was right',
    found: 'lmh',
    records: (me, _random, variant) => [
      ...sprayed(35, me, () => `41.1.${variant}.7`),
      signIn(noon + 30 * minuteMs, me('u7'), `41.1.${variant}.7`),
    ],
  },
  {
    name: 'twenty accounts from the addresses of one network',
    found: 'mh',
    records: (me, _random, variant) => sprayed(20, me, net(variant, '45.1')),
  },
  {
    name: 'ten accounts',
    found: 'h',
    records: (me, _random, variant) => sprayed(10, me, () => `95.1.${variant}.7`),
  },
  {
    name: 'the day when passwords expire, behind the address of a small provider',
    found: '',
    records: (me, _random, variant) =>
      series(45, noon, 60_000, (at, index) =>
        signIn(at, me(`u${index}`), `91.1.${50 + variant}.7`, index % 3 === 0 ? wrongPassword : ''),
      ),
  },
  {
    name: 'an office where everybody fails for a while',
    found: 'h',
    // Another hour for each variant.
    records: (me, _random, variant) =>
      series(40, noon + variant * 3 * dayMs, 20_000, (at, index) =>
        signIn(at, me(`u${index}`), `193.0.0.${index + 100}`, wrongPassword),
      ),
  },
  {
    name: 'the same few accounts again and again',
    found: '',
    records: (me, _random, variant) =>
      series(60, noon, 20_000, (at, index) => signIn(at, me(`u${index % 5}`), `80.1.${variant}.7`, wrongPassword)),
  },
  {
    name: 'many accounts, each at home',
    found: '',
    records: (me, _random, variant) =>
      series(40, noon, 20_000, (at, index) =>
        signIn(at, me(`u${index}`), `72.1.${variant * 50 + index}.7`, wrongPassword),
      ),
  },
  {
    name: 'questions for the second factor behind one address',
    found: '',
    records: (me, _random, variant) =>
      series(40, noon, 20_000, (at, index) => signIn(at, me(`u${index}`), `60.1.${variant}.7`, asksForMore)),
  },
  {
    name: 'thirty accounts over a whole day',
    found: '',
    records: (me, _random, variant) => sprayed(30, me, () => `177.1.${variant}.7`, 30 * minuteMs),
  },
];

test('a password spray is found, and offices, second factors and single accounts are not', async (t) => {
  await checkLabelled(t, { detection: passwordSpray, cases: sprays, variants: 3 });
});
