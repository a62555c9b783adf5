import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ctxOf } from '../../test/directory-ctx.ts';
import { makeTenant, makeUser } from '../../test/support/accounts.ts';
import { testServices } from '../../test/support/services.ts';
import { Refusal } from '../access/refusal.ts';
import type { Ctx } from '../context.ts';
import { dayMs } from '../lib/clock.ts';
import { addAssignment } from './assignments.ts';
import type { LifeAct } from './life-cycle.ts';
import { findRole } from './role-table.ts';
import { changeUserLife, endUserSessions, renameUser, resetPassword, resetSecondFactor } from './users.ts';

type Act = (ctx: Ctx, ref: string) => Promise<unknown>;

const acts: Readonly<Record<string, Act>> = {
  rename: (ctx, ref) => renameUser(ctx, ref, 'Renamed'),
  ...Object.fromEntries(
    (['disable', 'delete', 'restore', 'enable'] satisfies LifeAct[]).map((act): [string, Act] => [
      act,
      (ctx, ref) => changeUserLife(ctx, ref, act),
    ]),
  ),
  resetPassword,
  resetSecondFactor,
  endUserSessions,
};

test('no act on an account gets past the roles that the actor could not assign: held, eligible or yet to begin', async () => {
  const services = await testServices();
  try {
    const tenant = await makeTenant(services);
    await makeUser(services, tenant, { role: 'global-administrator' });
    // No built-in role manages users without managing all roles, so the permissions are given one by one.
    const actor = await makeUser(services, tenant);
    const ctx = ctxOf(services, tenant, actor, ['Users.read', 'Users.manage', 'CloudAppsRoles.manage']);
    const role = findRole('security-reader');
    assert.ok(role);
    const now = services.clock();
    const held = [
      { role, kind: 'permanent' as const },
      { role, kind: 'eligible' as const },
      { role, kind: 'permanent' as const, startsAt: now + dayMs },
    ];
    for (const [name, act] of Object.entries(acts)) {
      for (const assignment of held) {
        const user = await makeUser(services, tenant);
        await services.store.change(tenant.id, (trx) => addAssignment(services, trx, user, assignment, 'test'));
        await assert.rejects(
          act(ctx, user.id),
          (error) => error instanceof Refusal && error.details.status === 403 && /Security reader/.test(error.message),
          name,
        );
        const after = await services.store.db
          .selectFrom('users')
          .selectAll()
          .where('id', '=', user.id)
          .executeTakeFirst();
        assert.deepEqual({ ...after }, user, `${name} changed nothing`);
      }
    }
    const simple = await makeUser(services, tenant, { role: 'cloud-discovery-global-administrator' });
    for (const act of Object.values(acts)) await act(ctx, simple.id);
  } finally {
    await services.dispose();
  }
});
