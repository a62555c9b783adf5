import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sampleAlert, sampleIncident, timeAt } from '../../test/support/incidents.ts';
import { parseTicks } from '../lib/ticks.ts';
import { isIncidentProblem, readIncident } from './incident.ts';

function read(value: unknown) {
  const incident = readIncident(value);
  assert.ok(!isIncidentProblem(incident), isIncidentProblem(incident) ? incident.reason : '');
  return { ...incident, wire: JSON.parse(incident.body) as Record<string, unknown> };
}

function reasonOf(value: unknown): string {
  const result = readIncident(value);
  assert.ok(isIncidentProblem(result), 'It was taken.');
  return result.reason;
}

test('a documented incident is kept as it is, members that are not documented included', () => {
  const given = { ...sampleIncident(7), incidentUri: 'https://security.example/incidents/7', hostile: { a: [1] } };
  const { wire, incidentId, updatedTicks, status } = read(given);
  assert.deepEqual(wire, given);
  assert.deepEqual([incidentId, updatedTicks, status], [7, parseTicks(timeAt(70_000_000)), 'Active']);
});

test('what clients read without asking is there, whatever the source left out', () => {
  const time = '2024-05-06T12:18:03.62Z';
  const { wire } = read({
    '@odata.context': 'https://api.security.microsoft.com/api/$metadata#Incidents/$entity',
    incidentId: 7,
    incidentName: 'x',
    createdTime: time,
    lastUpdateTime: time,
    status: 'RESOLVED',
    severity: 'high',
    classification: 'truepositive',
    alerts: [{ alertId: 'a1', creationTime: time, devices: [{ deviceDnsName: 'pc', tags: null }], entities: null }],
  });
  assert.equal(wire['@odata.context'], undefined);
  const { status, severity, classification, determination, tags, comments, assignedTo, redirectIncidentId } = wire;
  assert.deepEqual(
    { status, severity, classification, determination, tags, comments, assignedTo, redirectIncidentId },
    {
      status: 'Resolved',
      severity: 'High',
      classification: 'TruePositive',
      determination: 'NotAvailable',
      tags: [],
      comments: [],
      assignedTo: null,
      redirectIncidentId: null,
    },
  );
  const [alert] = wire.alerts as Record<string, unknown>[];
  assert.equal(alert?.firstActivity, time);
  assert.equal(alert?.lastActivity, time);
  assert.equal(alert?.incidentId, 7);
  assert.deepEqual([alert?.entities, alert?.mitreTechniques], [[], []]);
  assert.deepEqual(alert?.devices, [{ deviceDnsName: 'pc', tags: [] }]);
});

test('times are brought to UTC without losing a digit', () => {
  const { wire, createdTicks } = read(sampleIncident(1, { createdTime: '2024-05-06T14:18:03.6266660+02:00' }));
  assert.equal(wire.createdTime, '2024-05-06T12:18:03.626666Z');
  assert.equal(createdTicks, parseTicks('2024-05-06T12:18:03.626666Z'));
});

test('a wrong member is named', () => {
  const alert = sampleAlert(1, timeAt(0));
  for (const [changes, said] of [
    [{ incidentId: '1' }, /^incidentId must be a whole number/],
    [{ incidentId: 1.5 }, /^incidentId/],
    [{ incidentId: 2 ** 53 }, /^incidentId/],
    [{ incidentName: undefined }, /^incidentName/],
    [{ createdTime: '2024-05-06' }, /^createdTime must be a time/],
    [{ lastUpdateTime: 1_700_000_000 }, /^lastUpdateTime/],
    [{ status: 'Open' }, /^status must be one of Active, InProgress, Resolved, Redirected/],
    [{ severity: 5 }, /^severity/],
    [{ assignedTo: 'a\u0000b' }, /^assignedTo/],
    [{ assignedTo: {} }, /^assignedTo/],
    [{ tags: 'a' }, /^tags must be a list/],
    [{ tags: ['a', 1] }, /^tags\[1\]/],
    [{ comments: [{}] }, /^comments\[0\]\.comment/],
    [{ alerts: [alert, { ...alert, alertId: null }] }, /^alerts\[1\]\.alertId/],
    [{ alerts: [{ ...alert, lastActivity: 'yesterday' }] }, /^alerts\[0\]\.lastActivity/],
    [{ alerts: [{ ...alert, entities: [{ sha1: 'x' }] }] }, /^alerts\[0\]\.entities\[0\]\.entityType/],
    [{ alerts: [{ ...alert, devices: [5] }] }, /^alerts\[0\]\.devices\[0\] must be an object/],
    [{ deep: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown }, /deeper than 32/],
  ] as const)
    assert.match(reasonOf(sampleIncident(1, changes)), said, JSON.stringify(changes));
  for (const value of [null, 5, 'x', []]) assert.match(reasonOf(value), /^The incident must be an object/);
});

test('whatever JSON comes, the answer is an incident that reads as itself again, or a reason', () => {
  const members = fc.constantFrom(...Object.keys(sampleIncident(1)));
  const anything: fc.Arbitrary<unknown> = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant(null));
  const changes = fc.dictionary(members, anything, { maxKeys: 3 });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        changes.map((change) => sampleIncident(1, change)),
      ),
      (value) => {
        const result = readIncident(value);
        if (isIncidentProblem(result)) assert.match(result.reason, /^[A-Za-z].*\.$/s);
        else assert.deepEqual(readIncident(JSON.parse(result.body)), result);
      },
    ),
    { numRuns: 1000 },
  );
});
