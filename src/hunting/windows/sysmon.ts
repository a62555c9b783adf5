// Events of Sysmon to the device tables; docs/hunting-data.md has the same as a table.
import { EventData, filePath, hashesOf, mapped } from './parts.ts';
import type { MappedEvent, WindowsEvent } from './windows.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Undefined for events without a table. */
export function readSysmon(event: WindowsEvent): MappedEvent | undefined {
  const data = new EventData(event);
  const time = { Timestamp: timeOf(data.text('UtcTime'), event.time) };
  switch (event.id) {
    case 1:
      return mapped('DeviceProcessEvents', 'ProcessCreated', { ...time, ...created(data) }, restOf(data));
    case 3:
      return mapped('DeviceNetworkEvents', connectionAction(data), { ...time, ...connection(data) }, restOf(data));
    case 7:
      return mapped('DeviceImageLoadEvents', 'ImageLoaded', { ...time, ...loaded(data) }, restOf(data));
    case 8:
      return mapped('DeviceEvents', 'CreateRemoteThreadApiCall', { ...time, ...touched(data) }, restOf(data));
    case 10:
      return mapped('DeviceEvents', 'OpenProcessApiCall', { ...time, ...touched(data) }, restOf(data));
    case 11:
      return mapped('DeviceFileEvents', 'FileCreated', { ...time, ...file(data) }, restOf(data));
    case 12:
    case 13:
    case 14:
      return registryEvent(event.id, data, time);
    case 17:
    case 18:
      return mapped('DeviceEvents', 'NamedPipeEvent', { ...time, ...initiator(data) }, restOf(data));
    case 22:
      return mapped('DeviceEvents', 'DnsQueryResponse', { ...time, ...question(data) }, restOf(data));
    case 23:
    case 26:
      return mapped('DeviceFileEvents', 'FileDeleted', { ...time, ...file(data) }, restOf(data));
    default:
      return undefined;
  }
}

/** Sysmon writes UTC without saying so, with a blank between day and time. */
function timeOf(utcTime: string, written: unknown): unknown {
  return utcTime === '' ? written : `${utcTime.trim().replace(' ', 'T')}Z`;
}

/** Names of the event's envelope in flat spellings; they say nothing of what happened. */
const envelope = new Set([
  'EventID',
  'EventId',
  'SourceName',
  'ProviderName',
  'Provider',
  'ProviderGuid',
  'Channel',
  'Computer',
  'Hostname',
  'host',
  'EventTime',
  'TimeCreated',
  '@timestamp',
  '@version',
  'EventReceivedTime',
  'RecordNumber',
  'EventRecordID',
  'RecordId',
  'Keywords',
  'Severity',
  'SeverityValue',
  'Opcode',
  'OpcodeValue',
  'Task',
  'Category',
  'Message',
  'SourceModuleName',
  'SourceModuleType',
  'ExecutionProcessID',
  'ThreadID',
  'Version',
  'port',
  'tags',
  'AccountType',
  'UserID',
  'Domain',
]);

export function restOf(data: EventData): Fields {
  return data.rest(envelope);
}

/** The process that acted, for events that name it as Image. */
function initiator(data: EventData, image = 'Image', id = 'ProcessId', user = 'User', guid = 'ProcessGuid'): Fields {
  const process = filePath(data.text(image));
  const account = data.account(user);
  return {
    InitiatingProcessFileName: process.name,
    InitiatingProcessFolderPath: process.path,
    InitiatingProcessId: data.number(id),
    InitiatingProcessUniqueId: data.text(guid),
    InitiatingProcessAccountDomain: account.domain,
    InitiatingProcessAccountName: account.name,
  };
}

function created(data: EventData): Fields {
  const image = filePath(data.text('Image'));
  const account = data.account('User');
  const hashes = hashesOf(data.text('Hashes'));
  return {
    ...initiator(data, 'ParentImage', 'ParentProcessId', 'ParentUser', 'ParentProcessGuid'),
    InitiatingProcessCommandLine: data.text('ParentCommandLine'),
    FileName: image.name,
    FolderPath: image.path,
    ProcessId: data.number('ProcessId'),
    ProcessCommandLine: data.text('CommandLine'),
    ProcessIntegrityLevel: data.text('IntegrityLevel'),
    ProcessUniqueId: data.text('ProcessGuid'),
    AccountDomain: account.domain,
    AccountName: account.name,
    LogonId: data.number('LogonId'),
    ...digests(hashes),
    ProcessVersionInfoCompanyName: data.text('Company'),
    ProcessVersionInfoProductName: data.text('Product'),
    ProcessVersionInfoProductVersion: data.text('FileVersion'),
    ProcessVersionInfoFileDescription: data.text('Description'),
    ProcessVersionInfoOriginalFileName: data.text('OriginalFileName'),
  };
}

function digests(hashes: ReadonlyMap<string, string>): Fields {
  const others = { IMPHASH: hashes.get('IMPHASH') };
  return { MD5: hashes.get('MD5'), SHA1: hashes.get('SHA1'), SHA256: hashes.get('SHA256'), ...others };
}

function connectionAction(data: EventData): string {
  return data.text('Initiated').toLowerCase() === 'false' ? 'InboundConnectionAccepted' : 'ConnectionSuccess';
}

/** The other side is the destination of what went out and the source of what came in. */
function connection(data: EventData): Fields {
  const source = { ip: data.text('SourceIp'), port: data.number('SourcePort') };
  const destination = { ip: data.text('DestinationIp'), port: data.number('DestinationPort') };
  const isInbound = connectionAction(data) === 'InboundConnectionAccepted';
  const [local, remote] = isInbound ? [destination, source] : [source, destination];
  const protocol = data.text('Protocol');
  return {
    ...initiator(data),
    LocalIP: local.ip,
    LocalPort: local.port,
    RemoteIP: remote.ip,
    RemotePort: remote.port,
    RemoteUrl: isInbound ? '' : data.text('DestinationHostname'),
    Protocol: /^(tcp|udp)$/i.test(protocol)
      ? `${protocol[0]?.toUpperCase()}${protocol.slice(1).toLowerCase()}`
      : protocol,
  };
}

function loaded(data: EventData): Fields {
  const image = filePath(data.text('ImageLoaded'));
  return {
    ...initiator(data),
    FileName: image.name,
    FolderPath: image.path,
    ...digests(hashesOf(data.text('Hashes'))),
  };
}

/** One process that did something to another. */
function touched(data: EventData): Fields {
  const target = filePath(data.text('TargetImage'));
  return {
    ...initiator(data, 'SourceImage', 'SourceProcessId', 'SourceUser', 'SourceProcessGUID'),
    FileName: target.name,
    FolderPath: target.path,
    ProcessId: data.number('TargetProcessId'),
  };
}

function file(data: EventData): Fields {
  const target = filePath(data.text('TargetFilename'));
  return {
    ...initiator(data),
    FileName: target.name,
    FolderPath: target.path,
    ...digests(hashesOf(data.text('Hashes'))),
  };
}

function question(data: EventData): Fields {
  const [query, results] = [data.text('QueryName'), data.text('QueryResults')];
  const status = data.text('QueryStatus');
  return {
    ...initiator(data),
    RemoteUrl: query,
    DnsQueryString: query,
    DnsQueryResult: results,
    DnsQueryStatus: status,
  };
}

/** Names of root keys, as the device tables spell them. */
const roots: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKU: 'HKEY_USERS',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
};

function registryEvent(id: number, data: EventData, time: Fields): MappedEvent | undefined {
  const type = data.text('EventType');
  const path = rootSpelled(data.text('TargetObject'));
  const cut = path.lastIndexOf('\\');
  const value = { RegistryKey: path.slice(0, cut), RegistryValueName: path.slice(cut + 1) };
  const who = { ...time, ...initiator(data) };
  if (id === 13) {
    const set = { ...who, ...value, RegistryValueData: data.text('Details') };
    return mapped('DeviceRegistryEvents', 'RegistryValueSet', set, restOf(data));
  }
  if (type === 'DeleteValue') {
    return mapped('DeviceRegistryEvents', 'RegistryValueDeleted', { ...who, ...previous(value) }, restOf(data));
  }
  if (type === 'CreateKey') {
    return mapped('DeviceRegistryEvents', 'RegistryKeyCreated', { ...who, RegistryKey: path }, restOf(data));
  }
  if (type === 'DeleteKey') {
    return mapped('DeviceRegistryEvents', 'RegistryKeyDeleted', { ...who, PreviousRegistryKey: path }, restOf(data));
  }
  if (type === 'RenameKey') {
    const renamed = { ...who, PreviousRegistryKey: path, RegistryKey: rootSpelled(data.text('NewName')) };
    return mapped('DeviceRegistryEvents', 'RegistryKeyRenamed', renamed, restOf(data));
  }
  return undefined;
}

function previous({ RegistryKey, RegistryValueName }: { RegistryKey: string; RegistryValueName: string }): Fields {
  return { PreviousRegistryKey: RegistryKey, PreviousRegistryValueName: RegistryValueName };
}

function rootSpelled(path: string): string {
  const cut = path.indexOf('\\');
  const root = roots[cut < 0 ? path : path.slice(0, cut)];
  return root === undefined ? path : root + (cut < 0 ? '' : path.slice(cut));
}
