// What the portal promises about security, each sentence proved in a browser: nothing of a user is rendered as HTML, no
// secret stays in the page, nothing changes without the session's own token, and a session ends unused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { UserRow } from '../../src/directory/users-store.ts';
import { entitiesFollower } from '../../src/entities/follower.ts';
import { filesFollower } from '../../src/files/follower.ts';
import { raiseAlerts } from '../../src/incidents/raise.ts';
import { hourMs } from '../../src/lib/clock.ts';
import { testPassword } from '../support/accounts.ts';
import { addStream, storeRows } from '../support/discovered.ts';
import { address, sampleDraft, user } from '../support/drafts.ts';
import { follow, ingest } from '../support/entity-sources.ts';
import { openPortalStage, type PortalStage } from '../support/portal.ts';
import { type Answer, makeToken, signIn } from '../support/server.ts';

let stage: PortalStage;
let admin: UserRow;
before(async () => {
  stage = await openPortalStage();
  admin = await stage.person('global-administrator');
});
after(() => stage.close());

const tokensPath = '/settings/security-extensions/api-tokens';
/** Would run, load and turn the text around it, if it were anything but text. */
const hostile = '<img src=x onerror=alert(1)><a href=javascript:alert(1)>x</a>';
const turning = '\u202Egnp.exe';

async function post(path: string, body: unknown): Promise<Answer> {
  const session = await signIn(stage.server, admin);
  const answer = await stage.server.request(path, { method: 'POST', session, body });
  assert.ok(answer.status < 300, `${path}: ${answer.text}`);
  return answer;
}

/** Gives everything that people and logs can name a hostile name; what the pages of them are. */
async function nameEverything(): Promise<readonly (readonly [path: string, shown: string])[]> {
  const { server, tenant } = stage;
  const session = await signIn(server, admin);
  const domain = admin.userName.split('@')[1];
  await post('/management/v1/users', { userName: `hostile@${domain}`, displayName: hostile });
  await makeToken(server, { session }, { name: hostile });
  await post('/management/v1/applications', { displayName: hostile });
  const entities = [user(`${hostile}@x.example`), address('203.0.113.9'), { entityType: 'File', fileName: hostile }];
  const draft = sampleDraft('hostile', entities, {
    title: hostile,
    description: hostile,
    evidence: [{ text: hostile }],
  });
  const [raised] = await raiseAlerts(server.services, tenant.id, [draft]);
  const incident = `/incidents/${raised?.incidentId}`;
  await server.request(`/management/v1${incident}`, {
    method: 'PATCH',
    session,
    body: { name: hostile, comment: hostile },
  });
  const at = new Date(server.services.clock() - hourMs).toISOString().slice(0, 19);
  const file = { SourceFileName: hostile, ObjectId: `https://x.example/${hostile}` };
  await ingest(server.services, tenant, [{ CreationTime: at, UserId: hostile, ...file }]);
  await follow(server.services, [entitiesFollower, filesFollower]);
  await post('/management/v1/policies', { name: hostile });
  await post('/api/v1/subnet/create_rule/', { name: hostile, subnets: ['192.0.2.0/24'], category: 1 });
  const custom = { name: hostile, category: 'Cloud storage', domains: ['hostile.example'] };
  const { appId } = (await post('/management/v1/discovery/custom-apps', custom)).json<{ appId: number }>();
  const streamId = await addStream(server.services, tenant, hostile);
  const traffic = { appId, domain: 'hostile.example', userName: hostile, machine: hostile, transactions: 3 };
  await storeRows(server.services, tenant.id, streamId, [traffic]);
  return [
    ['/users', hostile],
    [tokensPath, hostile],
    ['/applications', hostile],
    ['/incidents', hostile],
    [incident, hostile],
    [`${incident}/alerts`, hostile],
    [`${incident}/evidence`, hostile],
    [`${incident}/timeline`, hostile],
    ['/alerts', hostile],
    [`/alerts/${raised?.id}`, hostile],
    ['/activities', hostile],
    ['/files', hostile],
    ['/accounts', hostile],
    ['/policies', hostile],
    ['/settings/ip-ranges', hostile],
    ['/discovery', hostile],
    ['/discovery/apps', hostile],
    [`/discovery/apps/${appId}`, hostile],
    ['/discovery/catalog?search=hostile.example', hostile],
  ];
}

/** Nothing on the page came from a name: no element, no address that runs. */
async function assertOnlyText(page: Page, where: string): Promise<void> {
  assert.equal(await page.locator('img[src="x"], [onerror], a[href^="javascript:"]').count(), 0, where);
}

/** As a link of the portal does it, without loading everything again. */
async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`history.pushState({}, '', ${JSON.stringify(`/portal${path}`)})`);
}

test('what people and logs name is shown as text on every page', async () => {
  const pages = await nameEverything();
  await stage.visit(admin, { path: '/users' }, async (page) => {
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    for (const [path, shown] of pages) {
      const named = page.locator('#main').getByText(shown).first();
      await goTo(page, '/help/about');
      await named.waitFor({ state: 'detached' });
      await goTo(page, path);
      await named.waitFor({ state: 'attached' });
      await assertOnlyText(page, path);
    }
    assert.equal(dialogs, 0);
  });
});

test('a name cannot turn the sentence that it stands in', async () => {
  const session = await signIn(stage.server, admin);
  const { id } = await makeToken(stage.server, { session }, { name: `invoice${turning}` });
  assert.ok(id);
  await stage.visit(admin, { path: `${tokensPath}?search=invoice` }, async (page) => {
    await page.getByRole('button', { name: 'Actions for invoicegnp.exe' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await page.getByRole('heading', { name: 'Revoke the token invoicegnp.exe?' }).waitFor();
  });
});

test('the value of a new token is nowhere but in its dialog: no storage, address, history or request holds it', async () => {
  await stage.visit(admin, { path: tokensPath }, async (page) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`));
    await page.getByRole('button', { name: 'Generate new token' }).first().click();
    await page.locator('[role=dialog] input >> nth=0').fill('kept nowhere');
    await page.getByRole('dialog').getByRole('button', { name: 'Next' }).click();
    const value = await page.getByRole('textbox', { name: 'Token' }).inputValue();
    assert.equal(value.length >= 64, true);
    const kept = async () =>
      String(
        await page.evaluate(`(async () => JSON.stringify([
          location.href, history.length, history.state, document.cookie, { ...localStorage }, { ...sessionStorage },
          await indexedDB.databases(), await caches.keys(), performance.getEntries().map(({ name }) => name),
        ]))()`),
      );
    assert.ok(!(await kept()).includes(value), 'while it is shown');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    const left = `${await kept()} ${await page.evaluate('document.documentElement.outerHTML')}`;
    assert.ok(!left.includes(value), 'after it');
    assert.ok(!asked.some((each) => each.includes(value)), 'it was never sent');
    // The session itself is out of reach of scripts, and so is its CSRF token once the page is gone.
    assert.equal(await page.evaluate('document.cookie'), '');
    await page.goto(`${stage.server.url}/portal/`);
    await page.goBack();
    await page.getByRole('heading', { name: 'API tokens' }).waitFor();
    assert.ok(!(await page.content()).includes(value), 'not by going back');
  });
});

test('a script of somebody else does not run in the page, and sends nothing elsewhere', async () => {
  await stage
    .visit(admin, { path: '/' }, async (page) => {
      const ran = await page.evaluate(`(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      const holder = document.createElement('div');
      holder.innerHTML = '<img src=data:, onerror="window.ran = true">';
      document.body.append(holder);
      const sent = await fetch('https://localhost:1/').then(() => 'sent', () => 'stopped');
      await new Promise((resolve) => setTimeout(resolve, 200));
      script.remove();
      holder.remove();
      return [window.ran, sent];
    })()`);
      assert.deepEqual(ran, [undefined, 'stopped']);
    })
    .catch((error: unknown) => {
      // The browser reports each of them as an error of the page, which is what is wanted here.
      const { actual } = error as { actual?: readonly string[] };
      assert.ok(Array.isArray(actual) && actual.length >= 3, String(error));
      for (const each of actual) assert.match(String(each), /Content Security Policy/);
    });
});

test('with the cookie alone nothing changes, on any surface', async () => {
  const { incidentId, id } = await raiseOne();
  await stage.visit(admin, { path: '/' }, async (page) => {
    const { csrfToken } = await page.evaluate<{ csrfToken: string }>(
      "fetch('/management/v1/session').then((answer) => answer.json())",
    );
    const send = async (path: string, method: string, body: unknown, token?: string) =>
      await page.evaluate<number>(`fetch(${JSON.stringify(path)}, {
        method: '${method}', body: ${JSON.stringify(JSON.stringify(body))},
        headers: { 'content-type': 'application/json', ...${JSON.stringify(token ? { 'x-csrf-token': token } : {})} },
      }).then((answer) => answer.status)`);
    const changes = [
      ['/management/v1/api-tokens', 'POST', { name: 'forged' }],
      ['/api/v1/alerts/close_benign/', 'POST', { filters: { id: { eq: [id] } } }],
      [`/api/incidents/${incidentId}`, 'PATCH', { comment: 'forged' }],
      [`/v1.0/security/incidents/${incidentId}`, 'PATCH', { status: 'resolved' }],
    ] as const;
    for (const [path, method, body] of changes) {
      assert.equal(await send(path, method, body), 403, path);
      assert.equal(await send(path, method, body, `${csrfToken.slice(1)}x`), 403, path);
      const status = await send(path, method, body, csrfToken);
      assert.ok(status < 300, `${path} with its own token: ${status}`);
    }
  });
});

async function raiseOne(): Promise<{ incidentId: number; id: string }> {
  const [raised] = await raiseAlerts(stage.server.services, stage.tenant.id, [sampleDraft('forged')]);
  assert.ok(raised?.incidentId);
  return { incidentId: raised.incidentId, id: raised.id };
}

test('a cookie that was carried to another browser opens nothing there, and its owner goes on', async () => {
  await stage.visit(admin, { path: '/' }, async (page) => {
    const [cookie] = await page.context().cookies();
    assert.ok(cookie);
    assert.deepEqual(
      [cookie.httpOnly, cookie.secure, cookie.sameSite, cookie.path, cookie.name.startsWith('__Host-')],
      [true, true, 'Strict', '/', true],
    );
    const carried = { cookie: `${cookie.name}=${cookie.value}`, 'user-agent': 'another browser' };
    assert.equal((await stage.server.request('/management/v1/session', { headers: carried })).status, 401);
    await page.reload();
    await page.waitForSelector('#main h1');
  });
});

test('a session that nobody uses ends, although its page asks again by itself, and its person comes back to the same page', async () => {
  const reader = await stage.person('security-reader');
  const path = '/incidents?severity=High';
  await stage.visit(reader, { path }, async (page) => {
    await page.clock.install();
    await page.reload();
    await page.waitForSelector('#main h1');
    // A list asks again each minute; the third time nobody has touched anything for more than two.
    let isBackground = false;
    for (let minute = 0; minute < 3; minute++) {
      const asked = page.waitForResponse((answer) => answer.url().includes('/management/v1/incidents?'));
      await page.clock.runFor(61_000);
      isBackground = (await asked).request().headers()['x-background-call'] !== undefined;
    }
    assert.ok(isBackground);
    stage.server.services.testClock.advance(hourMs);
    await page.clock.runFor(70_000);
    await page.getByText('Your session has ended').first().waitFor();
    await page.clock.resume();
    await page.fill('input[name=userName]', reader.userName);
    await page.fill('input[name=password]', testPassword);
    await page.click('button[type=submit]');
    await page.getByRole('heading', { name: 'Incidents', exact: true }).waitFor();
    const { pathname, search } = new URL(page.url());
    assert.equal(pathname + search, `/portal${path}`);
  });
});
