// Whatever a client sends as filters of accounts, files and IP ranges: the answer is a list or the documented error.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { entityFields } from '../src/entities/filters.ts';
import { entitiesFollower } from '../src/entities/follower.ts';
import { fileFields } from '../src/files/filters.ts';
import { filesFollower } from '../src/files/follower.ts';
import { subnetFields } from '../src/subnets/filters.ts';
import { makeTenant } from './support/accounts.ts';
import { follow, ingest } from './support/entity-sources.ts';
import { fileStory } from './support/file-reader.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let token: string;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000, filterValuesMax: 50 } });
  const tenant = await makeTenant(server.services);
  await ingest(server.services, tenant, fileStory(tenant));
  await follow(server.services, [entitiesFollower, filesFollower]);
  token = (await makeToken(server, await makePerson(server, tenant, 'security-reader'))).value;
});
after(() => server.dispose());

const operators = ['eq', 'neq', 'deq', 'contains', 'text', 'range', 'gte', 'lte_ndays', 'isset', 'startswith', 'x'];
const word = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    "'",
    '%',
    '_',
    '!',
    '"',
    '\\',
    'a.docx',
    '1',
    'true',
    'null',
    '\u001f',
    '💾',
    '\ud800',
    'a'.repeat(5000),
  ),
);
const scalar = fc.oneof(word, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 5 }),
  fc.record({ id: word, saas: scalar, inst: scalar }, { requiredKeys: [] }),
  fc.record({ start: scalar, end: scalar }, { requiredKeys: [] }),
  fc.array(fc.record({ id: word })),
);

for (const [path, fields] of [
  ['entities', entityFields],
  ['files', fileFields],
  ['subnet', subnetFields],
] as const) {
  const names = [...fields.flatMap((field) => field.names), 'nonsense'];
  test(`any filter of ${path} is answered`, async () => {
    const filters = fc.dictionary(
      fc.constantFrom(...names),
      fc.dictionary(fc.constantFrom(...operators), value, { maxKeys: 2 }),
      { maxKeys: 3 },
    );
    await fc.assert(
      fc.asyncProperty(filters, async (each) => {
        const answer = await server.request(`/api/v1/${path}/`, { token, body: { filters: each } });
        assert.ok(answer.status === 200 || answer.status === 400, `${answer.status} ${JSON.stringify(each)}`);
        const body = answer.json();
        assert.ok(answer.status === 200 ? Array.isArray(body.data) : body.error === true || body.detail !== undefined);
      }),
      { numRuns: 150 },
    );
  });
}
