// What pages of the portal list by themselves is what the server knows: pairs of verdicts, apps, and the filters that they send.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appNames as serverApps } from '../src/activities/unified-audit/apps.ts';
import { determinationsOf } from '../src/alerts/life.ts';
import { detectionIds } from '../src/detections/detection.ts';
import { thresholdNames } from '../src/policies/app-policy.ts';
import { appTemplates } from '../src/policies/app-templates.ts';
import { riskCategories } from '../src/policies/policy.ts';
import { policyTemplates } from '../src/policies/templates.ts';
import { appNames } from '../web/components/app-names.ts';
import policyTexts from '../web/locales/en/portal-policies.json' with { type: 'json' };
import { alertFilters } from '../web/pages/alerts/filters.ts';
import { entitiesOf, foundEntities } from '../web/pages/incidents/entities.ts';
import { columnMax, layOut } from '../web/pages/incidents/graph-layout.ts';
import { isOffered, parseVerdict, verdictClassifications, verdicts } from '../web/pages/incidents/verdicts.ts';
import { decoyDetection, leaverDetection, measures } from '../web/pages/policies/settings.ts';
import { risks } from '../web/pages/policies/words.ts';

test('every verdict that can be chosen is one that the server takes, and none but retired ones is missing', () => {
  const retired = ['apt', 'securityPersonnel', 'unknown'];
  for (const classification of verdictClassifications) {
    const offered: readonly string[] = verdicts[classification];
    assert.deepEqual(
      determinationsOf(classification).filter((each) => !retired.includes(each)),
      offered,
    );
  }
  assert.deepEqual(parseVerdict('truePositive/phishing'), {
    classification: 'truePositive',
    determination: 'phishing',
  });
  assert.equal(parseVerdict('somethingElse/phishing'), undefined);
  assert.ok(!isOffered({ classification: 'truePositive', determination: 'apt' }));
});

test('templates of policies, detections with settings and thresholds are named as the server has them', () => {
  const texts: Readonly<Record<string, unknown>> = policyTexts.template;
  const served = [...policyTemplates, ...appTemplates];
  assert.deepEqual(
    texts,
    Object.fromEntries(served.map(({ id, name, description }) => [id, { name, about: description }])),
  );
  assert.deepEqual([decoyDetection, leaverDetection], [detectionIds.decoyAccount, detectionIds.terminatedUser]);
  assert.deepEqual(measures, thresholdNames);
  assert.deepEqual(
    risks.map(([number]) => number),
    riskCategories,
  );
});

test('the apps that can be chosen are those that records name', () => {
  assert.deepEqual(new Map(appNames), new Map([...serverApps]));
});

test('filters of the queue of alerts become those of the API, and what is none is left out', () => {
  const now = Date.parse('2026-11-22T00:00:00Z');
  const chosen = { severity: 'high', status: 'open', read: 'false', app: '20892', policy: 'p', user: 'a@b', days: '1' };
  assert.deepEqual(alertFilters(chosen, now), {
    severity: { eq: [2] },
    resolutionStatus: { eq: [0] },
    read: { eq: false },
    'entity.service': { eq: [20892] },
    'entity.policy': { eq: ['p'] },
    'entity.entity': { eq: [{ id: 'a@b', saas: 11161, inst: 0 }] },
    date: { gte: now - 86_400_000 },
  });
  assert.deepEqual(alertFilters({ status: 'closed', ip: '192.0.2.1' }, now), {
    alertOpen: { eq: false },
    'entity.ip': { eq: ['192.0.2.1'] },
  });
  assert.deepEqual(alertFilters({ severity: 'worst', status: 'constructor', app: 'x', days: 'long' }, now), {});
});

test('things of several alerts are told once, with the worst verdict and the alerts that they are in', () => {
  const user = (verdict: string) => ({ entityType: 'User', userPrincipalName: 'Ada@contoso.example', verdict });
  const alerts = [
    { alertId: 'a', entities: [user('Unknown'), { entityType: 'Ip', ipAddress: '192.0.2.1' }], devices: [] },
    { alertId: 'b', entities: [user('Malicious')], devices: [{ deviceDnsName: 'pc1', osPlatform: 'Windows11' }] },
  ];
  const found = foundEntities(alerts);
  assert.deepEqual(
    found.map(({ kind, name, verdict, alertIds }) => [kind, name, verdict, alertIds.join()]),
    [
      ['user', 'Ada@contoso.example', 'Malicious', 'a,b'],
      ['ip', '192.0.2.1', null, 'a'],
      ['machine', 'pc1', null, 'b'],
    ],
  );
  assert.deepEqual(entitiesOf({ entities: [{ entityType: 'User' }, { entityType: 'File' }], devices: [{}] }), []);
});

test('the graph is bounded, and says how much it left out', () => {
  const alerts = Array.from({ length: 30 }, (_, index) => ({
    ...{ alertId: `a${index}`, title: `Alert ${index}`, devices: [] },
    entities: Array.from({ length: 20 }, (_each, number) => ({
      entityType: 'Ip',
      ipAddress: `198.51.100.${(index * 20 + number) % 250}`,
    })),
  }));
  const entities = foundEntities(alerts);
  const graph = layOut(alerts, entities);
  assert.equal(graph.nodes.length, 2 * columnMax);
  assert.equal(graph.leftOut, alerts.length + entities.length - graph.nodes.length);
  assert.ok(graph.edges.every(({ from, to }) => graph.nodes.includes(from) && graph.nodes.includes(to)));
  assert.ok(graph.nodes.every(({ x, y }) => x >= 0 && y >= 0 && x < graph.width && y < graph.height));
  assert.deepEqual(layOut([], []).nodes, []);
});
