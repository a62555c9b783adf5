// The other half: joins, dynamic values, text taken apart, several tables.
import type { HuntingQuery } from './hunting-queries.ts';
import { endTicks, ticksOfDay } from './hunting-tables.ts';

type RowsOf = (table: string, days?: number) => string;

export function hardQueries(rowsOf: RowsOf): readonly HuntingQuery[] {
  const minute = 600_000_000n;
  return [
    {
      name: 'a tool and its connection',
      kql: `DeviceProcessEvents
        | where FileName in~ ("certutil.exe", "bitsadmin.exe", "mshta.exe")
        | join kind=inner (DeviceNetworkEvents | where RemotePort == 4444) on DeviceId
        | where Timestamp1 between (Timestamp .. (Timestamp + 10m))
        | project Timestamp, DeviceName, FileName, RemoteIP`,
      sql: `select p."Timestamp", p."DeviceName", p."FileName", n."RemoteIP"
        from (select * from ${rowsOf('DeviceProcessEvents')} and lower("FileName") in ('certutil.exe', 'bitsadmin.exe', 'mshta.exe')) p
        join (select * from ${rowsOf('DeviceNetworkEvents')} and "RemotePort" = 4444) n on p."DeviceId" = n."DeviceId"
        where n."Timestamp" between p."Timestamp" and p."Timestamp" + ${10n * minute}`,
    },
    {
      name: 'one connection of each device, then its processes',
      kql: `DeviceNetworkEvents
        | where RemoteUrl endswith "onion.example"
        | distinct DeviceId
        | join (DeviceProcessEvents | where FileName =~ "psexesvc.exe") on DeviceId
        | summarize count() by AccountName`,
      sql: `select p."AccountName", count(*) from (select distinct "DeviceId" from ${rowsOf('DeviceNetworkEvents')} and ends_with(lower("RemoteUrl"), 'onion.example')) d
        join (select "DeviceId", "AccountName" from ${rowsOf('DeviceProcessEvents')} and lower("FileName") = 'psexesvc.exe') p on p."DeviceId" = d."DeviceId" group by 1`,
    },
    {
      name: 'never seen before',
      kql: `let known = DeviceProcessEvents | where Timestamp < ago(2d) | distinct SHA256;
        DeviceProcessEvents | where Timestamp > ago(2d) | join kind=leftanti known on SHA256 | summarize count() by SHA256, FileName`,
      sql: `select n."SHA256", n."FileName", count(*) from (select * from ${rowsOf('DeviceProcessEvents', 2)}) n anti join
        (select "SHA256" from ${rowsOf('DeviceProcessEvents')} and "Timestamp" < ${endTicks - 2n * ticksOfDay}) k using ("SHA256") group by 1, 2`,
    },
    {
      name: 'accounts of a list that is a query',
      kql: `let suspects = DeviceLogonEvents | where IsLocalAdmin and ActionType == "LogonFailed" | distinct AccountName;
        DeviceFileEvents | where InitiatingProcessAccountName in (suspects) | count`,
      sql: `select count(*) from ${rowsOf('DeviceFileEvents')} and "InitiatingProcessAccountName" in
        (select "AccountName" from ${rowsOf('DeviceLogonEvents')} and "IsLocalAdmin" and "ActionType" = 'LogonFailed')`,
    },
    {
      name: 'by fields of the raw event',
      kql: `CloudAppEvents | where tostring(RawEventData.ResultStatus) == "Failed" | extend User = tostring(RawEventData.UserId) | summarize count() by User`,
      sql: `select coalesce("RawEventData" ->> '/UserId', ''), count(*) from ${rowsOf('CloudAppEvents')} and ("RawEventData" ->> '/ResultStatus') = 'Failed' group by 1`,
    },
    {
      name: 'by a number in the raw event',
      kql: `CloudAppEvents | where RawEventData.RecordType == 15 | summarize Bytes = sum(tolong(RawEventData.Size)) by AccountDisplayName`,
      sql: `select "AccountDisplayName", sum(("RawEventData" ->> '/Size')::BIGINT)::BIGINT from ${rowsOf('CloudAppEvents')}
        and ("RawEventData" ->> '/RecordType')::DOUBLE = 15 group by 1`,
    },
    {
      name: 'attempts out of additional fields',
      kql: `DeviceLogonEvents | extend Fields = parse_json(AdditionalFields) | where toint(Fields.Attempts) > 6 and tobool(Fields.IsLocalLogon) == true | summarize count() by AccountName`,
      sql: `select "AccountName", count(*) from ${rowsOf('DeviceLogonEvents')} and TRY_CAST("AdditionalFields" ->> '/Attempts' as INTEGER) > 6
        and TRY_CAST("AdditionalFields" ->> '/IsLocalLogon' as BOOLEAN) group by 1`,
    },
    {
      name: 'rules that forward mail',
      kql: `CloudAppEvents
        | where ActionType == "New-InboxRule"
        | mv-expand Parameter = RawEventData.Parameters
        | where Parameter.Name == "ForwardTo" and Parameter.Value endswith "@evil.example"
        | project Timestamp, AccountDisplayName, Target = tostring(Parameter.Value)`,
      sql: `select "Timestamp", "AccountDisplayName", p ->> '/Value' from
        (select "Timestamp", "AccountDisplayName", unnest(json_extract("RawEventData", '$.Parameters[*]')) as p
          from ${rowsOf('CloudAppEvents')} and "ActionType" = 'New-InboxRule')
        where (p ->> '/Name') = 'ForwardTo' and ends_with(lower(p ->> '/Value'), '@evil.example')`,
    },
    {
      name: 'names of activity objects',
      kql: `CloudAppEvents | mv-expand ActivityObjects | extend Kind = tostring(ActivityObjects.Type), Name = tostring(ActivityObjects.Name) | where Kind == "File" | summarize count() by Name`,
      sql: `select o ->> '/Name', count(*) from (select unnest(json_extract("ActivityObjects", '$[*]')) as o from ${rowsOf('CloudAppEvents')})
        where (o ->> '/Type') = 'File' group by 1`,
    },
    {
      name: 'an address out of a command line',
      kql: `DeviceProcessEvents | where ProcessCommandLine has "http" | extend Address = extract(@"https?://([^/\\s]+)/", 1, ProcessCommandLine) | where isnotempty(Address) | summarize count() by Address`,
      sql: `select regexp_extract("ProcessCommandLine", 'https?://([^/\\s]+)/', 1) as a, count(*) from ${rowsOf('DeviceProcessEvents')}
        and contains(lower("ProcessCommandLine"), 'http') and regexp_matches("ProcessCommandLine", '(?i)(?:^|[^\\pL\\pN])http(?:$|[^\\pL\\pN])')
        and a <> '' group by 1`,
    },
    {
      name: 'parse of a task',
      kql: `DeviceProcessEvents | where FileName =~ "schtasks.exe" | parse ProcessCommandLine with * "/tn " Task " /tr " Program " /sc " Schedule | summarize count() by Program, Schedule`,
      sql: `select m.p, m.s, count(*) from (select regexp_extract("ProcessCommandLine", '^.*?/tn (.*?) /tr (.*?) /sc (.*?)$', ['t', 'p', 's']) as m
        from ${rowsOf('DeviceProcessEvents')} and lower("FileName") = 'schtasks.exe') group by 1, 2`,
    },
    {
      name: 'parts of a host name',
      kql: `DeviceNetworkEvents | where isnotempty(RemoteUrl) | extend Parts = split(RemoteUrl, ".") | extend Zone = strcat(tostring(Parts[1]), ".", tostring(Parts[2])) | summarize count(), dcount(DeviceId) by Zone`,
      sql: `select split_part("RemoteUrl", '.', 2) || '.' || split_part("RemoteUrl", '.', 3), count(*), count(distinct "DeviceId")
        from ${rowsOf('DeviceNetworkEvents')} and "RemoteUrl" <> '' group by 1`,
    },
    {
      name: 'files and processes together',
      kql: `union (DeviceProcessEvents | where SHA256 startswith "00a" | project Timestamp, DeviceName, Kind = "process", SHA256),
          (DeviceFileEvents | where SHA256 startswith "00a" | project Timestamp, DeviceName, Kind = "file", SHA256)
        | summarize count() by Kind, bin(Timestamp, 1d)`,
      sql: `select k, t - t % ${ticksOfDay}, count(*) from (
        select "Timestamp" as t, 'process' as k from ${rowsOf('DeviceProcessEvents')} and starts_with(lower("SHA256"), '00a') union all
        select "Timestamp", 'file' from ${rowsOf('DeviceFileEvents')} and starts_with(lower("SHA256"), '00a')) group by 1, 2`,
    },
    {
      name: 'phishing that arrived',
      kql: `EmailEvents
        | where EmailDirection == "Inbound" and DeliveryAction == "Delivered" and ThreatTypes has "Phish"
        | extend Spf = tostring(parse_json(AuthenticationDetails).SPF)
        | summarize Mails = count(), Recipients = dcount(RecipientEmailAddress), Subjects = make_set(Subject, 5) by SenderFromDomain, Spf
        | project SenderFromDomain, Spf, Mails, Recipients, N = array_length(Subjects)`,
      sql: `select "SenderFromDomain", "AuthenticationDetails" ->> '/SPF', count(*), count(distinct "RecipientEmailAddress"), least(5, count(distinct "Subject"))
        from ${rowsOf('EmailEvents')} and "EmailDirection" = 'Inbound' and "DeliveryAction" = 'Delivered'
        and regexp_matches("ThreatTypes", '(?i)(?:^|[^\\pL\\pN])phish(?:$|[^\\pL\\pN])') group by 1, 2`,
    },
    {
      name: 'gaps between runs on a device',
      kql: `DeviceProcessEvents
        | where FileName == "whoami.exe"
        | sort by DeviceId asc, Timestamp asc
        | extend Gap = iff(prev(DeviceId) == DeviceId, Timestamp - prev(Timestamp), timespan(null))
        | where Gap < 5m
        | project DeviceId, Timestamp, Gap`,
      sql: `select "DeviceId", "Timestamp", gap from (select "DeviceId", "Timestamp",
          "Timestamp" - lag("Timestamp") over (partition by "DeviceId" order by "Timestamp") as gap
          from ${rowsOf('DeviceProcessEvents')} and "FileName" = 'whoami.exe') where gap < ${5n * minute} order by 1, 2`,
    },
  ];
}
