// Events of the Windows Security log to the device tables; docs/hunting-data.md has the same as a table.
import { EventData, filePath, mapped } from './parts.ts';
import { restOf } from './sysmon.ts';
import type { MappedEvent, WindowsEvent } from './windows.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Logon types of events 4624 and 4625, as LogonType of DeviceLogonEvents names them. */
const logonTypes: Readonly<Record<string, string>> = {
  '2': 'Interactive',
  '3': 'Network',
  '4': 'Batch',
  '5': 'Service',
  '7': 'Unlock',
  '8': 'NetworkCleartext',
  '9': 'NewCredentials',
  '10': 'RemoteInteractive',
  '11': 'CachedInteractive',
};

/** Values of DeviceEvents.ActionType for events about accounts. */
const accountActions: Readonly<Record<number, string>> = {
  4720: 'UserAccountCreated',
  4726: 'UserAccountDeleted',
  4738: 'UserAccountModified',
};

/** Undefined for events without a table. */
export function readSecurity(event: WindowsEvent): MappedEvent | undefined {
  const data = new EventData(event);
  const accountAction = accountActions[event.id];
  if (accountAction !== undefined) return mapped('DeviceEvents', accountAction, account(data), restOf(data));
  switch (event.id) {
    case 4688:
      return mapped('DeviceProcessEvents', 'ProcessCreated', created(data), restOf(data));
    case 4624:
      return mapped('DeviceLogonEvents', 'LogonSuccess', logon(data), restOf(data));
    case 4625: {
      const failed = { ...logon(data), FailureReason: data.text('FailureReason') };
      return mapped('DeviceLogonEvents', 'LogonFailed', failed, restOf(data));
    }
    case 4697: {
      const service = filePath(data.text('ServiceFileName'));
      const fields = { ...subject(data), FileName: service.name, FolderPath: service.path };
      return mapped('DeviceEvents', 'ServiceInstalled', fields, restOf(data));
    }
    case 4698:
      return mapped('DeviceEvents', 'ScheduledTaskCreated', subject(data), restOf(data));
    case 4699:
      return mapped('DeviceEvents', 'ScheduledTaskDeleted', subject(data), restOf(data));
    default:
      return undefined;
  }
}

/** Who did it. */
function subject(data: EventData): Fields {
  return {
    InitiatingProcessAccountName: data.text('SubjectUserName'),
    InitiatingProcessAccountDomain: data.text('SubjectDomainName'),
    InitiatingProcessAccountSid: data.text('SubjectUserSid'),
    InitiatingProcessLogonId: data.number('SubjectLogonId'),
  };
}

/** A process: the new one runs as the target, or as its creator where no target is named. */
function created(data: EventData): Fields {
  const image = filePath(data.text('NewProcessName'));
  const parent = filePath(data.text('ParentProcessName'));
  const who = subject(data);
  const target = data.text('TargetUserName');
  const own = target === '' ? 'Subject' : 'Target';
  return {
    ...who,
    InitiatingProcessId: data.number('ProcessId'),
    InitiatingProcessFileName: parent.name,
    InitiatingProcessFolderPath: parent.path,
    FileName: image.name,
    FolderPath: image.path,
    ProcessId: data.number('NewProcessId'),
    ProcessCommandLine: data.text('CommandLine'),
    AccountName: data.text(`${own}UserName`),
    AccountDomain: data.text(`${own}DomainName`),
    AccountSid: data.text(`${own}UserSid`),
    LogonId: data.number(`${own}LogonId`),
  };
}

function logon(data: EventData): Fields {
  const type = data.text('LogonType');
  const process = filePath(data.text('ProcessName'));
  return {
    ...subject(data),
    AccountName: data.text('TargetUserName'),
    AccountDomain: data.text('TargetDomainName'),
    AccountSid: data.text('TargetUserSid'),
    LogonId: data.number('TargetLogonId'),
    LogonType: logonTypes[type] ?? type,
    Protocol: data.text('AuthenticationPackageName'),
    RemoteDeviceName: data.text('WorkstationName'),
    RemoteIP: data.text('IpAddress'),
    RemotePort: data.number('IpPort'),
    InitiatingProcessId: data.number('ProcessId'),
    InitiatingProcessFileName: process.name,
    InitiatingProcessFolderPath: process.path,
  };
}

function account(data: EventData): Fields {
  return {
    ...subject(data),
    AccountName: data.text('TargetUserName'),
    AccountDomain: data.text('TargetDomainName'),
    AccountSid: data.text('TargetSid'),
  };
}
