// Answers of many bytes, through a whole server: they arrive whole, however slowly their client takes them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { after, before, test } from 'node:test';
import { hunterOf } from '../src/hunting/run-hunter.ts';
import { advancedHunting, beginHunting, type HuntingAnswer, type HuntingStory } from './support/hunting-calls.ts';
import { startTestServer, type TestServer } from './support/server.ts';

const settings = { huntingSecondsPerCycle: 100_000, huntingHeldBytesMax: 40_000_000 };
let server: TestServer;
let hunting: HuntingStory;
let overTls: HuntingStory;
before(async () => {
  server = await startTestServer({ settings });
  hunting = await beginHunting(server, 0);
  overTls = await beginHunting(await startTestServer({ settings, tls: true }), 0);
});
after(async () => {
  await server.dispose();
  await overTls.server.dispose();
});

const rowsMany = 6000;
const query = `range x from 1 to ${rowsMany} step 1 | extend s = strrep(strcat("row ", x, " "), 200)`;

function answerOf({ server: asked, admin }: HuntingStory): Promise<IncomingMessage> {
  const authorization = `Bearer ${admin.session}`;
  const headers = { host: `localhost:${asked.port}`, authorization, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: asked.port, path: advancedHunting, method: 'POST', headers };
    const tls = asked.caFile === null ? null : { ca: readFileSync(asked.caFile), servername: 'localhost' };
    const request = tls ? httpsRequest({ ...options, ...tls }, resolve) : httpRequest(options, resolve);
    request.on('error', reject).end(JSON.stringify({ Query: query }));
  });
}

function assertWhole(text: string): void {
  const { Results } = JSON.parse(text) as HuntingAnswer; // Its members are compared below.
  const order = Results.map((row) => Number(row.x)).sort((one, other) => one - other);
  assert.deepEqual(
    order,
    Array.from({ length: rowsMany }, (_, index) => index + 1),
  );
  for (const { x, s } of Results) assert.equal(s, `row ${String(x)} `.repeat(200));
}

test('clients that take large answers slowly, and others meanwhile, have every byte of theirs', () =>
  takeSlowly(hunting));

test('the same over TLS', () => takeSlowly(overTls));

async function takeSlowly(story: HuntingStory): Promise<void> {
  const slow = await answerOf(story);
  assert.equal(slow.statusCode, 200);
  const taken: Buffer[] = [];
  let isDone = false;
  slow.on('end', () => {
    isDone = true;
  });
  for (let round = 0; !isDone; round += 1) {
    assert.ok(round < 6000, 'The answer does not end.');
    for (let chunk: unknown = slow.read(); Buffer.isBuffer(chunk); chunk = slow.read()) taken.push(chunk);
    // Meanwhile others come and go, whose answers would lie where memory was given back too early.
    if (round < 3) assertWhole((await story.post(advancedHunting, { Query: query })).text);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assertWhole(Buffer.concat(taken).toString());
}

test('a client that goes away in the middle of an answer leaves nothing held', async () => {
  const { held } = await hunterOf(server.services);
  for (let round = 0; round < 4; round += 1) {
    const leaving = await answerOf(hunting);
    await new Promise((resolve) => leaving.once('readable', resolve));
    leaving.destroy();
  }
  // Four answers of ten megabytes are as many as may be held.
  for (let poll = 0; ; poll += 1) {
    const all = held.open();
    try {
      all.add(39_000_000);
      break;
    } catch (error) {
      if (poll > 1500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      all.release();
    }
  }
  assertWhole((await hunting.post(advancedHunting, { Query: query })).text);
});
