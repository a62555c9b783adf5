// kill -9 while a traffic log is read: the next process reads it anew, and every line counts once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { until } from './support/child-server.ts';
import { pathOfUrl } from './support/discovery-uploads.ts';
import { KillableServer } from './support/killable-server.ts';

const lineCount = 300_000;

/** Of this day, because a process has the real clock. */
function squidLog(): Buffer {
  const begin = Math.floor(Date.now() / 1000) - 3600;
  const lines: string[] = [];
  for (let index = 0; index < lineCount; index++) {
    const host = `host${index % 500}.example.com`;
    lines.push(
      `${begin + (index % 3000)}.123 120 192.0.2.${index % 250} TCP_TUNNEL/200 1000 CONNECT ${host}:443 user${index % 700} HIER_DIRECT/198.51.100.7 -\n`,
    );
  }
  return gzipSync(lines.join(''), { level: 1 });
}

test('a server that is killed again and again while it reads a log counts every line once', async (t) => {
  const server = await KillableServer.open({ SALLYPORT_DISCOVERY_ATTEMPTS_MAX: '50' });
  t.after(() => server.dispose());
  await server.start();
  const { upload, url } = await server.call('/discovery/uploads', { fileName: 'a.log.gz', source: 'SQUID_NATIVE' });
  await server.put(pathOfUrl(url), squidLog());
  const { streamId } = await server.call(`/discovery/uploads/${upload.id}/finish`, { snapshot: 'Killed' });
  const shown = () => server.call(`/discovery/uploads/${upload.id}`);
  // Each time a little later, so that it dies before, in and after every step.
  for (let round = 0; round < 5; round++) {
    const isBegun = await until(shown, ({ state }: { state: string }) => state === 'processing' || state === 'done');
    if (isBegun.state === 'done') break;
    await sleep(150 * round);
    await server.end('SIGKILL');
    await server.start();
  }
  const { state, result, problem } = await until(shown, (now) => now.state === 'done' || now.state === 'failed');
  assert.deepEqual([state, problem, result?.used], ['done', null, lineCount]);
  const { totals } = await server.call(`/discovery/reports/${streamId}/overview`);
  assert.equal(totals.transactions, lineCount);
});
