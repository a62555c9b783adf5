// An activity as a row of CloudAppEvents, and a sign-in also as one of EntraIdSignInEvents (defender-api reference 3.10).
// A column holds what the activity or the provider's record says; what neither knows stays empty.
import { takeApart } from '../../activities/record-text.ts';
import { isRecord, listOf, piece } from '../../activities/unified-audit/fields.ts';
import { userTags } from '../../activities/unified-audit/unified-audit.ts';
import { userAgentTags } from '../../activities/unified-audit/user-agent.ts';
import { ipTags } from '../../subnets/cloud-operators.ts';
import { parseExact, writeJson } from '../ingest/exact-json.ts';
import type { Fields, ReadyJson } from './projected-rows.ts';
import { signInFields } from './sign-in-fields.ts';

/** An activity as the event store keeps it; sets are taken apart, times are epoch milliseconds. */
export interface StoredActivityRow {
  readonly id: string;
  readonly timestamp: number;
  readonly appId: number;
  readonly appName: string;
  readonly instance: number;
  readonly actionType: string;
  readonly eventType: string;
  readonly eventTypeValue: string;
  readonly isAdminEvent: boolean;
  readonly isImpersonated: boolean;
  readonly userName: string;
  readonly userTags: readonly string[];
  readonly ipAddress: string;
  readonly ipCategory: number | null;
  readonly ipTags: readonly string[];
  readonly countryCode: string;
  readonly organization: string;
  readonly deviceType: string;
  readonly userAgent: string;
  readonly userAgentTags: readonly string[];
  readonly source: number;
  readonly record: string;
}

export interface ActivityRows {
  readonly cloudApp: Fields;
  readonly raw: ReadyJson | undefined;
  /** Null for everything but sign-ins to the directory. */
  readonly signIn: Fields | null;
}

const signIns = new Set(['EVENT_AAD_LOGIN', 'EVENT_AAD_LOGIN_FAILED']);

export function rowsOf(activity: StoredActivityRow): ActivityRows {
  const { wire: text, provider } = takeApart(activity.record);
  const wire = JSON.parse(text) as Fields; // A record of ours: an object.
  const facts = factsOf(activity, wire);
  const isSignIn = signIns.has(activity.eventTypeValue) && provider !== null;
  return {
    cloudApp: cloudAppFields(activity, wire, facts),
    raw: provider === null ? undefined : { column: 'RawEventData', text: readable(provider) },
    signIn: isSignIn ? signInFields(activity, facts, JSON.parse(provider)) : null,
  };
}

/** Half a surrogate pair is JSON for its writer and for nobody else: such a record is written anew. */
function readable(json: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(json)) return json;
  return writeJson(parseExact(json)) ?? json;
}

/** What both rows say. */
export interface ActivityFacts {
  readonly time: string;
  readonly accountObjectId: string;
  readonly isExternal: boolean | null;
  readonly system: string;
  readonly browser: string;
  readonly isSuccess: boolean | null;
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

function factsOf({ timestamp, userName, userTags: tags }: StoredActivityRow, wire: Fields): ActivityFacts {
  const actor = piece(membersOf(wire.resolvedActor).id);
  const agent = membersOf(wire.userAgent);
  const result = membersOf(membersOf(wire.mainInfo).activityResult).isSuccess;
  return {
    time: new Date(timestamp).toISOString(),
    accountObjectId: guid.test(actor) ? actor : '',
    isExternal: userName === '' ? null : tags.includes(userTags.externalUsers),
    system: known(piece(membersOf(agent.operatingSystem).name)),
    browser: [known(piece(agent.name)), piece(agent.version)].filter((part) => part !== '').join(' '),
    isSuccess: typeof result === 'boolean' ? result : null,
  };
}

/** What a user agent does not tell. */
function known(text: string): string {
  return text === 'Unknown' ? '' : text;
}

function cloudAppFields(activity: StoredActivityRow, wire: Fields, facts: ActivityFacts): Fields {
  const info = membersOf(wire.mainInfo);
  const objects = listOf(info.eventObjects).map(objectOf);
  const target = mainTarget(objects);
  const proxy = membersOf(wire.location).anonymousProxy;
  return {
    Timestamp: facts.time,
    ActionType: activity.actionType,
    Application: activity.appName,
    ApplicationId: activity.appId,
    AppInstanceId: activity.instance,
    AccountObjectId: facts.accountObjectId,
    AccountId: activity.userName,
    AccountDisplayName: piece(membersOf(wire.resolvedActor).name),
    AccountType: activity.userTags.includes(userTags.applications) ? 'Application' : '',
    IsAdminOperation: activity.isAdminEvent,
    IsExternalUser: facts.isExternal,
    IsImpersonated: activity.isImpersonated,
    DeviceType: upperFirst(activity.deviceType.toLowerCase()),
    OSPlatform: facts.system,
    UserAgent: activity.userAgent,
    UserAgentTags: named(activity.userAgentTags, agentTagNames),
    IPAddress: activity.ipAddress,
    IPCategory: activity.ipCategory === null ? '' : (addressCategories[activity.ipCategory] ?? ''),
    IPTags: named(activity.ipTags, addressTagNames),
    IsAnonymousProxy: typeof proxy === 'boolean' ? proxy : null,
    CountryCode: activity.countryCode,
    ISP: activity.organization,
    ActivityType: upperFirst(piece(info.type)),
    ActivityObjects: objects.length === 0 ? null : objects,
    ObjectName: target?.Name,
    ObjectType: target?.ServiceObjectType || target?.Type,
    ObjectId: target?.Id,
    ReportId: activity.id,
    AuditSource: sources[activity.source] ?? '',
    AdditionalFields: {
      EventType: activity.eventTypeValue,
      Category: activity.eventType,
      Description: piece(wire.description),
      ...(facts.isSuccess === null ? {} : { IsSuccess: facts.isSuccess }),
      ...messageOf(info.activityResult),
    },
  };
}

function messageOf(result: unknown): Fields {
  const message = piece(membersOf(result).message);
  return message === '' ? {} : { ResultMessage: message };
}

/** Numbers of the wire (payloads of the documented service) in the words of ActivityObjects. */
const objectTypes: Readonly<Record<number, string>> = {
  1: 'Structured object',
  6: 'Application',
  7: 'Property',
  21: 'Account',
  22: 'Account',
  23: 'User',
};
const targetRole = 'Target object';
const objectRoles: Readonly<Record<number, string>> = { 1: 'Parameter', 3: targetRole, 4: 'Actor' };

function objectOf(object: Fields) {
  const { objType, role, saasId, instanceId } = object;
  const kind = piece(object.serviceObjectType);
  const type = objType === 1 && /^(file|folder)$/i.test(kind) ? upperFirst(kind) : (objectTypes[Number(objType)] ?? '');
  return {
    Type: type,
    Role: objectRoles[Number(role)] ?? '',
    Name: piece(object.name),
    Id: piece(object.id),
    ...(kind === '' ? {} : { ServiceObjectType: kind }),
    ...(object.value === undefined ? {} : { Value: piece(object.value) }),
    ...(typeof saasId === 'number' ? { ApplicationId: saasId } : {}),
    ...(typeof instanceId === 'number' ? { ApplicationInstance: instanceId } : {}),
  };
}

/** A file before the site that it is in; what has a name before what has only an id. */
function mainTarget(objects: readonly ReturnType<typeof objectOf>[]) {
  const targets = objects.filter(({ Role }) => Role === targetRole);
  return (
    targets.find(({ Type }) => Type === 'File' || Type === 'Folder') ??
    targets.find(({ Name, Id }) => Name !== '' && Name !== Id) ??
    targets[0]
  );
}

/** The wire's numbers (cloud-apps reference 2.2). */
const addressCategories = ['', 'Corporate', 'Administrative', 'Risky', 'VPN', 'Cloud provider', 'Other'] as const;
const sources: Readonly<Record<number, string>> = {
  0: 'Access control',
  1: 'Session control',
  2: 'App connector',
  3: 'App connector analysis',
  5: 'Discovery',
  6: 'Defender for Endpoint',
};

const agentTagNames: ReadonlyMap<string, string> = new Map([
  [userAgentTags.nativeClient, 'Native client'],
  [userAgentTags.outdatedBrowser, 'Outdated browser'],
  [userAgentTags.outdatedSystem, 'Outdated operating system'],
  [userAgentTags.robot, 'Robot'],
]);

const addressTagNames: ReadonlyMap<string, string> = new Map([
  [ipTags.anonymousProxy, 'Anonymous proxy'],
  [ipTags.satellite, 'Satellite provider'],
  [ipTags.zscaler, 'Zscaler'],
  [ipTags.microsoftCloud, 'Microsoft Cloud'],
  [ipTags.ciscoWebSecurity, 'Cisco CWS'],
  [ipTags.googleCloud, 'Google Cloud Platform'],
  [ipTags.amazonWebServices, 'Amazon Web Services'],
  [ipTags.azure, 'Microsoft Azure'],
  [ipTags.mcAfeeWebGateway, 'McAfee Web Gateway'],
  [ipTags.akamai, 'Akamai Technologies'],
  [ipTags.masergy, 'Masergy Communications'],
  [ipTags.ascenty, 'Ascenty Data Centers'],
  [ipTags.internalAddress, 'Internal network IP'],
  [ipTags.symantec, 'Symantec Cloud'],
  [ipTags.salesforce, 'Salesforce Cloud'],
]);

/** Tags that somebody made have no name here and stay ids. */
function named(tags: readonly string[], names: ReadonlyMap<string, string>): readonly string[] | null {
  return tags.length === 0 ? null : tags.map((tag) => names.get(tag) ?? tag);
}

export function membersOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
