import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { endpointForm, graphForm, ocsfForm, ownForm } from '../../../test/support/foreign-alerts.ts';
import { sampleIncident } from '../../../test/support/incidents.ts';
import { formatTicks } from '../../lib/ticks.ts';
import type { AlertDraft } from '../alert.ts';
import { alertKeysOf } from '../alert-keys.ts';
import { isAlertProblem, readAlerts } from './read-alerts.ts';

type Members = Readonly<Record<string, unknown>>;

function one(value: unknown): AlertDraft {
  const [draft, ...rest] = readAlerts(value);
  assert.equal(rest.length, 0);
  assert.ok(draft && !isAlertProblem(draft), inspect(draft));
  return draft;
}

function problem(value: unknown): string {
  const [found, ...rest] = readAlerts(value);
  assert.equal(rest.length, 0);
  assert.ok(found && isAlertProblem(found), 'It was taken.');
  return found.reason;
}

const keysIn = (draft: AlertDraft): string[] =>
  alertKeysOf(draft).flatMap(({ kind, key }) => (/^(user|address|device|file)$/.test(kind) ? [`${kind} ${key}`] : []));

test('all forms of one finding name the same user, address, device and file', () => {
  const device = '24c222b0b60fe148eeece49ac83910cc6a7ef491';
  for (const form of [ownForm, graphForm, ocsfForm]) {
    const keys = keysIn(one(form));
    for (const key of [
      'user ana@contoso.example',
      'address 192.0.2.7',
      `device ${device}`,
      'device pc7.contoso.example',
      'file 5de839186691aa96ee2ca6d74f0a38fb8d1bd6dd',
    ])
      assert.ok(keys.includes(key), `${key} is not in ${keys.join(', ')}`);
  }
});

test('our own schema is read with every member', () => {
  const draft = one(ownForm);
  assert.equal(draft.alertId, 'edr-4711');
  assert.equal(draft.serviceSource, 'Example EDR');
  assert.equal(draft.detectionSource, 'Tools');
  assert.equal(draft.detectorId, 'rule-12');
  assert.equal(draft.severity, 'high');
  assert.equal(formatTicks(draft.createdTicks), '2026-11-20T08:00:00.1234567Z');
  assert.equal(formatTicks(draft.firstActivityTicks), '2026-11-20T07:58:00Z');
  assert.equal(formatTicks(draft.life?.updatedTicks ?? 0n), '2026-11-20T09:00:00Z');
  assert.deepEqual(draft.mitreTechniques, ['T1003']);
  assert.deepEqual(draft.evidence, [{ text: 'Its hash is on the list.' }]);
  assert.deepEqual(draft.extra, { alertLink: 'https://edr.example/alerts/4711' });
  assert.equal(draft.life?.comments?.[0]?.comment, 'Looks bad.');
  assert.equal(draft.life?.status, 'new');
});

test('our own schema is strict: a member that is not known, missing or wrong is named', () => {
  const { title: _title, ...untitled } = ownForm;
  for (const [value, said] of [
    [{ ...ownForm, schema: 'sallyport-alert/2' }, /schema must be "sallyport-alert\/1"/],
    [{ ...ownForm, sevrity: 'high' }, /^sevrity is no member/],
    [untitled, /^title is missing/],
    [{ ...ownForm, severity: 'severe' }, /^severity must be one of informational, low, medium, high/],
    [{ ...ownForm, severity: undefined }, /^severity is missing/],
    [{ ...ownForm, createdAt: '2026-11-20' }, /^createdAt must be a time/],
    [{ ...ownForm, entities: [{ type: 'person' }] }, /^entities\[0\]\.type must be one of user, address/],
    [{ ...ownForm, entities: [{ type: 'user' }] }, /^entities\[0\] says nothing/],
    [{ ...ownForm, entities: [{ type: 'user', upn: 'x' }] }, /^entities\[0\]\.upn is no member/],
    [{ ...ownForm, devices: [{ tags: [] }] }, /^devices\[0\] must have an id or a name/],
    [{ ...ownForm, link: 'javascript:alert(1)' }, /^link must be an http or https URL/],
    [{ ...ownForm, id: 'a b' }, /^id must be at most 200 characters/],
    [{ ...ownForm, title: 'a\u0000b' }, /character that is none/],
    [{ ...ownForm, title: '\ud800' }, /character that is none/],
  ] as const)
    assert.match(problem(value), said);
});

test('an alert of the endpoint list is read, its related user once', () => {
  const draft = one(endpointForm);
  assert.equal(draft.alertId, endpointForm.id);
  assert.equal(draft.serviceSource, 'MicrosoftDefenderForEndpoint');
  assert.equal(draft.life?.status, 'inProgress');
  assert.equal(draft.entities.filter(({ entityType }) => entityType === 'User').length, 1);
  assert.equal(draft.devices[0]?.deviceDnsName, 'pc7.contoso.example');
  assert.deepEqual(draft.devices[0]?.tags, []);
  assert.equal(draft.extra.threatFamilyName, 'Mimikatz');
  const { evidence: _evidence, ...bare } = endpointForm;
  assert.deepEqual(one(bare).entities, [{ entityType: 'User', accountName: 'ana', domainName: 'CONTOSO' }]);
});

test("an alert of Graph's list is read, evidence of unknown kinds included", () => {
  const draft = one(graphForm);
  assert.equal(draft.serviceSource, 'MicrosoftDefenderForEndpoint');
  assert.deepEqual(
    draft.entities.map(({ entityType }) => entityType),
    ['User', 'Ip', 'File', 'KubernetesPod'],
  );
  assert.equal(draft.devices[0]?.healthStatus, 'Active');
  assert.deepEqual(draft.devices[0]?.tags, ['lab']);
  assert.equal(draft.life?.status, 'resolved');
  assert.equal(draft.life?.resolution, 'truePositive');
  assert.equal(draft.life?.determination, 'malware');
  assert.equal(formatTicks(draft.life?.resolvedTicks ?? 0n), '2026-11-20T08:09:00Z');
  assert.equal(draft.extra.actorName, 'Somebody');
  assert.match(problem({ ...graphForm, evidence: [{ x: 1 }] }), /@odata\.type/);
});

test('a detection finding of OCSF is read; its id is of its product', () => {
  const draft = one(ocsfForm);
  assert.match(draft.alertId, /^oc[0-9a-f]{32}$/);
  assert.equal(draft.extra.providerAlertId, 'arn:example:finding/77');
  assert.equal(draft.severity, 'high');
  assert.equal(draft.category, 'CredentialAccess');
  assert.deepEqual(draft.intents, [6]);
  assert.deepEqual(draft.mitreTechniques, ['T1003.001', 'T1003']);
  assert.equal(draft.life?.updatedTicks, 17_951_617_000_000_000n);
  const other = one({ ...ocsfForm, metadata: { product: { name: 'Other EDR' } } });
  assert.notEqual(other.alertId, draft.alertId);
  assert.equal(one({ ...ocsfForm, activity_id: 3 }).life?.status, 'resolved');
  assert.equal(one({ ...ocsfForm, status_id: 3 }).life?.status, 'resolved');
  for (const [change, said] of [
    [{ class_uid: 2003 }, /class_uid must be 2004/],
    [{ severity_id: 7 }, /severity_id must be one of/],
    [{ status_id: '1' }, /status_id must be one of/],
    [{ time: 'today' }, /^time must be a time in milliseconds/],
    [{ finding_info: {} }, /finding_info\.uid is missing/],
    [{ evidences: {} }, /evidences must be a list/],
  ] as const)
    assert.match(problem({ ...ocsfForm, ...change }), said);
});

test('an incident gives its alerts, each by itself', () => {
  const incident = sampleIncident(3);
  const [good] = incident.alerts as readonly Members[]; // sampleIncident makes one.
  const found = readAlerts({ ...incident, alerts: [good, { ...good, alertId: null }, 5] });
  assert.equal(found.length, 3);
  assert.deepEqual(
    found.map((each) => isAlertProblem(each) && each.reason),
    [false, 'alerts[1]: alertId is missing.', 'alerts[2]: An alert must be an object.'],
  );
  const graph = readAlerts({ id: '5', displayName: 'x', alerts: [graphForm] });
  assert.equal(graph.length, 1);
  assert.deepEqual(readAlerts({ ...incident, alerts: [] }), []);
});

test('what has no known form is told the known ones', () => {
  for (const value of [{}, { id: 'x' }, { title: 'x' }]) assert.match(problem(value), /none of the known forms/);
  for (const value of [null, 5, 'text', [], [{}]]) assert.match(problem(value), /must be an object/);
  let deep: unknown = 1;
  for (let level = 0; level < 40; level++) deep = { deep };
  assert.match(problem({ ...ownForm, deep }), /nested deeper/);
});

/** A form with one member, at whatever depth, replaced by anything. */
const disturbed = fc
  .tuple(fc.constantFrom(ownForm, endpointForm, graphForm, ocsfForm), fc.nat(), fc.jsonValue({ maxDepth: 3 }))
  .map(([form, at, value]) => replaceNth(structuredClone(form), at, value));

function replaceNth(form: Members, at: number, value: unknown): Members {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (inner: unknown): void => {
    if (typeof inner !== 'object' || inner === null) return;
    for (const key of Object.keys(inner)) {
      const holder = inner as Record<string, unknown>; // An object or a list: both have members by name.
      places.push([holder, key]);
      visit(holder[key]);
    }
  };
  visit(form);
  const [holder, key] = places[at % places.length] ?? [{}, ''];
  holder[key] = value;
  return form;
}

test('whatever a record holds, each reader gives alerts that can be stored, or a sentence', () => {
  const anything = fc.oneof(disturbed, disturbed, fc.jsonValue({ maxDepth: 4 }), fc.object());
  fc.assert(
    fc.property(anything, (value) => {
      for (const result of readAlerts(value)) {
        if (isAlertProblem(result)) {
          assert.match(result.reason, /\.$/);
          continue;
        }
        assert.ok(result.alertId.length > 0 && result.title.length > 0);
        assert.ok(result.firstActivityTicks <= result.lastActivityTicks);
        assert.ok(alertKeysOf(result).every(({ key }) => key.length > 0));
        for (const { createdTime } of result.life?.comments ?? []) formatTicks(BigInt(createdTime));
        formatTicks(result.createdTicks);
      }
    }),
    { numRuns: 3000 },
  );
});
