// Where the documentation, the live service and older exports call the same thing by different names
// (defender-api reference 3.6, 3.9).

/** Tables of another name over the same rows. Columns are those of the schema, or of the stored table where it lists none. */
export const tableAliases: Readonly<Record<string, string>> = {
  // Renamed on 2025-12-09; the schema lists both.
  AADSignInEventsBeta: 'EntraIdSignInEvents',
  AADSpnSignInEventsBeta: 'EntraIdSpnSignInEvents',
  // Documented as GraphApiAuditEvents, live as GraphAPIAuditEvents.
  GraphAPIAuditEvents: 'GraphApiAuditEvents',
};

/** Names of tables that no query may use any more, but that old exports carry. */
export const formerTables: Readonly<Record<string, string>> = {
  AccountInfo: 'IdentityInfo',
};

/** Columns of a table under a second name, which queries may use as well: second name to stored name. */
export const columnAliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AADSignInEventsBeta: { AadDeviceId: 'EntraIdDeviceId' },
  GraphAPIAuditEvents: { IpAddress: 'IPAddress' },
  EntraIdSignInEvents: { IsSignInThroughGlobalSecureAccess: 'IsThroughGlobalSecureAccess' },
  MessageEvents: {
    MessageType: 'MessageFormatType',
    MessageSubtype: 'MessageFormatSubtype',
    Subject: 'MessageSubject',
  },
  CloudDnsEvents: { EventType: 'DnsEventType', EventSubType: 'DnsEventSubType' },
  CloudStorageAggregatedEvents: { Md5Hashes: 'HashReputationMd5List' },
};

/** Columns that only older exports carry: former name to stored name. */
export const formerColumns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  EntraIdSignInEvents: { AadDeviceId: 'EntraIdDeviceId' },
  DeviceInfo: { DeviceObjectId: 'AadDeviceId' },
  EmailEvents: {
    FinalEmailAction: 'EmailAction',
    FinalEmailActionPolicy: 'EmailActionPolicy',
    FinalEmailActionPolicyGuid: 'EmailActionPolicyGuid',
    MalwareDetectionMethod: 'DetectionMethods',
  },
  EmailAttachmentInfo: { MalwareDetectionMethod: 'DetectionMethods' },
};

/** Columns that the live service has and the published schema has not, all of them strings. */
export const liveColumns: Readonly<Record<string, readonly string[]>> = {
  MessageEvents: ['ThreadName', 'ThreadType'],
};

/** The time of tables that have no Timestamp and are no snapshots. */
export const otherTimeColumns: Readonly<Record<string, string>> = {
  CallActivityEvents: 'ActivityTimestamp',
};
