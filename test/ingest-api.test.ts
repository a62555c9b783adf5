// POST /management/v1/ingest/activities, through a whole server.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { makeTenant } from './support/accounts.ts';
import { auditLines } from './support/ingestion.ts';
import { makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let admin: Person;
before(async () => {
  server = await startTestServer({ settings: { ingestBytesMax: 20_000_000 } });
  admin = await makePerson(server, await makeTenant(server.services), 'global-administrator');
});
after(() => server.dispose());

const path = '/management/v1/ingest/activities';
const ndjson = { 'content-type': 'application/x-ndjson' };

interface Counts {
  readonly received: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

test('lines of JSON are taken, whatever name their type has', async () => {
  let from = 1000;
  for (const type of [
    'application/x-ndjson',
    'application/json; charset=utf-8',
    'text/plain',
    'application/octet-stream',
  ]) {
    const answer = await server.request(path, {
      session: admin.session,
      headers: { 'content-type': type },
      body: `${auditLines(3, from)}nonsense\n`,
    });
    assert.equal(answer.status, 200, answer.text);
    const { problems, ...counts } = answer.json<Counts>();
    assert.deepEqual(counts, { received: 4, stored: 3, duplicates: 0, rejected: 1 }, type);
    assert.equal(problems[0]?.line, 4);
    from += 10;
  }
});

test('what came in goes out through the activities API, the record of the provider included', async () => {
  const reader = await makePerson(server, await makeTenant(server.services), 'global-administrator');
  const lines = auditLines(3, 500_000);
  await server.request(path, { session: reader.session, headers: ndjson, body: lines });
  const token = await makeToken(server, reader);
  const list = await server.request('/api/v1/activities/', { token: token.value });
  const { data, total } = list.json<{
    data: { _id: string; appName: string; rawDataJson: unknown }[];
    total: number;
  }>();
  assert.equal(total, 3);
  const sent = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  assert.deepEqual(data.map((record) => record.rawDataJson).toReversed(), sent);
  const [first] = data;
  assert.equal(first?.appName, 'Microsoft SharePoint Online');
  const one = await server.request(`/api/v1/activities/${first?._id}/`, { token: token.value });
  assert.deepEqual(one.json(), first);
});

test('a body far larger than other requests may have is taken, packed or not', async () => {
  const lines = auditLines(12_000, 100_000);
  const answer = await server.request(path, {
    session: admin.session,
    headers: { ...ndjson, 'content-encoding': 'gzip' },
    body: gzipSync(lines),
  });
  assert.equal(answer.json<Counts>().stored, 12_000, answer.text);
  const again = await server.request(path, { session: admin.session, headers: ndjson, body: lines });
  assert.equal(again.json<Counts>().duplicates, 12_000, again.text);
});

test('a small body that unpacks to a huge one is stopped at ingestBytesMax', async () => {
  const bomb = gzipSync(Buffer.alloc(60_000_000, 0x20));
  assert.ok(bomb.length < 100_000);
  const answer = await server.request(path, {
    session: admin.session,
    headers: { ...ndjson, 'content-encoding': 'gzip' },
    body: bomb,
  });
  assert.equal(answer.status, 413, answer.text);
  assert.match(answer.json<{ detail: string }>().detail, /ingestBytesMax.*Nothing was stored/);
});

test('broken gzip is a 400 that says what was stored', async () => {
  const whole = gzipSync(auditLines(20, 200_000));
  const broken = Buffer.from(whole);
  broken.fill(0, whole.length >> 1);
  for (const body of [whole.subarray(0, -20), broken, Buffer.from('no gzip at all')]) {
    const answer = await server.request(path, {
      session: admin.session,
      headers: { ...ndjson, 'content-encoding': 'gzip' },
      body,
    });
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json<{ detail: string }>().detail, /gzip data is broken or cut off.*Nothing was stored/);
  }
});

test('an unknown encoding or type is refused by name', async () => {
  for (const [headers, said] of [
    [{ ...ndjson, 'content-encoding': 'br' }, /br is not supported/],
    [{ 'content-type': 'text/csv' }, /text\/csv/],
  ] as const) {
    const answer = await server.request(path, { session: admin.session, headers, body: auditLines(1) });
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json<{ detail: string }>().detail, said);
  }
});

test('an empty body counts nothing or is refused, and stores nothing', async () => {
  const empty = await server.request(path, { session: admin.session, headers: ndjson, body: '' });
  if (empty.status === 200) assert.equal(empty.json<Counts>().received, 0);
  else assert.equal(empty.status, 400, empty.text);
});

test('a sender that goes away in the middle does no harm, and can send everything again', async () => {
  const lines = auditLines(2000, 300_000);
  await new Promise<void>((resolve) => {
    const request = http.request({
      host: '127.0.0.1',
      port: server.port,
      path,
      method: 'POST',
      headers: {
        ...ndjson,
        host: `localhost:${server.port}`,
        authorization: `Bearer ${admin.session}`,
        'content-length': Buffer.byteLength(lines),
      },
    });
    request.on('error', () => resolve());
    request.write(lines.slice(0, 100_000), () => setTimeout(() => request.destroy(), 50));
    request.on('close', () => resolve());
  });
  const again = await server.request(path, { session: admin.session, headers: ndjson, body: lines });
  assert.equal(again.status, 200, again.text);
  const { stored, duplicates } = again.json<Counts>();
  assert.equal(stored + duplicates, 2000);
});

test('an API token of whoever may ingest takes records in, also one narrowed to just that', async () => {
  const narrow = await makeToken(server, admin, { permissions: ['Ingest.write'] });
  const taken = await server.request(path, { token: narrow.value, headers: ndjson, body: auditLines(2, 600_000) });
  assert.equal(taken.status, 200, taken.text);
  assert.equal(taken.json<Counts>().stored, 2);
  const other = await server.request('/api/v1/activities/', { token: narrow.value });
  assert.equal(other.status, 403, 'it opens nothing else');
});

test('without a credential or without the permission nothing is taken', async () => {
  const body = auditLines(1, 400_000);
  const nobody = await server.request(path, { headers: ndjson, body });
  assert.equal(nobody.status, 401, nobody.text);
  const reader = await makePerson(server, admin.tenant, 'security-reader');
  const ofReader = await makeToken(server, reader);
  const narrow = await makeToken(server, admin, { permissions: ['Activities.read'] });
  for (const credential of [{ session: reader.session }, { token: ofReader.value }, { token: narrow.value }]) {
    const refused = await server.request(path, { ...credential, headers: ndjson, body });
    assert.equal(refused.status, 403, refused.text);
    assert.match(refused.text, /Ingest\.write/);
  }
  const after = await server.request(path, { session: admin.session, headers: ndjson, body });
  assert.equal(after.json<Counts>().stored, 1);
});
