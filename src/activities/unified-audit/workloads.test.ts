import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditRecord } from '../../../test/support/ingestion.ts';
import { mapped, wireOf } from '../../../test/support/mapping.ts';
import type { Activity } from '../activity.ts';
import { operationRows } from './operation-table.ts';
import { userTags } from './unified-audit.ts';

test('a sign-in counts for the app that was signed in to', () => {
  const signIn = auditRecord(3, {
    RecordType: 15,
    Workload: 'AzureActiveDirectory',
    Operation: 'UserLoggedIn',
    ResultStatus: 'Succeeded',
    ObjectId: '00000002-0000-0ff1-ce00-000000000000',
    ApplicationId: '89bee1f7-5e6e-4d8a-9f3d-ecd601259da7',
    Actor: [
      { Type: 0, ID: '755E500A-6C03-46B0-B53B-282F23374E3B' },
      { Type: 5, ID: 'ada@contoso.example' },
    ],
    ExtendedProperties: [
      { Name: 'UserAgent', Value: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
    ],
  });
  const activity = mapped(signIn);
  assert.deepEqual([activity.appId, activity.appName], [20893, 'Microsoft Exchange Online']);
  assert.deepEqual([activity.eventType, activity.eventTypeValue], ['EVENT_CATEGORY_LOGIN', 'EVENT_AAD_LOGIN']);
  assert.equal(activity.deviceType, 'DESKTOP');
  assert.ok(activity.entities.includes('755e500a-6c03-46b0-b53b-282f23374e3b|11161|0'));
  const wire = wireOf(activity);
  assert.deepEqual(wire.classifications, ['access']);
  assert.deepEqual(wire.mainInfo.activityResult, { isSuccess: true, message: null });
});

test('a failed sign-in says why', () => {
  const failed = { RecordType: 15, Workload: 'AzureActiveDirectory', ResultStatus: 'Failed', ObjectId: 'Unknown' };
  const reasons: [Record<string, unknown>, string][] = [
    [
      { Operation: 'UserLoginFailed', LogonError: 'InvalidUserNameOrPassword', ErrorNumber: '50126' },
      'InvalidUserNameOrPassword',
    ],
    [{ Operation: 'UserLoginFailed', ErrorCode: '50053' }, 'Error 50053'],
    [
      { Operation: 'UserLoginFailed', ExtendedProperties: [{ Name: 'ResultStatusDetail', Value: 'UserError' }] },
      'UserError',
    ],
    // ResultStatus only tells that the request was answered (common schema).
    [
      { Operation: 'UserLoggedIn', ResultStatus: 'Succeeded', LogonError: 'IdsLocked', ErrorNumber: '50053' },
      'IdsLocked',
    ],
  ];
  for (const [members, message] of reasons) {
    const activity = mapped(auditRecord(4, { ...failed, ...members }));
    assert.deepEqual(
      [activity.eventType, activity.eventTypeValue],
      ['EVENT_CATEGORY_FAILED_LOGIN', 'EVENT_AAD_LOGIN_FAILED'],
    );
    const wire = wireOf(activity);
    assert.equal(wire.eventType, 2293761);
    assert.equal(wire.genericEventType, 'ENUM_ACTIVITY_GENERIC_TYPE_FAILED_LOGIN');
    assert.equal(wire.description, `Failed log on (Failure message: ${message})`);
    assert.deepEqual(wire.failedUserData, { userName: 'ada@contoso.example' });
    assert.deepEqual(
      [wire.mainInfo.type, wire.mainInfo.activityResult],
      ['failedLogin', { isSuccess: false, message }],
    );
  }
});

test('a change in the directory is an administrative act on an account', () => {
  const activity = mapped(
    auditRecord(5, {
      RecordType: 8,
      Workload: 'AzureActiveDirectory',
      Operation: 'Add member to role.',
      ObjectId: 'bo@contoso.example',
      ClientIP: null,
      ActorIpAddress: '198.51.100.7',
      Target: [
        { ID: 'User_c2f1ea2f-258d-42eb-8584-b7cf1f91fa5f', Type: 2 },
        { ID: 'bo@contoso.example', Type: 5 },
      ],
      ModifiedProperties: [{ Name: 'Role.DisplayName', NewValue: '"Global Administrator"', OldValue: '' }],
      ExtendedProperties: [{ Name: 'additionalDetails', Value: '{"User-Agent":"python-requests/2.32"}' }],
    }),
  );
  assert.equal(activity.eventType, 'EVENT_CATEGORY_ADD_ROLE_MEMBER');
  assert.equal(activity.isAdminEvent, true);
  assert.equal(activity.ipAddress, '198.51.100.7');
  assert.equal(activity.userAgent, 'python-requests/2.32');
  assert.ok(activity.entities.includes('bo@contoso.example|11161|0'));
  assert.ok(activity.objects.includes('Global Administrator'));
  assert.equal(wireOf(activity).description, 'Add member to role: bo@contoso.example (Global Administrator)');
});

test("opening somebody else's mailbox is impersonation, one's own is not", () => {
  const mail = (members: Record<string, unknown>): Activity =>
    mapped(
      auditRecord(6, {
        RecordType: 2,
        Workload: 'Exchange',
        Operation: 'Send',
        LogonType: 0,
        MailboxOwnerUPN: 'ada@contoso.example',
        ClientIP: '',
        ClientIPAddress: '[2001:db8::abcd]:12345',
        ClientInfoString: 'Client=OWA;Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        Item: { Id: 'RgAA', Subject: 'Offer', ParentFolder: { Path: '\\Drafts' } },
        ...members,
      }),
    );
  const own = mail({});
  assert.equal(own.isImpersonated, false);
  assert.equal(own.ipAddress, '2001:db8::abcd');
  assert.deepEqual([own.appId, own.eventType], [20893, 'EVENT_CATEGORY_SEND_MAIL']);
  assert.equal(wireOf(own).description, 'Send mail: Offer');
  assert.ok(own.objects.includes('\\Drafts'));
  const foreign = mail({ LogonType: 2, MailboxOwnerUPN: 'bo@contoso.example' });
  assert.equal(foreign.isImpersonated, true);
  assert.ok(foreign.entities.includes('bo@contoso.example|11161|0'));
  assert.equal(mail({ Operation: 'SendAs', SendAsUserSmtp: 'ceo@contoso.example' }).isImpersonated, true);
});

test('mails that were read are found in the folders of the record', () => {
  const activity = mapped(
    auditRecord(7, {
      RecordType: 50,
      Workload: 'Exchange',
      Operation: 'MailItemsAccessed',
      Folders: [{ Path: '\\Inbox', FolderItems: [{ InternetMessageId: '<1@contoso.example>', Subject: 'Salaries' }] }],
    }),
  );
  assert.ok(activity.objects.includes('<1@contoso.example>'));
  assert.equal(activity.eventType, 'EVENT_CATEGORY_VIEW_MAIL');
});

test('a cmdlet is an administrative act, named by its row or by its verb', () => {
  const cmdlet = (operation: string): Activity =>
    mapped(
      auditRecord(8, {
        RecordType: 1,
        Workload: 'Exchange',
        Operation: operation,
        ObjectId: 'bo@contoso.example',
        Parameters: [
          { Name: 'Identity', Value: 'bo@contoso.example' },
          { Name: 'User', Value: 'eve@contoso.example' },
        ],
      }),
    );
  const permission = cmdlet('Add-MailboxPermission');
  assert.deepEqual([permission.isAdminEvent, permission.eventType], [true, 'EVENT_CATEGORY_CHANGE_PERMISSIONS']);
  assert.ok(permission.entities.includes('eve@contoso.example|11161|0'));
  assert.equal(cmdlet('Remove-MigrationBatch').eventType, 'EVENT_CATEGORY_DELETE_OBJECT');
  assert.equal(cmdlet('Set-OwaMailboxPolicy').isAdminEvent, true);
  assert.equal(cmdlet('New-InboxRule').isAdminEvent, false);
});

test('members who join a team are accounts of the activity', () => {
  const activity = mapped(
    auditRecord(9, {
      RecordType: 25,
      Workload: 'MicrosoftTeams',
      Operation: 'MemberAdded',
      TeamName: 'Sales',
      TeamGuid: '19:5ad8@thread.skype',
      Members: [{ Role: 1, UPN: 'Bo@contoso.example', DisplayName: 'Bo' }],
    }),
  );
  assert.deepEqual([activity.appId, activity.eventType], [28375, 'EVENT_CATEGORY_ADD_MEMBER']);
  assert.ok(activity.entities.includes('bo@contoso.example|11161|0'));
  assert.equal(wireOf(activity).description, 'Add member: Sales (Bo@contoso.example)');
});

test('external users and applications are tagged, own people and the system are not', () => {
  const tagsOf = (UserId: string, UserType: number): readonly string[] =>
    mapped(auditRecord(10, { UserId, UserType })).userTags;
  assert.deepEqual(tagsOf('ada@contoso.example', 0), []);
  assert.deepEqual(tagsOf('mallory@elsewhere.example', 0), [userTags.externalUsers]);
  assert.deepEqual(tagsOf('eve_home.example#EXT#@contoso.example', 0), [userTags.externalUsers]);
  assert.deepEqual(tagsOf('app@sharepoint', 0), [userTags.applications]);
  assert.deepEqual(tagsOf('ServicePrincipal_1234', 0), [userTags.applications]);
  assert.deepEqual(tagsOf('00000003-0000-0ff1-ce00-000000000000', 5), [userTags.applications]);
  assert.deepEqual(tagsOf('S-1-5-18', 2), []);
  assert.deepEqual(tagsOf('operator@provider.example', 3), []);
});

test('an operation that nobody knows is unspecified, and described by its own name', () => {
  const activity = mapped(auditRecord(11, { Operation: 'SomethingNew', Workload: 'Kaizala', RecordType: 39 }));
  assert.deepEqual([activity.appId, activity.eventType], [11161, 'EVENT_CATEGORY_UNSPECIFIED']);
  assert.match(String(wireOf(activity).description), /^SomethingNew: /);
});

test('every operation of the table has its category, with and without a final full stop', () => {
  const seen = new Set<string>();
  for (const { category, operations } of operationRows) {
    for (const operation of operations) {
      assert.ok(!seen.has(operation), `${operation} stands in two rows`);
      seen.add(operation);
      for (const written of [operation, `${operation}.`]) {
        const { eventType } = mapped(auditRecord(12, { Operation: written, Workload: 'None', RecordType: 0 }));
        assert.equal(eventType, `EVENT_CATEGORY_${category}`, written);
      }
    }
  }
});
