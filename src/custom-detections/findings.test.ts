import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { thingsOf } from './entities.ts';
import { draftOf, groupRows, untold } from './findings.ts';
import { dynamicColumns, filledIn, type RuleContent } from './rule.ts';

const rule: RuleContent & { id: string } = {
  id: 'a8098c1a-f86e-11da-bd1a-00112444be1e',
  displayName: 'Rule',
  isEnabled: true,
  period: '1H',
  queryText: 'DeviceEvents',
  alertTemplate: {
    title: '{{ActionType}} on {{ devicename }}',
    description: 'It happened.',
    severity: 'low',
    category: 'Execution',
    recommendedActions: null,
    mitreTechniques: [],
    impactedAssets: [{ kind: 'device', identifier: 'deviceId' }],
  },
};

const row = (change: Record<string, unknown> = {}) => ({
  Timestamp: '2027-01-31T09:00:00.0000000Z',
  ReportId: 1,
  DeviceId: 'd1',
  DeviceName: 'pc1',
  ActionType: 'Started',
  ...change,
});

test('rows that agree in title, description and assets are one alert, with the times of its events', async () => {
  const later = row({ Timestamp: '2027-01-31T10:00:00.0000001Z', ReportId: 2 });
  const { groups } = await groupRows([later, row(), row({ ActionType: 'Ended' }), row({ DeviceId: 'd2' })], rule);
  assert.deepEqual(groups.map(({ title, events }) => [title, events.length]).sort(), [
    ['Ended on pc1', 1],
    ['Started on pc1', 1],
    ['Started on pc1', 2],
  ]);
  const both = groups.find(({ events }) => events.length === 2);
  assert.ok(both);
  const draft = draftOf(rule, both, 0);
  assert.equal(draft.lastActivityTicks - draft.firstActivityTicks, 36_000_000_001n);
  assert.deepEqual(draft.devices, [{ mdatpDeviceId: 'd1', deviceDnsName: 'pc1', evidenceRole: 'Impacted' }]);
});

test('the same event in the same alert is told of once, whatever else its row says', async () => {
  const first = await groupRows([row({ Count: 1 })], rule);
  const told = new Set(first.groups.flatMap(({ events }) => events.map(({ key }) => key)));
  assert.deepEqual(untold((await groupRows([row({ Count: 2 })], rule)).groups, told), []);
  assert.equal(untold((await groupRows([row({ ReportId: 2 })], rule)).groups, told).length, 1);
  assert.equal(untold((await groupRows([row({ ActionType: 'Other' })], rule)).groups, told).length, 1);
});

test('the order of the rows decides nothing', async () => {
  const rows = [
    row(),
    row({ ReportId: 2 }),
    row({ DeviceId: 'd2' }),
    row({ Timestamp: '2027-01-31T08:00:00Z', ReportId: 3 }),
  ];
  const ids = async (of: readonly ReturnType<typeof row>[]) =>
    (await groupRows(of, rule)).groups.map((group) => draftOf(rule, group, 0).alertId);
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async (shuffled) => {
      assert.deepEqual(await ids(shuffled), await ids(rows));
    }),
  );
});

test('rows without a time or without anything that they are about are counted, with why', async () => {
  const { groups, unusable, whyUnusable } = await groupRows(
    [row({ DeviceId: '' }), row({ Timestamp: null }), row()],
    rule,
  );
  assert.deepEqual([groups.length, unusable, whyUnusable], [1, 2, 'name none of the impacted assets']);
});

test('texts take what a row says, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), fc.string({ maxLength: 100, unit: 'binary' }), (before, value) => {
      assert.equal(filledIn(`${before.replaceAll(/[{}]/g, '')}{{A}}`, () => value).endsWith(value), true);
      dynamicColumns(before, value);
    }),
  );
  assert.deepEqual(dynamicColumns('{{A}} {{ B }} {{A}}', '{{C}} {D}'), ['A', 'B', 'C']);
});

test('an account is told of once, as what the rule says it is', () => {
  const account = { AccountUpn: 'Ana@contoso.example', AccountObjectId: 'o1', AccountName: 'ana' };
  const { entities } = thingsOf([row(account)], [{ kind: 'user', identifier: 'accountUpn' }]);
  assert.deepEqual(entities, [
    {
      entityType: 'User',
      userPrincipalName: 'Ana@contoso.example',
      aadUserId: 'o1',
      accountName: 'ana',
      evidenceRole: 'Impacted',
    },
  ]);
  const byId = thingsOf([{ AccountId: 'ben@contoso.example' }], [{ kind: 'user', identifier: 'accountId' }]);
  assert.deepEqual(byId.entities, [
    { entityType: 'User', userPrincipalName: 'ben@contoso.example', evidenceRole: 'Impacted' },
  ]);
});

test('files, addresses, URLs, mail and processes come from the columns that are named for them', () => {
  const rows = [
    {
      FileName: 'a.exe',
      SHA256: 'f'.repeat(64),
      RemoteIP: '192.0.2.1',
      RemoteUrl: 'https://x.example',
      RecipientEmailAddress: 'ana@contoso.example',
      NetworkMessageId: 'n1',
      InitiatingProcessCommandLine: 'cmd /c a',
      InitiatingProcessId: 5,
    },
  ];
  const kinds = thingsOf(rows, [{ kind: 'mailbox', identifier: 'recipientEmailAddress' }]).entities;
  assert.deepEqual(kinds.map(({ entityType }) => entityType).sort(), [
    'File',
    'Ip',
    'MailBox',
    'MailMessage',
    'Process',
    'Url',
  ]);
  assert.equal(kinds[0]?.evidenceRole, 'Impacted');
});
