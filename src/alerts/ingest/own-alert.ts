// An alert in the schema of our own, for products that have no other: docs/alert-schema.md. It is strict, so that a member
// whose name is wrong is told and not lost.
import type { AlertComment, AlertDraft, AlertEntity, Members } from '../alert.ts';
import { alertIdIn, commentsMax, deviceOf, devicesMax, draftOf, entitiesMax, techniquesMax } from './draft.ts';
import { severityIn } from './enumerations.ts';
import {
  Fault,
  membersIn,
  nameIn,
  objectsIn,
  optionalName,
  optionalTime,
  present,
  textIn,
  textsIn,
  timeIn,
} from './members.ts';

export const ownSchema = 'sallyport-alert/1';
const evidenceMax = 100;

const members = [
  'schema',
  'id',
  'product',
  'title',
  'description',
  'severity',
  'category',
  'status',
  'classification',
  'determination',
  'assignedTo',
  'createdAt',
  'updatedAt',
  'resolvedAt',
  'firstActivityAt',
  'lastActivityAt',
  'detector',
  'techniques',
  'entities',
  'devices',
  'comments',
  'evidence',
  'link',
];

export function isOwnAlert(value: Members): boolean {
  return 'schema' in value;
}

/** Throws a Fault. */
export function readOwnAlert(given: Members): AlertDraft {
  if (given.schema !== ownSchema) throw new Fault(`schema must be "${ownSchema}".`);
  requireKnown('', given, members);
  const created = timeIn('createdAt', given.createdAt);
  const updated = optionalTime('updatedAt', given.updatedAt) ?? created;
  if (given.severity === undefined) throw new Fault('severity is missing.');
  const detector = membersIn('detector', given.detector);
  requireKnown('detector.', detector, ['id', 'name']);
  const product = nameIn('product', given.product);
  return draftOf({
    alertId: alertIdIn('id', given.id),
    title: given.title,
    description: given.description,
    category: optionalName('category', given.category) ?? 'SuspiciousActivity',
    severity: severityIn('severity', given.severity),
    created,
    firstActivity: optionalTime('firstActivityAt', given.firstActivityAt),
    lastActivity: optionalTime('lastActivityAt', given.lastActivityAt),
    serviceSource: product,
    detectionSource: optionalName('detector.name', detector.name) ?? product,
    detectorId: optionalName('detector.id', detector.id),
    techniques: textsIn('techniques', given.techniques, techniquesMax),
    entities: objectsIn('entities', given.entities, entitiesMax).map((each, at) => entity(`entities[${at}]`, each)),
    devices: objectsIn('devices', given.devices, devicesMax).map((each, at) => device(`devices[${at}]`, each)),
    evidence: textsOf(given.evidence).map((text) => ({ text })),
    extra: present({ alertLink: link(given.link) }),
    standing: {
      status: given.status,
      classification: given.classification,
      determination: given.determination,
      assignedTo: given.assignedTo,
      comments: comments(given.comments),
      resolved: optionalTime('resolvedAt', given.resolvedAt),
      updated,
    },
  });
}

function requireKnown(path: string, given: Members, names: readonly string[]): void {
  const strange = Object.keys(given).find((name) => !names.includes(name));
  if (strange !== undefined) throw new Fault(`${path}${strange.slice(0, 60)} is no member of ${ownSchema}.`);
}

function textsOf(value: unknown): string[] {
  return textsIn('evidence', value, evidenceMax);
}

function link(value: unknown): string | null {
  const text = optionalName('link', value);
  if (text !== null && !/^https?:\/\//i.test(text)) throw new Fault('link must be an http or https URL.');
  return text;
}

function comments(value: unknown): AlertComment[] {
  return objectsIn('comments', value, commentsMax).map((each, index) => {
    const path = `comments[${index}]`;
    requireKnown(`${path}.`, each, ['text', 'by', 'at']);
    return {
      comment: textIn(`${path}.text`, each.text),
      createdBy: nameIn(`${path}.by`, each.by),
      createdTime: String(timeIn(`${path}.at`, each.at)),
    };
  });
}

/** By type: the entity's name, and for each member the name that Defender reference 2.7 has for it. */
const entityTypes: Readonly<Record<string, readonly [entityType: string, names: Readonly<Record<string, string>>]>> = {
  user: [
    'User',
    {
      userPrincipalName: 'userPrincipalName',
      accountName: 'accountName',
      domainName: 'domainName',
      sid: 'userSid',
      objectId: 'aadUserId',
    },
  ],
  address: ['Ip', { address: 'ipAddress', country: 'countryCode' }],
  url: ['Url', { url: 'url' }],
  file: ['File', { name: 'fileName', path: 'filePath', sha1: 'sha1', sha256: 'sha256', md5: 'md5' }],
  process: [
    'Process',
    {
      id: 'processId',
      commandLine: 'processCommandLine',
      name: 'fileName',
      path: 'filePath',
      sha1: 'sha1',
      sha256: 'sha256',
      userPrincipalName: 'userPrincipalName',
    },
  ],
  mailbox: ['Mailbox', { address: 'mailboxAddress', displayName: 'mailboxDisplayName' }],
  mail: [
    'MailMessage',
    { sender: 'sender', recipient: 'recipient', subject: 'subject', networkMessageId: 'networkMessageId' },
  ],
  app: ['CloudApplication', { appId: 'appId', instanceId: 'instanceId', name: 'appName' }],
  oauthApp: ['OAuthApp', { appId: 'appId', name: 'appName' }],
};

function entity(path: string, given: Members): AlertEntity {
  const { type, ...rest } = given;
  const found = typeof type === 'string' && Object.hasOwn(entityTypes, type) ? entityTypes[type] : undefined;
  if (!found) throw new Fault(`${path}.type must be one of ${Object.keys(entityTypes).join(', ')}.`);
  const [entityType, names] = found;
  requireKnown(`${path}.`, rest, Object.keys(names));
  const entries = Object.entries(rest).map(([name, value]) => [names[name] ?? name, scalar(`${path}.${name}`, value)]);
  if (entries.length === 0) throw new Fault(`${path} says nothing but its type.`);
  return { ...present(Object.fromEntries(entries)), entityType };
}

function device(path: string, given: Members): Members {
  requireKnown(`${path}.`, given, ['id', 'aadDeviceId', 'name', 'osPlatform', 'osVersion', 'address', 'tags']);
  const id = optionalName(`${path}.id`, given.id);
  const name = optionalName(`${path}.name`, given.name);
  if (id === null && name === null) throw new Fault(`${path} must have an id or a name.`);
  return deviceOf({
    mdatpDeviceId: id,
    aadDeviceId: optionalName(`${path}.aadDeviceId`, given.aadDeviceId),
    deviceDnsName: name,
    osPlatform: optionalName(`${path}.osPlatform`, given.osPlatform),
    version: optionalName(`${path}.osVersion`, given.osVersion),
    lastIpAddress: optionalName(`${path}.address`, given.address),
    tags: textsIn(`${path}.tags`, given.tags, 100),
  });
}

function scalar(path: string, value: unknown): string | number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'string') throw new Fault(`${path} must be a text or a number.`);
  if (value.length > 4096) throw new Fault(`${path} is longer than 4096 characters.`);
  return value;
}
