// What the settings pages ask for: short lists in pages, what a token may be given, kinds of logs, a data source's parser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Tenant } from '../src/directory/tenants.ts';
import { makeTenant } from './support/accounts.ts';
import { makePerson, type Person, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let tenant: Tenant;
let administrator: Person;
before(async () => {
  server = await startTestServer();
  tenant = await makeTenant(server.services);
  administrator = await makePerson(server, tenant, 'global-administrator');
});
after(() => server.dispose());

const call = (person: Pick<Person, 'session'>, path: string, options: { method?: string; body?: unknown } = {}) =>
  server.request(`/management/v1${path}`, { session: person.session, ...options });
interface List {
  items: { name: string }[];
  total: number;
}
async function names(path: string): Promise<string[]> {
  const answer = await call(administrator, path);
  assert.equal(answer.status, 200, answer.text);
  return answer.json<List>().items.map(({ name }) => name);
}

test('SIEM agents and log collectors come in pages, searched, ordered and by state; all of them without a wish', async () => {
  for (const [name, remoteHost] of [
    ['b', 'one.example'],
    ['a', 'two.example'],
    ['c', 'one.example'],
  ]) {
    assert.equal(
      (await call(administrator, '/siem-agents', { body: { name, remoteHost, remotePort: 514 } })).status,
      201,
    );
    assert.equal((await call(administrator, '/log-collectors', { body: { name } })).status, 201);
  }
  assert.deepEqual(await names('/siem-agents'), ['a', 'b', 'c']);
  assert.deepEqual(await names('/siem-agents?search=ONE.&sort=name&direction=desc'), ['c', 'b']);
  assert.deepEqual(await names('/siem-agents?status=connected'), []);
  assert.deepEqual(await names('/log-collectors?sort=name&skip=1&limit=1'), ['b']);
  assert.equal((await call(administrator, '/log-collectors?limit=1')).json<List>().total, 3);
  for (const path of ['/siem-agents?sort=secret', '/log-collectors?limit=0', '/discovery/data-sources?status=x']) {
    assert.equal((await call(administrator, path)).status, 400, path);
  }
});

test('what a token may be given is what the person has, also by a role that is not activated', async () => {
  const { permissions, rotationOverlapSecondsMax } = (await call(administrator, '/api-tokens/choices')).json<{
    permissions: string[];
    rotationOverlapSecondsMax: number;
  }>();
  assert.ok(permissions.includes('Investigation.manage'));
  assert.ok(!permissions.includes('Tenants.manage'), 'only what API tokens can have');
  assert.equal(rotationOverlapSecondsMax, server.services.config.rotationOverlapSecondsMax);
  const reader = await makePerson(server, tenant, 'security-reader');
  const narrow = (await call(reader, '/api-tokens/choices')).json<{ permissions: string[] }>().permissions;
  assert.ok(narrow.includes('Investigation.read') && !narrow.includes('Investigation.manage'));
  const nobody = await makePerson(server, tenant);
  assert.deepEqual((await call(nobody, '/api-tokens/choices')).json<{ permissions: string[] }>().permissions, []);
  assert.equal((await call(reader, '/api-tokens/choices', { body: {} })).status, 405);
  assert.equal((await server.request('/management/v1/api-tokens/choices')).status, 401);
});

test('kinds of logs are listed, and the parser of a data source is for those who may change it, of the same tenant', async () => {
  const kinds = (await call(administrator, '/discovery/log-kinds')).json<{
    items: { name: string; title: string; isSyslog: boolean }[];
  }>().items;
  assert.deepEqual(
    kinds.find(({ name }) => name === 'SQUID_SYSLOG'),
    { name: 'SQUID_SYSLOG', title: 'Squid, common log format (syslog)', isSyslog: true },
  );
  const reader = await makePerson(server, tenant, 'security-reader');
  assert.equal((await call(reader, '/discovery/log-kinds')).json<List>().total, kinds.length);
  assert.equal((await server.request('/management/v1/discovery/log-kinds')).status, 401);
  assert.equal((await server.request('/management/v1/discovery/log-kinds', { token: 'nonsense' })).status, 401);
  const customParser = {
    ...{ type: 'csv', name: 'Branch', delimiter: ',', timestampColumn: 'When', timestampFormat: 'd/M/yyyy HH:mm:ss' },
    ...{ sourceIpColumn: 'Client', destinationUrlColumn: 'URL' },
  };
  const made = await call(administrator, '/discovery/data-sources', {
    body: { name: 'branch', source: 'CUSTOM_PARSER', customParser },
  });
  const { id } = made.json<{ id: string }>();
  await call(administrator, '/discovery/data-sources', { body: { name: 'asa', source: 'CISCO_ASA' } });
  assert.deepEqual(await names('/discovery/data-sources?sort=name'), ['asa', 'branch']);
  assert.deepEqual(await names('/discovery/data-sources?source=CISCO_ASA'), ['asa']);

  const path = `/discovery/data-sources/${id}/custom-parser`;
  const answer = await call(administrator, path);
  assert.equal(answer.status, 200, answer.text);
  assert.partialDeepStrictEqual(answer.json(), customParser);
  assert.equal((await call(await makePerson(server, tenant, 'security-reader'), path)).status, 403);
  const stranger = await makePerson(server, await makeTenant(server.services), 'global-administrator');
  assert.equal((await call(stranger, path)).status, 404);
  assert.equal((await call(administrator, '/discovery/data-sources/nothing/custom-parser')).status, 404);
  assert.equal((await server.request(`/management/v1${path}`)).status, 401);
});

test('webhooks, recipients of mail and watchlists come in pages, searched and ordered; all of them without a wish', async () => {
  for (const name of ['b', 'a', 'c']) {
    const webhook = { name, url: `https://${name}.receiver.example/hook`, events: ['alert.created'] };
    assert.equal((await call(administrator, '/webhooks', { body: webhook })).status, 201);
    const recipient = { address: `${name}@mail.example`, alerts: 'high' };
    assert.equal((await call(administrator, '/mail-recipients', { body: recipient })).status, 201);
    const path = `/management/v1/watchlists/${name}?searchKey=Machine`;
    const headers = { 'content-type': 'text/csv' };
    const put = await server.request(path, {
      ...{ session: administrator.session, method: 'PUT', headers },
      body: `Machine\n${'srv\n'.repeat(name.charCodeAt(0))}`,
    });
    assert.equal(put.status, 201, put.text);
  }
  assert.deepEqual(await names('/webhooks'), ['a', 'b', 'c']);
  assert.deepEqual(await names('/webhooks?sort=url&direction=desc&limit=2'), ['c', 'b']);
  assert.deepEqual(await names('/webhooks?search=B.RECEIVER'), ['b']);
  assert.deepEqual(await names('/webhooks?isEnabled=false'), []);
  const addresses = async (path: string) =>
    (await call(administrator, path)).json<{ items: { address: string }[] }>().items.map(({ address }) => address);
  assert.deepEqual(await addresses('/mail-recipients?sort=address&direction=desc&skip=2'), ['a@mail.example']);
  const aliases = async (path: string) =>
    (await call(administrator, path)).json<{ items: { alias: string }[] }>().items.map(({ alias }) => alias);
  assert.deepEqual(await aliases('/watchlists?sort=rowCount&direction=desc'), ['c', 'b', 'a']);
  for (const path of ['/webhooks?sort=secret', '/mail-recipients?limit=0', '/watchlists?isEnabled=true']) {
    assert.equal((await call(administrator, path)).status, 400, path);
  }
});

test('a token of an agent is made anew, and the agent deleted, under its own kind only', async () => {
  const made = await call(administrator, '/siem-agents', {
    body: { name: 'kind', remoteHost: 'siem.example', remotePort: 514 },
  });
  const { id } = made.json<{ agent: { id: string } }>().agent;
  for (const [method, path] of [
    ['POST', `/log-collectors/${id}/regenerate`],
    ['DELETE', `/log-collectors/${id}`],
  ] as const) {
    assert.equal((await call(administrator, path, { method })).status, 404, path);
  }
  assert.equal((await call(administrator, `/siem-agents/${id}/regenerate`, { method: 'POST' })).status, 200);
  assert.equal((await call(administrator, `/siem-agents/${id.toUpperCase()}`, { method: 'DELETE' })).status, 204);
  assert.equal((await call(administrator, `/siem-agents/${id}`, { method: 'DELETE' })).status, 404);
});
