// Custom detections over two event stores of one deployment, and over one that was closed and opened again.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Services } from '../src/context.ts';
import { runDueRules, startScheduler } from '../src/custom-detections/scheduler.ts';
import { openEventStore } from '../src/events/events.ts';
import { hourMs } from '../src/lib/clock.ts';
import { beginDetections, managementPath, ruleBody } from './support/custom-detections.ts';
import { exported } from './support/hunting.ts';
import { freePort } from './support/postgres-server.ts';
import { signIn, startNode, startTestServer, type TestNode } from './support/server.ts';
import { secondNode } from './support/services.ts';
import { testStoreKind } from './support/store.ts';

async function openEvents(services: Services, folder: string) {
  const { eventMemoryBytesMax: memoryBytesMax, querySecondsMax, queriesAtOnceMax } = services.config;
  return await openEventStore({ folder, memoryBytesMax, querySecondsMax, queriesAtOnceMax });
}

const event = (now: number, device: string) =>
  exported('DeviceProcessEvents', {
    Timestamp: new Date(now - 1000).toISOString(),
    DeviceId: device,
    DeviceName: `${device}.contoso.example`,
    AccountUpn: 'ana@contoso.example',
    ProcessCommandLine: 'mimikatz.exe',
    ReportId: 1,
  });

test('two nodes that find the same raise it once, and each what only it has', {
  skip: testStoreKind === 'postgres' ? false : 'the embedded store belongs to one process',
}, async () => {
  const server = await startTestServer({ settings: { appRequestsPerMinute: 100_000 } });
  const detections = await beginDetections(server);
  const { services } = server;
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-second-'));
  const events = await openEvents(services, folder);
  const second: Services = { ...(await secondNode(services)), events };
  const node = await startNode(second, await freePort());
  const send = async (to: Pick<TestNode, 'request'>, devices: readonly string[]) => {
    const body = devices.map((device) => `${JSON.stringify(event(services.clock(), device))}\n`).join('');
    const session = await signIn(server, detections.admin.user);
    const request = { session, headers: { 'content-type': 'application/x-ndjson' }, body };
    const answer = await to.request('/management/v1/ingest/hunting', request);
    assert.equal(answer.status, 200, answer.text);
  };
  try {
    await send(server, ['both', 'first']);
    await send(node, ['both', 'second']);
    const rule = await detections.manage(201, 'POST', '', ruleBody());
    services.testClock.advance(1000);
    await Promise.all([runDueRules(services), runDueRules(second)]);
    const titles = (await detections.alerts()).map(({ title }) => String(title));
    assert.deepEqual(
      titles.sort(),
      ['both', 'first', 'second'].map((name) => `Credential tool on ${name}.contoso.example`),
    );
    const { items } = await detections.manage<{ items: { eventStore: string; alerts: number }[] }>(
      200,
      'GET',
      `/${rule.id}/runs`,
    );
    assert.equal(new Set(items.map(({ eventStore }) => eventStore)).size, 2);
    assert.equal(
      items.reduce((sum, { alerts }) => sum + alerts, 0),
      3,
    );
  } finally {
    await node.stop();
    await events.close();
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  }
});

test('after a restart a rule goes on where it was and tells nothing twice', async () => {
  const server = await startTestServer({ settings: { appRequestsPerMinute: 100_000 } });
  const detections = await beginDetections(server);
  const { services } = server;
  try {
    await detections.ingest([{ device: 'd1' }]);
    const rule = await detections.manage(201, 'POST', '', ruleBody());
    await detections.pass(1000);
    await services.events.close();
    const events = await openEvents(services, services.dataFolder);
    try {
      // A new process: nothing that this one remembered is there any more.
      const again: Services = { ...services, events };
      services.testClock.advance(2 * hourMs);
      const scheduler = startScheduler(again);
      await scheduler.settled();
      await scheduler.stop();
      assert.equal((await detections.alerts()).length, 1);
      const session = await signIn(server, detections.admin.user);
      const answer = await server.request(`${managementPath}/${rule.id}/runs`, { session });
      const { items } = answer.json<{ items: { from: string; until: string; alerts: number }[] }>();
      assert.deepEqual(
        items.map(({ alerts }) => alerts),
        [0, 1],
      );
      assert.ok((items[0]?.from ?? '') <= (items[1]?.until ?? ''));
    } finally {
      await events.close();
    }
  } finally {
    await server.dispose();
  }
});
