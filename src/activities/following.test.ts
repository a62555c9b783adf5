import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { madeActivity, newTenantId } from '../../test/support/activities.ts';
import { testServices } from '../../test/support/services.ts';
import { name, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { type ActivityFollower, inRange, startFollowing } from './following.ts';
import { insertActivities } from './store.ts';

/** Notes the ids that it sees, in memory: what it sees twice stands there twice. */
function observer(seen: string[], fails: () => boolean = () => false): ActivityFollower {
  return {
    name: 'observer',
    async follow({ events, store }, tenantId, range, advance) {
      const rows = await events.query(
        sql`select ${name('id')} from ${name('activities')} where ${name('tenantId')} = ${{ uuid: tenantId }} and ${inRange(range)}`,
      );
      await store.transaction(async (trx) => {
        await advance(trx);
        if (fails()) throw new Error('no');
      });
      seen.push(...rows.map(([id]) => `${tenantId}/${String(id)}`));
    },
  };
}

async function begin(t: TestContext) {
  const services = await testServices();
  t.after(() => services.dispose());
  const [first, second] = [newTenantId(), newTenantId()];
  const add = (tenantId: TenantId, from: number, count: number) =>
    insertActivities(
      services.events,
      tenantId,
      Array.from({ length: count }, (_, index) => madeActivity(from + index)),
    );
  return { services, first, second, add };
}

test('every activity is followed once, in both tenants, before and after the start', async (t) => {
  const { services, first, second, add } = await begin(t);
  await add(first, 0, 5);
  const seen: string[] = [];
  const following = startFollowing(services, [observer(seen)]);
  t.after(() => following.stop());
  await following.settled();
  await Promise.all([add(first, 5, 5), add(second, 0, 3), add(first, 0, 12)]);
  await following.settled();
  assert.equal(seen.length, 12 + 3);
  assert.equal(new Set(seen).size, seen.length);
});

test('another start goes on where the last one stopped', async (t) => {
  const { services, first, add } = await begin(t);
  const seen: string[] = [];
  for (let start = 0; start < 3; start++) {
    await add(first, start * 4, 4);
    const following = startFollowing(services, [observer(seen)]);
    await following.settled();
    await following.stop();
  }
  assert.equal(seen.length, 12);
  assert.equal(new Set(seen).size, 12);
});

test('what failed comes again as a whole, and no other tenant waits for it', async (t) => {
  const { services, first, second, add } = await begin(t);
  await add(first, 0, 3);
  await add(second, 0, 3);
  const seen: string[] = [];
  let failures = 1;
  const following = startFollowing(services, [observer(seen, () => failures-- > 0)]);
  t.after(() => following.stop());
  await assert.rejects(following.settled(), /no/);
  assert.equal(seen.length, 3);
  await following.settled();
  assert.equal(new Set(seen).size, 6);
  assert.equal(seen.length, 6);
});

test('a long list of small batches is taken in few ranges, and none is left out', async (t) => {
  const { services, first, add } = await begin(t);
  for (let batch = 0; batch < 20; batch++) await add(first, batch, 1);
  const ranges: number[] = [];
  const seen: string[] = [];
  const inner = observer(seen);
  const following = startFollowing(services, [
    {
      ...inner,
      follow: async (...given) => {
        ranges.push(given[2].upTo);
        await inner.follow(...given);
      },
    },
  ]);
  t.after(() => following.stop());
  await following.settled();
  assert.equal(seen.length, 20);
  assert.deepEqual(ranges, [20]);
});

test('a tenant with a long way to go lets the others have their turn after each range', async (t) => {
  const { services, first, second, add } = await begin(t);
  const [busy, quiet] = first < second ? [first, second] : [second, first];
  for (let batch = 0; batch < 5; batch++) await add(busy, batch * 9000, 9000);
  await add(quiet, 0, 1);
  const order: TenantId[] = [];
  const following = startFollowing(services, [
    {
      name: 'observer',
      async follow({ store }, tenantId, _range, advance) {
        await store.transaction(advance);
        order.push(tenantId);
      },
    },
  ]);
  t.after(() => following.stop());
  await following.settled();
  assert.ok(order.filter((each) => each === busy).length > 2, String(order.length));
  assert.ok(order.indexOf(quiet) < 2, 'it waited for more than one range of the other');
});
