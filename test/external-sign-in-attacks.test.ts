// Attacks on signing in through a tenant's own provider, each refused with a code that says which check did it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fastify from 'fastify';
import { decodeJwt, importJWK, type JWTPayload, SignJWT } from 'jose';
import { clientId, clientSecret, type TokenAnswer } from './support/external-provider.ts';
import {
  become,
  begin,
  browse,
  endOf,
  newStage,
  pendingCookie,
  type Stage,
  sessionCookie,
  signInExternally,
  startExternalServer,
} from './support/external-sign-in.ts';
import { freePort } from './support/postgres-server.ts';
import { startNode, type TestServer } from './support/server.ts';

let server: TestServer;
const stages: Stage[] = [];
before(async () => {
  server = await startExternalServer();
});
after(async () => {
  for (const stage of stages) await stage.dispose();
  await server.dispose();
});

async function stageWith(change: Readonly<Record<string, unknown>> = {}): Promise<Stage> {
  const stage = await newStage(server);
  stages.push(stage);
  await stage.set(change);
  return stage;
}

test('a wrong, missing or doubled state signs nobody in', async () => {
  const stage = await stageWith();
  become(stage, 'ada');
  for (const bend of [
    (back: URL) => back.searchParams.set('state', 'x'.repeat(43)),
    (back: URL) => back.searchParams.delete('state'),
    (back: URL) => back.searchParams.append('state', back.searchParams.get('state') ?? ''),
  ]) {
    const ended = await signInExternally(stage, { bend });
    assert.deepEqual([ended.problem, ended.session], ['external-state', undefined]);
  }
});

test('an answer works once, in the browser that asked for it', async () => {
  const stage = await stageWith();
  become(stage, 'bo');
  const begun = await begin(stage);
  const back = await stage.provider.visit(begun.location);
  const path = back.pathname + back.search;
  const jar = new Map(begun.jar);
  const elsewhere = { host: begun.host, jar: new Map<string, string>() };
  assert.equal(endOf(await browse(stage, elsewhere, path), elsewhere.jar).problem, 'external-state');
  const first = endOf(await browse(stage, begun, path), begun.jar);
  assert.equal(first.problem, null);
  assert.equal(begun.jar.get(pendingCookie), undefined);
  // The same answer with the cookie that the browser had before.
  const calls = stage.provider.tokenCalls;
  const second = endOf(await browse(stage, { host: begun.host, jar }, path), jar);
  assert.deepEqual([second.problem, second.session], ['external-state', undefined]);
  assert.equal(stage.provider.tokenCalls, calls);
});

test('a cookie that is altered at any place opens nothing', async () => {
  const stage = await stageWith();
  become(stage, 'cy');
  const begun = await begin(stage);
  const back = await stage.provider.visit(begun.location);
  const value = begun.jar.get(pendingCookie) ?? '';
  for (let place = 0; place < value.length - 2; place += 97) {
    const other = value[place] === 'A' ? 'B' : 'A';
    const jar = new Map([[pendingCookie, value.slice(0, place) + other + value.slice(place + 1)]]);
    const ended = endOf(await browse(stage, { host: begun.host, jar }, back.pathname + back.search), jar);
    assert.equal(ended.problem, 'external-state', String(place));
  }
});

test("another tenant's host, path or provider finishes nobody's sign-in", async () => {
  const stage = await stageWith();
  const other = await stageWith();
  become(stage, 'di');
  const onOwn = await begin(stage);
  const back = await stage.provider.visit(onOwn.location);
  const foreign = { host: server.tenantHost(other.tenant.slug), jar: new Map(onOwn.jar) };
  assert.equal(endOf(await browse(stage, foreign, back.pathname + back.search), foreign.jar).problem, 'external-state');
  const generic = { host: `localhost:${server.port}`, jar: new Map(onOwn.jar) };
  for (const path of [back.pathname, `${back.pathname}/${stage.tenant.slug}`]) {
    const visit = { ...generic, jar: new Map(onOwn.jar) };
    assert.equal(endOf(await browse(stage, visit, path + back.search), visit.jar).problem, 'external-state');
  }
  // Mix-up: the answer of one tenant's provider for a sign-in that was begun for another one.
  const begun = await begin(other, { generic: true });
  const state = new URL(begun.location).searchParams.get('state') ?? '';
  const mine = await stage.provider.visit((await begin(stage, { generic: true })).location);
  mine.searchParams.set('state', state);
  const calls = other.provider.tokenCalls;
  assert.equal(
    endOf(await browse(stage, { ...begun, jar: new Map(begun.jar) }, mine.pathname + mine.search), begun.jar).problem,
    'external-state',
  );
  const moved = `${mine.pathname.replace(stage.tenant.slug, other.tenant.slug)}${mine.search}`;
  // RFC 9207: the answer says whose it is.
  const ended = endOf(await browse(stage, begun, moved), begun.jar);
  assert.deepEqual([ended.problem, ended.session], ['external-token', undefined]);
  assert.equal(other.provider.tokenCalls, calls);
});

test('another tenant cannot be named on a tenant host, and one that does not exist is like one without a provider', async () => {
  const stage = await stageWith();
  const other = await stageWith();
  const options = async (query: string, host?: string) =>
    (await server.request(`/management/v1/sign-in-options${query}`, host === undefined ? {} : { host })).json<{
      external: { startUrl: string } | null;
    }>();
  const none = { local: true, external: null };
  assert.deepEqual(await options(''), none);
  assert.deepEqual(await options('?tenant=nobody'), none);
  assert.deepEqual(await options('?tenant=%F0%9F%8E%B2'), none);
  assert.deepEqual(await options(`?tenant=${other.tenant.slug}`, server.tenantHost(stage.tenant.slug)), none);
  for (const [query, host] of [
    [`?tenant=${stage.domain}`, undefined],
    ['', server.tenantHost(stage.tenant.slug)],
  ] as const) {
    assert.deepEqual(await options(query, host), {
      local: true,
      external: { displayName: 'Contoso ID', startUrl: `/portal/sign-in/external?tenant=${stage.tenant.slug}` },
    });
  }
  const answer = await server.request(`/portal/sign-in/external?tenant=${other.tenant.slug}`, {
    host: server.tenantHost(stage.tenant.slug),
  });
  const unknown = await server.request('/portal/sign-in/external?tenant=nobody');
  for (const { headers } of [answer, unknown]) assert.match(headers.location ?? '', /problem=external-unavailable/);
  assert.equal(answer.headers['set-cookie'], undefined);
  await stage.set({ isEnabled: false });
  assert.deepEqual(await options(`?tenant=${stage.tenant.slug}`), none);
});

/** Signs the claims of an ID token anew, with the provider's own key unless another is given. */
function resign(stage: Stage, change: JWTPayload, header: Record<string, string> = {}) {
  return async (answer: TokenAnswer): Promise<TokenAnswer> => {
    const key = await importJWK(stage.provider.key, 'RS256');
    const claims = { ...decodeJwt(answer.id_token), ...change };
    const id_token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'test', ...header }).sign(key);
    return { ...answer, id_token };
  };
}

test('an ID token that is altered, unsigned or not meant for this sign-in signs nobody in', async () => {
  const stage = await stageWith();
  become(stage, 'ed');
  const now = Math.floor(Date.now() / 1000);
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const parts = ({ id_token }: TokenAnswer) => id_token.split('.');
  const withPart = (place: number, change: (part: string) => string) => async (answer: TokenAnswer) => ({
    ...answer,
    id_token: parts(answer)
      .map((part, index) => (index === place ? change(part) : part))
      .join('.'),
  });
  const tampers = {
    'the genuine one, signed by the test': resign(stage, {}),
    'a claim': withPart(1, (part) =>
      base64({ ...JSON.parse(Buffer.from(part, 'base64url').toString()), sub: 'sub-of-boss' }),
    ),
    'the signature': withPart(2, (part) => (part.startsWith('A') ? 'B' : 'A') + part.slice(1)),
    'no signature': withPart(2, () => ''),
    'alg none': async (answer: TokenAnswer) => ({
      ...answer,
      id_token: `${base64({ alg: 'none' })}.${parts(answer)[1]}.`,
    }),
    'the issuer': resign(stage, { iss: 'https://evil.example' }),
    'the audience': resign(stage, { aud: 'another' }),
    'further audiences': resign(stage, { aud: [clientId, 'another'], azp: 'another' }),
    'the nonce': resign(stage, { nonce: 'x'.repeat(43) }),
    'no nonce': resign(stage, { nonce: undefined }),
    expired: resign(stage, { exp: now - 120 }),
    'no end': resign(stage, { exp: undefined }),
    'not yet': resign(stage, { nbf: now + 600 }),
    'no subject': resign(stage, { sub: '' }),
    'an unknown key': resign(stage, {}, { kid: 'other' }),
    'no ID token': async ({ id_token: _gone, ...answer }: TokenAnswer) => answer as TokenAnswer,
  };
  for (const [what, tamper] of Object.entries(tampers)) {
    stage.provider.tamper = tamper;
    const ended = await signInExternally(stage);
    const isGenuine = what.startsWith('the genuine');
    const problem = what === 'no subject' ? 'external-claims' : 'external-token';
    assert.equal(ended.problem, isGenuine ? null : problem, what);
    assert.equal(ended.session !== undefined, isGenuine, what);
  }
});

test('a nonce or challenge that was changed on the way to the provider signs nobody in', async () => {
  const stage = await stageWith();
  become(stage, 'flo');
  for (const [name, problem] of [
    ['nonce', 'external-token'],
    ['code_challenge', 'external-provider'],
  ] as const) {
    const begun = await begin(stage);
    const bent = new URL(begun.location);
    bent.searchParams.set(name, 'A'.repeat(43));
    const back = await stage.provider.visit(bent.href);
    const ended = endOf(await browse(stage, begun, back.pathname + back.search), begun.jar);
    assert.deepEqual([ended.problem, ended.session], [problem, undefined], name);
  }
});

test('what the provider refuses and what cannot be reached is told apart, and a cancelled sign-in counts for nobody', async () => {
  const stage = await stageWith();
  stage.provider.refuses = true;
  assert.equal((await signInExternally(stage)).problem, 'external-denied');
  stage.provider.refuses = false;
  const strange = await signInExternally(stage, {
    bend(back) {
      back.searchParams.delete('code');
      back.searchParams.set('error', 'server_error');
      back.searchParams.set('error_description', '<script>alert(1)</script>');
    },
  });
  assert.equal(strange.problem, 'external-provider');
  assert.doesNotMatch(strange.answer.text + strange.location, /script/);
  await stage.set({ clientSecret: 'wrong' });
  become(stage, 'gil');
  assert.equal((await signInExternally(stage)).problem, 'external-provider');
  await stage.set({ issuer: `http://127.0.0.1:${await freePort()}` });
  assert.match((await begin(stage)).location, /problem=external-provider/);
});

test('the end of a sign-in is in the portal, wherever it was asked to lead', async () => {
  const stage = await stageWith();
  become(stage, 'hugo');
  const home = '/portal/';
  for (const [wanted, got] of [
    ['https://evil.example/', home],
    ['//evil.example/portal', home],
    ['/portal//evil.example', '/portal//evil.example'],
    ['/\\evil.example', home],
    ['/portal\\..\\..\\evil', home],
    ['/portal/../management/v1/session', home],
    ['/portal/%2e%2e/%2e%2e/evil', home],
    ['/portalevil', home],
    ['/portal/\r\nset-cookie: a=b', home],
    ['/portal/\t/evil.example', home],
    ['javascript:alert(1)', home],
    ['/management/v1/session', home],
    ['/portal/sign-in/external?tenant=x', home],
    ['/portal/../portal/sign-in', home],
    [`/portal/${'a'.repeat(1001)}`, home],
    ['/portal', '/portal'],
    ['/portal/alerts?q=%C3%A9#x', '/portal/alerts?q=%C3%A9#x'],
  ] as const) {
    assert.equal((await signInExternally(stage, { returnTo: wanted })).location, got, wanted);
  }
});

test('too many failures from one address lock it out, as with passwords', async () => {
  const strict = await startExternalServer({ settings: { signInFailuresPerAddressMax: 3 } });
  const stage = await newStage(strict);
  try {
    await stage.set({ createsUsers: false });
    become(stage, 'ivy');
    for (let failure = 0; failure < 3; failure++) {
      assert.equal((await signInExternally(stage)).problem, 'external-unknown');
    }
    const locked = await signInExternally(stage);
    assert.equal(locked.problem, 'locked-out');
    assert.match(locked.location, /retryAfterSeconds=\d+/);
  } finally {
    await stage.dispose();
    await strict.dispose();
  }
});

test('under another name of ours the sign-in moves to the name that the provider leads back to', async () => {
  const stage = await stageWith();
  const path = `/portal/sign-in/external?tenant=${stage.tenant.slug}&returnTo=%2Fportal%2Fx`;
  const answer = await server.request(path, { host: `127.0.0.1:${server.port}` });
  assert.deepEqual(
    [answer.status, answer.headers.location],
    [303, `${new URL(server.services.config.publicUrl ?? `https://localhost:${server.port}`).origin}${path}`],
  );
  assert.equal(answer.headers['set-cookie'], undefined);
  const head = await server.request(path, { method: 'HEAD' });
  assert.equal(head.headers['set-cookie'], undefined);
});

test('no secret is in any answer, address, cookie in clear, audit record or explanation', async () => {
  const lines: string[] = [];
  const stage = await stageWith();
  become(stage, 'jan');
  const answers = [await stage.set(), await stage.call('GET', '/external-sign-in')];
  const ended = await signInExternally(stage);
  answers.push(ended.answer);
  await stage.set({ clientSecret: 'another-secret-of-the-test-4712', createsUsers: false });
  become(stage, 'kai');
  const failed = await signInExternally(stage);
  answers.push(failed.answer, await stage.call('GET', `/explanations/${failed.correlationId}`));
  answers.push(await stage.call('POST', '/external-sign-in/check', {}), await stage.call('GET', '/audit?limit=100'));
  for (const { text, headers } of answers) lines.push(text, JSON.stringify(headers));
  const rows = await server.services.store.db.selectFrom('externalSignIns').selectAll().execute();
  lines.push(JSON.stringify(rows));
  for (const secret of [clientSecret, 'another-secret-of-the-test-4712']) {
    assert.ok(!lines.some((line) => line.includes(secret)));
  }
  assert.ok(ended.session && !lines.slice(0, 2).some((line) => line.includes(sessionCookie)));
});

test('no secret, code, state or token is in the log, whatever goes wrong', async () => {
  const stage = await stageWith();
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const log = fastify({ logger: { level: 'trace', stream } }).log;
  const node = await startNode({ ...server.services, log }, await freePort());
  try {
    const logging: Stage = { ...stage, server: { ...server, request: node.request } };
    const secrets = new Set<string>([clientSecret]);
    const note = (url: URL) => {
      for (const name of ['code', 'state', 'nonce']) secrets.add(url.searchParams.get(name) ?? clientSecret);
    };
    stage.provider.tamper = async (answer) => {
      secrets.add(answer.id_token);
      return answer;
    };
    become(stage, 'lou');
    assert.equal((await signInExternally(logging, { bend: note })).problem, null);
    const bent = (back: URL, { location }: { location: string }) => {
      note(back);
      note(new URL(location));
      back.searchParams.set('code', 'wrong');
    };
    assert.equal((await signInExternally(logging, { bend: bent })).problem, 'external-provider');
    stage.provider.tamper = withBrokenSignature;
    assert.equal((await signInExternally(logging, { bend: note })).problem, 'external-token');
    await server.services.store.db
      .updateTable('externalSignIns')
      .set({ rules: '{' })
      .where('tenantId', '=', stage.tenant.id)
      .execute();
    assert.match((await begin(logging)).location, /problem=unexpected/);
    assert.ok(lines.some((line) => line.includes('failed unexpectedly')));
    for (const secret of secrets) assert.ok(!lines.some((line) => line.includes(secret)), secret.slice(0, 6));
  } finally {
    await node.stop();
  }
});

async function withBrokenSignature(answer: TokenAnswer): Promise<TokenAnswer> {
  return { ...answer, id_token: `${answer.id_token.slice(0, -6)}AAAAAA` };
}
