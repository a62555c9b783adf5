import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { makeTenant } from './support/accounts.ts';
import { freePort } from './support/postgres-server.ts';
import { makePerson, makeToken, startNode, startTestServer } from './support/server.ts';
import { testServices } from './support/services.ts';

test('a server is alive and ready while its stores answer, and says which one does not', async () => {
  const server = await startTestServer();
  try {
    assert.deepEqual((await server.request('/healthz')).json(), { status: 'ok' });
    const ready = await server.request('/readyz');
    assert.deepEqual([ready.status, ready.json().status], [200, 'ready']);
    await server.services.testStore.dispose();
    const gone = await server.request('/readyz');
    assert.equal(gone.status, 503);
    const { checks } = gone.json<{ checks: Record<string, string> }>();
    assert.deepEqual([checks.controlStore, checks.eventStore], ['The control store does not answer.', 'ok']);
    assert.equal((await server.request('/healthz')).status, 200, 'the process itself is alive');
  } finally {
    await server.dispose();
  }
});

test('probes call under any name; metrics are for the addresses of the setting only and tell no tenant', async () => {
  const server = await startTestServer({ settings: { trustedProxies: ['127.0.0.1/32'] } });
  try {
    for (const path of ['/healthz', '/readyz', '/metrics'])
      assert.equal((await server.request(path, { host: 'anything.example' })).status, 200, path);
    await server.request('/management/v1/users/somebody@contoso.example');
    const metrics = await server.request('/metrics');
    assert.match(metrics.text, /sallyport_requests_total\{surface="management",method="GET",status="401"\} 1/);
    assert.doesNotMatch(metrics.text, /contoso|somebody/);
    const outside = await server.request('/metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    assert.equal(outside.status, 404);
  } finally {
    await server.dispose();
  }
});

test('an unexpected error tells the client nothing but its correlation id, under which the log has the reason', async () => {
  const lines: string[] = [];
  const services = await testServices({ settings: { port: await freePort() } });
  const log = pino({ level: 'error' }, { write: (line: string) => lines.push(line) });
  const node = await startNode({ ...services, log }, services.config.port);
  try {
    const { value } = await makeToken(
      node,
      await makePerson({ ...node, services }, await makeTenant(services), 'security-reader'),
    );
    await services.store.close();
    for (const path of ['/management/v1/about', '/api/v1/activities/']) {
      const answer = await node.request(path, { token: value });
      assert.ok(answer.status >= 500, answer.text);
      const { correlationId } = answer.json();
      assert.doesNotMatch(answer.text, /driver|destroyed|Error:|\.ts/);
      const line = lines.find((each) => each.includes(String(correlationId)));
      assert.match(line ?? '', /"message":".*destroyed.*"stack":/);
      assert.ok(!lines.join().includes(value));
    }
  } finally {
    await node.stop();
    await services.dispose();
  }
});
