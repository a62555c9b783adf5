// Stories about tenants, users and groups through the management API.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword } from '../src/directory/passwords.ts';
import { hourMs } from '../src/lib/clock.ts';
import { openDirectory } from './directory-calls.ts';

test('a user is made with a one-time password, found by id and by name, and listed with what its roles are', async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const admin = await directory.person(tenant, 'global-administrator');
  const userName = `Grace.Hopper@${tenant.slug}.example`;
  const made = await admin.call('POST', '/users', { userName, displayName: 'Grace Hopper' });
  assert.equal(made.status, 201);
  assert.equal(made.body.user.userName, userName.toLowerCase());
  assert.ok(made.body.oneTimePassword.length >= 20);
  assert.equal(made.headers['cache-control'], 'no-store');
  const byName = await admin.call('GET', `/users/${encodeURIComponent(userName)}`);
  const byId = await admin.call('GET', `/users/${made.body.user.id}`);
  assert.deepEqual(byName.body, byId.body);
  assert.deepEqual(byId.body, made.body.user);
  assert.equal(JSON.stringify(byId.body).includes('assword'), false);
  await admin.call('POST', '/role-assignments', { user: userName, role: 'security-reader', kind: 'eligible' });
  const listed = await admin.call('GET', '/users?search=hopper');
  assert.equal(listed.body.total, 1);
  assert.deepEqual(listed.body.items[0].roles, [
    { key: 'security-reader', displayName: 'Security reader', kind: 'eligible', state: 'eligible', source: 'people' },
  ]);
  const row = await directory.services.store.db
    .selectFrom('users')
    .select(['mustChangePassword', 'passwordHash'])
    .where('id', '=', made.body.user.id)
    .executeTakeFirstOrThrow();
  assert.equal(row.mustChangePassword, 1);
  assert.ok(row.passwordHash?.startsWith('$argon2id$'));
});

test('a user that cannot be is refused with the field named, and nothing is kept', async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const admin = await directory.person(tenant, 'global-administrator');
  const good = { userName: `ada@${tenant.slug}.example`, displayName: 'Ada' };
  const cases: [object, string][] = [
    [{ ...good, userName: 'ada@elsewhere.example' }, 'userName'],
    [{ ...good, userName: 'ada' }, 'userName'],
    [{ ...good, userName: `${'a'.repeat(120)}@${tenant.slug}.example` }, 'userName'],
    [{ ...good, displayName: ' ' }, 'displayName'],
    [{ ...good, displayName: 'a\u202Eb' }, 'displayName'],
    [{ ...good, password: 'short' }, 'password'],
    [{ ...good, password: 'passwordpassword' }, 'password'],
    [{ ...good, isAdmin: true }, 'isAdmin'],
    [{ displayName: 'Ada' }, 'userName'],
    [{ ...good, userName: 5 }, 'userName'],
  ];
  for (const [body, field] of cases) {
    const refused = await admin.call('POST', '/users', body);
    assert.equal(refused.status, 400, JSON.stringify(body));
    assert.equal(refused.body.fields[0].field, field, JSON.stringify(body));
  }
  assert.equal((await admin.call('GET', '/users')).body.total, 1);
  assert.equal((await admin.call('POST', '/users', good)).status, 201);
  const again = await admin.call('POST', '/users', good);
  assert.equal(again.status, 409);
  assert.equal(again.body.code, 'user-name-taken');
});

test('whoever is disabled or deleted is out at once, keeps the earlier state over a restoration, and can come back', async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const admin = await directory.person(tenant, 'global-administrator');
  const other = await directory.person(tenant, 'security-reader');
  const path = `/users/${other.user.userName}`;
  assert.equal((await other.call('GET', '/users')).status, 200);
  assert.equal((await admin.call('POST', `${path}/disable`)).body.status, 'disabled');
  assert.equal((await other.call('GET', '/users')).status, 401);
  assert.equal((await admin.call('DELETE', path)).status, 204);
  assert.equal((await admin.call('POST', `${path}/enable`)).status, 409);
  assert.equal((await admin.call('POST', `${path}/reset-password`)).status, 409);
  assert.equal((await admin.call('POST', `${path}/restore`)).body.status, 'disabled');
  assert.equal((await admin.call('POST', `${path}/enable`)).body.status, 'enabled');
  assert.equal((await other.call('GET', '/users')).status, 401, 'the old session stays ended');
  const back = await directory.signIn(tenant, other.user);
  assert.equal((await back.call('GET', '/users')).status, 200);
  const actions = (await directory.audited(tenant)).filter((action) => action.startsWith('user.'));
  assert.deepEqual(actions, ['user.disable', 'user.delete', 'user.restore', 'user.enable']);
});

test('a deleted user cannot be restored while somebody else has the name, nor without its domain', async (t) => {
  const directory = await openDirectory(t);
  const operator = await directory.tenant(true);
  const admin = await directory.person(operator, 'global-administrator');
  await admin.call('POST', `/tenants/${operator.slug}/domains`, { name: 'second.example' });
  const first = await admin.call('POST', '/users', { userName: 'ada@second.example', displayName: 'Ada' });
  const id = first.body.user.id;
  const inUse = await admin.call('DELETE', `/tenants/${operator.slug}/domains/second.example`);
  assert.equal(inUse.body.code, 'domain-in-use');
  await admin.call('DELETE', `/users/${id}`);
  const second = await admin.call('POST', '/users', { userName: 'ada@second.example', displayName: 'Ada 2' });
  assert.equal(second.status, 201);
  assert.equal((await admin.call('POST', `/users/${id}/restore`)).body.code, 'user-name-taken');
  assert.equal((await admin.call('GET', '/users/ada@second.example')).body.id, second.body.user.id);
  await admin.call('DELETE', `/users/${second.body.user.id}`);
  assert.equal((await admin.call('DELETE', `/tenants/${operator.slug}/domains/second.example`)).status, 200);
  assert.equal((await admin.call('POST', `/users/${id}/restore`)).body.code, 'domain-missing');
});

test('nobody disables, deletes or resets the own account as an administrator', async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  await directory.user(tenant, 'global-administrator');
  const admin = await directory.person(tenant, 'global-administrator');
  const path = `/users/${admin.user.id}`;
  for (const [method, act] of [
    ['POST', '/disable'],
    ['DELETE', ''],
    ['POST', '/reset-password'],
    ['POST', '/reset-second-factor'],
  ] as const) {
    const refused = await admin.call(method, path + act);
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'own-account');
  }
});

test('a reset gives a new one-time password or no second factor, and ends the sessions', async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const admin = await directory.person(tenant, 'global-administrator');
  const user = await directory.user(tenant);
  const { store } = directory.services;
  await store.db
    .updateTable('users')
    .set({ secondFactorSecret: 'sealed', secondFactorConfirmedAt: 1, passwordHash: await hashPassword('old one here') })
    .where('id', '=', user.id)
    .execute();
  for (const act of ['reset-password', 'reset-second-factor', 'end-sessions']) {
    const before = await directory.signIn(tenant, user);
    const done = await admin.call('POST', `/users/${user.id}/${act}`);
    assert.equal(done.status, 200);
    assert.equal((await before.call('GET', '/me/roles')).status, 401, act);
    if (act === 'reset-password') assert.ok(done.body.oneTimePassword);
    if (act === 'reset-second-factor') assert.equal(done.body.hasSecondFactor, false);
  }
});

test('the list of users searches, sorts and pages, and never shows another tenant', async (t) => {
  const directory = await openDirectory(t);
  const [tenant, other] = [await directory.tenant(), await directory.tenant()];
  const admin = await directory.person(tenant, 'global-administrator');
  await directory.user(other, 'security-reader');
  for (const name of ['Zoé', 'Émile', 'anna_50%']) {
    const userName = `u${Math.random().toString(36).slice(2)}@${tenant.slug}.example`;
    await admin.call('POST', '/users', { userName, displayName: name, password: 'tram lantern gravel otter' });
  }
  assert.equal((await admin.call('GET', '/users')).body.total, 4);
  for (const typed of ['Émile', 'émile', 'ANNA', 'zoé']) {
    const found = await admin.call('GET', `/users?search=${encodeURIComponent(typed)}`);
    assert.equal(found.body.total, 1, typed);
  }
  assert.equal((await admin.call('GET', '/users?search=%25')).body.total, 1, 'a percent sign is no wildcard');
  assert.equal((await admin.call('GET', '/users?search=_')).body.total, 1, 'neither is an underscore');
  assert.equal((await admin.call('GET', '/users?status=disabled')).body.total, 0);
  const first = await admin.call('GET', '/users?sort=createdAt&direction=desc&limit=2');
  const second = await admin.call('GET', '/users?sort=createdAt&direction=desc&limit=2&skip=2');
  const ids = [...first.body.items, ...second.body.items].map((user: { id: string }) => user.id);
  assert.equal(new Set(ids).size, 4);
  for (const query of [
    'limit=0',
    'limit=101',
    'skip=-1',
    'sort=passwordHash',
    'status=gone',
    'search=%00',
    'wrong=1',
  ]) {
    assert.equal((await admin.call('GET', `/users?${query}`)).status, 400, query);
  }
});

test('the operator makes a tenant with a set-up link, and only until it has an administrator', async (t) => {
  const directory = await openDirectory(t);
  const operator = await directory.tenant(true);
  const admin = await directory.person(operator, 'global-administrator');
  const made = await admin.call('POST', '/tenants', {
    slug: 'fabrikam',
    displayName: 'Fabrikam',
    domain: 'fabrikam.example',
  });
  assert.equal(made.status, 201);
  assert.match(made.body.setupLink.url, /\/setup#[0-9A-Za-z]{32}$/);
  assert.ok(made.body.tenant.number >= 10_000_000 && made.body.tenant.number < 100_000_000);
  assert.deepEqual(made.body.tenant.domains, [{ name: 'fabrikam.example', isPrimary: true }]);
  const bySlug = await admin.call('GET', '/tenants/fabrikam');
  assert.deepEqual(bySlug.body, made.body.tenant);
  for (const ref of [made.body.tenant.id, 'fabrikam.example', 'FABRIKAM']) {
    assert.deepEqual((await admin.call('GET', `/tenants/${ref}`)).body, bySlug.body);
  }
  assert.equal((await admin.call('POST', '/tenants/fabrikam/setup-link')).status, 200);
  const code = (await admin.call('POST', '/tenants/fabrikam/setup-link')).body.url.split('#')[1];
  const person = { userName: 'ada@fabrikam.example', userDisplayName: 'Ada', password: 'tram lantern gravel otter' };
  assert.equal((await directory.call(null, 'POST', '/setup', { code, ...person })).status, 201);
  const refused = await admin.call('POST', '/tenants/fabrikam/setup-link');
  assert.equal(refused.body.code, 'tenant-has-administrator');
});

test('slug and domain are unique over the deployment, also against deleted tenants, and reserved words are refused', async (t) => {
  const directory = await openDirectory(t);
  const operator = await directory.tenant(true);
  const admin = await directory.person(operator, 'global-administrator');
  const wanted = { slug: 'fabrikam', displayName: 'Fabrikam', domain: 'fabrikam.example' };
  await admin.call('POST', '/tenants', wanted);
  await admin.call('DELETE', '/tenants/fabrikam');
  assert.equal((await admin.call('POST', '/tenants', { ...wanted, domain: 'new.example' })).body.code, 'slug-taken');
  assert.equal((await admin.call('POST', '/tenants', { ...wanted, slug: 'new' })).body.code, 'domain-taken');
  const taken = await admin.call('POST', `/tenants/${operator.slug}/domains`, { name: 'Fabrikam.EXAMPLE' });
  assert.equal(taken.body.code, 'domain-taken');
  for (const slug of ['login', 'ab', 'a_b', 'xn--abc']) {
    const refused = await admin.call('POST', '/tenants', { ...wanted, slug });
    assert.equal(refused.status, 400);
    assert.equal(refused.body.fields[0].field, 'slug');
  }
  const both = { slug: 'twice', displayName: 'Twice', domain: 'twice.example' };
  const answers = await Promise.all([1, 2, 3].map(() => admin.call('POST', '/tenants', both)));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409]);
});

test('a disabled or deleted tenant is closed at the next call and opens again with what it had', async (t) => {
  const directory = await openDirectory(t);
  const operator = await directory.tenant(true);
  const tenant = await directory.tenant();
  const admin = await directory.person(operator, 'global-administrator');
  const member = await directory.person(tenant, 'global-administrator');
  assert.equal((await member.call('GET', '/users')).status, 200);
  await admin.call('POST', `/tenants/${tenant.slug}/disable`);
  assert.equal((await member.call('GET', '/users')).status, 401);
  await admin.call('DELETE', `/tenants/${tenant.slug}`);
  assert.equal((await admin.call('POST', `/tenants/${tenant.slug}/restore`)).body.status, 'disabled');
  await admin.call('POST', `/tenants/${tenant.slug}/enable`);
  const back = await directory.signIn(tenant, member.user);
  assert.equal((await back.call('GET', '/users')).body.total, 1);
  const expected = ['tenant.disable', 'tenant.delete', 'tenant.restore', 'tenant.enable'];
  for (const each of [operator, tenant]) {
    const actions = (await directory.audited(each)).filter((action) => action.startsWith('tenant.'));
    assert.deepEqual(actions, expected, each.slug);
  }
});

test("the operator's own tenant can be neither disabled nor deleted", async (t) => {
  const directory = await openDirectory(t);
  const operator = await directory.tenant(true);
  const admin = await directory.person(operator, 'global-administrator');
  for (const [method, act] of [
    ['POST', '/disable'],
    ['DELETE', ''],
  ] as const) {
    assert.equal((await admin.call(method, `/tenants/${operator.slug}${act}`)).body.code, 'operator-tenant');
  }
  const primary = await admin.call('DELETE', `/tenants/${operator.slug}/domains/${operator.slug}.example`);
  assert.equal(primary.body.code, 'primary-domain');
});

test('everybody but the operator sees the own tenant only, and may not change it', async (t) => {
  const directory = await openDirectory(t);
  const operator = await directory.tenant(true);
  const [tenant, other] = [await directory.tenant(), await directory.tenant()];
  const operators = await directory.person(operator, 'global-administrator');
  assert.equal((await operators.call('GET', '/tenants')).body.total, 3);
  for (const person of [
    await directory.person(tenant, 'global-administrator'),
    await directory.person(tenant),
    await directory.person(operator, 'security-administrator'),
  ]) {
    const listed = await person.call('GET', '/tenants');
    assert.deepEqual(
      listed.body.items.map((each: { slug: string }) => each.slug),
      [person.tenant.slug],
    );
    const absent = await person.call('GET', `/tenants/${other.slug}`);
    const unknown = await person.call('GET', '/tenants/no-such-tenant');
    assert.equal(absent.status, 404);
    assert.equal(absent.body.detail, unknown.body.detail);
    assert.equal((await person.call('PATCH', `/tenants/${other.slug}`, { displayName: 'X' })).status, 404);
    assert.equal((await person.call('PATCH', `/tenants/${person.tenant.slug}`, { displayName: 'X' })).status, 403);
  }
});

test('groups have members by name, once each, and stay while a role is limited to them', async (t) => {
  const directory = await openDirectory(t, { groupMembersMax: 2 });
  const tenant = await directory.tenant();
  const admin = await directory.person(tenant, 'cloud-app-security-administrator');
  const made = await admin.call('POST', '/groups', { name: 'Finance' });
  assert.equal(made.status, 201);
  assert.match(made.body.id, /^[0-9a-f]{24}$/);
  const path = `/groups/${made.body.id}`;
  for (const member of ['Bob@contoso.example', 'bob@contoso.example', 'ann@partner.example']) {
    assert.equal((await admin.call('PUT', `${path}/members/${encodeURIComponent(member)}`)).status, 204);
  }
  assert.equal((await admin.call('PUT', `${path}/members/carl@contoso.example`)).body.code, 'too-many-members');
  for (const [wrong, said] of [
    ['ann@partner.example; bob@contoso.example', /one name@domain, without blanks/],
    ['a\nb', /one line of text/],
    ['x'.repeat(321), /at most 320 characters/],
  ] as const) {
    const refused = await admin.call('PUT', `${path}/members/${encodeURIComponent(wrong)}`);
    assert.deepEqual([refused.status, refused.body.fields?.[0]?.field], [400, 'userName'], wrong);
    assert.match(refused.body.detail, said);
  }
  const shown = await admin.call('GET', path);
  assert.deepEqual(shown.body.members, ['ann@partner.example', 'bob@contoso.example']);
  assert.equal(shown.body.memberCount, 2);
  assert.equal((await admin.call('DELETE', `${path}/members/ann@partner.example`)).status, 204);
  assert.equal((await admin.call('DELETE', `${path}/members/ann@partner.example`)).status, 404);
  assert.equal((await admin.call('POST', '/groups', { name: 'Finance' })).body.code, 'group-name-taken');
  const user = await directory.user(tenant);
  const assignment = await admin.call('POST', '/role-assignments', {
    user: user.id,
    role: 'user-group-administrator',
    kind: 'permanent',
    scope: { groupIds: [made.body.id] },
  });
  assert.equal(assignment.status, 201);
  assert.equal((await admin.call('DELETE', path)).body.code, 'group-in-use');
  await admin.call('DELETE', `/role-assignments/${assignment.body.id}`);
  assert.equal((await admin.call('DELETE', path)).status, 204);
  assert.equal((await admin.call('GET', path)).status, 404);
});

test('a session that has ended opens none of it', async (t) => {
  const directory = await openDirectory(t);
  const tenant = await directory.tenant();
  const admin = await directory.person(tenant, 'global-administrator');
  assert.equal((await admin.call('GET', '/users')).status, 200);
  directory.services.testClock.advance(13 * hourMs);
  assert.equal((await admin.call('GET', '/users')).status, 401);
});

test('whatever stands where an id belongs, the answer is a clear 4xx', async (t) => {
  const directory = await openDirectory(t);
  const operator = await directory.tenant(true);
  const admin = await directory.person(operator, 'global-administrator');
  const group = (await admin.call('POST', '/groups', { name: 'Group' })).body.id;
  const odd = [
    '%00',
    "'%20or%201=1--",
    '..%2F..',
    '%E2%80%AE',
    'null',
    '0',
    '%25',
    'x'.repeat(150),
    '%F0%9F%91%A9',
    '%5B%5D',
  ];
  const id = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
  for (const text of [...odd, id]) {
    const calls: ['GET' | 'POST' | 'DELETE' | 'PUT', string, object?][] = [
      ['GET', `/users/${text}`],
      ['POST', `/users/${text}/disable`],
      ['GET', `/tenants/${text}`],
      ['DELETE', `/tenants/${text}`],
      ['DELETE', `/tenants/${operator.slug}/domains/${text}`],
      ['GET', `/groups/${text}`],
      ['DELETE', `/groups/${group}/members/${text}`],
      ['GET', `/roles/${text}/settings`],
      ['GET', `/role-assignments?user=${text}`],
      ['GET', `/role-assignments?role=${text}`],
      ['DELETE', `/role-assignments/${text}`],
      ['POST', `/role-activations/${text}/approve`, { justification: 'x' }],
      ['POST', `/role-activations/${text}/end`],
      ['DELETE', `/me/role-activations/${text}`],
    ];
    for (const [method, path, body] of calls) {
      const { status } = await admin.call(method, path, body);
      assert.ok(status === 400 || status === 404, `${method} ${path}: ${status}`);
    }
    const { status } = await admin.call('GET', `/role-activations?user=${text}`);
    assert.ok(status < 500, `/role-activations?user=${text}: ${status}`);
  }
});
