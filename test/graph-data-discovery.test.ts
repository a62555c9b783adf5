// Discovered apps on Graph's beta surface: the documented calls, their options, and who may make them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeTenant } from './support/accounts.ts';
import { makeStory, type Story } from './support/bearers.ts';
import { addStream, dropbox, gitHub, nobodyKnows, storeRows } from './support/discovered.ts';
import { GraphCalls, graphUri } from './support/graph.ts';
import { type Answer, makePerson, startTestServer, type TestServer } from './support/server.ts';

const name = 'CloudApp-Discovery.Read.All';
const all = '/beta/security/dataDiscovery/cloudAppDiscovery/uploadedStreams';

interface Page {
  readonly value: readonly Record<string, unknown>[];
  readonly '@odata.nextLink'?: string;
  readonly '@odata.count'?: number;
}

describe('discovered apps on Graph', () => {
  let server: TestServer;
  let story: Story;
  let proxy: string;
  let token: string;

  before(async () => {
    server = await startTestServer({ settings: { pageRowsMax: 2 } });
    story = await makeStory(server.services, [{ resource: graphUri, roles: [name], scopes: [name] }]);
    token = await new GraphCalls(server, story).appToken([name]);
    proxy = await addStream(server.services, story.tenant, 'Proxy', { anonymizeUsers: true });
    await storeRows(server.services, story.tenant.id, proxy, [
      { ...dropbox, uploadedBytes: 500, downloadedBytes: 20, userName: 'alex' },
      { ...dropbox, uploadedBytes: 1, userName: 'kim', sourceAddress: '192.0.2.9', daysAgo: 20 },
      { ...gitHub, downloadedBytes: 400, userName: 'kim' },
      { ...nobodyKnows('shop.example'), downloadedBytes: 1 },
    ]);
  });
  after(async () => await server.dispose());

  const call = (path: string, headers = { authorization: `Bearer ${token}` }): Promise<Answer> =>
    server.request(path, { headers });
  async function read(path: string): Promise<Page> {
    const answer = await call(path);
    assert.equal(answer.status, 200, answer.text);
    return answer.json<Page>();
  }
  const appsOf = (days = 30, rest = '') => `${all}/${proxy}/aggregatedAppsDetails(period=duration'P${days}D')${rest}`;
  const names = ({ value }: Page): string => value.map(({ displayName }) => displayName).join(', ');

  test('streams are listed and read as documented', async () => {
    const list = await read(`${all}?$top=1`);
    assert.equal(names(list), 'Global View');
    const next = await read(new URL(list['@odata.nextLink'] ?? '').href.replace(server.url, ''));
    assert.equal(names(next), 'Proxy');
    const one = (await call(`${all}/${proxy}?$select=id,logDataProvider,anonymizeUserData,isSnapshotReport`)).json();
    assert.equal(one.logDataProvider, 'squid');
    assert.deepEqual([one.id, one.anonymizeUserData, one.isSnapshotReport], [proxy, true, false]);
  });

  test('apps come with their traffic, in the spellings that the guide and the reference use', async () => {
    for (const path of [
      appsOf(),
      `${all}/${proxy}/microsoft.graph.security.aggregatedAppsDetails(period=duration'P30D')`,
      `${all}/${proxy}/aggregatedAppsDetails%20(period=duration%20'P30D')`,
    ]) {
      const page = await read(path);
      assert.equal(names(page), 'Dropbox, GitHub');
      assert.ok(page['@odata.nextLink']);
    }
    const [first] = (await read(appsOf(7, '?$top=1'))).value;
    assert.deepEqual(
      [first?.id, first?.category, first?.uploadNetworkTrafficInBytes, first?.userCount, first?.ipAddressCount],
      ['11627', 'cloudStorage', 500, 1, 1],
    );
    const last = (await read(appsOf(30, '?$skip=2'))).value[0];
    assert.deepEqual([last?.displayName, last?.category, last?.riskScore], ['shop.example', 'unknown', null]);
  });

  test('filters and orders are those of the resource', async () => {
    const filtered = async (text: string) => names(await read(appsOf(30, `?$filter=${encodeURIComponent(text)}`)));
    assert.equal(await filtered("category eq 'CodeHosting'"), 'GitHub');
    assert.equal(await filtered('userCount ge 2'), 'Dropbox');
    assert.equal(await filtered("uploadNetworkTrafficInBytes gt 100 and displayName ne 'x'"), 'Dropbox');
    assert.equal(await filtered("tags/any(t:t eq 'Sanctioned')"), '');
    assert.equal(await filtered("startswith(displayName, 'git') or id eq '11627'"), 'Dropbox, GitHub');
    assert.equal(await filtered('riskRating ge 0 and riskScore le 10 and ipAddressCount gt 1'), 'Dropbox');
    assert.equal(names(await read(appsOf(30, '?$orderby=displayName%20desc&$top=1'))), 'shop.example');
    const counted = await read(appsOf(30, '?$count=true&$select=displayName&$orderby=userCount%20desc'));
    assert.equal(counted['@odata.count'], 3);
    assert.deepEqual(counted.value[0], { displayName: 'Dropbox' });
    const next = counted['@odata.nextLink'] ?? '';
    assert.match(next, /orderby=userCount/);
    assert.equal((await read(next.replace(server.url, ''))).value.length, 1);
  });

  test('an app is read with its users, addresses and machines', async () => {
    assert.equal((await call(appsOf(30, '/11627'))).json().displayName, 'Dropbox');
    assert.deepEqual(
      (await read(appsOf(30, '/11627/users'))).value.map(({ userIdentifier }) => userIdentifier),
      ['alex', 'kim'],
    );
    for (const path of ['ipAddress', 'ipAddresses']) {
      assert.equal((await read(appsOf(7, `/11627/${path}`))).value[0]?.ipAddress, '192.0.2.1');
    }
    for (const path of ['name', 'devices']) {
      assert.deepEqual((await read(appsOf(30, `/11627/${path}`))).value, [
        { '@odata.type': '#microsoft.graph.security.discoveredCloudAppDevice', name: 'pc-1' },
      ]);
    }
  });

  test('what is not there, or asked wrongly, is said in the words of the surface', async () => {
    for (const path of [`${all}/${'0'.repeat(24)}`, appsOf(30, '/11114'), appsOf(30, '/abc/users')]) {
      assert.equal((await call(path)).status, 404, path);
    }
    for (const path of [
      appsOf(31),
      `${all}/${proxy}/aggregatedAppsDetails(period=30)`,
      appsOf(30, '?$filter=appInfo/isHipaaCompliant%20eq%20true'),
      appsOf(30, "?$filter=category%20eq%20'nothing'"),
      appsOf(30, '?$orderby=nothing'),
      appsOf(30, '/11627/users?$filter=x'),
    ]) {
      const answer = await call(path);
      assert.equal(answer.status, 400, path + answer.text);
      assert.ok(answer.json<{ error: { message: string } }>().error.message.length > 10);
    }
  });

  test('without a token, without the permission, and in another tenant there is nothing', async () => {
    assert.equal((await server.request(all)).status, 401);
    const other = await new GraphCalls(server, story).appToken(['SecurityAlert.Read.All']);
    assert.equal((await call(all, { authorization: `Bearer ${other}` })).status, 403);
    const stranger = await makePerson(server, await makeTenant(server.services), 'security-administrator');
    const list = await server.request(`${all}/${proxy}`, { session: stranger.session });
    assert.equal(list.status, 404);
    const helpless = await makePerson(server, story.tenant, 'privileged-role-administrator');
    assert.equal((await server.request(all, { session: helpless.session })).status, 403);
  });
});
