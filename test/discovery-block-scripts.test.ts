// Block scripts through a whole server: the documented call in its three places, the paged JSON, who may have one, the command.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exitCodes } from '../src/cli/exit-codes.ts';
import { blockScriptCommands } from '../src/cli/specs/block-scripts.ts';
import { addAssignment } from '../src/directory/assignments.ts';
import { findRole } from '../src/directory/role-table.ts';
import { appliances } from '../src/discovery/block-scripts/appliances.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { newMachine, signInOn } from './support/machine.ts';
import { makePerson, makeToken, type Person, signIn, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let manager: Person;
let token: string;
const base = '/api/discovery_block_scripts/';

before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000 } });
  manager = await makePerson(server, await makeTenant(server.services), 'cloud-app-security-administrator');
  token = (await makeToken(server, manager)).value;
  const post = async (path: string, body: object) => {
    const answer = await server.request(`/management/v1/discovery/${path}`, { session: manager.session, body });
    assert.ok(answer.status < 300, answer.text);
  };
  const domains = ['bücher.example', 'portal.example.com'];
  await post('custom-apps', { name: 'Own portal', category: 'Collaboration', domains });
  await post('apps/tags', { action: 'add', tag: 'Unsanctioned', apps: ['Miro', 'Own portal'] });
  await post('apps/tags', { action: 'add', tag: 'Sanctioned', apps: ['Box', 'Microsoft Intune'] });
});
after(() => server.dispose());

async function script(query: string, options: object = { token }, path = base): Promise<string> {
  const answer = await server.request(`${path}?${query}`, options);
  assert.equal(answer.status, 200, answer.text);
  assert.match(String(answer.headers['content-type']), /^text\/plain/);
  return answer.text;
}

const banned = ['miro.com', 'portal.example.com', 'realtimeboard.com', 'xn--bcher-kva.example'];

test('unsanctioned apps are banned, with the custom ones, under every path and with the documented name of the file', async () => {
  const lines = banned.map((host) => `url.domain=${host} deny\n`).join('');
  for (const path of [
    base,
    '/api/discovery_block_scripts',
    '/api/v1/discovery_block_scripts/',
    '/cas/api/v1/discovery_block_scripts/',
  ]) {
    assert.equal(await script('format=102&type=banned', { token }, path), lines, path);
  }
  assert.equal(await script('format=102'), lines);
  assert.equal(await script('format=120'), banned.map((host) => `.${host}\n`).join(''));
  const { headers } = await server.request(`${base}?format=102`, { token });
  assert.equal(
    headers['content-disposition'],
    'attachment; filename="2026-11-21_CAS_BlueCoat_ProxySG_block_script.txt"',
  );
});

test('sanctioned apps are allowed, those that can never be blocked among them', async () => {
  const text = await script('format=102&type=allowed');
  assert.match(text, /^url\.domain=box\.com allow$/m);
  assert.match(text, /^url\.domain=intune\.microsoft\.com allow$/m);
  assert.doesNotMatch(text, /deny|miro/);
});

test('every appliance has a script of both types, and an empty one where no app has the tag', async () => {
  const other = await makePerson(server, await makeTenant(server.services), 'cloud-app-security-administrator');
  const stranger = (await makeToken(server, other)).value;
  for (const { id } of appliances) {
    for (const type of ['banned', 'allowed']) {
      assert.match(await script(`format=${id}&type=${type}`), type === 'banned' ? /miro\.com/ : /box\.com/, String(id));
      assert.equal(await script(`format=${id}&type=${type}`, { token: stranger }), '');
    }
  }
  assert.deepEqual((await server.request(base, { token: stranger })).json(), { data: [], hasNext: false });
});

test('without a format the domains come as JSON, one app after the other', async () => {
  const page = async (query: string) => {
    const answer = await server.request(`${base}?${query}`, { token });
    assert.equal(answer.status, 200, answer.text);
    assert.match(String(answer.headers['content-type']), /^application\/json/);
    return answer.json<{ data: { domainList: string[] }[]; hasNext: boolean }>();
  };
  const miro = { domainList: ['miro.com', 'realtimeboard.com'] };
  const own = { domainList: ['portal.example.com', 'xn--bcher-kva.example'] };
  assert.deepEqual(await page('type=banned&limit=50&skip=0'), { data: [miro, own], hasNext: false });
  assert.deepEqual(await page('type=banned&limit=1'), { data: [miro], hasNext: true });
  assert.deepEqual(await page('type=banned&limit=1&skip=1'), { data: [own], hasNext: false });
  assert.deepEqual(await page('skip=2'), { data: [], hasNext: false });
  assert.equal((await page('type=allowed')).data.length, 2);
  assert.equal((await server.request(`${base}?limit=-1`, { token })).status, 400);
});

test('a format or type that is none is refused with those that are', async () => {
  for (const format of ['1', 'x', '102.0', '103', '102;rm']) {
    const answer = await server.request(`${base}?format=${format}`, { token });
    assert.equal(answer.status, 400, format);
    const { detail, field } = answer.json<{ detail: string; field: string }>();
    assert.equal(field, 'format');
    for (const { id, title } of appliances) assert.ok(detail.includes(`${id} (${title})`), detail);
  }
  const answer = await server.request(`${base}?format=102&type=all`, { token });
  assert.equal(answer.status, 400);
  assert.match(answer.json<{ detail: string }>().detail, /banned .* allowed/);
  assert.equal((await server.request(base, { token, method: 'POST', body: {} })).status, 405);
});

test('it takes a token, the right, and all of the reports', async () => {
  assert.equal((await server.request(`${base}?format=102`)).status, 401);
  assert.equal((await server.request(`${base}?format=102`, { token: 'f'.repeat(64) })).status, 401);
  const reader = await makePerson(server, manager.tenant, 'security-reader');
  assert.match(await script('format=102', { session: reader.session }), /miro/);
  const stranger = await makePerson(server, manager.tenant, 'privileged-role-administrator');
  assert.equal((await server.request(`${base}?format=102`, { session: stranger.session })).status, 403);

  const user = await makeUser(server.services, manager.tenant);
  const role = findRole('cloud-discovery-report-administrator');
  assert.ok(role);
  const scope = { instances: [], groupIds: [], reportIds: ['0123456789abcdef01234567'] };
  await server.services.store.change(manager.tenant.id, async (trx) => {
    await addAssignment(server.services, trx, user, { role, kind: 'permanent', scope }, 'test');
  });
  const session = await signIn(server, user);
  for (const path of [`${base}?format=102`, base, '/management/v1/discovery/block-script?format=102']) {
    const answer = await server.request(path, { session });
    assert.equal(answer.status, 403, path);
    assert.match(answer.text, /cover all reports/);
  }
});

test('the command prints a script or writes it to a file', async (context) => {
  const names = blockScriptCommands[0]?.options?.find(({ name }) => name === 'format')?.oneOf;
  assert.deepEqual([...(names ?? [])].sort(), appliances.map(({ name }) => name).sort());
  const machine = newMachine(context);
  const { user } = await makePerson(server, manager.tenant, 'security-reader');
  await signInOn(machine, `http://localhost:${server.port}`, user);
  const run = async (...argv: string[]) => await machine.run(['discovery', 'block-script', ...argv]);
  assert.equal((await run('--format', 'zscaler')).stdout, banned.map((host) => `.${host}\n`).join(''));
  const file = join(machine.folder, 'allowed.txt');
  const written = await run('--format', 'bluecoat', '--type', 'allowed', '--output', file);
  assert.equal(written.exitCode, exitCodes.ok, written.stderr);
  assert.equal(written.stdout, '');
  assert.equal(readFileSync(file, 'utf8'), await script('format=102&type=allowed'));
  const json = (await run('--format', 'zscaler', '--json')).json<{ fileName: string; text: string }>();
  assert.equal(json.fileName, '2026-11-21_CAS_Zscaler_block_script.txt');
  assert.equal((await run()).exitCode, exitCodes.usage);
  assert.equal((await run('--format', 'netgear')).exitCode, exitCodes.usage);
  assert.equal(
    (await run('--format', 'zscaler', '--output', join(machine.folder, 'no', 'x'))).exitCode,
    exitCodes.failed,
  );
});
