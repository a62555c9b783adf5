import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isRecordProblem } from '../ingest/records.ts';
import { huntingTables } from '../schema/tables.ts';
import { readWindowsEvent } from './windows.ts';

type Data = Readonly<Record<string, unknown>>;

const sysmon = 'Microsoft-Windows-Sysmon';
const security = 'Microsoft-Windows-Security-Auditing';
const process = {
  UtcTime: '2026-11-01 08:00:00.123',
  Image: 'C:\\Windows\\cmd.exe',
  ProcessId: '44',
  User: 'CONTOSO\\kim',
};

const beats = (provider: string, id: number, data: Data): Data => ({
  '@timestamp': '2026-11-01T08:00:01.000Z',
  winlog: {
    event_id: id,
    provider_name: provider,
    computer_name: 'PC1.contoso.example',
    record_id: 7,
    event_data: data,
  },
});
const xml = (provider: string, id: number, data: Data): Data => ({
  Event: {
    System: {
      Provider: { '#attributes': { Name: provider } },
      EventID: { '#text': id },
      TimeCreated: { '#attributes': { SystemTime: '2026-11-01T08:00:01.000Z' } },
      Computer: 'PC1.contoso.example',
      EventRecordID: 7,
    },
    EventData: data,
  },
});
const flat = (provider: string, id: number, data: Data): Data => ({
  EventID: id,
  SourceName: provider,
  Hostname: 'PC1.contoso.example',
  '@timestamp': '2026-11-01T08:00:01.000Z',
  RecordNumber: 7,
  ...data,
});

function mapped(event: Data): { table: string; fields: Data } {
  const found = readWindowsEvent(event);
  assert.ok(found && !isRecordProblem(found), JSON.stringify(found));
  // Fields without a value are as if they were not there.
  const present = Object.entries(found.fields).filter(
    ([, value]) => value !== '' && value !== null && value !== undefined,
  );
  return { table: found.table, fields: Object.fromEntries(present) };
}

test('an event is the same in all three spellings', () => {
  const data = {
    ...process,
    CommandLine: 'cmd /c dir',
    Hashes: 'MD5=AB,SHA256=CD,IMPHASH=EF',
    ParentImage: 'C:\\a\\b.exe',
    CurrentDirectory: 'C:\\',
    RuleName: '-',
  };
  const expected = {
    table: 'DeviceProcessEvents',
    fields: {
      DeviceId: 'pc1.contoso.example',
      DeviceName: 'pc1.contoso.example',
      Timestamp: '2026-11-01T08:00:00.123Z',
      ReportId: 7,
      ActionType: 'ProcessCreated',
      FileName: 'cmd.exe',
      FolderPath: 'C:\\Windows\\cmd.exe',
      ProcessId: '44',
      ProcessCommandLine: 'cmd /c dir',
      AccountDomain: 'CONTOSO',
      AccountName: 'kim',
      MD5: 'ab',
      SHA256: 'cd',
      IMPHASH: 'ef',
      InitiatingProcessFileName: 'b.exe',
      InitiatingProcessFolderPath: 'C:\\a\\b.exe',
      AdditionalFields: { CurrentDirectory: 'C:\\' },
    },
  };
  for (const spell of [beats, xml, flat]) assert.deepEqual(mapped(spell(sysmon, 1, data)), expected, spell.name);
});

const sysmonEvents: readonly [number, Data, string, string, Data][] = [
  [
    3,
    {
      Initiated: 'true',
      SourceIp: '10.0.0.1',
      SourcePort: '5',
      DestinationIp: '203.0.113.7',
      DestinationPort: '443',
      Protocol: 'tcp',
      DestinationHostname: 'a.example',
    },
    'DeviceNetworkEvents',
    'ConnectionSuccess',
    {
      LocalIP: '10.0.0.1',
      LocalPort: '5',
      RemoteIP: '203.0.113.7',
      RemotePort: '443',
      RemoteUrl: 'a.example',
      Protocol: 'Tcp',
    },
  ],
  [
    3,
    { Initiated: 'false', SourceIp: '203.0.113.7', DestinationIp: '10.0.0.1', DestinationPort: '3389' },
    'DeviceNetworkEvents',
    'InboundConnectionAccepted',
    { LocalIP: '10.0.0.1', LocalPort: '3389', RemoteIP: '203.0.113.7' },
  ],
  [
    7,
    { ImageLoaded: 'C:\\x\\y.dll', Hashes: 'SHA1=AA' },
    'DeviceImageLoadEvents',
    'ImageLoaded',
    { FileName: 'y.dll', SHA1: 'aa' },
  ],
  [
    10,
    { SourceImage: 'C:\\m.exe', SourceProcessId: '9', TargetImage: 'C:\\Windows\\lsass.exe', TargetProcessId: '600' },
    'DeviceEvents',
    'OpenProcessApiCall',
    { FileName: 'lsass.exe', ProcessId: '600', InitiatingProcessFileName: 'm.exe', InitiatingProcessId: '9' },
  ],
  [
    11,
    { TargetFilename: 'C:\\x\\z.txt' },
    'DeviceFileEvents',
    'FileCreated',
    { FileName: 'z.txt', FolderPath: 'C:\\x\\z.txt' },
  ],
  [
    12,
    { EventType: 'CreateKey', TargetObject: 'HKLM\\Software\\X' },
    'DeviceRegistryEvents',
    'RegistryKeyCreated',
    { RegistryKey: 'HKEY_LOCAL_MACHINE\\Software\\X' },
  ],
  [
    12,
    { EventType: 'DeleteValue', TargetObject: 'HKU\\S\\Run\\v' },
    'DeviceRegistryEvents',
    'RegistryValueDeleted',
    { PreviousRegistryKey: 'HKEY_USERS\\S\\Run', PreviousRegistryValueName: 'v' },
  ],
  [
    13,
    { EventType: 'SetValue', TargetObject: 'HKLM\\Run\\v', Details: 'DWORD (0x1)' },
    'DeviceRegistryEvents',
    'RegistryValueSet',
    { RegistryKey: 'HKEY_LOCAL_MACHINE\\Run', RegistryValueName: 'v', RegistryValueData: 'DWORD (0x1)' },
  ],
  [
    14,
    { EventType: 'RenameKey', TargetObject: 'HKLM\\a', NewName: 'HKLM\\b' },
    'DeviceRegistryEvents',
    'RegistryKeyRenamed',
    { PreviousRegistryKey: 'HKEY_LOCAL_MACHINE\\a', RegistryKey: 'HKEY_LOCAL_MACHINE\\b' },
  ],
  [
    22,
    { QueryName: 'b.example', QueryResults: '203.0.113.8;', QueryStatus: '0' },
    'DeviceEvents',
    'DnsQueryResponse',
    { RemoteUrl: 'b.example', DnsQueryResult: '203.0.113.8;' },
  ],
  [23, { TargetFilename: 'C:\\x\\z.txt' }, 'DeviceFileEvents', 'FileDeleted', { FileName: 'z.txt' }],
];

test('events of Sysmon become rows of the device tables', () => {
  for (const [id, data, table, action, fields] of sysmonEvents) {
    const found = mapped(beats(sysmon, id, { ...process, ...data }));
    assert.equal(found.table, table, String(id));
    assert.partialDeepStrictEqual(found.fields, {
      ActionType: action,
      Timestamp: '2026-11-01T08:00:00.123Z',
      ...fields,
    });
  }
});

test('events of the Security log become rows of the device tables', () => {
  const subject = {
    SubjectUserName: 'kim',
    SubjectDomainName: 'CONTOSO',
    SubjectUserSid: 'S-1',
    SubjectLogonId: '0x3e7',
  };
  const events: readonly [number, Data, string, Data][] = [
    [
      4688,
      { NewProcessName: 'C:\\c.exe', NewProcessId: '0x1f4', ProcessId: '0x4', CommandLine: 'c', TargetUserName: '-' },
      'DeviceProcessEvents',
      { ActionType: 'ProcessCreated', ProcessId: '500', InitiatingProcessId: '4', AccountName: 'kim', LogonId: '999' },
    ],
    [
      4624,
      { TargetUserName: 'lee', LogonType: '10', IpAddress: '203.0.113.7', IpPort: '0' },
      'DeviceLogonEvents',
      {
        ActionType: 'LogonSuccess',
        AccountName: 'lee',
        LogonType: 'RemoteInteractive',
        RemoteIP: '203.0.113.7',
        RemotePort: '0',
      },
    ],
    [
      4625,
      { TargetUserName: 'lee', LogonType: '3', FailureReason: '%%2313' },
      'DeviceLogonEvents',
      { ActionType: 'LogonFailed', FailureReason: '%%2313', LogonType: 'Network' },
    ],
    [
      4697,
      { ServiceFileName: 'C:\\s.exe', ServiceName: 'bad' },
      'DeviceEvents',
      { ActionType: 'ServiceInstalled', FileName: 's.exe', AdditionalFields: { ServiceName: 'bad' } },
    ],
    [
      4720,
      { TargetUserName: 'new', TargetSid: 'S-2' },
      'DeviceEvents',
      { ActionType: 'UserAccountCreated', AccountName: 'new', AccountSid: 'S-2', InitiatingProcessAccountName: 'kim' },
    ],
  ];
  for (const [id, data, table, fields] of events) {
    const found = mapped(xml(security, id, { ...subject, ...data }));
    assert.equal(found.table, table, String(id));
    assert.partialDeepStrictEqual(found.fields, fields);
  }
});

test('the elements of an event as a list are read like an object', () => {
  const list = {
    Data: [
      { '#attributes': { Name: 'TargetFilename' }, '#text': 'C:\\a.txt' },
      { '@Name': 'Image', '#text': 'C:\\b.exe' },
    ],
  };
  assert.partialDeepStrictEqual(mapped(xml(sysmon, 11, list)).fields, {
    FileName: 'a.txt',
    InitiatingProcessFileName: 'b.exe',
  });
});

test('events without a table are refused by number and provider, and what is no event is not one', () => {
  const found = readWindowsEvent(beats(sysmon, 255, {}));
  assert.ok(found && isRecordProblem(found));
  assert.match(found.reason, /Event 255 of Microsoft-Windows-Sysmon/);
  assert.equal(readWindowsEvent({ a: 1 }), undefined);
});

test('whatever the data of an event are, the fields are those of a table and nothing is thrown', () => {
  const names = new Set(huntingTables().map((table) => table.name));
  const ids = fc.constantFrom(1, 3, 7, 8, 10, 11, 12, 13, 14, 17, 22, 23, 4624, 4625, 4688, 4697, 4698, 4720);
  const data = fc.dictionary(
    fc.constantFrom('Image', 'User', 'Hashes', 'TargetObject', 'EventType', 'ProcessId', 'x', '__proto__'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(
      ids,
      data,
      fc.constantFrom(beats, xml, flat),
      fc.constantFrom(sysmon, security),
      (id, fields, spell, provider) => {
        const found = readWindowsEvent(spell(provider, id, fields));
        assert.ok(found);
        if (!isRecordProblem(found)) assert.ok(names.has(found.table));
      },
    ),
  );
});
