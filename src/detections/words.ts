// The words and things that alerts of detections are made of: entities (Defender reference 2.7), counts, lists.
import type { AlertEntity } from '../alerts/alert.ts';
import { countryName } from './countries.ts';

/** `1 file`, `20 files`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `a, b and 3 more`. */
export function listed(items: readonly string[], most = 5): string {
  const distinct = [...new Set(items)];
  const shown = distinct.slice(0, most);
  const rest = distinct.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

const minuteMs = 60_000;

/** `45 minutes`, `3.5 hours`. */
export function duration(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  if (minutes < 1) return 'less than a minute';
  return minutes < 100 ? counted(minutes, 'minute') : `${Math.round(minutes / 6) / 10} hours`;
}

/** `2027-01-31 09:00 UTC`. */
export function moment(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `2027-01-31`, the day in UTC. */
export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** An address with its country, as far as that is known. */
export function place(address: string, countryCode: string | null): string {
  return countryCode === null ? address : `${address}, ${countryName(countryCode)}`;
}

export type EvidenceRole = 'Source' | 'Related';

export function userEntity(userName: string, evidenceRole: EvidenceRole = 'Source'): AlertEntity {
  const at = userName.lastIndexOf('@');
  return {
    entityType: 'User',
    accountName: at === -1 ? userName : userName.slice(0, at),
    ...(at === -1 ? {} : { domainName: userName.slice(at + 1), userPrincipalName: userName }),
    evidenceRole,
  };
}

export function ipEntity(ipAddress: string, countryCode: string | null): AlertEntity {
  return { entityType: 'Ip', ipAddress, ...(countryCode === null ? {} : { countryCode }), evidenceRole: 'Source' };
}

export function appEntity(appId: number, instanceId: number, appName: string): AlertEntity {
  return { entityType: 'CloudApplication', appId, instanceId, appName, evidenceRole: 'Related' };
}

export function mailboxEntity(mailboxAddress: string): AlertEntity {
  return { entityType: 'MailBox', mailboxAddress, userPrincipalName: mailboxAddress, evidenceRole: 'Related' };
}

/** A file of SharePoint or OneDrive: `fileId` is `<site>|<item>`, `filePath` the address of its folder. */
export function fileEntity({
  filePath,
  ...rest
}: {
  readonly fileId: string;
  readonly fileName: string;
  readonly filePath: string | null;
  readonly appId: number;
  readonly instanceId: number;
}): AlertEntity {
  return { entityType: 'File', ...rest, ...(filePath === null ? {} : { filePath }), evidenceRole: 'Related' };
}
