import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ctxOf } from '../../test/directory-ctx.ts';
import { makeTenant, makeUser } from '../../test/support/accounts.ts';
import { secondNode, testServices } from '../../test/support/services.ts';
import { Conflict } from '../lib/failures.ts';
import { unassignRole } from './assignments.ts';
import { changeUserLife } from './users.ts';

const permissions = ['Users.manage', 'Roles.read', 'Roles.manage', 'CloudAppsRoles.manage'] as const;

/** How many of the acts were done; every other one must have been refused as taking the last administrator. */
async function countDone(acts: readonly Promise<unknown>[]): Promise<number> {
  const outcomes = await Promise.allSettled(acts);
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    assert.ok(outcome.reason instanceof Conflict, String(outcome.reason));
    assert.equal(outcome.reason.code, 'last-administrator');
  }
  return outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
}

test('however many administrators remove each other at once, on two nodes of one database, one stays', async () => {
  const first = await testServices();
  try {
    // SQLite belongs to one process: there both acts come through the same store.
    const second = first.store.kind === 'postgres' ? await secondNode(first) : first;
    for (let round = 0; round < 5; round++) {
      const tenant = await makeTenant(first);
      const people = await Promise.all(
        [1, 2, 3, 4].map(() => makeUser(first, tenant, { role: 'global-administrator' })),
      );
      const held = await first.store.db
        .selectFrom('roleAssignments')
        .select(['id', 'userId'])
        .where('tenantId', '=', tenant.id)
        .execute();
      const done = await countDone(
        people.map(async (victim, index) => {
          const actor = people[(index + 1) % people.length] ?? victim;
          const ctx = ctxOf(index % 2 === 0 ? first : second, tenant, actor, permissions);
          const id = held.find((each) => each.userId === victim.id)?.id ?? '';
          if (index < 2) await unassignRole(ctx, id);
          else await changeUserLife(ctx, victim.id, index === 2 ? 'disable' : 'delete');
        }),
      );
      assert.equal(done, 3);
    }
  } finally {
    await first.dispose();
  }
});
