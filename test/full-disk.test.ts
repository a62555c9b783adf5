// The disk of the embedded control store is full: what would change something fails and says why, what only reads goes
// on, nothing of a failed request is kept, and with room again everything works, what waited included.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { verifyChain } from '../src/audit/audit.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { isoTime, minuteMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import { makePerson, makeToken, type Person, startTestServer, type TestServer } from './support/server.ts';
import { testStoreKind } from './support/store.ts';

const skip = testStoreKind === 'sqlite' ? false : 'it is about the embedded store';
const tokensPath = '/management/v1/api-tokens';

let server: TestServer;
let tenant: Tenant;
let person: Person;
before(async () => {
  if (skip) return;
  server = await startTestServer({
    settings: { sessionRequestsPerMinute: 100_000, tokensPerUserMax: 10_000, tenantRequestsPerMinute: 10_000 },
  });
  tenant = await makeTenant(server.services);
  person = await makePerson(server, tenant, 'global-administrator');
});
after(async () => {
  if (!skip) await server.dispose();
});

/** Lets the database grow no further, and uses up the room that its pages have. */
async function fillDisk(): Promise<void> {
  const { db } = server.services.store;
  const pages = await sql<{ page_count: number }>`pragma page_count`.execute(db);
  await sql`pragma max_page_count = ${sql.lit(pages.rows[0]?.page_count ?? 0)}`.execute(db);
  for (let n = 0; ; n++) {
    assert.ok(n < 1000, 'the disk does not fill');
    const body = { name: `filler ${n} ${'x'.repeat(80)}` };
    if ((await server.request(tokensPath, { session: person.session, body })).status === 507) return;
  }
}

async function freeDisk(): Promise<void> {
  await sql`pragma max_page_count = 1000000`.execute(server.services.store.db);
}

test('on a full disk a change fails as such, reading and API tokens go on, and later all is as if nothing had been', {
  skip,
}, async () => {
  const token = await makeToken(server, person, { name: 'before' });
  await fillDisk();
  try {
    server.services.testClock.advance(2 * minuteMs);
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        server.request(tokensPath, { session: person.session, body: { name: `x${n}`.repeat(40) } }),
      ),
    );
    for (const answer of answers) {
      assert.equal(answer.status, 507, answer.text);
      const problem = answer.json();
      assert.deepEqual([problem.code, problem.title], ['disk-full', 'Insufficient storage']);
      assert.match(String(problem.detail), /disk is full\. Nothing of this request was kept\./);
    }
    assert.equal(
      (await server.request(`${tokensPath}/${token.id}`, { session: person.session, method: 'DELETE' })).status,
      507,
    );
    assert.equal(
      (await server.request(`${tokensPath}/${token.id}/rotate`, { session: person.session, body: {} })).status,
      507,
    );
    assert.equal((await server.request('/management/v1/about', { token: token.value })).status, 200);
    assert.equal((await server.request('/api/v1/activities/', { token: token.value })).status, 200);
    const list = await server.request(tokensPath, { session: person.session });
    assert.equal(list.status, 200, list.text);
    assert.ok(!list.text.includes('x0x0'), 'nothing of a failed request was kept');
  } finally {
    await freeDisk();
  }
  const refused = await server.request('/api/v1/activities/', { token: 'x' });
  assert.equal(refused.status, 401);
  assert.equal((await server.request(tokensPath, { session: person.session, body: { name: 'after' } })).status, 201);
  assert.equal((await server.request('/management/v1/about', { token: token.value })).status, 200);
  const { intact } = await verifyChain(server.services, tenant.id, null);
  assert.equal(intact, true);
});

test('last uses and refusals that could not be written wait until they can', { skip }, async () => {
  const token = await makeToken(server, person, { permissions: ['Files.read'] });
  server.services.testClock.advance(minuteMs);
  const usedAt = server.services.clock();
  await fillDisk();
  let correlationId = '';
  const explain = () => server.request(`/management/v1/explanations/${correlationId}`, { session: person.session });
  try {
    for (let n = 0, status = 200; status === 200; n++) {
      assert.ok(n < 1000, 'refusals are written although the disk is full');
      const refused = await server.request('/api/v1/activities/', { token: token.value });
      assert.equal(refused.status, 403, 'it is refused as before');
      correlationId = String(refused.headers['x-correlation-id']);
      ({ status } = await explain());
    }
  } finally {
    await freeDisk();
  }
  server.services.testClock.advance(minuteMs);
  const explained = await explain();
  assert.equal(explained.status, 200, explained.text);
  assert.equal(explained.json().at, isoTime(usedAt));
  const seen = (await server.request(`${tokensPath}/${token.id}`, { session: person.session })).json();
  assert.equal(seen.lastUsedAt, isoTime(usedAt));
});
