// The record of an account or user (cloud-apps reference 2.5). What activities do not tell is null (docs/compatibility.md).
import { appNames } from '../../activities/unified-audit/apps.ts';
import type { AppInstanceOf, Entity, EntityGroup } from '../../entities/entities.ts';
import { isoTime } from '../../lib/clock.ts';

/** The key of an entity: what its `_id` in base64 JSON stands for. */
interface Key {
  readonly id: string;
  readonly saas: number;
  readonly inst: number;
}

export function entityRecord(entity: Entity): Record<string, unknown> {
  const { app, userName, directoryId } = entity;
  const key = keyOf(entity);
  return {
    type: app === null ? 2 : 1,
    status: entity.status,
    displayName: entity.displayName,
    id: key.id,
    _id: entity.id,
    userGroups: entity.groups.map(groupRecord),
    identifiers: directoryId === null ? [] : [directoryId],
    sid: null,
    appData: app && appRecord(app),
    isAdmin: entity.isAdmin,
    isExternal: entity.isExternal,
    email: /^[^@\s]+@[^@\s]+$/.test(userName) && !userName.includes('#ext#') ? userName : null,
    role: null,
    organization: null,
    lastSeen: isoTime(entity.lastSeenAt),
    domain: entity.domain,
    scoreTrends: null,
    subApps: entity.activeIn
      .filter(({ appId, instance }) => appId !== app?.appId || instance !== app.instance)
      .map(appRecord),
    threatScore: null,
    idType: null,
    isFake: false,
    ii: `${key.saas}|${key.inst}|${key.id}`,
    actions: [],
    username: pythonText(key),
    sctime: null,
  };
}

/** A user is known by its directory id, as activities write it, and while that is not known by its user name alone. */
function keyOf({ app, userName, directoryId }: Entity): Key {
  if (app !== null) return { id: userName, saas: app.appId, inst: app.instance };
  return directoryId === null ? { id: userName, saas: 0, inst: 0 } : { id: directoryId, saas: 11161, inst: 0 };
}

function appRecord({ appId, instance }: AppInstanceOf): Record<string, unknown> {
  return { appId, name: appNames.get(appId) ?? null, saas: appId, instance };
}

function groupRecord({ id, name, members }: EntityGroup): Record<string, unknown> {
  return { _id: id, id, name, description: null, usersCount: members };
}

/** The key as the documented service writes it: how Python shows a dictionary. */
function pythonText({ id, saas, inst }: Key): string {
  const quote = id.includes("'") && !id.includes('"') ? '"' : "'";
  const escaped = id.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  return `{'id': ${quote}${escaped}${quote}, 'saas': ${saas}, 'inst': ${inst}}`;
}
