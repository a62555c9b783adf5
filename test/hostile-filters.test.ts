// Filters that are well formed and made to cost much: what filterValuesMax bounds is the work, however it is spelled.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { insertActivities } from '../src/activities/store.ts';
import { madeActivity } from './support/activities.ts';
import { makeReader, type Reader } from './support/activity-reader.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let reader: Reader;
before(async () => {
  server = await startTestServer({ settings: { tenantRequestsPerMinute: 1_000_000 } });
  reader = await makeReader(server, 3);
  await insertActivities(server.services.events, reader.tenant.id, [
    madeActivity(100, { objects: ['w0', 'w999'], actionType: 'Send word7 home' }),
    madeActivity(101, { objects: ['w0', 'something else'], actionType: 'word12' }),
  ]);
});
after(() => server.dispose());

const many = (count: number, text = (index: number) => `w${index}`) => Array.from({ length: count }, (_, i) => text(i));

test('the words of one text count as values, so that a long text is no way around filterValuesMax', async () => {
  const words = many(20_000).join(' ');
  for (const filters of [
    { text: { text: words } },
    { text: { text: [words] } },
    { actionType: { contains: words } },
    { actionType: { contains: [many(400).join('.'), many(400).join('_'), many(400).join(',')] } },
    { actionType: { ncontains: words } },
  ]) {
    const answer = await reader.call('/api/v1/activities/', { body: { filters } });
    assert.equal(answer.status, 400, JSON.stringify(filters).slice(0, 60));
    assert.match(answer.text, /filterValuesMax/);
    assert.ok(answer.text.length < 2000);
  }
});

test('lists within lists count as values too', async () => {
  const keys = many(2000).map((id) => ({ id }));
  for (const eq of [[keys], [JSON.stringify(keys.slice(0, 300)), ...many(4).map(() => keys.slice(0, 300))]]) {
    const answer = await reader.call('/api/v1/activities/', { body: { filters: { entity: { eq } } } });
    assert.equal(answer.status, 400);
    assert.match(answer.text, /filterValuesMax/);
  }
});

test('as many values as are allowed are answered, with every operator', async () => {
  const words = many(1000, (index) => `word${index}`);
  const asks: [object, readonly number[]][] = [
    [{ activityObject: { deq: many(1000) } }, [101, 2, 1, 0]],
    [{ activityObject: { eq: many(1000) } }, [101, 100]],
    [{ activityObject: { neq: many(1000) } }, [2, 1, 0]],
    [{ actionType: { contains: words } }, [101, 100]],
    [{ actionType: { contains: words.join(' ') } }, [101, 100]],
    [{ actionType: { ncontains: words } }, [2, 1, 0]],
    [{ text: { text: many(1000) } }, []],
    [{ 'user.tags': { neq: many(1000) } }, [101, 100, 2, 1, 0]],
  ];
  for (const [filters, expected] of asks) {
    const { data } = await reader.list({ body: { filters } });
    assert.deepEqual(
      data.map((each) => each.index),
      expected,
      JSON.stringify(filters).slice(0, 60),
    );
  }
});
