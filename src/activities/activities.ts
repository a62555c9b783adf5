// Activities as callers see them: listed by filter, fetched by id, commented on. What a caller's role does not reach is
// not there.
import { require, scopeOf } from '../access/caller.ts';
import type { Permission } from '../access/permissions.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Db } from '../db/store.ts';
import { listGroupIds, listMemberNames } from '../directory/groups.ts';
import { and, name, type Sql, sql } from '../events/sql.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import { newId, type TenantId } from '../lib/ids.ts';
import { countFeedback, insertFeedback } from './feedback-store.ts';
import { conditionsSql, type FileDirectory, type GroupDirectory, type MatchDirectory, scopeSql } from './filter-sql.ts';
import type { FilterCondition } from './filters.ts';
import { countStoredActivities, listStoredActivities, type StoredActivity } from './store.ts';

/** A place in a sorted list: just behind the record with this id. */
export interface ListPosition {
  /** Value of the field that the list is sorted by. */
  readonly time: number;
  readonly id: string;
}

export interface ActivityQuery {
  readonly conditions: readonly FilterCondition[];
  /** date: when it happened; created: when it came in. */
  readonly sortField: 'date' | 'created';
  readonly direction: 'asc' | 'desc';
  /** The list begins here; null for its beginning. */
  readonly after: ListPosition | null;
  readonly skip: number;
  readonly limit: number;
}

export interface ActivityList {
  readonly rows: readonly StoredActivity[];
  readonly hasNext: boolean;
  /** All that match, from `after` on; exact up to the setting totalExactMax, which it never exceeds. */
  readonly total: number;
  readonly moreThanTotal: boolean;
}

/** One page of the activities that the caller may see. Needs Activities.read. */
export async function listActivities(ctx: Ctx, query: ActivityQuery): Promise<ActivityList> {
  const { caller, events, config } = ctx;
  const visible = await visibleTo(ctx, 'Activities.read');
  const filtered = await conditionsSql(query.conditions, ctx.clock(), groupsOf(ctx), {
    matches: matchesOf(ctx),
    files: filesOf(ctx.store.db, caller.tenantId),
  });
  const where = and([visible, filtered, ...(query.after ? [behind(query, query.after)] : [])]);
  const sortBy = sortColumns[query.sortField];
  const { direction, skip, limit } = query;
  // Side by side: both in one statement take longer, because the engine works off one after the other.
  const [rows, count] = await Promise.all([
    listStoredActivities(events, caller.tenantId, { where, sortBy, direction, skip, limit: limit + 1 }),
    countStoredActivities(events, caller.tenantId, where, config.totalExactMax + 1),
  ]);
  return {
    rows: rows.slice(0, limit),
    hasNext: rows.length > limit,
    total: Math.min(count, config.totalExactMax),
    moreThanTotal: count > config.totalExactMax,
  };
}

const sortColumns = { date: 'timestamp', created: 'created' } as const;

function behind({ sortField, direction }: ActivityQuery, { time, id }: ListPosition): Sql {
  const column = name(sortColumns[sortField]);
  return direction === 'asc'
    ? sql`${column} >= ${time} and (${column} > ${time} or ${name('id')} > ${id})`
    : sql`${column} <= ${time} and (${column} < ${time} or ${name('id')} < ${id})`;
}

async function visibleTo(ctx: Ctx, permission: Permission): Promise<Sql> {
  return scopeSql(scopeOf(ctx.caller, permission), groupsOf(ctx));
}

/** The groups of the caller's tenant, for filters of its activities. */
export function groupsOf({ store, caller }: Ctx): GroupDirectory {
  return {
    membersOf: (groupIds) => listMemberNames(store.db, caller.tenantId, groupIds),
    groupIdsFrom: (start) => listGroupIds(store.db, caller.tenantId, start),
  };
}

/** What the policies of the caller's tenant matched, for the same. */
export function matchesOf({ store, caller }: Ctx): MatchDirectory {
  return {
    matchedBy: async (policyIds) => {
      const { listActivitiesOfPolicies } = await import('../policies/matched-activities.ts');
      return await listActivitiesOfPolicies(store.db, caller.tenantId, policyIds);
    },
    behindAlerts: async (alerts) => {
      const { listActivitiesOfAlerts } = await import('../policies/matched-activities.ts');
      return await listActivitiesOfAlerts(store.db, caller.tenantId, alerts);
    },
  };
}

/** The files of the tenant, for filters of its activities. */
export function filesOf(db: Db, tenantId: TenantId): FileDirectory {
  return {
    selected: async (ids) => {
      const { listFileIds } = await import('../files/named-files.ts');
      return await listFileIds(db, tenantId, ids);
    },
    labelled: async (labels) => {
      const { listLabelledIds } = await import('../files/named-files.ts');
      return await listLabelledIds(db, tenantId, labels);
    },
  };
}

/** The record of one activity, as JSON text. Needs Activities.read. Throws NotFound, also when the caller may not see it. */
export async function getActivity(ctx: Ctx, id: string): Promise<string> {
  return (await getVisible(ctx, id, 'Activities.read')).record;
}

async function getVisible(ctx: Ctx, id: string, permission: Permission): Promise<StoredActivity> {
  const visible = await visibleTo(ctx, permission);
  // An id begins with the activity's time (see Activity), which tells the store where to look.
  const timestamp = Number(/^(\d{1,15})_/.exec(id)?.[1] ?? Number.NaN);
  if (Number.isNaN(timestamp)) throw new NotFound('The activity');
  const where = and([sql`${name('timestamp')} = ${timestamp} and ${name('id')} = ${id}`, visible]);
  const page = { where, sortBy: 'timestamp', direction: 'asc', skip: 0, limit: 1 } as const;
  const [row] = await listStoredActivities(ctx.events, ctx.caller.tenantId, page);
  if (!row) throw new NotFound('The activity');
  return row;
}

/** What somebody says about an activity (cloud-apps reference 2.3). */
export interface Feedback {
  readonly feedbackValue: string | null;
  readonly feedbackText: string;
  readonly allowContact: boolean;
  readonly contactEmail: string | null;
}

const feedbackPerActivityMax = 100;

/** Keeps the feedback with its giver and time. Needs Activities.feedback. */
export async function giveFeedback(ctx: Ctx, activityId: string, feedback: Feedback): Promise<void> {
  const { caller, store } = ctx;
  require(caller, 'Activities.feedback');
  const { id } = await getVisible(ctx, activityId, 'Activities.feedback');
  await store.transaction(async (trx) => {
    // The audit record first: it makes feedback of one tenant queue up, so that the limit holds.
    await recordAudit(ctx, trx, { action: 'activity.feedback', target: { kind: 'activity', id } });
    if ((await countFeedback(trx, caller.tenantId, id)) >= feedbackPerActivityMax) {
      throw new Conflict(
        'too-much-feedback',
        `This activity has ${feedbackPerActivityMax} pieces of feedback, which is the limit.`,
      );
    }
    await insertFeedback(trx, {
      id: newId(),
      tenantId: caller.tenantId,
      activityId: id,
      at: ctx.clock(),
      givenBy: caller.subject.kind === 'user' ? caller.subject.userName : caller.subject.name,
      body: JSON.stringify(feedback),
    });
  });
}
