import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isIncidentProblem, readIncident } from '../incidents/incident.ts';
import { dayMs } from '../lib/clock.ts';
import { cast } from './cast.ts';
import { demoIncidents } from './incidents.ts';
import { type DemoOptions, demoRecords, demoStories } from './records.ts';

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
    readonly devices: readonly { readonly deviceDnsName: string }[];
    readonly entities: readonly { readonly entityType: string; readonly [key: string]: unknown }[];
  }[];
}

function story(
  slug: string,
  changes: Partial<DemoOptions> = {},
): { records: string[]; involved: string[]; incidents: Told[] } {
  const tenant = cast.find((each) => each.slug === slug);
  assert.ok(tenant);
  const told = { ...options, ...changes };
  const records = [...demoRecords(tenant, tenant.people, told)];
  const analysts = tenant.people.slice(0, 2).map(({ userName }) => userName);
  const involved = demoStories(tenant, tenant.people, told).map(({ victim }) => victim);
  const incidents = demoIncidents(tenant, analysts, involved, records, told);
  return { records, involved, incidents: JSON.parse(JSON.stringify(incidents)) as Told[] };
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
    assert.equal(incidents.length, 5);
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

test('people and machines of incidents are those of the records, and of nobody who is attacked', () => {
  for (const { incidents, records, involved } of Object.values(stories)) {
    const all = records.join('\n');
    for (const { entities, devices } of incidents.flatMap(({ alerts }) => alerts)) {
      for (const { entityType, userPrincipalName } of entities) {
        if (entityType === 'User') assert.ok(all.includes(`"UserId":"${String(userPrincipalName)}"`));
        assert.ok(!involved.includes(String(userPrincipalName)));
      }
      for (const { deviceDnsName } of devices)
        assert.ok(all.includes(deviceDnsName.split('.')[0]?.toUpperCase() ?? '?'));
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
  }
});
