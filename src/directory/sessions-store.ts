import type { Insertable, Selectable } from 'kysely';
import type { SessionsTable } from '../db/directory-tables.ts';
import type { Db, Trx } from '../db/store.ts';
import type { SessionId, TenantId, UserId } from '../lib/ids.ts';

export type SessionRow = Selectable<SessionsTable>;

/** A session with whose it is and what may have stopped its use since. */
export interface LoadedSession {
  readonly session: SessionRow;
  readonly user: {
    readonly id: UserId;
    readonly userName: string;
    readonly displayName: string;
    readonly status: 'enabled' | 'disabled' | 'deleted';
    readonly hasSecondFactor: boolean;
  };
  readonly tenant: {
    readonly id: TenantId;
    readonly slug: string;
    readonly displayName: string;
    readonly number: number;
    readonly status: 'enabled' | 'disabled' | 'deleted';
  };
}

export async function insertSession(trx: Trx, row: Insertable<SessionsTable>): Promise<void> {
  await trx.insertInto('sessions').values(row).execute();
}

/** Finds whose session a value is; the hash decides the tenant, so this is the one session query that names none. */
export async function loadSessionByHash(db: Db, hash: string): Promise<LoadedSession | undefined> {
  const session = await db.selectFrom('sessions').selectAll().where('hash', '=', hash).executeTakeFirst();
  if (!session) return undefined;
  const row = await db
    .selectFrom('users')
    .innerJoin('tenants', 'tenants.id', 'users.tenantId')
    .select([
      'users.userName',
      'users.displayName',
      'users.status',
      'users.secondFactorConfirmedAt',
      'tenants.slug',
      'tenants.displayName as tenantName',
      'tenants.number',
      'tenants.status as tenantStatus',
    ])
    .where('users.tenantId', '=', session.tenantId)
    .where('users.id', '=', session.userId)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    session,
    user: {
      id: session.userId,
      userName: row.userName,
      displayName: row.displayName,
      status: row.status,
      hasSecondFactor: row.secondFactorConfirmedAt !== null,
    },
    tenant: {
      id: session.tenantId,
      slug: row.slug,
      displayName: row.tenantName,
      number: row.number,
      status: row.tenantStatus,
    },
  };
}

/** The user's sessions that nobody ended and that neither limit has ended at `now`, most lately used first. */
export async function listLivingSessions(
  db: Db,
  tenantId: TenantId,
  userId: UserId,
  limits: { readonly now: number; readonly seenAfter: number },
): Promise<SessionRow[]> {
  return await db
    .selectFrom('sessions')
    .selectAll()
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', limits.now)
    .where('lastSeenAt', '>', limits.seenAfter)
    .orderBy('lastSeenAt', 'desc')
    .orderBy('id')
    .execute();
}

/** One session, and whether its user has a second factor. */
export async function findSessionById(
  db: Db,
  tenantId: TenantId,
  id: SessionId,
): Promise<(SessionRow & { hasSecondFactor: boolean }) | undefined> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('users', (join) =>
      join.onRef('users.id', '=', 'sessions.userId').onRef('users.tenantId', '=', 'sessions.tenantId'),
    )
    .selectAll('sessions')
    .select('users.secondFactorConfirmedAt')
    .where('sessions.tenantId', '=', tenantId)
    .where('sessions.id', '=', id)
    .executeTakeFirst();
  return row && { ...row, hasSecondFactor: row.secondFactorConfirmedAt !== null };
}

/** Notes that the session was used, unless another request noted it after `seenBefore` already. */
export async function touchSession(
  db: Db,
  tenantId: TenantId,
  id: SessionId,
  now: number,
  seenBefore: number,
): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ lastSeenAt: now })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .where('lastSeenAt', '<', seenBefore)
    .where('endedAt', 'is', null)
    .execute();
}

/** Ends one session of this user; false when there is none that could be ended. */
export async function endSession(
  trx: Trx,
  tenantId: TenantId,
  userId: UserId,
  id: SessionId,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('sessions')
    .set({ endedAt: now })
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows) === 1;
}

/** Ends all sessions of a user, or of a tenant, but for the one given. Returns how many. */
export async function endAllSessions(
  trx: Trx,
  tenantId: TenantId,
  userId: UserId | null,
  now: number,
  exceptId: SessionId | null,
): Promise<number> {
  let query = trx
    .updateTable('sessions')
    .set({ endedAt: now })
    .where('tenantId', '=', tenantId)
    .where('endedAt', 'is', null);
  if (userId !== null) query = query.where('userId', '=', userId);
  if (exceptId !== null) query = query.where('id', '<>', exceptId);
  const { numUpdatedRows } = await query.executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Forgets the user's sessions that were over before `before`. */
export async function pruneSessions(trx: Trx, tenantId: TenantId, userId: UserId, before: number): Promise<void> {
  await trx
    .deleteFrom('sessions')
    .where('tenantId', '=', tenantId)
    .where('userId', '=', userId)
    .where((e) => e.or([e('endedAt', '<', before), e('expiresAt', '<', before)]))
    .execute();
}

export async function setSecondFactorAt(trx: Trx, tenantId: TenantId, id: SessionId, at: number): Promise<void> {
  await trx
    .updateTable('sessions')
    .set({ secondFactorAt: at })
    .where('tenantId', '=', tenantId)
    .where('id', '=', id)
    .execute();
}
