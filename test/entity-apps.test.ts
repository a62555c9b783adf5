// What apps and narrowed tokens open of IP ranges, accounts and files.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { appToken, makeStory } from './support/bearers.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';

const cloudApps = '05a65629-4c1b-48c1-a78b-804c4abdd4af';
const everything = [
  'Investigation.read',
  'Investigation.manage',
  'Discovery.read',
  'Discovery.manage',
  'Settings.read',
  'Settings.manage',
];

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { tenantRequestsPerMinute: 1_000_000, sessionRequestsPerMinute: 1_000_000 },
  });
});
after(() => server.dispose());

const refused = /Insufficient role based permissions/;
const rule = (name: string) => ({ name, category: 1, subnets: [`192.0.2.${name.length}`] });

test('an app opens what its permissions say, and files with none of them', async () => {
  const story = await makeStory(server.services, [{ resource: cloudApps, roles: everything, scopes: [] }]);
  const call = async (roles: string[], path: string, body?: unknown) => {
    const token = await appToken(server.services, story, {
      audience: cloudApps,
      app: { servicePrincipalId: story.principalId, roles },
    });
    return await server.request(path, { headers: { authorization: `Bearer ${token}` }, body });
  };
  for (const path of ['/api/v1/files/', '/api/v1/files/ffffffffffffffffffffffff/']) {
    const answer = await call(everything, path);
    assert.equal(answer.status, 403);
    assert.match(String(answer.json().detail), refused);
  }
  const opened: [string, string, unknown, string[]][] = [
    ['/api/v1/entities/', 'list', {}, ['Investigation.read', 'Investigation.manage']],
    ['/api/v1/subnet/', 'list', {}, ['Investigation.read', 'Investigation.manage', 'Settings.read', 'Settings.manage']],
    ['/api/subnet/create_rule/', 'create', undefined, ['Investigation.manage', 'Settings.manage']],
  ];
  for (const [path, kind, body, names] of opened) {
    for (const role of everything) {
      const answer = await call([role], path, kind === 'create' ? rule(role) : body);
      assert.equal(answer.status, names.includes(role) ? 200 : 403, `${role} ${path} ${answer.text}`);
      if (answer.status === 403) assert.match(String(answer.json().detail), refused);
    }
  }
});

test('a narrowed token opens only what it was narrowed to', async () => {
  const { tenant } = await makeStory(server.services);
  const person = await makePerson(server, tenant, 'security-administrator');
  const paths = {
    'Entities.read': '/api/v1/entities/',
    'Files.read': '/api/v1/files/',
    'Subnets.read': '/api/v1/subnet/',
  };
  for (const permission of Object.keys(paths)) {
    const { value: token } = await makeToken(server, person, { permissions: [permission] });
    for (const [needed, path] of Object.entries(paths)) {
      const answer = await server.request(path, { token });
      assert.equal(answer.status, needed === permission ? 200 : 403, `${permission} ${path}`);
    }
    const change = await server.request('/api/v1/subnet/create_rule/', { token, body: rule('narrow') });
    assert.equal(change.status, 403);
  }
});
