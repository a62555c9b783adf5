// The wire record of an activity (cloud-apps reference 2.3) as the store keeps it (record-text.ts). Written piece by
// piece instead of through one JSON.stringify: the provider's record goes in as its own text, and pieces that repeat from
// record to record (account, address, program, operation) are kept ready. What our data does not have is absent.
import { Recent } from '../../lib/recent.ts';
import type { AddressFacts } from '../../subnets/addresses.ts';
import { wordCode } from '../record-text.ts';
import { appNames, office365 } from './apps.ts';
import type { Draft, EventObject } from './draft.ts';
import type { Envelope } from './envelope.ts';
import { failedSignIn } from './operations.ts';
import type { UserAgent } from './user-agent.ts';

const word = {
  id: wordCode('{"_id":'),
  uid: wordCode(',"uid":'),
  tenantId: wordCode(',"tenantId":'),
  aadTenantId: wordCode(',"aadTenantId":'),
  timestamp: wordCode(',"timestamp":'),
  timestampRaw: wordCode(',"timestampRaw":'),
  instantiation: wordCode(',"instantiation":'),
  instantiationRaw: wordCode(',"instantiationRaw":'),
  created: wordCode(',"created":'),
  createdRaw: wordCode(',"createdRaw":'),
  appId: wordCode(',"appId":'),
  saasId: wordCode(',"saasId":'),
  appName: wordCode(',"srcAppId":11161,"appName":'),
  eventType: wordCode(',"eventType":'),
  eventTypeValue: wordCode(',"eventTypeValue":"'),
  eventTypeName: wordCode('","eventTypeName":"EVENT_CATEGORY_'),
  basic: wordCode('","genericEventType":"ENUM_ACTIVITY_GENERIC_TYPE_BASIC","severity":"INFO","source":2'),
  failed: wordCode('","genericEventType":"ENUM_ACTIVITY_GENERIC_TYPE_FAILED_LOGIN","severity":"INFO","source":2'),
  basicEvent: wordCode(',"classifications":[],"description_id":"EVENT_DESCRIPTION_BASIC_EVENT"'),
  accessEvent: wordCode(',"classifications":["access"],"description_id":"EVENT_DESCRIPTION_BASIC_EVENT"'),
  failedEvent: wordCode(',"classifications":["access"],"description_id":"EVENT_DESCRIPTION_FAILED_LOGIN"'),
  description: wordCode(',"description":'),
  target: wordCode(',"description_metadata":{"target_object":'),
  operationName: wordCode(',"operation_name":'),
  categoryAfterColon: wordCode(',"colon":": ","dash":"","event_category":'),
  category: wordCode(',"colon":"","dash":"","event_category":'),
  message: wordCode(',"activity_result_message":'),
  device: wordCode('},"device":{"clientIP":'),
  deviceAgent: wordCode(',"userAgent":'),
  deviceCountry: wordCode(',"countryCode":'),
  location: wordCode('},"location":{"countryCode":'),
  organization: wordCode(',"organizationSearchable":'),
  addressCategory: wordCode(',"anonymousProxy":false,"isSatelliteProvider":false,"category":'),
  categoryValue: wordCode(',"categoryValue":'),
  ipTags: wordCode(',"ipTags":'),
  otherAddresses: wordCode('},"internals":{"otherIPs":['),
  user: wordCode(']},"user":{"userName":'),
  userTags: wordCode(',"userTags":'),
  failedUser: wordCode('},"failedUserData":{"userName":'),
  mainInfo: wordCode(',"mainInfo":{"eventObjects":['),
  thing: wordCode('{"objType":1,"role":3,"tags":[],"name":'),
  application: wordCode('{"objType":6,"role":1,"tags":[],"name":'),
  objectId: wordCode(',"id":'),
  objectKind: wordCode(',"serviceObjectType":'),
  knownAccount: wordCode('{"objType":21,"role":4,"tags":'),
  otherAccount: wordCode('{"objType":22,"role":3,"tags":[],"name":'),
  directoryUser: wordCode('{"objType":23,"role":4,"tags":'),
  resolvedId: wordCode(',"instanceId":0,"resolved":true,"saasId":11161,"id":'),
  unresolvedId: wordCode(',"instanceId":0,"resolved":false,"saasId":11161,"id":'),
  rawOperation: wordCode('],"rawOperationName":'),
  prettyOperation: wordCode(',"prettyOperationName":'),
  basicType: wordCode(',"type":"basic"'),
  failedType: wordCode(',"type":"failedLogin"'),
  succeeded: wordCode(',"activityResult":{"isSuccess":true,"message":null}'),
  resolvedActor: wordCode('},"resolvedActor":{"id":'),
  resolvedTags: wordCode(',"saasId":"11161","instanceId":"0","tags":'),
  resolvedEnd: wordCode(',"role":"4","resolved":true}'),
  entityData: wordCode(',"entityData":{"0":{"displayName":'),
  entityId: wordCode(',"id":{"id":'),
  entityEnd: wordCode(',"saas":11161,"inst":0},"resolved":true}'),
  secondEntity: wordCode(',"1":null,"2":'),
  displayName: wordCode('{"displayName":'),
  rawData: wordCode('},"rawDataJson":'),
  name: wordCode(',"name":'),
  value: wordCode(',"value":'),
} as const;

/** What all records of one ingestion share. */
export interface RecordOrigin {
  /** Behind the id. */
  readonly tenantPiece: string;
  /** Behind the time at which it happened. */
  readonly createdPiece: string;
}

/** `created` is the time at which the records come in, epoch milliseconds. */
export function describeOrigin(tenantId: string, tenantNumber: number, created: number): RecordOrigin {
  return {
    tenantPiece: `${word.tenantId}${tenantNumber}${word.aadTenantId}"${tenantId}"${word.timestamp}`,
    createdPiece:
      `${word.instantiation}${created}${word.instantiationRaw}${created}` +
      `${word.created}${created}${word.createdRaw}${created}`,
  };
}

/** The actor as every record of the same account shows it. */
export interface Actor {
  /** Lower case. */
  readonly userName: string;
  readonly userDomain: string;
  readonly tags: readonly string[];
  /** From `user` on, without its closing brace. */
  readonly userPiece: string;
  /** What stands in eventObjects for the actor; '' for nobody. */
  readonly eventObjectsPiece: string;
  /** resolvedActor and entityData. */
  readonly resolvedPiece: string;
}

/** A JSON string literal; well formed whatever is in the text. */
const quoted = (text: string): string => JSON.stringify(text);

/**
 * Pieces about the actor. `isResolved` says that the account is one of the tenant's own. Object types 21 and 22 are a
 * known and an unknown account, 23 the directory user behind it, role 4 the actor (payloads of the documented service).
 */
export function describeActor(
  displayName: string,
  userGuid: string,
  userDomain: string,
  tags: readonly string[],
  isResolved: boolean,
): Actor {
  const userName = displayName.toLowerCase();
  const tagsJson = JSON.stringify(tags);
  if (userName === '') {
    const userPiece = `${word.user}null${word.userTags}[]`;
    return {
      userName,
      userDomain,
      tags,
      userPiece,
      eventObjectsPiece: '',
      resolvedPiece: '},"resolvedActor":null,"entityData":{"0":null,"1":null,"2":null',
    };
  }
  const name = quoted(displayName);
  const id = quoted(userName);
  const idWord = isResolved ? word.resolvedId : word.unresolvedId;
  const entityEnd = isResolved ? word.entityEnd : `,"saas":${office365},"inst":0},"resolved":false}`;
  const account = isResolved ? word.knownAccount : '{"objType":22,"role":4,"tags":';
  const guid = quoted(userGuid);
  const user = userGuid === '' ? '' : `,${word.directoryUser}${tagsJson}${word.name}${name}${idWord}${guid}}`;
  const type = userGuid === '' ? (isResolved ? 21 : 22) : 23;
  const second = userGuid === '' ? 'null' : `${word.displayName}${name}${word.entityId}${guid}${entityEnd}`;
  return {
    userName,
    userDomain,
    tags,
    userPiece: `${word.user}${id}${word.userTags}${tagsJson}`,
    eventObjectsPiece: `${account}${tagsJson}${word.name}${name}${idWord}${id}}${user}`,
    resolvedPiece:
      `${word.resolvedActor}${userGuid === '' ? id : guid}${word.resolvedTags}${tagsJson},"objType":"${type}"${word.name}${name}` +
      `${isResolved ? word.resolvedEnd : ',"role":"4","resolved":false}'}` +
      `${word.entityData}${name}${word.entityId}${id}${entityEnd}${word.secondEntity}${second}`,
  };
}

/** The known numbers of eventTypeValue (cloud-apps reference 2.3); the others are not public. */
const eventTypeNumbers: ReadonlyMap<string, number> = new Map([
  ['EVENT_O365_ONEDRIVE_GENERIC', 233580],
  ['EVENT_AAD_LOGIN_FAILED', 2293761],
]);

/** Everything that only operation, app and finer type decide. */
const operationPieces = new Recent<string, string>(4000);

function operationPiece(operation: string, draft: Draft): string {
  const key = `${operation}\n${draft.appId}\n${draft.eventTypeValue}\n${draft.kind.eventType}`;
  const known = operationPieces.get(key);
  if (known !== undefined) return known;
  const number = eventTypeNumbers.get(draft.eventTypeValue);
  const isFailed = draft.kind === failedSignIn;
  const isSignIn = draft.kind.eventType === 'EVENT_CATEGORY_LOGIN';
  const piece =
    `${word.appId}${draft.appId}${word.saasId}${draft.appId}${word.appName}${quoted(appNames.get(draft.appId) ?? '')}` +
    `${number === undefined ? '' : `${word.eventType}${number}`}${word.eventTypeValue}${draft.eventTypeValue}` +
    `${word.eventTypeName}${draft.kind.eventType.slice('EVENT_CATEGORY_'.length)}${isFailed ? word.failed : word.basic}` +
    (isFailed ? word.failedEvent : isSignIn ? word.accessEvent : word.basicEvent);
  operationPieces.set(key, piece);
  return piece;
}

/** Only these two of the service's category names are public. */
const categoryValues: Readonly<Record<number, string>> = { 0: '"NONE"', 5: '"CLOUD_PROXY_NETWORK_IP"' };

const anonymousProxy = '000000030000000000000000';
const satellite = '000000040000000000000000';

const quotedOrNull = (text: string | null): string => (text === null ? 'null' : quoted(text));

/** Device, location and addresses of every record from the same address, but for the user agent between them. */
interface PlacePieces {
  readonly device: string;
  readonly location: string;
}

const placePieces = new WeakMap<AddressFacts, PlacePieces>();
const nowhere: PlacePieces = {
  device: `${word.device}null`,
  location: `${word.deviceCountry}null},"location":null,"internals":{"otherIPs":[`,
};

function placePiece(facts: AddressFacts): PlacePieces {
  const known = placePieces.get(facts);
  if (known !== undefined) return known;
  const { category, tags } = facts;
  const country = quotedOrNull(facts.countryCode);
  const address = quoted(facts.address);
  const isUsual = !tags.includes(anonymousProxy) && !tags.includes(satellite);
  const networks = isUsual
    ? word.addressCategory
    : `,"anonymousProxy":${tags.includes(anonymousProxy)},"isSatelliteProvider":${tags.includes(satellite)},"category":`;
  const pieces = {
    device: `${word.device}${address}`,
    location:
      `${word.deviceCountry}${country}${word.location}${country}${word.organization}${quotedOrNull(facts.organization)}` +
      `${networks}${category}${word.categoryValue}${categoryValues[category] ?? 'null'}${word.ipTags}${JSON.stringify(tags)}` +
      `${word.otherAddresses}${address}`,
  };
  placePieces.set(facts, pieces);
  return pieces;
}

function eventObject({ objType, role, id, name, serviceObjectType, value }: EventObject): string {
  const start =
    objType === 1 && role === 3
      ? word.thing
      : objType === 6 && role === 1
        ? word.application
        : `{"objType":${objType},"role":${role},"tags":[],"name":`;
  const kind = serviceObjectType === '' ? '' : `${word.objectKind}${quoted(serviceObjectType)}`;
  return `${start}${quoted(name)}${word.objectId}${quoted(id)}${kind}${value === '' ? '' : `${word.value}${quoted(value)}`}},`;
}

function otherAccount(name: string): string {
  return `${word.otherAccount}${quoted(name)}${word.unresolvedId}${quoted(name.toLowerCase())}},`;
}

function resultPiece(draft: Draft): string {
  if (draft.isSuccess === null) return '';
  if (draft.isSuccess && draft.message === '') return word.succeeded;
  return `,"activityResult":{"isSuccess":${draft.isSuccess},"message":${draft.message === '' ? 'null' : quoted(draft.message)}}`;
}

export interface RecordParts {
  readonly id: string;
  readonly origin: RecordOrigin;
  readonly envelope: Envelope;
  readonly draft: Draft;
  readonly actor: Actor;
  readonly facts: AddressFacts | null;
  readonly agent: UserAgent | null;
  readonly description: string;
}

/** The whole record, as it is stored. */
export function writeRecord(parts: RecordParts): string {
  const { origin, envelope, draft, actor, facts, agent } = parts;
  const { timestamp } = envelope;
  const id = quoted(parts.id);
  const operation = quoted(envelope.operation);
  const isFailed = draft.kind === failedSignIn;
  const place = facts === null ? nowhere : placePiece(facts);
  const message = draft.message === '' ? '' : `${word.message}${quoted(draft.message)}`;
  return (
    `${word.id}${id}${word.uid}${id}${origin.tenantPiece}${timestamp}${word.timestampRaw}${timestamp}` +
    `${origin.createdPiece}${operationPiece(envelope.operation, draft)}` +
    `${word.description}${quoted(parts.description)}${word.target}${quoted(draft.target)}${word.operationName}${operation}` +
    `${draft.target === '' ? word.category : word.categoryAfterColon}${quoted(draft.kind.label)}${message}` +
    `${place.device}${word.deviceAgent}${draft.userAgent === '' ? 'null' : quoted(draft.userAgent)}${place.location}` +
    actor.userPiece +
    (isFailed && actor.userName !== '' ? `${word.failedUser}${quoted(actor.userName)}` : '') +
    (agent === null ? '},"userAgent":null' : agent.piece) +
    `${word.mainInfo}${eventObjects(draft, actor)}${word.rawOperation}${operation}${word.prettyOperation}${operation}` +
    `${isFailed ? word.failedType : word.basicType}${resultPiece(draft)}${actor.resolvedPiece}${word.rawData}${envelope.text}}`
  );
}

function eventObjects(draft: Draft, actor: Actor): string {
  let objects = '';
  for (const object of draft.objects) objects += eventObject(object);
  for (const account of draft.accounts) objects += otherAccount(account);
  objects += actor.eventObjectsPiece;
  return objects.endsWith(',') ? objects.slice(0, -1) : objects;
}
