// The activity log in the portal: found by conditions, as the API's JSON, linked to, exported, looked into, and who may not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Tenant } from '../../src/directory/tenants.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import { filtersOf, isOneOf } from '../../src/policies/conditions.ts';
import { policiesFollower } from '../../src/policies/follower.ts';
import { createPolicy } from '../../src/policies/policies.ts';
import { makeTenant, makeUser } from '../support/accounts.ts';
import { follow, ingest } from '../support/entity-sources.ts';
import { ctxOf } from '../support/ingestion.ts';
import { assertAccessible, assertFits, openPortalStage, type PortalStage } from '../support/portal.ts';
import { makeToken, signIn } from '../support/server.ts';

const ada = 'ada@contoso.example';
const address = '198.51.100.7';
let stage: PortalStage;
let foreignId: string;
let stranger: UserRow;
before(async () => {
  stage = await openPortalStage({ settings: { tenantRequestsPerMinute: 100_000, sessionRequestsPerMinute: 100_000 } });
  const { services } = stage.server;
  const [other, empty] = [await makeTenant(services), await makeTenant(services)];
  const condition = isOneOf('user.username', 'grace@contoso.example');
  const input = { name: 'What Grace does', filters: { filters: filtersOf([condition]), conditions: [condition] } };
  await createPolicy(ctxOf(services, stage.tenant, ['Policies.manage', 'Policies.read']), input);
  const records = Array.from({ length: 120 }, (_, index) => ({
    UserId: index % 4 === 0 ? 'Grace@contoso.example' : ada,
    ClientIP: index % 3 === 0 ? address : '8.8.8.8',
    // Policies look at what happens after they were made.
    ...(index === 116 ? { CreationTime: new Date(services.clock() + 60_000).toISOString().slice(0, 19) } : {}),
    SourceFileName: index === 7 ? '=1+1 "<b>plan</b>".docx' : `plan ${index}.docx`,
  }));
  await ingest(services, stage.tenant, records);
  await ingest(services, other, [{ UserId: ada, Id: '00000000-0000-4000-8000-999999999999' }]);
  await follow(services, [policiesFollower]);
  foreignId = await idIn(other);
  stranger = await makeUser(services, empty, { role: 'security-reader' });
});
after(() => stage.close());

async function idIn({ id }: Tenant): Promise<string> {
  const rows = await stage.server.services.events.query({
    text: `select "id" from "activities" where "tenantId" = ?::UUID limit 1`,
    values: [id],
  });
  return String(rows[0]?.[0]);
}

interface Body {
  readonly filters: unknown;
  readonly limit: number;
  readonly skip: number;
  readonly sortField: string;
  readonly sortDirection: string;
}

/** What the page asks the API for because of this act. */
async function askedBy(page: Page, act: () => Promise<unknown>): Promise<Body> {
  const [answer] = await Promise.all([
    page.waitForResponse((each) => each.url().endsWith('/api/v1/activities/')),
    act(),
  ]);
  return answer.request().postDataJSON() as Body; // What listActivities sends.
}

/** The ids in the links of the table. */
async function listed(page: Page): Promise<string[]> {
  const links = await page.locator('td a[href*="/activities/"], dd a[href*="/activities/"]').all();
  const paths = await Promise.all(links.map((link) => link.getAttribute('href')));
  return paths.map((path) => decodeURIComponent(path?.split('/').at(-1) ?? ''));
}

test('activities are found by user and address, and the JSON shown is the call that finds the same, in Japanese', async () => {
  const reader = await stage.person('security-reader');
  await stage.visit(reader, { language: 'ja', path: '/activities' }, async (page) => {
    await page.waitForSelector('text=1～25 / 120');
    await assertAccessible(page, 'activities');
    await page.click('button:text-is("条件の追加")');
    await page.selectOption('[aria-label="条件 1"] select >> nth=0', 'user.username');
    await page.fill('[aria-label="条件 1"] textarea', ` ${ada} \n\n`);
    await page.click('button:text-is("条件の追加")');
    await page.selectOption('[aria-label="条件 2"] select >> nth=0', 'ip.address');
    await page.selectOption('[aria-label="条件 2"] select >> nth=1', 'startswith');
    assert.equal(await page.isDisabled('button:text-is("フィルターの適用")'), true, 'a condition lacks its value');
    await page.fill('[aria-label="条件 2"] textarea', '198.51.100.');
    const filters = { 'user.username': { eq: [ada] }, 'ip.address': { startswith: ['198.51.100.'] } };
    assert.deepEqual(JSON.parse(await page.innerText('pre >> nth=0')), filters, 'JSON is shown before it is applied');
    const body = await askedBy(page, () => page.click('button:text-is("フィルターの適用")'));
    assert.deepEqual(body.filters, filters);
    await page.waitForSelector('text=1～25 / 30');
    await assertAccessible(page, 'filtered activities');

    const curl = await page.innerText('pre >> nth=1');
    assert.match(curl, /^curl 'https:\/\/[^']+\/api\/v1\/activities\/'/);
    assert.match(curl, /Authorization: Token \$SALLYPORT_TOKEN"/);
    const written = /-d '([\s\S]*)'$/.exec(curl)?.[1]?.replaceAll("'\\''", "'") ?? '';
    const { value: token } = await makeToken(stage.server, { session: await signIn(stage.server, reader) });
    const answer = await stage.server.request('/api/v1/activities/', { token, body: JSON.parse(written) });
    const { data } = answer.json<{ data: { _id: string }[] }>();
    assert.equal(data.length, 30);
    assert.deepEqual(
      await listed(page),
      data.slice(0, 25).map(({ _id }) => _id),
    );

    const shown = page.url();
    await page.goto(shown);
    await page.waitForSelector('[aria-label="条件 2"] textarea:text-is("198.51.100.")');
    await page.waitForSelector('text=1～25 / 30');
  });
});

test('JSON that cannot be used is told where it is typed, and what can be goes back into conditions', async () => {
  const reader = await stage.person('security-reader');
  await stage.visit(reader, { path: '/activities?service=20892' }, async (page) => {
    await page.waitForSelector('input[type=checkbox]:checked');
    await page.click('button:text-is("Edit as JSON")');
    const text = page.locator('textarea');
    assert.deepEqual(JSON.parse(await text.inputValue()), { service: { eq: [20892] } });
    for (const [typed, told] of [
      ['{"service": {"eq": [1}', 'This is not JSON: line 1, column 22.'],
      ['[1]', 'Filters are an object of fields with operators, not [1].'],
      ['{"nothing": {"eq": [1]}}', 'There is no field nothing.'],
      ['{"service": {"contains": ["x"]}}', 'service has no operator contains.'],
      ['{"service": {"eq": ["x"]}}', 'service eq does not take ["x"].'],
    ] as const) {
      await text.fill(typed);
      await page.waitForSelector(`[role=alert]:has-text(${JSON.stringify(told)})`);
      assert.equal(await page.isDisabled('button:text-is("Apply filters")'), true);
    }
    await assertAccessible(page, 'wrong JSON');
    await text.fill('{"ip.address": {"eq": ["nowhere"]}, "date": {"gte_ndays": 3000}}');
    await page.click('button:text-is("Back to conditions")');
    assert.equal(await page.inputValue('[aria-label="Condition 2"] input'), '3000');
    await askedBy(page, () => page.click('button:text-is("Apply filters")'));
    await page.waitForSelector('[aria-label="Condition 1"] [role=alert]:has-text("nowhere is not valid")');
    await page.fill('[aria-label="Condition 1"] textarea', address);
    await askedBy(page, () => page.press('[aria-label="Condition 2"] input', 'Enter'));
    await page.waitForSelector('text=1–25 of 40');
    await page.click('button[aria-label="Remove condition 1"]');
    await askedBy(page, () => page.click('button:text-is("Clear")'));
    await page.waitForSelector('text=1–25 of 120');
    assert.match(page.url(), /\/activities$/);
  });
});

test('links bring their filters, pages and order are in the address, and the export holds what the filter shows', async () => {
  const reader = await stage.person('security-reader');
  const path = `/activities?user=${ada}&ip=8.8.8.8`;
  await stage.visit(reader, { language: 'fr', width: 1100, path }, async (page) => {
    await page.waitForSelector('text=1–25 sur 60');
    const body = await askedBy(page, () => page.click('button:text-is("Suivant")'));
    assert.deepEqual([body.skip, body.limit, body.sortField, body.sortDirection], [25, 25, 'date', 'desc']);
    const turned = await askedBy(page, () => page.click('th:has-text("Reçu") [role=button]'));
    assert.deepEqual([turned.skip, turned.sortField, turned.sortDirection], [0, 'created', 'asc']);
    assert.match(page.url(), /sort=created/);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('button:text-is("Exporter")')]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    assert.match(lines[0] ?? '', /^\ufeffActivité,Utilisateur,Application,Adresse IP,Emplacement,Appareil,Date,Reçu$/);
    assert.equal(lines.length, 61);
    assert.ok(lines.slice(1).every((line) => line.includes(`,${ada},`) && line.includes(',8.8.8.8,')));
    assert.ok(lines.some((line) => line.startsWith('"Download file: =1+1 ""<b>plan</b>"".docx"')));
  });
  await stage.visit(reader, { language: 'fr', width: 360, path: `${path}&service=20892` }, async (page) => {
    await page.waitForSelector('text=1–25 sur 60');
    await page.click('summary:text-is("JSON et appel d\'API")');
    await assertAccessible(page, 'activities on a phone');
    await page.click('dd a >> nth=0');
    await page.waitForSelector('h2:text-is("Détails")');
    await assertFits(page, 'an activity on a phone');
  });
});

test('an activity tells who, where, what matched and its record, and takes feedback', async () => {
  const operator = await stage.person('security-operator');
  await stage.visit(operator, { path: '/activities?user=grace@contoso.example' }, async (page) => {
    const [id = ''] = await listedSoon(page);
    await page.click('td a >> nth=0');
    await page.waitForURL(new RegExp(`/activities/${id}$`));
    await page.waitForSelector('dd a[href$="/accounts/grace%40contoso.example"]');
    await page.waitForSelector('td a:text-is("What Grace does")');
    await page.click('summary:text-is("Show the record as JSON")');
    const record = JSON.parse(await page.innerText('pre'));
    const answer = await page.request.get(`${stage.server.url}/api/v1/activities/${id}/`);
    assert.deepEqual(record, await answer.json());
    await assertAccessible(page, 'activity');
    await page.click('button:text-is("Give feedback")');
    await page.fill('[role=dialog] textarea', 'This was <b>me</b>.');
    await page.fill('[role=dialog] input[name=email]', 'nobody@nowhere');
    await page.click('[role=dialog] button:text-is("Send")');
    await page.waitForSelector('text=Your feedback was kept.');
    const kept = await stage.server.services.store.db.selectFrom('activityFeedback').selectAll().execute();
    assert.equal(kept.length, 1);
    assert.equal(JSON.parse(kept[0]?.body ?? '{}').feedbackText, 'This was <b>me</b>.');
    await page.click('a:text-is("All activities from this address")');
    await page.waitForSelector('[aria-label="Condition 1"] textarea');
    await page.selectOption('[aria-label="Condition 1"] select >> nth=0', 'policy');
    await page.check('[aria-label="Condition 1"] label:text-is("What Grace does")');
    await askedBy(page, () => page.click('button:text-is("Apply filters")'));
    await page.waitForSelector('text=1–1 of 1');
  });
});

async function listedSoon(page: Page): Promise<string[]> {
  await page.waitForSelector('td a');
  return await listed(page);
}

test('without the permission it is told what is missing, elsewhere there is nothing, and others are not found', async () => {
  const helper = await stage.person('application-administrator');
  for (const path of ['/activities', `/activities/${foreignId}`]) {
    await stage.visit(helper, { path }, async (page) => {
      await page.waitForSelector('text=Activities.read');
      await page.waitForSelector('a[href$="/roles/mine"]');
      assert.equal(await page.locator('table').count(), 0);
    });
  }
  const reader = await stage.person('security-reader');
  await stage.visit(reader, { path: `/activities/${foreignId}` }, async (page) => {
    await page.waitForSelector('text=Not found');
    await page.click('a:text-is("Back to the activity log")');
    await page.waitForSelector('h1:text-is("Activity log")');
  });
  await stage.visit(reader, { path: '/activities?filters=nonsense' }, async (page) => {
    await page.waitForSelector('text=The filters in the address cannot be read');
  });
  await stage.visit(stranger, { theme: 'dark', path: '/activities' }, async (page) => {
    await page.waitForSelector('text=No activities yet');
    await assertAccessible(page, 'no activities');
  });
});
