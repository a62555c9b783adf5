// Requests of clients that do not run here, byte for byte as their published sources build them: ADAL.NET 3, MSAL.NET 4,
// PowerShell and curl, under the documented host names.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { claimsOf } from '../support/entra.ts';
import { type ClientStage, incidentCount, openStage } from './stage.ts';

const run = promisify(execFile);

let stage: ClientStage;
before(async () => {
  stage = await openStage({}, { vendorHosts: true });
});
after(() => stage.server.dispose());

const api = 'api.security.microsoft.com';

/** Calls the list of incidents under its documented host name. */
async function listUnder(host: string, token: string): Promise<number> {
  const answer = await stage.server.request('/api/incidents', { host, headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<{ value: unknown[] }>().value.length;
}

test('ADAL.NET 3: instance discovery, then a token of version 1 with its strings, then the call', async () => {
  const { task, server } = stage;
  const host = `login.windows.net:${server.port}`;
  const common = {
    'x-client-SKU': 'PCL.CoreCLR',
    'x-client-Ver': '3.19.8.16603',
    'x-client-CPU': 'X64',
    'x-client-OS': 'Microsoft Windows 10.0.19045',
    'client-request-id': '2f1b2b1a-6a39-4d3a-8f5c-0a4a2a7f9a11',
    'return-client-request-id': 'true',
    accept: 'application/json',
  };
  const endpoint = encodeURIComponent(`https://${host}/${task.tenant}/oauth2/authorize`);
  const discovery = await server.request(
    `/common/discovery/instance?api-version=1.1&authorization_endpoint=${endpoint}`,
    { host, headers: common },
  );
  assert.equal(discovery.status, 200, discovery.text);
  assert.ok(discovery.json().tenant_discovery_endpoint);
  const answer = await server.request(`/${task.tenant}/oauth2/token`, {
    host,
    headers: { ...common, 'content-type': 'application/x-www-form-urlencoded' },
    body: [
      'resource=https%3A%2F%2Fapi.security.microsoft.com',
      `client_id=${task.clientId}`,
      `client_secret=${task.secret}`,
      'grant_type=client_credentials',
    ].join('&'),
  });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers['client-request-id'], common['client-request-id']);
  const body = answer.json<Record<string, string>>();
  assert.deepEqual(
    [body.token_type, body.expires_in, body.ext_expires_in, body.resource],
    ['Bearer', '3599', '3599', 'https://api.security.microsoft.com'],
  );
  assert.match(body.expires_on ?? '', /^\d{10}$/);
  assert.match(body.not_before ?? '', /^\d{10}$/);
  assert.equal(await listUnder(api, body.access_token ?? ''), incidentCount);
});

test('MSAL.NET 4: discovery of the authority, then a token with the audience of its documented sample', async () => {
  const { task, server } = stage;
  const host = `login.microsoftonline.com:${server.port}`;
  const headers = {
    'x-client-SKU': 'MSAL.NetCore',
    'x-client-Ver': '4.66.2.0',
    'x-client-OS': 'Ubuntu 22.04.4 LTS',
    'client-request-id': '6b3f1a52-29c4-4bb6-9a43-4f1f5a0b8a20',
    'return-client-request-id': 'true',
    'x-app-name': 'ListIncidents',
    'x-ms-lib-capability': 'retry-after, h429',
    'x-client-last-telemetry': '5|0|||',
    'x-client-current-telemetry': '5|1004,2,,,|0,1,1,,',
    accept: 'application/json',
  };
  const discovery = await server.request(`/${task.tenant}/v2.0/.well-known/openid-configuration`, { host, headers });
  const { token_endpoint: tokenEndpoint } = discovery.json<{ token_endpoint: string }>();
  assert.equal(tokenEndpoint, `https://${host}/${task.tenant}/oauth2/v2.0/token`);
  const answer = await server.request(new URL(tokenEndpoint).pathname, {
    host,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: [
      `client_id=${task.clientId}`,
      'client_info=1',
      `client_secret=${task.secret}`,
      'scope=https%3A%2F%2Fapi.securitycenter.microsoft.com%2F.default',
      'grant_type=client_credentials',
    ].join('&'),
  });
  assert.equal(answer.status, 200, answer.text);
  const body = answer.json<Record<string, unknown>>();
  assert.deepEqual([body.token_type, body.expires_in, body.ext_expires_in], ['Bearer', 3599, 3599]);
  const token = String(body.access_token);
  assert.deepEqual(claimsOf(token).roles, ['Incident.Read.All']);
  assert.equal(await listUnder(api, token), incidentCount);
});

test("PowerShell's Invoke-RestMethod with a hash table as body, as the documented sample has it", async () => {
  const { task, server } = stage;
  // The sample is a hash table, so its members may come in any order.
  const answer = await server.request(`/${task.tenant}/oauth2/token`, {
    host: 'login.windows.net',
    headers: {
      'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19045; en-US) PowerShell/7.4.6',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: [
      'grant_type=client_credentials',
      `resource=${encodeURIComponent('https://api.security.microsoft.com')}`,
      `client_secret=${task.secret}`,
      `client_id=${task.clientId}`,
    ].join('&'),
  });
  const { access_token: token } = answer.json<{ access_token: string }>();
  const query = `$filter=lastUpdateTime+ge+${encodeURIComponent('2020-12-15T00:00:00Z')}`;
  const list = await server.request(`/api/incidents?${query}`, {
    host: api,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
  });
  assert.equal(list.json<{ value: unknown[] }>().value.length, incidentCount);
});

test('curl, with the scope of the documented partner page', async () => {
  const { task, server } = stage;
  const form = [
    `client_id=${task.clientId}`,
    'scope=https://securitycenter.onmicrosoft.com/windowsatpservice/.default',
    'grant_type=client_credentials',
  ];
  const url = `${server.url}/${task.tenant}/oauth2/v2.0/token`;
  const words = ['--silent', '--show-error', '--cacert', server.caFile ?? '', '-X', 'POST', '-H'];
  const type = 'Content-Type: application/x-www-form-urlencoded';
  const posted = [
    ...words,
    type,
    ...form.flatMap((each) => ['-d', each]),
    '--data-urlencode',
    `client_secret=${task.secret}`,
  ];
  const { stdout } = await run('curl', [...posted, url]);
  const { access_token: token } = JSON.parse(stdout);
  const listed = await run('curl', [
    ...words.slice(0, 4),
    '-H',
    `Authorization: Bearer ${token}`,
    `${server.url}/api/incidents?$top=2`,
  ]);
  assert.equal(JSON.parse(listed.stdout).value.length, 2);
});
