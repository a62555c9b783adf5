// Home and help: first steps, which access one needs, the token validator, what this server is, the API documentation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, openPortalStage, type PortalStage } from '../support/portal.ts';
import { makeToken, signIn } from '../support/server.ts';

let stage: PortalStage;
before(async () => {
  stage = await openPortalStage();
});
after(() => stage.close());

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('the first steps tell what is really there, and are hidden for good', async () => {
  const user = await stage.person('global-administrator');
  await stage.visit(user, { language: 'fr', width: 390 }, async (page) => {
    const step = page.locator('li', { hasText: "Générer un jeton d'API" }).last();
    await step.locator('text=À faire').waitFor();
    await assertAccessible(page, 'first steps');
    await makeToken(stage.server, { session: await signIn(stage.server, user) });
    await page.reload();
    await step.locator('text=Fait').waitFor();
    await page.click('role=button[name="Masquer cette liste"]');
    await page.waitForSelector('role=button[name="Afficher les premiers pas"]');
    assert.equal(await page.locator('h2:has-text("Premiers pas")').count(), 0);
    const kept = String(await page.evaluate("localStorage.getItem('sallyport.preferences')"));
    assert.equal(JSON.parse(kept).hidesFirstSteps, true);
  });
  await stage.visit(await stage.person(), {}, async (page) => {
    await page.waitForSelector('text=Your roles do not show whether this is done.');
  });
});

test('a token is taken apart in the page, and nothing of it is sent before somebody says so', async () => {
  const user = await stage.person('global-administrator');
  const { value } = await makeToken(stage.server, { session: await signIn(stage.server, user) });
  const claims = {
    ...{
      iss: 'https://login.example/',
      aud: 'https://api.security.microsoft.com',
      exp: 1_700_000_000,
      iat: 1_699_990_000,
    },
    ...{ roles: ['Incident.Read.All'], evil: '<img src=x onerror=alert(1)>' },
  };
  const jwt = `${part({ alg: 'RS256', typ: 'JWT', kid: 'k' })}.${part(claims)}.c2lnbmF0dXJl`;
  await stage.visit(user, { path: '/token-validator', language: 'ko', theme: 'dark' }, async (page) => {
    await page.waitForSelector('main textarea');
    await page.waitForLoadState('networkidle');
    const sent: string[] = [];
    page.on('request', (request) =>
      sent.push(`${request.method()} ${new URL(request.url()).pathname} ${request.postData() ?? ''}`),
    );
    await page.fill('main textarea', `Authorization: Bearer ${jwt}`);
    await page.waitForSelector('text=만료되었습니다');
    await page.waitForSelector('text=모든 인시던트 읽기');
    const text = (await page.textContent('main')) ?? '';
    assert.ok(text.includes('<img src=x onerror=alert(1)>'), 'shown as text');
    assert.deepEqual(
      sent.filter((each) => !each.startsWith('GET /portal/assets/')),
      [],
    );
    await assertAccessible(page, 'a JWT');
    await page.click('role=button[name="서버로 보내 확인"]');
    await page.waitForSelector('text=다른 호출과 사용할 수 없는 이유');
    assert.equal(sent.filter((each) => each.startsWith('POST /management/v1/token-inspections')).length, 1);

    await page.fill('main textarea', value);
    await page.waitForSelector('text=이 서버 토큰의 형식입니다');
    await page.click('role=button[name="서버로 보내 확인"]');
    await page.waitForSelector(`text=A token of ${user.userName} that works.`);
    await page.waitForSelector('td:has-text("GET /api/v1/activities")');
    await assertAccessible(page, 'an API token');
    await page.fill('main textarea', 'no token');
    await page.waitForSelector('text=읽을 수 있는 토큰이 아닙니다');
  });
});

test('a few questions lead to each of the four ways in, with a call of this server', async () => {
  const user = await stage.person('security-reader');
  await stage.visit(user, { path: '/which-access', language: 'zh-Hant', width: 360 }, async (page) => {
    for (const answer of [
      '我自己的組織',
      '否，它自行執行',
      '活動、警示、實體、檔案、Cloud Discovery',
      '我的權限：我失去權限時即失效',
    ]) {
      await page.click(`text=${answer}`);
    }
    await page.waitForSelector('h2:has-text("API 權杖")');
    await assertAccessible(page, 'an API token');
    assert.match(await page.inputValue('main input[readonly]'), new RegExp(`${stage.server.url}/api/v1/activities/`));
    assert.equal(
      await page.getAttribute('main a:has-text("產生權杖")', 'href'),
      '/portal/settings/security-extensions/api-tokens',
    );
    const ends = [
      ['data=own&person=no&api=defender', '沒有使用者的應用程式'],
      ['data=own&person=yes', '代表使用者的應用程式'],
      ['data=customers', '合作夥伴應用程式'],
    ] as const;
    for (const [query, title] of ends) {
      await page.goto(`${stage.server.url}/portal/which-access?${query}`);
      await page.waitForSelector(`h2:has-text("${title}")`);
    }
  });
});

test('about tells version, region, tenant and addresses', async () => {
  await stage.visit(await stage.person(), { path: '/help/about', language: 'ja', theme: 'contrast' }, async (page) => {
    await page.waitForSelector('main input[readonly]');
    const values = await page
      .locator('main input[readonly]')
      .evaluateAll((inputs) => inputs.map((input) => String(Reflect.get(input, 'value'))));
    const url = `https://${stage.server.tenantHost(stage.tenant.slug)}`;
    assert.deepEqual(values, [stage.tenant.id, `${url}/api/`, url]);
    await assertAccessible(page, 'about');
  });
});

test('the API documentation is found by words, shows schemas and permissions, and tries calls; changes ask first', async () => {
  const user = await stage.person('security-administrator');
  await stage.visit(user, { path: '/help/api?search=api-tokens' }, async (page) => {
    await page.click('role=button[name=/GET .management.v1.api-tokens List API tokens/]');
    await page.waitForSelector('text=Try it with your session');
    await assertAccessible(page, 'a call');
    await page.fill('role=textbox[name="limit"]', '1');
    await page.click('role=button[name="Send"]');
    await page.waitForSelector('section[aria-label=Answer]:has-text("moreThanTotal")');
    await page.click('role=button[name=/GET .management.v1.api-tokens List API tokens/]');

    await page.click('role=button[name=/POST .management.v1.api-tokens Generate/]');
    await page.waitForSelector('text=ApiTokens.use');
    await page.click('role=button[name="Send"]');
    await page.click('[role=alertdialog] >> role=button[name="Cancel"]');
    await page.fill('role=textbox[name="Body"]', '{"name": "made here"}');
    await page.click('role=button[name="Send"]');
    await page.click('[role=alertdialog] >> role=button[name="Send"]');
    await page.waitForSelector('section[aria-label=Answer]:has-text("made here")');
    await page.goto(`${stage.server.url}/portal/help/api?surface=defender&search=incidents`);
    await page.waitForSelector('code:has-text("/api/incidents")');
    assert.equal(await page.locator('code:has-text("/management/")').count(), 0);
    await assertAccessible(page, 'the Defender API');
  });
});

test('from a token that was taken apart to an application, by clicks in one session', async () => {
  const user = await stage.person('global-administrator');
  const requiredAccess = [{ resource: 'Microsoft Threat Protection', roles: ['Incident.Read.All'] }];
  const body = { displayName: 'Night watch', requiredAccess };
  const session = await signIn(stage.server, user);
  const made = await stage.server.request('/management/v1/applications', { session, body });
  assert.equal(made.status, 201, made.text);
  const claims = { aud: 'https://api.security.microsoft.com', exp: 1_700_000_000, roles: ['Incident.Read.All'] };
  await stage.visit(user, { path: '/token-validator' }, async (page) => {
    await page.fill('main textarea', `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`);
    await page.waitForSelector('main :text("Read all incidents")');
    await page.click('nav >> text=App registrations');
    await page.click('main a:has-text("Night watch")');
    await page.waitForSelector('h1:has-text("Night watch")');
    await page.waitForSelector('main :text("Read all incidents")');
    await page.click('nav >> text=Token validator');
    await page.waitForSelector('main textarea');
  });
});
