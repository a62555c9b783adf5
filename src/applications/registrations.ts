// Registered applications: what their home tenant says of them. What another tenant granted them is in
// service-principals.ts and grants.ts; a change here never widens what an application may do, because a permission that
// is added here has no effect before an administrator consents again.
import { type Caller, may, require } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { type LifeAct, stateAfter } from '../directory/life-cycle.ts';
import { parseSearch } from '../directory/naming.ts';
import { type Listed, type PageRequest, parsePage } from '../directory/paging.ts';
import { presentCaller } from '../directory/present-rights.ts';
import { Conflict } from '../lib/failures.ts';
import { type AppId, type ApplicationId, newId } from '../lib/ids.ts';
import { sha256Hex } from '../lib/secrets.ts';
import { type AccessInput, checkSize, parseAccessInput, union, without } from './access-lists.ts';
import type { AccessRequest, ApplicationRow, ExposedRole, ExposedScope, SignInAudience } from './application.ts';
import { parseAccess, toApplication } from './application.ts';
import { actorId, changeApplication, getVisible, goneBefore, memberOf } from './application-rights.ts';
import { type ApplicationView, toApplicationViews } from './application-view.ts';
import { findPrincipal } from './principals-store.ts';
import { noRedirectUris, parseRedirectUris, type RedirectUriType } from './redirect-uris.ts';
import {
  parseApplicationName,
  parseDescription,
  parseExposed,
  parseIdentifierUris,
  parseUrl,
} from './registration-input.ts';
import { addPrincipal, removePrincipal } from './service-principals.ts';
import * as store from './store.ts';
import { readTenantSettings } from './tenant-settings.ts';

/** What a registration can say; what is absent keeps its value, or its default when the application is new. */
export interface ApplicationInput {
  readonly displayName?: string;
  readonly description?: string | null;
  readonly signInAudience?: SignInAudience;
  readonly redirectUris?: Partial<Record<RedirectUriType, readonly string[]>>;
  readonly logoutUrl?: string | null;
  readonly homePageUrl?: string | null;
  readonly identifierUris?: readonly string[];
  readonly requiredAccess?: readonly AccessInput[];
  readonly exposedScopes?: readonly ExposedScope[];
  readonly appRoles?: readonly ExposedRole[];
  readonly isPublicClient?: boolean;
  readonly accessTokenVersion?: 1 | 2 | null;
  readonly refreshPolicy?: 'rotate' | 'entra';
  readonly requiresPushedRequests?: boolean;
}

export interface NewApplication extends ApplicationInput {
  readonly displayName: string;
  /** False leaves the application without a presence in its home tenant, as the documented Graph call does. */
  readonly withServicePrincipal?: boolean;
}

/**
 * Registers an application. Members may where their tenant lets them and become its owner; otherwise it needs
 * Applications.manage. Throws InvalidInput, Conflict or Refusal.
 */
export async function registerApplication(ctx: Ctx, input: NewApplication): Promise<ApplicationView> {
  const { tenantId } = ctx.caller;
  const row = await ctx.store.change(tenantId, async (trx) => {
    const caller = await presentCaller(ctx, trx);
    await requireMayRegister(ctx, trx, caller);
    await removeGone(ctx, trx);
    if ((await store.countApplications(trx, tenantId)) >= ctx.config.applicationsPerTenantMax) {
      throw new Conflict(
        'too-many-applications',
        `There are ${ctx.config.applicationsPerTenantMax} applications, the most that applicationsPerTenantMax allows. Deleted ones count until they can no longer be restored.`,
      );
    }
    const created = await applyInput(ctx, trx, newRow(ctx), input);
    await store.insertApplication(trx, tenantId, created);
    const owner = memberOf(caller);
    if (owner !== undefined) await store.insertOwner(trx, tenantId, created.id, owner);
    if (input.withServicePrincipal !== false) await addPrincipal(ctx, trx, created);
    await recordApplicationAct(ctx, trx, 'application.register', created, {
      signInAudience: created.signInAudience,
      redirectUris: JSON.parse(created.redirectUris),
    });
    return created;
  });
  return await viewOf(ctx, row);
}

async function requireMayRegister(ctx: Ctx, trx: Trx, caller: Caller): Promise<void> {
  const member = memberOf(caller);
  const settings = await readTenantSettings(trx, caller.tenantId);
  if (may(caller, 'Applications.manage') || member === undefined || !settings.membersMayRegister) {
    require(caller, 'Applications.manage');
    return;
  }
  const registered = await store.countRegisteredBy(trx, caller.tenantId, member);
  if (registered >= ctx.config.applicationsPerMemberMax) {
    throw new Conflict(
      'too-many-applications',
      `You have registered ${registered} applications, the most that applicationsPerMemberMax allows. Deleted ones count until they can no longer be restored. Ask an application administrator.`,
    );
  }
}

function newRow(ctx: Ctx): ApplicationRow {
  const now = ctx.clock();
  return {
    id: newId<ApplicationId>(),
    tenantId: ctx.caller.tenantId,
    appId: newId<AppId>(),
    displayName: '',
    description: null,
    signInAudience: 'AzureADMyOrg',
    status: 'enabled',
    statusBeforeDeletion: null,
    statusChangedAt: now,
    createdAt: now,
    createdBy: actorId(ctx),
    redirectUris: JSON.stringify(noRedirectUris),
    logoutUrl: null,
    homePageUrl: null,
    identifierUris: '[]',
    requiredAccess: '[]',
    exposedScopes: '[]',
    appRoles: '[]',
    isPublicClient: 0,
    accessTokenVersion: null,
    refreshPolicy: 'rotate',
    requiresPushedRequests: 0,
  };
}

/** The row with what the input says, everything checked. */
async function applyInput(ctx: Ctx, db: Db, row: ApplicationRow, input: ApplicationInput): Promise<ApplicationRow> {
  const { config } = ctx;
  const current = toApplication(row);
  const identifierUris =
    input.identifierUris && (await parseIdentifierUris(db, row.tenantId, row, input.identifierUris));
  const access =
    input.requiredAccess &&
    (await parseAccessInput(db, row.tenantId, input.requiredAccess, config.permissionsPerApplicationMax));
  const exposed = parseExposed(current, input, config.permissionsPerApplicationMax);
  const redirectUris = parseRedirectUris(input.redirectUris ?? {}, current.redirectUris, {
    max: config.redirectUrisPerApplicationMax,
  });
  const flag = (given: boolean | undefined, before: 0 | 1) => (given === undefined ? before : given ? 1 : 0);
  return {
    ...row,
    displayName: input.displayName === undefined ? row.displayName : parseApplicationName(input.displayName),
    description: input.description === undefined ? row.description : parseDescription(input.description),
    signInAudience: input.signInAudience ?? row.signInAudience,
    redirectUris: JSON.stringify(redirectUris),
    logoutUrl: input.logoutUrl === undefined ? row.logoutUrl : parseUrl('logoutUrl', input.logoutUrl),
    homePageUrl: input.homePageUrl === undefined ? row.homePageUrl : parseUrl('homePageUrl', input.homePageUrl),
    identifierUris: identifierUris ? JSON.stringify(identifierUris) : row.identifierUris,
    requiredAccess: access ? JSON.stringify(access) : row.requiredAccess,
    exposedScopes: JSON.stringify(exposed.exposedScopes),
    appRoles: JSON.stringify(exposed.appRoles),
    isPublicClient: flag(input.isPublicClient, row.isPublicClient),
    accessTokenVersion: input.accessTokenVersion === undefined ? row.accessTokenVersion : input.accessTokenVersion,
    refreshPolicy: input.refreshPolicy ?? row.refreshPolicy,
    requiresPushedRequests: flag(input.requiresPushedRequests, row.requiresPushedRequests),
  };
}

/** Changes what is given. For owners and Applications.manage, as every change below. */
export async function updateApplication(ctx: Ctx, ref: string, input: ApplicationInput): Promise<ApplicationView> {
  const row = await changeApplication(ctx, ref, (trx, before) => updateInside(ctx, trx, before, input));
  return await viewOf(ctx, row);
}

/** The same inside the caller's transaction; nobody's rights are asked. */
export async function updateInside(
  ctx: Ctx,
  trx: Trx,
  before: ApplicationRow,
  input: ApplicationInput,
): Promise<ApplicationRow> {
  return await saveChange(ctx, trx, before, await applyInput(ctx, trx, before, input));
}

/** Long values stand in the audit as their digest: owners may change them as often as they like, and it keeps everything. */
const recordedCharactersMax = 4000;

function recorded(value: ApplicationRow[keyof ApplicationRow]): unknown {
  const isLong = typeof value === 'string' && value.length > recordedCharactersMax;
  return isLong ? { characters: value.length, sha256: sha256Hex(value) } : value;
}

async function saveChange(ctx: Ctx, trx: Trx, before: ApplicationRow, after: ApplicationRow): Promise<ApplicationRow> {
  const names = (Object.keys(after) as (keyof ApplicationRow)[]).filter((name) => after[name] !== before[name]); // A row has these keys only.
  if (names.length === 0) return before;
  if (names.length === 0) return before;
  const { id: _, tenantId, appId: __, ...change } = after;
  await store.updateApplication(trx, tenantId, before.id, change);
  const value = (row: ApplicationRow) => Object.fromEntries(names.map((name) => [name, recorded(row[name])]));
  await recordApplicationAct(ctx, trx, 'application.change', after, { before: value(before), after: value(after) });
  return after;
}

/** set replaces everything that is asked for; add and remove change parts of it. Grants stay as they are. */
export async function changeRequiredAccess(
  ctx: Ctx,
  ref: string,
  how: 'set' | 'add' | 'remove',
  given: readonly AccessInput[],
): Promise<ApplicationView> {
  const row = await changeApplication(ctx, ref, async (trx, before) => {
    const max = ctx.config.permissionsPerApplicationMax;
    const named = await parseAccessInput(trx, before.tenantId, given, max);
    const after = changed(parseAccess(before.requiredAccess), how, named);
    checkSize(after, max);
    return await saveChange(ctx, trx, before, { ...before, requiredAccess: JSON.stringify(after) });
  });
  return await viewOf(ctx, row);
}

function changed(
  before: readonly AccessRequest[],
  how: 'set' | 'add' | 'remove',
  named: readonly AccessRequest[],
): readonly AccessRequest[] {
  if (how === 'set') return named;
  return how === 'add' ? union(before, named) : without(before, named);
}

/**
 * Disables, enables, deletes or restores. A disabled or deleted application gets no tokens anywhere and those that it
 * has stop working at their next call. It can be restored for applicationRestoreDays, with its secrets and grants. Owners
 * cannot bring it back: an administrator may have stopped it because of them.
 */
export async function changeApplicationLife(ctx: Ctx, ref: string, act: LifeAct): Promise<ApplicationView> {
  const row = await changeApplication(
    ctx,
    ref,
    async (trx, before) => {
      const state = stateAfter(`The application ${before.displayName}`, before, act);
      if (!state) return before;
      const change = { ...state, statusChangedAt: ctx.clock() };
      await store.updateApplication(trx, before.tenantId, before.id, change);
      await recordApplicationAct(ctx, trx, `application.${act}`, before, {});
      return { ...before, ...change };
    },
    { evenDeleted: true, notForOwners: act === 'enable' || act === 'restore' },
  );
  return await viewOf(ctx, row);
}

/** Removes what nobody can restore any more, with its presence here; other tenants remove theirs themselves. */
async function removeGone(ctx: Ctx, trx: Trx): Promise<void> {
  const { tenantId } = ctx.caller;
  for (const row of await store.listExpired(trx, tenantId, goneBefore(ctx))) {
    const principal = await findPrincipal(trx, tenantId, row.appId);
    if (principal) await removePrincipal(ctx, trx, principal);
    await store.removeApplication(trx, tenantId, row.id);
    await recordApplicationAct(ctx, trx, 'application.remove', row, { deletedAt: row.statusChangedAt });
  }
}

/** By object id or app id. For owners and Applications.read; everybody else finds nothing. */
export async function getApplication(ctx: Ctx, ref: string): Promise<ApplicationView> {
  return await viewOf(ctx, await getVisible(ctx, ctx.store.db, ref));
}

export interface ApplicationsRequest extends PageRequest {
  readonly search?: string;
  readonly status?: ApplicationRow['status'];
}

/** The tenant's applications; without Applications.read, those that the caller owns. */
export async function listApplications(ctx: Ctx, request: ApplicationsRequest): Promise<Listed<ApplicationView>> {
  const page = parsePage(ctx.config, request, ['displayName', 'createdAt']);
  const isAll = may(ctx.caller, 'Applications.read');
  const ownerId = isAll ? undefined : memberOf(ctx.caller);
  if (!isAll && ownerId === undefined) require(ctx.caller, 'Applications.read');
  const { rows, total } = await store.pageApplications(ctx.store.db, ctx.caller.tenantId, {
    ...page,
    ownerId,
    search: parseSearch(request.search),
    status: request.status,
    deletedAfter: goneBefore(ctx),
  });
  return { items: await toApplicationViews(ctx, ctx.store.db, rows), total };
}

async function viewOf(ctx: Ctx, row: ApplicationRow): Promise<ApplicationView> {
  const [view] = await toApplicationViews(ctx, ctx.store.db, [row]);
  if (!view) throw new Error('An application row gives one view.');
  return view;
}

export async function recordApplicationAct(
  ctx: Ctx,
  trx: Trx,
  action: string,
  row: Pick<ApplicationRow, 'id' | 'appId' | 'displayName'>,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await recordAudit(ctx, trx, {
    action,
    target: { kind: 'application', id: row.id, name: row.displayName },
    details: { appId: row.appId, ...details },
  });
}
