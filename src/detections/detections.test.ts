import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTenant } from '../../test/support/accounts.ts';
import { newTenantId, openTestEvents } from '../../test/support/activities.ts';
import { dayZero, habit, signIn } from '../../test/support/detection-records.ts';
import { activitiesOf, sceneOf } from '../../test/support/detections.ts';
import { testServices } from '../../test/support/services.ts';
import { readSource } from '../../test/support/sources.ts';
import { insertActivities } from '../activities/store.ts';
import { dayMs, hourMs, minuteMs } from '../lib/clock.ts';
import { ticksOfMs } from '../lib/ticks.ts';
import { addSubnets } from '../subnets/subnets.ts';
import { type SceneBase, sensitivities } from './detection.ts';
import { detections, findDetection } from './detections.ts';
import { draftOf } from './draft.ts';
import { riskyAddress } from './risky-address.ts';
import { openScene } from './scene.ts';

const user = 'ada@contoso.example';

test('every detection has an id, a name and an alert type of its own, and its section in the documentation', () => {
  const text = readSource('docs/detections.md');
  for (const detection of detections) {
    assert.match(detection.id, /^[0-9a-f]{24}$/);
    assert.equal(findDetection(detection.id), detection);
    assert.ok(
      text.includes(`\`${detection.id}\` | ${detection.alertType} |`),
      `docs/detections.md lacks ${detection.name}`,
    );
    assert.match(text, new RegExp(`^## .*\\b${detection.name}\\b`, 'm'), detection.name);
  }
  for (const key of ['id', 'name', 'title', 'alertType'] as const) {
    assert.equal(new Set(detections.map((detection) => detection[key])).size, detections.length, key);
  }
});

test('an IP range counts from the moment in which it is defined, for activities that came in before too', async (t) => {
  const services = await testServices();
  t.after(() => services.dispose());
  const { id: tenantId } = await makeTenant(services);
  const records = [...habit(user, '91.1.3.3', 20), signIn(dayZero, user, '203.0.113.9')];
  await insertActivities(services.events, tenantId, activitiesOf(tenantId, records));
  const range = { from: dayZero, to: dayZero + dayMs };
  const find = async () => {
    const base: SceneBase = await openScene(services, tenantId, range);
    return await riskyAddress.find({ ...base, sensitivity: 'medium', settings: {} });
  };
  assert.deepEqual(await find(), []);
  const proxies = {
    name: 'Proxies',
    ranges: ['203.0.113.0/24'],
    category: 3,
    tags: [],
    organization: null,
    countryCode: 'RU',
  } as const;
  await services.store.change(tenantId, (trx) => addSubnets(trx, tenantId, [proxies], dayZero));
  const [finding, ...others] = await find();
  assert.ok(finding && others.length === 0);

  const draft = draftOf(riskyAddress, finding, dayZero + hourMs);
  assert.deepEqual(draft.alertId, draftOf(riskyAddress, finding, dayZero + dayMs).alertId);
  assert.equal(draft.policyId, riskyAddress.id);
  assert.equal(draft.firstActivityTicks, ticksOfMs(dayZero));
  assert.equal(draft.createdTicks, ticksOfMs(dayZero + hourMs));
  assert.deepEqual(
    draft.entities.map((entity) => [entity.entityType, entity.userPrincipalName ?? entity.ipAddress ?? entity.appId]),
    [
      ['User', user],
      ['Ip', '203.0.113.9'],
      ['CloudApplication', 20893],
    ],
  );
  assert.equal(draft.entities[1]?.countryCode, 'RU');
});

test('no detection sees the activities of another tenant', async (t) => {
  const { events } = await openTestEvents(t);
  const [one, other] = [newTenantId(), newTenantId()];
  const range = { from: dayZero, to: dayZero + dayMs };
  // One half of an impossible journey in each.
  await insertActivities(
    events,
    one,
    activitiesOf(one, [...habit(user, '91.1.3.3', 20), signIn(dayZero, user, '91.1.3.3')]),
  );
  await insertActivities(events, other, activitiesOf(other, [signIn(dayZero + minuteMs, user, '133.1.3.3')]));
  for (const tenantId of [one, other, newTenantId()]) {
    for (const sensitivity of sensitivities) {
      const scene = await sceneOf(events, tenantId, range, sensitivity);
      for (const detection of detections) assert.deepEqual(await detection.find(scene), [], detection.name);
    }
  }
});
