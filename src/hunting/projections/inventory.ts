// Machines and people as hunting tables: DeviceInfo and IdentityInfo, one row each, as it is now. There are no notes of their
// changes, so a tenant in which anything changed is looked through, and what differs from the last time is written anew. Once
// a day everything is, so that retention leaves the rows of what is still there, and Timestamp of IdentityInfo says so.
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Services } from '../../context.ts';
import { listEverybodyBehind, namesOfEverybody } from '../../directory/everybody.ts';
import { listSeenUsersBehind } from '../../entities/everybody.ts';
import type { EventTable } from '../../events/catalogue.ts';
import { qualifiedName } from '../../events/dialect.ts';
import { name, type Sql, sql } from '../../events/sql.ts';
import { dayMs } from '../../lib/clock.ts';
import type { TenantId } from '../../lib/ids.ts';
import { listMachinesBehind } from '../../machines/machines.ts';
import { storedTable } from '../ingest/table-reader.ts';
import { eventTableOf, storedColumns } from '../schema/stored.ts';
import { deviceInfoOf, identityOfPerson, identityOfSeen, ownRows } from './inventory-rows.ts';
import { type Fields, ProjectedRows } from './projected-rows.ts';
import { ofTenant, rowsAbout } from './projection-store.ts';

export type InventoryServices = Pick<Services, 'store' | 'events' | 'clock' | 'log'>;

/** What was written of one tenant and source the last time: a hash a page. */
export interface Written {
  readonly at: number;
  readonly pages: readonly string[];
  readonly rowCount: number;
}

const pageRows = 200;
const ticksPerMs = 10_000;
const ticksAtUnixEpoch = 621_355_968_000_000_000;
/** How far a number of today's ticks may be from the truth. */
const inexactTicks = 1024;

interface Source {
  readonly name: keyof typeof ownRows;
  readonly table: 'DeviceInfo' | 'IdentityInfo';
  /** What tells the rows of one source apart. */
  readonly idColumn: 'DeviceId' | 'AccountObjectId' | 'AccountUpn';
  read(services: InventoryServices, tenantId: TenantId, behind: string): Promise<Page>;
}

interface Page {
  /** What the rows are made of: the same text means the same rows. */
  readonly facts: string;
  readonly rows: readonly { readonly id: string; fields(at: number): Fields }[];
  /** Where the next page begins; undefined behind the last one. */
  readonly end: string | undefined;
}

const sources: readonly Source[] = [
  {
    name: 'DeviceInfo',
    table: 'DeviceInfo',
    idColumn: 'DeviceId',
    read: async ({ store: { db } }, tenantId, behind) => {
      const machines = await listMachinesBehind(db, tenantId, behind, pageRows);
      const rows = machines.map((each) => ({ id: each.id, fields: () => deviceInfoOf(each) }));
      return { facts: JSON.stringify(machines.map(deviceInfoOf)), rows, end: endOf(machines) };
    },
  },
  {
    name: 'IdentityInfo',
    table: 'IdentityInfo',
    idColumn: 'AccountObjectId',
    read: async ({ store: { db } }, tenantId, behind) => {
      const people = await listEverybodyBehind(db, tenantId, behind, pageRows);
      const rows = people.map((each) => ({
        id: each.id,
        fields: (at: number) => identityOfPerson(each, tenantId, at),
      }));
      return { facts: JSON.stringify(people), rows, end: endOf(people) };
    },
  },
  {
    name: 'SeenUsers',
    table: 'IdentityInfo',
    idColumn: 'AccountUpn',
    read: async ({ store: { db } }, tenantId, behind) => {
      const users = await listSeenUsersBehind(db, tenantId, behind, pageRows);
      const names = users.map(({ userName }) => userName);
      // Who is in the directory here has a row by that.
      const known = await namesOfEverybody(db, tenantId, names);
      const others = users.filter(({ userName }) => userName.includes('@') && !known.has(userName));
      const rows = others.map((each) => ({
        id: each.userName,
        fields: (at: number) => identityOfSeen(each, tenantId, at),
      }));
      return { facts: JSON.stringify(others), rows, end: endOf(users) };
    },
  },
];

function endOf(items: readonly { readonly id: string }[]): string | undefined {
  return items.length < pageRows ? undefined : items.at(-1)?.id;
}

/** Brings the rows of one tenant up to date, and returns what to hand over the next time. */
export async function projectInventory(
  services: InventoryServices,
  tenantId: TenantId,
  before: ReadonlyMap<string, Written>,
  isStopped: () => boolean,
): Promise<Map<string, Written>> {
  const written = new Map(before);
  for (const source of sources) {
    const known = before.get(source.name);
    const isFresh = known !== undefined && services.clock() - known.at < dayMs;
    let now = await writePages(services, tenantId, source, isFresh ? known : undefined, isStopped);
    // Something is gone: which rows are not made any more is found by making all of them.
    if (now && isFresh && (await countRows(services, tenantId, source)) > now.rowCount) {
      now = await writePages(services, tenantId, source, undefined, isStopped);
    }
    if (!now) return written;
    written.set(source.name, now);
  }
  return written;
}

/** All pages, or those that differ from what is known; rows of an earlier time go when all were written. */
async function writePages(
  services: InventoryServices,
  tenantId: TenantId,
  source: Source,
  known: Written | undefined,
  isStopped: () => boolean,
): Promise<Written | undefined> {
  const at = services.clock();
  const pages: string[] = [];
  let rowCount = 0;
  for (let behind: string | undefined = ''; behind !== undefined; ) {
    if (isStopped()) return undefined;
    const page: Page = await source.read(services, tenantId, behind);
    const hash = createHash('sha256').update(page.facts).digest('base64url');
    if (page.rows.length > 0 && hash !== known?.pages[pages.length]) {
      await writePage(services, tenantId, source, page, at);
    }
    pages.push(hash);
    rowCount += page.rows.length;
    behind = page.end;
    await setImmediate();
  }
  if (!known) await removeOlder(services, tenantId, source, at);
  return { at: known?.at ?? at, pages, rowCount };
}

async function writePage(
  { events, log }: InventoryServices,
  tenantId: TenantId,
  source: Source,
  page: Page,
  at: number,
): Promise<void> {
  const rows = new ProjectedRows(source.table, tenantId, at);
  for (const { id, fields } of page.rows) {
    const problem = rows.add(fields(at));
    if (problem !== undefined) log.warn({ table: source.table, id, problem }, 'a row of inventory does not fit');
  }
  const about = rowsAbout(
    tenantId,
    source.idColumn,
    page.rows.map(({ id }) => id),
  );
  await events.replace([{ where: sql`${about} and ${ownOf(source)}`, rows: rows.take().rows }]);
}

async function countRows({ events }: InventoryServices, tenantId: TenantId, source: Source): Promise<number> {
  const from: Sql = { text: qualifiedName(storedOf(source)), values: [] };
  const where = sql`${ofTenant(tenantId)} and ${ownOf(source)}`;
  const [row] = await events.query(sql`select count(*) from ${from} where ${where}`);
  return Number(row?.[0] ?? 0);
}

async function removeOlder(
  { events }: InventoryServices,
  tenantId: TenantId,
  source: Source,
  at: number,
): Promise<void> {
  const before = at * ticksPerMs + ticksAtUnixEpoch - inexactTicks;
  const where = sql`${ofTenant(tenantId)} and ${ownOf(source)} and ${name(storedColumns.ingested)} < ${before}`;
  await events.remove(storedOf(source), where);
}

function storedOf({ table }: Source): EventTable {
  const found = storedTable(table);
  if (!found) throw new Error(`There is no hunting table ${table}.`);
  return eventTableOf(found);
}

/** Rows that somebody loaded are never touched. */
function ownOf(source: Source): Sql {
  const { column, value } = ownRows[source.name];
  return sql`${name(column)} = ${value}`;
}
