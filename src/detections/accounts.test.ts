import { test } from 'node:test';
import {
  dayZero,
  directory,
  file,
  habit,
  type Rec,
  signIn,
  wrongPassword,
} from '../../test/support/detection-records.ts';
import { type Case, checkLabelled } from '../../test/support/detections.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import { decoyAccount } from './decoy-account.ts';
import { terminatedUser } from './terminated-user.ts';

const noon = dayZero + 12 * hourMs;
const home = '91.1.3.3';

const change = (at: number, user: string, operation: string, rename = ''): Rec =>
  directory(at, 'hr.admin@contoso.example', '193.0.0.3', operation, {
    ObjectId: `${rename}${user}`,
    Target: [{ ID: `${rename}${user}`, Type: 5 }],
  });

const left: readonly Case[] = [
  {
    name: 'disabled weeks ago',
    found: 'lmh',
    records: (me, random) => [
      ...habit(me(), home, 40, dayZero, 20),
      change(dayZero - 20 * dayMs, me(), 'Disable account.'),
      file(noon + random.integer(0, 200) * minuteMs, me(), '105.1.7.7'),
    ],
  },
  {
    name: 'deleted, and the record names the account as deleted ones are named',
    found: 'lmh',
    records: (me) => [
      change(dayZero - 5 * dayMs, me(), 'Delete user.', '0123456789abcdef0123456789abcdef'),
      signIn(noon, me(), home),
    ],
  },
  {
    name: 'listed in the settings',
    found: 'lmh',
    settings: (me) => ({ terminatedUsers: [{ userName: me().toUpperCase(), since: dayZero - 30 * dayMs }] }),
    records: (me) => [signIn(noon, me(), home)],
  },
  {
    name: 'listed in the settings without a day',
    found: 'lmh',
    settings: (me) => ({ terminatedUsers: [{ userName: me(), since: null }] }),
    records: (me) => [signIn(noon, me(), home)],
  },
  {
    name: 'enabled, and disabled again',
    found: 'lmh',
    records: (me) => [
      change(dayZero - 20 * dayMs, me(), 'Disable account.'),
      change(dayZero - 10 * dayMs, me(), 'Enable account.'),
      change(dayZero - 4 * dayMs, me(), 'Disable account.'),
      file(noon, me(), home),
    ],
  },
  {
    name: 'both on the labelled day, five hours apart',
    found: 'mh',
    records: (me) => [change(noon, me(), 'Disable account.'), file(noon + 5 * hourMs, me(), home)],
  },
  {
    name: 'a program goes on with its token for an hour',
    found: 'h',
    records: (me, random) => [
      change(noon, me(), 'Disable account.'),
      file(noon + random.integer(5, 60) * minuteMs, me(), home),
    ],
  },
  {
    name: 'the last working day',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      file(noon - hourMs, me(), home),
      change(noon, me(), 'Disable account.'),
    ],
  },
  {
    name: 'back from a long leave',
    found: '',
    records: (me) => [
      change(dayZero - 60 * dayMs, me(), 'Disable account.'),
      change(dayZero - dayMs, me(), 'Enable account.'),
      signIn(noon, me(), home),
    ],
  },
  {
    name: 'tries to sign in, in vain',
    found: '',
    records: (me) => [
      change(dayZero - 20 * dayMs, me(), 'Disable account.'),
      signIn(noon, me(), home, 'UserDisabled'),
      signIn(noon + minuteMs, me(), home, wrongPassword),
    ],
  },
  {
    name: 'the administrator who disables others',
    found: '',
    records: (me) => [
      directory(dayZero - dayMs, me('boss'), home, 'Disable account.', { ObjectId: me('gone') }),
      file(noon, me('boss'), home),
    ],
  },
  {
    name: 'listed from a later day on',
    found: '',
    settings: (me) => ({ terminatedUsers: [{ userName: me(), since: dayZero + 20 * dayMs }] }),
    records: (me) => [signIn(noon, me(), home)],
  },
];

test('terminated users who act are found, and last days, returns and refusals are not', async (t) => {
  await checkLabelled(t, { detection: terminatedUser, cases: left, variants: 3 });
});

const decoys: readonly Case[] = [
  {
    name: 'signs in',
    found: 'lmh',
    settings: (me) => ({ decoyAccounts: [me('Vault')] }),
    records: (me, random) => [signIn(noon + random.integer(0, 90) * minuteMs, me('vault'), '105.1.7.7')],
  },
  {
    name: 'opens a file',
    found: 'lmh',
    settings: (me) => ({ decoyAccounts: [me('vault')] }),
    records: (me) => [file(noon, me('vault'), '193.0.0.9')],
  },
  {
    name: 'somebody tries its password',
    found: 'mh',
    settings: (me) => ({ decoyAccounts: [me('vault')] }),
    records: (me) => [signIn(noon, me('vault'), '105.1.7.7', wrongPassword)],
  },
  {
    name: 'somebody resets its password',
    found: 'h',
    settings: (me) => ({ decoyAccounts: [me('vault')] }),
    records: (me) => [directory(noon, me('admin'), home, 'Reset user password.', { ObjectId: me('vault') })],
  },
  {
    name: 'a name that begins the same',
    found: '',
    settings: (me) => ({ decoyAccounts: [me('vault')] }),
    records: (me) => [signIn(noon, me('vaults'), home), signIn(noon, `x${me('vault')}`, home)],
  },
  {
    name: 'nothing but history',
    found: '',
    settings: (me) => ({ decoyAccounts: [me('vault')] }),
    records: (me) => [signIn(dayZero - dayMs, me('vault'), home)],
  },
  { name: 'an ordinary account', found: '', records: (me) => [signIn(noon, me(), home), file(noon, me(), home)] },
];

test('decoy accounts are found whatever they do, and nobody else is', async (t) => {
  await checkLabelled(t, { detection: decoyAccount, cases: decoys, variants: 3 });
});
