// From a log to a report and an alert: the three steps of an upload, and what administrators see of it afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeUploader, readWaiting, squidLines } from './support/discovery-uploads.ts';
import { signIn, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 100_000 } });
});
after(() => server.dispose());

test('an uploaded log becomes a report with hidden names, and one alert of the policy that looks at it', async () => {
  const uploader = await makeUploader(server);
  const session = await signIn(server, uploader.user);
  const manage = (path: string, options: object = {}) =>
    server.request(`/management/v1${path}`, { session, ...options });
  await uploader.dataSource('proxy', { anonymizeUsers: true });
  const settings = { daily: { users: 4 }, tag: 'Unsanctioned' };
  const policy = await manage('/policies', { body: { name: 'New app', type: 'NEW_SERVICE', settings } });
  assert.equal(policy.status, 201, policy.text);
  const id = await uploader.upload(squidLines(50), 'proxy');
  await readWaiting(server.services);
  assert.equal((await uploader.shown(id)).state, 'done');

  const apps = (await uploader.call('discovered_apps/', { body: {} })).json<{ data: Record<string, unknown>[] }>().data;
  assert.deepEqual(
    apps.map(({ name, usersCount, ipAddressesCount, trafficTotalEvents, tags }) => [
      ...[name, usersCount, ipAddressesCount, trafficTotalEvents, tags],
    ]),
    [['Dropbox', 5, 9, 50, ['Unsanctioned']]],
  );
  const users = (await uploader.call('discovered_users/', { body: {} })).json<{ data: { userName: string }[] }>().data;
  assert.equal(users.length, 5);
  assert.ok(users.every(({ userName }) => /^[0-9a-f]{64,}$/.test(userName)));
  const body = { name: users[0]?.userName, reason: 'Incident 4711: too much went out' };
  const told = await manage('/discovery/names/resolve', { body });
  assert.match(told.json<{ userName: string }>().userName, /^user[0-4]$/);

  const alerts = async () =>
    (await server.request('/api/v1/alerts/', { session })).json<{ data: { title: string }[] }>().data;
  assert.deepEqual(
    (await alerts()).map(({ title }) => title),
    ['New app'],
  );
  // More of the same, of another time: counted, and nobody is told again.
  await uploader.upload(squidLines(60).replaceAll('192.0.2.', '198.51.100.'), 'proxy');
  await readWaiting(server.services);
  assert.equal((await alerts()).length, 1);
  const again = await uploader.call('discovered_apps/', { body: {} });
  assert.equal(again.json<{ data: { trafficTotalEvents: number }[] }>().data[0]?.trafficTotalEvents, 110);
});

test('a snapshot becomes a report of its own, and no alert', async () => {
  const uploader = await makeUploader(server);
  const session = await signIn(server, uploader.user);
  const body = { name: 'Any app', type: 'NEW_SERVICE' };
  assert.equal((await server.request('/management/v1/policies', { session, body })).status, 201);
  const id = await uploader.upload(squidLines(5), 'A day', { uploadAsSnapshot: true });
  await readWaiting(server.services);
  const { streamId } = await uploader.shown(id);
  const total = async (ask: object) =>
    (await uploader.call('discovered_apps/', { body: ask })).json<{ total: number }>().total;
  assert.deepEqual([await total({ streamId }), await total({})], [1, 0]);
  const alerts = await server.request('/api/v1/alerts/', { session });
  assert.equal(alerts.json<{ total: number }>().total, 0);
});
