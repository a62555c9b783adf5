import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DataScope } from '../access/caller.ts';
import type { ActivationId, AssignmentId, TenantId, UserId } from '../lib/ids.ts';
import { emptyScope, type HeldRole, type Rights, rightsAt, stateOf } from './effective.ts';
import { builtInRoles, findRole } from './role-table.ts';

const tenant: Rights['tenant'] = {
  id: 'tenant' as TenantId,
  slug: 'contoso',
  displayName: 'Contoso',
  number: 12_345_678,
  status: 'enabled',
  isOperator: false,
};
const user: Rights['user'] = {
  id: 'user' as UserId,
  userName: 'ada@contoso.example',
  displayName: 'Ada',
  status: 'enabled',
};

const time = fc.integer({ min: 0, max: 1000 });
const id = fc.constantFrom('aa', 'bb', 'cc');
const scope = fc.record({
  instances: fc.array(fc.record({ appId: fc.integer({ min: 1, max: 3 }), instance: fc.integer({ min: 0, max: 2 }) }), {
    maxLength: 3,
  }),
  groupIds: fc.array(id, { maxLength: 3 }),
  reportIds: fc.array(id, { maxLength: 3 }),
});
const held: fc.Arbitrary<HeldRole> = fc.record({
  assignmentId: fc.uuid().map((text) => text as AssignmentId),
  role: fc.constantFrom(...builtInRoles),
  kind: fc.constantFrom('permanent' as const, 'eligible' as const),
  scope,
  startsAt: time,
  endsAt: fc.option(time),
  activations: fc.array(
    fc.record({ id: fc.uuid().map((text) => text as ActivationId), startsAt: time, endsAt: time }),
    { maxLength: 3 },
  ),
});
const isOperator = fc.boolean();

function rightsOf(roles: readonly HeldRole[], operator = false): Rights {
  return { tenant: { ...tenant, isOperator: operator }, user, roles };
}

function holds(key: string, change: Partial<HeldRole> = {}): HeldRole {
  const role = findRole(key);
  assert.ok(role);
  return {
    assignmentId: key as AssignmentId,
    role,
    kind: 'permanent',
    scope: emptyScope,
    startsAt: 0,
    endsAt: null,
    activations: [],
    ...change,
  };
}

/** True when everything that the first scope reaches is reached by the second. */
function isWithin(inner: DataScope, outer: DataScope): boolean {
  if (outer.all) return true;
  if (inner.all) return false;
  const has = (list: readonly unknown[], wanted: readonly unknown[]) => {
    const known = new Set(list.map((each) => JSON.stringify(each)));
    return wanted.every((each) => known.has(JSON.stringify(each)));
  };
  return (
    has(outer.instances, inner.instances) &&
    has(outer.groupIds, inner.groupIds) &&
    has(outer.reportIds, inner.reportIds)
  );
}

test('one more role never takes a permission or a piece of data away', () => {
  fc.assert(
    fc.property(fc.array(held, { maxLength: 4 }), held, time, isOperator, (roles, another, now, operator) => {
      const before = rightsAt(rightsOf(roles, operator), now);
      const after = rightsAt(rightsOf([...roles, another], operator), now);
      for (const [permission, reach] of before.permissions) {
        const now = after.permissions.get(permission);
        assert.ok(now && isWithin(reach, now), permission);
      }
      assert.ok(!before.isFullAdministrator || after.isFullAdministrator);
    }),
  );
});

test('a role gives something only inside its own times and, if eligible, inside an activation', () => {
  fc.assert(
    fc.property(held, time, (role, now) => {
      const { permissions, dormant, activeRoles } = rightsAt(rightsOf([role], true), now);
      const isCurrent = role.startsAt <= now && (role.endsAt === null || now < role.endsAt);
      const isActivated = role.activations.some((each) => each.startsAt <= now && now < each.endsAt);
      const expected = isCurrent && (role.kind === 'permanent' || isActivated);
      assert.equal(permissions.size > 0, expected);
      assert.equal(activeRoles.length === 1, expected);
      assert.equal(dormant.size > 0, isCurrent && !expected);
      assert.equal(stateOf(role, now) === 'active', expected);
    }),
  );
});

test('rights that lie in a cache change at nextChangeAt and not before', () => {
  fc.assert(
    fc.property(fc.array(held, { maxLength: 4 }), time, time, (roles, now, later) => {
      const rights = rightsOf(roles);
      const { nextChangeAt, ...first } = rightsAt(rights, now);
      if (later < now || (nextChangeAt !== null && later >= nextChangeAt)) return;
      const { nextChangeAt: _, ...second } = rightsAt(rights, later);
      assert.deepEqual(second, first);
    }),
  );
});

test('nothing is both in force and dormant', () => {
  fc.assert(
    fc.property(fc.array(held, { maxLength: 5 }), time, (roles, now) => {
      const { permissions, dormant } = rightsAt(rightsOf(roles), now);
      for (const permission of dormant.keys()) assert.ok(!permissions.has(permission));
    }),
  );
});

test('a disabled user and a disabled tenant have no rights, whatever the roles', () => {
  const roles = [holds('global-administrator'), holds('security-reader', { kind: 'eligible' })];
  for (const status of ['disabled', 'deleted'] as const) {
    for (const rights of [
      { tenant, user: { ...user, status }, roles },
      { tenant: { ...tenant, status }, user, roles },
    ]) {
      const now = rightsAt(rights, 10);
      assert.equal(now.permissions.size + now.dormant.size + now.activeRoles.length, 0);
      assert.equal(now.isFullAdministrator, false);
    }
  }
});

test('Tenants.manage counts in the operator tenant only, in force or dormant', () => {
  for (const kind of ['permanent', 'eligible'] as const) {
    const roles = [holds('global-administrator', { kind })];
    const elsewhere = rightsAt(rightsOf(roles), 10);
    assert.ok(!elsewhere.permissions.has('Tenants.manage') && !elsewhere.dormant.has('Tenants.manage'));
    const operator = rightsAt(rightsOf(roles, true), 10);
    assert.ok(operator.permissions.has('Tenants.manage') || operator.dormant.has('Tenants.manage'));
  }
});

test('a scoped role reaches only what it is scoped by, and nothing when its scope is empty', () => {
  const everything = { instances: [{ appId: 1, instance: 0 }], groupIds: ['aa'], reportIds: ['bb'] };
  const of = (key: string, part: HeldRole['scope']) =>
    rightsAt(rightsOf([holds(key, { scope: part })]), 10).permissions.get('Activities.read');
  assert.deepEqual(of('app-instance-administrator', everything), {
    all: false,
    ...emptyScope,
    instances: everything.instances,
  });
  assert.deepEqual(of('user-group-administrator', everything), { all: false, ...emptyScope, groupIds: ['aa'] });
  assert.deepEqual(of('app-instance-administrator', emptyScope), { all: false, ...emptyScope });
});

test('scopes of several scoped roles unite, and a role for the whole tenant makes the reach whole', () => {
  const app = holds('app-instance-administrator', { scope: { ...emptyScope, instances: [{ appId: 1, instance: 0 }] } });
  const other = holds('app-instance-administrator', {
    scope: { ...emptyScope, instances: [{ appId: 2, instance: 0 }] },
  });
  const group = holds('user-group-administrator', { scope: { ...emptyScope, groupIds: ['aa'] } });
  const united = rightsAt(rightsOf([app, other, group, app]), 10).permissions.get('Activities.read');
  assert.deepEqual(united, {
    all: false,
    instances: [
      { appId: 1, instance: 0 },
      { appId: 2, instance: 0 },
    ],
    groupIds: ['aa'],
    reportIds: [],
  });
  const whole = rightsAt(rightsOf([app, holds('security-reader'), group]), 10).permissions.get('Activities.read');
  assert.deepEqual(whole, { all: true });
});

test('an activation stops at the end of its assignment even if it was granted for longer', () => {
  const role = holds('security-administrator', {
    kind: 'eligible',
    endsAt: 50,
    activations: [{ id: 'a' as ActivationId, startsAt: 10, endsAt: 100 }],
  });
  const running = rightsAt(rightsOf([role]), 49);
  assert.equal(running.activeRoles[0]?.until, 50);
  assert.equal(running.isFullAdministrator, true);
  assert.equal(rightsAt(rightsOf([role]), 50).permissions.size, 0);
});
