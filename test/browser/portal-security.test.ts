// Incidents and alerts in the portal: looked through, resolved, closed, merged and split, and who may not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { AlertDraft } from '../../src/alerts/alert.ts';
import { raiseAlerts } from '../../src/incidents/raise.ts';
import { address, sampleDraft, user } from '../support/drafts.ts';
import { assertAccessible, openPortalStage, type PortalStage } from '../support/portal.ts';

let stage: PortalStage;
before(async () => {
  stage = await openPortalStage();
});
after(() => stage.close());

/** Raises these together: what shares a thing is one incident. Gives the incident of the first. */
async function raise(...drafts: readonly AlertDraft[]): Promise<{ incidentId: number; id: string }> {
  const [first] = await raiseAlerts(stage.server.services, stage.tenant.id, drafts);
  assert.ok(first?.incidentId);
  return { incidentId: first.incidentId, id: first.id };
}

let raised = 0;

/** Two alerts about one person and one address, which are only in these. */
async function raiseTwo(name: string) {
  raised += 1;
  const who = [user(`${name}@contoso.example`), address(`203.0.113.${raised}`)];
  const [one, two] = [sampleDraft(`${name}-1`, who), sampleDraft(`${name}-2`, who)];
  return await raise({ ...one, title: `First of ${name}` }, { ...two, title: `Second of ${name}` });
}

async function stored<T>(page: Page, path: string): Promise<T> {
  const answer = await page.request.get(`${stage.server.url}${path}`);
  assert.equal(answer.status(), 200, await answer.text());
  return (await answer.json()) as T; // As the schema of the route has it.
}

interface StoredIncident {
  readonly status: string;
  readonly classification: string;
  readonly determination: string;
  readonly assignedTo: string | null;
  readonly tags: readonly string[];
  readonly alertIds: readonly string[];
}

test('a security operator resolves an incident, in French', async () => {
  const operator = await stage.person('security-operator');
  const { incidentId } = await raiseTwo('resolved');
  await stage.visit(operator, { language: 'fr', path: '/incidents' }, async (page) => {
    await page.fill('input[type=search]', String(incidentId));
    await page.click(`td a[href*="/incidents/${incidentId}"] >> nth=0`);
    await page.click('button:text-is("M\'affecter")');
    await page.waitForSelector(`dd:text-is("${operator.userName}")`);
    await page.click('button:text-is("Résoudre")');
    await page.selectOption('[role=dialog] select[name=verdict]', 'truePositive/phishing');
    await page.fill('[role=dialog] textarea', 'Le lien venait de <b>partout</b>.');
    await assertAccessible(page, 'resolve dialog');
    await page.click('[role=dialog] button:text-is("Résoudre")');
    await page.waitForSelector('dd:text-is("Résolu")');
    await page.waitForSelector('dd:has-text("Vrai positif – Hameçonnage")');
    await page.waitForSelector('li:has-text("Le lien venait de <b>partout</b>.")');
    const { status, classification, determination, assignedTo, alertIds } = await stored<StoredIncident>(
      page,
      `/management/v1/incidents/${incidentId}`,
    );
    assert.deepEqual(
      [status, classification, determination, assignedTo],
      ['Resolved', 'truePositive', 'phishing', operator.userName],
    );
    for (const alertId of alertIds) {
      const alert = await stored<{ status: string }>(page, `/management/v1/alerts/${alertId}`);
      assert.equal(alert.status, 'resolved');
    }
    await page.click('button:text-is("Rouvrir")');
    await page.waitForSelector('dd:text-is("Actif")');
  });
});

test('a reader sees what could be done, that it is not permitted, and why', async () => {
  const reader = await stage.person('security-reader');
  const { incidentId, id } = await raiseTwo('read');
  await stage.visit(reader, { language: 'fr', path: `/incidents/${incidentId}` }, async (page) => {
    const button = page.locator('button:text-is("Résoudre")');
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    await button.focus();
    await page.waitForSelector('[role=tooltip]:has-text("Incident.ReadWrite.All")');
    await button.press('Enter');
    assert.equal(await page.locator('[role=dialog]').count(), 0);
    await page.goto(`${stage.server.url}/portal/alerts/${id}`);
    const close = page.locator('button:text-is("Fermer l\'alerte")');
    await close.focus();
    await page.waitForSelector('[role=tooltip]:has-text("Alerts.manage")');
    await page.click('button:text-is("Marquer comme lue")');
    await page.waitForSelector('button:text-is("Marquer comme non lue")');
  });
  const nobody = await stage.person('application-administrator');
  for (const path of ['/incidents', `/incidents/${incidentId}`, '/alerts', `/alerts/${id}`]) {
    await stage.visit(nobody, { path }, async (page) => {
      await page.waitForSelector('text=Your roles do not open this');
      await page.waitForSelector('a[href$="/roles/mine"]');
    });
  }
});

test('an incident is managed, and what the server does not take is told where it was typed', async () => {
  const operator = await stage.person('security-operator');
  const { incidentId } = await raiseTwo('managed');
  await stage.visit(operator, { path: `/incidents/${incidentId}` }, async (page) => {
    await page.click('button:text-is("Manage incident")');
    await page.fill('[role=dialog] input[name=name]', 'Renamed');
    await page.selectOption('[role=dialog] select[name=severity]', 'High');
    await page.fill('[role=dialog] textarea[name=tags]', 'one\ntwo\none');
    await page.fill('[role=dialog] input[name=assignedTo]', 'someone@else.example');
    await page.click('[role=dialog] button:text-is("Save")');
    await page.waitForSelector('h1:text-is("Renamed")');
    const kept = await stored<StoredIncident>(page, `/management/v1/incidents/${incidentId}`);
    assert.deepEqual([kept.tags, kept.assignedTo], [['one', 'two'], 'someone@else.example']);
    await page.click('button:text-is("Merge")');
    await page.fill('[role=dialog] input[name=other]', '999999');
    await page.click('[role=dialog] button:text-is("Merge")');
    await page.waitForSelector('[role=dialog] >> text=Incident 999999');
    await page.click('[role=dialog] button:text-is("Cancel")');
    await page.goto(`${stage.server.url}/portal/incidents/999999`);
    await page.waitForSelector('text=Not found');
    await page.click('text=To all incidents');
    await page.waitForSelector('h1:text-is("Incidents")');
  });
});

test('incidents are filtered in the address, merged by the queue and split by their page', async () => {
  const operator = await stage.person('security-operator');
  const [one, two] = [await raiseTwo('merged-a'), await raiseTwo('merged-b')];
  await stage.visit(operator, { path: '/incidents?status=Active' }, async (page) => {
    await page.waitForSelector(`td a[href*="/incidents/${two.incidentId}"]`);
    await page.selectOption('search select >> nth=1', 'Low');
    await page.waitForURL(/severity=Low/);
    await page.waitForSelector('text=Nothing matches');
    await page.click('button:text-is("Clear filters")');
    for (const { incidentId } of [one, two]) await page.click(`input[aria-label="Select ${incidentId}"]`);
    await page.click('button:text-is("Merge")');
    await page.waitForSelector(`[role=dialog] >> text=${two.incidentId}`);
    await page.click('[role=dialog] button:text-is("Merge")');
    await page.waitForURL(new RegExp(`/incidents/${one.incidentId}$`));
    const merged = await stored<StoredIncident>(page, `/management/v1/incidents/${one.incidentId}`);
    assert.equal(merged.alertIds.length, 4);
    await page.waitForSelector('main svg [role=button]');
    await page.click('main nav a:text-is("Alerts")');
    await page.waitForSelector(`text=Moved from incident ${two.incidentId}`);
    await page.click('input[aria-label="Select First of merged-b"]');
    await page.click('button:text-is("Move alerts")');
    await page.click('[role=dialog] button:text-is("Move alerts")');
    await page.waitForSelector(`text=Moved from incident ${one.incidentId}`);
    assert.ok(!page.url().includes(`/incidents/${one.incidentId}/`));
    await page.goto(`${stage.server.url}/portal/incidents/${two.incidentId}`);
    await page.waitForSelector('text=This incident is part of another one');
  });
});

test('the graph of an incident can be walked with the keyboard, and read as a list', async () => {
  const reader = await stage.person('security-reader');
  const { incidentId } = await raiseTwo('drawn');
  await stage.visit(reader, { path: `/incidents/${incidentId}` }, async (page) => {
    const node = page.locator('svg [role=button]', { hasText: 'drawn@contoso.example' });
    await node.focus();
    await node.press('Enter');
    assert.equal(await node.getAttribute('aria-pressed'), 'true');
    await page.waitForSelector('[role=status]:has-text("First of drawn"):has-text("Second of drawn")');
    await page.click('button:text-is("List")');
    await page.waitForSelector('td:has-text("drawn@contoso.example")');
    await page.click('nav a:text-is("Timeline")');
    await page.waitForSelector('li:has-text("Alert raised")');
  });
});

test('alerts are closed with a reason, and opened again', async () => {
  const operator = await stage.person('security-operator');
  const { id } = await raiseTwo('closed');
  await stage.visit(operator, { path: '/alerts?user=closed%40contoso.example' }, async (page) => {
    await page.waitForSelector('text=First of closed');
    assert.equal(await page.locator('tbody tr').count(), 2);
    await page.click('thead input[type=checkbox]');
    await page.click('button:text-is("Close alert")');
    await page.click('[role=dialog] label:text-is("Benign")');
    await page.selectOption('[role=dialog] select[name=reason]', '6');
    await page.fill('[role=dialog] textarea', 'Our own test');
    await page.click('[role=dialog] button:text-is("Close alert")');
    await page.waitForSelector('td:text-is("Closed as benign") >> nth=1');
    const alert = await stored<{ resolution: string; closeComment: string; determination: string }>(
      page,
      `/management/v1/alerts/${id}`,
    );
    assert.deepEqual(
      [alert.resolution, alert.determination, alert.closeComment],
      ['benign', 'securityTesting', 'Our own test'],
    );
    await page.click('text=First of closed');
    await page.waitForSelector('dd:text-is("Our own test")');
    await page.click('button:text-is("Reopen")');
    await page.waitForSelector('dd:text-is("Open")');
    await page.waitForSelector('a[href*="/incidents/"]');
  });
});

test('the pages are usable in each language and theme, on a phone and on a desk', async () => {
  const operator = await stage.person('security-operator');
  const { incidentId, id } = await raiseTwo('usable');
  const readers = [
    { language: 'en', theme: 'contrast', width: 1280 },
    { language: 'ja', theme: 'dark', width: 390 },
    { language: 'zh-Hant', theme: 'light', width: 1280 },
    { language: 'fr', theme: 'dark', width: 1280 },
    { language: 'ko', theme: 'light', width: 360 },
  ] as const;
  const paths = [
    '/incidents',
    `/incidents/${incidentId}`,
    `/incidents/${incidentId}/alerts`,
    '/alerts',
    `/alerts/${id}`,
  ];
  for (const reader of readers) {
    await stage.visit(operator, { ...reader, path: '/incidents' }, async (page) => {
      for (const path of paths) {
        await page.goto(`${stage.server.url}/portal${path}`);
        await page.waitForSelector('#main h1');
        await page.waitForLoadState('networkidle');
        await assertAccessible(page, `${path} ${JSON.stringify(reader)}`);
      }
    });
  }
});
