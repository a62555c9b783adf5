// The authorize endpoints, as a browser without script goes through them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { pushRequest } from '../src/authorizations/pushed-requests.ts';
import type { AppId } from '../src/lib/ids.ts';
import {
  authorizePath,
  makeStage,
  PageReader,
  redirectOf,
  redirectUri,
  signedIn,
  signInScopes,
} from './support/pages.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { signInFailuresPerAddressMax: 10_000 } });
});
after(() => server.dispose());

const verifier = 'a-verifier-that-is-long-enough-to-be-one-of-rfc-7636';
const challenge = createHash('sha256').update(verifier).digest('base64url');

test('signing in takes a password and a consent, and ends with a code that the token endpoint redeems', async () => {
  const stage = await makeStage(server, { redirectUris: { publicClient: [redirectUri] }, isPublicClient: true });
  const reader = new PageReader(server);
  const state = 'a b+c%20é&=#"\'<>😀';
  const asked = { state, nonce: 'n', client_info: '1', code_challenge: challenge, code_challenge_method: 'S256' };
  const page = await reader.get(authorizePath(stage, asked));
  assert.equal(page.status, 200);
  assert.ok(page.text.includes('Partner &lt;connector&gt;'));
  const consent = await reader.signIn(stage.member);
  assert.equal(consent.status, 200, consent.text);
  const { to, values } = redirectOf(await reader.submit({ decision: 'accept' }));
  assert.equal(to, redirectUri);
  assert.equal(values.get('state'), state);
  assert.equal(values.get('iss'), `${server.url}/${stage.guest.id}/v2.0`);
  assert.deepEqual(JSON.parse(Buffer.from(values.get('client_info') ?? '', 'base64url').toString()), {
    uid: stage.member.id,
    utid: stage.guest.id,
  });
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: stage.appId,
    code: values.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  const token = await server.request('/common/oauth2/v2.0/token', {
    body: body.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(token.status, 200, token.text);
  const claims = JSON.parse(
    Buffer.from(token.json<{ id_token: string }>().id_token.split('.')[1] ?? '', 'base64url').toString(),
  );
  assert.equal(claims.nonce, 'n');
  assert.equal(claims.oid, stage.member.id);

  // The second time nobody is asked anything.
  assert.ok(redirectOf(await reader.get(authorizePath(stage, asked))).values.get('code'));
});

test('every page is safe from frames, scripts, caches and referrers, and its forms lead to us or to the app only', async () => {
  const stage = await makeStage(server);
  const { headers, text } = await new PageReader(server).get(authorizePath(stage));
  const policy = String(headers['content-security-policy']).split('; ');
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "form-action 'self' https://app.example",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]) {
    assert.ok(policy.includes(rule), rule);
  }
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['cache-control'], 'no-store');
  assert.doesNotMatch(text, /<script|<style|\sstyle=|\son[a-z]+=/);
});

test('a client or redirect URI that is wrong is told on a page, and nobody is sent anywhere', async () => {
  const stage = await makeStage(server, { redirectUris: { web: [redirectUri, `${redirectUri}/two`] } });
  const own = await makeStage(server, { signInAudience: 'AzureADMyOrg' });
  const cases: [string, number][] = [
    [authorizePath(stage, { client_id: null }), 900144],
    [authorizePath(stage, { client_id: 'x' }), 700016],
    [authorizePath(stage, { client_id: '11111111-2222-4333-8444-555555555555' }), 700016],
    [authorizePath(stage, { redirect_uri: null }), 900144],
    [authorizePath(stage, { redirect_uri: 'https://evil.example/' }), 50011],
    [authorizePath(stage, { redirect_uri: `${redirectUri}/` }), 50011],
    [authorizePath(stage, { redirect_uri: `${redirectUri}?x=1` }), 50011],
    [authorizePath(stage, { redirect_uri: redirectUri.toUpperCase() }), 50011],
    [authorizePath(stage, { redirect_uri: 'javascript:alert(1)' }), 50011],
    [authorizePath(stage, { redirect_uri: 'https://evil.example', response_type: 'nonsense' }), 50011],
    [`${authorizePath(stage)}&redirect_uri=https%3A%2F%2Fevil.example`, 9000411],
    [`${authorizePath(stage)}&x=%FF`, 9002313],
    [authorizePath(stage, {}, 'nowhere.example'), 90002],
    [authorizePath(stage, {}, 'not_a_tenant'), 900023],
    [authorizePath(own), 50194],
    [authorizePath(own, {}, own.guest.id), 700016],
    [authorizePath(stage, { request_uri: 'urn:ietf:params:oauth:request_uri:x' }), 9002313],
  ];
  for (const [path, code] of cases) {
    const answer = await new PageReader(server).get(path);
    assert.equal(answer.status, 400, path);
    assert.equal(answer.headers.location, undefined);
    assert.match(String(answer.headers['content-type']), /^text\/html/);
    assert.match(answer.text, new RegExp(`AADSTS${code}:`), path);
  }
});

test('what else is wrong with a request is told to the app, with its state and the issuer', async () => {
  const stage = await makeStage(server, { redirectUris: { web: [redirectUri], spa: [`${redirectUri}/spa`] } });
  const cases: [Record<string, string | null>, string, number][] = [
    [{ response_type: null }, 'invalid_request', 900144],
    [{ response_type: 'token' }, 'unsupported_response_type', 700054],
    [{ response_type: 'id_token', nonce: 'n' }, 'unsupported_response_type', 700054],
    [{ response_type: 'code id_token', nonce: 'n' }, 'unsupported_response_type', 700054],
    [{ response_type: 'none' }, 'unsupported_response_type', 70005],
    [{ response_mode: 'web_message' }, 'invalid_request', 9002313],
    [{ scope: null }, 'invalid_request', 900144],
    [{ resource: 'x' }, 'invalid_request', 901002],
    [{ request: 'x' }, 'request_not_supported', 9002313],
    [{ prompt: 'sometimes' }, 'invalid_request', 9002313],
    [{ prompt: 'none login' }, 'invalid_request', 9002313],
    [{ prompt: 'admin_consent' }, 'invalid_request', 9002313],
    [{ max_age: '-1' }, 'invalid_request', 9002313],
    [{ code_challenge: challenge }, 'invalid_request', 9002313],
    [{ code_challenge: challenge, code_challenge_method: 'plain' }, 'invalid_request', 9002313],
    [{ code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request', 9002313],
    [{ code_challenge_method: 'S256' }, 'invalid_request', 9002313],
    [{ redirect_uri: `${redirectUri}/spa` }, 'invalid_request', 9002325],
    [{ prompt: 'none' }, 'login_required', 50058],
  ];
  for (const [change, error, code] of cases) {
    const answer = await new PageReader(server).get(authorizePath(stage, change, `${stage.guest.slug}.example`));
    const { to, values } = redirectOf(answer);
    assert.equal(to, change.redirect_uri ?? redirectUri);
    assert.equal(values.get('error'), error, JSON.stringify(change));
    assert.match(values.get('error_description') ?? '', new RegExp(`^AADSTS${code}:`));
    assert.equal(values.get('state'), 'st');
    assert.equal(values.get('iss'), `${server.url}/${stage.guest.id}/v2.0`);
    assert.equal(values.get('code'), null);
  }
  for (const [change, error] of [
    [{ scope: 'https://api.security.microsoft.com/Nothing.Such' }, 'invalid_scope'],
    [{ scope: 'https://unknown.example/.default' }, 'invalid_resource'],
    [{ scope: 'https://api.security.microsoft.com/.default User.Read' }, 'invalid_scope'],
  ] as const) {
    const reader = new PageReader(server);
    await reader.get(authorizePath(stage, change));
    assert.equal(redirectOf(await reader.signIn(stage.member)).values.get('error'), error);
  }
});

test('state comes back exactly, whatever it is, in each response mode', async () => {
  const stage = await makeStage(server);
  const reader = await signedIn(server, stage);
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }).filter((text) => !text.includes('\u0000')),
      fc.constantFrom('query', 'fragment'),
      async (state, mode) => {
        const answer = await reader.get(authorizePath(stage, { state, response_mode: mode }));
        assert.equal(redirectOf(answer).values.get('state'), state);
        assert.ok(answer.headers.location?.startsWith(`${redirectUri}${mode === 'query' ? '?' : '#'}`));
      },
    ),
    { numRuns: 60 },
  );
});

test('form_post answers with a form to the redirect URI, and the policy lets it go there only', async () => {
  const stage = await makeStage(server);
  const reader = await signedIn(server, stage);
  const state = '"><script>alert(1)</script>';
  const answer = await reader.get(authorizePath(stage, { response_mode: 'form_post', state }));
  assert.equal(answer.status, 200);
  assert.ok(answer.text.includes(`<form id="answer" method="post" action="${redirectUri}">`));
  assert.ok(answer.text.includes('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"'));
  assert.match(answer.text, /name="code" value="slpac\w+"/);
  assert.match(String(answer.headers['content-security-policy']), /form-action 'self' https:\/\/app\.example;/);
  assert.match(String((await reader.get('/sign-in/form-post.js')).headers['content-type']), /^text\/javascript/);
});

test('a request that an app sends as a form finds the session all the same', async () => {
  const stage = await makeStage(server);
  const reader = await signedIn(server, stage);
  const [path = '', query = ''] = authorizePath(stage, { state: 'a&b=c d' }).split('?');
  const answer = await reader.postFromAbroad(path, Object.fromEntries(new URLSearchParams(query)));
  assert.equal(answer.status, 303);
  assert.equal(
    answer.headers['set-cookie'],
    undefined,
    'Whoever sends this must not take away the cookie of our forms.',
  );
  const { location = '' } = answer.headers;
  assert.ok(location.startsWith(`${path}?`), 'Only to ourselves.');
  assert.equal(redirectOf(await reader.get(location)).values.get('state'), 'a&b=c d');
});

test('programs on a device get their answer at a scheme of their own or at any port of loopback', async () => {
  const change = { isPublicClient: true, redirectUris: { publicClient: ['msal-x://auth', 'http://localhost/cb'] } };
  const stage = await makeStage(server, change);
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' };
  const reader = new PageReader(server);
  await reader.get(authorizePath(stage, { ...pkce, redirect_uri: 'msal-x://auth' }));
  const question = await reader.signIn(stage.member);
  assert.match(String(question.headers['content-security-policy']), /form-action 'self' msal-x:;/);
  assert.equal(redirectOf(await reader.submit({ decision: 'accept' })).to, 'msal-x://auth');
  for (const uri of ['http://localhost:4711/cb', 'http://localhost/cb']) {
    assert.equal(redirectOf(await reader.get(authorizePath(stage, { ...pkce, redirect_uri: uri }))).to, uri);
  }
  for (const uri of [
    'http://localhost:4711/other',
    'http://localhost.evil.example/cb',
    'http://localhost:1@evil.example/cb',
  ]) {
    assert.match((await reader.get(authorizePath(stage, { ...pkce, redirect_uri: uri }))).text, /AADSTS50011/);
  }
  const bare = await reader.get(authorizePath(stage, { redirect_uri: 'msal-x://auth' }));
  assert.equal(redirectOf(bare).values.get('error'), 'invalid_request');
});

test('v1 answers with its own issuer, and asks for what is registered', async () => {
  const stage = await makeStage(server, { requiredAccess: [] });
  const reader = new PageReader(server);
  const query = new URLSearchParams({ client_id: stage.appId, response_type: 'code', redirect_uri: redirectUri });
  await reader.get(`/${stage.guest.id}/oauth2/authorize?${query}`);
  await reader.signIn(stage.member);
  const { values } = redirectOf(await reader.submit({ decision: 'accept' }));
  assert.equal(values.get('iss'), `${server.url}/${stage.guest.id}/`);
  assert.ok(values.get('code'));
});

test('a pushed request is used once, by its client only, and stands for all parameters', async () => {
  const stage = await makeStage(server, { requiresPushedRequests: true });
  const other = await makeStage(server);
  const reader = new PageReader(server);
  assert.match((await reader.get(authorizePath(stage))).text, /AADSTS9002313/);
  const pushed = { response_type: 'code', redirect_uri: redirectUri, scope: signInScopes, state: 'pushed' };
  const uri = await pushRequest(server.services, stage.appId as AppId, pushed);
  const path = (appId: string) =>
    `/common/oauth2/v2.0/authorize?${new URLSearchParams({ client_id: appId, request_uri: uri, state: 'in the query' })}`;
  assert.match((await reader.get(path(other.appId))).text, /AADSTS9002313/);
  assert.match((await reader.get(path(stage.appId))).text, /name="password"/);
  assert.match((await new PageReader(server).get(path(stage.appId))).text, /AADSTS9002313/);
  const uri2 = await pushRequest(server.services, stage.appId as AppId, pushed);
  await reader.get(path(stage.appId).replace(encodeURIComponent(uri), encodeURIComponent(uri2)));
  await reader.signIn(stage.member);
  assert.equal(redirectOf(await reader.submit({ decision: 'accept' })).values.get('state'), 'pushed');
});

test('the landing page for programs and the look-up of errors say what they are for', async () => {
  const reader = new PageReader(server);
  assert.equal((await reader.get('/common/oauth2/nativeclient?code=x')).status, 200);
  assert.match((await reader.get('/error?code=700016')).text, /AADSTS700016/);
  assert.match((await reader.get('/error?code=AADSTS50011')).text, /HTTP 400/);
  const strange = await reader.get(`/error?code=${encodeURIComponent('"><script>')}`);
  assert.equal(strange.status, 200);
  assert.ok(!strange.text.includes('<script'));
  assert.equal((await reader.get('/sign-in/password')).status, 400);
});
