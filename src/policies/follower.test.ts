import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openPolicyBed, type PolicyBed, policyBedOf } from '../../test/support/policies.ts';
import { type TestServices, testServices } from '../../test/support/services.ts';
import type { ActivityFollower } from '../activities/following.ts';
import { startFollowing } from '../activities/following.ts';
import { dayMs, minuteMs } from '../lib/clock.ts';
import { isOneOf } from './conditions.ts';
import { policiesFollower } from './follower.ts';
import { listGovernance } from './governance.ts';
import { getPolicy, setEnabled } from './policies.ts';
import type { Repetition } from './policy.ts';
import { findPolicyProblem } from './problems.ts';

const downloads = isOneOf('actionType', 'FileDownloaded');
const byUser: Repetition = { count: 3, windowMinutes: 5, sameUser: true, sameApp: false, uniqueTargets: false };
const everything = { skip: 0, limit: 10, direction: 'desc' } as const;

function activityIds(alert: { readonly body: string } | undefined): readonly string[] {
  return (JSON.parse(alert?.body ?? '{}') as { activityIds?: string[] }).activityIds ?? [];
}

describe('policies over new activities', () => {
  let services: TestServices;
  let bed: PolicyBed;

  before(async () => {
    services = await testServices();
  });
  after(async () => await services.dispose());

  test('each match of a single policy is one alert with the activity, its user, address and app', async () => {
    bed = await policyBedOf(services);
    const policy = await bed.policy([downloads]);
    const [hit] = await bed.store([{ second: 1 }, { second: 2, actionType: 'FileUploaded' }]);
    await bed.follow();
    const [alert, ...others] = await bed.alerts(policy);
    assert.equal(others.length, 0);
    assert.deepEqual(activityIds(alert), [hit]);
    const { entities, title } = JSON.parse(alert?.body ?? '{}');
    assert.equal(title, policy.name);
    assert.deepEqual(
      entities.map(({ entityType }: { entityType: string }) => entityType),
      ['User', 'Ip', 'CloudApplication', 'File'],
    );
    assert.deepEqual(await bed.matches(policy), [hit]);
  });

  test('an alert names the files, the managed device and the directory id that its activities tell', async () => {
    bed = await policyBedOf(services);
    const policy = await bed.policy([downloads]);
    const directoryId = '0b5a64d3-3a52-4b7f-9a3f-5f3a6f0e0c11';
    await bed.store([
      {
        second: 1,
        entities: ['ada@contoso.example|11161|0', `${directoryId}|11161|0`],
        objects: [
          'site',
          'https://contoso.example/',
          'item',
          'Plans.docx',
          'https://contoso.example/Shared/Plans.docx',
        ],
        fileIds: ['site|item', 'item'],
        record: JSON.stringify({ rawDataJson: { DeviceDisplayName: 'ws-ada-01', IsManagedDevice: true } }),
      },
      { second: 2, fileIds: [], record: JSON.stringify({ rawDataJson: { DeviceDisplayName: 'ws-other-02' } }) },
    ]);
    await bed.follow();
    const [told, untold] = (await bed.alerts(policy)).map(({ body }) => JSON.parse(body));
    const entity = (of: { entities: readonly Record<string, unknown>[] }, type: string) =>
      of.entities.find(({ entityType }) => entityType === type);
    assert.deepEqual(entity(told, 'File'), {
      entityType: 'File',
      fileId: 'site|item',
      fileName: 'Plans.docx',
      appId: 15600,
      instanceId: 0,
      filePath: 'https://contoso.example/Shared',
      evidenceRole: 'Related',
    });
    assert.equal(entity(told, 'User')?.aadUserId, directoryId);
    assert.deepEqual(told.devices, [{ mdatpDeviceId: null, aadDeviceId: null, deviceDnsName: 'ws-ada-01' }]);
    assert.deepEqual([entity(untold, 'File'), untold.devices], [undefined, []]);
  });

  test('alerts of different people about one file are one incident', async () => {
    bed = await policyBedOf(services);
    const policy = await bed.policy([downloads]);
    const by = (name: string, address: string, item: string) => ({
      ...{ userName: `${name}@contoso.example`, ipAddress: address, fileIds: [item], objects: [item, 'pay.xlsx'] },
      entities: [`${name}@contoso.example|11161|0`],
    });
    await bed.store([
      { second: 1, ...by('ada', '203.0.113.7', 'item-a') },
      { second: 2, ...by('bob', '198.51.100.7', 'item-a') },
      { second: 3, ...by('eve', '192.0.2.77', 'item-b') },
    ]);
    await bed.follow();
    const [one, two, other] = (await bed.alerts(policy)).map(({ body }) => JSON.parse(body).incidentId);
    assert.equal(one, two);
    assert.notEqual(one, other);
  });

  test('a repeated policy names at most ten of the files, each once', async () => {
    bed = await policyBedOf(services);
    const policy = await bed.policy([downloads], { repetition: { ...byUser, count: 20 } });
    const acts = Array.from({ length: 24 }, (_, index) => ({ second: index, fileIds: [`item-${index >> 1}`] }));
    await bed.store(acts);
    await bed.follow();
    const [alert] = (await bed.alerts(policy)).map(({ body }) => JSON.parse(body));
    const files = alert.entities.flatMap(({ fileId }: { fileId?: string }) => fileId ?? []);
    assert.deepEqual(
      files,
      Array.from({ length: 10 }, (_, index) => `item-${index}`),
    );
  });

  test('what happened before the policy was made, or came in while it was disabled, is not matched', async () => {
    bed = await policyBedOf(services);
    const policy = await bed.policy([downloads]);
    await bed.store([{ second: -10 }]);
    await bed.follow();
    await setEnabled(bed.ctx, policy.id, false);
    await bed.store([{ second: 10 }]);
    await bed.follow();
    await setEnabled(bed.ctx, policy.id, true);
    const [hit] = await bed.store([{ second: 20 }]);
    await bed.follow();
    assert.deepEqual(await bed.matches(policy), [hit]);
    assert.equal((await bed.alerts(policy)).length, 1);
  });

  test("one tenant's policies never see another tenant's activities", async () => {
    bed = await policyBedOf(services);
    const other = await policyBedOf(services);
    const policy = await bed.policy([]);
    await other.store([{ second: 1 }]);
    await bed.follow();
    assert.deepEqual(await bed.matches(policy), []);
  });

  test('a policy for some groups looks at their members only', async () => {
    bed = await policyBedOf(services);
    const group = '5f0000000000000000000001';
    const member = { userName: 'eve@contoso.example', groupId: group };
    await services.store.db
      .insertInto('groupMembers')
      .values({ ...member, tenantId: bed.tenant.id } as never) // Ids of groups are branded.
      .execute();
    const included = await bed.policy([downloads], { scope: { includeGroups: [group] } });
    const excluded = await bed.policy([downloads], { scope: { excludeGroups: [group] } });
    const [eve, ada] = await bed.store([{ second: 1, userName: 'eve@contoso.example' }, { second: 2 }]);
    await bed.follow();
    assert.deepEqual(await bed.matches(included), [eve]);
    assert.deepEqual(await bed.matches(excluded), [ada]);
  });

  test('a repeated policy raises one alert for each window, whatever the batches', async () => {
    for (const sizes of [[8], [1, 1, 1, 1, 1, 1, 1, 1], [2, 3, 3], [7, 1]]) {
      bed = await policyBedOf(services);
      const policy = await bed.policy([downloads], { repetition: byUser });
      // Three within five minutes twice over, with a fourth in the first window and a lonely one at the end.
      const seconds = [0, 60, 120, 200, 400, 420, 440, 2000];
      const ids: string[] = [];
      for (const size of sizes) {
        const part = seconds.slice(ids.length, ids.length + size);
        ids.push(...(await bed.store(part.map((second) => ({ second })))));
        await bed.follow();
      }
      const alerts = await bed.alerts(policy);
      assert.equal(alerts.length, 2, `batches of ${sizes}`);
      assert.deepEqual(activityIds(alerts[0]).slice(0, 3), ids.slice(0, 3));
      assert.deepEqual(activityIds(alerts[1]), ids.slice(4, 7).slice(0, activityIds(alerts[1]).length));
      assert.deepEqual(await bed.matches(policy), ids.toSorted());
    }
  });

  test('a repeated policy counts each user, each app and each thing by itself', async () => {
    bed = await policyBedOf(services);
    const perUser = await bed.policy([downloads], { repetition: byUser });
    const perApp = await bed.policy([downloads], { repetition: { ...byUser, sameApp: true } });
    const together = await bed.policy([downloads], { repetition: { ...byUser, sameUser: false } });
    const things = await bed.policy([downloads], { repetition: { ...byUser, uniqueTargets: true } });
    await bed.store([
      { second: 1, fileIds: ['a'] },
      { second: 2, fileIds: ['a'] },
      { second: 3, fileIds: ['a'], appId: 20892 },
      { second: 4, userName: 'bob@contoso.example' },
    ]);
    await bed.follow();
    const counts = [perUser, perApp, together, things].map(async (policy) => (await bed.alerts(policy)).length);
    assert.deepEqual(await Promise.all(counts), [1, 0, 1, 0]);
    await bed.store([
      { second: 5, fileIds: ['b'] },
      { second: 6, fileIds: ['c'] },
    ]);
    await bed.follow();
    assert.equal((await bed.alerts(things)).length, 1);
    assert.equal((await bed.alerts(perApp)).length, 1);
  });

  test('records that come late complete a window with those that are there', async () => {
    bed = await policyBedOf(services);
    const policy = await bed.policy([downloads], { repetition: byUser });
    await bed.store([{ second: 100 }, { second: 200 }]);
    await bed.follow();
    await bed.store([{ second: 30 }]);
    await bed.follow();
    assert.equal((await bed.alerts(policy)).length, 1);
  });

  test('the daily limit holds for the day, across batches, and the next day begins anew', async () => {
    bed = await policyBedOf(services);
    const policy = await bed.policy([downloads], { dailyAlertLimit: 3 });
    await bed.store([1, 2].map((second) => ({ second })));
    await bed.follow();
    await bed.store([3, 4, 5].map((second) => ({ second })));
    await bed.follow();
    assert.equal((await bed.alerts(policy)).length, 3);
    assert.equal((await bed.matches(policy)).length, 5);
    const counts = await services.store.db
      .selectFrom('policyCounts')
      .selectAll()
      .where('policyId', '=', policy.id)
      .executeTakeFirstOrThrow();
    assert.deepEqual([counts.matches, counts.alerts, counts.heldBack], [5, 3, 2]);
    services.testClock.advance(dayMs);
    await bed.store([{ second: 86_400 }]);
    await bed.follow();
    assert.equal((await bed.alerts(policy)).length, 4);
  });

  test('a follower that dies between its work and its progress does nothing twice and loses nothing', async () => {
    bed = await policyBedOf(services);
    const single = await bed.policy([downloads]);
    const repeated = await bed.policy([downloads], { repetition: byUser });
    const ids = await bed.store([1, 2, 3].map((second) => ({ second })));
    const dying: ActivityFollower = {
      ...policiesFollower,
      follow: (all, tenantId, range, advance) =>
        policiesFollower.follow(all, tenantId, range, async (trx) => {
          await advance(trx);
          if (tenantId === bed.tenant.id) throw new Error('The process died.');
        }),
    };
    const following = startFollowing(services, [dying]);
    await assert.rejects(following.settled(), /The process died/);
    await following.stop();
    assert.deepEqual(await bed.matches(single), []);
    await bed.follow();
    await bed.follow();
    assert.equal((await bed.alerts(single)).length, 3);
    assert.equal((await bed.alerts(repeated)).length, 1);
    assert.deepEqual(await bed.matches(single), ids.toSorted());
  });
});

test('a policy that matches everything is counted in full, raises no more than its limits, and is switched off', async () => {
  const bed = await openPolicyBed({
    settings: { policyDayMatchesMax: 5000, policyMatchesPerDay: 500, policyAlertsAtOnceMax: 30 },
  });
  try {
    const policies = [await bed.policy([], { dailyAlertLimit: 20 }), await bed.policy([], { dailyAlertLimit: 20 })];
    await bed.store(Array.from({ length: 4000 }, (_, index) => ({ second: index / 100 })));
    await bed.follow();
    const [first, second] = policies;
    assert.ok(first && second);
    assert.equal((await bed.alerts(first)).length + (await bed.alerts(second)).length, 30);
    assert.ok((await bed.matches(first)).length <= 500);
    const counts = await bed.services.store.db
      .selectFrom('policyCounts')
      .select(['matches'])
      .where('policyId', 'in', [first.id, second.id])
      .execute();
    assert.deepEqual(
      counts.map(({ matches }) => matches),
      [4000, 4000],
    );
    assert.equal((await getPolicy(bed.ctx, first.id)).isEnabled, true);
    await bed.store(Array.from({ length: 2000 }, (_, index) => ({ second: 100 + index / 100 })));
    await bed.follow();
    assert.equal((await getPolicy(bed.ctx, first.id)).isEnabled, false);
    const log = await listGovernance(bed.ctx, { types: { are: ['DisablePolicyTask'], isNegated: false } }, everything);
    assert.equal(log.total, 2);
    const notes = await bed.services.store.db
      .selectFrom('changeNotes')
      .select(['subjectId'])
      .where('subject', '=', 'policy')
      .execute();
    assert.deepEqual(notes.map(({ subjectId }) => subjectId).sort(), [first.id, second.id].sort());
    const problems = await Promise.all(
      log.items.map(({ id }) => findPolicyProblem(bed.services.store.db, bed.tenant.id, id)),
    );
    assert.deepEqual(problems.map((each) => [each?.kind, each?.policyId]).sort(), [
      ...[first, second].map(({ id }) => ['switched-off', id]).sort(),
    ]);
  } finally {
    await bed.services.dispose();
  }
});

test('findings are kept as many days as the settings say', async () => {
  const bed = await openPolicyBed({ settings: { policyMatchDays: 2 } });
  try {
    const policy = await bed.policy([downloads]);
    await bed.store([{ second: 1 }]);
    await bed.follow();
    bed.services.testClock.advance(3 * dayMs + minuteMs);
    const [hit] = await bed.store([{ second: 3 * 86_400 }]);
    await bed.follow();
    assert.deepEqual(await bed.matches(policy), [hit]);
  } finally {
    await bed.services.dispose();
  }
});
