import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cmdlet, dayZero, habit, type Rec } from '../../test/support/detection-records.ts';
import { type Case, checkLabelled } from '../../test/support/detections.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import { inboxForwarding, targetsOf } from './inbox-forwarding.ts';

const noon = dayZero + 12 * hourMs;
const home = '91.1.3.3';
const strange = '105.1.7.7';

/** A rule as Outlook writes it. */
function outlookRule(at: number, user: string, address: string, action: string, recipient: string): Rec {
  const actions = JSON.stringify([{ ActionType: action, Recipients: [recipient], ForwardFlags: 'None' }]);
  return {
    at,
    CreationTime: new Date(at).toISOString().slice(0, 19),
    Id: `${user}-${at}-${action}`,
    Operation: 'UpdateInboxRules',
    RecordType: 2,
    Workload: 'Exchange',
    ResultStatus: 'Succeeded',
    UserId: user,
    UserType: 0,
    MailboxOwnerUPN: user,
    ClientIPAddress: address,
    OperationProperties: [
      { Name: 'RuleOperation', Value: 'AddMailboxRule' },
      { Name: 'RuleActions', Value: actions },
    ],
  };
}

const cases: readonly Case[] = [
  {
    name: 'a rule that forwards outside, from a strange address',
    found: 'lmh',
    records: (me, random) => [
      ...habit(me(), home, 20),
      cmdlet(noon + random.integer(0, 60) * minuteMs, me(), strange, 'New-InboxRule', {
        Name: '.',
        ForwardTo: 'drop@mailbox.example',
        MarkAsRead: 'True',
      }),
    ],
  },
  {
    name: 'a rule of Outlook that redirects outside',
    found: 'lmh',
    records: (me) => [...habit(me(), home, 20), outlookRule(noon, me(), strange, 'Redirect', 'drop@mailbox.example')],
  },
  {
    name: 'a whole mailbox is forwarded by an administrator',
    found: 'lmh',
    records: (me) => [
      ...habit(me('admin'), home, 20),
      cmdlet(noon, me('admin'), strange, 'Set-Mailbox', {
        Identity: me('eve'),
        ForwardingSmtpAddress: 'smtp:drop@mailbox.example',
        DeliverToMailboxAndForward: 'True',
      }),
    ],
  },
  {
    name: 'a rule that forwards outside, made at home',
    found: 'mh',
    records: (me) => [
      ...habit(me(), home, 20),
      cmdlet(noon, me(), home, 'Set-InboxRule', {
        Identity: `${me()}\\Old rule`,
        ForwardAsAttachmentTo: '"Me" [SMTP:me@private.example]',
      }),
    ],
  },
  {
    name: 'another target for an old rule',
    found: 'mh',
    records: (me) => [
      ...habit(me(), home, 20),
      cmdlet(noon - 10 * dayMs, me(), home, 'New-InboxRule', { ForwardTo: 'me@private.example' }),
      cmdlet(noon, me(), home, 'Set-InboxRule', { ForwardTo: 'me@private.example;drop@mailbox.example' }),
    ],
  },
  {
    name: 'the same target as always',
    found: 'h',
    records: (me) => [
      ...habit(me(), home, 20),
      cmdlet(noon - 10 * dayMs, me(), home, 'New-InboxRule', { ForwardTo: 'me@private.example' }),
      cmdlet(noon, me(), strange, 'Set-InboxRule', { ForwardTo: 'me@private.example' }),
    ],
  },
  {
    name: 'a mail flow rule that copies mail outside',
    found: 'h',
    records: (me) => [
      ...habit(me(), home, 20),
      cmdlet(noon, me(), home, 'New-TransportRule', { Name: 'Archive', BlindCopyTo: 'drop@mailbox.example' }),
    ],
  },
  {
    name: 'a colleague',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      cmdlet(noon, me(), strange, 'New-InboxRule', { ForwardTo: 'eve@contoso.example' }),
      outlookRule(noon + minuteMs, me(), strange, 'Forward', 'eve@mail.contoso.example'),
    ],
  },
  {
    name: 'a rule that sorts, and one that mentions somebody outside',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      cmdlet(noon, me(), strange, 'New-InboxRule', { From: 'news@letters.example', MoveToFolder: 'Newsletters' }),
      outlookRule(noon + minuteMs, me(), strange, 'Move', 'news@letters.example'),
    ],
  },
  {
    name: 'forwarding is taken away',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      cmdlet(noon, me(), strange, 'Set-Mailbox', { Identity: me(), ForwardingSmtpAddress: '' }),
      cmdlet(noon, me(), strange, 'Remove-InboxRule', { Identity: 'x', ForwardTo: 'drop@mailbox.example' }),
    ],
  },
  {
    name: 'an attempt that failed',
    found: '',
    records: (me) => [
      ...habit(me(), home, 20),
      cmdlet(noon, me(), strange, 'New-InboxRule', { ForwardTo: 'drop@mailbox.example' }, { ResultStatus: 'False' }),
    ],
  },
];

test('forwarding to the outside is found, and inside, sorting and old targets are not', async (t) => {
  await checkLabelled(t, { detection: inboxForwarding, cases, variants: 3 });
});

test('whatever a record holds, its targets are addresses', () => {
  const value = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constant('[{"ActionType":"Forward","Recipients":["a@b.example"]}]'),
  );
  const pairs = fc.array(fc.record({ Name: fc.constantFrom('ForwardTo', 'RuleActions', 'RedirectTo'), Value: value }));
  fc.assert(
    fc.property(pairs, pairs, (Parameters, OperationProperties) => {
      for (const target of targetsOf({ Parameters, OperationProperties })) assert.match(target, /^[^@\s]+@[^@\s]+$/);
    }),
  );
});
