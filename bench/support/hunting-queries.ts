// Queries as hunters write them, each beside the SQL that a person who knows the data would write for the same answer on
// the same engine: times as ticks, the tenant and the range as they are, no care for nulls that are not there.

import { hardQueries } from './hunting-queries-more.ts';
import { beginTicks, endTicks, tenant, ticksOfDay } from './hunting-tables.ts';

export interface HuntingQuery {
  readonly name: string;
  readonly kql: string;
  readonly sql: string;
}

/** The tenant's rows of a table within the last days of the 30. */
export function rowsOf(table: string, days = 30): string {
  const from = days === 30 ? beginTicks : endTicks - BigInt(days) * ticksOfDay;
  return `hunting.main."${table}" where "$tenant" = '${tenant}'::uuid and "Timestamp" ${days === 30 ? '>=' : '>'} ${from} and "Timestamp" < ${endTicks}`;
}

const hour = 36_000_000_000n;
const processes = rowsOf('DeviceProcessEvents');

const plainQueries: readonly HuntingQuery[] = [
  {
    name: 'encoded PowerShell',
    kql: `DeviceProcessEvents
      | where Timestamp > ago(7d)
      | where FileName in~ ("powershell.exe", "pwsh.exe") and ProcessCommandLine contains "-encodedcommand"
      | project Timestamp, DeviceName, AccountName, ProcessCommandLine`,
    sql: `select "Timestamp", "DeviceName", "AccountName", "ProcessCommandLine" from ${rowsOf('DeviceProcessEvents', 7)}
      and lower("FileName") in ('powershell.exe', 'pwsh.exe') and contains(lower("ProcessCommandLine"), '-encodedcommand')`,
  },
  {
    name: 'a text in all command lines',
    kql: `DeviceProcessEvents | where ProcessCommandLine contains "delete shadows" | count`,
    sql: `select count(*) from ${processes} and contains(lower("ProcessCommandLine"), 'delete shadows')`,
  },
  {
    name: 'a term in all command lines',
    kql: `DeviceProcessEvents | where ProcessCommandLine has "urlcache" | summarize Hits = count() by DeviceName`,
    sql: `select "DeviceName", count(*) from ${processes} and contains(lower("ProcessCommandLine"), 'urlcache')
      and regexp_matches("ProcessCommandLine", '(?i)(?:^|[^\\pL\\pN])urlcache(?:$|[^\\pL\\pN])') group by 1`,
  },
  {
    name: 'any of several terms',
    kql: `let words = dynamic(["urlcache", "domain_trusts", "shadows", "EncodedCommand"]);
      DeviceProcessEvents | where ProcessCommandLine has_any (words) | summarize count() by FileName`,
    sql: `select "FileName", count(*) from ${processes}
      and regexp_matches("ProcessCommandLine", '(?i)(?:^|[^\\pL\\pN])(?:urlcache|domain_trusts|shadows|EncodedCommand)(?:$|[^\\pL\\pN])') group by 1`,
  },
  {
    name: 'all of several terms',
    kql: `DeviceProcessEvents | where ProcessCommandLine has_all ("certutil", "split", "f") | summarize count() by DeviceId`,
    sql: `select "DeviceId", count(*) from ${processes} and contains(lower("ProcessCommandLine"), 'certutil')
      and contains(lower("ProcessCommandLine"), 'split')
      and regexp_matches("ProcessCommandLine", '(?i)(?:^|[^\\pL\\pN])certutil(?:$|[^\\pL\\pN])')
      and regexp_matches("ProcessCommandLine", '(?i)(?:^|[^\\pL\\pN])split(?:$|[^\\pL\\pN])')
      and regexp_matches("ProcessCommandLine", '(?i)(?:^|[^\\pL\\pN])f(?:$|[^\\pL\\pN])') group by 1`,
  },
  {
    name: 'a regular expression',
    kql: `DeviceProcessEvents | where ProcessCommandLine matches regex @"https?://\\d+\\.\\d+\\.\\d+\\.\\d+/" | summarize dcount(DeviceId) by FileName`,
    sql: `select "FileName", count(distinct "DeviceId") from ${processes}
      and regexp_matches("ProcessCommandLine", 'https?://\\d+\\.\\d+\\.\\d+\\.\\d+/') group by 1`,
  },
  {
    name: 'Office starts a shell',
    kql: `DeviceProcessEvents
      | where InitiatingProcessFileName =~ "outlook.exe" and FileName in~ ("cmd.exe", "powershell.exe", "wscript.exe", "mshta.exe")
      | summarize Count = count(), First = min(Timestamp), Last = max(Timestamp) by DeviceName, FileName
      | where Count > 1
      | order by Count desc, DeviceName asc, FileName asc`,
    sql: `select "DeviceName", "FileName", count(*) as n, min("Timestamp"), max("Timestamp") from ${processes}
      and lower("InitiatingProcessFileName") = 'outlook.exe' and lower("FileName") in ('cmd.exe', 'powershell.exe', 'wscript.exe', 'mshta.exe')
      group by 1, 2 having count(*) > 1 order by n desc, 1, 2`,
  },
  {
    name: 'started from a temporary folder',
    kql: `DeviceProcessEvents | where FolderPath has @"AppData\\Local\\Temp" and not(FileName startswith "chrome") | summarize count() by SHA256 | order by count_ desc, SHA256 asc | take 50`,
    sql: `select "SHA256", count(*) as n from ${processes} and contains(lower("FolderPath"), 'appdata\\local\\temp')
      and regexp_matches("FolderPath", '(?i)(?:^|[^\\pL\\pN])AppData\\\\Local\\\\Temp(?:$|[^\\pL\\pN])')
      and not starts_with(lower("FileName"), 'chrome') group by 1 order by n desc, 1 limit 50`,
  },
  {
    name: 'executions an hour',
    kql: `DeviceProcessEvents | where Timestamp > ago(14d) | summarize Executions = count() by bin(Timestamp, 1h), ProcessIntegrityLevel`,
    sql: `select "Timestamp" - "Timestamp" % ${hour} as h, "ProcessIntegrityLevel", count(*) from ${rowsOf('DeviceProcessEvents', 14)} group by 1, 2`,
  },
  {
    name: 'rare hashes',
    kql: `DeviceProcessEvents | summarize Devices = dcount(DeviceId), Names = make_set(FileName, 100) by SHA256 | where Devices < 3 | project SHA256, Devices, N = array_length(Names)`,
    sql: `select "SHA256", count(distinct "DeviceId") as n, least(count(distinct "FileName"), 100) from ${processes} group by 1 having n < 3`,
  },
  {
    name: 'last event of each device',
    kql: `DeviceProcessEvents | summarize arg_max(Timestamp, FileName, ProcessCommandLine, AccountName) by DeviceId`,
    sql: `select "DeviceId", "Timestamp", "FileName", "ProcessCommandLine", "AccountName" from ${processes}
      qualify row_number() over (partition by "DeviceId" order by "Timestamp" desc) = 1`,
  },
  {
    name: 'renamed tools',
    kql: `DeviceProcessEvents
      | where ProcessVersionInfoOriginalFileName != "" and tolower(FileName) != tolower(ProcessVersionInfoOriginalFileName)
      | extend Age = datetime_diff("day", now(), Timestamp)
      | project Age, DeviceName, FileName, ProcessVersionInfoOriginalFileName`,
    sql: `select (${endTicks} // ${ticksOfDay} - "Timestamp" // ${ticksOfDay}), "DeviceName", "FileName", "ProcessVersionInfoOriginalFileName" from ${processes}
      and "ProcessVersionInfoOriginalFileName" <> '' and lower("FileName") <> lower("ProcessVersionInfoOriginalFileName")`,
  },
  {
    name: 'the longest command lines',
    kql: `DeviceProcessEvents | extend Length = strlen(ProcessCommandLine) | where Length > 90 | summarize Longest = max(Length), Average = avg(Length) by FileName`,
    sql: `select "FileName", max(length("ProcessCommandLine")), avg(length("ProcessCommandLine")) from ${processes} and length("ProcessCommandLine") > 90 group by 1`,
  },
  {
    name: 'failed logons before one that worked',
    kql: `DeviceLogonEvents
      | where LogonType in ("Network", "RemoteInteractive")
      | summarize Failed = countif(ActionType == "LogonFailed"), Worked = countif(ActionType == "LogonSuccess"), Devices = dcount(DeviceId) by AccountName, bin(Timestamp, 1d)
      | where Failed > 3 and Worked > 0`,
    sql: `select "AccountName", "Timestamp" - "Timestamp" % ${ticksOfDay} as d, count(*) filter (where "ActionType" = 'LogonFailed') as failed,
      count(*) filter (where "ActionType" = 'LogonSuccess') as worked, count(distinct "DeviceId")
      from ${rowsOf('DeviceLogonEvents')} and "LogonType" in ('Network', 'RemoteInteractive') group by 1, 2 having failed > 3 and worked > 0`,
  },
  {
    name: 'public addresses only',
    kql: `DeviceNetworkEvents | where not(ipv4_is_private(RemoteIP)) and RemotePort !in (80, 443) | summarize count() by RemotePort`,
    sql: `select "RemotePort", count(*) from ${rowsOf('DeviceNetworkEvents')} and regexp_matches("RemoteIP", '^\\d{1,3}(\\.\\d{1,3}){3}$')
      and not (starts_with("RemoteIP", '10.') or starts_with("RemoteIP", '192.168.')
      or regexp_matches("RemoteIP", '^172\\.(1[6-9]|2[0-9]|3[01])\\.')) and "RemotePort" not in (80, 443) group by 1`,
  },
];

/** All 30. */
export const huntingQueries: readonly HuntingQuery[] = [...plainQueries, ...hardQueries(rowsOf)];
