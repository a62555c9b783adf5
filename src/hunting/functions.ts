// The product's own functions (Defender reference 3.7), written in KQL over the tenant's tables: what they say is what the
// tenant's devices have seen within the time that the query looks at, and nothing of anybody else's. docs/hunting.md says
// what each column means here.
import type { FunctionDescription } from '../kql/ir.ts';
import { watchlistFunction } from '../kql/watchlists.ts';

/** Tables of devices whose rows are about a file of their own. */
const fileTables = ['DeviceFileEvents', 'DeviceProcessEvents', 'DeviceImageLoadEvents'];
/** Tables whose rows name the file of the process that did it. */
const processTables = [
  ...fileTables,
  'DeviceNetworkEvents',
  'DeviceRegistryEvents',
  'DeviceLogonEvents',
  'DeviceEvents',
];

const sightings = [
  ...fileTables.map((table) => `(${table} | project Timestamp, DeviceId, SHA1, SHA256, MD5, FileSize)`),
  ...processTables.map(
    (table) =>
      `(${table} | project Timestamp, DeviceId, SHA1 = InitiatingProcessSHA1, SHA256 = InitiatingProcessSHA256, MD5 = InitiatingProcessMD5, FileSize = InitiatingProcessFileSize)`,
  ),
].join(',\n    ');

/**
 * https://learn.microsoft.com/defender-xdr/advanced-hunting-fileprofile-function. Columns that the table has already stay:
 * they are those of the file that the row is about.
 */
const fileProfile: FunctionDescription = {
  name: 'FileProfile',
  parameters: '(T:(*), x:string="SHA1", y:long=100)',
  columnParameters: ['x'],
  body: `{
  let Asked = T
    | project FileProfileKey = tolower(x)
    | where FileProfileKey matches regex "^([0-9a-f]{40}|[0-9a-f]{64})$"
    | distinct FileProfileKey
    | take y;
  let Found = union ${sightings}
    | extend FileProfileSha1 = tolower(SHA1), FileProfileSha256 = tolower(SHA256)
    | where FileProfileSha1 in (Asked) or FileProfileSha256 in (Asked)
    | extend FileProfileKey = iff(FileProfileSha1 in (Asked), FileProfileSha1, FileProfileSha256)
    | summarize FileProfileSha1 = max(FileProfileSha1), FileProfileSha256 = max(FileProfileSha256),
        FileProfileMd5 = max(tolower(MD5)), FileProfileSize = max(FileSize), FileProfileDevices = count_distinct(DeviceId),
        FileProfileFirst = min(Timestamp), FileProfileLast = max(Timestamp) by FileProfileKey;
  let Certificates = DeviceFileCertificateInfo
    | where isnotempty(SHA1)
    | summarize arg_max(Timestamp, Signer, Issuer, SignerHash, IsSigned, IsTrusted, IsRootSignerMicrosoft) by FileProfileSha1 = tolower(SHA1)
    | project FileProfileSha1, FileProfileSigner = Signer, FileProfileIssuer = Issuer, FileProfileSignerHash = SignerHash,
        FileProfileSigned = IsSigned, FileProfileTrusted = IsTrusted, FileProfileRoot = IsRootSignerMicrosoft;
  let Profiles = Asked
    | join kind=leftouter Found on FileProfileKey
    | join kind=leftouter Certificates on FileProfileSha1
    | extend FileProfileAsked = true
    | project-away FileProfileKey1, FileProfileSha11;
  T
  | extend FileProfileKey = tolower(x)
  | join kind=leftouter Profiles on FileProfileKey
  | extend SHA1 = column_ifexists("SHA1", FileProfileSha1), SHA256 = column_ifexists("SHA256", FileProfileSha256),
      MD5 = column_ifexists("MD5", FileProfileMd5), FileSize = column_ifexists("FileSize", FileProfileSize),
      GlobalPrevalence = toint(FileProfileDevices), GlobalFirstSeen = FileProfileFirst, GlobalLastSeen = FileProfileLast,
      Signer = FileProfileSigner, Issuer = FileProfileIssuer, SignerHash = FileProfileSignerHash,
      IsCertificateValid = iff(FileProfileSigned == true, FileProfileTrusted, bool(null)), IsRootSignerMicrosoft = FileProfileRoot,
      SignatureState = case(isnull(FileProfileAsked), "", FileProfileSigned == true and FileProfileTrusted == true, "SignedValid",
        FileProfileSigned == true and FileProfileTrusted == false, "SignedInvalid", FileProfileSigned == false, "Unsigned", "Unknown"),
      IsExecutable = bool(null), ThreatName = "", Publisher = "", SoftwareName = "",
      ProfileAvailability = case(isnull(FileProfileAsked), "", isnull(FileProfileDevices), "Missing", "Available")
  | project-away FileProfileKey, FileProfileKey1, FileProfileSha1, FileProfileSha256, FileProfileMd5, FileProfileSize,
      FileProfileDevices, FileProfileFirst, FileProfileLast, FileProfileSigner, FileProfileIssuer, FileProfileSignerHash,
      FileProfileSigned, FileProfileTrusted, FileProfileRoot, FileProfileAsked
}`,
};

/** The last that each adapter of each device reported, up to the time `y` if there is one: one row an address. */
const assigned = (condition: string): string => `DeviceNetworkInfo
  | where (isnull(y) or Timestamp <= y)${condition}
  | summarize arg_max(Timestamp, IPAddresses, NetworkAdapterType, ConnectedNetworks) by DeviceId, NetworkAdapterName, MacAddress
  | mv-expand AssignedAddress = parse_json(IPAddresses)
  | extend IPAddress = tostring(AssignedAddress.IPAddress), IPType = tostring(AssignedAddress.AddressType)
  | where isnotempty(IPAddress)`;

/** https://learn.microsoft.com/defender-xdr/advanced-hunting-devicefromip-function */
const deviceFromIp: FunctionDescription = {
  name: 'DeviceFromIP',
  parameters: '(T:(*), x:string="IP", y:datetime=datetime(null))',
  columnParameters: ['x'],
  body: `{
  let Asked = T | project IP = x | where isnotempty(IP) | distinct IP;
  let Assigned = ${assigned('')} | distinct IP = IPAddress, DeviceId;
  Asked | join kind=inner Assigned on IP | project IP, DeviceId
}`,
};

/** https://learn.microsoft.com/defender-xdr/advanced-hunting-assignedipaddresses-function */
const assignedIpAddresses: FunctionDescription = {
  name: 'AssignedIPAddresses',
  parameters: '(x:string, y:datetime=datetime(null))',
  body: `{ ${assigned(' and (DeviceId =~ x or DeviceName =~ x)')}
  | summarize Timestamp = max(Timestamp) by IPAddress, IPType, NetworkAdapterType, ConnectedNetworks
  | project Timestamp, IPAddress, IPType, NetworkAdapterType, ConnectedNetworks
}`,
};

/** https://learn.microsoft.com/defender-xdr/advanced-hunting-seenby-function */
const seenBy: FunctionDescription = {
  name: 'SeenBy',
  parameters: '(T:(*), x:string="DeviceId")',
  columnParameters: ['x'],
  body: '{ T | extend SeenBy = dynamic(null) }',
  refusal: 'SeenBy, because no table here says which devices have discovered a device, and it',
};

export const huntingFunctions: readonly FunctionDescription[] = [
  fileProfile,
  deviceFromIp,
  assignedIpAddresses,
  seenBy,
  watchlistFunction,
];
