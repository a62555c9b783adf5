// Stories about activating eligible roles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOfStep, mintSecondFactorSecret, sealSecondFactor, stepAt } from '../src/directory/second-factor.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { dayMs, hourMs, isoTime, minuteMs, secondMs } from '../src/lib/clock.ts';
import { type Directory, give, openDirectory, type Person } from './directory-calls.ts';

interface Scene {
  readonly directory: Directory;
  readonly tenant: Tenant;
  readonly admin: Person;
  /** Eligible for security reader, the role that reads users, and for nothing else. */
  readonly person: Person;
  readonly assignmentId: string;
}

async function openScene(t: Parameters<typeof openDirectory>[0], settings?: object): Promise<Scene> {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const admin = await directory.person(tenant, 'global-administrator');
  const person = await directory.person(tenant);
  const assignmentId = await give(directory, person.user, 'security-reader', 'eligible');
  if (settings) {
    assert.equal((await admin.call('PUT', '/roles/security-reader/settings', settings)).status, 200);
  }
  return { directory, tenant, admin, person, assignmentId };
}

const wanted = { role: 'security-reader', durationSeconds: 3600, justification: 'Incident 42' };

function activate(person: Person, change: object = {}) {
  return person.call('POST', '/me/role-activations', { ...wanted, ...change });
}

async function canRead(person: Person): Promise<boolean> {
  return (await person.call('GET', '/users')).status === 200;
}

test('an eligible role gives nothing until it is activated, works on the next request, and ends by itself to the second', async (t) => {
  const { directory, tenant, person } = await openScene(t);
  const { testClock } = directory.services;
  const before = await person.call('GET', '/users');
  assert.equal(before.body.code, 'role-not-activated');
  assert.match(before.body.detail, /Security reader/);
  const made = await activate(person);
  assert.equal(made.status, 201);
  assert.equal(made.body.status, 'granted');
  assert.equal(made.body.endsAt, isoTime(testClock.now() + hourMs));
  assert.equal(await canRead(person), true);
  const [role] = (await person.call('GET', '/me/roles')).body.items;
  assert.equal(role.state, 'active');
  assert.equal(role.activationId, made.body.id);
  assert.equal(role.activeUntil, made.body.endsAt);
  testClock.advance(hourMs - 1);
  assert.equal(await canRead(person), true);
  testClock.advance(1);
  assert.equal(await canRead(person), false);
  assert.equal((await person.call('GET', '/me/roles')).body.items[0].state, 'eligible');
  assert.equal((await activate(person)).status, 201, 'it can be activated anew');
  assert.deepEqual(await directory.audited(tenant), ['role.activate', 'role.activate']);
});

test('an activation ends early by hand, and by an administrator, on the next request', async (t) => {
  const { admin, directory, person, tenant } = await openScene(t);
  const first = (await activate(person)).body.id;
  assert.equal((await person.call('DELETE', `/me/role-activations/${first}`)).status, 204);
  assert.equal(await canRead(person), false);
  assert.equal((await person.call('DELETE', `/me/role-activations/${first}`)).status, 409);
  const second = (await activate(person)).body.id;
  assert.equal((await admin.call('DELETE', `/me/role-activations/${second}`)).status, 404);
  const ended = await admin.call('POST', `/role-activations/${second}/end`);
  assert.equal(ended.body.status, 'ended');
  assert.equal(await canRead(person), false);
  assert.equal((await admin.call('POST', `/role-activations/${second}/end`)).status, 409);
  const actions = ['role.activate', 'role.deactivate', 'role.activate', 'role.deactivate'];
  assert.deepEqual(await directory.audited(tenant), actions);
});

test('duration and justification follow the settings of the role, and the broken rule is named', async (t) => {
  const { person } = await openScene(t, { activationSecondsMax: 1800 });
  const cases: [object, string, RegExp][] = [
    [{ durationSeconds: 299 }, 'durationSeconds', /ExpirationRule/],
    [{ durationSeconds: 1801 }, 'durationSeconds', /ExpirationRule/],
    [{ durationSeconds: 600.5 }, 'durationSeconds', /./],
    [{ durationSeconds: 600, justification: '  ' }, 'justification', /JustificationRule/],
    [{ durationSeconds: 600, justification: undefined }, 'justification', /JustificationRule/],
    [{ durationSeconds: 600, justification: 'a\u202Eb' }, 'justification', /./],
    [{ durationSeconds: 600, justification: 'x'.repeat(501) }, 'justification', /./],
    [{ durationSeconds: 600, role: 'no-such' }, 'role', /./],
    [{ durationSeconds: 600, role: undefined }, 'role', /./],
  ];
  for (const [change, field, problem] of cases) {
    const refused = await activate(person, change);
    assert.equal(refused.status, 400, JSON.stringify(change));
    assert.equal(refused.body.fields[0].field, field, JSON.stringify(change));
    assert.match(refused.body.detail, problem);
  }
  assert.equal((await activate(person, { durationSeconds: 600, role: 'global-administrator' })).status, 404);
  assert.equal((await activate(person, { durationSeconds: 300 })).status, 201);
  assert.equal((await activate(person, { durationSeconds: 300 })).body.code, 'role-active-already');
});

test('of several tries to activate at once, one counts', async (t) => {
  const { directory, person } = await openScene(t);
  const answers = await Promise.all([1, 2, 3, 4].map(() => activate(person)));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409, 409]);
  const rows = await directory.services.store.db.selectFrom('roleActivations').select('id').execute();
  assert.equal(rows.length, 1);
});

test('an API token can neither activate a role nor read its own', async (t) => {
  const { directory, admin } = await openScene(t);
  const token = (await admin.call('POST', '/api-tokens', { name: 'script' })).body.value;
  for (const [method, path, body] of [
    ['POST', '/me/role-activations', wanted],
    ['GET', '/me/roles', undefined],
  ] as const) {
    const refused = await directory.call(`Token ${token}`, method, path, body);
    assert.equal(refused.body.code, 'wrong-credential-kind');
    assert.equal((await directory.call(null, method, path, body)).status, 401);
  }
});

test('a role that demands a second factor: none enrolled, wrong code, right code, code used twice, and a fresh session', async (t) => {
  const { directory, person, tenant } = await openScene(t, { requiresSecondFactor: true });
  const { services } = directory;
  assert.equal((await activate(person, { code: '123456' })).body.code, 'second-factor-not-enrolled');
  const secret = mintSecondFactorSecret();
  const change = {
    secondFactorSecret: sealSecondFactor(services.keys, person.user.id, secret),
    secondFactorConfirmedAt: services.clock(),
  };
  await services.store.db.updateTable('users').set(change).where('id', '=', person.user.id).execute();
  assert.equal((await activate(person)).body.code, 'second-factor-required');
  assert.equal((await activate(person, { code: '000000' })).body.code, 'second-factor-required');
  assert.equal(await canRead(person), false);
  const code = codeOfStep(secret, stepAt(services.clock()));
  assert.equal((await activate(person, { code, durationSeconds: 1 })).status, 400, 'a bad request uses no code up');
  const made = await activate(person, { code });
  assert.equal(made.status, 201);
  await person.call('DELETE', `/me/role-activations/${made.body.id}`);
  const elsewhere = await directory.signIn(tenant, person.user);
  assert.equal((await activate(elsewhere, { code })).body.code, 'second-factor-required', 'a code works once');
  services.testClock.advance(10 * minuteMs);
  const again = await activate(person);
  assert.equal(again.status, 201, 'proved in this session ten minutes ago');
  await person.call('DELETE', `/me/role-activations/${again.body.id}`);
  services.testClock.advance(secondMs);
  assert.equal((await activate(person)).body.code, 'second-factor-required');
  const fresh = await directory.signIn(tenant, person.user, services.clock());
  assert.equal((await activate(fresh)).status, 201, 'proved at this sign-in');
});

test('a role that demands approval waits for another person, and the clock starts with the approval', async (t) => {
  const { admin, directory, person, tenant } = await openScene(t, { requiresApproval: true });
  const { testClock } = directory.services;
  const asked = await activate(person);
  assert.equal(asked.body.status, 'pending');
  assert.equal(asked.body.endsAt, null);
  assert.equal(await canRead(person), false);
  const [own] = (await person.call('GET', '/me/roles')).body.items;
  assert.deepEqual([own.state, own.activationId], ['pending', asked.body.id]);
  assert.equal((await activate(person)).body.code, 'activation-pending');
  const waiting = (await admin.call('GET', '/role-activations?status=pending')).body.items;
  assert.deepEqual(
    waiting.map((each: { user: { userName: string }; justification: string }) => [
      each.user.userName,
      each.justification,
    ]),
    [[person.user.userName, 'Incident 42']],
  );
  testClock.advance(5 * hourMs);
  const path = `/role-activations/${asked.body.id}`;
  assert.equal((await admin.call('POST', `${path}/approve`, { justification: ' ' })).status, 400);
  const approved = await admin.call('POST', `${path}/approve`, { justification: 'Go ahead' });
  assert.equal(approved.body.status, 'granted');
  assert.equal(approved.body.endsAt, isoTime(testClock.now() + hourMs));
  assert.equal(approved.body.decidedBy.userName, admin.user.userName);
  assert.equal(await canRead(person), true);
  assert.equal((await admin.call('POST', `${path}/deny`, { justification: 'No' })).body.code, 'activation-over');
  testClock.advance(hourMs);
  assert.equal(await canRead(person), false);
  const actions = (await directory.audited(tenant)).filter((each) => each !== 'role.settings');
  assert.deepEqual(actions, ['role.activation-request', 'role.approve']);
});

test('a request that is denied, withdrawn or a day old gives nothing', async (t) => {
  const { admin, directory, person } = await openScene(t, { requiresApproval: true });
  const first = (await activate(person)).body.id;
  const denied = await admin.call('POST', `/role-activations/${first}/deny`, { justification: 'Not now' });
  assert.deepEqual([denied.body.status, denied.body.decisionJustification], ['denied', 'Not now']);
  const second = (await activate(person)).body.id;
  assert.equal((await person.call('DELETE', `/me/role-activations/${second}`)).status, 204);
  const late = await admin.call('POST', `/role-activations/${second}/approve`, { justification: 'Yes' });
  assert.equal(late.body.code, 'activation-over');
  const third = (await activate(person)).body.id;
  directory.services.testClock.advance(dayMs);
  const tenant = admin.tenant;
  const [boss, back] = [await directory.signIn(tenant, admin.user), await directory.signIn(tenant, person.user)];
  const lapsed = await boss.call('POST', `/role-activations/${third}/approve`, { justification: 'Yes' });
  assert.equal(lapsed.body.code, 'activation-lapsed');
  assert.equal((await boss.call('GET', '/role-activations?status=pending')).body.total, 0);
  assert.equal((await boss.call('GET', '/role-activations?status=lapsed')).body.total, 1);
  assert.equal(await canRead(back), false);
  assert.equal((await activate(back)).body.status, 'pending', 'a lapsed request is not in the way of a new one');
});

test('nobody approves the own request, and where approvers are named nobody else does', async (t) => {
  const { admin, directory, tenant } = await openScene(t);
  const approver = await directory.person(tenant);
  const stranger = await directory.person(tenant);
  const settings = { requiresApproval: true, approvers: [approver.user.userName, admin.user.id] };
  const put = await admin.call('PUT', '/roles/security-administrator/settings', settings);
  assert.deepEqual(
    put.body.approvers.map((each: { userName: string }) => each.userName).sort(),
    [approver.user.userName, admin.user.userName].sort(),
  );
  await give(directory, admin.user, 'security-administrator', 'eligible');
  const asked = (await activate(admin, { role: 'security-administrator' })).body.id;
  const path = `/role-activations/${asked}/approve`;
  const own = await admin.call('POST', path, { justification: 'I may' });
  assert.equal(own.status, 403);
  assert.match(own.body.detail, /own/);
  const other = await directory.person(tenant, 'global-administrator');
  assert.equal((await other.call('POST', path, { justification: 'I may' })).status, 403);
  assert.equal((await stranger.call('POST', path, { justification: 'I may' })).status, 404);
  assert.equal((await stranger.call('GET', '/role-activations')).body.total, 0);
  assert.equal((await approver.call('GET', '/role-activations')).body.total, 1);
  assert.equal((await approver.call('POST', path, { justification: 'Fine' })).status, 200);
  const bad = await admin.call('PUT', '/roles/security-reader/settings', { approvers: ['nobody@nowhere.example'] });
  assert.equal(bad.body.fields[0].field, 'approvers');
});

test('of two approvers who decide differently at once, one counts', async (t) => {
  const { admin, directory, person, tenant } = await openScene(t, { requiresApproval: true });
  const other = await directory.person(tenant, 'global-administrator');
  const asked = (await activate(person)).body.id;
  const [yes, no] = await Promise.all([
    admin.call('POST', `/role-activations/${asked}/approve`, { justification: 'Yes' }),
    other.call('POST', `/role-activations/${asked}/deny`, { justification: 'No' }),
  ]);
  assert.deepEqual([yes.status, no.status].sort(), [200, 409]);
  assert.equal(await canRead(person), yes.status === 200);
});

test('an activation ends when the role is unassigned, its holder disabled, or its assignment over', async (t) => {
  const { admin, directory, person, assignmentId, tenant } = await openScene(t);
  await activate(person);
  await admin.call('DELETE', `/role-assignments/${assignmentId}`);
  assert.equal(await canRead(person), false);
  assert.equal((await admin.call('GET', '/role-activations?status=granted')).body.total, 0);

  const next = await give(directory, person.user, 'security-reader', 'eligible');
  const activation = (await activate(person)).body.id;
  await admin.call('POST', `/users/${person.user.id}/disable`);
  await admin.call('POST', `/users/${person.user.id}/enable`);
  const back = await directory.signIn(tenant, person.user);
  assert.equal(await canRead(back), false, 'enabled again, the role must be activated again');
  const ended = (await admin.call('GET', '/role-activations?status=ended')).body.items;
  assert.ok(ended.some((each: { id: string }) => each.id === activation));

  await admin.call('DELETE', `/role-assignments/${next}`);
  const now = directory.services.clock();
  const soon = {
    user: person.user.id,
    role: 'security-reader',
    kind: 'eligible',
    endsAt: isoTime(now + 20 * minuteMs),
  };
  assert.equal((await admin.call('POST', '/role-assignments', soon)).status, 201);
  const cut = await activate(back);
  assert.equal(cut.body.endsAt, isoTime(now + 20 * minuteMs));
  directory.services.testClock.advance(20 * minuteMs);
  assert.equal(await canRead(back), false);
  assert.equal((await activate(back)).status, 404);
});

test('who is eligible for one role in two scopes says which, and gets that scope only', async (t) => {
  const { directory, person } = await openScene(t);
  const first = await give(directory, person.user, 'user-group-administrator', 'eligible');
  await give(directory, person.user, 'user-group-administrator', 'eligible');
  const unclear = await activate(person, { role: 'user-group-administrator' });
  assert.equal(unclear.body.fields[0].field, 'assignmentId');
  assert.equal((await activate(person, { role: undefined, assignmentId: first })).status, 201);
  const roles = (await person.call('GET', '/me/roles')).body.items;
  const states = roles.filter((each: { role: { key: string } }) => each.role.key === 'user-group-administrator');
  assert.deepEqual(states.map((each: { state: string }) => each.state).sort(), ['active', 'eligible']);
});

test('an activated administrator may do what the role gives, and no more once it is over', async (t) => {
  const { directory, tenant } = await openScene(t);
  const user = await directory.user(tenant);
  await give(directory, user, 'global-administrator', 'eligible');
  const person = await directory.signIn(tenant, user);
  const group = () => person.call('POST', '/groups', { name: `Group ${directory.services.clock()}` });
  assert.equal((await group()).body.code, 'role-not-activated');
  await activate(person, { role: 'global-administrator', durationSeconds: 300 });
  assert.equal((await group()).status, 201);
  directory.services.testClock.advance(5 * minuteMs);
  assert.equal((await group()).body.code, 'role-not-activated');
});
