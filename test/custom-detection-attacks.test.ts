// Custom detections under attack: rules that change or go while they run, data that is made to do harm, and tenants that
// have nothing to do with each other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Services } from '../src/context.ts';
import { type RunRequest, runRule } from '../src/custom-detections/run.ts';
import { ingestHunting } from '../src/hunting/ingest/ingest.ts';
import { hourMs, minuteMs } from '../src/lib/clock.ts';
import {
  beginDetections,
  type DetectionStory,
  processEvent,
  ruleBody,
  withPeriod,
  withQuery,
} from './support/custom-detections.ts';
import type { Json } from './support/graph.ts';
import { ctxOf } from './support/ingestion.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { appRequestsPerMinute: 100_000 } });
});
after(() => server.dispose());

const create = (detections: DetectionStory, body: Json) => detections.manage<Json>(201, 'POST', '', body);

const change = (detections: DetectionStory, id: unknown, body: Json) =>
  detections.manage<Json>(200, 'PATCH', `/${id}`, body).then(() => {});

/** Runs the rule; what it found is about to be written when `meanwhile` happens. */
async function runWith(detections: DetectionStory, id: unknown, meanwhile: () => Promise<void>) {
  const { services } = server;
  let isDone = false;
  const store = new Proxy(services.store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'change' && name !== 'transaction') return value.bind(target);
      return async (...args: unknown[]) => {
        if (!isDone) {
          isDone = true;
          await meanwhile();
        }
        return await value.apply(target, args);
      };
    },
  });
  const request: RunRequest = {
    tenantId: detections.story.tenant.id,
    ruleId: String(id),
    cause: 'schedule',
    isStopped: () => false,
    onSeconds: () => {},
  };
  const wrapped: Services = { ...services, store };
  const run = await runRule(wrapped, request);
  assert.ok(isDone);
  return run;
}

async function nextRun(detections: DetectionStory, id: unknown): Promise<number> {
  const { schedule } = await detections.manage<{ schedule: Json }>(200, 'GET', `/${id}`);
  return Date.parse(String(schedule.nextRunDateTime)) - server.services.clock();
}

test('a rule that gets another period while it runs keeps to that one', async () => {
  const detections = await beginDetections(server);
  const rule = await create(detections, ruleBody(withPeriod('24H')));
  await detections.pass(1000);
  await detections.ingest([{ device: 'd1' }]);
  await runWith(detections, rule.id, () => change(detections, rule.id, withPeriod('0')));
  const waits = await nextRun(detections, rule.id);
  assert.ok(waits <= minuteMs, String(waits));
});

test('a rule that is mended while it fails runs again at once', async () => {
  const detections = await beginDetections(server);
  const pivot =
    'DeviceProcessEvents | evaluate pivot(FileName, count(), Timestamp, ReportId, DeviceId) | where Nope == 1';
  const rule = await create(detections, ruleBody(withQuery(pivot)));
  await detections.ingest([{ device: 'd1' }]);
  await runWith(detections, rule.id, () => change(detections, rule.id, ruleBody()));
  await detections.pass(1000);
  assert.equal((await detections.alerts()).length, 1);
});

test('a rule that is deleted while it fails leaves nothing', async () => {
  const detections = await beginDetections(server);
  const pivot =
    'DeviceProcessEvents | evaluate pivot(FileName, count(), Timestamp, ReportId, DeviceId) | where Nope == 1';
  const rule = await create(detections, ruleBody(withQuery(pivot)));
  await detections.ingest([{ device: 'd1' }]);
  const run = await runWith(detections, rule.id, () => detections.manage(204, 'DELETE', `/${rule.id}`));
  assert.equal(run, undefined);
  const rows = await server.services.store.db
    .selectFrom('customDetectionRuns')
    .select('id')
    .where('tenantId', '=', detections.story.tenant.id)
    .execute();
  assert.deepEqual(rows, []);
});

test('a rule that is deleted while it finds something raises nothing', async () => {
  const detections = await beginDetections(server);
  const rule = await create(detections, ruleBody());
  await detections.ingest([{ device: 'd1' }]);
  await runWith(detections, rule.id, () => detections.manage(204, 'DELETE', `/${rule.id}`));
  assert.deepEqual(await detections.alerts(), []);
});

test('what an event says is never taken for a column, for markup of the template, or for a line of its own', async () => {
  const detections = await beginDetections(server);
  await detections.ingest([{ device: '{{AccountUpn}}', command: 'mimikatz {{DeviceName}} $& $1 \u0000\r\nBcc: x' }]);
  await create(detections, ruleBody({}, { title: 'T {{DeviceName}}', description: 'D {{ProcessCommandLine}}' }));
  await detections.pass(1000);
  const [alert] = await detections.alerts();
  assert.equal(alert?.title, 'T {{AccountUpn}}.contoso.example');
  assert.match(String(alert?.description), /^D mimikatz \{\{DeviceName\}\} \$& \$1/);
  assert.doesNotMatch(String(alert?.description), /\0/);
});

test("the machine of an alert is never another tenant's of the same id", async () => {
  const [detections, neighbour] = [await beginDetections(server), await beginDetections(server)];
  await neighbour.ingest([{ device: 'shared-id', user: 'secret' }]);
  await create(neighbour, ruleBody());
  await detections.ingest([{ device: 'shared-id' }]);
  await create(detections, ruleBody());
  await detections.pass(1000);
  const [own] = await detections.alerts();
  const [other] = await neighbour.alerts();
  assert.ok(own && other, JSON.stringify([own ?? null, other ?? null]));
  assert.notEqual(own.id, other.id);
  assert.doesNotMatch(JSON.stringify(own), /secret/);
});

test('near real time tells of the first record of an ingestion that takes longer than it looks back', async () => {
  const detections = await beginDetections(server);
  const { services } = server;
  await create(detections, ruleBody(withPeriod('0')));
  await detections.pass(1000);
  const record = (id: number) => `${JSON.stringify(processEvent(services.clock(), id, { device: `slow${id}` }))}\n`;
  async function* slowly(): AsyncIterable<Buffer> {
    yield Buffer.from(record(1));
    for (let minute = 0; minute < 15; minute++) {
      await detections.pass(minuteMs);
      yield Buffer.from('\n');
    }
    yield Buffer.from(record(2));
  }
  const { stored } = await ingestHunting(ctxOf(services, detections.story.tenant), slowly(), { source: 'test' });
  assert.equal(stored, 2);
  await detections.pass(minuteMs);
  assert.equal((await detections.alerts()).length, 2);
});

test('a rule is read, changed, run and deleted in its own tenant alone', async () => {
  const [detections, neighbour] = [await beginDetections(server), await beginDetections(server)];
  const { id } = await create(detections, ruleBody());
  for (const [method, rest] of [
    ['GET', ''],
    ['GET', '/runs'],
    ['POST', '/run'],
    ['POST', '/dry-run'],
    ['DELETE', ''],
  ] as const) {
    await neighbour.manage(404, method, `/${id}${rest}`);
  }
  await neighbour.manage(404, 'PATCH', `/${id}`, { isEnabled: false });
});

test('a rule that comes back to life an hour later tells nothing twice', async () => {
  const detections = await beginDetections(server);
  await detections.ingest([{ device: 'd1' }]);
  const rule = await create(detections, ruleBody());
  await detections.pass(1000);
  await change(detections, rule.id, { isEnabled: false });
  await detections.pass(hourMs);
  await change(detections, rule.id, { isEnabled: true });
  await detections.pass(1000);
  assert.equal((await detections.alerts()).length, 1);
});
