// What a record says, in the words of activities: the common schema fills a draft, the record's workload completes it,
// and record.ts writes it.
import { adminRecordTypes, findWorkload, type Workload } from './apps.ts';
import type { Envelope } from './envelope.ts';
import { type AuditRecord, bareAddress, isRecord, itemsMax, pairValue, piece } from './fields.ts';
import { type OperationKind, operationKind } from './operations.ts';

/** An object in the wire's mainInfo.eventObjects. */
export interface EventObject {
  /** 1 a thing of the app (file, site, mailbox, team), 6 an application, 7 a property (payloads of the service). */
  readonly objType: 1 | 6 | 7;
  /** 1 the application used, 3 what was acted on. */
  readonly role: 1 | 3;
  readonly id: string;
  readonly name: string;
  readonly serviceObjectType: string;
  /** The whole path of a file whose name is only its last part; otherwise ''. */
  readonly value: string;
}

/** Built up by the common schema and then by one workload; everything in it went through {@link piece}. */
export interface Draft {
  workload: Workload;
  appId: number;
  eventTypeValue: string;
  kind: OperationKind;
  isAdmin: boolean;
  isImpersonated: boolean;
  /** As the record writes it. */
  userName: string;
  /** Directory object id of the actor, lower case; '' when the record has none. */
  userGuid: string;
  userType: number;
  isApplication: boolean;
  /** Not yet checked to be an address. */
  address: string;
  userAgent: string;
  isSuccess: boolean | null;
  /** Why it failed. */
  message: string;
  /** What the description names. */
  target: string;
  objects: EventObject[];
  /** Account names besides the actor's: who was added, invited, whose mailbox it was. */
  accounts: string[];
  fileIds: string[];
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** The value in lower case when it is a GUID, otherwise ''. */
export function guidOf(value: unknown): string {
  return typeof value === 'string' && value.length === 36 && guid.test(value) ? value.toLowerCase() : '';
}

/** Common schema of the Management Activity API: AuditRecord. */
export function draftOf({ record, operation }: Envelope): Draft {
  const recordType = typeof record.RecordType === 'number' ? record.RecordType : Number.NaN;
  const workload = findWorkload(piece(record.Workload), recordType);
  const kind = operationKind(operation);
  const userName = piece(record.UserId).trim();
  const userType = typeof record.UserType === 'number' ? record.UserType : Number.NaN;
  const status = piece(record.ResultStatus).toLowerCase();
  return {
    workload,
    appId: workload.appId,
    eventTypeValue: workload.eventTypeValue,
    kind,
    // Not by UserType: an administrator who reads a mail does nothing administrative.
    isAdmin: kind.isAdmin ?? adminRecordTypes.has(recordType),
    isImpersonated: false,
    userName,
    userGuid: guidOf(record.UserKey),
    userType,
    isApplication: isApplication(userName, userType),
    address: bareAddress(piece(record.ClientIP).trim() || piece(record.ClientIPAddress).trim()),
    userAgent: piece(record.UserAgent),
    isSuccess: status === '' ? null : succeeded.has(status),
    message: '',
    target: '',
    objects: [],
    accounts: [],
    fileIds: [],
  };
}

const succeeded: ReadonlySet<string> = new Set([
  'succeeded',
  'success',
  'true',
  'partiallysucceeded',
  'partially succeeded',
]);

/** UserType 5 and 6 are applications and service principals; SharePoint and Teams also write fixed names for them. */
function isApplication(userName: string, userType: number): boolean {
  if (userType === 5 || userType === 6) return true;
  const name = userName.toLowerCase();
  return name === 'app@sharepoint' || name === 'application' || name.startsWith('serviceprincipal_');
}

/** Adds an object unless it names nothing or there are too many. */
export function addObject(
  draft: Draft,
  object: {
    objType?: 1 | 6 | 7;
    role?: 1 | 3;
    id?: unknown;
    name?: unknown;
    serviceObjectType?: string;
    value?: string;
  },
): void {
  const id = piece(object.id);
  const name = piece(object.name);
  if ((id === '' && name === '') || draft.objects.length >= itemsMax) return;
  draft.objects.push({
    objType: object.objType ?? 1,
    role: object.role ?? 3,
    id: id === '' ? name : id,
    name: name === '' ? id : name,
    serviceObjectType: object.serviceObjectType ?? '',
    value: object.value ?? '',
  });
}

/** Adds an account that is not the actor's own. */
export function addAccount(draft: Draft, name: unknown): void {
  const account = piece(name).trim();
  if (account === '' || draft.accounts.length >= itemsMax) return;
  if (account.toLowerCase() !== draft.userName.toLowerCase()) draft.accounts.push(account);
}

/** Workloads without a schema of their own here: the common schema, and what many of them add. */
export function describeOther(record: AuditRecord, draft: Draft): void {
  draft.userAgent ||= pairValue(record.ExtraProperties, 'UserAgent');
  draft.target = piece(record.ItemName) || piece(record.ReportName) || piece(record.ObjectId);
  addObject(draft, { id: record.ObjectId, name: record.ItemName ?? record.ReportName });
  if (isRecord(record.AppAccessContext)) addApplication(draft, record.AppAccessContext);
}

/** AppAccessContext: the application that acted on somebody's behalf. */
export function addApplication(draft: Draft, context: AuditRecord): void {
  addObject(draft, { objType: 6, role: 1, id: context.ClientAppId, name: context.ClientAppName });
}
