// Cloud discovery in the portal: a log becomes a report, an app in it is unsanctioned, and the block script names it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { UserRow } from '../../src/directory/users-store.ts';
import { type LogReading, startReadingLogs } from '../../src/discovery/uploads/worker.ts';
import { assertAccessible, openPortalStage, type PortalStage } from '../support/portal.ts';

let stage: PortalStage;
let reading: LogReading;
let admin: UserRow;
before(async () => {
  stage = await openPortalStage();
  reading = startReadingLogs(stage.server.services);
  admin = await stage.person('cloud-app-security-administrator');
});
after(async () => {
  await reading.stop();
  await stage.close();
});

/** Lines of Squid's native format of the last minutes by the server's clock. */
function squidLog(count: number): string {
  const begin = Math.floor(stage.server.services.clock() / 1000) - 3600;
  const lineOf = (index: number) =>
    `${begin + index}.123    120 192.0.2.${1 + (index % 9)} TCP_TUNNEL/200 ${1000 + index} CONNECT www.dropbox.com:443 user${index % 5} HIER_DIRECT/198.51.100.7 -`;
  return `${Array.from({ length: count }, (_, index) => lineOf(index)).join('\n')}\n`;
}

async function sendSnapshot(page: Page, name: string, content: string): Promise<void> {
  await page.getByRole('button', { name: '새 스냅샷 보고서' }).first().click();
  const dialog = page.getByRole('alertdialog');
  await dialog.locator('input[name=name]').fill(name);
  await dialog.locator('select[name=source]').selectOption('SQUID_NATIVE');
  await dialog.getByLabel('로그 파일').setInputFiles({
    name: 'proxy.log',
    mimeType: 'text/plain',
    buffer: Buffer.from(content),
  });
  await assertAccessible(page, 'new snapshot report');
  await dialog.getByRole('button', { name: '업로드', exact: true }).click();
}

test('a log is uploaded, its app unsanctioned, and the block script names its domain (Korean)', async () => {
  await stage.visit(admin, { language: 'ko', path: '/discovery/uploads' }, async (page) => {
    await page.getByText('업로드된 로그가 없습니다').waitFor();
    await sendSnapshot(page, '본사 프록시', squidLog(50));
    await page.getByText('로그를 읽었습니다').waitFor();
    await assertAccessible(page, 'upload that was read');
    await page.getByRole('link', { name: '검색된 앱 보기' }).click();
    await page.getByRole('link', { name: 'Dropbox' }).waitFor();
    await assertAccessible(page, 'discovered apps');

    await page.getByRole('checkbox', { name: 'Dropbox 선택' }).check();
    await page.getByRole('button', { name: '선택한 앱에 태그 지정' }).click();
    await page.getByRole('radio', { name: '승인되지 않음' }).check();
    await page.getByLabel('이유').fill('파일 유출 위험');
    await assertAccessible(page, 'tag dialog');
    await page.getByRole('button', { name: '저장' }).click();
    await page.getByRole('table').getByText('승인되지 않음').waitFor();

    await page.getByRole('button', { name: '차단 스크립트' }).click();
    await page.locator('select[name=format]').selectOption('zscaler');
    await assertAccessible(page, 'block script');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '다운로드' }).click(),
    ]);
    assert.match(file.suggestedFilename(), /Zscaler_block_script\.txt$/);
    assert.match(await readFile(await file.path(), 'utf8'), /dropbox\.com/);
    await page.getByRole('button', { name: '닫기' }).click();

    await page.getByRole('link', { name: 'Dropbox' }).click();
    await page.getByText('파일 유출 위험').waitFor();
    await page.getByRole('table', { name: '점수 요소' }).waitFor();
    await assertAccessible(page, 'app');
    await page.getByRole('button', { name: '메모 편집' }).click();
    await page.getByRole('dialog').locator('textarea').fill('검토 중');
    await page.getByRole('button', { name: '저장' }).click();
    await page.getByText('검토 중').waitFor();
  });
});

test('a file that is no such log says so, with its first bad lines, and can be deleted', async () => {
  await stage.visit(admin, { language: 'ko', path: '/discovery/uploads' }, async (page) => {
    await page.getByRole('button', { name: '새 스냅샷 보고서' }).first().click();
    await page.getByRole('alertdialog').getByRole('button', { name: '업로드', exact: true }).click();
    await page.getByText('이름을 입력하세요.').waitFor();
    await page.getByText('파일을 선택하세요.').waitFor();
    await page.getByRole('button', { name: '취소' }).click();
    await sendSnapshot(page, '잘못된 로그', 'this is\nno log\nof a proxy\n'.repeat(20));
    await page.getByText('로그가 선택한 종류와 일치하지 않습니다').waitFor();
    await page.getByRole('heading', { name: '사용할 수 없었던 첫 줄' }).waitFor();
    await page.getByRole('button', { name: '삭제' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: '삭제' }).click();
    await page.getByRole('heading', { name: '스냅샷 보고서' }).waitFor();
  });
});

test('a reader may not upload and is told why, and somebody without any role sees what it takes', async () => {
  const reader = await stage.person('security-reader');
  await stage.visit(reader, { language: 'ko', path: '/discovery/uploads' }, async (page) => {
    const button = page.getByRole('button', { name: '새 스냅샷 보고서' }).first();
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    const why = await button.getAttribute('aria-describedby').then((id) => page.innerText(`#${id}`));
    assert.match(why, /Discovery\.upload/);
  });
  const sleeper = await stage.person();
  await stage.visit(sleeper, { language: 'ko', path: '/discovery/apps' }, async (page) => {
    await page.getByText('Discovery.read').first().waitFor();
  });
});

test('the pages of cloud discovery can be used in every language and theme', async () => {
  const readers = [
    ['en', 'dark', 390, '/discovery/uploads'],
    ['ja', 'contrast', 1280, '/discovery/catalog'],
    ['fr', 'light', 360, '/discovery/catalog'],
    ['zh-Hant', 'dark', 1280, '/governance'],
    ['fr', 'light', 390, '/discovery'],
  ] as const;
  for (const [language, theme, width, path] of readers) {
    await stage.visit(admin, { language, theme, width, path }, async (page) => {
      await page.waitForLoadState('networkidle');
      await assertAccessible(page, `${path}, ${language}, ${theme}, ${width} px`);
    });
  }
});
