import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIncidentProblem, readIncident } from '../incidents/incident.ts';
import { dayMs } from '../lib/clock.ts';
import { cast } from './cast.ts';
import { demoIncidents } from './incidents.ts';
import { type DemoOptions, demoRecords } from './records.ts';

const options: DemoOptions = { seed: 'test', date: Date.UTC(2026, 10, 21) };

// Only the members that these tests look at.
interface Told {
  readonly incidentId: number;
  readonly incidentName: string;
  readonly createdTime: string;
  readonly lastUpdateTime: string;
  readonly status: string;
  readonly redirectIncidentId: number | null;
  readonly assignedTo: string | null;
  readonly alerts: readonly {
    readonly alertId: string;
    readonly incidentId: number;
    readonly firstActivity: string;
    readonly entities: readonly { readonly entityType: string; readonly [key: string]: unknown }[];
  }[];
}

function story(slug: string, changes: Partial<DemoOptions> = {}): { records: string[]; incidents: Told[] } {
  const tenant = cast.find((each) => each.slug === slug);
  assert.ok(tenant);
  const told = { ...options, ...changes };
  const records = [...demoRecords(tenant, tenant.people, told)];
  const analysts = tenant.people.slice(0, 2).map(({ userName }) => userName);
  const incidents = demoIncidents(tenant, analysts, records, told);
  return { records, incidents: JSON.parse(JSON.stringify(incidents)) as Told[] };
}

const stories = { contoso: story('contoso'), fabrikam: story('fabrikam') };

test('the same seed and date give the same incidents, others give others', () => {
  assert.deepEqual(story('contoso').incidents, stories.contoso.incidents);
  const alertIds = (incidents: readonly Told[]) =>
    incidents.flatMap(({ alerts }) => alerts.map((each) => each.alertId));
  const known = new Set(alertIds(stories.contoso.incidents));
  for (const changes of [{ seed: 'other' }, { date: options.date - dayMs }])
    assert.ok(alertIds(story('contoso', changes).incidents).every((id) => !known.has(id)));
});

test('every incident is one that the documented API could send, and is kept as it is', () => {
  for (const { incidents } of Object.values(stories)) {
    assert.ok(incidents.length >= 15, String(incidents.length));
    assert.equal(new Set(incidents.map(({ incidentId }) => incidentId)).size, incidents.length);
    for (const incident of incidents) {
      const read = readIncident(incident);
      assert.ok(!isIncidentProblem(read), isIncidentProblem(read) ? read.reason : '');
      assert.deepEqual(JSON.parse(read.body), incident);
      const [created, updated] = [Date.parse(incident.createdTime), Date.parse(incident.lastUpdateTime)];
      assert.ok(created <= updated && updated < options.date && created >= options.date - 30 * dayMs);
    }
  }
});

test('people and addresses of incidents are those of the records', () => {
  for (const { incidents, records } of Object.values(stories)) {
    const all = records.join('\n');
    for (const { alerts } of incidents) {
      for (const { entities } of alerts) {
        for (const { entityType, userPrincipalName, ipAddress } of entities) {
          if (entityType === 'User') assert.ok(all.includes(`"UserId":"${String(userPrincipalName)}"`));
          if (entityType === 'Ip') assert.ok(all.includes(`"ClientIP":"${String(ipAddress)}"`));
        }
      }
    }
  }
});

test('the story has every status, and an incident that was merged into another', () => {
  for (const { incidents } of Object.values(stories)) {
    const statuses = new Set(incidents.map(({ status }) => status));
    for (const status of ['Active', 'InProgress', 'Resolved', 'Redirected']) assert.ok(statuses.has(status), status);
    const merged = incidents.find(({ status }) => status === 'Redirected');
    const target = incidents.find(({ incidentId }) => incidentId === merged?.redirectIncidentId);
    assert.deepEqual(merged?.alerts, []);
    assert.equal(target?.alerts.length, 2);
    assert.ok(target?.alerts.every(({ incidentId }) => incidentId === target.incidentId));
    for (const name of ['Password spray', 'Mass download', 'Impossible travel', 'Hack tool'])
      assert.ok(
        incidents.some(({ incidentName }) => incidentName.startsWith(name)),
        name,
      );
  }
});
