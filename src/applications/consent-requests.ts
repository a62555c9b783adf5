// Who may not consent can ask; an administrator finds the request, grants or declines it (Entra reference 4.5, admin
// consent workflow).
import { may, require } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import { noteChange } from '../changes/changes.ts';
import type { Ctx } from '../context.ts';
import type { Trx } from '../db/store.ts';
import { denied } from '../directory/denied.ts';
import { parseText } from '../directory/naming.ts';
import { type Listed, type PageRequest, parsePage } from '../directory/paging.ts';
import { presentCaller } from '../directory/present-rights.ts';
import { dayMs } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { type AppId, type ConsentRequestId, newId, type UserId } from '../lib/ids.ts';
import { accessInWords, countOf, type NamedAccess, nameAccess, without } from './access-lists.ts';
import { type AccessRequest, isOpenTo, parseAccess } from './application.ts';
import { changeConsent, consentInside, requirePerson } from './consent.ts';
import * as store from './consent-requests-store.ts';
import { rightToGrant } from './grants.ts';
import { getAvailable } from './service-principals.ts';
import { findByAppId } from './store.ts';
import { readTenantSettings } from './tenant-settings.ts';

const reasonMax = 500;
/** Requests are kept so much longer than they wait, to show what was decided. */
const keptTimes = 12;

export interface ConsentRequest {
  readonly id: ConsentRequestId;
  readonly appId: AppId;
  /** Null when the application is gone. */
  readonly displayName: string | null;
  readonly user: { readonly id: UserId; readonly userName: string; readonly displayName: string };
  readonly reason: string;
  readonly access: readonly NamedAccess[];
  readonly status: store.ConsentRequestRow['status'];
  readonly createdAt: number;
  readonly decidedAt: number | null;
  readonly decidedBy: UserId | null;
}

function openSince(ctx: Ctx): number {
  return ctx.clock() - ctx.config.consentRequestDays * dayMs;
}

/**
 * Asks for the tenant's consent. Asking again for the same permissions renews the request that waits; for others it makes
 * a new one in its place, so that who approves a request by its id grants what was read under that id.
 */
export async function askForConsent(
  ctx: Ctx,
  appId: string,
  requested: readonly AccessRequest[],
  reason: string,
): Promise<ConsentRequestId> {
  const userId = requirePerson(ctx);
  const { tenantId } = ctx.caller;
  const text = parseText('reason', reason, reasonMax);
  return await ctx.store.change(tenantId, async (trx) => {
    await presentCaller(ctx, trx);
    await requireRequestsEnabled(ctx, trx);
    const application = await getAvailable(trx, tenantId, appId);
    // Not before it is known that the application is for this tenant: of another's it would tell that it is there.
    if (countOf(requested) === 0) throw new InvalidInput('permissions', 'The application asks for no permission.');
    await store.removeOld(trx, tenantId, ctx.clock() - keptTimes * ctx.config.consentRequestDays * dayMs);
    const waiting = await store.listOpen(trx, tenantId, openSince(ctx), { userId });
    const waits = waiting.find((each) => each.appId === application.appId);
    const earlier = waits && isSameAccess(parseAccess(waits.requestedAccess), requested) ? waits : undefined;
    if (waits && !earlier) await store.updateRequest(trx, tenantId, waits.id, { status: 'expired' });
    const change = { reason: text, requestedAccess: JSON.stringify(requested), createdAt: ctx.clock() };
    const id = earlier?.id ?? newId<ConsentRequestId>();
    if (earlier) {
      await store.updateRequest(trx, tenantId, id, change);
    } else {
      if (!waits && waiting.length >= ctx.config.consentRequestsPerUserMax) {
        throw new Conflict('too-many-requests', `You have ${waiting.length} requests waiting. Wait for a decision.`);
      }
      const undecided = { status: 'open', decidedAt: null, decidedBy: null } as const;
      await store.insertRequest(trx, tenantId, {
        id,
        tenantId,
        appId: application.appId,
        userId,
        ...change,
        ...undecided,
      });
    }
    if (!earlier) {
      const note = { subject: 'consent-request', subjectId: id, change: 'created', at: ctx.clock() } as const;
      await noteChange(trx, tenantId, note);
    }
    await recordAudit(ctx, trx, {
      action: 'consent.request',
      target: { kind: 'consent-request', id, name: application.displayName },
      details: {
        appId: application.appId,
        reason: text,
        permissions: accessInWords(await nameAccess(trx, tenantId, requested)),
      },
    });
    return id;
  });
}

function isSameAccess(left: readonly AccessRequest[], right: readonly AccessRequest[]): boolean {
  return countOf(without(left, right)) === 0 && countOf(without(right, left)) === 0;
}

async function requireRequestsEnabled(ctx: Ctx, trx: Trx): Promise<void> {
  if ((await readTenantSettings(trx, ctx.caller.tenantId)).consentRequestsEnabled) return;
  throw denied(ctx, {
    check: 'consent',
    detail: 'This tenant takes no requests for consent.',
    remedy: 'Ask an administrator in another way.',
    target: null,
  });
}

export interface RequestsQuery extends PageRequest {
  readonly status?: store.ConsentRequestRow['status'];
}

/** The tenant's requests, newest first. For those who read applications or consent. */
export async function listConsentRequests(ctx: Ctx, query: RequestsQuery): Promise<Listed<ConsentRequest>> {
  if (!may(ctx.caller, 'Applications.read')) require(ctx.caller, 'Consent.grantDelegated');
  const { limit, skip } = parsePage(ctx.config, query, ['createdAt']);
  const { db } = ctx.store;
  const { tenantId } = ctx.caller;
  const madeAfter = openSince(ctx);
  const { rows, total } = await store.pageRequests(db, tenantId, { status: query.status, madeAfter, limit, skip });
  const items: ConsentRequest[] = [];
  for (const row of rows) {
    const application = await findByAppId(db, row.appId);
    const isShown = application && application.status !== 'deleted' && isOpenTo(application, tenantId);
    items.push({
      id: row.id,
      appId: row.appId,
      displayName: isShown ? application.displayName : null,
      user: { id: row.userId, userName: row.userName, displayName: row.displayName },
      reason: row.reason,
      access: await nameAccess(db, tenantId, parseAccess(row.requestedAccess)),
      status: row.status === 'open' && row.createdAt <= madeAfter ? 'expired' : row.status,
      createdAt: row.createdAt,
      decidedAt: row.decidedAt,
      decidedBy: row.decidedBy,
    });
  }
  return { items, total };
}

/**
 * Grants a request, which is consent for the tenant and takes the same right, or declines it. A grant also settles other
 * people's requests that ask for nothing else.
 */
export async function decideConsentRequest(ctx: Ctx, id: string, decision: 'grant' | 'decline'): Promise<void> {
  const userId = requirePerson(ctx);
  require(ctx.caller, 'Consent.grantDelegated');
  const { tenantId } = ctx.caller;
  const seen = await store.findRequest(ctx.store.db, tenantId, id.trim().toLowerCase());
  if (!seen) throw new NotFound('The request');
  const settle = async (trx: Trx, row: store.ConsentRequestRow, status: 'granted' | 'declined') => {
    await store.updateRequest(trx, tenantId, row.id, { status, decidedAt: ctx.clock(), decidedBy: userId });
    await recordAudit(ctx, trx, {
      action: `consent.request-${status}`,
      target: { kind: 'consent-request', id: row.id },
      details: { appId: row.appId, user: row.userId },
    });
  };
  if (decision === 'decline') {
    await ctx.store.change(tenantId, async (trx) => {
      require(await presentCaller(ctx, trx), 'Consent.grantDelegated');
      await settle(trx, await getOpen(ctx, trx, seen.id), 'declined');
    });
    return;
  }
  await changeConsent(ctx, seen.appId, async (trx, application) => {
    const row = await getOpen(ctx, trx, seen.id);
    const requested = parseAccess(row.requestedAccess);
    require(await presentCaller(ctx, trx), rightToGrant(requested));
    await consentInside(ctx, trx, application, requested);
    for (const each of await store.listOpen(trx, tenantId, openSince(ctx), { appId: row.appId })) {
      if (countOf(without(parseAccess(each.requestedAccess), requested)) === 0) await settle(trx, each, 'granted');
    }
  });
}

async function getOpen(ctx: Ctx, trx: Trx, id: ConsentRequestId): Promise<store.ConsentRequestRow> {
  const row = await store.findRequest(trx, ctx.caller.tenantId, id);
  if (!row) throw new NotFound('The request');
  if (row.status !== 'open') throw new Conflict('decided-already', `The request was ${row.status} already.`);
  if (row.createdAt <= openSince(ctx)) throw new Conflict('expired', 'The request has expired. It can be made again.');
  return row;
}
