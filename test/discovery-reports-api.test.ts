// Reports of discovered apps over HTTP: what is counted, filtered, sorted, exported, and for whom.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addAssignment } from '../src/directory/assignments.ts';
import { findRole } from '../src/directory/role-table.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { nameCipher } from '../src/discovery/anonymous-names.ts';
import { getNameKey } from '../src/discovery/name-keys.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { addStream, dropbox, gitHub, nobodyKnows, salesforce, storeRows } from './support/discovered.ts';
import {
  type Answer,
  makePerson,
  makeToken,
  type Person,
  signIn,
  startTestServer,
  type TestServer,
} from './support/server.ts';

interface App {
  readonly appId: number;
  readonly name: string;
  readonly category: string;
  readonly trafficTotalBytes: number;
  readonly trafficUploadedBytes: number;
  readonly trafficDownloadedBytes: number;
  readonly trafficTotalEvents: number;
  readonly blockedEvents: number;
  readonly usersCount: number;
  readonly ipAddressesCount: number;
  readonly machinesCount: number;
  readonly tags: readonly string[];
  readonly lastUsed: string;
}
interface List<Item = App> {
  readonly data: readonly Item[];
  readonly hasNext: boolean;
  readonly max: number;
  readonly total: number;
}

const all = '/cas/api/v1/discovery/discovered_apps/';
const megabyte = 1_000_000;

describe('reports of discovered apps over HTTP', () => {
  let server: TestServer;
  let tenant: Tenant;
  let admin: Person;
  let token: string;
  let proxy: string;
  let firewall: string;
  let snapshot: string;

  before(async () => {
    server = await startTestServer({ settings: { tenantRequestsPerMinute: 100_000, pageRowsMax: 3 } });
    tenant = await makeTenant(server.services);
    admin = await makePerson(server, tenant, 'cloud-app-security-administrator');
    ({ value: token } = await makeToken(server, admin));
    proxy = await addStream(server.services, tenant, 'Proxy');
    firewall = await addStream(server.services, tenant, 'Firewall');
    snapshot = await addStream(server.services, tenant, 'A day of May', { kind: 'snapshot' });
    await storeRows(server.services, tenant.id, proxy, [
      {
        ...dropbox,
        uploadedBytes: 5 * megabyte,
        downloadedBytes: megabyte,
        transactions: 10,
        userName: 'alex@contoso.example',
      },
      {
        ...dropbox,
        uploadedBytes: megabyte,
        transactions: 5,
        userName: 'kim@contoso.example',
        sourceAddress: '192.0.2.2',
        machine: 'pc-2',
      },
      {
        ...dropbox,
        isBlocked: true,
        transactions: 3,
        daysAgo: 1,
        userName: '',
        sourceAddress: '192.0.2.2',
        machine: '',
      },
      {
        ...gitHub,
        downloadedBytes: 4 * megabyte,
        transactions: 7,
        userName: 'kim@contoso.example',
        sourceAddress: '192.0.2.2',
        daysAgo: 8,
      },
    ]);
    await storeRows(server.services, tenant.id, firewall, [
      {
        ...gitHub,
        downloadedBytes: 2 * megabyte,
        transactions: 2,
        userName: 'lee@contoso.example',
        sourceAddress: '2001:db8::5',
        machine: '',
      },
      {
        ...salesforce,
        totalBytes: 3 * megabyte,
        daysAgo: 40,
        userName: 'lee@contoso.example',
        sourceAddress: '198.51.100.7',
      },
      {
        ...nobodyKnows('shop.example'),
        downloadedBytes: 10,
        userName: 'alex@contoso.example',
        sourceAddress: '198.51.100.8',
      },
    ]);
    await storeRows(server.services, tenant.id, snapshot, [{ ...salesforce, totalBytes: 99 * megabyte, daysAgo: 80 }]);
  });
  after(async () => await server.dispose());

  const post = (path: string, body: unknown = {}, of = token): Promise<Answer> =>
    server.request(path, { token: of, body });

  async function apps(body: Record<string, unknown> = {}, of = token): Promise<List> {
    const answer = await post(all, body, of);
    assert.equal(answer.status, 200, answer.text);
    return answer.json<List>();
  }
  const names = ({ data }: List): string => data.map(({ name }) => name).join(', ');
  const filtered = async (filters: unknown): Promise<string> => names(await apps({ filters }));

  test('apps are added up over all data sources, and snapshots are not among them', async () => {
    const list = await apps({ timeframe: 90 });
    assert.equal(names(list), 'Dropbox, GitHub, Salesforce');
    assert.deepEqual([list.total, list.hasNext, list.max], [4, true, 3]);
    const [first] = list.data;
    assert.deepEqual(
      { ...first, tags: [], lastUsed: first?.lastUsed.slice(0, 10) },
      {
        ...first,
        appId: 11627,
        category: 'SAASDB_CATEGORY_CLOUD_STORAGE',
        trafficTotalBytes: 7 * megabyte,
        trafficUploadedBytes: 6 * megabyte,
        trafficDownloadedBytes: megabyte,
        trafficTotalEvents: 18,
        blockedEvents: 3,
        usersCount: 2,
        ipAddressesCount: 2,
        machinesCount: 2,
        tags: [],
        lastUsed: '2026-11-21',
      },
    );
    const rest = await apps({ timeframe: 90, skip: 3 });
    assert.deepEqual([names(rest), rest.hasNext], ['shop.example', false]);
    assert.equal(rest.data[0]?.category, 'SAASDB_CATEGORY_UNCLASSIFIED');
  });

  test('a report shows its own traffic and its days', async () => {
    assert.equal(names(await apps({ timeframe: 7 })), 'Dropbox, GitHub, shop.example');
    assert.equal((await apps({ timeframe: 7, streamId: proxy })).total, 1);
    assert.equal(names(await apps({ timeframe: 30, streamId: proxy })), 'Dropbox, GitHub');
    assert.equal(names(await apps({ streamId: firewall, filters: { timeframe: 30 } })), 'GitHub, shop.example');
    assert.equal(
      names(await apps({ filters: { streamId: firewall, timeframe: 90 } })),
      'Salesforce, GitHub, shop.example',
    );
    // Whatever the time, a snapshot is all that it was.
    assert.equal((await apps({ streamId: snapshot, timeframe: 7 })).data[0]?.trafficTotalBytes, 99 * megabyte);
  });

  test('every filter finds what it says, and those on users count before they compare', async () => {
    assert.equal(await filtered({ category: { eq: ['SAASDB_CATEGORY_CODE_HOSTING'] } }), 'GitHub');
    assert.equal(await filtered({ appId: { eq: [11114] } }), 'Salesforce');
    assert.equal(await filtered({ appId: { eq: nobodyKnows('shop.example').appId } }), 'shop.example');
    assert.equal(await filtered({ name: { contains: ['hub'] } }), 'GitHub');
    assert.equal(await filtered({ name: { startswith: ['drop'] } }), 'Dropbox');
    assert.equal(await filtered({ users: { gt: 1 } }), 'Dropbox, GitHub');
    assert.equal(await filtered({ users: { gt: 0, lt: 2 } }), 'Salesforce, shop.example');
    assert.equal(await filtered({ traffic: { gte: 6 * megabyte } }), 'Dropbox, GitHub');
    assert.equal(await filtered({ transactions: { eq: [9] } }), 'GitHub');
    assert.equal(await filtered({ trafficUploadedBytes: { gt: 0 } }), 'Dropbox');
    assert.equal(await filtered({ userName: { eq: ['LEE@contoso.example'] } }), 'Salesforce, GitHub');
    assert.equal(await filtered({ ip: { eq: ['2001:DB8:0::5'] } }), 'GitHub');
    assert.equal(await filtered({ tag: { eq: ['None'] } }), 'Dropbox, GitHub, Salesforce');
    assert.equal(await filtered({ tag: { eq: ['Sanctioned'] } }), '');
    assert.equal(await filtered({ score: { isnotset: true }, domain: { eq: ['shop.example'] } }), 'shop.example');
    assert.equal(await filtered({ lastUsed: { lte_ndays: 20 } }), 'Salesforce');
  });

  test('lists are sorted as asked', async () => {
    const sorted = async (sortField: string, sortDirection: string) => names(await apps({ sortField, sortDirection }));
    assert.equal(await sorted('usersCount', 'desc'), 'Dropbox, GitHub, Salesforce');
    assert.equal(await sorted('name', 'asc'), 'Dropbox, GitHub, Salesforce');
    assert.equal(
      await sorted('trafficTotalEvents', 'asc'),
      'Salesforce, shop.example, Dropbox'.replace('Dropbox', 'GitHub'),
    );
  });

  test('categories and tags are bare lists', async () => {
    const categories = (await post(`${all}categories/`, { timeFrame: 90 })).json<unknown[]>();
    assert.deepEqual(
      categories,
      ['CLOUD_STORAGE', 'CODE_HOSTING', 'CRM', 'UNCLASSIFIED'].map((name) => ({
        id: `SAASDB_CATEGORY_${name}`,
        total: 1,
      })),
    );
    const some = (
      await post('/api/v1/discovery/discovered_apps/categories/', { skip: 1, limit: 2, streamId: firewall })
    ).json<unknown[]>();
    assert.equal(some.length, 2);
    assert.deepEqual((await post(`${all}tags/`)).json(), [{ id: 'None', total: 4 }]);
  });

  test('users, addresses and machines are listed with what they used', async () => {
    const users = (await post('/api/v1/discovery/discovered_users/', { timeframe: 90 })).json<
      List<Record<string, unknown>>
    >();
    assert.deepEqual(
      users.data.map(({ userName, appsCount, trafficTotalBytes }) => [userName, appsCount, trafficTotalBytes]),
      [
        ['alex@contoso.example', 2, 6 * megabyte + 10],
        ['kim@contoso.example', 2, 5 * megabyte],
        ['lee@contoso.example', 2, 5 * megabyte],
      ],
    );
    const used = users.data[0]?.apps as { name: string }[];
    assert.deepEqual(
      used.map(({ name }) => name),
      ['Dropbox', 'shop.example'],
    );
    const addresses = await post('/api/v1/discovery/discovered_ip_addresses/', {
      filters: { name: { startswith: ['198.51'] } },
    });
    assert.equal(addresses.json<List>().total, 2);
    const machines = await post('/api/v1/discovery/discovered_machines/', { filters: { appId: { eq: [11627] } } });
    assert.equal(machines.json<List>().total, 2);
    const heavy = await post('/api/v1/discovery/discovered_users/', { filters: { traffic: { gt: 6 * megabyte } } });
    assert.equal(heavy.json<List>().total, 1);
  });

  test('custom reports show traffic of their people and addresses, hidden names included', async () => {
    const range = await addStream(server.services, tenant, 'Branch', {
      kind: 'custom',
      filters: { ipRanges: ['198.51.100.0/24', '2001:db8::/64'] },
    });
    assert.equal(names(await apps({ streamId: range })), 'Salesforce, GitHub, shop.example');
    const narrow = await addStream(server.services, tenant, 'Branch proxy', {
      kind: 'custom',
      filters: { dataSources: [proxy], ipRanges: ['198.51.100.0/24'] },
    });
    assert.equal((await apps({ streamId: narrow })).total, 0);
    const group = await server.request('/management/v1/groups', { session: admin.session, body: { name: 'Sales' } });
    const { id } = group.json<{ id: string }>();
    const user = await makeUser(server.services, tenant);
    await server.request(`/management/v1/groups/${id}/members/${user.userName}`, {
      method: 'PUT',
      session: admin.session,
    });
    const hidden = nameCipher(await getNameKey(server.services, tenant.id)).hide(user.userName.toLowerCase());
    await storeRows(server.services, tenant.id, proxy, [{ ...salesforce, userName: hidden, totalBytes: 1 }]);
    const ofGroup = await addStream(server.services, tenant, 'Sales', { kind: 'custom', filters: { groups: [id] } });
    assert.equal(names(await apps({ streamId: ofGroup })), 'Salesforce');
  });

  test('an export holds every row, starts no formula, and is on record', async () => {
    const evil = '=HYPERLINK("https://evil.example")';
    const spare = await addStream(server.services, tenant, 'Spare');
    await storeRows(
      server.services,
      tenant.id,
      spare,
      Array.from({ length: 7 }, (_, index) => ({
        ...nobodyKnows(`s${index}.example`),
        userName: index === 0 ? evil : `user${index}`,
      })),
    );
    const file = await post('/api/v1/discovery/discovered_users/export/', { streamId: spare });
    assert.equal(file.status, 200, file.text);
    assert.match(String(file.headers['content-type']), /^text\/csv/);
    assert.equal(file.text.trim().split('\r\n').length, 8);
    assert.ok(file.text.includes(`"'${evil.replaceAll('"', '""')}"`));
    assert.ok(!/^[=+\-@]/m.test(file.text));
    const csv = await post(`${all}export/`, { streamId: spare });
    assert.equal(csv.text.trim().split('\r\n').length, 8);
    const log = (await server.request('/management/v1/governance', { session: admin.session })).json<{
      items: { type: string }[];
    }>();
    assert.equal(log.items.filter(({ type }) => type === 'DiscoveryEntitiesExport').length, 2);
  });

  test('what is asked wrongly is refused with a sentence', async () => {
    for (const [body, said] of [
      [{ timeframe: 8 }, /7, 30, 90/],
      [{ sortField: 'nothing' }, /sortField/],
      [{ filters: { nothing: { eq: 1 } } }, /not valid/],
      [{ filters: { users: { contains: ['1'] } } }, /not valid/],
      [{ filters: { score: { lt: 6.5 } } }, /6\.5 is not valid/],
      [{ streamId: 7 }, /streamId/],
    ] as const) {
      const answer = await post(all, body);
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.text, said);
    }
    assert.equal((await post(all, { streamId: '0'.repeat(24) })).status, 404);
  });

  test('without a token, without the right, and for another tenant there is no report', async () => {
    assert.equal((await server.request(all)).status, 401);
    const { session } = await makePerson(server, tenant, 'privileged-role-administrator');
    assert.equal((await server.request(all, { session })).status, 403);
    const other = await makePerson(server, await makeTenant(server.services), 'cloud-app-security-administrator');
    const stranger = (await makeToken(server, other)).value;
    assert.equal((await apps({}, stranger)).total, 0);
    assert.equal((await post(all, { streamId: proxy }, stranger)).status, 404);
  });

  test('a report administrator sees the reports of the role and no others', async () => {
    const user = await makeUser(server.services, tenant);
    const role = findRole('cloud-discovery-report-administrator');
    assert.ok(role);
    await server.services.store.change(tenant.id, async (trx) => {
      const input = { role, kind: 'permanent', scope: { reportIds: [firewall] } } as const;
      await addAssignment(server.services, trx, user, input as Parameters<typeof addAssignment>[3], 'test');
    });
    const session = await signIn(server, user);
    const own = (await makeToken(server, { session })).value;
    assert.equal((await apps({ streamId: firewall }, own)).total, 3);
    for (const path of [all, `${all}categories/`, `${all}export/`, '/api/v1/discovery/discovered_users/']) {
      assert.equal((await post(path, { streamId: proxy }, own)).status, 404);
      const unnamed = await post(path, {}, own);
      assert.equal(unnamed.status, 400);
      assert.match(unnamed.text, /Name one of them: .*Firewall/);
    }
    assert.equal((await server.request(`/management/v1/discovery/reports/${proxy}/overview`, { session })).status, 404);
    const overview = await server.request(`/management/v1/discovery/reports/${firewall}/overview?days=90`, { session });
    assert.equal(overview.json<{ totals: { apps: number } }>().totals.apps, 3);
    const reason = 'A ticket that nobody has';
    const asked = await server.request('/management/v1/discovery/names/resolve', {
      session,
      body: { name: '0'.repeat(64), reason },
    });
    assert.equal(asked.status, 403);
  });

  test('the management surface shows the same, with risks and days', async () => {
    const read = async <T>(path: string): Promise<T> => {
      const answer = await server.request(`/management/v1/discovery/reports/${path}`, { session: admin.session });
      assert.equal(answer.status, 200, answer.text);
      return answer.json<T>();
    };
    const page = await read<{ items: App[]; total: number }>(
      `${proxy}/apps?days=30&filters=${encodeURIComponent('{"category":{"eq":"CODE_HOSTING"}}')}`,
    );
    assert.deepEqual([page.total, page.items[0]?.name], [1, 'GitHub']);
    const overview = await read<{
      totals: { users: number };
      days: unknown[];
      risks: { level: string; apps: number }[];
    }>(`${proxy}/overview?days=30`);
    assert.equal(overview.days.length, 3);
    assert.equal(
      overview.risks.reduce((sum, { apps: count }) => sum + count, 0),
      3,
    );
    assert.equal((await read<{ total: number }>('global/users?days=90')).total >= 3, true);
    assert.equal((await read<{ total: number }>(`${proxy}/categories`)).total, 3);
    const csv = await server.request(`/management/v1/discovery/reports/${proxy}/machines/csv`, {
      session: admin.session,
    });
    assert.match(csv.text, /^Machine,Apps/);
    const wrong = await server.request('/management/v1/discovery/reports/global/apps?filters=%7B', {
      session: admin.session,
    });
    assert.equal(wrong.status, 400);
  });

  test('the user behind an anonymous name is told for a reason, which stays on record', async () => {
    const hidden = nameCipher(await getNameKey(server.services, tenant.id)).hide('secret.person@contoso.example');
    const resolve = (body: object, session = admin.session) =>
      server.request('/management/v1/discovery/names/resolve', { session, body });
    assert.equal((await resolve({ name: hidden, reason: 'short' })).status, 400);
    const reason = 'Incident 4711: the machine is infected';
    const told = await resolve({ name: hidden, reason });
    assert.deepEqual([told.status, told.json()], [200, { userName: 'secret.person@contoso.example' }]);
    assert.equal((await resolve({ name: `${hidden.slice(0, -2)}00`, reason })).status, 404);
    const other = await makePerson(server, await makeTenant(server.services), 'cloud-app-security-administrator');
    assert.equal((await resolve({ name: hidden, reason }, other.session)).status, 404);
    const log = await server.request('/management/v1/governance', { session: admin.session });
    assert.ok(log.text.includes(reason) && !log.text.includes('secret.person'));
    const audit = await server.request('/management/v1/audit?limit=50', { session: admin.session });
    assert.ok(audit.text.includes('discovery-user.resolve') && !audit.text.includes('secret.person'));
  });
});
