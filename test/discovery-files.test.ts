// The URLs that logs are sent to: whole files and blocks as storage libraries send them, and everything that goes wrong on the way.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { hourMs } from '../src/lib/clock.ts';
import { makeUploader, pathOfUrl, readWaiting, squidLines, type Uploader } from './support/discovery-uploads.ts';
import { freePort } from './support/postgres-server.ts';
import { type Answer, startNode, startTestServer, type TestServer } from './support/server.ts';

const bytesMax = 3_000_000;
let server: TestServer;
let uploader: Uploader;
before(async () => {
  server = await startTestServer({
    settings: {
      tenantRequestsPerMinute: 1_000_000,
      discoveryUploadBytesMax: bytesMax,
      discoveryTenantDiskBytesMax: 25_000_000,
      discoveryUrlTtlSeconds: 3600,
    },
  });
  uploader = await makeUploader(server);
  await uploader.dataSource('blocks');
});
after(() => server.dispose());

const put = (url: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> =>
  server.request(pathOfUrl(url), { method: 'PUT', headers, body });
const blockId = (text: string): string => Buffer.from(text).toString('base64');
const putBlock = (url: string, id: string, body: string | Buffer) =>
  put(`${url}&comp=block&blockid=${encodeURIComponent(id)}`, body);
const putList = (url: string, elements: string) =>
  put(`${url}&comp=blocklist`, `<?xml version="1.0" encoding="utf-8"?><BlockList>${elements}</BlockList>`);
const code = ({ text }: Answer): string | undefined => /<Code>(\w+)<\/Code>/.exec(text)?.[1];
const folderOf = (url: string): string => {
  const [, , tenant = '', upload = ''] = new URL(url).pathname.split('/');
  return join(server.services.dataFolder, 'discovery-uploads', tenant, upload);
};

test('blocks become the file that the list says, in its order, and may be changed by another list', async () => {
  const url = await uploader.url();
  const [a, b, c] = ['block-a', 'block-b', 'block-c'].map(blockId);
  assert.ok(a && b && c);
  const parts = [squidLines(5, 'box.com'), squidLines(6, 'zoom.us'), squidLines(7, 'slack.com')];
  for (const [index, id] of [c, a, b].entries()) {
    const sent = await putBlock(url, id, parts[index] ?? '');
    assert.deepEqual([sent.status, sent.headers.etag], [201, undefined], sent.text);
  }
  const early = await uploader.done(url, 'blocks');
  assert.equal(early.status, 400);
  const missing = await putList(url, `<Latest>${a}</Latest><Latest>${blockId('never')}</Latest>`);
  assert.deepEqual([missing.status, code(missing)], [400, 'InvalidBlockList']);
  const first = await putList(url, `<Latest>${a}</Latest><Uncommitted>${c}</Uncommitted>`);
  assert.equal(first.status, 201, first.text);
  assert.ok(first.headers.etag);
  // What was not in the list is gone; what was can be named again.
  assert.equal(code(await putList(url, `<Latest>${b}</Latest>`)), 'InvalidBlockList');
  assert.equal((await putBlock(url, b, parts[2] ?? '')).status, 201);
  const second = await putList(url, `<Committed>${c}</Committed>\n<Latest>${b}</Latest>`);
  assert.equal(second.status, 201, second.text);
  const answer = await uploader.done(url, 'blocks');
  const { uploadId } = answer.json<{ uploadId: string }>();
  assert.equal((await uploader.shown(uploadId)).bytes, Buffer.byteLength((parts[0] ?? '') + (parts[2] ?? '')));
  await readWaiting(server.services);
  assert.equal((await uploader.shown(uploadId)).result?.used, 12);
  assert.equal(existsSync(folderOf(url)), false);
});

test('a list that is none, ids that are none and other words in the URL are refused by name', async () => {
  const url = await uploader.url();
  for (const body of ['', 'x', '<BlockList><Other>YQ==</Other></BlockList>', '<BlockList><Latest>YQ==</BlockList>']) {
    const answer = await put(`${url}&comp=blocklist`, body);
    assert.equal(answer.status, 400, body);
  }
  assert.equal(code(await putBlock(url, '***', 'x')), 'InvalidQueryParameterValue');
  assert.equal(code(await putBlock(url, blockId('x'.repeat(65)), 'x')), 'InvalidQueryParameterValue');
  assert.equal(code(await put(`${url}&comp=metadata`, '')), 'InvalidQueryParameterValue');
  assert.equal(code(await put(url, 'x', { 'x-ms-blob-type': 'PageBlob' })), 'InvalidHeaderValue');
});

test('a URL opens one file for its time: nothing else, nobody longer, nothing read back', async () => {
  const url = await uploader.url();
  const signature = new URL(url).searchParams.get('sig') ?? '';
  const changed = [
    url.replace(/sig=.*?&/, ''),
    url.replace(signature, signature.slice(0, -1) + (signature.endsWith('A') ? 'B' : 'A')),
    url.replace('proxy.log', 'other.log'),
    url.replace(uploader.tenant.id, '11111111-1111-4111-8111-111111111111'),
    url.replace(/[0-9a-f]{32}/, 'f'.repeat(32)),
    url.replace(/[0-9a-f]{32}/, '..%2F..'),
  ];
  for (const each of changed) {
    const answer = await put(each, 'x');
    assert.deepEqual([answer.status, code(answer)], [403, 'AuthenticationFailed'], each);
  }
  for (const method of ['GET', 'HEAD', 'DELETE', 'POST']) {
    const answer = await server.request(pathOfUrl(url), { method });
    assert.deepEqual(
      [answer.status, answer.headers['x-ms-error-code']],
      [403, 'AuthorizationPermissionMismatch'],
      method,
    );
  }
  assert.equal((await server.request('/discovery-files/x')).status, 404);
  assert.equal((await put(url, 'first', { 'if-none-match': '*' })).status, 201);
  assert.equal(code(await put(url, 'second', { 'if-none-match': '*' })), 'BlobAlreadyExists');
  assert.equal((await put(url, 'third')).status, 201);
  assert.equal(readdirSync(folderOf(url)).length, 1);
  server.services.testClock.advance(2 * hourMs);
  const late = await put(url, 'x');
  assert.deepEqual([late.status, code(late)], [403, 'AuthenticationFailed']);
  assert.match(late.text, /expired/);
});

test('a file beyond the limit is refused with the setting, whether it says so or not', async () => {
  const url = await uploader.url();
  const large = Buffer.alloc(bytesMax + 1, 0x61);
  const declared = await put(url, large);
  assert.deepEqual([declared.status, code(declared)], [413, 'RequestBodyTooLarge']);
  assert.match(declared.text, /discoveryUploadBytesMax/);
  const chunked = await sendInPieces(url, [large]);
  assert.equal(chunked.status, 413);
  assert.deepEqual(filesIn(url), []);
  const [a, b] = [blockId('a'), blockId('b')];
  for (const id of [a, b]) assert.equal((await putBlock(url, id, large.subarray(0, bytesMax - 5))).status, 201);
  const together = await putList(url, `<Latest>${a}</Latest><Latest>${b}</Latest>`);
  assert.equal(together.status, 413);
});

test('a file that stops half way leaves the URL as it was, and the next one counts', async () => {
  const url = await uploader.url();
  await breakOff(url, squidLines(500));
  assert.equal((await uploader.done(url, 'blocks')).status, 400);
  const log = squidLines(9, 'trello.com');
  const sent = await sendInPieces(
    url,
    [log.slice(0, 100), log.slice(100, 101), log.slice(101)].map((part) => Buffer.from(part)),
  );
  assert.equal(sent.status, 201);
  await breakOff(url, squidLines(500));
  const { uploadId } = (await uploader.done(url, 'blocks')).json<{ uploadId: string }>();
  await readWaiting(server.services);
  assert.equal((await uploader.shown(uploadId)).result?.used, 9);
});

test('files that come at once to one URL do not mix', async () => {
  const url = await uploader.url();
  const logs = [1, 2, 3, 4].map((count) => squidLines(count * 300, 'asana.com'));
  const answers = await Promise.all(logs.map((log) => put(url, log)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 201, 201, 201],
  );
  const { uploadId } = (await uploader.done(url, 'blocks')).json<{ uploadId: string }>();
  const { bytes } = await uploader.shown(uploadId);
  assert.ok(logs.some((log) => log.length === bytes));
  assert.equal(readdirSync(folderOf(url)).length, 1);
  await readWaiting(server.services);
  const { result } = await uploader.shown(uploadId);
  assert.ok([300, 600, 900, 1200].includes(result?.used ?? 0));
});

test('what one organisation has waiting is bounded, and what goes gives its room back', async () => {
  const crowd = await makeUploader(server);
  await crowd.dataSource('crowd');
  const urls = await Promise.all(Array.from({ length: 12 }, (_, index) => crowd.url(`${index}.log`)));
  const body = Buffer.alloc(bytesMax, 0x61);
  const statuses: number[] = [];
  for (const url of urls) statuses.push((await put(url, body)).status);
  assert.deepEqual(new Set(statuses), new Set([201, 413]));
  assert.equal((await put(await uploader.url(), 'another organisation')).status, 201);
  server.services.testClock.advance(2 * hourMs);
  const { pruneDiscovery } = await import('../src/discovery/uploads/retention.ts');
  await pruneDiscovery(server.services);
  assert.equal((await put(await crowd.url(), body)).status, 201);
});

test('neither the log of the server nor its stores keep the signature of a URL', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const node = await startNode({ ...server.services, log }, await freePort());
  const url = await uploader.url();
  const signature = new URL(url).searchParams.get('sig') ?? '';
  const send = (path: string, body: string) => node.request(path, { method: 'PUT', body });
  assert.equal((await send(pathOfUrl(url), 'x')).status, 201);
  await send(`${pathOfUrl(url)}&comp=nothing`, 'x');
  await send(pathOfUrl(url).replace('proxy.log', 'other.log'), 'x');
  await node.request(pathOfUrl(url));
  const { token } = uploader;
  const body = { uploadUrl: url, inputStreamName: 'blocks' };
  assert.equal((await node.request('/api/v1/discovery/done_upload/', { token, body })).status, 200);
  await send(pathOfUrl(url), 'x');
  await node.stop();
  const { db } = server.services.store;
  const stored = [
    await db.selectFrom('discoveryUploads').selectAll().execute(),
    await db.selectFrom('auditRecords').selectAll().execute(),
    await db.selectFrom('explanations').selectAll().execute(),
    await db.selectFrom('governanceActions').selectAll().execute(),
  ];
  assert.ok(
    signature.length > 40 && !lines.join('').includes(signature) && !JSON.stringify(stored).includes(signature),
  );
});

function filesIn(url: string): string[] {
  return existsSync(folderOf(url)) ? readdirSync(folderOf(url)) : [];
}

/** Chunked, as senders do that do not know how much there will be. */
async function sendInPieces(url: string, pieces: readonly Buffer[]): Promise<{ status: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number }>();
  const request = requestTo(url, { 'transfer-encoding': 'chunked' });
  request.on('response', (answer) => {
    answer.resume();
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0 }));
  });
  request.on('error', reject);
  for (const piece of pieces) {
    request.write(piece);
    await sleep(5);
  }
  request.end();
  return await promise;
}

async function breakOff(url: string, text: string): Promise<void> {
  const request = requestTo(url, { 'content-length': String(text.length * 2) });
  request.on('error', () => {});
  request.write(text);
  await sleep(50);
  request.destroy();
  // The server hears of it a moment later.
  for (let tries = 0; tries < 100 && filesIn(url).length > 1; tries++) await sleep(20);
}

function requestTo(url: string, headers: Record<string, string>): http.ClientRequest {
  const host = `localhost:${server.port}`;
  return http.request({
    ...{ host: '127.0.0.1', port: server.port, path: pathOfUrl(url), method: 'PUT', agent: false },
    headers: { host, 'x-ms-blob-type': 'BlockBlob', ...headers },
  });
}
