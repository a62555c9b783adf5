import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { auditRecord } from '../../../test/support/ingestion.ts';
import { map, mapped, mappedAt, mappedTenantId, reasonOf, wireOf } from '../../../test/support/mapping.ts';
import { dayMs } from '../../lib/clock.ts';
import { expandRecord } from '../record-text.ts';
import { isProblem } from './unified-audit.ts';

test('a file that was downloaded becomes an activity of its app', () => {
  const activity = mapped(auditRecord(1));
  const { record: _record, searchText, ...fields } = activity;
  assert.deepEqual(fields, {
    id: '1795161601000_00000000-0000-4000-8000-000000000001',
    timestamp: Date.UTC(2026, 10, 20, 8, 0, 1),
    created: mappedAt,
    appId: 20892,
    appName: 'Microsoft SharePoint Online',
    instance: 0,
    actionType: 'FileDownloaded',
    eventType: 'EVENT_CATEGORY_DOWNLOAD_FILE',
    eventTypeValue: 'EVENT_O365_SHAREPOINT_GENERIC',
    isAdminEvent: false,
    isImpersonated: false,
    userName: 'ada@contoso.example',
    userDomain: 'contoso.example',
    userTags: [],
    ipAddress: '8.8.8.8',
    ipCategory: 4,
    ipTags: ['000000290000000000000000'],
    countryCode: 'NL',
    organization: 'Net & "Co"',
    deviceType: null,
    userAgent: null,
    userAgentTags: [],
    entities: ['ada@contoso.example|11161|0'],
    objects: [
      '11111111-2222-4333-8444-555555555555',
      '66666666-7777-4888-8999-aaaaaaaaaaaa',
      'plan 1.docx',
      'https://sharepoint.contoso.example/sites/plans/plan 1.docx',
    ],
    fileIds: [
      '11111111-2222-4333-8444-555555555555|66666666-7777-4888-8999-aaaaaaaaaaaa',
      '66666666-7777-4888-8999-aaaaaaaaaaaa',
    ],
    policies: [],
    source: 2,
  });
  assert.match(searchText, /^download file: plan 1\.docx filedownloaded ada@contoso\.example/);
});

test('the wire record says the same as the activity, and carries the provider record', () => {
  const line = JSON.stringify(
    auditRecord(2, { Workload: 'OneDrive', UserKey: 'C2F1EA2F-258D-42EB-8584-B7CF1F91FA5F' }),
  );
  const activity = mapped(line);
  const wire = wireOf(activity);
  assert.equal(wire._id, activity.id);
  assert.equal(wire.uid, activity.id);
  assert.deepEqual([wire.tenantId, wire.aadTenantId], [77, mappedTenantId]);
  assert.deepEqual([wire.appId, wire.saasId, wire.srcAppId], [15600, 15600, 11161]);
  assert.deepEqual(
    [wire.timestamp, wire.timestampRaw, wire.created],
    [activity.timestamp, activity.timestamp, mappedAt],
  );
  assert.deepEqual([wire.eventType, wire.eventTypeValue], [233580, 'EVENT_O365_ONEDRIVE_GENERIC']);
  assert.equal(wire.eventTypeName, 'EVENT_CATEGORY_DOWNLOAD_FILE');
  assert.equal(wire.description, 'Download file: plan 2.docx');
  assert.deepEqual(wire.device, { clientIP: '8.8.8.8', userAgent: null, countryCode: 'NL' });
  assert.equal(wire.location?.organizationSearchable, 'Net & "Co"');
  assert.deepEqual(wire.user, { userName: 'ada@contoso.example', userTags: [] });
  assert.equal(wire.mainInfo.rawOperationName, 'FileDownloaded');
  const guid = 'c2f1ea2f-258d-42eb-8584-b7cf1f91fa5f';
  assert.equal((wire.resolvedActor as Record<string, unknown>).id, guid);
  assert.deepEqual(wire.entityData, {
    0: { displayName: 'Ada@Contoso.example', id: { id: 'ada@contoso.example', saas: 11161, inst: 0 }, resolved: true },
    1: null,
    2: { displayName: 'Ada@Contoso.example', id: { id: guid, saas: 11161, inst: 0 }, resolved: true },
  });
  assert.ok(activity.entities.includes(`${guid}|11161|0`));
  assert.deepEqual(wire.rawDataJson, JSON.parse(line));
});

test('the provider record is kept to the byte', () => {
  const line =
    '{ "Id" : "x1","CreationTime":"2026-11-20T08:00:00",\t"Operation":"Odd","Level":1.50,"level":"\\u00e9\\/","Level":1e2 }';
  assert.ok(expandRecord(mapped(`  ${line}\t`).record).endsWith(`,"rawDataJson":${line}}`));
});

test("the records of Purview's export are taken out of their wrapper", () => {
  const record = auditRecord(13);
  const plain = mapped(record);
  const text = JSON.stringify(record);
  const wrappers = [
    {
      RecordId: record.Id,
      CreationDate: '2026-11-20T08:00:13.0000000Z',
      RecordType: 6,
      Operation: 'FileDownloaded',
      UserId: 'x',
      AuditData: text,
    },
    {
      PSComputerName: 'host',
      Identity: record.Id,
      CreationDate: '/Date(1)/',
      Operations: 'FileDownloaded',
      UserIds: 'x',
      AuditData: `\n${text}\n`,
    },
    { id: record.Id, createdDateTime: '2026-11-20T08:00:13Z', operation: 'FileDownloaded', auditData: record },
  ];
  for (const wrapper of wrappers) assert.deepEqual(mapped(wrapper), plain);
});

test('what the record inside a wrapper lacks is taken from the wrapper', () => {
  const { Id: _id, CreationTime: _time, Operation: _operation, ...rest } = auditRecord(14);
  const wrapper = {
    Identity: 'ABC',
    CreationDate: '2026-11-20T08:00:14',
    Operations: 'FileAccessed',
    AuditData: JSON.stringify(rest),
  };
  const activity = mapped(wrapper);
  assert.equal(activity.id, `${Date.UTC(2026, 10, 20, 8, 0, 14)}_abc`);
  assert.equal(activity.actionType, 'FileAccessed');
});

test('a record has the same id however its export writes GUID and time', () => {
  const id = 'ABCDEF00-0000-4000-8000-000000000001';
  const first = mapped(auditRecord(15, { Id: id, CreationTime: '2026-11-20T08:00:00' }));
  const second = mapped(auditRecord(15, { Id: id.toLowerCase(), CreationTime: '2026-11-20T08:00:00.0000000Z' }));
  assert.equal(first.id, second.id);
});

test('every reason for refusing a line is a sentence that says what is wrong', () => {
  const cases: [unknown, RegExp][] = [
    ['nonsense', /^This line is not JSON\.$/],
    ['{"Id":', /^This line is not JSON\.$/],
    ['[', /only part of a JSON value/],
    ['[{"Id":"1"}]', /JSON array.*one object per line.*sallyport ingest activities/],
    ['"text"', /not an object/],
    ['null', /not an object/],
    [{}, /has no Id/],
    [auditRecord(16, { Id: '' }), /has no Id/],
    [auditRecord(16, { Id: 5 }), /has no Id/],
    [auditRecord(16, { Id: 'x'.repeat(201) }), /Id is longer than 200/],
    [auditRecord(16, { CreationTime: undefined }), /has no CreationTime/],
    [auditRecord(16, { CreationTime: 'yesterday' }), /CreationTime is not a time/],
    [auditRecord(16, { CreationTime: 1795161601000 }), /CreationTime is not a time/],
    [auditRecord(16, { CreationTime: '1999-01-01T00:00:00' }), /before 2005-01-01/],
    [auditRecord(16, { CreationTime: new Date(mappedAt + dayMs + 1000).toISOString() }), /future/],
    [auditRecord(16, { Operation: ' ' }), /has no Operation/],
    [auditRecord(16, { Operation: 'x'.repeat(301) }), /Operation is longer than 300/],
    [{ AuditData: '{"Id":"1", "Creation' }, /AuditData is not JSON/],
    [{ AuditData: '[]' }, /AuditData is JSON, but not an object/],
    [{ AuditData: 5 }, /AuditData must be/],
    [
      `{"Id":"1","CreationTime":"2026-11-20T08:00:00","Operation":"x","x":${'['.repeat(70)}${']'.repeat(70)}}`,
      /nested deeper than 64/,
    ],
  ];
  for (const [line, reason] of cases) {
    const said = reasonOf(line);
    assert.match(said, reason);
    assert.match(said, /^[A-Z].*\.$/);
  }
});

test('hostile values survive into valid JSON', () => {
  const hostile = ['\ud800', 'a\0b', '"},"_id":"forged', '\u2028</script>', '__proto__', 'x'.repeat(300_000), '\u001f'];
  for (const value of hostile) {
    const members = [
      'UserId',
      'SourceFileName',
      'ObjectId',
      'UserAgent',
      'ClientIP',
      'Site',
      'Workload',
      'TargetUserOrGroupName',
      'UserKey',
    ];
    for (const member of members) {
      const record = auditRecord(17, { [member]: value });
      const activity = mapped(record);
      const wire = wireOf(activity);
      assert.equal(wire._id, activity.id);
      assert.deepEqual(wire.rawDataJson, record);
      for (const text of [activity.record, activity.userName, activity.searchText, ...activity.objects])
        assert.ok(text.isWellFormed());
    }
  }
  const inWrapper = mapped({
    AuditData: '{"Id":"1","CreationTime":"2026-11-20T08:00:00","Operation":"x","y":"\ud800"}',
  });
  assert.ok(inWrapper.record.isWellFormed());
  assert.equal(wireOf(inWrapper).rawDataJson.y, '\ud800');
  const proto = mapped(
    '{"Id":"1","CreationTime":"2026-11-20T08:00:00","Operation":"constructor","__proto__":{"UserId":"x@contoso.example"}}',
  );
  assert.equal(proto.userName, '');
});

test('any line becomes an activity or a reason', () => {
  const members = fc.constantFrom(
    ...[
      'Id',
      'CreationTime',
      'Operation',
      'RecordType',
      'Workload',
      'UserId',
      'UserType',
      'UserKey',
      'ClientIP',
      'ObjectId',
      'ResultStatus',
    ],
    ...[
      'ExtendedProperties',
      'ModifiedProperties',
      'Actor',
      'Target',
      'DeviceProperties',
      'LogonError',
      'ErrorNumber',
      'Parameters',
    ],
    ...[
      'Item',
      'AffectedItems',
      'Folder',
      'Folders',
      'MailboxOwnerUPN',
      'LogonType',
      'Members',
      'TeamName',
      'AppAccessContext',
      'AuditData',
    ],
    ...[
      'Site',
      'ListItemUniqueId',
      'SourceFileName',
      'UserAgent',
      'TargetUserOrGroupName',
      'ExtraProperties',
      '__proto__',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'Exchange',
      'MicrosoftTeams',
      'AzureActiveDirectory',
      'OneDrive',
      'UserLoggedIn',
      'UserLoginFailed',
    ),
  );
  const pairs = fc.array(
    fc.record({ Name: text, Value: fc.oneof(text, fc.jsonValue()), ID: text, Type: fc.integer({ min: 0, max: 6 }) }),
  );
  const record = fc.dictionary(members, fc.oneof(text, fc.integer(), pairs, fc.jsonValue({ maxDepth: 3 })));
  fc.assert(
    fc.property(record, fc.boolean(), (changes, wrapped) => {
      const inner = JSON.stringify({ ...auditRecord(18), ...changes });
      const result = map(wrapped ? JSON.stringify({ AuditData: inner }) : inner);
      if (isProblem(result)) assert.match(result.reason, /\.$/);
      else {
        assert.ok(result.record.isWellFormed());
        const wire = wireOf(result);
        assert.equal(wire._id, result.id);
        assert.equal(wire.rawDataJson.Id === undefined || typeof wire.rawDataJson === 'object', true);
      }
    }),
    { numRuns: 1500 },
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      const result = map(line);
      assert.ok(isProblem(result) || result.id.length > 0);
    }),
  );
});
