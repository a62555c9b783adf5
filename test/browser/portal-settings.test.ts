// Organization settings in the portal: the sign-in provider, webhooks, mail, how records come in, and what others may see.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { mailEvents, webhookEvents } from '../../src/notifications/events.ts';
import { mailOnlyEvents, webhookEvents as shownEvents } from '../../web/pages/settings/events.ts';
import { makeTenant, makeUser } from '../support/accounts.ts';
import { WallClock } from '../support/clock.ts';
import { clientSecret, type ExternalProvider, startExternalProvider } from '../support/external-provider.ts';
import { auditLines } from '../support/ingestion.ts';
import { assertAccessible, chooseFromMenu, openPortalStage, type PortalStage } from '../support/portal.ts';
import {
  expectedSignature,
  type HookReceiver,
  type MailReceiver,
  startHookReceiver,
  startMailReceiver,
} from '../support/receivers.ts';
import { signIn } from '../support/server.ts';

const path = '/settings/tenant';

let stage: PortalStage;
let hook: HookReceiver;
let smtp: MailReceiver;
let provider: ExternalProvider | undefined;
before(async () => {
  hook = await startHookReceiver();
  smtp = await startMailReceiver('sallyport', 'of the mail server');
  stage = await openPortalStage({
    testClock: new WallClock(), // Providers look at the real clock.
    settings: {
      webhookLoopbackHttp: true,
      ...{ mailHost: '127.0.0.1', mailPort: smtp.port, mailTls: 'none', mailFrom: 'sallyport@mail.example' },
      ...{ mailUser: 'sallyport', mailPassword: 'of the mail server' },
    },
  });
});
after(async () => {
  await provider?.close();
  await hook.close();
  await smtp.close();
  await stage.close();
});

/** All that is in the page and in the browser's storage, with what stands in fields. */
async function everythingIn(page: Page): Promise<string> {
  return await page.evaluate<string>(
    `[document.documentElement.outerHTML, location.href, JSON.stringify({ ...localStorage, ...sessionStorage }),
      ...[...document.querySelectorAll('input, textarea')].map((each) => each.value)].join('\\n')`,
  );
}

/** The field of this control, with its label, hint and what is wrong with it. */
function fieldOf(page: Page, control: string) {
  return page.locator('.fui-Field', { has: page.locator(control) }).last();
}

async function ask<T>(path: string, as: Parameters<typeof signIn>[1]): Promise<T> {
  const session = await signIn(stage.server, as);
  const answer = await stage.server.request(`/management/v1${path}`, { session });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<T>();
}

test('in French: a provider is set by the form, checked, signs a person in with the role of a group, and is removed', async () => {
  const boss = await stage.person('global-administrator');
  const { slug } = stage.tenant;
  await stage.visit(boss, { language: 'fr', path: `${path}/sign-in` }, async (page) => {
    await page.locator('input[readonly]').nth(1).waitFor();
    const uris = await page
      .locator('input[readonly]')
      .evaluateAll((inputs) => inputs.map((input) => String(Reflect.get(input, 'value'))));
    assert.equal(uris.length, 2);
    provider = await startExternalProvider(uris);

    const save = page.locator('form >> role=button[name="Enregistrer"]');
    await page.fill('input[type=url]', 'pas une adresse');
    await save.click();
    await fieldOf(page, 'input[type=url]').locator("text=Saisissez l'émetteur sous forme d'URL").waitFor();
    await fieldOf(page, 'input[type=password]').locator('text=Ce champ est nécessaire.').waitFor();
    await assertAccessible(page, 'faults of the form');
    await page.fill('input[type=url]', 'http://login.contoso.example/');
    await page.fill('form input[maxlength="300"]', 'sallyport');
    await page.fill('input[type=password]', clientSecret);
    await page.fill('form input[maxlength="60"]', 'compte Contoso');
    await save.click();
    await fieldOf(page, 'input[type=url]').locator('text=/must begin with https/').waitFor();

    await page.fill('input[type=url]', provider.issuer);
    await page.click('text=Créer les comptes à la première connexion');
    await page.click('role=button[name="Ajouter un groupe"]');
    await page.fill('form ul input', 'soc');
    await page.selectOption('form ul select >> nth=0', 'security-reader');
    await save.click();
    await page.waitForSelector('text=Le fournisseur de connexion est enregistré');
    assert.ok(!(await everythingIn(page)).includes(clientSecret), 'the secret is nowhere in the page once it is saved');
    assert.equal(await page.inputValue('input[type=password]'), '');
    await page.reload();
    await page.waitForSelector('text=Un secret est enregistré et jamais affiché');
    assert.ok(!(await everythingIn(page)).includes(clientSecret));

    await page.click('role=button[name="Vérifier le fournisseur"]');
    await page.waitForSelector('text=Le fournisseur est utilisable');
    assert.ok((await page.textContent('form [role=status]'))?.includes(`${provider.issuer}/token`));
  });

  assert.ok(provider);
  const userName = `anna@${slug}.example`;
  provider.person = {
    sub: 'sub-of-anna',
    claims: { name: 'Anna', preferred_username: userName, email: userName, email_verified: true, groups: ['soc'] },
  };
  await stage.visit(null, { language: 'fr', path: `/sign-in?tenant=${slug}` }, async (page) => {
    await page.click('role=button[name="Se connecter avec compte Contoso"]');
    await page.waitForSelector('#main h1');
    const session = await page.evaluate<{ user: { userName: string }; roles: { key: string }[] }>(
      "fetch('/management/v1/session').then((answer) => answer.json())",
    );
    assert.equal(session.user.userName, userName);
    assert.deepEqual(
      session.roles.map(({ key }) => key),
      ['security-reader'],
    );
  });

  const other = await makeUser(stage.server.services, await makeTenant(stage.server.services), {
    role: 'global-administrator',
  });
  assert.equal((await ask<{ externalSignIn: unknown }>('/external-sign-in', other)).externalSignIn, null);

  await stage.visit(boss, { language: 'fr', path: `${path}/sign-in`, width: 390, theme: 'dark' }, async (page) => {
    await page.waitForSelector(`main >> text=${userName}`);
    await assertAccessible(page, 'the provider that is set');
    await page.click('role=button[name="Supprimer le fournisseur"]');
    await page.waitForSelector(`[role=alertdialog] >> text=${userName}`);
    await assertAccessible(page, 'who cannot sign in any more');
    await page.click('[role=alertdialog] >> role=button[name="Supprimer le fournisseur"]');
    await page.waitForSelector('text=Le fournisseur de connexion est supprimé');
    await page.waitForSelector("text=Il n'y a pas encore de fournisseur");
  });
  assert.equal((await ask<{ externalSignIn: unknown }>('/external-sign-in', boss)).externalSignIn, null);
});

test('a webhook is made, its secret shown once, a test received, a failure told, and it ends with its deletion', async () => {
  assert.deepEqual(shownEvents, webhookEvents, 'the form offers what the server sends');
  const known: readonly string[] = [...shownEvents, ...mailOnlyEvents];
  assert.deepEqual(
    mailEvents.filter((event) => !known.includes(event)),
    [],
    'and has words for all that mail is about',
  );
  const boss = await stage.person('global-administrator');
  await stage.visit(boss, { path: `${path}/webhooks`, width: 360, theme: 'dark' }, async (page) => {
    await page.click('header >> role=button[name="Add webhook"]');
    await page.fill('[role=dialog] input >> nth=0', 'soar');
    await page.fill('[role=dialog] input[type=url]', 'ftp://receiver.example/');
    await page.click('[role=dialog] >> role=button[name="Next"]');
    await fieldOf(page, 'input[type=url]').locator('text=/must begin with https/').waitFor();
    await assertAccessible(page, 'the form with a fault');
    await page.fill('[role=dialog] input[type=url]', hook.url);
    await page.click('[role=dialog] >> role=button[name="Next"]');
    const secret = await page.inputValue('[role=alertdialog] input[readonly]');
    assert.match(secret, /^whsec_/);
    await page.click('[role=alertdialog] >> role=button[name="Done"]');
    await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
    assert.ok(!(await everythingIn(page)).includes(secret));

    const choose = async (item: string) => {
      await page.click('role=button[name="Actions for soar"]');
      await chooseFromMenu(page, item);
    };
    await choose('Send a test');
    await page.click('[role=dialog] >> role=button[name="Send"]');
    await page.waitForSelector('text=The receiver took it');
    const [got] = hook.received;
    assert.ok(got);
    assert.equal(got.body.type, 'test');
    assert.equal(got.headers['webhook-signature'], expectedSignature(secret, got));
    hook.answer(500);
    await page.click('[role=dialog] >> role=button[name="Send again"]');
    await page.waitForSelector('text=/It did not arrive.*Answer: 500/');
    await assertAccessible(page, 'the outcome of a test');
    await page.click('[role=dialog] >> role=button[name="Close"]');
    hook.answer(204);
    await choose('Disable');
    await page.waitForSelector('text=/By hand\\./');
    await choose('Enable');
    await page.waitForSelector('text=/By hand\\./', { state: 'detached' });
    await choose('Delete');
    assert.ok((await page.textContent('[role=alertdialog]'))?.includes(hook.url));
    await assertAccessible(page, 'delete');
    await page.click('[role=alertdialog] >> role=button[name="Delete"]');
    await page.waitForSelector('text=There are no webhooks yet');
  });
});

test('in Japanese: a recipient of mail is added and gets a test; nothing chosen and no address are told', async () => {
  const boss = await stage.person('global-administrator');
  await stage.visit(boss, { path: `${path}/mail`, language: 'ja' }, async (page) => {
    await page.waitForSelector('text=sallyport@mail.example');
    await page.click('header >> role=button[name="受信者の追加"]');
    await page.fill('[role=dialog] input[type=email]', 'no address');
    await page.selectOption('[role=dialog] select >> nth=1', '');
    await page.click('[role=dialog] >> role=button[name="保存"]');
    await page.waitForSelector('text=通知する内容を 1 つ以上選んでください。');
    await fieldOf(page, 'input[type=email]').locator('text=soc@contoso.example').waitFor();
    await page.fill('[role=dialog] input[type=email]', 'soc@contoso.example');
    await page.selectOption('[role=dialog] select >> nth=1', 'high');
    await page.click('[role=dialog] >> text=同意の要求');
    await page.click('[role=dialog] >> role=button[name="保存"]');
    await page.waitForSelector('text=アラート: 高 以上。 同意の要求。');
    await page.click('role=button[name="soc@contoso.example の操作"]');
    await chooseFromMenu(page, 'テスト送信');
    await page.click('[role=dialog] >> role=button[name="送信"]');
    await page.waitForSelector('text=メール サーバーが受け付けました');
    assert.deepEqual(smtp.mails.at(-1)?.to, ['soc@contoso.example']);
    await assertAccessible(page, 'the outcome');
  });
});

test('settings are changed by the form; a reader sees each page with the permission that it takes, and changes nothing', async () => {
  const boss = await stage.person('global-administrator');
  await stage.visit(boss, { path }, async (page) => {
    await page.click('text=Apps may sign people in with their password');
    await page.click('text=Nothing: administrators consent');
    const sent = page.waitForRequest((request) => request.method() === 'PATCH');
    await page.click('form:has([role=radiogroup]) >> role=button[name="Save"]');
    // What was not touched is not sent: somebody else may be changing it.
    assert.deepEqual((await sent).postDataJSON(), { passwordGrantEnabled: true, userConsent: 'none' });
    await page.waitForSelector('text=Saved');
    const retention = 'form:has-text("Days for all tables")';
    await page.fill(`${retention} input`, '7');
    for (const [row, table] of ['DeviceEvents', 'deviceevents'].entries()) {
      await page.click(`${retention} >> role=button[name="Add a table"]`);
      await page.fill(`${retention} >> role=textbox[name="Table"] >> nth=${row}`, table);
      await page.fill(`${retention} >> role=textbox[name="Days"] >> nth=${row}`, String(row + 3));
    }
    await page.click(`${retention} >> role=button[name="Save"]`);
    assert.equal(await fieldOf(page, 'input[value="DeviceEvents"]').locator('[role=alert]').count(), 0);
    await page.waitForSelector(`${retention} >> text=There is a row for this table above.`);
    await page.click(`${retention} >> role=button[name="Remove"] >> nth=1`);
    await page.click(`${retention} >> role=button[name="Save"]`);
    await page.waitForSelector('text=Now kept, in days: 7');
    await page.waitForSelector(`${retention} >> text=Saved`);
  });
  const settings = await ask<Record<string, unknown>>('/tenant-settings', boss);
  assert.deepEqual([settings.passwordGrantEnabled, settings.userConsent], [true, 'none']);
  assert.equal((await ask<{ days: number }>('/hunting/retention', boss)).days, 7);

  const reader = await stage.person('security-reader');
  await stage.visit(reader, { path, language: 'ko', width: 390 }, async (page) => {
    await page.waitForSelector('text=테넌트 ID');
    const buttons = page.locator('main form >> role=button[name="저장"]');
    await buttons.first().waitFor();
    for (const button of await buttons.all()) assert.equal(await button.getAttribute('aria-disabled'), 'true');
    for (const [tab, permission] of [
      ['sign-in', 'SignIn.manage'],
      ['webhooks', 'Notifications.manage'],
      ['mail', 'Notifications.manage'],
      ['undelivered', 'Notifications.manage'],
      ['records', 'Ingest.write'],
      ['signing-keys', 'Tenants.manage'],
    ]) {
      await page.goto(`${stage.server.url}/portal${path}/${tab}`);
      await page.waitForSelector(`main >> text=/${permission}/`);
    }
    await assertAccessible(page, 'not permitted');
  });
});

test('records come in from a file, told line by line; a watchlist is made of a CSV, read and deleted', async () => {
  const boss = await stage.person('global-administrator');
  await stage.visit(boss, { path: `${path}/records`, language: 'zh-Hant', theme: 'contrast' }, async (page) => {
    const buffer = Buffer.from(`${auditLines(3, 100)}nonsense\n`);
    await page.setInputFiles('input[type=file]', { name: 'records.ndjson', mimeType: 'text/plain', buffer });
    await page.click('role=button[name="傳送檔案"]');
    await page.waitForSelector('text=已儲存：3');
    await page.waitForSelector('text=/第 4 行/');
    await assertAccessible(page, 'what came in');
  });
  await stage.visit(boss, { path: `${path}/watchlists` }, async (page) => {
    await page.click('header >> role=button[name="Add watchlist"]');
    const buffer = Buffer.from('Machine,"Owner, by name"\nsrv-1,Ada\nsrv-2,Bob\n');
    await page.setInputFiles('[role=alertdialog] input[type=file]', { name: 'w.csv', mimeType: 'text/csv', buffer });
    await page.fill('[role=alertdialog] input[maxlength="100"]', 'not an alias!');
    await page.waitForSelector('[role=alertdialog] option >> text=Owner, by name', { state: 'attached' });
    await page.click('[role=alertdialog] >> role=button[name="Add watchlist"]');
    await page.waitForSelector('[role=alertdialog] .fui-MessageBar');
    await page.fill('[role=alertdialog] input[maxlength="100"]', 'important');
    await assertAccessible(page, 'the form');
    await page.click('[role=alertdialog] >> role=button[name="Add watchlist"]');
    await page.click('role=button[name="Actions for important"]');
    await chooseFromMenu(page, 'Show rows');
    await page.waitForSelector('[role=dialog] td >> text=Bob');
    await assertAccessible(page, 'its rows');
    await page.click('[role=dialog] >> role=button[name="Close"]');
    await page.click('role=button[name="Actions for important"]');
    await chooseFromMenu(page, 'Delete');
    await page.click('[role=alertdialog] >> role=button[name="Delete"]');
    await page.waitForSelector('text=There are no watchlists yet');
  });
});

test("the operator's administrator sees the signing keys and makes the next one", async () => {
  const operators = await makeTenant(stage.server.services, true);
  const operator = await makeUser(stage.server.services, operators, { role: 'global-administrator' });
  await stage.visit(operator, { path: `${path}/signing-keys`, language: 'fr', width: 390 }, async (page) => {
    await page.click('header >> role=button[name="Renouveler la clé"]');
    await page.click('text=Tout de suite >> nth=0');
    await page.waitForSelector("text=Qui n'a pas encore récupéré la nouvelle clé");
    await assertAccessible(page, 'rotate');
    await page.click('[role=alertdialog] >> role=button[name="Renouveler la clé"]');
    await page.waitForSelector('[role=alertdialog]', { state: 'detached' });
    await page.waitForSelector('text=Signe');
    await assertAccessible(page, 'the keys');
  });
});
