// What earlier answers still tell about the next ones. Activities are only ever added, never changed or removed: a count
// that reached its limit stays there, and a page that was full has at least as many rows in its span of time for ever.
// Clients that ask the same again and again (collectors do) are so answered without going through the whole table.
import type { EventStore } from '../events/events.ts';
import { and, name, type Sql, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { Recent } from '../lib/recent.ts';
import { type ActivityPage, countStoredActivities, listStoredActivities, type StoredActivity } from './store.ts';

const questionsKeptMax = 2000;
/** Longer questions, with hundreds of values, are not worth the memory. */
const questionLengthMax = 2000;

interface Memory {
  readonly reached: Recent<string, true>;
  /** Position of the last row of a full page. */
  readonly pageEnds: Recent<string, number>;
}

const memories = new WeakMap<EventStore, Memory>();

function memoryOf(events: EventStore): Memory {
  const memory = memories.get(events) ?? {
    reached: new Recent(questionsKeptMax),
    pageEnds: new Recent(questionsKeptMax),
  };
  memories.set(events, memory);
  return memory;
}

/** {@link countStoredActivities}, not counted again once it reached `most`. */
export async function countRemembering(
  events: EventStore,
  tenantId: TenantId,
  where: Sql,
  most: number,
): Promise<number> {
  const { reached } = memoryOf(events);
  const question = JSON.stringify([tenantId, most, where.text, where.values]);
  if (reached.get(question)) return most;
  const count = await countStoredActivities(events, tenantId, where, most);
  if (count === most && question.length <= questionLengthMax) reached.set(question, true);
  return count;
}

/** {@link listStoredActivities}, looking no farther than the end of the page that the same question had before. */
export async function listRemembering(
  events: EventStore,
  tenantId: TenantId,
  page: ActivityPage,
): Promise<StoredActivity[]> {
  const { pageEnds } = memoryOf(events);
  const { where, sortBy, direction, skip, limit } = page;
  const question = JSON.stringify([tenantId, sortBy, direction, skip, limit, where.text, where.values]);
  const end = pageEnds.get(question);
  const column = name(sortBy);
  const within = direction === 'asc' ? sql`${column} <= ${end ?? 0}` : sql`${column} >= ${end ?? 0}`;
  const rows = await listStoredActivities(
    events,
    tenantId,
    end === undefined ? page : { ...page, where: and([where, within]) },
  );
  const last = rows.at(-1);
  if (last && rows.length === limit && question.length <= questionLengthMax) pageEnds.set(question, last.position);
  return rows;
}
