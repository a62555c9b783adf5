// Custom detections that run by themselves: what they raise, how often, and what they say when they cannot.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startProjecting } from '../src/hunting/projections/projecting.ts';
import { hourMs, minuteMs } from '../src/lib/clock.ts';
import {
  beginDetections,
  type DetectionStory,
  ruleBody,
  rulesPath,
  withPeriod,
  withQuery,
} from './support/custom-detections.ts';
import type { Json } from './support/graph.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { appRequestsPerMinute: 100_000 } });
});
after(() => server.dispose());

async function withStory(work: (detections: DetectionStory) => Promise<void>): Promise<void> {
  await work(await beginDetections(server));
}

const create = (detections: DetectionStory, body: Json) => detections.manage<Json>(201, 'POST', '', body);

test('a rule raises an alert for each group of rows, with what its columns say', () =>
  withStory(async (detections) => {
    await detections.ingest([
      { device: 'd1', user: 'ana' },
      { device: 'd1', user: 'ana', agoMs: 5000 },
      { device: 'd2', user: 'ben' },
      { device: 'd3', command: 'notepad.exe' },
    ]);
    const rule = await create(detections, ruleBody());
    assert.equal((rule.lastRunDetails as Json).lastRunDateTime, null);
    await detections.pass(1000);
    const alerts = await detections.alerts();
    assert.deepEqual(alerts.map(({ title }) => title).sort(), [
      'Credential tool on d1.contoso.example',
      'Credential tool on d2.contoso.example',
    ]);
    const alert = alerts.find(({ title }) => String(title).includes('d1'));
    assert.ok(alert);
    const { detectionSource, serviceSource, severity, category, detectorId, recommendedActions } = alert;
    assert.deepEqual(
      { detectionSource, serviceSource, severity, category, detectorId, recommendedActions },
      {
        detectionSource: 'customDetection',
        serviceSource: 'microsoft365Defender',
        severity: 'high',
        category: 'CredentialAccess',
        detectorId: rule.id,
        recommendedActions: 'Isolate the device.',
      },
    );
    const evidence = (alert.evidence as Json[]).map((each) => String(each['@odata.type']).split('.').at(-1));
    assert.deepEqual([...new Set(evidence)].sort(), ['deviceEvidence', 'processEvidence', 'userEvidence']);
    const seen = await detections.manage<Json>(200, 'GET', `/${rule.id}`);
    assert.equal((seen.lastRunDetails as Json).status, 'completed');
    const { items } = await detections.manage<{ items: Json[] }>(200, 'GET', `/${rule.id}/runs`);
    assert.deepEqual(
      items.map(({ status, rows, alerts: raised }) => ({ status, rows, raised })),
      [{ status: 'completed', rows: 3, raised: 2 }],
    );
  }));

test('look-backs that overlap tell of an event once, and of a new one in an alert of its own', () =>
  withStory(async (detections) => {
    await detections.ingest([{ device: 'd1' }]);
    await create(detections, ruleBody());
    await detections.pass(1000);
    await detections.pass(hourMs);
    assert.equal((await detections.alerts()).length, 1);
    await detections.ingest([{ device: 'd1', agoMs: 2 * hourMs }]);
    await detections.pass(hourMs);
    await detections.pass(hourMs);
    assert.equal((await detections.alerts()).length, 2);
  }));

test('a rule in near real time tells of what came in, however old it is', () =>
  withStory(async (detections) => {
    await create(detections, ruleBody(withPeriod('0')));
    await detections.pass(1000);
    assert.equal((await detections.alerts()).length, 0);
    await detections.ingest([{ device: 'd9', agoMs: 20 * hourMs }]);
    await detections.pass(minuteMs);
    assert.equal((await detections.alerts()).length, 1);
    for (let minute = 0; minute < 3; minute++) await detections.pass(minuteMs);
    assert.equal((await detections.alerts()).length, 1);
  }));

test('a rule that fails says why with line and column, and holds up no other', () =>
  withStory(async (detections) => {
    const { services } = server;
    await detections.ingest([{ device: 'd1' }]);
    const pivot =
      'DeviceProcessEvents\n| evaluate pivot(FileName, count(), Timestamp, ReportId, DeviceId)\n| where Nope == 1';
    const bad = await create(detections, ruleBody(withQuery(pivot)));
    const good = await create(detections, ruleBody());
    await detections.pass(1000);
    assert.equal((await detections.alerts()).length, 1);
    const failed = await detections.manage<Json>(200, 'GET', `/${bad.id}`);
    const { status, errorCode, failureReason } = failed.lastRunDetails as Json;
    assert.deepEqual({ status, errorCode }, { status: 'failed', errorCode: 'queryExecutionFailed' });
    assert.match(String(failureReason), /Nope.*\[line:position=3:\d+\]/);
    assert.equal(failed.isEnabled as boolean, true);
    // It waits longer and longer.
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      const { schedule } = await detections.manage<{ schedule: Json }>(200, 'GET', `/${bad.id}`);
      const next = Date.parse(String(schedule.nextRunDateTime));
      waits.push(next - services.clock());
      await detections.pass(next - services.clock());
    }
    assert.deepEqual(
      waits.map((ms) => ms / minuteMs),
      [15, 30, 60, 120],
    );
    assert.equal(
      ((await detections.manage<Json>(200, 'GET', `/${good.id}`)).lastRunDetails as Json).status,
      'completed',
    );
    const { items } = await detections.manage<{ items: Json[] }>(200, 'GET', `/${bad.id}/runs`);
    assert.equal(items.length, 5);
    // Mended, it runs at once.
    await detections.manage(200, 'PATCH', `/${bad.id}`, withQuery('DeviceProcessEvents'));
    await detections.pass(1000);
    const mended = await detections.manage<Json>(200, 'GET', `/${bad.id}`);
    assert.equal((mended.lastRunDetails as Json).status, 'completed');
  }));

test('what time was missed is looked at by the next run', () =>
  withStory(async (detections) => {
    await create(detections, ruleBody());
    await detections.pass(1000);
    server.services.testClock.advance(9 * hourMs);
    await detections.ingest([{ device: 'd1', agoMs: 8 * hourMs }]);
    await detections.pass(1000);
    assert.equal((await detections.alerts()).length, 1);
  }));

test('a run raises 150 alerts at most, says so, and the next one goes on', () =>
  withStory(async (detections) => {
    await detections.ingest(Array.from({ length: 170 }, (_, index) => ({ device: `d${index}` })));
    const rule = await create(detections, ruleBody());
    await detections.pass(1000);
    assert.equal((await detections.alerts()).length, 150);
    const { lastRunDetails } = await detections.manage<{ lastRunDetails: Json }>(200, 'GET', `/${rule.id}`);
    assert.equal(lastRunDetails.status, 'partiallyFailed');
    assert.equal(lastRunDetails.errorCode, 'queryExceededResultSize');
    await detections.pass(hourMs);
    assert.equal((await detections.alerts()).length, 170);
    const seen = await detections.manage<{ lastRunDetails: Json }>(200, 'GET', `/${rule.id}`);
    assert.equal(seen.lastRunDetails.status, 'completed');
  }));

test('a rule whose last editor lost the right says so until somebody else saves it', () =>
  withStory(async (detections) => {
    const { services } = server;
    await detections.ingest([{ device: 'd1' }]);
    const editor = await makePerson(server, detections.story.tenant, 'security-operator');
    const request = { method: 'POST', session: editor.session, body: ruleBody() };
    const answer = await server.request('/management/v1/custom-detections', request);
    assert.equal(answer.status, 201, answer.text);
    const { id } = answer.json();
    await services.store.change(detections.story.tenant.id, async (trx) => {
      await trx
        .deleteFrom('roleAssignments')
        .where('tenantId', '=', detections.story.tenant.id)
        .where('userId', '=', editor.user.id)
        .execute();
    });
    await detections.pass(1000);
    assert.equal((await detections.alerts()).length, 0);
    const { lastRunDetails } = await detections.manage<{ lastRunDetails: Json }>(200, 'GET', `/${id}`);
    assert.equal(lastRunDetails.status, 'failed');
    assert.match(String(lastRunDetails.failureReason), new RegExp(`${editor.user.userName} has no CustomDetection`));
    await detections.manage(200, 'PATCH', `/${id}`, { isEnabled: true });
    await detections.pass(1000);
    assert.equal((await detections.alerts()).length, 1);
  }));

test('a rule of an app runs as long as the app is granted the permission', () =>
  withStory(async (detections) => {
    const { story } = detections;
    await detections.ingest([{ device: 'd1' }]);
    const answer = await server.request(rulesPath, {
      headers: { authorization: `Bearer ${await detections.token()}` },
      body: ruleBody(),
    });
    assert.equal(answer.status, 201, answer.text);
    await detections.pass(1000);
    assert.equal((await detections.alerts()).length, 1);
    await server.services.store.change(story.tenant.id, async (trx) => {
      await trx.deleteFrom('appRoleAssignments').where('tenantId', '=', story.tenant.id).execute();
    });
    await detections.ingest([{ device: 'd2' }]);
    await detections.pass(hourMs);
    const { items } = await detections.manage<{ items: Json[] }>(200, 'GET', '');
    const [rule] = items;
    assert.match(JSON.stringify(rule?.lastRunDetails), /"status":"failed".*has no CustomDetection/);
  }));

test('a rule that is switched off or deleted raises nothing more', () =>
  withStory(async (detections) => {
    const off = await create(detections, ruleBody());
    const gone = await create(detections, ruleBody());
    await detections.manage(200, 'PATCH', `/${off.id}`, { isEnabled: false });
    await detections.manage(204, 'DELETE', `/${gone.id}`);
    await detections.ingest([{ device: 'd1' }]);
    await detections.pass(hourMs);
    assert.equal((await detections.alerts()).length, 0);
    await detections.manage(404, 'GET', `/${gone.id}/runs`);
    await detections.manage(200, 'PATCH', `/${off.id}`, { isEnabled: true });
    await detections.pass(1000);
    assert.equal((await detections.alerts()).length, 1);
  }));

test('a dry run says what would be raised and raises nothing; a run on request raises it', () =>
  withStory(async (detections) => {
    await detections.ingest([{ device: 'd1' }, { device: 'd1' }, { device: 'd2' }]);
    const unsaved = await detections.manage<Json>(200, 'POST', '/dry-run', ruleBody());
    assert.deepEqual([unsaved.rows, unsaved.alerts, unsaved.heldBack, unsaved.failureReason], [3, 2, 0, null]);
    const [sample] = unsaved.samples as Json[];
    assert.equal(sample?.events, 2);
    assert.deepEqual((await detections.manage<{ total: number }>(200, 'GET', '')).total, 0);
    const rule = await create(detections, ruleBody());
    const dry = await detections.manage<Json>(200, 'POST', `/${rule.id}/dry-run`);
    assert.deepEqual([dry.alerts, dry.alreadyTold], [2, 0]);
    assert.equal((await detections.alerts()).length, 0);
    const run = await detections.manage<Json>(200, 'POST', `/${rule.id}/run`);
    assert.deepEqual([run.status, run.cause, run.alerts], ['completed', 'request', 2]);
    const again = await detections.manage<Json>(200, 'POST', `/${rule.id}/dry-run`);
    assert.deepEqual([again.alerts, again.alreadyTold], [0, 3]);
    assert.equal((await detections.alerts()).length, 2);
  }));

test('rows that say nobody are told of in the history', () =>
  withStory(async (detections) => {
    await detections.ingest([{ device: 'd1' }, { device: '', user: '' }]);
    const query =
      'DeviceProcessEvents | extend DeviceId = iff(DeviceId == "d1", DeviceId, ""), AccountUpn = iff(DeviceId == "d1", AccountUpn, "")';
    const rule = await create(detections, ruleBody(withQuery(query)));
    await detections.pass(1000);
    const { lastRunDetails } = await detections.manage<{ lastRunDetails: Json }>(200, 'GET', `/${rule.id}`);
    assert.equal(lastRunDetails.status, 'partiallyFailed');
    assert.match(String(lastRunDetails.failureReason), /^1 of 2 rows name none of the impacted assets/);
    assert.equal((await detections.alerts()).length, 1);
  }));

test('another tenant has neither the rules nor their data', async () => {
  const [mine, other] = [await beginDetections(server), await beginDetections(server)];
  await other.ingest([{ device: 'd1' }]);
  const rule = await create(mine, ruleBody());
  await mine.pass(1000);
  assert.equal((await mine.alerts()).length + (await other.alerts()).length, 0);
  for (const [method, path] of [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['GET', '/runs'],
    ['POST', '/run'],
    ['POST', '/dry-run'],
  ] as const) {
    await other.manage(404, method, `/${rule.id}${path}`, method === 'PATCH' ? { isEnabled: false } : undefined);
  }
  assert.equal((await other.manage<{ total: number }>(200, 'GET', '')).total, 0);
});

test('rules over alerts pass over the alerts of rules', () =>
  withStory(async (detections) => {
    const projecting = startProjecting(server.services);
    try {
      await detections.ingest([{ device: 'd1' }]);
      await create(detections, ruleBody());
      const impactedAssets = [
        { '@odata.type': '#microsoft.graph.security.impactedUserAsset', identifier: 'accountUpn' },
      ];
      const template = { title: 'An alert on {{AccountUpn}}', impactedAssets };
      // Also where the answer does not say which alert it is.
      const query = 'AlertEvidence | where isnotempty(AccountUpn) | project Timestamp, AccountUpn';
      const rule = await create(detections, ruleBody({ ...withQuery(query), ...withPeriod('0') }, template));
      for (let minute = 0; minute < 3; minute++) {
        await detections.pass(minuteMs);
        await projecting.settled();
      }
      assert.equal((await detections.alerts()).length, 1);
      const { items } = await detections.manage<{ items: Json[] }>(200, 'GET', `/${rule.id}/runs`);
      assert.ok(items.length > 0 && items.every(({ rows }) => rows === 0));
      const dry = await detections.manage<Json>(200, 'POST', `/${rule.id}/dry-run`);
      assert.deepEqual([dry.rows, dry.alerts], [0, 0]);
    } finally {
      await projecting.stop();
    }
  }));
