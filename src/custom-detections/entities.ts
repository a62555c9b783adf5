// Whom and what an alert is about, out of the rows that raised it: the impacted assets that the rule names, and whatever
// else its columns say under the names of the published schema. In the form of Defender reference 2.6 and 2.7.
import type { AlertDevice, AlertEntity } from '../alerts/alert.ts';
import { type AssetKind, findColumn, type ImpactedAsset } from './rule.ts';

/** A row of the answer, by column. */
export type Row = Readonly<Record<string, unknown>>;

export interface Things {
  readonly devices: readonly AlertDevice[];
  readonly entities: readonly AlertEntity[];
}

/** Of one kind of thing an alert names so many. */
const thingsPerKind = 20;

/** Column by column: what a member of the entity is read from. */
type Members = Readonly<Record<string, string>>;

interface Kind {
  readonly entityType: string;
  readonly members: Members;
  /** Members of which one at least must be there. */
  readonly needs: readonly string[];
}

function account(prefix: string): Members {
  return {
    userPrincipalName: `${prefix}Upn`,
    aadUserId: `${prefix}ObjectId`,
    userSid: `${prefix}Sid`,
    accountName: `${prefix}Name`,
    domainName: `${prefix}Domain`,
  };
}

function user(prefix: string): Kind {
  const members = account(prefix);
  return { entityType: 'User', members, needs: ['userPrincipalName', 'aadUserId', 'userSid', 'accountName'] };
}

function processOf(prefix: string, folder: string): Kind {
  const members = {
    processId: prefix === '' ? 'ProcessId' : `${prefix}Id`,
    processCommandLine: prefix === '' ? 'ProcessCommandLine' : `${prefix}CommandLine`,
    processCreationTime: prefix === '' ? 'ProcessCreationTime' : `${prefix}CreationTime`,
    fileName: `${prefix}FileName`,
    filePath: `${prefix}${folder}`,
    sha1: `${prefix}SHA1`,
    sha256: `${prefix}SHA256`,
    md5: `${prefix}MD5`,
    deviceId: 'DeviceId',
  };
  return { entityType: 'Process', members, needs: ['processCommandLine', 'processId'] };
}

/** What the columns of the published tables say beside the impacted assets. */
const related: readonly Kind[] = [
  user('Account'),
  user('InitiatingProcessAccount'),
  user('TargetAccount'),
  processOf('', 'FolderPath'),
  processOf('InitiatingProcess', 'FolderPath'),
  {
    entityType: 'File',
    members: {
      fileName: 'FileName',
      filePath: 'FolderPath',
      sha1: 'SHA1',
      sha256: 'SHA256',
      md5: 'MD5',
      deviceId: 'DeviceId',
    },
    needs: ['fileName', 'sha1', 'sha256'],
  },
  { entityType: 'Ip', members: { ipAddress: 'IPAddress', countryCode: 'CountryCode' }, needs: ['ipAddress'] },
  ...['RemoteIP', 'SenderIPv4', 'SenderIPv6'].map((column): Kind => {
    return { entityType: 'Ip', members: { ipAddress: column }, needs: ['ipAddress'] };
  }),
  ...['RemoteUrl', 'Url'].map((column): Kind => {
    return { entityType: 'Url', members: { url: column }, needs: ['url'] };
  }),
  {
    entityType: 'MailBox',
    members: { mailboxAddress: 'RecipientEmailAddress', userPrincipalName: 'RecipientEmailAddress' },
    needs: ['mailboxAddress'],
  },
  {
    entityType: 'MailMessage',
    members: {
      networkMessageId: 'NetworkMessageId',
      internetMessageId: 'InternetMessageId',
      sender: 'SenderFromAddress',
      recipient: 'RecipientEmailAddress',
      subject: 'Subject',
    },
    needs: ['networkMessageId'],
  },
];

/** Everything that the rows are about, each thing once; impacted assets first. */
export function thingsOf(rows: readonly Row[], assets: readonly ImpactedAsset[]): Things {
  const devices = new Map<string, AlertDevice>();
  const entities = new Map<string, AlertEntity>();
  const counts = new Map<string, number>();
  const add = (entity: AlertEntity): void => {
    const key = identityOf(entity);
    const count = counts.get(entity.entityType) ?? 0;
    const isKnown = entities.has(key) || [...entities.values()].some((each) => isSamePerson(each, entity));
    if (isKnown || count >= thingsPerKind) return;
    counts.set(entity.entityType, count + 1);
    entities.set(key, entity);
  };
  for (const row of rows) {
    for (const asset of assets) {
      const found = assetOf(row, asset);
      if (found && asset.kind === 'device') addDevice(devices, found);
      else if (found && 'entityType' in found) add(found as AlertEntity); // assetOf makes all others with their type.
    }
  }
  for (const row of rows) {
    addDevice(devices, deviceIn(row, 'Related'));
    const kinds = related.flatMap((kind) => entityOf(row, kind) ?? []);
    const hasProcess = kinds.some((each) => each.entityType === 'Process' && each.fileName === textOf(row.FileName));
    // The file of a process is told of with it.
    for (const entity of kinds) if (!(hasProcess && entity.entityType === 'File')) add(entity);
  }
  return { devices: [...devices.values()], entities: [...entities.values()] };
}

function identityOf({ evidenceRole: _, ...members }: AlertEntity): string {
  return JSON.stringify(Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1)));
}

const personIds = ['userPrincipalName', 'aadUserId', 'userSid'];

/** An account that the rule names as impacted need not be told of once more as related. */
function isSamePerson(known: AlertEntity, entity: AlertEntity): boolean {
  if (known.entityType !== 'User' || entity.entityType !== 'User') return false;
  return personIds.some((id) => {
    const [one, other] = [known[id], entity[id]];
    return typeof one === 'string' && typeof other === 'string' && one.toLowerCase() === other.toLowerCase();
  });
}

function addDevice(devices: Map<string, AlertDevice>, device: AlertDevice | undefined): void {
  if (!device) return;
  const key = String(device.mdatpDeviceId ?? device.deviceDnsName).toLowerCase();
  const known = [...devices.values()].some(
    ({ mdatpDeviceId, deviceDnsName }) =>
      (device.mdatpDeviceId !== undefined && mdatpDeviceId === device.mdatpDeviceId) ||
      (device.mdatpDeviceId === undefined && deviceDnsName === device.deviceDnsName),
  );
  if (!known && devices.size < thingsPerKind) devices.set(key, device);
}

function deviceIn(row: Row, evidenceRole: string): AlertDevice | undefined {
  const mdatpDeviceId = textOf(row.DeviceId);
  const deviceDnsName = textOf(row.DeviceName);
  if (mdatpDeviceId === undefined && deviceDnsName === undefined) return undefined;
  return present({ mdatpDeviceId, deviceDnsName, evidenceRole });
}

/** What the value of an asset's column is to the entity of its kind. */
const assetMembers: Readonly<Record<Exclude<AssetKind, 'device'>, readonly (readonly [RegExp, string])[]>> = {
  user: [
    [/Upn$|@/, 'userPrincipalName'],
    [/(ObjectId|accountId|servicePrincipalId)$/, 'aadUserId'],
    [/Sid$/, 'userSid'],
    [/Domain$/, 'domainName'],
    [/Name$/, 'accountName'],
  ],
  mailbox: [
    [/ObjectId$/, 'aadUserId'],
    [/Address$/, 'mailboxAddress'],
  ],
};

/** The asset as the row names it, with what else the row says of it; undefined when the row says nothing. */
function assetOf(row: Row, { kind, identifier }: ImpactedAsset): AlertDevice | AlertEntity | undefined {
  const value = assetValue(row, identifier);
  if (value === undefined) return undefined;
  if (kind === 'device') {
    const isOwn = identifier === 'deviceId' || identifier === 'deviceName';
    return isOwn ? deviceIn(row, 'Impacted') : { deviceDnsName: value, evidenceRole: 'Impacted' };
  }
  // Sources differ in whether an id is one of the directory or a user's name.
  const meant = kind === 'user' && /^[^@\s]+@[^@\s]+$/.test(value) ? '@' : identifier;
  const [, member = 'accountName'] = assetMembers[kind].find(([pattern]) => pattern.test(meant)) ?? [];
  const prefix = /^(.*?)(Upn|ObjectId|Sid|Name|Domain|Id)$/.exec(identifier)?.[1] ?? '';
  const rest = kind === 'user' && prefix !== '' ? entityOf(row, user(upperFirst(prefix))) : undefined;
  const entityType = kind === 'user' ? 'User' : 'MailBox';
  const address = kind === 'mailbox' && member === 'mailboxAddress' ? { userPrincipalName: value } : {};
  return { entityType, ...rest, ...address, [member]: value, evidenceRole: 'Impacted' };
}

/** The value of the column that says whom or what the alert is about. */
export function assetValue(row: Row, identifier: string): string | undefined {
  const column = findColumn(Object.keys(row), identifier);
  return column === undefined ? undefined : textOf(row[column]);
}

function entityOf(row: Row, { entityType, members, needs }: Kind): AlertEntity | undefined {
  const found: Record<string, unknown> = {};
  for (const [member, column] of Object.entries(members)) {
    const value = row[column];
    // Numbers stay numbers: the id of a process, the size of a file.
    if (typeof value === 'number') found[member] = value;
    else if (textOf(value) !== undefined) found[member] = textOf(value);
  }
  if (!needs.some((member) => found[member] !== undefined)) return undefined;
  return { entityType, ...found, evidenceRole: 'Related' };
}

/** Of text columns, as alerts keep it. */
const textLengthMax = 4000;

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  return value.slice(0, textLengthMax).toWellFormed().replaceAll('\0', '');
}

function present(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
