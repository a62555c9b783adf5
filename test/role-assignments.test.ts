// Stories about assigning roles and about the last administrator.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtInRoles } from '../src/directory/role-table.ts';
import { dayMs, hourMs, isoTime, minuteMs } from '../src/lib/clock.ts';
import { newGroup, openDirectory, type Person } from './directory-calls.ts';
import { testStoreKind } from './support/store.ts';

async function assign(person: Person, body: object) {
  return await person.call('POST', '/role-assignments', { kind: 'permanent', ...body });
}

test('an assignment works on the next request, in its own time only, and is gone when it is taken away', async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const admin = await directory.person(tenant, 'global-administrator');
  const person = await directory.person(tenant);
  const now = directory.services.clock();
  assert.equal((await person.call('GET', '/users')).status, 403);
  const made = await assign(admin, {
    user: person.user.userName,
    role: 'security-reader',
    startsAt: isoTime(now + hourMs),
    endsAt: isoTime(now + 2 * hourMs),
  });
  assert.equal(made.status, 201);
  assert.equal(made.body.state, 'scheduled');
  assert.equal((await person.call('GET', '/users')).status, 403);
  directory.services.testClock.advance(59 * minuteMs);
  assert.equal((await person.call('GET', '/users')).status, 403);
  directory.services.testClock.advance(minuteMs);
  assert.equal((await person.call('GET', '/users')).status, 200);
  directory.services.testClock.advance(59 * minuteMs);
  assert.equal((await person.call('GET', '/users')).status, 200);
  directory.services.testClock.advance(minuteMs);
  assert.equal((await person.call('GET', '/users')).status, 403);
  const again = await assign(admin, { user: person.user.id, role: 'security-reader' });
  assert.equal((await person.call('GET', '/users')).status, 200);
  const listed = await admin.call('GET', `/role-assignments?user=${person.user.userName}&role=security-reader`);
  assert.deepEqual(
    listed.body.items.map((each: { state: string }) => each.state),
    ['active', 'expired'],
  );
  assert.equal((await admin.call('DELETE', `/role-assignments/${again.body.id}`)).status, 204);
  assert.equal((await person.call('GET', '/users')).status, 403);
  assert.equal((await admin.call('DELETE', `/role-assignments/${again.body.id}`)).status, 404);
});

test('an assignment that makes no sense is refused with the field named', async (t) => {
  const directory = await openDirectory(t);
  const [tenant, other] = [await directory.tenant(), await directory.tenant()];
  const admin = await directory.person(tenant, 'global-administrator');
  const user = (await directory.user(tenant)).userName;
  const now = directory.services.clock();
  const foreignGroup = await newGroup(directory, other);
  const cases: [object, string][] = [
    [{ role: 'no-such-role' }, 'role'],
    [{ role: 'security-reader', kind: 'sometimes' }, 'kind'],
    [{ role: 'security-reader', scope: { groupIds: [foreignGroup] } }, 'scope'],
    [{ role: 'user-group-administrator' }, 'scope'],
    [{ role: 'user-group-administrator', scope: {} }, 'scope'],
    [{ role: 'user-group-administrator', scope: { groupIds: [] } }, 'scope'],
    [{ role: 'user-group-administrator', scope: { groupIds: [foreignGroup] } }, 'scope'],
    [{ role: 'user-group-administrator', scope: { groupIds: ["' or 1=1 --"] } }, 'scope'],
    [{ role: 'user-group-administrator', scope: { instances: [{ appId: 1, instance: 0 }] } }, 'scope'],
    [{ role: 'app-instance-administrator', scope: { instances: [{ appId: -1, instance: 0 }] } }, 'scope'],
    [{ role: 'cloud-discovery-report-administrator', scope: { reportIds: ['x'] } }, 'scope'],
    [{ role: 'security-reader', startsAt: isoTime(now - hourMs) }, 'startsAt'],
    [{ role: 'security-reader', startsAt: 'tomorrow' }, 'startsAt'],
    [{ role: 'security-reader', endsAt: isoTime(now) }, 'endsAt'],
    [{ role: 'security-reader', startsAt: isoTime(now + dayMs), endsAt: isoTime(now + hourMs) }, 'endsAt'],
    [{ role: 'security-reader', endsAt: '2027-01-01' }, 'endsAt'],
  ];
  for (const [body, field] of cases) {
    const refused = await assign(admin, { user, ...body });
    assert.equal(refused.status, 400, JSON.stringify(body));
    assert.equal(refused.body.fields[0].field, field, JSON.stringify(body));
  }
  assert.equal((await assign(admin, { user: 'nobody@nowhere.example', role: 'security-reader' })).status, 404);
  const foreign = await directory.user(other);
  assert.equal((await assign(admin, { user: foreign.id, role: 'security-reader' })).status, 404);
  assert.equal((await admin.call('GET', `/role-assignments?user=${user}`)).body.total, 0);
});

test('the same role twice in one time is refused, and in another time or scope it is not', async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const admin = await directory.person(tenant, 'global-administrator');
  const user = (await directory.user(tenant)).userName;
  const now = directory.services.clock();
  const limited = { user, role: 'security-reader', endsAt: isoTime(now + dayMs) };
  const both = await Promise.all([assign(admin, limited), assign(admin, limited)]);
  assert.deepEqual(both.map((answer) => answer.status).sort(), [201, 409]);
  assert.equal((await assign(admin, { user, role: 'security-reader' })).body.code, 'role-assigned-already');
  const later = await assign(admin, { user, role: 'security-reader', startsAt: isoTime(now + dayMs) });
  assert.equal(later.status, 201);
  assert.equal((await assign(admin, { user, role: 'security-reader', kind: 'eligible' })).status, 201);
  const apps = (...appIds: number[]) => ({
    user,
    role: 'app-instance-administrator',
    scope: { instances: appIds.map((appId) => ({ appId, instance: 0 })) },
  });
  assert.equal((await assign(admin, apps(1, 2))).status, 201);
  assert.equal((await assign(admin, apps(2, 1, 2))).body.code, 'role-assigned-already');
  assert.equal((await assign(admin, apps(1))).status, 201);
});

test('who administers cloud app roles only cannot reach the directory roles, not even for himself', async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const boss = await directory.user(tenant, 'global-administrator');
  const admin = await directory.person(tenant, 'security-administrator');
  for (const role of builtInRoles) {
    const scope = { 'app-instances': { instances: [{ appId: 1, instance: 0 }] }, nothing: undefined }[
      role.scopedBy === 'app-instances' ? 'app-instances' : 'nothing'
    ];
    if (role.scopedBy !== 'nothing' && !scope) continue;
    const answer = await assign(admin, { user: admin.user.id, role: role.key, ...(scope ? { scope } : {}) });
    assert.equal(answer.status, role.assignedWith === 'CloudAppsRoles.manage' ? 201 : 403, role.key);
  }
  const held = await directory.services.store.db
    .selectFrom('roleAssignments')
    .select('id')
    .where('userId', '=', boss.id)
    .executeTakeFirstOrThrow();
  assert.equal((await admin.call('DELETE', `/role-assignments/${held.id}`)).status, 403);
});

test('the last global administrator cannot be lost by any way', async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const last = await directory.person(tenant, 'global-administrator');
  const helper = await directory.user(tenant, 'privileged-role-administrator');
  const manager = await directory.signIn(tenant, helper);
  const [mine] = (await last.call('GET', '/me/roles')).body.items;
  for (const person of [last, manager]) {
    const refused = await person.call('DELETE', `/role-assignments/${mine.assignmentId}`);
    assert.equal(refused.body.code, 'last-administrator');
  }
  // Neither somebody eligible, nor somebody whose role ends, nor somebody disabled can take the place.
  const now = directory.services.clock();
  const [eligible, ending, disabled] = [
    await directory.user(tenant),
    await directory.user(tenant),
    await directory.user(tenant, 'global-administrator'),
  ];
  await assign(last, { user: eligible.id, role: 'global-administrator', kind: 'eligible' });
  await assign(last, { user: ending.id, role: 'global-administrator', endsAt: isoTime(now + dayMs) });
  assert.equal((await last.call('POST', `/users/${disabled.id}/disable`)).status, 200);
  const other = await directory.signIn(tenant, ending);
  for (const [method, path] of [
    ['DELETE', `/role-assignments/${mine.assignmentId}`],
    ['POST', `/users/${last.user.id}/disable`],
    ['DELETE', `/users/${last.user.id}`],
  ] as const) {
    const refused = await other.call(method, path);
    assert.equal(refused.status, 409, path);
    assert.equal(refused.body.code, 'last-administrator', path);
  }
  assert.equal((await last.call('GET', '/users')).status, 200, 'the refused changes left the session alone');
  await last.call('POST', `/users/${disabled.id}/enable`);
  assert.equal((await other.call('DELETE', `/users/${last.user.id}`)).status, 204);
});

test('two administrators who take the role from each other at once: one of them stays', async (t) => {
  const directory = await openDirectory(t);
  for (const way of ['unassign', 'disable', 'delete'] as const) {
    const tenant = await directory.tenant();
    const people = [
      await directory.person(tenant, 'global-administrator'),
      await directory.person(tenant, 'global-administrator'),
    ] as const;
    const [first, second] = people;
    const idOf = async (person: Person) => (await person.call('GET', '/me/roles')).body.items[0].assignmentId;
    const ids = [await idOf(first), await idOf(second)];
    const against = (by: Person, whom: Person, id: string) =>
      way === 'unassign'
        ? by.call('DELETE', `/role-assignments/${id}`)
        : way === 'disable'
          ? by.call('POST', `/users/${whom.user.id}/disable`)
          : by.call('DELETE', `/users/${whom.user.id}`);
    const answers = await Promise.all([against(first, second, ids[1] ?? ''), against(second, first, ids[0] ?? '')]);
    const done = answers.filter((answer) => answer.status < 300).length;
    assert.equal(done, 1, `${way}: ${JSON.stringify(answers.map((answer) => answer.status))}`);
  }
});

test('a role that is given, taken or activated on one node counts on the other within a second', {
  skip: testStoreKind === 'sqlite' && 'the embedded store belongs to one process',
}, async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const admin = await directory.person(tenant, 'global-administrator');
  const person = await directory.person(tenant);
  await directory.onSecondNode(async (elsewhere) => {
    const until = async (status: number) => {
      const deadline = Date.now() + 1000;
      for (;;) {
        const answer = await elsewhere.call(`Bearer ${person.session}`, 'GET', '/users');
        if (answer.status === status) return;
        assert.ok(Date.now() < deadline, `${answer.status} instead of ${status} after a second`);
        await sleep(20);
      }
    };
    await until(403);
    const made = await assign(admin, { user: person.user.id, role: 'security-reader', kind: 'eligible' });
    const activation = { role: 'security-reader', durationSeconds: 300, justification: 'test' };
    const granted = await person.call('POST', '/me/role-activations', activation);
    await until(200);
    await admin.call('POST', `/role-activations/${granted.body.id}/end`);
    await until(403);
    await person.call('POST', '/me/role-activations', activation);
    await until(200);
    await admin.call('DELETE', `/role-assignments/${made.body.id}`);
    await until(403);
    await admin.call('POST', `/users/${person.user.id}/disable`);
    await until(401);
  });
});
