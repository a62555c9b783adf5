// Files, accounts and IP ranges in the portal: found, exported, looked into, kept, and who may not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type AnswerableField, activityFields } from '../../src/activities/filters.ts';
import type { Tenant } from '../../src/directory/tenants.ts';
import type { UserRow } from '../../src/directory/users-store.ts';
import { entitiesFollower } from '../../src/entities/follower.ts';
import { filesFollower } from '../../src/files/follower.ts';
import { raiseAlerts } from '../../src/incidents/raise.ts';
import { filtersOf } from '../../src/policies/conditions.ts';
import { createPolicy } from '../../src/policies/policies.ts';
import { makeTenant, makeUser } from '../support/accounts.ts';
import { sampleDraft, user } from '../support/drafts.ts';
import { adaId, story } from '../support/entity-reader.ts';
import { follow, ingest } from '../support/entity-sources.ts';
import { fileStory, itemId, siteId } from '../support/file-reader.ts';
import { ctxOf } from '../support/ingestion.ts';
import { assertAccessible, openPortalStage, type PortalStage } from '../support/portal.ts';

let stage: PortalStage;
let ada: string;
/** Another tenant's: a file, an account, and somebody who has nothing yet. */
let foreign: { file: string; account: string };
let stranger: UserRow;
before(async () => {
  stage = await openPortalStage();
  const { services } = stage.server;
  const [other, empty] = [await makeTenant(services), await makeTenant(services)];
  for (const tenant of [stage.tenant, other]) await ingest(services, tenant, [...fileStory(tenant), ...story(tenant)]);
  await follow(services, [entitiesFollower, filesFollower]);
  ada = `ada@${stage.tenant.slug}.example`;
  foreign = { file: await idIn(other, 'files'), account: await idIn(other, 'entities') };
  stranger = await makeUser(services, empty, { role: 'security-reader' });
});
after(() => stage.close());

async function idIn({ id }: Tenant, table: 'files' | 'entities'): Promise<string> {
  const { db } = stage.server.services.store;
  const row = await db.selectFrom(table).select('id').where('tenantId', '=', id).executeTakeFirstOrThrow();
  return row.id;
}

async function exported(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`button:text-is("${button}")`)]);
  return readFileSync(await download.path(), 'utf8');
}

async function records<T>(page: Page, path: string): Promise<T[]> {
  const answer = await page.request.get(`${stage.server.url}/api/v1/${path}/`);
  assert.equal(answer.status(), 200, await answer.text());
  return ((await answer.json()) as { data: T[] }).data; // As every list has it.
}

test('a shared file is found and looked into, in Japanese', async () => {
  const fileId = `${siteId}|${itemId('a')}`;
  const draft = sampleDraft('shared', [{ entityType: 'File', fileId, fileName: 'a.docx' }], { policyId: 'p-1' });
  await raiseAlerts(stage.server.services, stage.tenant.id, [{ ...draft, title: 'Shared <i>outside</i>' }]);
  const reader = await stage.person('security-reader');
  await stage.visit(reader, { language: 'ja', path: '/files' }, async (page) => {
    await page.waitForSelector('td a:text-is("f.docx")');
    await assertAccessible(page, 'files');
    assert.equal(await page.locator('td a:text-is("c.docx")').count(), 0);
    await page.selectOption('search select >> nth=3', 'all');
    await page.waitForSelector('td:has-text("ごみ箱内")');
    await page.selectOption('search select >> nth=1', 'external');
    await page.waitForURL(/access=external/);
    await page.waitForSelector('nav:has-text("1～1 / 1")');
    const csv = await exported(page, 'エクスポート');
    assert.match(
      csv,
      new RegExp(`^\ufeffファイル名,所有者,.*\r\na.docx,${ada},.*外部,bob@.* eve@fabrikam.example plan readers,`),
    );
    await page.click('td a:text-is("a.docx")');
    await page.waitForSelector('h1:text-is("a.docx")');
    await page.waitForSelector('dd:text-is("label-secret")');
    for (const name of ['eve@fabrikam.example', `bob@${stage.tenant.slug}.example`, 'plan readers']) {
      await page.waitForSelector(`td:has-text("${name}")`);
    }
    await page.waitForSelector('td a:text-is("Shared <i>outside</i>")');
    await page.waitForSelector('td a[href*="/policies/p-1"]');
    await page.waitForSelector('a[href*="/activities/"] >> nth=0');
    await assertAccessible(page, 'file');
    await page.click(`dd a:text-is("${ada}")`);
    await page.waitForSelector('h2:text-is("アプリのアカウント")');
  });
});

test('an account is found and leads to what it did and what was raised about it, in French', async () => {
  await raiseAlerts(stage.server.services, stage.tenant.id, [
    sampleDraft('of-ada', [user(ada)], { title: 'Ada downloaded a lot' }),
  ]);
  const reader = await stage.person('global-reader');
  await stage.visit(reader, { language: 'fr', path: '/accounts' }, async (page) => {
    await page.fill('input[type=search]', 'ADA@');
    await page.waitForURL(/search=ADA/);
    await page.waitForSelector('nav:has-text("1–2 sur 2")');
    await page.selectOption('search select >> nth=0', 'user');
    await page.selectOption('search select >> nth=1', 'internal');
    await page.waitForURL(/affiliation=internal/);
    await page.waitForSelector('nav:has-text("1–1 sur 1")');
    await assertAccessible(page, 'accounts');
    assert.match(await exported(page, 'Exporter'), new RegExp(`\r\n${ada},Utilisateur,Interne,Non,Actif,`));
    await page.click(`td a:text-is("${ada}")`);
    await page.waitForSelector(`dd:text-is("${adaId}")`);
    await page.waitForSelector('td:has-text("Microsoft OneDrive for Business")');
    await page.waitForSelector('td a:text-is("Ada downloaded a lot")');
    await page.waitForSelector('td a[href*="/activities/"] >> nth=0');
    await assertAccessible(page, 'account');
    const links = ['/activities?user=', '/alerts?user=', '/files?owner=', '/files?collaborator='];
    for (const link of links) await page.waitForSelector(`main a[href*="${link}"]`);
    await page.click('main a[href*="/files?owner="]');
    await page.waitForSelector('td a:text-is("a.docx")');
  });
});

/** An activity policy that looks at the category of addresses: 3 is risky. */
async function addPolicyOnRisky(name: string): Promise<void> {
  const isField = (each: (typeof activityFields)[number]): each is AnswerableField => each.names[0] === 'ip.category';
  const field = activityFields.find(isField);
  assert.ok(field);
  const conditions = [{ field, test: { operator: 'eq', values: [3] } as const }];
  const ctx = ctxOf(stage.server.services, stage.tenant, ['Policies.manage']);
  await createPolicy(ctx, { name, filters: { filters: filtersOf(conditions), conditions } });
}

test('an IP range is added, changed and deleted, and what is wrong is told at its field, in Korean', async () => {
  await addPolicyOnRisky('Risky sign-ins');
  const manager = await stage.person('security-administrator');
  await stage.visit(manager, { language: 'ko', path: '/settings/ip-ranges' }, async (page) => {
    const add = async () => await page.click('main header button:text-is("IP 주소 범위 추가")');
    const send = async (button = '추가') => await page.click(`[role=dialog] button:text-is("${button}")`);
    await add();
    await send();
    await page.waitForSelector('[role=dialog] >> text=이름을 입력하세요.');
    await page.fill('[role=dialog] input >> nth=0', '본사');
    await page.fill('[role=dialog] textarea >> nth=0', '192.0.2.0/24\n2001:db8:1::/48\n300.1.2.3');
    await send();
    await page.waitForSelector('[role=dialog] [role=alert]:has-text("300.1.2.3 is no CIDR range")');
    assert.equal(
      await page.locator('[role=dialog] textarea[aria-invalid=true]').inputValue(),
      '192.0.2.0/24\n2001:db8:1::/48\n300.1.2.3',
    );
    await page.fill('[role=dialog] textarea >> nth=0', '192.0.2.0/24\n2001:db8:1::/48');
    await page.selectOption('[role=dialog] select', '3');
    await page.fill('[role=dialog] textarea >> nth=1', 'Zscaler\n<b>Seoul</b>');
    await page.fill('[role=dialog] input >> nth=2', 'kr');
    await page.waitForSelector('[role=dialog] >> text=대한민국');
    await assertAccessible(page, 'range dialog');
    await send();
    await page.waitForSelector('td:has-text("2001:db8:1::/48")');
    await page.waitForSelector('td:text-is("Zscaler, <b>Seoul</b>")');
    await add();
    await page.fill('[role=dialog] input >> nth=0', '지점');
    await page.fill('[role=dialog] textarea >> nth=0', '192.0.2.128/25');
    await send();
    await page.waitForSelector('[role=dialog] [role=alert]:has-text("다른 범위에 속해"):has-text("192.0.2.0/24")');
    await page.fill('[role=dialog] input >> nth=0', '본사');
    await page.fill('[role=dialog] textarea >> nth=0', '198.51.100.0/24');
    await send();
    await page.waitForSelector('[role=dialog] [role=alert]:has-text("다른 범위에서 이 이름을")');
    await page.click('[role=dialog] button:text-is("취소")');
    await page.click('button[aria-label="본사 편집"]');
    await page.fill('[role=dialog] input >> nth=1', 'Contoso');
    await send('저장');
    await page.waitForSelector('td:text-is("Contoso")');
    const [kept] = (await records<Record<string, unknown>>(page, 'subnet')).filter(({ name }) => name === '본사');
    assert.deepEqual([kept?.category, kept?.organization], [3, 'Contoso']);
    assert.match(await exported(page, '내보내기'), /본사,192.0.2.0\/24 2001:db8:1::\/48,위험,"Zscaler, <b>Seoul<\/b>"/);
    await page.fill('search input >> nth=0', 'zscaler');
    await page.press('search input >> nth=0', 'Enter');
    await page.waitForURL(/tag=zscaler/);
    await page.waitForSelector('nav:has-text("1–1/1"), nav:has-text("1–1")');
    await page.click('button[aria-label="본사 삭제"]');
    await page.waitForSelector('[role=alertdialog] a:text-is("Risky sign-ins")');
    await assertAccessible(page, 'delete dialog');
    await page.click('[role=alertdialog] button:text-is("삭제")');
    await page.waitForSelector('text=일치하는 항목');
  });
});

test('who may not is told which permission it takes', async () => {
  const discovery = await stage.person('cloud-discovery-global-administrator');
  await stage.visit(discovery, { path: '/settings/ip-ranges' }, async (page) => {
    const button = page.locator('main header button');
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    await button.focus();
    await page.waitForSelector('[role=tooltip]:has-text("Subnets.manage")');
    await page.waitForSelector('td:text-is("Loopback (RFC 1122, RFC 4291)")');
    for (const [path, permission] of [
      ['/files', 'Files.read'],
      [`/files/${foreign.file}`, 'Files.read'],
      ['/accounts', 'Entities.read'],
      [`/accounts/${foreign.account}`, 'Entities.read'],
    ]) {
      await page.goto(`${stage.server.url}/portal${path}`);
      await page.waitForSelector(`main:has-text("Your roles do not open this"):has-text("${permission}")`);
    }
  });
});

test('what is of another tenant is not there, and a tenant with nothing is told the next step', async () => {
  const reader = await stage.person('security-reader');
  await stage.visit(reader, { path: `/files/${foreign.file}` }, async (page) => {
    await page.waitForSelector('main >> text=Not found');
    await page.goto(`${stage.server.url}/portal/accounts/${foreign.account}`);
    await page.waitForSelector('main >> text=Not found');
    await page.click('text=To all users and accounts');
    await page.waitForSelector('h1:text-is("Users and accounts")');
    // Whatever the address says wrong is left out or told, and never breaks the page.
    await page.goto(`${stage.server.url}/portal/files?app=x&type=constructor&access=9&sort=size&days=-1`);
    await page.waitForSelector('main >> text=sortField must be dateModified or date.');
  });
  await stage.visit(stranger, { path: '/files' }, async (page) => {
    await page.waitForSelector('text=There are no files yet');
    await page.goto(`${stage.server.url}/portal/accounts`);
    await page.waitForSelector('text=There are no accounts yet');
    await page.waitForSelector('main a[href$="/which-access"]');
  });
});
