// A request may wait between being let in and its change. Whoever loses the session or the right meanwhile must not have
// used it after the loss was acknowledged: here the loss comes exactly in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../src/access/refusal.ts';
import type { Ctx } from '../src/context.ts';
import { decideActivation, endActivationOf } from '../src/directory/activation-approvals.ts';
import { requestActivation } from '../src/directory/activations.ts';
import { assignRole, unassignRole } from '../src/directory/assignments.ts';
import { addMember, createGroup, deleteGroup, removeMember } from '../src/directory/groups.ts';
import { changeOwnPassword } from '../src/directory/own-credentials.ts';
import { putRoleSettings } from '../src/directory/role-settings.ts';
import { loadSessionByHash } from '../src/directory/sessions.ts';
import { addDomain, changeTenantLife, createTenantWithLink, renewSetupLink } from '../src/directory/tenant-life.ts';
import {
  changeUserLife,
  createUser,
  endUserSessions,
  renameUser,
  resetPassword,
  resetSecondFactor,
} from '../src/directory/users.ts';
import { sha256Hex } from '../src/lib/secrets.ts';
import { type Directory, getRole, give, newGroup, openDirectory, type Person } from './directory-calls.ts';
import { ctxOf } from './directory-ctx.ts';
import { testPassword } from './support/accounts.ts';

/** The context of a request of this person that was let in a moment ago, with all that a global administrator may do. */
async function letIn({ services }: Directory, { tenant, user, session }: Person): Promise<Ctx> {
  const loaded = await loadSessionByHash(services.store.db, sha256Hex(session));
  assert.ok(loaded);
  const ctx = ctxOf(services, tenant, user, [...getRole('global-administrator').permissions]);
  const credential = { kind: 'session', sessionId: loaded.session.id, client: 'cli', secondFactorAt: null } as const;
  return { ...ctx, caller: { ...ctx.caller, credential } };
}

function isRefusal(code: string) {
  return (error: unknown) => error instanceof Refusal && error.details.code === code;
}

async function setting(directory: Directory) {
  const tenant = await directory.tenant(true);
  const keeper = await directory.person(tenant, 'global-administrator');
  const leaver = await directory.person(tenant);
  const held = await give(directory, leaver.user, 'global-administrator');
  const other = await directory.person(tenant);
  const eligible = await give(directory, other.user, 'security-reader', 'eligible');
  await keeper.call('PUT', '/roles/security-reader/settings', { requiresApproval: true });
  const wanted = { role: 'security-reader', durationSeconds: 600, justification: 'night shift' };
  const asked = await other.call('POST', '/me/role-activations', wanted);
  assert.equal(asked.status, 201);
  return { tenant, keeper, leaver, held, other, eligible, request: String(asked.body.id) };
}

test('no change of the directory is made by somebody who lost the role after the request was let in', async (t) => {
  const directory = await openDirectory(t);
  const { tenant, keeper, leaver, held, other, eligible, request } = await setting(directory);
  const [group, foreign] = [await newGroup(directory, tenant), await directory.tenant()];
  const name = other.user.userName;
  const ctx = await letIn(directory, leaver);
  assert.equal((await keeper.call('DELETE', `/role-assignments/${held}`)).status, 204);
  const before = await directory.audited(tenant);
  const changes: (() => Promise<unknown>)[] = [
    () => resetPassword(ctx, keeper.user.userName),
    () => createUser(ctx, { userName: `late@${tenant.slug}.example`, displayName: 'Late' }),
    () => renameUser(ctx, name, 'Renamed'),
    () => changeUserLife(ctx, name, 'disable'),
    () => resetSecondFactor(ctx, name),
    () => endUserSessions(ctx, name),
    () => assignRole(ctx, { user: leaver.user.userName, role: 'global-administrator', kind: 'permanent' }),
    () => unassignRole(ctx, eligible),
    () => putRoleSettings(ctx, 'security-reader', { requiresApproval: false }),
    () => decideActivation(ctx, request, 'approve', 'fine'),
    () => endActivationOf(ctx, request),
    () => createGroup(ctx, 'Late'),
    () => addMember(ctx, group, name),
    () => removeMember(ctx, group, 'ann@partner.example'),
    () => deleteGroup(ctx, group),
    () =>
      createTenantWithLink(ctx, { slug: `${tenant.slug}x`, displayName: 'Late', domain: `x.${tenant.slug}.example` }),
    () => changeTenantLife(ctx, foreign.id, 'disable'),
    () => addDomain(ctx, foreign.id, `y.${tenant.slug}.example`),
    () => renewSetupLink(ctx, foreign.id),
  ];
  for (const change of changes) await assert.rejects(change, isRefusal('permission-missing'), String(change));
  assert.deepEqual(await directory.audited(tenant), before);
});

test('nothing is changed with a session that ended after the request was let in', async (t) => {
  const directory = await openDirectory(t);
  const { tenant, keeper, leaver, other } = await setting(directory);
  await give(directory, leaver.user, 'security-operator', 'eligible');
  const ctx = await letIn(directory, leaver);
  const path = `/users/${leaver.user.userName}/end-sessions`;
  assert.equal((await keeper.call('POST', path)).status, 200);
  const before = await directory.audited(tenant);
  const newPassword = 'gravel lantern otter tram';
  for (const change of [
    () => resetPassword(ctx, other.user.userName),
    () => changeOwnPassword(ctx, { currentPassword: testPassword, newPassword }),
    () => requestActivation(ctx, { role: 'security-operator', durationSeconds: 600, justification: 'x' }),
  ])
    await assert.rejects(change, isRefusal('session-ended'), String(change));
  assert.deepEqual(await directory.audited(tenant), before);
});
