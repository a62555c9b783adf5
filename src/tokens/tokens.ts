// API tokens: a person generates them, they act with that person's rights of the moment, and only that person or a full
// administrator may end them. The value is shown once; what is stored is its SHA-256.
import { may, require, requireUser } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import { isUniqueViolation, type Trx } from '../db/store.ts';
import { isoTime, secondMs } from '../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../lib/failures.ts';
import { newId, type TokenId, type UserId } from '../lib/ids.ts';
import { sha256Hex } from '../lib/secrets.ts';
import { mintTokenValue } from './format.ts';
import { checkedExpiry, checkedName, checkedPermissions, checkedRanges, jsonList, limitsOf } from './limits.ts';
import * as store from './store.ts';
import { type Token, toTokens } from './view.ts';

/** Totals of token lists are exact up to here: counting on would make the first page of a large tenant slow. */
const totalExactMax = 1000;
const bulkMax = 1000;

export interface GenerateInput {
  readonly name: string;
  /** ISO 8601; must lie ahead. */
  readonly expiresAt?: string | null;
  readonly permissions?: readonly string[] | null;
  readonly allowedAddresses?: readonly string[] | null;
}

/** A token together with its value, which is never shown again. */
export interface MintedToken {
  readonly token: Token;
  readonly value: string;
}

/** Generates a token for the caller, who must be signed in as a person. Throws InvalidInput, Conflict or Refusal. */
export async function generateToken(ctx: Ctx, input: GenerateInput): Promise<MintedToken> {
  const owner = requireUser(ctx.caller);
  require(ctx.caller, 'ApiTokens.use');
  const now = ctx.clock();
  const row: store.TokenRow = {
    id: newId<TokenId>(),
    tenantId: ctx.caller.tenantId,
    ownerId: owner.userId,
    name: checkedName(input.name),
    createdAt: now,
    expiresAt: checkedExpiry(input.expiresAt ?? null, now),
    permissions: jsonList(checkedPermissions(ctx, input.permissions ?? null)),
    allowedAddresses: jsonList(checkedRanges(input.allowedAddresses ?? null)),
    lastUsedAt: null,
    lastUsedAddress: null,
    lastUsedFor: null,
    revokedAt: null,
    revokedBy: null,
  };
  const value = mintTokenValue('api-token');
  try {
    await ctx.store.change(ctx.caller.tenantId, async (trx) => {
      const living = await store.countLiving(trx, ctx.caller.tenantId, owner.userId);
      if (living >= ctx.config.tokensPerUserMax) {
        throw new Conflict(
          'too-many-tokens',
          `You have ${living} tokens, the most that tokensPerUserMax allows. Revoke one that you no longer need.`,
        );
      }
      await store.insertToken(trx, ctx.caller.tenantId, row);
      await insertNewValue(ctx, trx, row.id, value, now);
      await recordAudit(ctx, trx, {
        action: 'token.generate',
        target: { kind: 'api-token', id: row.id, name: row.name },
        details: limitsOf(row),
      });
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new Conflict(
        'name-taken',
        `You already have a token named "${row.name}". Choose another name or revoke that one.`,
      );
    throw error;
  }
  return { token: await getToken(ctx, row.id), value };
}

async function insertNewValue(ctx: Ctx, trx: Trx, tokenId: TokenId, value: string, now: number): Promise<void> {
  const { tenantId } = ctx.caller;
  await store.insertValue(trx, tenantId, {
    hash: sha256Hex(value),
    tenantId,
    tokenId,
    createdAt: now,
    replacedAt: null,
    validUntil: null,
  });
}

export interface TokenList {
  readonly items: readonly Token[];
  /** Exact unless `moreThanTotal`. */
  readonly total: number;
  readonly moreThanTotal: boolean;
}

/** Living tokens: all of the tenant for full administrators, the caller's own for everybody else. */
export async function listTokens(ctx: Ctx, search: store.TokenSearch): Promise<TokenList> {
  const visible = narrowToVisible(ctx, search);
  const now = ctx.clock();
  const { tenantId } = ctx.caller;
  const [rows, counted] = await Promise.all([
    store.listTokens(ctx.store.db, tenantId, visible, now),
    store.countTokens(ctx.store.db, tenantId, visible, now, totalExactMax),
  ]);
  return {
    items: await toTokens(ctx, rows),
    total: Math.min(counted, totalExactMax),
    moreThanTotal: counted > totalExactMax,
  };
}

function narrowToVisible(ctx: Ctx, search: store.TokenSearch): store.TokenSearch {
  if (may(ctx.caller, 'ApiTokens.manageAll')) return search;
  const own = requireUser(ctx.caller).userId;
  // Asking for somebody else's tokens finds none, as if that person had none.
  return search.ownerId !== undefined && search.ownerId !== own ? { ...search, ids: [] } : { ...search, ownerId: own };
}

/** One living token that the caller may see. */
export async function getToken(ctx: Ctx, id: string): Promise<Token> {
  const rows = await visibleTokens(ctx, [id]);
  const [token] = await toTokens(ctx, rows);
  if (!token) throw new NotFound('This token');
  return token;
}

async function visibleTokens(ctx: Ctx, ids: readonly string[]): Promise<store.OwnedTokenRow[]> {
  const search: store.TokenSearch = {
    ids: ids as readonly TokenId[],
    sort: 'createdAt',
    direction: 'desc',
    skip: 0,
    limit: bulkMax,
  };
  return store.listTokens(ctx.store.db, ctx.caller.tenantId, narrowToVisible(ctx, search), ctx.clock());
}

/** Revokes one token for good: it leaves the list, and its next call is refused. */
export async function revokeToken(ctx: Ctx, id: string): Promise<void> {
  const [token] = await visibleTokens(ctx, [id]);
  if (!token) throw new NotFound('This token');
  await revokeAll(ctx, [token]);
}

async function revokeAll(ctx: Ctx, tokens: readonly store.OwnedTokenRow[]): Promise<number> {
  const by = requireUser(ctx.caller);
  return ctx.store.change(ctx.caller.tenantId, async (trx) => {
    const revoked = new Set(
      await store.revoke(
        trx,
        ctx.caller.tenantId,
        tokens.map((each) => each.id),
        ctx.clock(),
        by.userId,
      ),
    );
    for (const token of tokens.filter((each) => revoked.has(each.id))) {
      await recordAudit(ctx, trx, {
        action: 'token.revoke',
        target: { kind: 'api-token', id: token.id, name: token.name },
        details: { owner: token.ownerUserName, lastUsedAt: isoTime(token.lastUsedAt) },
      });
    }
    return revoked.size;
  });
}

export interface BulkSelection {
  readonly departedOwners?: boolean;
  readonly ownerId?: UserId;
  readonly ids?: readonly string[];
}

/**
 * Revokes every token that all the given conditions fit, or with `dryRun` only tells which these are and what each was
 * last used for. At most {@link bulkMax} at a time; `more` says that there are others. For full administrators.
 */
export async function revokeMany(
  ctx: Ctx,
  selection: BulkSelection,
  dryRun: boolean,
): Promise<{ tokens: readonly Token[]; revoked: number; more: boolean }> {
  require(ctx.caller, 'ApiTokens.manageAll');
  if (!selection.departedOwners && selection.ownerId === undefined && selection.ids === undefined) {
    throw new InvalidInput('departedOwners', 'Say which tokens: departedOwners, owner or ids.');
  }
  const search: store.TokenSearch = {
    ...selection,
    ids: selection.ids as readonly TokenId[] | undefined,
    sort: 'createdAt',
    direction: 'asc',
    skip: 0,
    limit: bulkMax + 1,
  };
  const rows = await store.listTokens(ctx.store.db, ctx.caller.tenantId, search, ctx.clock());
  const chosen = rows.slice(0, bulkMax);
  const tokens = await toTokens(ctx, chosen);
  return { tokens, revoked: dryRun ? 0 : await revokeAll(ctx, chosen), more: rows.length > bulkMax };
}

/**
 * Gives the caller's own token a new value. The old one works for `overlapSeconds` more (0: not at all); whoever uses it
 * after that is refused and recorded. Nobody rotates another person's token: its value acts as that person.
 */
export async function rotateToken(ctx: Ctx, id: string, overlapSeconds: number): Promise<MintedToken> {
  const owner = requireUser(ctx.caller);
  require(ctx.caller, 'ApiTokens.use');
  if (
    !Number.isInteger(overlapSeconds) ||
    overlapSeconds < 0 ||
    overlapSeconds > ctx.config.rotationOverlapSecondsMax
  ) {
    throw new InvalidInput(
      'overlapSeconds',
      `overlapSeconds must be a whole number from 0 to ${ctx.config.rotationOverlapSecondsMax}.`,
    );
  }
  const [seen] = await visibleTokens(ctx, [id]);
  if (!seen) throw new NotFound('This token');
  if (seen.ownerId !== owner.userId) {
    throw new Conflict(
      'not-the-owner',
      'Only its owner can rotate a token, because its value acts as that person. You can revoke it.',
    );
  }
  const value = mintTokenValue('api-token');
  await ctx.store.change(ctx.caller.tenantId, async (trx) => {
    const token = await store.findToken(trx, ctx.caller.tenantId, seen.id);
    if (!token || token.revokedAt !== null) throw new NotFound('This token');
    const now = ctx.clock();
    await store.replaceValues(trx, ctx.caller.tenantId, token.id, now, now + overlapSeconds * secondMs);
    await insertNewValue(ctx, trx, token.id, value, now);
    await recordAudit(ctx, trx, {
      action: 'token.rotate',
      target: { kind: 'api-token', id: token.id, name: token.name },
      details: { overlapSeconds },
    });
  });
  return { token: await getToken(ctx, seen.id), value };
}
