// What lies over the pages and below their addresses: dialogs, menus and views that a click opens. Pictures are taken of them
// as of pages.
import type { Page } from 'playwright-core';
import { chooseFromMenu } from '../test/support/portal-page.ts';
import { first, firstAlert, type PictureOf } from './screenshot-pages.ts';

const settings = '/settings/security-extensions';
const anIncident = first('/incidents', '/management/v1/incidents?limit=1');
const anApplication = first('/applications', '/management/v1/applications?limit=1');

export const portalDialogs: readonly PictureOf[] = [
  { name: 'preferences', path: '/help/about', open: preferences },
  { name: 'help-menu', path: '/help/about', open: helpMenu },
  { name: 'api-token-new', path: `${settings}/api-tokens`, open: dialog('Generate new token') },
  { name: 'api-token-rotate', path: `${settings}/api-tokens`, open: rowVerb('Rotate') },
  { name: 'api-token-revoke', path: `${settings}/api-tokens`, open: rowVerb('Revoke') },
  { name: 'api-token-details', path: `${settings}/api-tokens`, open: rowVerb('Details') },
  { name: 'siem-agent-new', path: `${settings}/siem-agents`, open: dialog('Add SIEM agent') },
  { name: 'data-source-new', path: '/settings/log-upload/data-sources', open: dialog('Add data source') },
  { name: 'log-collector-new', path: '/settings/log-upload/log-collectors', open: dialog('Add log collector') },
  { name: 'incident-manage', path: anIncident, open: dialog('Manage incident') },
  { name: 'incident-resolve', path: anIncident, open: dialog('Resolve') },
  { name: 'incident-merge', path: anIncident, open: dialog('Merge') },
  { name: 'alert-close', path: firstAlert, open: dialog('Close alert') },
  { name: 'hunting-chart', path: '/hunting', open: chart },
  { name: 'application-new', path: '/applications', open: dialog('New registration') },
  { name: 'application-access', path: anApplication, open: dialog('Add a permission') },
  { name: 'application-secret', path: anApplication, open: dialog('New client secret') },
  { name: 'user-new', path: '/users', open: dialog('Add a user') },
  { name: 'user-menu', path: '/users', open: (page) => page.click('role=button[name=/^Actions for /] >> nth=0') },
  { name: 'role-assign', path: '/roles/assignments', open: dialog('Assign a role') },
  { name: 'api-operation', path: '/help/api?search=api-tokens', open: operation },
  { name: 'which-access-answer', path: '/which-access?data=customers' },
  { name: 'token-read', path: '/token-validator', open: pasteToken },
  { name: 'missing', path: '/nothing-is-here' },
];

/** Presses the button of the page that opens a dialog. */
function dialog(button: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.click(`#main >> role=button[name="${button}"] >> nth=0`);
    await page.waitForSelector('[role=dialog], [role=alertdialog]');
  };
}

/** Chooses from the menu of the first row. */
function rowVerb(verb: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.click('#main >> role=button[name=/^Actions for /] >> nth=0');
    await chooseFromMenu(page, verb);
    await page.waitForSelector('[role=dialog], [role=alertdialog]');
  };
}

async function helpMenu(page: Page): Promise<void> {
  await page.click('role=button[name="Help"]');
  await page.waitForSelector('[role=menuitem]');
}

async function preferences(page: Page): Promise<void> {
  await page.click('header [aria-haspopup=menu] >> nth=1');
  await chooseFromMenu(page, 'Language and appearance');
  await page.waitForSelector('[role=dialog]');
}

async function chart(page: Page): Promise<void> {
  await page.waitForSelector('.monaco-editor textarea');
  await page.click('.monaco-editor .view-lines');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(
    'CloudAppEvents | where Timestamp > ago(30d) | summarize Events = count() by Application | render columnchart',
  );
  await page.click('role=button[name="Run query"]');
  await page.waitForSelector('#main .fui-Spinner', { state: 'detached' });
  await page.waitForSelector('#main [role=table], #main table');
}

async function operation(page: Page): Promise<void> {
  await page.click('role=button[name=/POST .management.v1.api-tokens Generate/]');
  await page.waitForSelector('text=Try it with your session');
}

/** Made here and signed by nobody. */
async function pasteToken(page: Page): Promise<void> {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: 'https://api.security.microsoft.com', exp: 1_700_000_000, roles: ['Incident.Read.All'] };
  await page.fill('#main textarea', `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`);
  await page.waitForSelector('text=Incident.Read.All');
}
