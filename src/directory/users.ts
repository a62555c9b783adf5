// Users of a tenant: making them, finding them, their life and what administrators do for them. Their roles are in
// assignments.ts, their signing in is in sign-in.ts.
import { require } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx, Services } from '../context.ts';
import { type Db, isUniqueViolation, type Trx } from '../db/store.ts';
import { Conflict, InvalidInput } from '../lib/failures.ts';
import { newId, type TenantId, type UserId } from '../lib/ids.ts';
import { endActivationsOfUser } from './activation-ends.ts';
import { type RoleState, stateOf, toHeldRoles } from './effective.ts';
import { keepingAdministrator } from './last-administrator.ts';
import { type LifeAct, stateAfter } from './life-cycle.ts';
import { clearAccount } from './lock-out.ts';
import { getUserRow, refuseOwnAccount, requireMayTakeOver } from './managed-user.ts';
import { parseDisplayName, parseSearch, parseUserName } from './naming.ts';
import { type Listed, type PageRequest, parsePage } from './paging.ts';
import { checkNewPassword, hashPassword, mintOneTimePassword } from './passwords.ts';
import { changeAs } from './present-rights.ts';
import { type AssignmentRow, listAssignmentsOfUsers, listRunningActivations } from './roles-store.ts';
import { endSessions } from './sessions.ts';
import { listDomainNames } from './tenants.ts';
import * as store from './users-store.ts';

export interface User {
  readonly id: UserId;
  readonly userName: string;
  readonly displayName: string;
  readonly status: 'enabled' | 'disabled' | 'deleted';
  readonly createdAt: number;
  readonly lastSignInAt: number | null;
  readonly hasSecondFactor: boolean;
  readonly roles: readonly {
    readonly key: string;
    readonly displayName: string;
    readonly kind: 'permanent' | 'eligible';
    readonly state: RoleState;
    readonly source: AssignmentRow['source'];
  }[];
}

export interface NewUser {
  readonly userName: string;
  readonly displayName: string;
  /** From {@link hashPassword}, made before the transaction since it takes long; null for an account without one. */
  readonly passwordHash: string | null;
  readonly mustChangePassword: boolean;
}

/**
 * Adds an enabled user inside the caller's transaction; nobody's rights are asked. Throws InvalidInput that names
 * userName or displayName, Conflict when the name belongs to a living user or the tenant is full.
 */
export async function addUser(
  services: Pick<Services, 'clock' | 'config'>,
  trx: Trx,
  tenantId: TenantId,
  input: NewUser,
): Promise<store.UserRow> {
  const { userName, domain } = parseUserName('userName', input.userName);
  const displayName = parseDisplayName('displayName', input.displayName);
  const domains = await listDomainNames(trx, tenantId);
  if (!domains.includes(domain)) {
    throw new InvalidInput('userName', `The domain ${domain} is not one of this tenant's: ${domains.join(', ')}.`);
  }
  if ((await store.countUsers(trx, tenantId)) >= services.config.usersPerTenantMax) {
    const limit = services.config.usersPerTenantMax;
    throw new Conflict('too-many-users', `This tenant has its ${limit} users (setting usersPerTenantMax).`);
  }
  const namesake = await store.findUserByName(trx, tenantId, userName);
  if (namesake && namesake.status !== 'deleted') throw nameTaken(userName);
  const now = services.clock();
  const row: store.UserRow = {
    id: newId<UserId>(),
    tenantId,
    userName,
    displayName,
    status: 'enabled',
    statusBeforeDeletion: null,
    passwordHash: input.passwordHash,
    passwordChangedAt: input.passwordHash === null ? null : now,
    mustChangePassword: input.mustChangePassword ? 1 : 0,
    secondFactorSecret: null,
    secondFactorConfirmedAt: null,
    secondFactorLastStep: null,
    createdAt: now,
    statusChangedAt: now,
    lastSignInAt: null,
  };
  try {
    await store.insertUser(trx, row);
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken(userName);
    throw error;
  }
  return row;
}

function nameTaken(userName: string): Conflict {
  return new Conflict('user-name-taken', `There is a user ${userName} already. Choose another name.`);
}

/**
 * Makes a user. Without a password the answer has a one-time one, shown only here, that the first sign-in must replace.
 * Needs Users.manage.
 */
export async function createUser(
  ctx: Ctx,
  input: { userName: string; displayName: string; password?: string },
): Promise<{ user: User; oneTimePassword: string | null }> {
  require(ctx.caller, 'Users.manage');
  const { userName } = parseUserName('userName', input.userName);
  parseDisplayName('displayName', input.displayName);
  if (input.password !== undefined) checkNewPassword(ctx.config, 'password', input.password, userName);
  const oneTimePassword = input.password === undefined ? mintOneTimePassword() : null;
  const passwordHash = await hashPassword(oneTimePassword ?? input.password ?? '');
  const row = await changeAs(ctx, 'Users.manage', async (trx) => {
    const { displayName } = input;
    const mustChangePassword = oneTimePassword !== null;
    const added = await addUser(ctx, trx, ctx.caller.tenantId, {
      userName,
      displayName,
      passwordHash,
      mustChangePassword,
    });
    await recordUserAct(ctx, trx, 'user.create', added, {
      displayName: added.displayName,
      oneTimePassword: mustChangePassword,
    });
    return added;
  });
  return { user: await toUser(ctx, ctx.store.db, row), oneTimePassword };
}

/** One page of the tenant's users. Needs Users.read. */
export async function listUsers(
  ctx: Ctx,
  request: PageRequest & { status?: User['status']; search?: string },
): Promise<Listed<User>> {
  require(ctx.caller, 'Users.read');
  const page = parsePage(ctx.config, request, ['userName', 'displayName', 'createdAt', 'lastSignInAt', 'status']);
  const filter = { status: request.status, search: parseSearch(request.search) };
  const { rows, total } = await store.pageUsers(ctx.store.db, ctx.caller.tenantId, filter, page);
  return { items: await toUsers(ctx, ctx.store.db, rows), total };
}

/** Display names of those of the ids that are users of the caller's tenant; for callers that may read what names them. */
export async function listNamesOfUsers(ctx: Ctx, ids: readonly string[]): Promise<Map<string, string>> {
  // Compared with ids of users, nothing more.
  const rows = await store.listUsersById(ctx.store.db, ctx.caller.tenantId, [...new Set(ids)] as UserId[]);
  return new Map(rows.map(({ id, displayName }) => [id, displayName]));
}

/** The same with user names, for callers that may read what those people made. */
export async function listUserNames(ctx: Ctx, ids: readonly UserId[]): Promise<Map<string, string>> {
  const rows = await store.listUsersById(ctx.store.db, ctx.caller.tenantId, [...new Set(ids)]);
  return new Map(rows.map(({ id, userName }) => [id, userName]));
}

/** One user by id or user name. Needs Users.read. */
export async function getUser(ctx: Ctx, ref: string): Promise<User> {
  require(ctx.caller, 'Users.read');
  return await toUser(ctx, ctx.store.db, await getUserRow(ctx.store.db, ctx.caller.tenantId, ref));
}

/** Gives a user another display name. Needs Users.manage. */
export async function renameUser(ctx: Ctx, ref: string, displayName: string): Promise<User> {
  const name = parseDisplayName('displayName', displayName);
  return await changeUser(ctx, ref, async (trx, row) => {
    await requireMayTakeOver(ctx, trx, row);
    await store.updateUser(trx, row.tenantId, row.id, { displayName: name });
    await recordUserAct(ctx, trx, 'user.rename', row, { from: row.displayName, to: name });
  });
}

/**
 * Disables, enables, deletes or restores a user. Whoever is disabled or deleted loses sessions and activations at once;
 * tokens stay listed and are refused. Needs Users.manage; throws Conflict for the own account and the last administrator.
 */
export async function changeUserLife(ctx: Ctx, ref: string, act: LifeAct): Promise<User> {
  return await changeUser(ctx, ref, async (trx, row) => {
    const closes = act === 'disable' || act === 'delete';
    if (closes) refuseOwnAccount(ctx, row, 'Ask another administrator.');
    await requireMayTakeOver(ctx, trx, row);
    const next = stateAfter(`The user ${row.userName}`, row, act);
    if (!next) return;
    if (act === 'restore') await requireFreeName(trx, row);
    const now = ctx.clock();
    await keepingAdministrator(trx, row.tenantId, now, () =>
      store.updateUser(trx, row.tenantId, row.id, { ...next, statusChangedAt: now }),
    );
    if (closes) {
      await endSessions(trx, row.tenantId, row.id, now);
      await endActivationsOfUser(ctx, trx, row, `The user was ${act}d.`);
    }
    await recordUserAct(ctx, trx, `user.${act}`, row);
  });
}

/** Throws Conflict unless a deleted user can have its name back. */
async function requireFreeName(trx: Trx, row: store.UserRow): Promise<void> {
  const namesake = await store.findUserByName(trx, row.tenantId, row.userName);
  if (namesake && namesake.status !== 'deleted') {
    throw new Conflict(
      'user-name-taken',
      `Another user has the name ${row.userName} now. Delete that one before you restore this one.`,
    );
  }
  const { domain } = parseUserName('userName', row.userName);
  if (!(await listDomainNames(trx, row.tenantId)).includes(domain)) {
    throw new Conflict('domain-missing', `The tenant does not have the domain ${domain} any more. Add it first.`);
  }
}

/**
 * Gives the user a one-time password, shown only in this answer; ends the user's sessions and lock-out. Needs Users.manage; the
 * own password is changed by its owner, who knows it.
 */
export async function resetPassword(ctx: Ctx, ref: string): Promise<{ user: User; oneTimePassword: string }> {
  require(ctx.caller, 'Users.manage');
  const oneTimePassword = mintOneTimePassword();
  const passwordHash = await hashPassword(oneTimePassword);
  const user = await changeUser(ctx, ref, async (trx, row) => {
    refuseOwnAccount(ctx, row, 'Change your password instead: sallyport password.');
    await requireMayTakeOver(ctx, trx, row);
    refuseDeleted(row);
    const now = ctx.clock();
    await store.updateUser(trx, row.tenantId, row.id, { passwordHash, passwordChangedAt: now, mustChangePassword: 1 });
    await endSessions(trx, row.tenantId, row.id, now);
    await clearAccount(ctx, trx, row);
    await recordUserAct(ctx, trx, 'user.reset-password', row);
  });
  return { user, oneTimePassword };
}

/** Removes the user's second factor and recovery codes and ends the sessions. Needs Users.manage. */
export async function resetSecondFactor(ctx: Ctx, ref: string): Promise<User> {
  return await changeUser(ctx, ref, async (trx, row) => {
    refuseOwnAccount(ctx, row, 'Remove your second factor with one of its codes: sallyport second-factor remove.');
    await requireMayTakeOver(ctx, trx, row);
    refuseDeleted(row);
    const none = { secondFactorSecret: null, secondFactorConfirmedAt: null, secondFactorLastStep: null };
    await store.updateUser(trx, row.tenantId, row.id, none);
    await store.deleteRecoveryCodes(trx, row.tenantId, row.id);
    await endSessions(trx, row.tenantId, row.id, ctx.clock());
    await recordUserAct(ctx, trx, 'user.reset-second-factor', row);
  });
}

/** Ends every session of the user. Needs Users.manage. */
export async function endUserSessions(ctx: Ctx, ref: string): Promise<User> {
  return await changeUser(ctx, ref, async (trx, row) => {
    await requireMayTakeOver(ctx, trx, row);
    await endSessions(trx, row.tenantId, row.id, ctx.clock());
    await recordUserAct(ctx, trx, 'user.end-sessions', row);
  });
}

function refuseDeleted(row: store.UserRow): void {
  if (row.status === 'deleted') {
    throw new Conflict('deleted', `The user ${row.userName} is deleted. Restore the user first.`);
  }
}

/** Finds the user inside the tenant's change, lets `work` change the row, and gives the user as it is then. */
async function changeUser(ctx: Ctx, ref: string, work: (trx: Trx, row: store.UserRow) => Promise<void>): Promise<User> {
  require(ctx.caller, 'Users.manage');
  const { tenantId } = ctx.caller;
  const userId = await changeAs(ctx, 'Users.manage', async (trx) => {
    const row = await getUserRow(trx, tenantId, ref);
    await work(trx, row);
    return row.id;
  });
  return await toUser(ctx, ctx.store.db, await getUserRow(ctx.store.db, tenantId, userId));
}

async function recordUserAct(
  ctx: Ctx,
  trx: Trx,
  action: string,
  row: store.UserRow,
  details: Record<string, unknown> = {},
): Promise<void> {
  await recordAudit(ctx, trx, { action, target: { kind: 'user', id: row.id, name: row.userName }, details });
}

async function toUser(services: Pick<Services, 'clock'>, db: Db, row: store.UserRow): Promise<User> {
  const [user] = await toUsers(services, db, [row]);
  if (!user) throw new Error('One row gave no user.');
  return user;
}

async function toUsers(services: Pick<Services, 'clock'>, db: Db, rows: readonly store.UserRow[]): Promise<User[]> {
  const tenantId = rows[0]?.tenantId;
  if (!tenantId) return [];
  const now = services.clock();
  const ids = rows.map((row) => row.id);
  const assignments = await listAssignmentsOfUsers(db, tenantId, ids);
  const activations = await listRunningActivations(db, tenantId, ids, now);
  const sources = new Map(assignments.map(({ id, source }) => [id, source]));
  return rows.map((row) => ({
    id: row.id,
    userName: row.userName,
    displayName: row.displayName,
    status: row.status,
    createdAt: row.createdAt,
    lastSignInAt: row.lastSignInAt,
    hasSecondFactor: row.secondFactorConfirmedAt !== null,
    roles: toHeldRoles(
      assignments.filter((each) => each.userId === row.id),
      activations,
    ).map((held) => ({
      key: held.role.key,
      displayName: held.role.displayName,
      kind: held.kind,
      state: stateOf(held, now),
      source: sources.get(held.assignmentId) ?? 'people',
    })),
  }));
}

/** How the directory calls these people (user names in lower case), as far as it knows them; nobody's rights are asked. */
export async function listDisplayNames(
  db: Db,
  tenantId: TenantId,
  userNames: readonly string[],
): Promise<Map<string, string>> {
  const rows = await store.listUsersByName(db, tenantId, userNames);
  return new Map(rows.filter(({ status }) => status !== 'deleted').map((row) => [row.userName, row.displayName]));
}
