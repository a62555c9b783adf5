import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type LogFolder,
  logFolder,
  receivedAt,
  squidLine,
  storedSums,
  streamId,
  tenantId,
} from '../../../test/support/traffic-logs.ts';
import type { EventStore } from '../../events/events.ts';
import { sql } from '../../events/sql.ts';
import type { TenantId } from '../../lib/ids.ts';
import { endIdleThreads } from '../parsing/threads.ts';
import { TrafficRows } from './rows.ts';
import { removeTrafficBefore, removeTrafficOfStream, removeTrafficOfUpload, storeTraffic } from './store.ts';

const dayMs = 86_400_000;
const otherTenant = '11111111-2222-4333-8444-555555555555' as TenantId; // A UUID, as they are.
let logs: LogFolder;
let events: EventStore;

before(async () => {
  logs = await logFolder();
  events = await logs.openEvents();
});

after(async () => {
  await endIdleThreads();
  await events.close();
  await logs.dispose();
});

async function store(uploadId: string, text: string, tenant = tenantId, stream = streamId): Promise<void> {
  const result = await logs.parse(text);
  await storeTraffic(events, tenant, { streamId: stream, uploadId }, result.rows);
  await result.rows.dispose();
}

async function count(uploadId: string): Promise<number> {
  return (await storedSums(events, uploadId)).size;
}

test('every column comes back as it was counted, long texts and short ones', async () => {
  const user = 'a-rather-long-name@department.contoso.example';
  await store(
    'columns',
    squidLine('www.dropbox.com', { user, bytes: 5_000_000_000, client: '2001:db8::77' }).repeat(3),
  );
  const rows = await events.query(
    sql`select * exclude ("appId") from discovery.main."discoveryTraffic" where "uploadId" = 'columns'`,
  );
  const day = Math.floor(receivedAt / dayMs) * dayMs;
  const bytes = 15_000_000_000;
  assert.deepEqual(rows, [
    [
      tenantId,
      streamId,
      'columns',
      day,
      'dropbox.com',
      user,
      '2001:db8::77',
      '',
      false,
      3,
      0,
      bytes,
      bytes,
      receivedAt,
      receivedAt,
    ],
  ]);
});

test('storing an upload once more puts its rows in the place of the old ones', async () => {
  await store('again', squidLine('www.dropbox.com', { user: 'alice' }) + squidLine('www.dropbox.com', { user: 'bob' }));
  await store('again', squidLine('www.dropbox.com', { user: 'carol' }));
  assert.deepEqual(
    [...(await storedSums(events, 'again')).keys()].map((key) => key.split('|')[1]),
    ['carol'],
  );
});

test('rows that cannot be read store nothing, and leave what was there', async () => {
  await store('broken', squidLine('www.dropbox.com'));
  const result = await logs.parse(squidLine('slack.com'));
  await result.rows.dispose();
  await assert.rejects(storeTraffic(events, tenantId, { streamId, uploadId: 'broken' }, result.rows));
  assert.deepEqual(
    [...(await storedSums(events, 'broken')).keys()].map((key) => key.split('|')[0]),
    ['dropbox.com'],
  );
});

test('many rows are stored whole', async () => {
  const lines = Array.from({ length: 30_000 }, (_, index) =>
    squidLine('www.dropbox.com', { user: `somebody-number-${index}` }),
  );
  await store('many', lines.join(''));
  const sums = await storedSums(events, 'many');
  assert.equal(sums.size, 30_000);
  assert.ok(
    sums.has(
      ['dropbox.com', 'somebody-number-29999', '192.0.2.7', '', false, Math.floor(receivedAt / dayMs) * dayMs].join(
        '|',
      ),
    ),
  );
});

test('nothing to store is nothing stored', async () => {
  await storeTraffic(events, tenantId, { streamId, uploadId: 'none' }, new TrafficRows([]));
  assert.equal(await count('none'), 0);
});

test("removal takes what is meant of one tenant and leaves everybody else's", async () => {
  const old = squidLine('www.dropbox.com', { at: receivedAt - 5 * dayMs });
  const other = 'b2'.repeat(12);
  await store('mine', old + squidLine('www.dropbox.com'));
  await store('other-stream', old, tenantId, other);
  await store('theirs', old + squidLine('slack.com'), otherTenant);
  await removeTrafficBefore(events, tenantId, Math.floor(receivedAt / dayMs) * dayMs);
  assert.deepEqual([await count('mine'), await count('other-stream'), await count('theirs')], [1, 0, 2]);
  await store('other-stream', old, tenantId, other);
  await removeTrafficOfStream(events, tenantId, other);
  assert.deepEqual([await count('mine'), await count('other-stream')], [1, 0]);
  await removeTrafficOfUpload(events, otherTenant, 'mine');
  assert.equal(await count('mine'), 1);
  await removeTrafficOfUpload(events, tenantId, 'mine');
  assert.deepEqual([await count('mine'), await count('theirs')], [0, 2]);
});
