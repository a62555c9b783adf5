// Groups of people. Members are user names as they appear in activities; they need no account here. A group cuts what a
// user group administrator sees, and filters of the cloud-apps surface name it.
import { randomBytes } from 'node:crypto';
import { may, require } from '../access/caller.ts';
import { recordAudit } from '../audit/audit.ts';
import type { Ctx, Services } from '../context.ts';
import type { Db, Trx } from '../db/store.ts';
import { Conflict, NotFound } from '../lib/failures.ts';
import type { GroupId, TenantId } from '../lib/ids.ts';
import * as store from './groups-store.ts';
import { parseReportedUserName, parseSearch, parseText, reportedNameMax } from './naming.ts';
import { type Listed, type PageRequest, parsePage } from './paging.ts';
import { changeAs } from './present-rights.ts';

export interface Group {
  readonly id: GroupId;
  readonly name: string;
  readonly createdAt: number;
  readonly memberCount: number;
}

const groupNameMax = 128;

/** 24 hex digits, as the cloud-apps surface writes group ids; undefined for any other text. */
export function parseGroupId(text: string): GroupId | undefined {
  return /^[0-9a-f]{24}$/.test(text) ? (text as GroupId) : undefined; // Checked right here.
}

/** User names (lower case) of everybody in one of the tenant's groups; ids that are no group add nobody. */
export async function listMemberNames(db: Db, tenantId: TenantId, groupIds: readonly string[]): Promise<string[]> {
  const ids = groupIds.flatMap((each) => parseGroupId(each.toLowerCase()) ?? []);
  return await store.listMembers(db, tenantId, ids);
}

/** Ids of the tenant's groups that begin with `start`, in either case; all of them for ''. */
export async function listGroupIds(db: Db, tenantId: TenantId, start: string): Promise<GroupId[]> {
  const digits = start.toLowerCase();
  return /^[0-9a-f]{0,24}$/.test(digits) ? await store.listGroupIds(db, tenantId, digits) : [];
}

/** Those of the ids that are groups of the tenant. */
export async function listKnownGroups(db: Db, tenantId: TenantId, ids: readonly string[]): Promise<GroupId[]> {
  return await store.listKnownGroups(
    db,
    tenantId,
    ids.flatMap((each) => parseGroupId(each) ?? []),
  );
}

/** Adds a group with its members, inside the caller's transaction; nobody's rights are asked. */
export async function addGroup(
  services: Pick<Services, 'clock' | 'config'>,
  trx: Trx,
  tenantId: TenantId,
  input: { name: string; members?: readonly string[] },
): Promise<store.GroupRow> {
  const name = parseText('name', input.name, groupNameMax);
  const { groupsPerTenantMax } = services.config;
  if ((await store.countGroups(trx, tenantId)) >= groupsPerTenantMax) {
    throw new Conflict(
      'too-many-groups',
      `This tenant has its ${groupsPerTenantMax} groups (setting groupsPerTenantMax).`,
    );
  }
  if (await store.findGroupByName(trx, tenantId, name)) {
    throw new Conflict('group-name-taken', `There is a group "${name}" already. Choose another name.`);
  }
  const row: store.GroupRow = {
    id: randomBytes(12).toString('hex') as GroupId, // A new id becomes of its kind here.
    tenantId,
    name,
    createdAt: services.clock(),
  };
  await store.insertGroup(trx, row);
  for (const member of input.members ?? []) {
    await store.insertMember(trx, tenantId, row.id, parseReportedUserName('userName', member));
  }
  return row;
}

/** Makes an empty group. Needs Groups.manage. */
export async function createGroup(ctx: Ctx, name: string): Promise<Group> {
  require(ctx.caller, 'Groups.manage');
  const row = await changeAs(ctx, 'Groups.manage', async (trx) => {
    const added = await addGroup(ctx, trx, ctx.caller.tenantId, { name });
    await recordGroupAct(ctx, trx, 'group.create', added);
    return added;
  });
  return { id: row.id, name: row.name, createdAt: row.createdAt, memberCount: 0 };
}

function requireMayRead(ctx: Ctx): void {
  if (!may(ctx.caller, 'Groups.manage')) require(ctx.caller, 'Users.read');
}

/** One page of the tenant's groups. Needs Users.read or Groups.manage. */
export async function listGroups(ctx: Ctx, request: PageRequest & { search?: string }): Promise<Listed<Group>> {
  requireMayRead(ctx);
  const page = parsePage(ctx.config, request, ['name', 'createdAt']);
  const { rows, total } = await store.pageGroups(ctx.store.db, ctx.caller.tenantId, parseSearch(request.search), page);
  const counts = await store.countMembers(
    ctx.store.db,
    ctx.caller.tenantId,
    rows.map((row) => row.id),
  );
  const items = rows.map(({ id, name, createdAt }) => ({ id, name, createdAt, memberCount: counts.get(id) ?? 0 }));
  return { items, total };
}

/** One group with one page of its members by name. Needs Users.read or Groups.manage. */
export async function getGroup(
  ctx: Ctx,
  id: string,
  request: PageRequest = {},
): Promise<Group & { readonly members: readonly string[] }> {
  requireMayRead(ctx);
  const page = parsePage(ctx.config, request, ['userName']);
  const { db } = ctx.store;
  const row = await getRow(db, ctx.caller.tenantId, id);
  const counts = await store.countMembers(db, row.tenantId, [row.id]);
  const members = await store.pageMembers(db, row.tenantId, row.id, page);
  return { id: row.id, name: row.name, createdAt: row.createdAt, memberCount: counts.get(row.id) ?? 0, members };
}

/** Deletes a group. Needs Groups.manage; throws Conflict while an assignment's scope names the group. */
export async function deleteGroup(ctx: Ctx, id: string): Promise<void> {
  await changeGroup(ctx, id, async (trx, row) => {
    const uses = await store.countScopesWithGroup(trx, row.tenantId, row.id);
    if (uses > 0) {
      throw new Conflict('group-in-use', `${uses} role assignment(s) are limited to this group. Unassign them first.`);
    }
    await store.deleteGroup(trx, row.tenantId, row.id);
    await recordGroupAct(ctx, trx, 'group.delete', row);
  });
}

/** Puts somebody into a group; doing it again changes nothing. Needs Groups.manage. Throws InvalidInput for what is no user name. */
export async function addMember(ctx: Ctx, id: string, userName: string): Promise<void> {
  const member = parseReportedUserName('userName', userName);
  await changeGroup(ctx, id, async (trx, row) => {
    const count = (await store.countMembers(trx, row.tenantId, [row.id])).get(row.id) ?? 0;
    const added = await store.insertMember(trx, row.tenantId, row.id, member);
    if (!added) return;
    if (count >= ctx.config.groupMembersMax) {
      const limit = ctx.config.groupMembersMax;
      throw new Conflict('too-many-members', `This group has its ${limit} members (setting groupMembersMax).`);
    }
    await recordGroupAct(ctx, trx, 'group.add-member', row, { userName: member });
  });
}

/** Takes somebody out of a group. Needs Groups.manage; throws NotFound for somebody who is not in it. */
export async function removeMember(ctx: Ctx, id: string, userName: string): Promise<void> {
  // Whatever was put in once can be taken out.
  const member = parseText('userName', userName, reportedNameMax).toLowerCase();
  await changeGroup(ctx, id, async (trx, row) => {
    if (!(await store.deleteMember(trx, row.tenantId, row.id, member))) throw new NotFound('The member');
    await recordGroupAct(ctx, trx, 'group.remove-member', row, { userName: member });
  });
}

async function changeGroup(
  ctx: Ctx,
  id: string,
  work: (trx: Trx, row: store.GroupRow) => Promise<void>,
): Promise<void> {
  require(ctx.caller, 'Groups.manage');
  await changeAs(ctx, 'Groups.manage', async (trx) => work(trx, await getRow(trx, ctx.caller.tenantId, id)));
}

async function getRow(db: Db, tenantId: TenantId, id: string): Promise<store.GroupRow> {
  const groupId = parseGroupId(id.toLowerCase());
  const row = groupId && (await store.findGroup(db, tenantId, groupId));
  if (!row) throw new NotFound('The group');
  return row;
}

async function recordGroupAct(
  ctx: Ctx,
  trx: Trx,
  action: string,
  row: store.GroupRow,
  details: Record<string, unknown> = {},
): Promise<void> {
  await recordAudit(ctx, trx, { action, target: { kind: 'group', id: row.id, name: row.name }, details });
}
