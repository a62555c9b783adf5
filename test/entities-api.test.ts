// /api/v1/entities/ through a whole server: the wire forms of the documented service, every filter, pages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addGroup } from '../src/directory/groups.ts';
import { addUser } from '../src/directory/users.ts';
import { makeTenant } from './support/accounts.ts';
import { adaId, type EntityList, entityReader, letterOf, storyTenant } from './support/entity-reader.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { tenantRequestsPerMinute: 1_000_000, sessionRequestsPerMinute: 1_000_000, pageRowsMax: 50 },
  });
});
after(() => server.dispose());

test('accounts and the users behind them come out of activities in the documented form', async () => {
  const tenant = await storyTenant(server);
  const ada = `ada@${tenant.slug}.example`;
  await server.services.store.change(tenant.id, async (trx) => {
    const input = { userName: ada, displayName: 'Ada Lovelace', passwordHash: null, mustChangePassword: false };
    await addUser(server.services, trx, tenant.id, input);
  });
  const group = await server.services.store.change(tenant.id, (trx) =>
    addGroup(server.services, trx, tenant.id, { name: 'Engineers', members: [ada, 'x@y.example'] }),
  );
  const { list, call, found } = await entityReader(server, tenant);
  assert.equal(await found(), 'ABDGabdgp');
  const [user, account] = (
    await list({ filters: { entity: { eq: [{ id: adaId, saas: 11161, inst: 0 }] } } })
  ).data.toSorted((left, right) => right.type - left.type);
  const userGroups = [{ _id: group.id, id: group.id, name: 'Engineers', description: null, usersCount: 2 }];
  const apps = {
    15600: { appId: 15600, name: 'Microsoft OneDrive for Business', saas: 15600, instance: 0 },
    20893: { appId: 20893, name: 'Microsoft Exchange Online', saas: 20893, instance: 0 },
    11161: { appId: 11161, name: 'Office 365', saas: 11161, instance: 0 },
  };
  const shared = {
    status: 2,
    displayName: 'Ada Lovelace',
    userGroups,
    identifiers: [adaId],
    sid: null,
    isAdmin: false,
    isExternal: false,
    email: ada,
    role: null,
    organization: null,
    lastSeen: '2026-10-05T10:00:00.000Z',
    domain: `${tenant.slug}.example`,
    scoreTrends: null,
    threatScore: null,
    idType: null,
    isFake: false,
    actions: [],
    sctime: null,
  };
  assert.deepEqual(account, {
    ...shared,
    type: 1,
    id: ada,
    _id: account?._id,
    appData: apps[11161],
    subApps: [apps[15600], apps[20893]],
    ii: `11161|0|${ada}`,
    username: `{'id': '${ada}', 'saas': 11161, 'inst': 0}`,
  });
  assert.deepEqual(user, {
    ...shared,
    type: 2,
    id: adaId,
    _id: user?._id,
    appData: null,
    subApps: [apps[11161], apps[15600], apps[20893]],
    ii: `11161|0|${adaId}`,
    username: `{'id': '${adaId}', 'saas': 11161, 'inst': 0}`,
  });
  assert.match(String(account?._id), /^[0-9a-f]{24}$/);
  const key = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');
  const accountKey = key({ id: ada, saas: 11161, inst: 0 });
  for (const pk of [account?._id, accountKey, accountKey.replace(/=+$/, ''), encodeURIComponent(accountKey)]) {
    const answer = await call(`${pk}/`);
    assert.deepEqual(answer.json(), account, pk);
  }
  for (const pk of [user?._id, key({ id: adaId, saas: 11161, inst: 0 }), key({ id: ada }), ada]) {
    assert.deepEqual((await call(`${pk}`)).json(), user, pk);
  }
  for (const pk of [user?._id, account?._id, accountKey]) {
    assert.deepEqual((await call(`${pk}/retrieve_tree/`)).json<EntityList>().data, [user, account], pk);
  }
  for (const pk of ['ffffffffffffffffffffffff', key({ id: 'nobody', saas: 11161, inst: 0 }), 'nobody', '%27', 'eyJ']) {
    for (const path of [`${pk}/`, `${pk}/retrieve_tree/`]) {
      const answer = await call(path);
      assert.equal(answer.status, 404, path);
      assert.equal(answer.json().detail, 'Not found.');
    }
  }
});

test('every filter finds the entities that meet it and no others', async () => {
  const tenant = await storyTenant(server);
  const group = await server.services.store.change(tenant.id, (trx) =>
    addGroup(server.services, trx, tenant.id, { name: 'Engineers', members: [`ada@${tenant.slug}.example`] }),
  );
  const { found, call } = await entityReader(server, tenant);
  const ada = `ada@${tenant.slug}.example`;
  const [domain, external, applications] = [
    `${tenant.slug}.example`,
    `00000020${'0'.repeat(16)}`,
    `0000003b${'0'.repeat(16)}`,
  ];
  const cases: [object, string][] = [
    [{ type: { eq: ['user'] } }, 'ABDG'],
    [{ type: { eq: 'account' } }, 'abdgp'],
    [{ type: { neq: 'account' } }, 'ABDG'],
    [{ type: { eq: 2 } }, 'ABDG'],
    [{ isAdmin: { eq: 'true' } }, 'Bb'],
    [{ isAdmin: { eq: [false] } }, 'ADGadgp'],
    [{ isAdmin: { neq: true } }, 'ADGadgp'],
    [{ isExternal: { eq: true } }, 'Gg'],
    [{ isExternal: { eq: [false] } }, 'ABDabd'],
    [{ isExternal: { eq: null } }, 'p'],
    [{ isExternal: { eq: [null, true] } }, 'Ggp'],
    [{ isExternal: { neq: true } }, 'ABDabdp'],
    [{ affiliation: { eq: 'true' } }, 'Gg'],
    [{ domain: { eq: [domain] } }, 'ABDabd'],
    [{ domain: { eq: [domain.toUpperCase()] } }, 'ABDabd'],
    [{ domain: { neq: [domain] } }, 'Ggp'],
    [{ domain: { isset: true } }, 'ABDGabdgp'],
    [{ domain: { isnotset: true } }, ''],
    [{ username: { text: ['ADA'] } }, 'Aa'],
    [{ username: { text: ['fabrikam guest'] } }, 'Gg'],
    [{ username: { startswith: ['dot@'] } }, 'Dd'],
    [{ username: { eq: [ada.toUpperCase()] } }, 'Aa'],
    [{ username: { neq: [ada] } }, 'BDGbdgp'],
    [{ username: { endswith: [domain] }, type: { eq: 'user' } }, 'ABD'],
    [{ username: { text: ['%'] } }, ''],
    [{ status: { eq: ['2'] } }, 'ABDGabdgp'],
    [{ status: { eq: [0, 4] } }, ''],
    [{ status: { neq: 2 } }, ''],
    [{ app: { eq: [15600] } }, 'AGag'],
    [{ service: { eq: 20893 } }, 'Aa'],
    [{ app: { eq: 11161 } }, 'ABDGabdgp'],
    [{ app: { neq: [20893] } }, 'BDGbdgp'],
    [{ instance: { eq: 0 } }, 'ABDGabdgp'],
    [{ instance: { eq: 1 } }, ''],
    [{ instance: { neq: 1 } }, 'ABDGabdgp'],
    [{ userGroups: { eq: [external] } }, 'Gg'],
    [{ userGroups: { eq: [applications] } }, 'p'],
    [{ userGroups: { eq: [group.id] } }, 'Aa'],
    [{ userGroups: { eq: [{ role: 1, adv: true }, group.id, external] } }, 'AGag'],
    [{ userGroups: { neq: [group.id] } }, 'BDGbdgp'],
    [{ userGroups: { eq: ['ffffffffffffffffffffffff'] } }, ''],
    [{ entity: { eq: [{ id: ada, saas: 11161, inst: 0 }] } }, 'a'],
    [{ entity: { eq: [{ id: ada }] } }, 'Aa'],
    [{ entity: { eq: [{ id: adaId, saas: 11161, inst: 0 }] } }, 'Aa'],
    [{ entity: { eq: [{ id: ada, saas: 20893, inst: 0 }] } }, ''],
    [{ entity: { neq: [{ id: ada }] } }, 'BDGbdgp'],
    [{ type: { eq: 'user' }, isExternal: { eq: true } }, 'G'],
    [{ app: { eq: [] } }, ''],
  ];
  for (const [filters, expected] of cases) assert.equal(await found(filters), expected, JSON.stringify(filters));
  const refused = [
    { score: { gt: 5 } },
    { lastSeen: { gte_ndays: 5 } },
    { organization: { eq: ['x'] } },
    { type: { eq: 'robot' } },
    { status: { eq: 9 } },
    { app: { gt: 5 } },
    { isExternal: { eq: 'maybe' } },
    { domain: { contains: 'x' } },
  ];
  for (const filters of refused) {
    const answer = await call('', { body: { filters } });
    assert.equal(answer.status, 400, JSON.stringify(filters));
    assert.equal(answer.json().error, true);
  }
});

test('pages are sorted as asked and follow one another', async () => {
  const tenant = await storyTenant(server);
  const { list, call } = await entityReader(server, tenant);
  const letters = async (body: object) =>
    (await list({ filters: { type: { eq: 'account' } }, ...body })).data.map(letterOf).join('');
  assert.equal(await letters({}), 'bagpd');
  assert.equal(await letters({ sortField: 'lastSeen', sortDirection: 'asc' }), 'dpgab');
  assert.equal(await letters({ sortField: 'severity' }), 'bagpd');
  assert.equal(await letters({ sortField: 'username', sortDirection: 'asc' }), 'apbdg'.replace('ap', 'ap'));
  const first = await list({ limit: 4 });
  const rest = await list({ limit: 40, skip: 4 });
  assert.deepEqual([first.data.length, first.hasNext, first.total, first.max], [4, true, 9, 50]);
  assert.deepEqual([rest.data.length, rest.hasNext], [5, false]);
  assert.equal(new Set([...first.data, ...rest.data].map((each) => each._id)).size, 9);
  assert.equal((await call('', { body: { sortField: 'score' } })).status, 400);
  assert.equal((await call('?limit=2')).json<EntityList>().data.length, 2);
});

test('nobody without a token, and nobody of another tenant, sees anything', async () => {
  const tenant = await storyTenant(server);
  const { list } = await entityReader(server, tenant);
  const stranger = await entityReader(server, await makeTenant(server.services));
  assert.equal(await stranger.found(), '');
  for (const { _id } of (await list()).data) {
    assert.equal((await stranger.call(`${_id}/`)).status, 404);
    assert.equal((await stranger.call(`${_id}/retrieve_tree/`)).status, 404);
    assert.equal((await server.request(`/api/v1/entities/${_id}/`)).status, 401);
  }
  assert.equal((await server.request('/api/v1/entities/')).status, 401);
  assert.equal((await stranger.call('', { method: 'DELETE' })).status, 405);
});

test('as many values as the settings allow are answered, and as many words in names', async () => {
  const tenant = await storyTenant(server);
  const { found, call } = await entityReader(server, tenant);
  const many = (count: number) => Array.from({ length: count }, (_, at) => `word${at}`);
  const dot = `dot@${tenant.slug}`;
  assert.equal(
    await found({ username: { eq: [...many(server.services.config.filterValuesMax - 1), `${dot}.example`] } }),
    'Dd',
  );
  assert.equal(await found({ username: { startswith: [...many(49), 'dot@'] } }), 'Dd');
  assert.equal(await found({ username: { contains: [[...many(48), dot].join(' ')] } }), 'Dd');
  assert.equal(await found({ username: { text: [many(50).join(' ')] } }), '');
  assert.equal(await found({ username: { ncontains: [...many(48), dot] } }), 'ABGabgp');
  const refused = await call('', { body: { filters: { username: { contains: many(51) } } } });
  assert.equal(refused.status, 400);
  const { filters } = refused.json<{ filters: { errorMessageParams: unknown }[] }>();
  assert.deepEqual(filters[0]?.errorMessageParams, {
    value: '51 words',
    field: 'username',
    reason: 'a request looks for at most 50 words in names; name whole values with eq',
  });
});
