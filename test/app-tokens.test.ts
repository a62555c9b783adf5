// Access tokens of apps on the surfaces that take them: what each opens, and how each surface refuses what it does not
// take, in its own shape.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { revokeAllGrants } from '../src/applications/grants.ts';
import { makeUser } from './support/accounts.ts';
import { appToken, makeStory, mtp, type Story, userToken } from './support/bearers.ts';
import { incidentLines } from './support/incidents.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

const cloudApps = '05a65629-4c1b-48c1-a78b-804c4abdd4af';
const activities = '/api/v1/activities/';
const incidents = '/api/incidents';

let server: TestServer;
let story: Story;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 10_000 } });
  story = await makeStory(server.services, [
    { resource: mtp, roles: ['Incident.Read.All'], scopes: ['Incident.Read'] },
    { resource: cloudApps, roles: ['Investigation.read'], scopes: ['Investigation.read'] },
  ]);
});
after(() => server.dispose());

interface DefenderError {
  readonly error: { readonly code: string; readonly message: string; readonly target: string };
}
interface CloudAppsError {
  readonly detail: string;
}

const call = (path: string, token: string) => server.request(path, { headers: { authorization: `Bearer ${token}` } });

function cloudAppsToken(of: Story = story): Promise<string> {
  return appToken(server.services, of, {
    audience: cloudApps,
    app: { servicePrincipalId: of.principalId, roles: ['Investigation.read'] },
  });
}

test("an app's token opens the surface of its audience, under either of our names for it", async () => {
  const ofMtp = await appToken(server.services, story);
  assert.equal((await call(incidents, ofMtp)).status, 200);
  assert.equal((await call(activities, await cloudAppsToken())).status, 200);
  assert.equal((await call(`/cas${activities}`, await cloudAppsToken())).status, 200);
  for (const audience of [
    'https://api.securitycenter.microsoft.com',
    'https://security.microsoft.com/mtp/',
    'https://securitycenter.onmicrosoft.com/windowsatpservice',
  ])
    assert.equal((await call(incidents, await appToken(server.services, story, { audience }))).status, 200, audience);
});

test('a token of another family is refused with both audiences named, in the shape of each surface', async () => {
  const onDefender = await call(incidents, await cloudAppsToken());
  assert.equal(onDefender.status, 401);
  const { error } = onDefender.json<DefenderError>();
  assert.equal(error.code, 'Unauthorized');
  assert.match(error.message, new RegExp(`${cloudApps}.*https://api\\.security\\.microsoft\\.com`));
  const onCloudApps = await call(activities, await appToken(server.services, story));
  assert.equal(onCloudApps.status, 401);
  const { detail } = onCloudApps.json<CloudAppsError>();
  assert.match(detail, new RegExp(`https://api\\.security\\.microsoft\\.com.*${cloudApps}`));
  const admin = await makePerson(server, story.tenant, 'security-administrator');
  const explained = await server.request(`/management/v1/explanations/${error.target}`, { session: admin.session });
  assert.equal(explained.json<{ code: string }>().code, 'wrong-audience', explained.text);
});

test('a permission that the token lacks is named', async () => {
  const limited = await makeStory(server.services, [
    { resource: mtp, roles: ['AdvancedHunting.Read.All'], scopes: [] },
  ]);
  const app = { servicePrincipalId: limited.principalId, roles: ['AdvancedHunting.Read.All'] };
  const answer = await call(incidents, await appToken(server.services, limited, { app }));
  assert.equal(answer.status, 403, answer.text);
  const { error } = answer.json<DefenderError>();
  assert.equal(error.code, 'Forbidden');
  assert.match(error.message, /Incident\.Read\.All/);
});

test("with a person's token, the app's scope and the person's own roles both have to reach", async () => {
  const { services } = server;
  const reader = await makeUser(services, story.tenant, { role: 'security-reader' });
  const nobody = await makeUser(services, story.tenant);
  const token = (user: typeof reader, audience: string, scope: string) =>
    userToken(services, story, user, {
      audience,
      user: {
        ...{ userId: user.id, userName: user.userName, displayName: user.displayName, subject: 'pairwise' },
        scopes: [scope],
        authTime: services.clock(),
        amr: ['pwd', 'mfa'],
      },
    });
  assert.equal((await call(incidents, await token(reader, mtp, 'Incident.Read'))).status, 200);
  assert.equal((await call(activities, await token(reader, cloudApps, 'Investigation.read'))).status, 200);
  const withoutRole = await call(incidents, await token(nobody, mtp, 'Incident.Read'));
  assert.equal(withoutRole.status, 403);
  assert.match(withoutRole.json<DefenderError>().error.message, /Incident\.Read\.All/);
  const refused = await call(activities, await token(nobody, cloudApps, 'Investigation.read'));
  assert.equal(refused.status, 403);
  assert.match(refused.json<CloudAppsError>().detail, /Activities\.read/);
  // The reader may read incidents, but this token's scope was never consented to.
  const withoutScope = await call(incidents, await token(reader, mtp, 'AdvancedHunting.Read'));
  assert.equal(withoutScope.status, 403, withoutScope.text);
});

test('what is consented ends with the next call, and no other tenant is reached', async () => {
  const own = await makeStory(server.services);
  const owner = await makePerson(server, own.tenant, 'security-administrator');
  const headers = { 'content-type': 'application/json' };
  const sent = { session: owner.session, headers, body: incidentLines(2) };
  assert.equal((await server.request('/management/v1/ingest/incidents', sent)).status, 200);
  const token = await appToken(server.services, own);
  const list = () => call(incidents, token);
  assert.equal((await list()).json<{ value: unknown[] }>().value.length, 2);
  const elsewhere = await server.request(incidents, {
    host: server.tenantHost(story.tenant.slug),
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(elsewhere.status, 401);
  await revokeAllGrants(own.admin, own.appId);
  assert.equal((await list()).status, 403);
});

test('an expired token is told so', async () => {
  const token = await appToken(server.services, story, { nowMs: server.services.clock() - 7_200_000 });
  const answer = await call(incidents, token);
  assert.equal(answer.status, 401);
  assert.match(answer.json<DefenderError>().error.message, /expired|ended/i);
});
