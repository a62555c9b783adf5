// A token as people see it: its owner, its status, and whether it would work now.
import type { Ctx } from '../context.ts';
import { loadRights, type Rights, rightsAt } from '../directory/effective.ts';
import { isoTime } from '../lib/clock.ts';
import type { TokenId, UserId } from '../lib/ids.ts';
import { statusOf, type TokenStatus } from './status.ts';
import * as store from './store.ts';

/** Whether a token would work now, apart from the address it is used from. */
export type TokenState = 'usable' | 'dormant' | 'expired' | 'owner-not-permitted';

export interface Token {
  readonly id: TokenId;
  readonly name: string;
  readonly owner: {
    readonly id: UserId;
    readonly userName: string;
    readonly displayName: string;
    readonly status: string;
  };
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** Null: everything that its owner may do. */
  readonly permissions: readonly string[] | null;
  /** CIDR ranges; null: any address. */
  readonly allowedAddresses: readonly string[] | null;
  readonly status: TokenStatus;
  readonly lastUsedAt: string | null;
  readonly lastUsedAddress: string | null;
  /** The last call: method, path, and the client's name for itself. */
  readonly lastUsedFor: string | null;
  readonly state: TokenState;
  /** One sentence, when the state is not `usable`. */
  readonly stateReason: string | null;
  /** Until when the value before the last rotation works too. */
  readonly previousValueValidUntil: string | null;
}

export async function toTokens(ctx: Ctx, rows: readonly store.OwnedTokenRow[]): Promise<Token[]> {
  const now = ctx.clock();
  const { tenantId } = ctx.caller;
  const overlaps = await store.listOverlaps(
    ctx.store.db,
    tenantId,
    rows.map((row) => row.id),
    now,
  );
  const owners = new Map<UserId, Rights | undefined>();
  for (const { ownerId } of rows) {
    if (!owners.has(ownerId)) owners.set(ownerId, await loadRights(ctx.store.db, tenantId, ownerId));
  }
  return rows.map((row) => toToken(row, owners.get(row.ownerId), overlaps.get(row.id) ?? null, now));
}

function toToken(row: store.OwnedTokenRow, rights: Rights | undefined, overlap: number | null, now: number): Token {
  return {
    id: row.id,
    name: row.name,
    owner: { id: row.ownerId, userName: row.ownerUserName, displayName: row.ownerDisplayName, status: row.ownerStatus },
    createdAt: isoTime(row.createdAt),
    expiresAt: isoTime(row.expiresAt),
    permissions: row.permissions && JSON.parse(row.permissions),
    allowedAddresses: row.allowedAddresses && JSON.parse(row.allowedAddresses),
    status: statusOf(row.lastUsedAt, now),
    lastUsedAt: isoTime(row.lastUsedAt),
    lastUsedAddress: row.lastUsedAddress,
    lastUsedFor: row.lastUsedFor,
    ...stateOf(row, rights, now),
    previousValueValidUntil: isoTime(overlap),
  };
}

function stateOf(
  row: store.TokenRow,
  rights: Rights | undefined,
  now: number,
): { state: TokenState; stateReason: string | null } {
  if (row.expiresAt !== null && row.expiresAt <= now)
    return { state: 'expired', stateReason: `It expired at ${isoTime(row.expiresAt)}.` };
  if (rights?.user.status !== 'enabled') {
    return { state: 'owner-not-permitted', stateReason: `Its owner's account is ${rights?.user.status ?? 'gone'}.` };
  }
  const { permissions, dormant } = rightsAt(rights, now);
  if (permissions.has('ApiTokens.use')) return { state: 'usable', stateReason: null };
  const role = dormant.get('ApiTokens.use');
  return role
    ? { state: 'dormant', stateReason: `Its owner's role ${role} is eligible but not activated.` }
    : { state: 'owner-not-permitted', stateReason: 'Its owner has no role that permits the use of tokens.' };
}
