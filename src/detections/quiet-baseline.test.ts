// What the detections say when nothing happens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTenantId, openTestEvents } from '../../test/support/activities.ts';
import { dayZero } from '../../test/support/detection-records.ts';
import { activitiesOf, sceneOf } from '../../test/support/detections.ts';
import { quietDays } from '../../test/support/quiet-weeks.ts';
import { insertActivities } from '../activities/store.ts';
import { activitiesTable } from '../events/catalogue.ts';
import { dayMs } from '../lib/clock.ts';
import { type Sensitivity, sensitivities } from './detection.ts';
import { detections } from './detections.ts';

const people = 1000;
const learningDays = 18;
const watchedDays = 8;
/** The other sensitivities are only shown, so a few days are enough for them. */
const othersDays = 2;

test('on quiet days there is at most one alert per 1,000 users and day at medium sensitivity', async (t) => {
  const { events } = await openTestEvents(t);
  const tenantId = newTenantId();
  const alerts: Record<Sensitivity, string[]> = { low: [], medium: [], high: [] };
  let rows = 0;
  let day = 0;
  for (const records of quietDays('quiet', people, dayZero - learningDays * dayMs, learningDays + watchedDays)) {
    const after = await events.lastBatch(activitiesTable);
    await insertActivities(events, tenantId, activitiesOf(tenantId, records));
    rows += records.length;
    if (day++ < learningDays) continue;
    const range = { after, upTo: await events.lastBatch(activitiesTable) };
    for (const sensitivity of sensitivities) {
      if (sensitivity !== 'medium' && day > learningDays + othersDays) continue;
      const scene = await sceneOf(events, tenantId, range, sensitivity);
      for (const detection of detections) {
        const found = await detection.find(scene);
        alerts[sensitivity].push(...found.map(() => detection.name));
      }
    }
  }
  const rateOf = (sensitivity: Sensitivity) =>
    (alerts[sensitivity].length / (sensitivity === 'medium' ? watchedDays : othersDays) / people) * 1000;
  for (const sensitivity of sensitivities) {
    const names = alerts[sensitivity];
    const each = [...new Set(names)].map((name) => `${name} ${names.filter((other) => other === name).length}`);
    t.diagnostic(
      `quiet baseline (${sensitivity}): ${rateOf(sensitivity).toFixed(2)} alerts per 1,000 users and day (${each.join(', ') || 'none'}), ${rows} activities`,
    );
  }
  assert.ok(rateOf('medium') <= 1, 'at medium');
  assert.ok(rateOf('low') <= 1, 'at low');
});
