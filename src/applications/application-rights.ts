// Who may do what with an application: its owners and whoever manages applications. Asked inside the change, because the
// right may have been lost while the request waited.
import { type Caller, may, require } from '../access/caller.ts';
import type { Ctx } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { presentCaller } from '../directory/present-rights.ts';
import { dayMs } from '../lib/clock.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import type { UserId } from '../lib/ids.ts';
import type { ApplicationRow } from './application.ts';
import { listPresentRoles } from './present-client.ts';
import { graphAppId, openedBy } from './resources.ts';
import * as store from './store.ts';

/** Written beside what somebody did: a user's id, an application's app id, or a word. */
export function actorId({ caller }: Ctx): string {
  const { subject } = caller;
  if (subject.kind === 'user') return subject.userId;
  if (subject.kind === 'application') return subject.appId;
  return subject.kind === 'agent' ? subject.agentId : subject.name;
}

/**
 * The person who acts here as a member of the tenant, with the rights that come from owning things. A token that an app
 * carries for a person stands for what was granted to the app, so it never acts by ownership.
 */
export function memberOf(caller: Caller): UserId | undefined {
  const { subject, credential } = caller;
  const isPresent = credential.kind === 'session' || credential.kind === 'local';
  return subject.kind === 'user' && isPresent ? subject.userId : undefined;
}

/** What was deleted at or before this moment is gone. */
export function goneBefore(ctx: Pick<Ctx, 'clock' | 'config'>): number {
  return ctx.clock() - ctx.config.applicationRestoreDays * dayMs;
}

/** An application of the caller's tenant that the caller may know of. Throws NotFound, as if it were not there. */
export async function getVisible(ctx: Ctx, db: Db, ref: string, caller: Caller = ctx.caller): Promise<ApplicationRow> {
  const row = await store.findApplication(db, caller.tenantId, ref);
  const isGone = row?.status === 'deleted' && row.statusChangedAt <= goneBefore(ctx);
  if (!row || isGone) throw new NotFound('The application');
  if (may(caller, 'Applications.read') || (await ownsIt(caller, db, row))) return row;
  throw new NotFound('The application');
}

export async function ownsIt(caller: Caller, db: Db, row: ApplicationRow): Promise<boolean> {
  const userId = memberOf(caller);
  return userId !== undefined && (await store.isOwner(db, row.tenantId, row.id, userId));
}

export interface ApplicationChange {
  readonly evenDeleted?: boolean;
  /** It undoes what an administrator may have done against the application's owners: for Applications.manage alone. */
  readonly notForOwners?: boolean;
}

/**
 * Changes an application for one of its owners or somebody who manages applications. Throws NotFound where the caller
 * may not know of it, a Refusal where it may only be read, and Conflict where it is deleted.
 */
export async function changeApplication<T>(
  ctx: Ctx,
  ref: string,
  work: (trx: Trx, row: ApplicationRow, caller: Caller) => Promise<T>,
  options: ApplicationChange = {},
): Promise<T> {
  return await ctx.store.change(ctx.caller.tenantId, async (trx) => {
    const caller = await presentCaller(ctx, trx);
    const row = await getVisible(ctx, trx, ref, caller);
    if (options.notForOwners || !(await ownsIt(caller, trx, row))) require(caller, 'Applications.manage');
    if (row.status === 'deleted' && !options.evenDeleted) {
      throw new Conflict('deleted', `The application ${row.displayName} is deleted. Restore it first.`);
    }
    return await work(trx, row, caller);
  });
}

/** Whoever acts as an application that holds one of these can give itself everything else. */
const highest = ['Roles.manage', 'Consent.grantGraph'] as const;

/**
 * Refuses to hand an application to somebody (a credential, an owner) where the application may assign roles or grant any
 * permission in its home tenant, and the caller could not have granted it that. Its owners act as it anyway, and so does
 * the application itself.
 */
export async function requireMayHandOver(trx: Trx, caller: Caller, row: ApplicationRow): Promise<void> {
  if (may(caller, 'Consent.grantGraph') || (await ownsIt(caller, trx, row))) return;
  if (caller.subject.kind === 'application' && caller.subject.appId === row.appId) return;
  const opened = openedBy('graph', 'roles', await listPresentRoles(trx, row.tenantId, row.appId, graphAppId));
  if (highest.some((permission) => opened.has(permission))) require(caller, 'Consent.grantGraph');
}
