// What of an alert a role shows that reaches a part of the data only (cloud-apps reference 5). An alert about people of
// several groups, or about several apps, is everybody's: each sees that it is there and what in it is theirs. Whoever
// closes it speaks for all, which takes a role that reaches all of it.
import { type DataScope, everyReport } from '../access/caller.ts';
import type { Db } from '../db/store.ts';
import { listMemberNames } from '../directory/groups.ts';
import type { TenantId } from '../lib/ids.ts';
import type { Alert, AlertEntity } from './alert.ts';
import { type AlertKeyKind, alertKeysOf } from './alert-keys.ts';

export interface Reach {
  /** Everything that the alert is about lies within it. */
  isWhole(alert: Alert): boolean;
  /** The alert as it is when all of it lies within, else without what does not. */
  shown(alert: Alert): Alert;
}

const everything: Reach = { isWhole: () => true, shown: (alert) => alert };

/** The reach of a scope as its groups are now. Which alerts it reaches at all is a condition (condition.ts). */
export async function reachOf(db: Db, tenantId: TenantId, scope: DataScope): Promise<Reach> {
  if (scope.all) return everything;
  const parts: Parts = {
    members: new Set(scope.groupIds.length > 0 ? await listMemberNames(db, tenantId, scope.groupIds) : []),
    groups: new Set(scope.groupIds.map((id) => id.toLowerCase())),
    instances: new Set(scope.instances.map(({ appId, instance }) => `${appId}|${instance}`)),
    reports: new Set(scope.reportIds.map((id) => id.toLowerCase())),
  };
  return {
    isWhole: (alert) => liesWithin(parts, alert),
    shown: (alert) => (liesWithin(parts, alert) ? alert : partOf(alert, parts)),
  };
}

interface Parts {
  /** User names, lower case. */
  readonly members: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  /** `<app>|<instance>`, as alert keys have them. */
  readonly instances: ReadonlySet<string>;
  readonly reports: ReadonlySet<string>;
}

/** The risk category DISCOVERY (cloud-apps reference 2.4). */
const discoveryStory = 4;

/** By its people, by its apps, or by its discovery reports: one of these is enough. */
function liesWithin({ members, groups, instances, reports }: Parts, alert: Alert): boolean {
  const keys = Map.groupBy(alertKeysOf(alert), ({ kind }) => kind);
  const named = (kind: AlertKeyKind): string[] => (keys.get(kind) ?? []).map(({ key }) => key);
  const [people, inGroups, inApps, ofReports] = [named('user'), named('group'), named('instance'), named('report')];
  if (reports.has(everyReport) && (ofReports.length > 0 || alert.stories.includes(discoveryStory))) return true;
  return (
    (people.length + inGroups.length > 0 &&
      people.every((name) => members.has(name)) &&
      inGroups.every((id) => groups.has(id))) ||
    (inApps.length > 0 && inApps.every((key) => instances.has(key))) ||
    (ofReports.length > 0 && ofReports.every((id) => reports.has(id)))
  );
}

const whatIsMissing =
  'This alert is also about people or apps beyond the part of the data that your role reaches. What it says of them is left out.';

/** Texts name whoever they are about, so that they go as well: what is left is named by its policy. */
function partOf(alert: Alert, parts: Parts): Alert {
  const { policyName } = alert.extra;
  return {
    ...alert,
    ...(typeof policyName === 'string' ? { title: policyName } : {}),
    description: whatIsMissing,
    entities: alert.entities.filter((entity) => isWithin(entity, parts)),
    devices: [],
    activityIds: [],
    evidence: [],
    comments: [],
    closeComment: null,
    feedback: null,
    extra: typeof policyName === 'string' ? { policyName } : {},
  };
}

/** Addresses and countries say nothing of other people; what says whose it is must be theirs, and all else is left out. */
function isWithin(entity: AlertEntity, { members, groups, instances, reports }: Parts): boolean {
  const keys = alertKeysOf({ entities: [entity], devices: [], stories: [], policyId: null });
  const has = (kind: AlertKeyKind, among: ReadonlySet<string>) =>
    keys.some((each) => each.kind === kind && among.has(each.key));
  const instance = `${String(entity.appId)}|${String(entity.instanceId ?? 0)}`;
  switch (entity.entityType.toLowerCase()) {
    case 'ip':
      return true;
    case 'user':
    case 'mailbox':
      return has('user', members) || (entity.appId !== undefined && instances.has(instance));
    case 'file':
      return entity.appId !== undefined && instances.has(instance);
    case 'cloudapplication':
      return members.size > 0 || instances.has(instance) || has('report', reports);
    case 'securitygroup':
      return has('group', groups);
    default:
      return false;
  }
}
