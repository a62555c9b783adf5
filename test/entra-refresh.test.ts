// grant_type=refresh_token: rotation, reuse, the moment of grace, and what ends a sign-in.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { NewApplication } from '../src/applications/registrations.ts';
import { updateApplication } from '../src/applications/registrations.ts';
import { replacedGraceMs } from '../src/authorizations/refresh-tokens.ts';
import { changeUserLife, endUserSessions, resetPassword } from '../src/directory/users.ts';
import { dayMs, hourMs, secondMs } from '../src/lib/clock.ts';
import {
  askToken,
  assertError,
  claimsOf,
  makeApp,
  makeCode,
  mtp,
  mtpDefault,
  post,
  type Registered,
  redemption,
  spaRedirectUri,
  type TokenBody,
  tokensOf,
  verifier,
} from './support/entra.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.dispose());

interface SignedIn extends Registered {
  readonly tokens: TokenBody;
}

async function signIn(change: Partial<NewApplication> = {}): Promise<SignedIn> {
  const app = await makeApp(server, change);
  const tokens = tokensOf(await askToken(server, app.tenant, redemption(app, await makeCode(server, app))));
  return { ...app, tokens };
}

function renewal(app: Registered, token: string, change: Record<string, string | undefined> = {}) {
  return {
    grant_type: 'refresh_token',
    client_id: app.appId,
    client_secret: app.secret,
    refresh_token: token,
    ...change,
  };
}

const renew = (app: Registered, token: string, change: Record<string, string | undefined> = {}) =>
  askToken(server, app.tenant, renewal(app, token, change));

test('each use gives a new token; what is not named is what was authorized', async () => {
  const app = await signIn();
  const next = tokensOf(await renew(app, app.tokens.refresh_token));
  assert.notEqual(next.refresh_token, app.tokens.refresh_token);
  const before = claimsOf(app.tokens.access_token);
  const after = claimsOf(next.access_token);
  assert.deepEqual(
    [after.scp, after.sub, after.auth_time, after.slp_fam],
    [before.scp, before.sub, before.auth_time, before.slp_fam],
  );
  assert.notEqual(after.uti, before.uti);
  assert.equal(claimsOf(next.id_token).nonce, undefined);
  assert.equal(claimsOf(next.id_token).sub, claimsOf(app.tokens.id_token).sub);
});

test('another API that was consented to is a matter of the scope; of several the first counts', async () => {
  const app = await signIn();
  const scope = `${mtpDefault} https://graph.microsoft.com/.default openid`;
  const body = tokensOf(await renew(app, app.tokens.refresh_token, { scope }));
  assert.equal(claimsOf(body.access_token).aud, mtp);
  const refused = await renew(app, body.refresh_token, { scope: `${mtp}/Incident.ReadWrite` });
  assert.equal(assertError(refused, 65001, 'invalid_grant', 400).suberror, 'consent_required');
  // The refusal used nothing up, and what is asked in between does not narrow what was authorized.
  assert.equal(claimsOf(tokensOf(await renew(app, body.refresh_token)).access_token).scp, 'Incident.Read');
});

test('silent calls that come together all succeed, with one and the same next token', async () => {
  const app = await signIn();
  const answers = await Promise.all([1, 2, 3, 4].map(() => renew(app, app.tokens.refresh_token)));
  const tokens = answers.map((answer) => tokensOf(answer).refresh_token);
  assert.equal(new Set(tokens).size, 1);
  server.services.testClock.advance(replacedGraceMs);
  const [next = ''] = tokens;
  assert.equal(tokensOf(await renew(app, app.tokens.refresh_token)).refresh_token, next);
  const third = tokensOf(await renew(app, next)).refresh_token;
  // Who comes late hears of what has come of it meanwhile.
  assert.equal(tokensOf(await renew(app, app.tokens.refresh_token)).refresh_token, third);
});

test('a replaced token that comes back later ends the whole family, its access tokens too', async () => {
  const app = await signIn();
  const next = tokensOf(await renew(app, app.tokens.refresh_token));
  server.services.testClock.advance(replacedGraceMs + secondMs);
  assertError(await renew(app, app.tokens.refresh_token), 50173, 'invalid_grant', 400);
  assertError(await renew(app, next.refresh_token), 50173, 'invalid_grant', 400);
  const form = { client_id: app.appId, client_secret: app.secret, token: next.access_token };
  assert.deepEqual((await post(server, `/${app.tenant.id}/oauth2/v2.0/introspect`, form)).json(), { active: false });
});

test('an app that chose so keeps its old tokens, as the documented service does', async () => {
  const app = await signIn({ refreshPolicy: 'entra' });
  tokensOf(await renew(app, app.tokens.refresh_token));
  server.services.testClock.advance(10 * dayMs);
  tokensOf(await renew(app, app.tokens.refresh_token));
});

test('a token ends after so long without use, and lives on with it', async () => {
  const app = await signIn();
  const idleMs = server.services.config.refreshTokenIdleDays * dayMs;
  server.services.testClock.advance(idleMs - secondMs);
  const next = tokensOf(await renew(app, app.tokens.refresh_token));
  server.services.testClock.advance(idleMs - secondMs);
  const last = tokensOf(await renew(app, next.refresh_token));
  server.services.testClock.advance(idleMs);
  assertError(await renew(app, last.refresh_token), 700082, 'invalid_grant', 400);
});

test("a page's token lives for the day of its sign-in, however often it is renewed", async () => {
  const app = await makeApp(server);
  const codeChallenge = createHash('sha256').update(verifier).digest('base64url');
  const code = await makeCode(server, app, { redirectUri: spaRedirectUri, redirectKind: 'spa', codeChallenge });
  const headers = { origin: 'https://page.example' };
  const open = { client_secret: undefined };
  const form = redemption(app, code, { ...open, redirect_uri: spaRedirectUri, code_verifier: verifier });
  const first = tokensOf(await askToken(server, app.tenant, form, { headers }));
  server.services.testClock.advance(23 * hourMs);
  const next = tokensOf(await askToken(server, app.tenant, renewal(app, first.refresh_token, open), { headers }));
  assertError(await renew(app, next.refresh_token, open), 9002327, 'invalid_request', 400);
  server.services.testClock.advance(hourMs);
  const late = await askToken(server, app.tenant, renewal(app, next.refresh_token, open), { headers });
  assertError(late, 700084, 'invalid_grant', 400);
});

test('a token is bound to its client, its tenant and to having a secret', async () => {
  const app = await signIn();
  const other = await signIn();
  const token = app.tokens.refresh_token;
  assertError(await renew(other, token), 70000, 'invalid_grant', 400);
  assertError(await askToken(server, app.homeTenant, renewal(app, token)), 70000, 'invalid_grant', 400);
  assertError(await renew(app, token, { client_secret: undefined }), 7000218, 'invalid_client', 401);
  assertError(await renew(app, token, { client_secret: 'wrong' }), 7000215, 'invalid_client', 401);
  assertError(await renew(app, `${token.slice(0, -1)}_`), 70000, 'invalid_grant', 400);
  assertError(await renew(app, 'x'), 70000, 'invalid_grant', 400);
  tokensOf(await askToken(server, 'common', renewal(app, token)));
});

test('a new password, and an end of all sessions, end what was signed in before', async () => {
  for (const act of [resetPassword, endUserSessions]) {
    const app = await signIn();
    const code = await makeCode(server, app);
    server.services.testClock.advance(secondMs);
    await act(app.admin, app.user.id);
    assertError(await renew(app, app.tokens.refresh_token), 50173, 'invalid_grant', 400);
    const form = { client_id: app.appId, client_secret: app.secret, token: app.tokens.access_token };
    assert.deepEqual((await post(server, `/${app.tenant.id}/oauth2/v2.0/introspect`, form)).json(), { active: false });
    assert.notEqual((await askToken(server, app.tenant, redemption(app, code))).status, 200);
  }
});

test('a disabled account is told so', async () => {
  const app = await signIn();
  await changeUserLife(app.admin, app.user.id, 'disable');
  assertError(await renew(app, app.tokens.refresh_token), 50057, 'invalid_grant', 400);
  await changeUserLife(app.admin, app.user.id, 'enable');
  assertError(await renew(app, app.tokens.refresh_token), 50173, 'invalid_grant', 400);
});

test('what the app may do is asked anew at each renewal', async () => {
  const app = await signIn();
  await updateApplication(app.home, app.appId, { signInAudience: 'AzureADMyOrg' });
  assertError(await renew(app, app.tokens.refresh_token), 700016, 'unauthorized_client', 400);
});
