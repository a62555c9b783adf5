// Signing in and out on the pages, as a browser without script goes through them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { minuteMs, secondMs } from '../src/lib/clock.ts';
import { makeUser, testPassword } from './support/accounts.ts';
import {
  authorizePath,
  enrolSecondFactor,
  makeStage,
  PageReader,
  redirectOf,
  redirectUri,
  signedIn,
} from './support/pages.ts';
import { signIn as signInByCall, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { signInFailuresPerAddressMax: 10_000 } });
});
after(() => server.dispose());

test('a wrong name, a wrong password, a disabled tenant member and an unknown tenant all read the same', async () => {
  const stage = await makeStage(server);
  const texts = new Set<string>();
  for (const [userName, password] of [
    [stage.member.userName, 'wrong password'],
    [`nobody@${stage.guest.slug}.example`, testPassword],
    ['ada@elsewhere.example', testPassword],
    ['"><script>', testPassword],
  ] as const) {
    const reader = new PageReader(server);
    await reader.get(authorizePath(stage));
    const answer = await reader.submit({ userName, password });
    assert.equal(answer.status, 401);
    assert.ok(!answer.text.includes(testPassword) && !answer.text.includes('<script'));
    texts.add(/<div class="problem".*?<\/div>/s.exec(answer.text)?.[0] ?? '');
    assert.equal(reader.cookies.has('__Host-sallyport-sign-in'), false);
  }
  assert.equal(texts.size, 1);
});

test('somebody of another tenant cannot sign in at a tenant’s own endpoint', async () => {
  const stage = await makeStage(server);
  const reader = await signedIn(server, stage);
  const page = await reader.get(authorizePath(stage, {}, stage.home.id));
  assert.equal(page.status, 200);
  assert.match(page.text, /name="password"/);
  assert.equal((await reader.signIn(stage.member)).status, 401);
});

test('on a tenant’s own host there is no other tenant, and its own people sign in', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server, server.tenantHost(stage.guest.slug));
  assert.match((await reader.get(authorizePath(stage, {}, stage.home.id))).text, /AADSTS90002/);
  const stranger = await makeUser(server.services, stage.home);
  await reader.get(authorizePath(stage));
  assert.equal((await reader.signIn(stranger)).status, 401);
  assert.equal((await reader.signIn(stage.member)).status, 200);
  const { values } = redirectOf(await reader.submit({ decision: 'accept' }));
  assert.equal(values.get('iss'), `https://${server.tenantHost(stage.guest.slug)}/${stage.guest.id}/v2.0`);
});

test('a second factor is asked for, a wrong code is told, and a right one or a recovery code goes on', async () => {
  const stage = await makeStage(server);
  const { code, recoveryCodes } = await enrolSecondFactor(server, stage.member);
  const reader = new PageReader(server);
  await reader.get(authorizePath(stage));
  const asked = await reader.signIn(stage.member);
  assert.equal(asked.status, 200);
  assert.match(asked.text, /autocomplete="one-time-code"/);
  assert.ok(!asked.text.includes(testPassword), 'The password goes along sealed only.');
  const wrong = await reader.submit({ code: '000000' });
  assert.equal(wrong.status, 401);
  assert.match(wrong.text, /id="code"[^>]*aria-invalid="true"/);
  assert.equal((await reader.submit({ code: code() })).status, 200);
  redirectOf(await reader.submit({ decision: 'accept' }));

  const other = new PageReader(server);
  await other.get(authorizePath(stage));
  await other.signIn(stage.member);
  redirectOf(await other.submit({ code: ` ${recoveryCodes[0]?.toUpperCase()} ` }));
});

test('a one-time password has to be changed on the way', async () => {
  const stage = await makeStage(server);
  const user = await makeUser(server.services, stage.guest, { mustChangePassword: true });
  const reader = new PageReader(server);
  await reader.get(authorizePath(stage));
  assert.match((await reader.signIn(user)).text, /autocomplete="new-password"/);
  const differ = await reader.submit({ newPassword: 'ferry cobalt meadow', repeat: 'ferry cobalt' });
  assert.match(differ.text, /id="repeat"[^>]*aria-invalid="true"/);
  const same = await reader.submit({ newPassword: testPassword, repeat: testPassword });
  assert.equal(same.status, 400);
  assert.match(same.text, /id="newPassword"[^>]*aria-invalid="true"/);
  const answer = await reader.submit({ newPassword: 'ferry cobalt meadow', repeat: 'ferry cobalt meadow' });
  assert.equal(answer.status, 200, answer.text);
  redirectOf(await reader.submit({ decision: 'accept' }));
});

test('too many wrong passwords lock the account on the page as everywhere', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  await reader.get(authorizePath(stage));
  for (let attempt = 0; attempt < 10; attempt++) await reader.signIn(stage.member, 'wrong password');
  const locked = await reader.signIn(stage.member);
  assert.equal(locked.status, 429);
  assert.ok(Number(locked.headers['retry-after']) > 0);
  assert.match(locked.text, /Wait 15 minutes/);
});

test('several people at one browser choose, hints choose for them, and prompt=none cannot', async () => {
  const stage = await makeStage(server);
  const other = await makeUser(server.services, stage.guest);
  const reader = await signedIn(server, stage);
  await reader.get(authorizePath(stage, { prompt: 'login' }));
  await reader.signIn(other);
  if (reader.page?.text.includes('value="accept"')) await reader.submit({ decision: 'accept' });
  const chooser = await reader.get(authorizePath(stage));
  assert.ok(chooser.text.includes(stage.member.userName) && chooser.text.includes(other.userName));
  assert.equal(
    redirectOf(await reader.get(authorizePath(stage, { prompt: 'none' }))).values.get('error'),
    'interaction_required',
  );
  const hinted = await reader.get(
    authorizePath(stage, { login_hint: other.userName, client_info: '1', prompt: 'none' }),
  );
  const info = redirectOf(hinted).values.get('client_info') ?? '';
  assert.equal(JSON.parse(Buffer.from(info, 'base64url').toString()).uid, other.id);
  await reader.get(authorizePath(stage, { client_info: '1' }));
  const value = new RegExp(`value="([0-9a-f-]{36})"><strong>${stage.member.displayName}`).exec(
    reader.page?.text ?? '',
  )?.[1];
  const chosen = redirectOf(await reader.submit({ account: value ?? '' }));
  const uid = JSON.parse(Buffer.from(chosen.values.get('client_info') ?? '', 'base64url').toString()).uid;
  assert.equal(uid, stage.member.id);
  const unknown = await reader.get(authorizePath(stage, { login_hint: `new@${stage.guest.slug}.example` }));
  assert.match(unknown.text, /name="password"/);
  assert.ok(unknown.text.includes(`value="new@${stage.guest.slug}.example"`));
});

test('one account is asked about only with prompt=select_account, and a sixth puts the first out', async () => {
  const stage = await makeStage(server);
  const reader = await signedIn(server, stage);
  assert.match((await reader.get(authorizePath(stage, { prompt: 'select_account' }))).text, /name="account"/);
  const people = [];
  for (let count = 0; count < 5; count++) {
    const user = await makeUser(server.services, stage.guest);
    people.push(user);
    await reader.get(authorizePath(stage, { prompt: 'login' }));
    await reader.signIn(user);
  }
  const list = (await reader.get(authorizePath(stage, { prompt: 'select_account' }))).text;
  assert.ok(people.every((user) => list.includes(user.userName)));
  assert.ok(!list.includes(stage.member.userName));
});

test('prompt=login and max_age ask for the password again; an older sign-in that is young enough does not', async () => {
  const stage = await makeStage(server);
  const reader = await signedIn(server, stage);
  assert.match((await reader.get(authorizePath(stage, { prompt: 'login' }))).text, /name="password"/);
  const { db } = server.services.store;
  const sessions = await db.selectFrom('sessions').select('id').where('userId', '=', stage.member.id).execute();
  for (const { id } of sessions) {
    const evaded = await reader.submit({ account: id }, '/sign-in/account');
    assert.match(evaded.text, /name="password"/, 'An account that is signed in already will not do.');
  }
  redirectOf(await reader.signIn(stage.member));
  redirectOf(await reader.get(authorizePath(stage, { max_age: '10000' })));
  server.services.testClock.advance(20 * secondMs);
  assert.match((await reader.get(authorizePath(stage, { max_age: '10' }))).text, /name="password"/);
  assert.equal(
    redirectOf(await reader.get(authorizePath(stage, { max_age: '10', prompt: 'none' }))).values.get('error'),
    'login_required',
  );
  redirectOf(await reader.signIn(stage.member));
  redirectOf(await reader.get(authorizePath(stage, { max_age: '10' })));
  assert.match((await reader.get(authorizePath(stage, { max_age: '0' }))).text, /name="password"/);
});

test('the language can be changed in the middle, and nothing is lost', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  assert.match((await reader.get(authorizePath(stage, { ui_locales: 'xx fr-CA' }))).text, /<html lang="fr">/);
  assert.match((await reader.submit({ lang: 'ja' }, '/sign-in/language')).text, /<html lang="ja">/);
  assert.match((await reader.signIn(stage.member)).text, /<html lang="ja">/);
  assert.match((await reader.submit({ lang: 'ko' }, '/sign-in/language')).text, /<html lang="ko">/);
  redirectOf(await reader.submit({ decision: 'accept' }));
});

test('a form is worth nothing from another site, in another browser, altered, or too late', async () => {
  const stage = await makeStage(server);
  const reader = new PageReader(server);
  await reader.get(authorizePath(stage));
  const transaction = /name="transaction" value="([^"]+)"/.exec(reader.page?.text ?? '')?.[1] ?? '';
  const values = { transaction, userName: stage.member.userName, password: testPassword };
  const abroad = await reader.postFromAbroad('/sign-in/password', values);
  assert.equal(abroad.status, 403);
  assert.equal((await new PageReader(server).post('/sign-in/password', values)).status, 400);
  const stranger = new PageReader(server);
  await stranger.get(authorizePath(stage));
  assert.equal((await stranger.post('/sign-in/password', values)).status, 400);
  for (let at = 0; at < transaction.length; at += 97) {
    const altered = transaction.slice(0, at) + (transaction[at] === 'A' ? 'B' : 'A') + transaction.slice(at + 1);
    assert.equal((await reader.post('/sign-in/password', { ...values, transaction: altered })).status, 400);
  }
  assert.equal((await reader.post('/sign-in/password', {})).status, 400);
  assert.equal(reader.cookies.has('__Host-sallyport-sign-in'), false);
  server.services.testClock.advance(31 * minuteMs);
  assert.equal((await reader.post('/sign-in/password', values)).status, 400);
});

test('the session of the sign-in pages opens no API', async () => {
  const stage = await makeStage(server);
  const reader = await signedIn(server, stage, stage.admin);
  const value = reader.cookies.get('__Host-sallyport-sign-in') ?? '';
  assert.match(value, /^\w{48}$/);
  for (const headers of [{ cookie: `__Host-sallyport-session=${value}` }, { authorization: `Bearer ${value}` }]) {
    assert.equal((await server.request('/management/v1/session', { headers })).status, 401);
  }
});

test('signing out asks first, ends the session in the store, and leads back only to a registered address', async () => {
  const stage = await makeStage(server);
  const reader = await signedIn(server, stage);
  const kept = new Map(reader.cookies);
  const logout = (values: Record<string, string>) => `/common/oauth2/v2.0/logout?${new URLSearchParams(values)}`;
  const back = { client_id: stage.appId, post_logout_redirect_uri: redirectUri, state: 's t' };
  assert.match((await reader.get(logout(back))).text, /action="\/sign-in\/sign-out"/);
  redirectOf(await reader.get(authorizePath(stage)));
  await reader.get(logout({ ...back, post_logout_redirect_uri: 'https://evil.example/' }));
  assert.equal((await reader.submit()).status, 200);
  assert.equal(reader.cookies.has('__Host-sallyport-sign-in'), false);
  for (const [name, value] of kept) reader.cookies.set(name, value);
  assert.match((await reader.get(authorizePath(stage))).text, /name="password"/);
  await reader.signIn(stage.member);
  await reader.get(logout(back));
  const { to, values } = redirectOf(await reader.submit());
  assert.equal(to, redirectUri);
  assert.equal(values.get('state'), 's t');
  const nobody = await reader.get(logout({ post_logout_redirect_uri: redirectUri }));
  assert.equal(nobody.status, 200);
});

test('an account that is disabled is not signed in any more', async () => {
  const stage = await makeStage(server);
  const reader = await signedIn(server, stage);
  const session = await signInByCall(server, stage.admin);
  const disabled = await server.request(`/management/v1/users/${stage.member.id}/disable`, {
    method: 'POST',
    session,
  });
  assert.ok(disabled.status < 300, disabled.text);
  assert.match((await reader.get(authorizePath(stage))).text, /name="password"/);
});
