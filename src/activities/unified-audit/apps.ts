// Cloud apps as the cloud-apps surface numbers them (cloud-apps reference 2.2), and which one a record belongs to.

export const appNames: ReadonlyMap<number, string> = new Map([
  [11161, 'Office 365'],
  [11522, 'Yammer'],
  [12260, 'Microsoft Azure'],
  [15600, 'Microsoft OneDrive for Business'],
  [20595, 'Microsoft Cloud App Security'],
  [20892, 'Microsoft SharePoint Online'],
  [20893, 'Microsoft Exchange Online'],
  [20940, 'Active Directory'],
  [25275, 'Microsoft Skype for Business'],
  [26324, 'Microsoft Power BI'],
  [28375, 'Microsoft Teams'],
]);

/** The connector that all these records come through; accounts belong to it, whatever app they act in. */
export const office365 = 11161;

export type WorkloadKind = 'exchange' | 'sharepoint' | 'entra' | 'teams' | 'other';

export interface Workload {
  readonly kind: WorkloadKind;
  readonly appId: number;
  /** Finer event type of everything in this workload that has no better one. */
  readonly eventTypeValue: string;
}

const entra: Workload = { kind: 'entra', appId: office365, eventTypeValue: 'EVENT_AAD_GENERIC' };
const exchange: Workload = { kind: 'exchange', appId: 20893, eventTypeValue: 'EVENT_O365_EXCHANGE_GENERIC' };
const sharePoint: Workload = { kind: 'sharepoint', appId: 20892, eventTypeValue: 'EVENT_O365_SHAREPOINT_GENERIC' };
const oneDrive: Workload = { kind: 'sharepoint', appId: 15600, eventTypeValue: 'EVENT_O365_ONEDRIVE_GENERIC' };
const teams: Workload = { kind: 'teams', appId: 28375, eventTypeValue: 'EVENT_O365_TEAMS_GENERIC' };
const anyOther: Workload = { kind: 'other', appId: office365, eventTypeValue: 'EVENT_O365_GENERIC' };

/** By the record's Workload, in lower case. */
const byWorkload: ReadonlyMap<string, Workload> = new Map([
  ['azureactivedirectory', entra],
  ['exchange', exchange],
  ['sharepoint', sharePoint],
  ['onedrive', oneDrive],
  ['microsoftteams', teams],
  ['teams', teams],
  ['powerbi', { kind: 'other', appId: 26324, eventTypeValue: 'EVENT_O365_POWERBI_GENERIC' }],
  ['yammer', { kind: 'other', appId: 11522, eventTypeValue: 'EVENT_O365_YAMMER_GENERIC' }],
  ['skypeforbusiness', { kind: 'other', appId: 25275, eventTypeValue: 'EVENT_O365_SKYPE_GENERIC' }],
  ['cloudappsecurity', { kind: 'other', appId: 20595, eventTypeValue: 'EVENT_O365_GENERIC' }],
]);

/** By RecordType (Management Activity API schema, AuditLogRecordType), for records that name no Workload. */
const byRecordType: ReadonlyMap<number, Workload> = new Map([
  [1, exchange],
  [2, exchange],
  [3, exchange],
  [4, sharePoint],
  [6, sharePoint],
  [7, oneDrive],
  [8, entra],
  [9, entra],
  [14, sharePoint],
  [15, entra],
  [19, exchange],
  [25, teams],
  [36, sharePoint],
  [50, exchange],
  [54, sharePoint],
  [57, teams],
]);

export function findWorkload(name: string, recordType: number): Workload {
  return byWorkload.get(name.toLowerCase()) ?? byRecordType.get(recordType) ?? anyOther;
}

/** Sign-ins count for the app that was signed in to, when it is one of these (application ids of the services). */
const signInApps: ReadonlyMap<string, number> = new Map([
  ['00000002-0000-0ff1-ce00-000000000000', 20893],
  ['00000003-0000-0ff1-ce00-000000000000', 20892],
  ['1fec8e78-bce4-4aaf-ab1b-5451cc387264', 28375],
  ['cc15fd57-2c6c-4117-a88c-83b1d56b4bbe', 28375],
  ['c44b4083-3bb0-49c1-b47d-974e53cbdf3c', 12260],
  ['797f4846-ba00-4fd7-ba43-dac1f8f63013', 12260],
  ['05a65629-4c1b-48c1-a78b-804c4abdd4af', 20595],
]);

export function signInApp(resourceId: string, applicationId: string): number {
  return signInApps.get(resourceId) ?? signInApps.get(applicationId) ?? office365;
}

/** RecordTypes whose acts are an administrator's: cmdlets, directory changes, policies of the compliance centre. */
export const adminRecordTypes: ReadonlySet<number> = new Set([1, 8, 10, 18, 23, 38, 53, 57, 87, 147]);
