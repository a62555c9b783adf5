// Process events as the streaming API exports them: about 2 kB each, most columns filled, made from a few hundred programs
// and machines, so that values repeat as they do in life.

const programs = ['cmd.exe', 'powershell.exe', 'svchost.exe', 'chrome.exe', 'msedge.exe', 'teams.exe', 'wmiprvse.exe'];
const firstTime = Date.UTC(2026, 4, 1);

/** Lines of JSON, each with its end. */
export function processEvents(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(processEvent(index))}\n`);
}

function processEvent(index: number): Record<string, unknown> {
  const time = `${new Date(firstTime + index * 370).toISOString().slice(0, -1)}${String(index % 10_000).padStart(4, '0')}Z`;
  return {
    time,
    tenantId: '9a7d2c5e-4d7b-4c5e-8f6a-2b9f0c1d3e4f',
    operationName: 'Publish',
    category: 'AdvancedHunting-DeviceProcessEvents',
    _TimeReceivedBySvc: time,
    properties: { Timestamp: time, ...machineOf(index), ...processOf(index), ...initiatorOf(index) },
    Tenant: 'DefaultTenant',
  };
}

const digits = (index: number, length: number): string =>
  (Math.imul(index + 1, 2654435761) >>> 0).toString(16).padStart(8, '0').repeat(8).slice(0, length);

function machineOf(index: number): Record<string, unknown> {
  const machine = index % 400;
  return {
    DeviceId: digits(machine, 40),
    DeviceName: `desk-${machine}.contoso.example`,
    ActionType: 'ProcessCreated',
    ReportId: index,
    AppGuardContainerId: '',
    AdditionalFields: null,
    MachineGroup: 'UnassignedGroup',
  };
}

function processOf(index: number): Record<string, unknown> {
  const program = programs[index % programs.length] ?? '';
  return {
    FileName: program,
    FolderPath: `C:\\Windows\\System32\\${program}`,
    SHA1: digits(index % 300, 40),
    SHA256: digits(index % 300, 64),
    MD5: digits(index % 300, 32),
    FileSize: 200_000 + (index % 300),
    ProcessVersionInfoCompanyName: 'Example Corporation',
    ProcessVersionInfoProductName: 'Example Operating System',
    ProcessVersionInfoProductVersion: '10.0.22621.1',
    ProcessVersionInfoInternalFileName: program.replace('.exe', ''),
    ProcessVersionInfoOriginalFileName: program,
    ProcessVersionInfoFileDescription: `Program ${program}`,
    ProcessId: 1000 + (index % 60_000),
    ProcessCommandLine: `"${program}" -k netsvcs -p -s job${index} /path:C:\\ProgramData\\work\\${digits(index, 24)}`,
    ProcessIntegrityLevel: 'Medium',
    ProcessTokenElevation: 'TokenElevationTypeDefault',
    ProcessCreationTime: new Date(firstTime + index * 370 - 15).toISOString(),
    AccountDomain: 'contoso',
    AccountName: `user${index % 250}`,
    AccountSid: `S-1-5-21-1004336348-1177238915-682003330-${1000 + (index % 250)}`,
    AccountUpn: `user${index % 250}@contoso.example`,
    LogonId: 100_000 + (index % 5000),
  };
}

function initiatorOf(index: number): Record<string, unknown> {
  const program = programs[(index >> 3) % programs.length] ?? '';
  return {
    InitiatingProcessAccountDomain: 'contoso',
    InitiatingProcessAccountName: `user${index % 250}`,
    InitiatingProcessAccountSid: `S-1-5-21-1004336348-1177238915-682003330-${1000 + (index % 250)}`,
    InitiatingProcessLogonId: 100_000 + (index % 5000),
    InitiatingProcessIntegrityLevel: 'Medium',
    InitiatingProcessTokenElevation: 'TokenElevationTypeDefault',
    InitiatingProcessSHA1: digits((index >> 3) % 300, 40),
    InitiatingProcessSHA256: digits((index >> 3) % 300, 64),
    InitiatingProcessMD5: digits((index >> 3) % 300, 32),
    InitiatingProcessFileName: program,
    InitiatingProcessFileSize: 300_000,
    InitiatingProcessId: 500 + (index % 10_000),
    InitiatingProcessCommandLine: `${program} -start ${index >> 3}`,
    InitiatingProcessCreationTime: new Date(firstTime + (index >> 3) * 2000).toISOString(),
    InitiatingProcessFolderPath: `c:\\windows\\system32\\${program}`,
    InitiatingProcessParentId: 400 + (index % 3000),
    InitiatingProcessParentFileName: 'explorer.exe',
    InitiatingProcessParentCreationTime: new Date(firstTime + (index >> 9) * 90_000).toISOString(),
    InitiatingProcessSignerType: 'OsVendor',
    InitiatingProcessSignatureStatus: 'Valid',
  };
}
