// Filters of the endpoint API's lists against a whole server, whatever they say.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { assertDefenderError, makeEndpointClient } from './support/endpoint.ts';
import { ownForm } from './support/foreign-alerts.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { endpointCallsPerMinute: 100_000, endpointCallsPerHour: 100_000, appRequestsPerMinute: 100_000 },
  });
});
after(() => server.dispose());

interface Page {
  readonly value: readonly unknown[];
}

test('numbers that are no ids are refused, and times at the ends of time are compared', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [ownForm]);
  for (const number of ['5.5', '1e30', '-1e30', '9007199254740993'])
    for (const [what, name] of [
      ['alerts', 'incidentId'],
      ['machines', 'rbacGroupId'],
    ])
      assertDefenderError(
        await client.call(`/api/${what}?$filter=${name}%20eq%20${number}`),
        400,
        'ODataError',
        /whole number/,
      );
  for (const time of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.9999999Z'])
    for (const [what, name] of [
      ['alerts', 'alertCreationTime'],
      ['machines', 'lastSeen'],
      ['machineactions', 'creationDateTimeUtc'],
    ])
      assert.equal((await client.call(`/api/${what}?$filter=${name}%20gt%20${time}`)).status, 200);
});

test('whatever a filter says, the answer is a list or a documented error', async () => {
  const client = await makeEndpointClient(server);
  await client.ingest('alerts', [ownForm]);
  const word = fc.constantFrom(
    'id',
    'status',
    'severity',
    'incidentId',
    'alertCreationTime',
    'machineId',
    'eq',
    'ne',
    'gt',
    'in',
    'and',
    'or',
    'not',
    '(',
    ')',
    ',',
    "'x'",
    "'New'",
    "''",
    '5',
    '-1e9',
    'null',
    'true',
    '2026-11-20T08:00:00Z',
    'any',
    'contains',
    '/',
    ':',
    "'\u0000'",
    "'\ud83d\ude00'",
    '$',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { maxLength: 9 }),
      fc.constantFrom('alerts', 'machines', 'machineactions'),
      async (words, what) => {
        const answer = await client.call(`/api/${what}?$filter=${encodeURIComponent(words.join(' '))}`);
        if (answer.status === 200) assert.ok(Array.isArray(answer.json<Page>().value));
        // U+0000 is turned away before anything is read.
        else assertDefenderError(answer, 400, answer.text.includes('U+0000') ? 'InvalidInput' : 'ODataError', /./);
      },
    ),
    { numRuns: 300 },
  );
});
