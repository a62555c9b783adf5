// Scans of activities and feedback on them, through a whole server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { insertActivities } from '../src/activities/store.ts';
import { madeActivity, someTime } from './support/activities.ts';
import { form, makeReader, type Reader } from './support/activity-reader.ts';
import { type RequestOptions, startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000 } });
});
after(() => server.dispose());

/** Scans to the end and returns the ids in the order in which they came. */
async function scan(
  reader: Reader,
  body: Record<string, unknown>,
  between?: (page: number) => Promise<void>,
): Promise<string[]> {
  const ids: string[] = [];
  let filters: unknown = body.filters;
  for (let page = 1; ; page++) {
    const list = await reader.list({ body: { ...body, filters, isScan: true } });
    ids.push(...list.data.map((each) => each._id));
    assert.equal(list.hasNext, list.nextQueryFilters !== undefined);
    assert.equal(list.max, 5000);
    if (!list.nextQueryFilters) return ids;
    assert.equal(list.data.length, 500);
    filters = list.nextQueryFilters;
    await between?.(page);
  }
}

test('a scan gives every record exactly once, though thousands share a millisecond and more come in', async () => {
  const reader = await makeReader(server, 0);
  const { events } = server.services;
  const rows = Array.from({ length: 2600 }, (_, index) =>
    index < 2300
      ? madeActivity(index, { timestamp: someTime, id: `${someTime}_${(index * 7919) % 2300}` })
      : madeActivity(index),
  ).map((row) => ({ ...row, record: JSON.stringify({ _id: row.id }) }));
  await insertActivities(events, reader.tenant.id, rows);
  const expected = rows.map((row) => row.id).sort();
  for (const [sortDirection, sortField] of [
    ['desc', 'date'],
    ['asc', 'date'],
    ['desc', 'created'],
    ['asc', 'created'],
  ]) {
    const body = {
      sortDirection,
      sortField,
      limit: 500,
      filters: { service: { eq: [15600] }, date: { gte_ndays: 36_000 } },
    };
    const ids = await scan(reader, body, async (page) => {
      const timestamp = someTime + page;
      const id = `${timestamp}_new-${sortDirection}-${sortField}`;
      await insertActivities(events, reader.tenant.id, [
        madeActivity(1, { id, timestamp, record: JSON.stringify({ _id: id }) }),
      ]);
    });
    assert.equal(new Set(ids).size, ids.length, 'a record came twice');
    assert.deepEqual(ids.filter((id) => !id.includes('new-')).sort(), expected);
  }
});

test('nextQueryFilters keeps the filters, bounds the date, and is refused when it was tampered with', async () => {
  const reader = await makeReader(server, 501);
  const body = { isScan: true, filters: { service: { eq: 15600 }, date: { gte_ndays: 36_000 } } };
  const { nextQueryFilters } = await reader.list({ body });
  const last = madeActivity(1).timestamp;
  const date = nextQueryFilters?.date as { gte: number; lte: number };
  assert.deepEqual(nextQueryFilters?.service, { eq: 15600 });
  assert.equal(date.lte, last);
  assert.equal(typeof date.gte, 'number');
  for (const position of [
    { eq: 'x' },
    { eq: '' },
    5,
    { eq: Buffer.from('["date","desc","x",1]').toString('base64url') },
  ]) {
    const filters: Record<string, unknown> = { ...nextQueryFilters, 'sallyport.position': position };
    assert.equal((await reader.call('/api/v1/activities/', { body: { filters, isScan: true } })).status, 400);
  }
  const other = { isScan: true, filters: nextQueryFilters, sortDirection: 'asc' };
  assert.equal((await reader.call('/api/v1/activities/', { body: other })).status, 400);
});

test('only the body of a POST can ask for a scan, and its limit is at least 500', async () => {
  const reader = await makeReader(server, 600);
  const ways: [RequestOptions & { query?: string }, number][] = [
    [{ body: { isScan: true, limit: 10 } }, 500],
    [{ body: { isScan: true } }, 500],
    [{ body: { isScan: true, limit: 9999 } }, 600],
    [{ body: 'isScan=true&limit=550', headers: form }, 550],
    [{ method: 'GET', body: { isScan: true } }, 100],
    [{ query: '?isScan=true' }, 100],
    [{ method: 'POST', query: '?isScan=true' }, 100],
  ];
  for (const [options, count] of ways)
    assert.equal((await reader.list(options)).data.length, count, JSON.stringify(options));
});

test('feedback is kept with its giver and answered with the list envelope', async () => {
  const reader = await makeReader(server, 1);
  const { id } = madeActivity(0);
  const body = { feedbackValue: '0', feedbackText: 'fine', allowContact: false, contactEmail: 'ada@contoso.example' };
  for (const path of [`/api/v1/activities/${id}/feedback/`, `/cas/api/v1/activities/${id}/feedback`]) {
    const answer = await reader.call(path, { body });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json(), { data: [], hasNext: false, max: 100, total: 0, moreThanTotal: false });
  }
  const rows = await server.services.store.db
    .selectFrom('activityFeedback')
    .selectAll()
    .where('tenantId', '=', reader.tenant.id)
    .execute();
  assert.equal(rows.length, 2);
  assert.equal(rows[0]?.givenBy, reader.user.userName);
  assert.deepEqual(JSON.parse(rows[0]?.body ?? ''), body);
});

test('wrong feedback is refused and not kept', async () => {
  const reader = await makeReader(server, 1);
  const { id } = madeActivity(0);
  const wrong: [string, unknown, number][] = [
    [id, {}, 400],
    [id, [], 400],
    [id, { feedbackValue: {} }, 400],
    [id, { feedbackText: 'x'.repeat(4001) }, 400],
    [id, { feedbackText: 'x', allowContact: 'perhaps' }, 400],
    [id, { feedbackText: 'x', contactEmail: 'nobody' }, 400],
    ['1_unknown', { feedbackText: 'x' }, 404],
  ];
  for (const [pk, body, status] of wrong) {
    assert.equal(
      (await reader.call(`/api/v1/activities/${pk}/feedback`, { body })).status,
      status,
      JSON.stringify(body),
    );
  }
  assert.equal((await reader.call(`/api/v1/activities/${id}/feedback`)).status, 405);
  const kept = await server.services.store.db
    .selectFrom('activityFeedback')
    .selectAll()
    .where('tenantId', '=', reader.tenant.id)
    .execute();
  assert.equal(kept.length, 0);
});
