// Groups of people in the portal.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, chooseFromMenu, openPortalStage, type PortalStage } from '../support/portal.ts';
import { signIn } from '../support/server.ts';

let stage: PortalStage;
before(async () => {
  stage = await openPortalStage();
});
after(() => stage.close());

test('in Chinese: a group is made, gets a member and loses one, and is deleted; names that are taken are told', async () => {
  const boss = await stage.person('global-administrator');
  await stage.visit(boss, { path: '/groups', language: 'zh-Hant', width: 390, theme: 'dark' }, async (page) => {
    const create = async (name: string) => {
      await page.click('header >> role=button[name="新增群組"]');
      await page.fill('[role=dialog] input', name);
      await page.click('[role=dialog] >> role=button[name="新增"]');
    };
    await create('財務');
    await page.click('role=button[name="財務 的動作"]');
    await chooseFromMenu(page, '成員');
    await page.fill('[role=dialog] input', boss.userName);
    await page.click('[role=dialog] >> role=button[name="新增"]');
    await page.waitForSelector(`[role=dialog] li >> text=${boss.userName}`);
    await assertAccessible(page, 'members');
    await page.click(`role=button[name="移出: ${boss.userName}"]`);
    await page.waitForSelector('text=尚無成員。');
    await page.click('[role=dialog] >> role=button[name="關閉"]');
    await create('財務');
    await page.waitForSelector('[role=dialog] .fui-MessageBar');
    await page.click('[role=dialog] >> role=button[name="取消"]');
    await page.click('role=button[name="財務 的動作"]');
    await chooseFromMenu(page, '刪除');
    await assertAccessible(page, 'delete');
    await page.click('[role=alertdialog] >> role=button[name="刪除"]');
    await page.waitForSelector('text=尚無群組');
  });
});

test('a reader sees groups and members and changes none', async () => {
  const boss = await stage.person('global-administrator');
  const session = await signIn(stage.server, boss);
  const made = await stage.server.request('/management/v1/groups', { session, body: { name: 'Finance' } });
  assert.equal(made.status, 201, made.text);
  await stage.visit(await stage.person('security-reader'), { path: '/groups' }, async (page) => {
    await page.click('role=button[name="Actions for Finance"]');
    assert.equal(await page.getAttribute('role=menuitem[name=/Delete/]', 'aria-disabled'), 'true');
    await chooseFromMenu(page, 'Members');
    await page.waitForSelector('text=Nobody belongs to it yet.');
    const add = page.locator('[role=dialog] >> role=button[name="Add"]');
    assert.equal(await add.getAttribute('aria-disabled'), 'true');
    await assertAccessible(page, 'members, read only');
  });
});
