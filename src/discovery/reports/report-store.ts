// Sums and counts over discovered traffic in the event store: queries only. `where` never names the tenant: every function
// here adds it.
import { classesOf, isOneOf, qualifiedName, someOf } from '../../events/dialect.ts';
import type { EventStore } from '../../events/events.ts';
import { and, name, type Sql, sql } from '../../events/sql.ts';
import type { TenantId } from '../../lib/ids.ts';
import { discoveryTables, trafficTable } from '../traffic/table.ts';
import type { EntityKind, Traffic } from './usage.ts';

type Events = Pick<EventStore, 'query' | 'prepare'>;
type Column = (typeof trafficTable)['columns'][number]['name'];

/** The columns, quoted, by name. */
export const at = Object.fromEntries(trafficTable.columns.map((column) => [column.name, name(column.name)])) as Record<
  Column,
  Sql
>; // One entry for each column of the table, by construction.

const traffic: Sql = { text: qualifiedName(trafficTable), values: [] };

export const entityColumns: Readonly<Record<EntityKind, Sql>> = {
  users: at.userName,
  addresses: at.sourceAddress,
  machines: at.machine,
};

const total = (column: Sql): Sql => sql`cast(coalesce(sum(${column}), 0) as bigint)`;

/** In the order of {@link trafficFrom}. */
export const sums: Readonly<Record<keyof Traffic, Sql>> = {
  totalBytes: total(at.totalBytes),
  uploadedBytes: total(at.uploadedBytes),
  downloadedBytes: total(at.downloadedBytes),
  transactions: total(at.transactions),
  blocked: total(sql`case when ${at.isBlocked} then ${at.transactions} else 0 end`),
  firstSeen: sql`coalesce(min(${at.firstSeen}), 0)`,
  lastSeen: sql`coalesce(max(${at.lastSeen}), 0)`,
};
const allSums = listOf(Object.values(sums));

function trafficFrom(cells: readonly unknown[], from: number): Traffic {
  const [totalBytes, uploadedBytes, downloadedBytes, transactions, blocked, firstSeen, lastSeen] = cells
    .slice(from)
    .map(Number);
  return {
    totalBytes: totalBytes ?? 0,
    uploadedBytes: uploadedBytes ?? 0,
    downloadedBytes: downloadedBytes ?? 0,
    transactions: transactions ?? 0,
    blocked: blocked ?? 0,
    firstSeen: firstSeen ?? 0,
    lastSeen: lastSeen ?? 0,
  };
}

function listOf(pieces: readonly Sql[]): Sql {
  return pieces.reduce((text, piece) => sql`${text}, ${piece}`);
}

function among(tenantId: TenantId, where: Sql): Sql {
  return and([sql`${at.tenantId} = ${{ uuid: tenantId }}`, where]);
}

/** How many different entities; rows that name none are left out. */
function distinct(kind: EntityKind): Sql {
  const column = entityColumns[kind];
  return sql`count(distinct ${column}) filter (where ${column} <> '')`;
}

async function query(events: Events, text: Sql): Promise<unknown[][]> {
  await events.prepare(discoveryTables);
  return await events.query(text);
}

export interface AppTraffic extends Traffic {
  readonly appId: number;
  /** One of those that led to the app; of an app that nobody knows there is only this one. */
  readonly domain: string;
}

/** Sums for each app, those with the most traffic first, no more than `appsMax`. */
export async function sumByApp(events: Events, tenantId: TenantId, where: Sql, appsMax: number): Promise<AppTraffic[]> {
  const rows = await query(
    events,
    sql`select ${at.appId}, ${someOf(at.domain)}, ${allSums} from ${traffic} where ${among(tenantId, where)}
      group by ${at.appId} order by ${sums.totalBytes} desc, ${at.appId} limit ${appsMax}`,
  );
  return rows.map((cells) => ({ appId: Number(cells[0]), domain: String(cells[1]), ...trafficFrom(cells, 2) }));
}

/** How many users (addresses, machines) each app has; of all apps when `appIds` is null. */
export async function countByApp(
  events: Events,
  tenantId: TenantId,
  where: Sql,
  kinds: readonly EntityKind[],
  appIds: readonly number[] | null,
): Promise<Map<number, Partial<Record<EntityKind, number>>>> {
  const counts = new Map<number, Partial<Record<EntityKind, number>>>();
  if (appIds?.length === 0) return counts;
  const wanted = among(tenantId, appIds === null ? where : and([where, isOneOf(at.appId, appIds)]));
  // Side by side: the engine works off one query with one core.
  const counted = kinds.map(async (kind) => {
    const of = sql`select ${at.appId}, ${distinct(kind)} from ${traffic} where ${wanted} group by ${at.appId}`;
    return { kind, rows: await query(events, of) };
  });
  for (const { kind, rows } of await Promise.all(counted)) {
    for (const [appId, count] of rows) {
      counts.set(Number(appId), { ...counts.get(Number(appId)), [kind]: Number(count) });
    }
  }
  return counts;
}

/** How many different apps, users, addresses and machines there are in all. */
export async function countAll(
  events: Events,
  tenantId: TenantId,
  where: Sql,
): Promise<Readonly<Record<EntityKind | 'apps', number>>> {
  const wanted = among(tenantId, where);
  const count = async (what: Sql): Promise<number> => {
    const [[counted] = []] = await query(events, sql`select ${what} from ${traffic} where ${wanted}`);
    return Number(counted);
  };
  const [apps, users, addresses, machines] = await Promise.all([
    count(appCount),
    count(distinct('users')),
    count(distinct('addresses')),
    count(distinct('machines')),
  ]);
  return { apps, users, addresses, machines };
}

export interface DayTraffic extends Traffic {
  /** Start of the UTC day, epoch milliseconds. */
  readonly day: number;
}

/** Sums for each day that has traffic, the oldest first. */
export async function sumByDay(events: Events, tenantId: TenantId, where: Sql): Promise<DayTraffic[]> {
  const rows = await query(
    events,
    sql`select ${at.day}, ${allSums} from ${traffic} where ${among(tenantId, where)} group by ${at.day} order by ${at.day}`,
  );
  return rows.map((cells) => ({ day: Number(cells[0]), ...trafficFrom(cells, 1) }));
}

export interface DayCounts extends Readonly<Record<EntityKind | 'apps', number>> {
  /** Start of the UTC day, epoch milliseconds. */
  readonly day: number;
}

/** How many different apps, users, addresses and machines each day has that has traffic, the oldest first. */
export async function countByDay(events: Events, tenantId: TenantId, where: Sql): Promise<DayCounts[]> {
  const rows = await query(
    events,
    sql`select ${at.day}, ${appCount}, ${distinct('users')}, ${distinct('addresses')}, ${distinct('machines')}
      from ${traffic} where ${among(tenantId, where)} group by ${at.day} order by ${at.day}`,
  );
  return rows.map((cells) => {
    const [day = 0, apps = 0, users = 0, addresses = 0, machines = 0] = cells.map(Number);
    return { day, apps, users, addresses, machines };
  });
}

export interface DayOfClass {
  readonly day: number;
  /** Empty for apps that are in no class. */
  readonly of: string;
  readonly apps: number;
  readonly totalBytes: number;
}

/** Apps and traffic of each day by class, where the caller says which app is in which. */
export async function sumByDayAndClass(
  events: Events,
  tenantId: TenantId,
  where: Sql,
  classes: readonly (readonly [appId: number, of: string])[],
): Promise<DayOfClass[]> {
  if (classes.length === 0) return [];
  const rows = await query(
    events,
    sql`select ${at.day}, coalesce("class", '') as "of", ${appCount}, ${sums.totalBytes}
      from (select * from ${traffic} where ${among(tenantId, where)}) left join ${classesOf(classes)} on ${at.appId} = "key"
      group by ${at.day}, "of" order by ${at.day}, "of"`,
  );
  return rows.map(([day, of, apps, totalBytes]) => ({
    day: Number(day),
    of: String(of),
    apps: Number(apps),
    totalBytes: Number(totalBytes),
  }));
}

/** For conditions on what {@link sumByAppDay} adds up. */
export const countOfDay = { users: distinct('users'), addresses: distinct('addresses') } as const;

export interface AppDay extends AppTraffic, Pick<Readonly<Record<EntityKind, number>>, 'users' | 'addresses'> {
  /** Start of the UTC day, epoch milliseconds. */
  readonly day: number;
}

/** Sums for each app and day that meet `having`, those with the most traffic first. */
export async function sumByAppDay(
  events: Events,
  tenantId: TenantId,
  where: Sql,
  having: Sql,
  most: number,
): Promise<AppDay[]> {
  const rows = await query(
    events,
    sql`select ${at.appId}, ${at.day}, ${someOf(at.domain)}, ${countOfDay.users}, ${countOfDay.addresses}, ${allSums}
      from ${traffic} where ${among(tenantId, where)} group by ${at.appId}, ${at.day} having ${having}
      order by ${sums.totalBytes} desc, ${at.appId}, ${at.day} limit ${most}`,
  );
  return rows.map((cells) => ({
    appId: Number(cells[0]),
    day: Number(cells[1]),
    domain: String(cells[2]),
    users: Number(cells[3]),
    addresses: Number(cells[4]),
    ...trafficFrom(cells, 5),
  }));
}

/** Starts of the UTC days of which an upload brought traffic. */
export async function daysOfUpload(events: Events, tenantId: TenantId, uploadId: string): Promise<number[]> {
  const rows = await query(
    events,
    sql`select distinct ${at.day} from ${traffic}
      where ${among(tenantId, sql`${at.uploadId} = ${uploadId}`)} order by ${at.day}`,
  );
  return rows.map(([day]) => Number(day));
}

/** The different source addresses, no more than `most`. */
export async function listAddresses(
  events: Events,
  tenantId: TenantId,
  where: Sql,
  most: number,
): Promise<readonly string[]> {
  const rows = await query(
    events,
    sql`select distinct ${at.sourceAddress} from ${traffic}
      where ${among(tenantId, and([where, sql`${at.sourceAddress} <> ''`]))} limit ${most}`,
  );
  return rows.map(([address]) => String(address));
}

export interface EntityPage {
  readonly kind: EntityKind;
  readonly where: Sql;
  /** On sums: see {@link sums} and {@link appCount}. */
  readonly having: Sql;
  readonly order: Sql;
  readonly skip: number;
  readonly limit: number;
  /** Whether the apps of each are counted, which takes longer than everything else. */
  readonly countsApps: boolean;
}

export interface EntityTraffic extends Traffic {
  readonly name: string;
  /** 0 when they were not counted. */
  readonly apps: number;
}

export const appCount: Sql = sql`count(distinct ${at.appId})`;

/** A page of users, addresses or machines, and how many there are. */
export async function pageEntities(
  events: Events,
  tenantId: TenantId,
  { kind, where, having, order, skip, limit, countsApps }: EntityPage,
): Promise<{ rows: EntityTraffic[]; total: number }> {
  const column = entityColumns[kind];
  const wanted = among(tenantId, and([where, sql`${column} <> ''`]));
  const groups = sql`from ${traffic} where ${wanted} group by ${column} having ${having}`;
  const rows = await query(
    events,
    sql`select ${column}, count(*) over (), ${countsApps ? appCount : sql`0`}, ${allSums} ${groups}
      order by ${order}, ${column} limit ${limit} offset ${skip}`,
  );
  const entities = rows.map((cells) => ({
    name: String(cells[0]),
    apps: Number(cells[2]),
    ...trafficFrom(cells, 3),
  }));
  if (rows[0] !== undefined) return { rows: entities, total: Number(rows[0][1]) };
  // Beyond the last one, or none at all.
  const [[counted] = []] = await query(events, sql`select count(*) from (select 1 ${groups})`);
  return { rows: entities, total: Number(counted) };
}

export interface AppOfEntity {
  /** Of the entity. */
  readonly name: string;
  /** How many apps it has. */
  readonly apps: number;
  readonly appId: number;
  readonly domain: string;
  readonly totalBytes: number;
  readonly transactions: number;
}

/** The apps with the most traffic of each of these entities, `most` of each. */
export async function topAppsOf(
  events: Events,
  tenantId: TenantId,
  where: Sql,
  kind: EntityKind,
  names: readonly string[],
  most: number,
): Promise<AppOfEntity[]> {
  if (names.length === 0) return [];
  const column = entityColumns[kind];
  const rows = await query(
    events,
    sql`select "entity", "apps", "app", "host", "bytes", "events" from (
        select "entity", "app", "host", "bytes", "events", count(*) over (partition by "entity") as "apps",
          row_number() over (partition by "entity" order by "bytes" desc, "app") as "place"
        from (select ${column} as "entity", ${at.appId} as "app", ${someOf(at.domain)} as "host",
            ${sums.totalBytes} as "bytes", ${sums.transactions} as "events" from ${traffic}
          where ${among(tenantId, and([where, isOneOf(column, names)]))} group by ${column}, ${at.appId}))
      where "place" <= ${most} order by "entity", "place"`,
  );
  return rows.map(([entity, apps, appId, host, bytes, transactions]) => ({
    name: String(entity),
    apps: Number(apps),
    appId: Number(appId),
    domain: String(host),
    totalBytes: Number(bytes),
    transactions: Number(transactions),
  }));
}
