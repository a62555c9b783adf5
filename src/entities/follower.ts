// Accounts and users out of activities: who acted, and who was named. What a range of activities says is added up by the
// event store, and put to what is stored in one transaction; the result is the same whatever order records come in.
import type { ActivityFollower, BatchRange, FollowServices } from '../activities/following.ts';
import { inRange } from '../activities/following.ts';
import { lockTenant } from '../db/locks.ts';
import { getTenantById } from '../directory/tenants.ts';
import { isOneOf } from '../events/dialect.ts';
import { name, type Sql, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { Sightings } from './sightings.ts';
import { mergeApps, mergeEntities, pruneEntities } from './store.ts';

/** Most accounts act several times meanwhile, and are written once. */
const restMs = 5000;

export const entitiesFollower: ActivityFollower = {
  name: 'entities',
  restMs,
  async follow(services, tenantId, range, advance) {
    const { domains } = await getTenantById(services.store.db, tenantId);
    const sightings = new Sightings(tenantId, new Set(domains.map((domain) => domain.name)));
    await readActs(services, tenantId, range, sightings);
    await readAdministrators(services, tenantId, range, sightings);
    await readDirectory(services, tenantId, range, sightings);
    const { entities, apps } = sightings.rows();
    await services.store.transaction(async (trx) => {
      await lockTenant(trx, services.store.kind, tenantId);
      await mergeEntities(trx, entities);
      await mergeApps(trx, apps);
      await pruneEntities(trx, tenantId, services.config.entitiesPerTenantMax);
      await advance(trx);
    });
  },
};

function among(tenantId: TenantId, range: BatchRange): Sql {
  return sql`${name('tenantId')} = ${{ uuid: tenantId }} and ${inRange(range)}`;
}

/** A record of an attempt that failed says so in these words (unified-audit/record.ts). */
const succeeded = sql`not contains(${name('record')}, ${'"activityResult":{"isSuccess":false'})`;

async function readActs(
  { events }: FollowServices,
  tenantId: TenantId,
  range: BatchRange,
  sightings: Sightings,
): Promise<void> {
  const time = name('timestamp');
  const rows = await events.query(
    sql`select ${name('userName')}, ${name('userTags')}, ${name('entities')}, ${name('appId')}, ${name('instance')},
        min(${time}), max(${time})
      from ${name('activities')} where ${among(tenantId, range)} and ${name('entities')} is not null
      group by all`,
  );
  for (const [userName, userTags, entities, appId, instance, first, last] of rows) {
    sightings.addActs({
      userName: String(userName),
      userTags: String(userTags ?? ''),
      entities: String(entities),
      appId: Number(appId),
      instance: Number(instance),
      first: Number(first),
      last: Number(last),
    });
  }
}

/** Who did something that only administrators do, and did not fail at it. */
async function readAdministrators(
  { events }: FollowServices,
  tenantId: TenantId,
  range: BatchRange,
  sightings: Sightings,
): Promise<void> {
  const rows = await events.query(
    sql`select distinct ${name('userName')} from ${name('activities')}
      where ${among(tenantId, range)} and ${name('isAdminEvent')} and ${succeeded}`,
  );
  sightings.addAdministrators(new Set(rows.map(([userName]) => String(userName))));
}

const directoryEvents = ['CREATE_USER', 'DELETE_USER', 'UPDATE_USER', 'ADD_ROLE_MEMBER'];

/** What administrators did to accounts: made, disabled and deleted them, gave them roles. */
async function readDirectory(
  { events }: FollowServices,
  tenantId: TenantId,
  range: BatchRange,
  sightings: Sightings,
): Promise<void> {
  const types = directoryEvents.map((event) => `EVENT_CATEGORY_${event}`);
  const rows = await events.query(
    sql`select ${name('eventType')}, ${name('actionType')}, ${name('userName')}, ${name('entities')}, ${name('timestamp')}
      from ${name('activities')}
      where ${among(tenantId, range)} and ${isOneOf(name('eventType'), types)} and ${name('entities')} is not null and ${succeeded}`,
  );
  for (const [eventType, actionType, userName, entities, timestamp] of rows) {
    sightings.addAdministration({
      isRoleGiven: eventType === 'EVENT_CATEGORY_ADD_ROLE_MEMBER',
      operation: String(actionType),
      userName: String(userName),
      entities: String(entities),
      at: Number(timestamp),
    });
  }
}
