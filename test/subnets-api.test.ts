// /api/v1/subnet/ through a whole server: the wire forms of the documented service, its rules, and what a change does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeTenant } from './support/accounts.ts';
import { ingestionOf } from './support/entity-sources.ts';
import { makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: {
      tenantRequestsPerMinute: 1_000_000,
      subnetsPerTenantMax: 6,
      subnetRangesPerTenantMax: 12,
      ipTagsPerTenantMax: 3,
      pageRowsMax: 7,
    },
  });
});
after(() => server.dispose());

interface SubnetRecord {
  readonly _id: string;
  readonly name: string;
  readonly tags: readonly { readonly id: string; readonly name: string }[];
}
interface SubnetList {
  readonly data: readonly SubnetRecord[];
  readonly hasNext: boolean;
  readonly max: number;
  readonly total: number;
}

interface Manager extends Person {
  readonly token: string;
  call(path: string, options?: object): ReturnType<TestServer['request']>;
  create(rule: object): Promise<string>;
  names(filters: object): Promise<string>;
}

async function makeManager(role = 'cloud-app-security-administrator', tenantOf?: Person): Promise<Manager> {
  const tenant = tenantOf?.tenant ?? (await makeTenant(server.services));
  const person = await makePerson(server, tenant, role);
  const { value: token } = await makeToken(server, person);
  const call: Manager['call'] = (path, options = {}) => server.request(`/api/v1/subnet/${path}`, { token, ...options });
  return {
    ...person,
    token,
    call,
    async create(rule) {
      const answer = await call('create_rule/', { body: rule });
      assert.equal(answer.status, 200, answer.text);
      return answer.json<string>();
    },
    async names(filters) {
      const answer = await call('', { body: { filters, sortField: 'name', sortDirection: 'asc' } });
      assert.equal(answer.status, 200, answer.text);
      return answer
        .json<SubnetList>()
        .data.map((each) => each.name)
        .join(' ');
    },
  };
}

const office = { name: 'Office', category: 1, subnets: ['197.198.0.0/16', '2001:db8::/32'] };

test('a created range is read back in the documented form, under every path', async () => {
  const manager = await makeManager();
  const id = await manager.create({
    ...office,
    organization: 'Contoso',
    overrideOrganization: true,
    tags: ['Head office', 'Zscaler'],
    location: { countryCode: 'nl' },
  });
  assert.match(id, /^[0-9a-f]{24}$/);
  const number = manager.tenant.number;
  const list = (await manager.call('', { body: { filters: { builtIn: { eq: false } } } })).json<SubnetList>();
  const [record] = list.data;
  const tag = record?.tags.find((each) => each.name === 'Head office')?.id ?? '';
  const unknown = { nameTemplate: null, description: null, descriptionTemplate: null, visibility: 0, status: 0 };
  const zscaler = '000000160000000000000000';
  assert.deepEqual(list, { data: [record], hasNext: false, max: 7, total: 1, moreThanTotal: false });
  assert.deepEqual(record, {
    _id: id,
    name: 'Office',
    subnets: [
      { mask: 112, address: '0000:0000:0000:0000:0000:ffff:c5c6:0000', originalString: '197.198.0.0/16' },
      { mask: 32, address: '2001:0db8:0000:0000:0000:0000:0000:0000', originalString: '2001:db8::/32' },
    ],
    location: { name: null, latitude: null, longitude: null, countryCode: 'NL', countryName: 'Netherlands' },
    organization: 'Contoso',
    tags: [
      { _id: tag, id: tag, target: 1, type: null, name: 'Head office', ...unknown, _tid: number },
      { _id: zscaler, id: zscaler, target: 1, type: 2, name: 'Zscaler', ...unknown, _tid: 0 },
    ],
    category: 1,
    lastModified: server.services.clock(),
    _tid: number,
  });
  for (const path of ['/api/v1/subnet/', '/cas/api/v1/subnet/', '/api/subnet/', '/api/subnet']) {
    const answer = await server.request(path, {
      token: manager.token,
      body: { filters: { builtIn: { eq: [false] } } },
    });
    assert.deepEqual(answer.json(), list, path);
  }
  for (const path of [`/api/v1/subnet/${id}/`, `/api/subnet/${id}`, `/cas/api/v1/subnet/${id}/`]) {
    assert.deepEqual((await server.request(path, { token: manager.token })).json(), record, path);
  }
});

test('an update replaces the whole range, and what it leaves out is empty', async () => {
  const manager = await makeManager();
  const id = await manager.create({ ...office, organization: 'Contoso', tags: ['Head office'] });
  const body = { _id: id, name: 'VPN', category: 4, subnets: ['198.51.100.7'] };
  assert.equal((await manager.call(`${id}/update_rule/`, { body })).status, 200);
  const record = (await manager.call(`${id}/`)).json();
  const { name, category, organization, tags, location, subnets } = record;
  assert.deepEqual(
    { name, category, organization, tags, location, subnets },
    {
      name: 'VPN',
      category: 4,
      organization: null,
      tags: [],
      location: null,
      subnets: [{ mask: 128, address: '0000:0000:0000:0000:0000:ffff:c633:6407', originalString: '198.51.100.7/32' }],
    },
  );
  // What was read can be sent back.
  assert.equal((await manager.call(`${id}/update_rule`, { body: record })).status, 200);
  const again = (await manager.call(`${id}/`)).json();
  assert.deepEqual(again, record);
});

test('a deleted range is gone, and its name and addresses are free again', async () => {
  const manager = await makeManager();
  const id = await manager.create(office);
  assert.equal((await manager.call(`${id}/`, { method: 'DELETE' })).status, 200);
  assert.equal((await manager.call(`${id}/`)).status, 404);
  assert.equal((await manager.call(`${id}/`, { method: 'DELETE' })).status, 404);
  await manager.create(office);
});

test('filters find what they say, and the built-in ranges stand beside the own ones', async () => {
  const manager = await makeManager();
  await manager.create({ name: 'a', category: 1, subnets: ['192.0.2.0/25'], tags: ['Home'] });
  await manager.create({ name: 'b', category: 4, subnets: ['192.0.2.128/25'], tags: ['000000160000000000000000'] });
  const cases: [object, RegExp][] = [
    [{ builtIn: { eq: false } }, /^a b$/],
    [{ builtIn: { eq: [true] } }, /^Carrier.*Loopback.*Private networks/],
    [{ builtIn: { neq: true } }, /^a b$/],
    [{ category: { eq: [1] } }, /^a$/],
    [{ category: { eq: [1, 4] } }, /^a b$/],
    [{ category: { neq: 1 }, builtIn: { eq: false } }, /^b$/],
    [{ category: { eq: 0 } }, /^Carrier/],
    [{ category: { eq: 6 } }, /^$/],
    [{ tags: { eq: ['Home'] } }, /^a$/],
    [{ tags: { eq: ['home', '000000160000000000000000'] } }, /^a b$/],
    [{ tags: { neq: ['Home'] }, builtIn: { eq: false } }, /^b$/],
    [{ tags: { eq: ['nothing'] } }, /^$/],
    [{ tags: { eq: ['000000310000000000000000'] } }, /^Carrier/],
  ];
  for (const [filters, names] of cases) assert.match(await manager.names(filters), names, JSON.stringify(filters));
  for (const filters of [{ name: { eq: ['a'] } }, { category: { gt: 1 } }, { category: { eq: 9 } }, 'x']) {
    const answer = await manager.call('', { body: { filters } });
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json().error, true);
  }
});

test('pages follow one another and are sorted as asked', async () => {
  const manager = await makeManager();
  for (const [index, category] of [3, 1, 2].entries()) {
    await manager.create({ name: `r${index}`, category, subnets: [`192.0.2.${index}`], tags: [`t${2 - index}`] });
  }
  const first = (await manager.call('', { body: { sortField: 'name', sortDirection: 'asc' } })).json<SubnetList>();
  assert.deepEqual([first.data.length, first.hasNext, first.total], [7, true, 8]);
  const rest = await manager.call('', { body: { sortField: 'name', sortDirection: 'asc', skip: 7, limit: 20 } });
  const { data, hasNext } = rest.json<SubnetList>();
  assert.deepEqual([data.length, hasNext], [1, false]);
  assert.equal(new Set([...first.data, ...data].map((each) => each._id)).size, 8);
  const own = { filters: { builtIn: { eq: false } }, sortDirection: 'asc' };
  for (const [sortField, names] of [
    ['category', 'r1 r2 r0'],
    ['tags', 'r2 r1 r0'],
  ]) {
    const list = (await manager.call('', { body: { ...own, sortField } })).json<SubnetList>();
    assert.equal(list.data.map((each) => each.name).join(' '), names);
  }
  assert.equal((await manager.call('', { body: { sortField: 'organization' } })).status, 400);
});

test('what is no range is refused by name, and nothing is stored', async () => {
  const manager = await makeManager();
  const cases: [unknown, string][] = [
    [[], 'body'],
    [{}, 'name'],
    [{ ...office, name: '' }, 'name'],
    [{ ...office, name: 'a\nb' }, 'name'],
    [{ ...office, category: 0 }, 'category'],
    [{ ...office, category: 7 }, 'category'],
    [{ ...office, category: undefined }, 'category'],
    [{ ...office, subnets: [] }, 'subnets'],
    [{ ...office, subnets: '10.0.0.0/8' }, 'subnets'],
    [{ ...office, subnets: ['300.1.1.1/8'] }, 'subnets'],
    [{ ...office, subnets: ['10.0.0.0/33'] }, 'subnets'],
    [{ ...office, subnets: [7] }, 'subnets'],
    [{ ...office, tags: ['aaaaaaaaaaaaaaaaaaaaaaaa'] }, 'tags'],
    [{ ...office, tags: [{}] }, 'tags'],
    [{ ...office, organization: 7 }, 'organization'],
    [{ ...office, overrideOrganization: 'maybe' }, 'overrideOrganization'],
    [{ ...office, location: { countryCode: 'NLD' } }, 'location'],
  ];
  for (const [body, field] of cases) {
    const answer = await manager.call('create_rule/', { body });
    assert.equal(answer.status, 400, `${JSON.stringify(body)} ${answer.text}`);
    assert.equal(answer.json().field, field);
  }
  assert.equal(await manager.names({ builtIn: { eq: false } }), '');
  const wrongMethod = await server.request('/api/subnet/create_rule', { method: 'DELETE', token: manager.token });
  assert.ok([404, 405].includes(wrongMethod.status) && wrongMethod.json().detail !== undefined);
});

test('names and addresses belong to one range only', async () => {
  const manager = await makeManager();
  const id = await manager.create(office);
  const other = await manager.create({ name: 'Other', category: 2, subnets: ['203.0.113.0/24'] });
  const inside = ['197.198.5.0/24', '197.0.0.0/8', '197.198.0.0/16', '::ffff:197.198.1.1', '2001:db8:5::/48'];
  for (const range of inside) {
    const answer = await manager.call('create_rule/', { body: { name: 'New', category: 1, subnets: [range] } });
    assert.equal(answer.status, 409, answer.text);
    assert.match(String(answer.json().detail), /overlaps with .* of "Office"/);
    assert.equal(answer.json().code, 'subnets-overlap');
  }
  const twice = { name: 'New', category: 1, subnets: ['9.0.0.0/8', '9.1.0.0/16'] };
  assert.equal((await manager.call('create_rule/', { body: twice })).status, 409);
  const named = { name: 'Office', category: 1, subnets: ['9.9.9.9'] };
  assert.equal((await manager.call('create_rule/', { body: named })).status, 409);
  assert.equal((await manager.call(`${other}/update_rule/`, { body: named })).status, 409);
  // A range does not stand in its own way, and neighbours do not meet.
  assert.equal((await manager.call(`${id}/update_rule/`, { body: office })).status, 200);
  await manager.create({ name: 'Next', category: 1, subnets: ['197.199.0.0/16', '197.197.0.0/16', '2001:db9::/32'] });
});

test('built-in ranges cannot be changed', async () => {
  const manager = await makeManager();
  const list = (await manager.call('', { body: { filters: { builtIn: { eq: true } } } })).json<SubnetList>();
  const id = list.data[0]?._id ?? '';
  assert.equal((await manager.call(`${id}/`)).status, 200);
  assert.equal((await manager.call(`${id}/`, { method: 'DELETE' })).status, 409);
  assert.equal((await manager.call(`${id}/update_rule/`, { body: office })).status, 409);
});

test('a tenant has so many ranges, addresses and tags, and no more', async () => {
  const manager = await makeManager();
  const refused = async (rule: object, detail: RegExp) => {
    const answer = await manager.call('create_rule/', { body: { name: 'one more', category: 1, ...rule } });
    assert.equal(answer.status, 409, answer.text);
    assert.match(String(answer.json().detail), detail);
  };
  const many = Array.from({ length: 13 }, (_, index) => `192.0.2.${index * 2}`);
  await refused({ subnets: many }, /subnetRangesPerTenantMax/);
  await refused({ subnets: ['9.9.9.9'], tags: ['1', '2', '3', '4'] }, /ipTagsPerTenantMax/);
  for (let index = 0; index < 6; index++) {
    await manager.create({ name: `r${index}`, category: 1, subnets: [`192.0.2.${index}`], tags: ['1', '2', '3'] });
  }
  await refused({ subnets: ['9.9.9.9'] }, /subnetsPerTenantMax/);
});

test('only who may manage ranges changes them, only who may read them sees them, and nobody of another tenant', async () => {
  const manager = await makeManager();
  const stranger = await makeManager();
  const id = await manager.create(office);
  const acts = (token?: string): [string, object][] => [
    ['create_rule/', { token, body: { ...office, name: 'x', subnets: ['9.9.9.9'] } }],
    [`${id}/update_rule/`, { token, body: { ...office, category: 3 } }],
    [`${id}/`, { token, method: 'DELETE' }],
  ];
  for (const [path, options] of [...acts(), ['', {}] as const, [`${id}/`, {}] as const]) {
    assert.equal((await server.request(`/api/v1/subnet/${path}`, options)).status, 401, path);
  }
  for (const role of ['security-reader', 'compliance-administrator', 'cloud-discovery-global-administrator']) {
    const reader = await makeManager(role, manager);
    assert.match(await reader.names({ builtIn: { eq: false } }), /^Office$/);
    for (const [path, options] of acts(reader.token)) {
      const answer = await server.request(`/api/v1/subnet/${path}`, options);
      assert.equal(answer.status, 403, `${role} ${path}`);
      assert.match(String(answer.json().detail), /Insufficient role based permissions/);
    }
  }
  assert.equal(await stranger.names({ builtIn: { eq: false } }), '');
  assert.equal((await stranger.call(`${id}/`)).status, 404);
  assert.equal((await stranger.call(`${id}/`, { method: 'DELETE' })).status, 404);
  assert.equal((await stranger.call(`${id}/update_rule/`, { body: office })).status, 404);
  await stranger.create(office);
  const record = (await manager.call(`${id}/`)).json();
  assert.equal(record.category, 1);
});

test('a change is in the audit log and counts for the very next ingestion', async () => {
  const manager = await makeManager();
  const locate = async (record: string) => {
    const activity = await ingestionOf(server, manager.tenant, [{ Id: record, ClientIP: '203.0.113.9' }]);
    return [activity[0]?.ipCategory, activity[0]?.organization, activity[0]?.countryCode];
  };
  const before = await locate('11111111-0000-4000-8000-000000000001');
  const id = await manager.create({
    name: 'Office',
    category: 4,
    subnets: ['203.0.113.0/24'],
    organization: 'Contoso',
    location: { countryCode: 'NL' },
  });
  assert.equal(before[0], 0);
  assert.deepEqual(await locate('11111111-0000-4000-8000-000000000002'), [4, 'Contoso', 'NL']);
  const body = {
    name: 'Office',
    category: 3,
    subnets: ['203.0.113.0/24'],
    organization: 'X',
    overrideOrganization: false,
  };
  await manager.call(`${id}/update_rule/`, { body });
  assert.deepEqual(await locate('11111111-0000-4000-8000-000000000003'), [3, before[1], before[2]]);
  await manager.call(`${id}/`, { method: 'DELETE' });
  assert.deepEqual(await locate('11111111-0000-4000-8000-000000000004'), before);
  const rows = await server.services.store.db
    .selectFrom('auditRecords')
    .select('action')
    .where('tenantId', '=', manager.tenant.id)
    .where('action', 'like', 'subnet.%')
    .orderBy('sequence')
    .execute();
  assert.deepEqual(
    rows.map((row) => row.action),
    ['subnet.create', 'subnet.update', 'subnet.delete'],
  );
});

test('of two changes at once that want the same address, one wins', async () => {
  const manager = await makeManager();
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => manager.call('create_rule/', { body: { ...office, name } })),
  );
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409, 409]);
});
