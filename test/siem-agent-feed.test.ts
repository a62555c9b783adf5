// What a SIEM agent reads with its own token: everything, once, in the order in which it came in, whatever came late; and
// the states that follow from what it reports.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hourMs, minuteMs } from '../src/lib/clock.ts';
import { raise, sampleDraft } from './support/alerts.ts';
import { testStart } from './support/clock.ts';
import { auditRecord } from './support/ingestion.ts';
import { startTestServer, type TestServer } from './support/server.ts';
import { type FeedPage, numbersOn, report, SiemCalls } from './support/siem-agents.ts';

let server: TestServer;
let calls: SiemCalls;
before(async () => {
  server = await startTestServer({ settings: { agentRequestsPerMinute: 100_000 } });
  calls = new SiemCalls(server);
});
after(() => server.dispose());

describe('what an agent reads', () => {
  test('two days back at first, then everything as it comes in, late ones too, each once and in order', async () => {
    const admin = await calls.person();
    const { value } = await calls.made(admin);
    const old = { CreationTime: '2026-11-10T08:00:00' };
    await calls.ingest(admin, auditRecord(1, old), auditRecord(3), auditRecord(2));
    const first = await calls.read(value, 'activities', null);
    assert.deepEqual([numbersOn(first), first.hasMore], [[2, 3], false]);
    assert.deepEqual(numbersOn(await calls.read(value, 'activities', first.next)), []);
    // It happened before all the others, and comes in after them.
    await calls.ingest(admin, auditRecord(4, { CreationTime: '2026-11-01T08:00:00' }));
    await calls.ingest(admin, auditRecord(5));
    const second = await calls.read(value, 'activities', first.next);
    assert.deepEqual(numbersOn(second), [4, 5]);
    assert.deepEqual(numbersOn(await calls.read(value, 'activities', second.data[0]?.position ?? '')), [5]);
    assert.deepEqual(numbersOn(await calls.read(value, 'activities', second.next)), []);
  });

  test('whatever the size of the pages, they are the same records in the same order', async () => {
    const admin = await calls.person();
    const { value } = await calls.made(admin);
    for (let batch = 0; batch < 5; batch++) {
      await calls.ingest(admin, ...Array.from({ length: 9 }, (_, n) => auditRecord(batch * 9 + ((n * 7) % 9))));
    }
    const all = numbersOn(await calls.read(value, 'activities', null));
    assert.deepEqual(
      all,
      Array.from({ length: 45 }, (_, n) => n),
    );
    for (const limit of [1, 2, 7, 44]) {
      const found: number[] = [];
      for (let after: string | null = null, hasMore = true; hasMore; ) {
        const page: FeedPage = await calls.read(value, 'activities', after, limit);
        found.push(...numbersOn(page));
        ({ hasMore, next: after } = page);
      }
      assert.deepEqual(found, all, `pages of ${limit}`);
    }
  });

  test('its filters decide, from the moment they are changed', async () => {
    const admin = await calls.person();
    const filters = { actionType: { eq: ['FileDeleted'] } };
    const { agent, value } = await calls.made(admin, { activities: { filters } });
    await calls.ingest(admin, auditRecord(1), auditRecord(2, { Operation: 'FileDeleted' }));
    const first = await calls.read(value, 'activities', null);
    assert.deepEqual(numbersOn(first), [2]);
    await calls.act(admin, `/${agent.id}`, 'PATCH', { activities: { filters: null } });
    await calls.ingest(admin, auditRecord(3));
    assert.deepEqual(numbersOn(await calls.read(value, 'activities', first.next)), [3]);
  });

  test('alerts come in the order in which they were raised, by filter, each once', async () => {
    const admin = await calls.person();
    const { agent, value } = await calls.made(admin);
    const now = server.services.clock();
    const draft = (number: number, severity: 'low' | 'high', at: number) =>
      sampleDraft(number, { severity, createdTicks: BigInt(at) * 10_000n });
    const tenantId = admin.tenant.id;
    await raise(server.services, tenantId, [draft(1, 'low', now - 10 * 24 * hourMs), draft(2, 'low', now)]);
    const titles = ({ data }: FeedPage) =>
      data.map(({ record }) => (record as unknown as { title: string }).title.split(' ').at(-1));
    const first = await calls.read(value, 'alerts', null);
    assert.deepEqual(titles(first), ['2'], 'the other one is of ten days ago');
    await raise(server.services, tenantId, [draft(4, 'high', now)]);
    // Of another time than the order in which they come.
    await raise(server.services, tenantId, [draft(3, 'low', now - 20 * 24 * hourMs)]);
    const second = await calls.read(value, 'alerts', first.next);
    assert.deepEqual(titles(second), ['4', '3']);
    assert.deepEqual(titles(await calls.read(value, 'alerts', second.data[0]?.position ?? '')), ['3']);
    await calls.act(admin, `/${agent.id}`, 'PATCH', { alerts: { filters: { severity: { eq: [2] } } } });
    assert.deepEqual(titles(await calls.read(value, 'alerts', first.next)), ['4']);
    assert.deepEqual(titles(await calls.read(value, 'alerts', second.next)), []);
  });

  test('a position of somebody else, or none at all, is refused', async () => {
    const admin = await calls.person();
    const { value } = await calls.made(admin);
    await calls.ingest(admin, auditRecord(1));
    const { next } = await calls.read(value, 'activities', null);
    const forged = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    for (const after of [
      ...[
        'x',
        '',
        '{}',
        'a'.repeat(10_000),
        7,
        {},
        forged({}),
        forged(['activities', 1]),
        forged(['activities', [['s', -1, 1, 1, 1]]]),
      ],
      ...[
        forged(['activities', [['s', 1, 1, 1]]]),
        forged(['activities', [['s', 1, 1, 1, 1, 'x', 'y']]]),
        forged(['activities', [['s', 1, 1, 1, 1e300]]]),
        forged(['activities', [['s', 1, 1, 1, 1, 1, '\ud800']]]),
        forged(['activities', [['s', 1, 1, 1, 1, 1, 'a\0']]]),
        forged(['alerts', 1]),
      ],
    ])
      assert.equal((await calls.ask(value, 'activities', { after })).status, 400, JSON.stringify(after).slice(0, 100));
    assert.equal((await calls.ask(value, 'alerts', { after: next })).status, 400);
    assert.equal((await calls.ask(value, 'activities', { limit: 0 })).status, 400);
  });

  test('a position far ahead or long ago is answered as any other', async () => {
    const admin = await calls.person();
    const { value } = await calls.made(admin);
    await calls.ingest(admin, auditRecord(1));
    const { next } = await calls.read(value, 'activities', null);
    const [, [[storeId]]] = JSON.parse(Buffer.from(next, 'base64url').toString());
    const forged = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const [most, odd] = [Number.MAX_SAFE_INTEGER, "x' or 1=1 --"];
    for (const [place, numbers] of [
      [[0, 0, 0], [1]],
      [[most, most, 0], []],
      [[0, 0, most], []],
      [[0, 0, 0, -most, odd], [1]],
      [[0, 0, most, most, odd], []],
    ] as const) {
      const page = await calls.read(value, 'activities', forged(['activities', [[storeId, 1, ...place]]]));
      assert.deepEqual(numbersOn(page), numbers, JSON.stringify(place));
      assert.deepEqual(numbersOn(await calls.read(value, 'activities', page.next)), []);
    }
    for (const parts of [
      ['alerts', 1, most, most, most],
      ['alerts', most, most, 0, 0],
      ['alerts', 1, 0, most, most],
    ]) {
      assert.deepEqual((await calls.read(value, 'alerts', forged(parts))).data, []);
    }
  });

  test('the places in the event stores of other processes outlive an enabling', async () => {
    const admin = await calls.person();
    const { agent, value } = await calls.made(admin);
    await calls.ingest(admin, auditRecord(1));
    const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
    const [kind, stores] = read((await calls.read(value, 'activities', null)).next);
    const elsewhere = ['another-store', ...stores[0].slice(1)];
    await calls.act(admin, `/${agent.id}/disable`);
    await calls.act(admin, `/${agent.id}/enable`);
    const after = Buffer.from(JSON.stringify([kind, [...stores, elsewhere]])).toString('base64url');
    const { next } = await calls.read(value, 'activities', after);
    assert.deepEqual(read(next)[1][1], elsewhere, 'or what was sent from there in two days goes again');
  });

  test('another tenant has records of its own', async () => {
    const [admin, other] = [await calls.person(), await calls.person()];
    const { value } = await calls.made(admin);
    const { value: theirs } = await calls.made(other);
    await calls.ingest(admin, auditRecord(1));
    await calls.ingest(other, auditRecord(2));
    assert.deepEqual(numbersOn(await calls.read(value, 'activities', null)), [1]);
    const { next } = await calls.read(theirs, 'activities', null);
    assert.deepEqual(numbersOn(await calls.read(value, 'activities', next)), []);
  });
});

describe('as time passes', () => {
  test('Created, Connected, Connection error after two hours, Disconnected after twelve, by silence or by the SIEM', async () => {
    const admin = await calls.person();
    const { agent, value } = await calls.made(admin);
    // A session does not last so long.
    const look = async () => calls.show(await calls.again(admin), agent.id);
    const status = async () => (await look()).status;
    assert.equal(await status(), 'created');
    assert.equal((await calls.ask(value, 'report', report())).status, 200);
    assert.equal(await status(), 'connected');
    server.services.testClock.advance(2 * hourMs);
    assert.equal(await status(), 'connected');
    server.services.testClock.advance(minuteMs);
    assert.equal(await status(), 'connection-error');
    server.services.testClock.advance(10 * hourMs);
    assert.equal(await status(), 'disconnected');
    const problem = { kind: 'connection', detail: 'Nothing listens at siem.contoso.example:6514.', since: testStart };
    await calls.ask(value, 'report', report({ isSiemDown: true, problems: [problem] }));
    const down = await look();
    assert.equal(down.status, 'connected');
    assert.deepEqual(
      down.problems.map(({ title, detail }) => `${title}: ${detail}`),
      ['Data server connection error: Nothing listens at siem.contoso.example:6514.'],
    );
    server.services.testClock.advance(3 * hourMs);
    await calls.ask(value, 'report', report({ isSiemDown: true, problems: [problem] }));
    assert.equal(await status(), 'connection-error');
    await calls.ask(value, 'report', report());
    assert.deepEqual([await status(), (await look()).problems], ['connected', []]);
  });

  test('after a pause it goes on where it was, but not further back than two days', async () => {
    let admin = await calls.person();
    const { agent, value } = await calls.made(admin);
    const own = (record: Record<string, unknown>, daysLater: number) => ({
      ...record,
      CreationTime: new Date(Date.parse(`${record.CreationTime}Z`) + daysLater * 24 * hourMs)
        .toISOString()
        .slice(0, 19),
    });
    const daysNow = (server.services.clock() - testStart) / (24 * hourMs);
    await calls.ingest(admin, own(auditRecord(1), daysNow));
    const first = await calls.read(value, 'activities', null);
    assert.deepEqual(numbersOn(first), [1]);
    await calls.act(admin, `/${agent.id}/disable`);
    assert.equal((await calls.ask(value, 'activities', { after: first.next })).status, 409);
    await calls.ingest(admin, own(auditRecord(2), daysNow));
    server.services.testClock.advance(5 * 24 * hourMs);
    admin = await calls.again(admin);
    await calls.ingest(admin, own(auditRecord(3), daysNow + 5));
    await calls.act(admin, `/${agent.id}/enable`);
    const second = await calls.read(value, 'activities', first.next);
    assert.deepEqual(numbersOn(second), [3]);
    await calls.act(admin, `/${agent.id}/disable`);
    await calls.act(admin, `/${agent.id}/enable`);
    assert.deepEqual(numbersOn(await calls.read(value, 'activities', second.next)), [], 'nothing twice');
  });
});
