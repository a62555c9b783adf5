// Hunting queries that people keep: each is its owner's alone, or shared with everybody of the organisation who may hunt.
// Nobody but its owner ever learns of a private one, administrators included.
import { may, require, requireUser } from '../../access/caller.ts';
import type { Permission } from '../../access/permissions.ts';
import { recordAudit } from '../../audit/audit.ts';
import type { Ctx } from '../../context.ts';
import { isUniqueViolation, type Trx } from '../../db/store.ts';
import { denied } from '../../directory/denied.ts';
import { hasControls, parseSearch, parseText } from '../../directory/naming.ts';
import { changeAs, presentCaller } from '../../directory/present-rights.ts';
import { listUserNames } from '../../directory/users.ts';
import { isoTime } from '../../lib/clock.ts';
import { Conflict, InvalidInput, NotFound } from '../../lib/failures.ts';
import { newId, type UserId } from '../../lib/ids.ts';
import { faultsOf, type QueryFault } from './checking.ts';
import * as store from './store.ts';

/** Who may hunt may keep queries and see the shared ones. */
const toHunt: Permission = 'AdvancedHunting.Read.All';
/** Who decides what everybody is told of may also change what others have shared. */
const toChangeOthers: Permission = 'Policies.manage';

const nameMax = 150;
const folderMax = 150;
const descriptionMax = 2000;
/** What the compiler takes (kql/parser/guard.ts). */
export const queryBytesMax = 65_536;

export interface SavedQuerySummary {
  readonly id: string;
  readonly name: string;
  /** Empty outside of any folder. */
  readonly folder: string;
  readonly description: string;
  readonly isShared: boolean;
  readonly isOwn: boolean;
  /** User name of the owner; null when that user is gone. */
  readonly owner: string | null;
  readonly revision: number;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly changedBy: string;
}

export interface SavedQuery extends SavedQuerySummary {
  readonly query: string;
}

/** A query that was saved, with what the compiler says of it. */
export interface CheckedQuery {
  readonly query: SavedQuery;
  /** Null when the compiler was too busy to say. */
  readonly faults: readonly QueryFault[] | null;
}

export interface SavedQueryInput {
  readonly name: string;
  readonly folder?: string | undefined;
  readonly description?: string | undefined;
  readonly query: string;
  readonly isShared?: boolean | undefined;
}

export interface SavedQueryList {
  readonly folder?: string | undefined;
  readonly isShared?: boolean | undefined;
  readonly search?: string | undefined;
  readonly skip: number;
  readonly limit: number;
}

/** The caller's queries and the shared ones, by folder and name. Needs AdvancedHunting.Read.All, as every call here does. */
export async function listSavedQueries(
  ctx: Ctx,
  { search, skip, limit, ...filter }: SavedQueryList,
): Promise<{ readonly items: SavedQuerySummary[]; readonly total: number }> {
  const { userId } = hunter(ctx);
  const { tenantId } = ctx.caller;
  const wanted = { ...filter, search: parseSearch(search) };
  const { rows, total } = await store.pageSavedQueries(ctx.store.db, tenantId, userId, wanted, { skip, limit });
  const owners = await listUserNames(
    ctx,
    rows.map(({ ownerId }) => ownerId),
  );
  return { items: rows.map((row) => summaryOf(row, userId, owners.get(row.ownerId) ?? null)), total };
}

/** One query. Throws NotFound, also for one that is somebody else's alone. */
export async function getSavedQuery(ctx: Ctx, id: string): Promise<SavedQuery> {
  return await shown(ctx, await getRow(ctx, id));
}

/** Keeps a query. Throws InvalidInput, and Conflict for a name that is taken or one query too many. */
export async function createSavedQuery(ctx: Ctx, input: SavedQueryInput): Promise<CheckedQuery> {
  const { userId, userName } = hunter(ctx);
  const { tenantId } = ctx.caller;
  const given = parseInput(input);
  const faults = await faultsOf(ctx, given.query);
  const now = ctx.clock();
  const row: store.SavedQueryRow = {
    ...given,
    tenantId,
    id: newId<string & { readonly __brand: 'saved query' }>(),
    ownerId: userId,
    space: spaceOf(given.isShared, userId),
    revision: 1,
    createdAt: now,
    changedAt: now,
    changedBy: userName,
  };
  await changing(ctx, row, async (trx) => {
    await refuseTooMany(ctx, trx, userId);
    await store.insertSavedQuery(trx, tenantId, row);
    await audit(ctx, trx, 'create', row);
  });
  return { query: await shown(ctx, row), faults };
}

/** Changes what is given. `revision` is the one that the caller saw: Conflict when it has changed since. */
export async function updateSavedQuery(
  ctx: Ctx,
  id: string,
  revision: number,
  input: Partial<SavedQueryInput>,
): Promise<CheckedQuery> {
  const { userName } = hunter(ctx);
  const seen = await getRow(ctx, id);
  const wanted = parseInput(merged(seen, input));
  const faults = await faultsOf(ctx, wanted.query);
  const changed = await changing(ctx, wanted, async (trx) => {
    const before = await getRow(ctx, id, trx);
    await requireOwnOrAll(ctx, trx, before);
    if (before.revision !== revision) {
      throw new Conflict(
        'saved-query-changed',
        `${before.changedBy} has changed this query since (it is at revision ${before.revision}). Read it again.`,
      );
    }
    const given = parseInput(merged(before, input));
    const change = {
      ...given,
      space: spaceOf(given.isShared, before.ownerId),
      revision: before.revision + 1,
      changedAt: ctx.clock(),
      changedBy: userName,
    };
    await store.updateSavedQuery(trx, before.tenantId, before.id, change);
    const after = { ...before, ...change };
    await audit(ctx, trx, 'update', after);
    return after;
  });
  return { query: await shown(ctx, changed), faults };
}

/** Deletes it for everybody. Throws NotFound. */
export async function deleteSavedQuery(ctx: Ctx, id: string): Promise<void> {
  hunter(ctx);
  await changeAs(ctx, toHunt, async (trx) => {
    const row = await getRow(ctx, id, trx);
    await requireOwnOrAll(ctx, trx, row);
    await store.deleteSavedQuery(trx, row.tenantId, row.id);
    await audit(ctx, trx, 'delete', row);
  });
}

function hunter(ctx: Ctx) {
  require(ctx.caller, toHunt);
  return requireUser(ctx.caller);
}

async function getRow(ctx: Ctx, id: string, trx?: Trx): Promise<store.SavedQueryRow> {
  const { userId } = hunter(ctx);
  const row = await store.findSavedQuery(trx ?? ctx.store.db, ctx.caller.tenantId, userId, id.toLowerCase());
  if (!row) throw new NotFound('This query');
  return row;
}

/** Its owner changes a query; a shared one also who may change everybody's. */
async function requireOwnOrAll(ctx: Ctx, trx: Trx, row: store.SavedQueryRow): Promise<void> {
  const { userId } = hunter(ctx);
  if (row.ownerId === userId || may(await presentCaller(ctx, trx), toChangeOthers)) return;
  throw denied(ctx, {
    check: 'owner',
    code: 'permission-missing',
    detail: `A query that somebody else has shared is changed by its owner or with ${toChangeOthers}.`,
    remedy: 'Save a copy under your own name, or ask its owner.',
    target: row.id,
  });
}

async function refuseTooMany({ config, caller }: Ctx, trx: Trx, ownerId: UserId): Promise<void> {
  const { all, own } = await store.countSavedQueries(trx, caller.tenantId, ownerId);
  const { savedQueriesPerUserMax: ownMax, savedQueriesPerTenantMax: allMax } = config;
  const reached = own >= ownMax ? 'savedQueriesPerUserMax' : all >= allMax ? 'savedQueriesPerTenantMax' : undefined;
  if (!reached) return;
  throw new Conflict('too-many-queries', `There are as many saved queries as ${reached} allows. Delete one first.`);
}

async function changing<T>(
  ctx: Ctx,
  { folder, name }: Pick<store.SavedQueryRow, 'folder' | 'name'>,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  try {
    return await changeAs(ctx, toHunt, work);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const where = folder === '' ? '' : ` in the folder "${folder}"`;
    throw new Conflict('name-taken', `There already is a query "${name}"${where}. Choose another name.`);
  }
}

type Given = Pick<store.SavedQueryRow, 'name' | 'folder' | 'description' | 'query' | 'isShared'>;

function parseInput({ name, folder = '', description = '', query, isShared = false }: SavedQueryInput): Given {
  return {
    name: parseText('name', name, nameMax),
    folder: folder.trim() === '' ? '' : parseText('folder', folder, folderMax),
    description: parseLines('description', description, descriptionMax),
    query: parseQuery(query),
    isShared: isShared ? 1 : 0,
  };
}

function parseQuery(query: string): string {
  if (query.trim() === '') throw new InvalidInput('query', 'The query is empty.');
  const bytes = Buffer.byteLength(query);
  if (bytes > queryBytesMax) {
    throw new InvalidInput('query', `The query has ${bytes} bytes; at most ${queryBytesMax} are kept.`);
  }
  if (!query.isWellFormed() || query.includes('\0')) {
    throw new InvalidInput('query', 'The query has characters that no text has: halves of surrogate pairs, or NUL.');
  }
  return query;
}

/** Text of several lines. */
function parseLines(field: string, text: string, max: number): string {
  if (text.length > max) throw new InvalidInput(field, `This may have at most ${max} characters.`);
  if (hasControls(text.replace(/[\r\n\t]/g, ' '))) {
    throw new InvalidInput(field, 'This may have no control characters besides ends of lines.');
  }
  return text.trim();
}

function merged(row: store.SavedQueryRow, input: Partial<SavedQueryInput>): SavedQueryInput {
  return {
    name: input.name ?? row.name,
    folder: input.folder ?? row.folder,
    description: input.description ?? row.description,
    query: input.query ?? row.query,
    isShared: input.isShared ?? row.isShared === 1,
  };
}

function spaceOf(isShared: 0 | 1, ownerId: UserId): string {
  return isShared === 1 ? 'shared' : ownerId;
}

async function shown(ctx: Ctx, row: store.SavedQueryRow): Promise<SavedQuery> {
  const { userId } = hunter(ctx);
  const owners = await listUserNames(ctx, [row.ownerId]);
  return { ...summaryOf(row, userId, owners.get(row.ownerId) ?? null), query: row.query };
}

function summaryOf(row: store.SavedQueryRow, reader: UserId, owner: string | null): SavedQuerySummary {
  const { id, name, folder, description, revision, changedBy } = row;
  return {
    ...{ id, name, folder, description, owner, revision, changedBy },
    isShared: row.isShared === 1,
    isOwn: row.ownerId === reader,
    createdAt: isoTime(row.createdAt),
    changedAt: isoTime(row.changedAt),
  };
}

/** Of a private query the audit tells that it is there, and nothing of what it says: administrators read the audit. */
async function audit(ctx: Ctx, trx: Trx, verb: 'create' | 'update' | 'delete', row: store.SavedQueryRow) {
  const { id, name, folder, isShared, revision } = row;
  const target = isShared === 1 ? { kind: 'saved-query', id, name } : { kind: 'saved-query', id };
  const details = isShared === 1 ? { folder, revision, isShared: true } : { revision, isShared: false };
  await recordAudit(ctx, trx, { action: `saved-query.${verb}`, target, details });
}
