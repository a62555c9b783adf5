// Microsoft 365 unified audit records, as the Office 365 Management Activity API and Purview's export give them, become
// activities. One line in, one activity or one sentence out: envelope.ts finds the record in the line, draft.ts and one
// file per workload say what it means, record.ts writes what the cloud-apps surface will send.
import type { TenantId } from '../../lib/ids.ts';
import { Recent } from '../../lib/recent.ts';
import type { AddressFacts } from '../../subnets/addresses.ts';
import type { Activity } from '../activity.ts';
import { appNames, office365, type WorkloadKind } from './apps.ts';
import { type Draft, describeOther, draftOf } from './draft.ts';
import { describeEntra } from './entra.ts';
import { type Envelope, type Problem, readEnvelope } from './envelope.ts';
import { describeExchange } from './exchange.ts';
import type { AuditRecord } from './fields.ts';
import { type Actor, describeActor, describeOrigin, type RecordOrigin, writeRecord } from './record.ts';
import { describeSharePoint } from './sharepoint.ts';
import { describeTeams } from './teams.ts';
import { readUserAgent, type UserAgent } from './user-agent.ts';

export type { Problem } from './envelope.ts';

/** Built-in user groups (cloud-apps reference 2.5). */
export const userTags = {
  externalUsers: '000000200000000000000000',
  applications: '0000003b0000000000000000',
} as const;

export interface MapperOptions {
  readonly tenantId: TenantId;
  /** The integer that the wire calls tenantId. */
  readonly tenantNumber: number;
  /** The tenant's own domains, lower case: accounts of any other are external users. */
  readonly domains: ReadonlySet<string>;
  /** Epoch milliseconds at which the activities come in. */
  readonly now: number;
  /** What is known of an address; null when the text is none. */
  readonly locate: (address: string) => AddressFacts | null;
}

export type Mapper = (line: string) => Activity | Problem;

export function isProblem(result: Activity | Problem): result is Problem {
  return 'reason' in result;
}

/** App connector: where all activities of this kind come from (cloud-apps reference 2.3, `source`). */
const appConnector = 2;
const searchCharsMax = 2000;
const noTags: readonly string[] = [];

/** A mapper for the lines of one ingestion. It never throws: a line becomes an activity or the reason why not. */
export function unifiedAuditMapper(options: MapperOptions): Mapper {
  const origin = describeOrigin(options.tenantId, options.tenantNumber, options.now);
  const actors = new Recent<string, Actor>(20_000);
  return (line) => {
    const envelope = readEnvelope(line, options.now);
    if ('reason' in envelope) return envelope;
    const draft = draftOf(envelope);
    describers[draft.workload.kind](envelope.record, draft);
    const actor = actorOf(draft, options.domains, actors);
    const facts = draft.address === '' ? null : options.locate(draft.address);
    const agent = draft.userAgent === '' ? null : readUserAgent(draft.userAgent);
    return activity(origin, options.now, envelope, draft, actor, facts, agent);
  };
}

/** One file per workload completes what the common schema began. */
const describers: Readonly<Record<WorkloadKind, (record: AuditRecord, draft: Draft) => void>> = {
  exchange: describeExchange,
  sharepoint: describeSharePoint,
  entra: describeEntra,
  teams: describeTeams,
  other: describeOther,
};

function actorOf(draft: Draft, domains: ReadonlySet<string>, actors: Recent<string, Actor>): Actor {
  const key = `${draft.userName}\n${draft.userGuid}\n${draft.isApplication}\n${draft.userType}`;
  const known = actors.get(key);
  if (known) return known;
  const name = draft.userName.toLowerCase();
  const domain = name.slice(name.lastIndexOf('@') + 1);
  const userDomain = domain.length === name.length ? '' : domain;
  // A guest is written as name_home.example#EXT#@tenant.example: of the tenant's domain, and yet external.
  const isExternal = userDomain !== '' && (!domains.has(userDomain) || name.includes('#ext#'));
  // UserType 3 and 4 are the provider's operators and system accounts: nobody's guests.
  const isSystem = draft.userType === 3 || draft.userType === 4;
  const tags = draft.isApplication
    ? [userTags.applications]
    : isExternal && !isSystem
      ? [userTags.externalUsers]
      : noTags;
  const actor = describeActor(draft.userName, draft.userGuid, userDomain, tags, userDomain !== '' && !isExternal);
  actors.set(key, actor);
  return actor;
}

function activity(
  origin: RecordOrigin,
  created: number,
  envelope: Envelope,
  draft: Draft,
  actor: Actor,
  facts: AddressFacts | null,
  agent: UserAgent | null,
): Activity {
  const id = `${envelope.timestamp}_${envelope.recordId}`;
  const appName = appNames.get(draft.appId) ?? '';
  const description = describeInWords(draft);
  const objects: string[] = [];
  for (const object of draft.objects) {
    objects.push(object.id);
    if (object.name !== object.id) objects.push(object.name);
    if (object.value !== '') objects.push(object.value);
  }
  const entities: string[] = [];
  if (actor.userName !== '') entities.push(`${actor.userName}|${office365}|0`);
  if (draft.userGuid !== '') entities.push(`${draft.userGuid}|${office365}|0`);
  for (const account of draft.accounts) entities.push(`${account.toLowerCase()}|${office365}|0`);

  return {
    id,
    timestamp: envelope.timestamp,
    created,
    appId: draft.appId,
    appName,
    instance: 0,
    actionType: envelope.operation,
    eventType: draft.kind.eventType,
    eventTypeValue: draft.eventTypeValue,
    isAdminEvent: draft.isAdmin,
    isImpersonated: draft.isImpersonated,
    userName: actor.userName,
    userDomain: actor.userDomain,
    userTags: actor.tags,
    ipAddress: facts === null ? null : facts.address,
    ipCategory: facts === null ? null : facts.category,
    ipTags: facts === null ? noTags : facts.tags,
    countryCode: facts === null ? null : facts.countryCode,
    organization: facts === null ? null : facts.organization,
    deviceType: agent === null ? null : agent.deviceType,
    userAgent: draft.userAgent === '' ? null : draft.userAgent,
    userAgentTags: agent === null ? noTags : agent.tags,
    entities,
    objects: draft.accounts.length === 0 ? objects : objects.concat(draft.accounts),
    fileIds: draft.fileIds,
    policies: noTags,
    source: appConnector,
    searchText: searchText(envelope.operation, description, actor, appName, facts, objects),
    record: writeRecord({ id, origin, envelope, draft, actor, facts, agent, description }),
  };
}

function describeInWords(draft: Draft): string {
  const named = draft.target === '' ? draft.kind.label : `${draft.kind.label}: ${draft.target}`;
  return draft.message === '' ? named : `${named} (Failure message: ${draft.message})`;
}

function searchText(
  operation: string,
  description: string,
  actor: Actor,
  appName: string,
  facts: AddressFacts | null,
  objects: readonly string[],
): string {
  let text = `${description} ${operation} ${actor.userName} ${appName}`;
  if (facts !== null) text += ` ${facts.address}`;
  for (const object of objects) {
    if (text.length > searchCharsMax) break;
    text += ` ${object}`;
  }
  return (text.length > searchCharsMax ? text.slice(0, searchCharsMax).toWellFormed() : text).toLowerCase();
}
