// What an alert is about, as keys: filters, correlation and the part of the data that a role reaches all look for these.
import { createHash } from 'node:crypto';
import { normaliseAddress } from '../lib/addresses.ts';
import type { AlertDraft, AlertEntity } from './alert.ts';

export const alertKeyKinds = [
  'user',
  'address',
  'device',
  'file',
  'mail',
  'app',
  'instance',
  'oauth-app',
  'country',
  /** An account as filters name it, see {@link accountKeys}. */
  'account',
  'file-name',
  'group',
  /** A risk category: a number of `stories`. */
  'story',
  'policy',
  /** A discovery report. */
  'report',
  /** An automated investigation of another product (Defender reference 4.1, investigationId). */
  'investigation',
] as const;
export type AlertKeyKind = (typeof alertKeyKinds)[number];

export interface AlertKey {
  readonly kind: AlertKeyKind;
  /** In normal form: lower case where case does not count. */
  readonly key: string;
}

/** The kinds that say that two alerts are about one thing; the others are shared by too many. */
export const correlatingKinds: readonly AlertKeyKind[] = ['user', 'address', 'device', 'file', 'mail', 'oauth-app'];

type About = Pick<AlertDraft, 'entities' | 'devices' | 'stories' | 'policyId'> & Partial<Pick<AlertDraft, 'extra'>>;

/** Everything that the alert is about, each thing once. */
export function alertKeysOf({ entities, devices, stories, policyId, extra }: About): readonly AlertKey[] {
  const found = new Map<string, AlertKey>();
  const add = (kind: AlertKeyKind, value: unknown): void => {
    const key = normalKey(value);
    if (key !== undefined) found.set(`${kind} ${key}`, { kind, key });
  };
  for (const entity of entities) addEntity(entity, add);
  for (const device of devices) {
    add('device', device.mdatpDeviceId);
    add('device', device.deviceDnsName);
  }
  for (const story of stories) add('story', story);
  add('policy', policyId);
  add('investigation', extra?.investigationId);
  return [...found.values()];
}

type Add = (kind: AlertKeyKind, value: unknown) => void;

/** Members of Defender reference 2.7 and those that alert.ts adds; names of types count in any case. */
function addEntity(entity: AlertEntity, add: Add): void {
  add('report', entity.reportId);
  add('country', entity.countryCode);
  switch (entity.entityType.toLowerCase()) {
    case 'user':
    case 'mailbox':
      addUser(entity, add);
      return;
    case 'ip':
      add('address', typeof entity.ipAddress === 'string' ? normalAddress(entity.ipAddress) : undefined);
      return;
    case 'machine':
    case 'device':
      add('device', entity.deviceId);
      add('device', entity.mdatpDeviceId);
      add('device', entity.deviceDnsName);
      return;
    case 'file':
    case 'process':
      addFile(entity, add);
      return;
    case 'mailmessage':
      add('mail', entity.networkMessageId);
      addUser(entity, add);
      return;
    case 'cloudapplication':
      add('app', entity.appId);
      if (textOf(entity.appId) !== undefined)
        add('instance', `${textOf(entity.appId)}|${textOf(entity.instanceId) ?? 0}`);
      return;
    case 'oauthapp':
    case 'oauthapplication':
      add('oauth-app', entity.appId ?? entity.clientId ?? entity.oAuthAppId);
      return;
    case 'securitygroup':
      add('group', entity.securityGroupId);
  }
}

function addUser(entity: AlertEntity, add: Add): void {
  const name = userNameOf(entity);
  add('user', name ?? entity.userSid);
  const appId = typeof entity.appId === 'number' ? entity.appId : usualAppId;
  const instance = typeof entity.instanceId === 'number' ? entity.instanceId : 0;
  for (const id of [name, entity.accountObjectId, entity.aadUserId, entity.userSid]) {
    const text = textOf(id);
    if (text !== undefined) for (const key of accountKeys(text, appId, instance)) add('account', key);
  }
}

/** The name that a person is known by in all apps: the UPN, else the mail address, else account@domain. */
export function userNameOf(entity: AlertEntity): string | undefined {
  const named = textOf(entity.userPrincipalName) ?? textOf(entity.mailboxAddress);
  if (named !== undefined) return named.toLowerCase();
  const account = textOf(entity.accountName);
  if (account === undefined) return undefined;
  const domain = textOf(entity.domainName);
  return (domain === undefined ? account : `${account}@${domain}`).toLowerCase();
}

/** Accounts of the directory belong to Office 365, its first instance (cloud-apps reference 2.2). */
export const usualAppId = 11161;

/**
 * How an account is kept: by its id alone when it is one of the directory, as nearly all are; else by every form in
 * which a filter can name it, with and without the app and the instance.
 */
function accountKeys(id: string, appId: number, instance: number): string[] {
  if (appId === usualAppId && instance === 0) return [id];
  return [`${id}|${appId}|${instance}`, `${id}|${appId}|`, `${id}||${instance}`, `${id}||`];
}

/** The keys under which an account that a filter names may be kept; app and instance are null where it does not say. */
export function keysOfAccount(id: string, appId: number | null, instance: number | null): AlertKey[] {
  const isUsual = (appId === null || appId === usualAppId) && (instance === null || instance === 0);
  const forms = [`${id}|${appId ?? ''}|${instance ?? ''}`, ...(isUsual ? [id] : [])];
  return forms.flatMap((form) => findKey('account', form) ?? []);
}

function addFile(entity: AlertEntity, add: Add): void {
  add('file', entity.sha256);
  add('file', entity.sha1);
  add('file', entity.fileId);
  const name = textOf(entity.fileName);
  add('file-name', name);
  const isKnownOtherwise = [entity.sha256, entity.sha1, entity.fileId].some((each) => textOf(each) !== undefined);
  if (!isKnownOtherwise && name !== undefined) {
    const path = textOf(entity.filePath);
    // A name alone says little: many files are called the same.
    if (path !== undefined) add('file', `${path.replace(/[\\/]+$/, '')}/${name}`);
  }
}

function normalAddress(address: string): string {
  return normaliseAddress(address.trim()) ?? address;
}

/** The key of what a caller looks for; undefined when nothing can have it. */
export function findKey(kind: AlertKeyKind, value: string | number): AlertKey | undefined {
  const key = normalKey(kind === 'address' ? normalAddress(String(value)) : value);
  return key === undefined ? undefined : { kind, key };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** Longer keys are kept by their hash: both databases bound what an index holds. */
const keyLengthMax = 300;

function normalKey(value: unknown): string | undefined {
  const text = textOf(value);
  // PostgreSQL takes no U+0000, and neither takes half a character.
  if (text === undefined || text.includes('\0') || !text.isWellFormed()) return undefined;
  const key = text.toLowerCase();
  return key.length <= keyLengthMax ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

/** The id of what a detection or policy found: the same `key` gives the same alert, however often it is found. */
export function alertIdFor(detectorId: string, key: string): string {
  return `ca${createHash('sha256')
    .update(JSON.stringify([detectorId, key]))
    .digest('hex')
    .slice(0, 32)}`;
}

/**
 * Whether an id is one that {@link alertIdFor} gives. Other products' alerts have none of these: whoever stored one
 * beforehand would keep the finding from being raised.
 */
export function isOwnAlertId(alertId: string): boolean {
  return /^ca[0-9a-f]{32}$/.test(alertId);
}

/** Why an alert that comes in under such an id is refused. */
export function ownIdReason(alertId: string): string {
  return `Alert ${alertId} has an id that only this server's own detections and policies give.`;
}

/** The id by which the cloud-apps surface knows an alert: 24 hex digits, as its documented ones have. */
export function alertPkFor(tenantId: string, alertId: string): string {
  return createHash('sha256').update(`${tenantId}/${alertId}`).digest('hex').slice(0, 24);
}
