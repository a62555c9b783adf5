import { test } from 'node:test';
import { dayZero, file, habit, signIn, wrongPassword } from '../../test/support/detection-records.ts';
import { type Case, checkLabelled } from '../../test/support/detections.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import { riskyAddress } from './risky-address.ts';

const noon = dayZero + 12 * hourMs;
const home = '91.1.3.3';

const cases: readonly Case[] = [
  {
    name: 'a range of the category Risky',
    found: 'lmh',
    records: (me, random) => [
      ...habit(me(), home, 20),
      signIn(noon, me(), `195.0.66.${random.integer(2, 250)}`),
      file(noon + minuteMs, me(), `195.0.66.${random.integer(2, 250)}`),
    ],
  },
  {
    name: 'a range with the tag Tor',
    found: 'lmh',
    records: (me, random) => [...habit(me(), home, 20), signIn(noon, me(), `195.0.67.${random.integer(2, 250)}`)],
  },
  {
    name: 'an operator of Tor exits',
    found: 'mh',
    records: (me) => [...habit(me(), home, 20), signIn(noon, me(), '185.8.0.9')],
  },
  {
    name: 'an operator of anonymising VPNs',
    found: 'mh',
    records: (me) => [...habit(me(), home, 20), file(noon, me(), '185.7.0.9')],
  },
  {
    name: 'risky once before',
    found: 'mh',
    records: (me) => [
      ...habit(me(), home, 20),
      signIn(dayZero - 3 * dayMs, me(), '195.0.66.7'),
      signIn(noon, me(), '195.0.66.8'),
    ],
  },
  {
    name: 'a person who always uses such a service',
    found: 'h',
    records: (me) => [...habit(me(), '185.7.0.9', 20), file(noon, me(), '185.7.0.9')],
  },
  {
    name: 'an ordinary network',
    found: '',
    records: (me) => [...habit(me(), home, 20), file(noon, me(), '91.2.0.9')],
  },
  {
    name: "the organisation's VPN",
    found: '',
    records: (me) => [...habit(me(), home, 20), file(noon, me(), '193.0.2.9')],
  },
  {
    name: 'a cloud operator',
    found: '',
    records: (me) => [...habit(me(), home, 20), file(noon, me(), '52.1.0.9')],
  },
  {
    name: 'a hosting company',
    found: '',
    records: (me) => [...habit(me(), home, 20), file(noon, me(), '45.1.0.9')],
  },
  {
    name: 'somebody fails to sign in through a proxy',
    found: '',
    records: (me) => [...habit(me(), home, 20), signIn(noon, me(), '195.0.66.8', wrongPassword)],
  },
  {
    name: 'an application',
    found: '',
    records: (me) => [{ ...file(noon, me(), '195.0.66.8'), UserType: 5 }],
  },
  {
    name: 'no address at all',
    found: '',
    records: (me) => [...habit(me(), home, 20), file(noon, me(), '')],
  },
];

test('risky addresses are found, and exits, operators and failures are not', async (t) => {
  await checkLabelled(t, { detection: riskyAddress, cases });
});
