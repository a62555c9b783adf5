// What bounds hunting queries, through a whole server: calls, the tenant's share, rows, bytes, time; and that one query
// takes nothing from the others.
import assert from 'node:assert/strict';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { hunterOf } from '../src/hunting/run-hunter.ts';
import { minuteMs } from '../src/lib/clock.ts';
import {
  advancedHunting,
  advancedQueries,
  beginHunting,
  type HuntingAnswer,
  type HuntingStory,
  runHuntingQuery,
} from './support/hunting-calls.ts';
import { type Answer, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let hunting: HuntingStory;
const settings = {
  appRequestsPerMinute: 100_000,
  huntingRowsMax: 5000,
  huntingResultBytesMax: 1_000_000,
  huntingSecondsMax: 5,
  huntingSecondsPerCycle: 100_000,
  huntingHeavyAtOnce: 1,
};
before(async () => {
  server = await startTestServer({ settings });
  hunting = await beginHunting(server);
});
after(() => server.dispose());

/** Takes minutes, whatever the machine. */
const endless =
  'range a from 1 to 4000000 step 1 | extend k = a % 7 | join kind=inner (range b from 1 to 4000000 step 1 | extend k = b % 7) on k | summarize sum(a * b)';

const messageOf = (answer: Answer): string => answer.json<{ error: { message: string } }>().error.message;

test('rows beyond the limit are cut off, and the answer says so', async () => {
  const answer = await hunting.post(advancedHunting, { Query: 'range x from 1 to 5001 step 1' });
  assert.equal(answer.json<HuntingAnswer>().Results.length, 5000);
  assert.match(String(answer.headers.warning), /^199 - ".*5000 rows/);
  const all = await hunting.post(advancedHunting, { Query: 'range x from 1 to 5000 step 1' });
  assert.equal(all.json<HuntingAnswer>().Results.length, 5000);
  assert.equal(all.headers.warning, undefined);
});

test('an answer of more bytes than the limit is refused in the documented words', async () => {
  const said = /^Query execution has exceeded the allowed result size\. Optimize your query by limiting/;
  for (const query of [
    'range x from 1 to 5000 step 1 | extend s = strrep("abcdefgh", 128)',
    'print s = strrep(strrep("abcdefgh", 500), 500)',
  ]) {
    const answer = await hunting.post(advancedHunting, { Query: query });
    assert.equal(answer.status, 400, answer.text.slice(0, 200));
    assert.match(messageOf(answer), said);
  }
});

test('a query that takes longer than the limit is ended in the documented words, and the next one runs', async () => {
  const answer = await hunting.post(advancedHunting, { Query: endless });
  assert.equal(answer.status, 400, answer.text);
  assert.equal(messageOf(answer), 'Query exceeded the timeout period.');
  assert.deepEqual(await hunting.rows('DeviceProcessEvents | count'), [[3]]);
});

/** A call whose client can go away. */
function leavingCall({ port }: TestServer, { admin }: HuntingStory, query: string): ClientRequest {
  const authorization = `Bearer ${admin.session}`;
  const headers = { host: `localhost:${port}`, authorization, 'content-type': 'application/json' };
  const request = httpRequest({ host: '127.0.0.1', port, path: advancedHunting, method: 'POST', headers });
  request.on('error', () => {});
  request.end(JSON.stringify({ Query: query }));
  return request;
}

const pollMs = 20;
const pollsMax = 1500;

async function until(isTrue: () => boolean): Promise<void> {
  for (let poll = 0; !isTrue(); poll += 1) {
    assert.ok(poll < pollsMax, 'It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

test('short queries run beside heavy ones of the same and another tenant, and a client that goes away ends its own', async () => {
  const long = await startTestServer({ settings: { ...settings, huntingSecondsMax: 3600 } });
  try {
    const [one, other] = [await beginHunting(long), await beginHunting(long, 1)];
    const { admission } = await hunterOf(long.services);
    const heavy = [one, one, other, other].map((each) => leavingCall(long, each, endless));
    await until(() => admission.waiting === 3);
    for (let round = 0; round < 10; round += 1) {
      assert.deepEqual(await one.rows('DeviceProcessEvents | count'), [[3]]);
      assert.deepEqual(await other.rows('DeviceProcessEvents | count'), [[1]]);
    }
    assert.deepEqual([admission.underWay, admission.waiting], [1, 3]);
    for (const call of heavy) call.destroy();
    await until(() => admission.underWay === 0 && admission.waiting === 0);
  } finally {
    await long.dispose();
  }
});

test('an app has so many calls a minute and an hour, each API its own, and 429 says when to come back', async () => {
  const few = await startTestServer({
    settings: { ...settings, huntingQueriesPerMinute: 2, huntingQueriesPerHour: 3 },
  });
  try {
    const story = await beginHunting(few, 0);
    const body = { Query: 'print 1' };
    const statuses: number[] = [];
    for (const path of [advancedHunting, advancedQueries, runHuntingQuery]) {
      for (let call = 0; call < 3; call += 1) statuses.push((await story.post(path, body)).status);
    }
    assert.deepEqual(statuses, [200, 200, 429, 200, 200, 429, 200, 200, 429]);
    const refused = await story.post(advancedHunting, body);
    assert.match(refused.text, /"code":"429","message":"API calls quota exceeded! maximum allowed 2 per 00:01:00"/);
    assert.equal(refused.headers['retry-after'], '60');
    few.services.testClock.advance(minuteMs);
    assert.equal((await story.post(advancedHunting, body)).status, 200);
    const hourly = await story.post(advancedHunting, body);
    assert.match(hourly.text, /maximum allowed 3 per 01:00:00"/);
    assert.equal(hourly.headers['retry-after'], '3540');
    const { session } = story.admin;
    assert.equal((await few.request(advancedHunting, { session, body })).status, 200);
  } finally {
    await few.dispose();
  }
});

test('a tenant that has used up its share of the engine waits for the next quarter of an hour, others do not', async () => {
  const small = await startTestServer({ settings: { ...settings, huntingSecondsPerCycle: 1, huntingSecondsMax: 4 } });
  try {
    const greedy = await beginHunting(small, 0);
    const other = await beginHunting(small, 0);
    small.services.testClock.advance(7.5 * minuteMs);
    assert.match(messageOf(await greedy.post(advancedHunting, { Query: endless })), /timeout/);
    // On a busy machine it goes on for a while, and what it still takes would count in the next quarter.
    const { admission } = await hunterOf(small.services);
    await until(() => admission.underWay === 0);
    const refused = await greedy.post(advancedQueries, { Query: 'print 1' });
    assert.equal(refused.status, 429);
    assert.equal(
      messageOf(refused),
      'You have exceeded processing resources allocated to this tenant. You can run queries again in 00:07:30.',
    );
    assert.equal(refused.headers['retry-after'], '450');
    assert.equal((await other.post(advancedHunting, { Query: 'print 1' })).status, 200);
    small.services.testClock.advance(7.5 * minuteMs);
    assert.equal((await greedy.post(advancedHunting, { Query: 'print 1' })).status, 200);
  } finally {
    await small.dispose();
  }
});

test('a query that does not stop when its time is over has used up the share by the time it is answered', async (t) => {
  const small = await startTestServer({ settings: { ...settings, huntingSecondsPerCycle: 1, huntingSecondsMax: 2 } });
  try {
    const greedy = await beginHunting(small, 0);
    const stopped = Promise.withResolvers<void>();
    // As a single function over a long text: which one takes so long depends on the machine.
    const hunt = t.mock.method(small.services.events, 'hunt', async function* () {
      await stopped.promise;
      yield* [];
      return true;
    });
    assert.match(messageOf(await greedy.post(advancedHunting, { Query: 'print 1' })), /timeout/);
    hunt.mock.restore();
    const refused = await greedy.post(advancedQueries, { Query: 'print 2' });
    assert.deepEqual([refused.status, refused.headers['retry-after'] !== undefined], [429, true], refused.text);
    stopped.resolve();
  } finally {
    await small.dispose();
  }
});
