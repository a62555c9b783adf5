// Microsoft Entra ID (in the records still Azure Active Directory): sign-ins (RecordType 15, formerly 9) and changes of
// the directory (RecordType 8).
import { signInApp } from './apps.ts';
import { addAccount, addObject, type Draft, guidOf } from './draft.ts';
import { type AuditRecord, bareAddress, isRecord, listOf, pairValue, piece } from './fields.ts';
import { failedSignIn } from './operations.ts';

/** IdentityType of the schema's IdentityTypeValuePair. */
const identityType = { claim: 0, name: 1, other: 2, puid: 3, spn: 4, upn: 5 } as const;

export function describeEntra(record: AuditRecord, draft: Draft): void {
  const actorAddress = bareAddress(piece(record.ActorIpAddress).trim());
  if (draft.address === '' && actorAddress !== '') draft.address = actorAddress;
  draft.userAgent ||= pairValue(record.ExtendedProperties, 'UserAgent') || agentOfDetails(record.ExtendedProperties);
  draft.userGuid ||= actorGuid(record.Actor);
  if (draft.kind.eventType === 'EVENT_CATEGORY_LOGIN' || draft.kind === failedSignIn) describeSignIn(record, draft);
  else describeChange(record, draft);
}

/**
 * STS logon schema. ResultStatus only tells that the request was answered; whether the sign-in succeeded is in
 * LogonError (common schema, ResultStatus) and ErrorNumber.
 */
function describeSignIn(record: AuditRecord, draft: Draft): void {
  const error = piece(record.LogonError);
  const number = piece(record.ErrorNumber) || piece(record.ErrorCode);
  const failed = draft.kind === failedSignIn || (error !== '' && number !== '0');
  if (failed) draft.kind = failedSignIn;
  draft.isSuccess = !failed;
  if (failed) {
    const detail = pairValue(record.ExtendedProperties, 'ResultStatusDetail');
    draft.message =
      error || (detail === 'Success' ? '' : detail) || (number === '' ? 'General failure' : `Error ${number}`);
  }
  draft.eventTypeValue = failed ? 'EVENT_AAD_LOGIN_FAILED' : 'EVENT_AAD_LOGIN';
  const application = guidOf(record.ApplicationId);
  const resource = guidOf(record.ObjectId);
  draft.appId = signInApp(resource, application);
  addObject(draft, { objType: 6, role: 1, id: application, name: record.ApplicationDisplayName });
  if (resource !== application) addObject(draft, { objType: 6, role: 3, id: resource });
  if (draft.userAgent === '') draft.userAgent = agentOfDevice(record.DeviceProperties);
}

function describeChange(record: AuditRecord, draft: Draft): void {
  let target = '';
  for (const identity of listOf(record.Target)) {
    const id = piece(identity.ID);
    if (identity.Type === identityType.upn) {
      addAccount(draft, id);
      target = id;
    } else if (identity.Type === identityType.name || identity.Type === identityType.spn) {
      addObject(draft, { name: id });
      if (!target.includes('@')) target = id;
    } else if (guidOf(id) !== '') {
      addObject(draft, { id });
    }
  }
  const object = piece(record.ObjectId);
  if (object !== '' && object !== 'Not Available') {
    if (object.includes('@')) addAccount(draft, object);
    else addObject(draft, { id: object });
  }
  const role =
    newValue(record.ModifiedProperties, 'Role.DisplayName') || newValue(record.ModifiedProperties, 'Group.DisplayName');
  if (role !== '') addObject(draft, { name: role });
  const named = target || (object === 'Not Available' ? '' : object);
  draft.target = role === '' ? named : `${named} (${role})`;
  // Who changes their own account acts for nobody else: no administrator's act.
  if (named !== '' && named.toLowerCase() === draft.userName.toLowerCase()) draft.isAdmin = false;
}

function actorGuid(actor: unknown): string {
  for (const identity of listOf(actor)) {
    const id = identity.Type === identityType.claim ? guidOf(identity.ID) : '';
    if (id !== '') return id;
    const text = piece(identity.ID);
    if (text.startsWith('User_')) return guidOf(text.slice('User_'.length));
  }
  return '';
}

/** Directory changes carry the user agent inside additionalDetails, as JSON text. */
function agentOfDetails(pairs: unknown): string {
  const details = pairValue(pairs, 'additionalDetails');
  if (!details.includes('User-Agent')) return '';
  try {
    const parsed: unknown = JSON.parse(details);
    return isRecord(parsed) ? piece(parsed['User-Agent']) : '';
  } catch {
    return '';
  }
}

/** Where only DeviceProperties tell what was used, in the form in which the service itself writes it then. */
function agentOfDevice(pairs: unknown): string {
  const system = pairValue(pairs, 'OS');
  const browser = pairValue(pairs, 'BrowserType');
  return system === '' && browser === '' ? '' : `;${system};${browser};`;
}

/** ModifiedProperties write a value as JSON text: `"Security Reader"`, quotes included. */
function newValue(properties: unknown, name: string): string {
  for (const property of listOf(properties)) {
    if (property.Name === name) return piece(property.NewValue).replace(/^"|"$/g, '');
  }
  return '';
}
