// The users, addresses, files, devices and so on that an OCSF finding names: in its evidence, its resources, its
// observables, and the device and actor of the whole event. What cannot be used is passed over, for producers differ.
import type { AlertDevice, AlertEntity, Members } from '../alert.ts';
import { deviceOf, devicesMax, entitiesMax } from './draft.ts';
import { Fault, isMembers, looseText, objectsIn, present } from './members.ts';

/** Throws a Fault where there are too many. */
export function entitiesOf(finding: Members): AlertEntity[] {
  const entities = [
    ...objectsIn('evidences', finding.evidences, entitiesMax).flatMap(ofEvidence),
    ...ofActor(finding.actor),
    ...objectsIn('resources', finding.resources, entitiesMax).flatMap(ofResource),
    ...objectsIn('observables', finding.observables, entitiesMax).flatMap(ofObservable),
  ];
  if (entities.length > entitiesMax) throw new Fault(`It names more than ${entitiesMax} entities.`);
  return entities;
}

/** Throws a Fault where there are too many. */
export function devicesOf(finding: Members): AlertDevice[] {
  const evidences = objectsIn('evidences', finding.evidences, entitiesMax);
  const devices = [finding.device, ...evidences.map((evidence) => evidence.device)].flatMap(toDevice);
  if (devices.length > devicesMax) throw new Fault(`It names more than ${devicesMax} devices.`);
  return devices;
}

/** The entity, unless it would say nothing but what it is. */
function entity(entityType: string, members: Members): AlertEntity[] {
  const filled = present(members);
  return Object.keys(filled).length === 0 ? [] : [{ ...filled, entityType }];
}

function ofEvidence(evidence: Members): AlertEntity[] {
  return [
    ...ofActor(evidence.actor),
    ...ofUser(evidence.user),
    ...ofEndpoint(evidence.src_endpoint, 'Source'),
    ...ofEndpoint(evidence.dst_endpoint, 'Destination'),
    ...ofFile(evidence.file),
    ...ofProcess(evidence.process),
    ...ofUrl(evidence.url),
    ...ofEmail(evidence.email),
    ...(isMembers(evidence.query) ? entity('Url', { url: looseText(evidence.query.hostname) }) : []),
  ];
}

function ofActor(actor: unknown): AlertEntity[] {
  return isMembers(actor) ? [...ofUser(actor.user), ...ofProcess(actor.process)] : [];
}

function ofUser(user: unknown): AlertEntity[] {
  if (!isMembers(user)) return [];
  const name = looseText(user.name);
  const address = looseText(user.email_addr) ?? (name?.includes('@') ? name : null);
  return entity('User', {
    userPrincipalName: address,
    accountName: name?.includes('@') ? null : name,
    domainName: looseText(user.domain),
    displayName: looseText(user.full_name),
    ...idOfUser(looseText(user.uid)),
  });
}

function idOfUser(uid: string | null): Members {
  if (uid === null) return {};
  if (/^S-1-/.test(uid)) return { userSid: uid };
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(uid) ? { aadUserId: uid } : { accountUid: uid };
}

function ofEndpoint(endpoint: unknown, evidenceRole: string): AlertEntity[] {
  if (!isMembers(endpoint)) return [];
  const location = isMembers(endpoint.location) ? looseText(endpoint.location.country) : null;
  const ipAddress = looseText(endpoint.ip);
  const url = looseText(endpoint.domain) ?? (ipAddress === null ? looseText(endpoint.hostname) : null);
  return [
    ...(ipAddress === null ? [] : entity('Ip', { ipAddress, countryCode: location, evidenceRole })),
    ...(url === null ? [] : entity('Url', { url, evidenceRole })),
  ];
}

function fileMembers(file: Members): Members {
  const hashes = Array.isArray(file.hashes) ? file.hashes.filter(isMembers) : [];
  // `algorithm_id`: 1 MD5, 2 SHA-1, 3 SHA-256.
  const hash = (id: number): string | null => {
    const found = hashes.find((each) => each.algorithm_id === id);
    return found ? (looseText(found.value)?.toLowerCase() ?? null) : null;
  };
  return {
    fileName: looseText(file.name),
    filePath: looseText(file.path),
    md5: hash(1),
    sha1: hash(2),
    sha256: hash(3),
  };
}

function ofFile(file: unknown): AlertEntity[] {
  return isMembers(file) ? entity('File', fileMembers(file)) : [];
}

function ofProcess(process: unknown): AlertEntity[] {
  if (!isMembers(process)) return [];
  const parent = isMembers(process.parent_process) ? process.parent_process : {};
  return [
    ...entity('Process', {
      ...(isMembers(process.file) ? fileMembers(process.file) : { fileName: looseText(process.name) }),
      processId: typeof process.pid === 'number' ? process.pid : null,
      processCommandLine: looseText(process.cmd_line),
      parentProcessId: typeof parent.pid === 'number' ? parent.pid : null,
    }),
    ...ofUser(process.user),
  ];
}

function ofUrl(url: unknown): AlertEntity[] {
  return isMembers(url) ? entity('Url', { url: looseText(url.url_string) ?? looseText(url.hostname) }) : [];
}

function ofEmail(email: unknown): AlertEntity[] {
  if (!isMembers(email)) return [];
  const [recipient = null] = Array.isArray(email.to) ? email.to.map(looseText) : [];
  return entity('MailMessage', {
    sender: looseText(email.from),
    recipient,
    subject: looseText(email.subject),
    internetMessageId: looseText(email.message_uid),
    networkMessageId: looseText(email.uid),
  });
}

function ofResource(resource: Members): AlertEntity[] {
  const owner = ofUser(resource.owner);
  const name = looseText(resource.name);
  const uid = looseText(resource.uid);
  const resourceType = looseText(resource.type);
  return [...entity('CloudResource', { resourceId: uid, resourceName: name, resourceType }), ...owner];
}

/** `type_id` of an observable, as far as its value alone says what is meant. */
const observables: Readonly<Record<number, readonly [entityType: string, member: string]>> = {
  1: ['Url', 'url'],
  2: ['Ip', 'ipAddress'],
  4: ['User', 'accountName'],
  5: ['Mailbox', 'mailboxAddress'],
  6: ['Url', 'url'],
  7: ['File', 'fileName'],
};

function ofObservable({ type_id: type, value }: Members): AlertEntity[] {
  const text = looseText(value);
  if (typeof type !== 'number' || text === null) return [];
  // 8: a hash, of an algorithm that its length tells.
  if (type === 8) return ofHash(text.toLowerCase());
  if (type === 4 && text.includes('@')) return entity('User', { userPrincipalName: text });
  const found = Object.hasOwn(observables, type) ? observables[type] : undefined;
  return found ? entity(found[0], { [found[1]]: text }) : [];
}

function ofHash(hash: string): AlertEntity[] {
  if (/^[0-9a-f]{40}$/.test(hash)) return entity('File', { sha1: hash });
  if (/^[0-9a-f]{64}$/.test(hash)) return entity('File', { sha256: hash });
  return /^[0-9a-f]{32}$/.test(hash) ? entity('File', { md5: hash }) : [];
}

function toDevice(device: unknown): AlertDevice[] {
  if (!isMembers(device)) return [];
  const os = isMembers(device.os) ? device.os : {};
  const uid = looseText(device.uid);
  const name = looseText(device.hostname) ?? looseText(device.name);
  if (uid === null && name === null) return [];
  return [
    deviceOf({
      mdatpDeviceId: uid,
      deviceDnsName: name,
      osPlatform: looseText(os.name) ?? looseText(os.type),
      version: looseText(os.version),
      osBuild: looseText(os.build),
      lastIpAddress: looseText(device.ip),
      riskScore: looseText(device.risk_level),
    }),
  ];
}
