import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cmdlet, dayZero, directory, habit, type Rec } from '../../test/support/detection-records.ts';
import { type Case, checkLabelled } from '../../test/support/detections.ts';
import { guidFrom } from '../demo/seeded.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import { adminRights } from './admin-rights.ts';
import { addedKeys, appCredentials } from './app-credentials.ts';

const noon = dayZero + 12 * hourMs;
const home = '91.1.3.3';
const strange = '105.1.7.7';

const grant = (at: number, by: string, to: string, role: string, operation = 'Add member to role.'): Rec =>
  directory(at, by, home, operation, {
    ObjectId: to,
    Target: [
      { ID: `User_${guidFrom(to)}`, Type: 2 },
      { ID: to, Type: 5 },
    ],
    ModifiedProperties: [{ Name: 'Role.DisplayName', NewValue: `"${role}"`, OldValue: '' }],
  });

const grants: readonly Case[] = [
  {
    name: 'somebody who never gave a role makes a global administrator',
    found: 'lmh',
    records: (me, random) => [
      ...habit(me(), home, 20),
      grant(noon + random.integer(0, 100) * minuteMs, me(), me('eve'), 'Global Administrator'),
    ],
  },
  {
    name: 'somebody gives the most powerful role to the own account',
    found: 'lmh',
    records: (me) => [
      ...[30, 20, 10].map((ago) => grant(dayZero - ago * dayMs, me(), me('gil'), 'Reports Reader')),
      grant(noon, me(), me(), 'Privileged Role Administrator'),
    ],
  },
  {
    name: 'an unusual account makes an administrator of Exchange by cmdlet',
    found: 'lmh',
    records: (me) => [
      ...habit(me(), home, 20),
      cmdlet(noon, me(), home, 'Add-RoleGroupMember', { Identity: 'Organization Management', Member: me('eve') }),
    ],
  },
  {
    name: 'an unusual account makes an administrator of users',
    found: 'mh',
    records: (me) => [...habit(me(), home, 20), grant(noon, me(), me('eve'), 'User Administrator')],
  },
  {
    name: 'an unusual account makes a reader',
    found: 'h',
    records: (me) => [...habit(me(), home, 20), grant(noon, me(), me('eve'), 'Reports Reader')],
  },
  {
    name: 'the usual administrator makes a global administrator',
    found: 'h',
    records: (me) => [
      ...[60, 30, 3].map((ago) => grant(dayZero - ago * dayMs, me(), me('gil'), 'User Administrator')),
      grant(noon, me(), me('eve'), 'Global Administrator'),
    ],
  },
  {
    name: 'the usual administrator gives the usual roles',
    found: '',
    records: (me, random) => [
      ...[60, 30, 3].map((ago) => grant(dayZero - ago * dayMs, me(), me('gil'), 'User Administrator')),
      grant(noon + random.integer(0, 100) * minuteMs, me(), me('eve'), 'Exchange Administrator'),
    ],
  },
  {
    name: 'the activation of a role that the person had',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      grant(noon, me(), me(), 'Global Administrator', 'Add member to role completed (PIM activation).'),
    ],
  },
  {
    name: 'a member of a group',
    found: '',
    records: (me) => [...habit(me(), home, 20), grant(noon, me(), me('eve'), 'Sales', 'Add member to group.')],
  },
  {
    name: 'a role is taken away',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      grant(noon, me(), me('eve'), 'Global Administrator', 'Remove member from role.'),
    ],
  },
  {
    name: 'an attempt that failed',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      { ...grant(noon, me(), me('eve'), 'Global Administrator'), ResultStatus: 'Failure' },
    ],
  },
];

test('roles given by unusual accounts are found, and usual ones, activations and removals are not', async (t) => {
  await checkLabelled(t, { detection: adminRights, cases: grants, variants: 3 });
});

const key = (id: string) => `[KeyIdentifier=${guidFrom(id)},KeyType=Password,KeyUsage=Verify,DisplayName=]`;

interface Change {
  readonly before?: readonly string[];
  readonly after: readonly string[];
  readonly from?: string;
  readonly operation?: string;
}

const credentials = (at: number, by: string, app: string, change: Change): Rec =>
  directory(at, by, change.from ?? home, change.operation ?? 'Add service principal credentials.', {
    Target: [
      { ID: `ServicePrincipal_${guidFrom(`object ${app}`)}`, Type: 2 },
      { ID: guidFrom(`object ${app}`), Type: 2 },
      { ID: 'ServicePrincipal', Type: 2 },
      { ID: app, Type: 1 },
      { ID: guidFrom(app), Type: 4 },
    ],
    ModifiedProperties: [
      {
        Name: 'KeyDescription',
        NewValue: JSON.stringify(change.after.map(key)),
        OldValue: JSON.stringify((change.before ?? []).map(key)),
      },
    ],
  });

const additions: readonly Case[] = [
  {
    name: 'the first secret that the account ever added, from a strange address',
    found: 'lmh',
    records: (me, random) => [
      ...habit(me(), home, 20),
      credentials(noon + random.integer(0, 90) * minuteMs, me(), 'Backup', { after: ['a'], from: strange }),
    ],
  },
  {
    name: 'a second secret beside the old one',
    found: 'lmh',
    records: (me) => [
      ...habit(me(), home, 20),
      credentials(noon, me(), 'Backup', {
        before: ['a'],
        after: ['a', 'b'],
        from: strange,
        operation: 'Update application – Certificates and secrets management ',
      }),
    ],
  },
  {
    name: 'the first secret, at home',
    found: 'mh',
    records: (me) => [...habit(me(), home, 20), credentials(noon, me(), 'Backup', { after: ['a'] })],
  },
  {
    name: 'another app than always',
    found: 'h',
    records: (me) => [
      ...habit(me(), home, 20),
      ...[60, 30].map((ago) => credentials(dayZero - ago * dayMs, me(), 'Website', { after: [`w${ago}`] })),
      credentials(noon, me(), 'Payroll', { after: ['p'], from: strange }),
    ],
  },
  {
    name: 'the same app as every month',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      ...[60, 30].map((ago) => credentials(dayZero - ago * dayMs, me(), 'Website', { after: [`w${ago}`] })),
      credentials(noon, me(), 'Website', { before: ['w30'], after: ['w30', 'w0'] }),
    ],
  },
  {
    name: 'an old secret is removed',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      credentials(noon, me(), 'Backup', { before: ['a', 'b'], after: ['a'], from: strange }),
    ],
  },
  {
    name: 'the app changes otherwise',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      directory(noon, me(), strange, 'Update application.', { Target: [{ ID: 'Backup', Type: 1 }] }),
      directory(noon, me(), strange, 'Add owner to application.', { Target: [{ ID: 'Backup', Type: 1 }] }),
    ],
  },
  {
    name: 'an attempt that failed',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      { ...credentials(noon, me(), 'Backup', { after: ['a'], from: strange }), ResultStatus: 'Failure' },
    ],
  },
];

test('unusual credentials of apps are found, and rotations and removals are not', async (t) => {
  await checkLabelled(t, { detection: appCredentials, cases: additions, variants: 3 });
});

test('only keys that were not there before are new', () => {
  const record = (before: unknown, after: unknown) => ({
    ModifiedProperties: [{ Name: 'KeyDescription', OldValue: before, NewValue: after }],
  });
  assert.equal(addedKeys(record(`["${key('a')}"]`, `["${key('a')}","${key('b')}"]`)).length, 1);
  assert.equal(addedKeys(record(`["${key('a')}"]`, `["${key('a')}"]`)).length, 0);
  for (const odd of [null, 7, [], {}, '[]', '']) assert.deepEqual(addedKeys(record(odd, odd)), []);
  assert.deepEqual(addedKeys({}), []);
});
