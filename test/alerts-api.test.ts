// GET and POST /api/v1/alerts/ through a whole server, as documented clients call it (cloud-apps reference 2.4). Filters,
// closing and rights have files of their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AlertDraft } from '../src/alerts/alert.ts';
import { secondMs } from '../src/lib/clock.ts';
import { makeTenant } from './support/accounts.ts';
import { type AlertList, makeAlertReader } from './support/alert-reader.ts';
import { raise, sampleDraft, samplePolicy } from './support/alerts.ts';
import { testStart } from './support/clock.ts';
import { makePerson, makeToken, type RequestOptions, startTestServer, type TestServer } from './support/server.ts';

const path = '/api/v1/alerts/';
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { tenantRequestsPerMinute: 1_000_000, totalExactMax: 100, filterValuesMax: 100, bodyBytesMax: 100_000 },
  });
});
after(() => server.dispose());

const drafts = (count: number): AlertDraft[] => Array.from({ length: count }, (_, index) => sampleDraft(index));

test('every documented way of asking gives the same page, under both prefixes, with and without the slash', async () => {
  const reader = await makeAlertReader(server, drafts(12));
  const filters = { severity: { eq: [1] } };
  const text = encodeURIComponent(JSON.stringify(filters));
  const ways: [string, RequestOptions][] = [
    ['/api/v1/alerts/', { body: { filters, limit: 3, skip: 2 } }],
    ['/api/v1/alerts', { body: { filters: { severity: { eq: 1 } }, limit: '3', skip: '2' } }],
    ['/cas/api/v1/alerts/', { body: { filters: JSON.stringify(filters), limit: 3, skip: 2 } }],
    ['/cas/api/v1/alerts', { method: 'GET', body: { filters, limit: 3, skip: 2 } }],
    [`/api/v1/alerts/?filters=${text}&limit=3&skip=2&sortField=date&sortDirection=desc`, {}],
    ['/api/v1/alerts/', { headers: form, body: `filters=${text}&limit=3&skip=2` }],
  ];
  for (const [url, options] of ways) {
    const answer = await reader.call(url, options);
    assert.equal(answer.status, 200, `${url} ${answer.text}`);
    const { data, ...rest } = answer.json<AlertList>();
    assert.deepEqual(
      data.map(({ timestamp }) => timestamp),
      [9, 8, 7].map((index) => testStart + index * secondMs),
      url,
    );
    assert.deepEqual(rest, { hasNext: true, max: 100, total: 12, moreThanTotal: false });
  }
});

test('no body, an empty one, null and {} all mean everything', async () => {
  const reader = await makeAlertReader(server, drafts(3));
  const ways: RequestOptions[] = [
    {},
    { method: 'POST' },
    { body: '', headers: json },
    { body: 'null', headers: json },
    { body: {} },
    { body: { filters: null, skip: null, limit: null, sortField: null, sortDirection: null } },
    { body: '', headers: form },
  ];
  for (const options of ways) assert.equal((await reader.list(options)).total, 3, JSON.stringify(options));
});

test('a list is sorted by date or by severity, and its total is exact up to the limit', async () => {
  const severities = ['low', 'high', 'informational', 'medium'] as const;
  const reader = await makeAlertReader(
    server,
    severities.map((severity, index) => sampleDraft(index, { severity })),
  );
  const values = async (query: string) => (await reader.list({ query })).data.map((each) => each.severityValue);
  assert.deepEqual(await values('?sortField=severity'), [2, 1, 0, 3]);
  assert.deepEqual(await values('?sortField=severity&sortDirection=asc'), [3, 0, 1, 2]);
  assert.deepEqual(await values('?sortField=date&sortDirection=asc'), [0, 2, 3, 1]);
  await raise(
    server.services,
    reader.tenant.id,
    Array.from({ length: 96 }, (_, index) => sampleDraft(10 + index)),
  );
  const exact = await reader.list();
  assert.deepEqual([exact.total, exact.moreThanTotal, exact.data.length, exact.hasNext], [100, false, 100, false]);
  await raise(server.services, reader.tenant.id, [sampleDraft(200)]);
  const more = await reader.list();
  assert.deepEqual([more.total, more.moreThanTotal, more.data.length, more.hasNext], [100, true, 100, true]);
});

test('a record has every documented member, and the one that is fetched is the same', async () => {
  const reader = await makeAlertReader(server, []);
  const [alert] = await raise(server.services, reader.tenant.id, [
    sampleDraft(1, { devices: [{ mdatpDeviceId: 'd1', deviceDnsName: 'pc1.contoso.example' }] }),
  ]);
  assert.ok(alert);
  const record = (await reader.list()).data[0];
  const label = 'ada@contoso.example';
  const policy = {
    id: samplePolicy,
    label: 'Impossible travel 1',
    type: 'policyRule',
    policyType: 'ANOMALY_DETECTION',
  };
  assert.deepEqual(record, {
    _id: alert.id,
    timestamp: testStart + secondMs,
    entities: [
      policy,
      {
        type: 'account',
        id: '0f1d2c3b-0000-4000-8000-000000000001',
        label,
        inst: 0,
        saas: 11161,
        pa: label,
        em: label,
        entityType: 2,
        entityRole: 'Source',
      },
      { type: 'user', id: label, label },
      { type: 'ip', id: '192.0.2.17', label: '192.0.2.17', entityRole: 'Related' },
      { type: 'country', id: 'FR', label: 'FR' },
      { type: 'service', id: 20893, label: 'Exchange Online' },
      { type: 'device', id: 'd1', label: 'pc1.contoso.example' },
    ],
    title: 'Impossible travel 1',
    description: 'Signed in from two countries within an hour.',
    isMarkdown: false,
    stories: [0],
    policy,
    contextId: reader.tenant.id,
    threatScore: 0,
    isSystemAlert: true,
    isPreview: false,
    idValue: 15_859_716,
    statusValue: 0,
    severityValue: 1,
    resolutionStatusValue: 0,
    handledByUser: null,
    comment: null,
    resolveTime: null,
    evidence: [
      {
        title: {
          template: 'Two countries in an hour: {first}, {second}.',
          parameters: { first: 'US', second: 'FR' },
        },
      },
    ],
    intent: [2],
    audits: ['1700000000000_a', '1700000000001_b'],
    URL: `https://${server.tenantHost(reader.tenant.slug)}/#/alerts/${alert.id}`,
  });
  for (const url of [`${path}${alert.id}/`, `${path}${alert.id}`, `/cas${path}${alert.id}/`]) {
    assert.deepEqual((await reader.call(url)).json(), record);
  }
});

test('markup in the data is text when it arrives, and lists are never null', async () => {
  const reader = await makeAlertReader(server, [
    sampleDraft(1, {
      title: '<img src=x onerror=alert(1)> R&D __siteIcon__\u202e',
      description: 'a\u0000b <script>\nsecond line',
      policyId: null,
      entities: [
        { entityType: 'File', fileName: '<b>.txt', fileId: 'f<1>' },
        { entityType: 'Url', url: 'https://x.example' },
        { entityType: 'User' },
      ],
      stories: [],
      intents: [],
      activityIds: [],
      evidence: [{ text: '{name} <b>', values: { name: '<i>', list: ['<u>', 1], none: null } }],
    }),
  ]);
  const record = (await reader.list()).data[0];
  assert.equal(record?.title, '&lt;img src=x onerror=alert(1)&gt; R&amp;D _siteIcon_');
  assert.equal(record?.description, 'ab &lt;script&gt;\nsecond line');
  assert.deepEqual(record?.entities, [{ type: 'file', id: 'f&lt;1&gt;', label: '&lt;b&gt;.txt' }]);
  const parameters = { name: '&lt;i&gt;', list: ['&lt;u&gt;', 1], none: null };
  assert.deepEqual(record?.evidence, [{ title: { template: '{name} &lt;b&gt;', parameters } }]);
  assert.deepEqual([record?.policy, record?.stories, record?.intent, record?.audits], [null, [], [], []]);
});

test('bad input is a clear error in the shape of the surface', async () => {
  const reader = await makeAlertReader(server, drafts(1));
  const bad: [string, RequestOptions, number][] = [
    [path, { body: '{"filters":', headers: json }, 400],
    [path, { body: '[1]', headers: json }, 400],
    [`${path}?filters=%7Bbroken`, {}, 400],
    [`${path}?limit=-1`, {}, 400],
    [`${path}?sortField=created`, {}, 400],
    [path, { body: { filters: { severity: { eq: Array(1000).fill(1) } } } }, 400],
    [path, { body: 'x'.repeat(200_000), headers: json }, 413],
    [path, { method: 'DELETE' }, 405],
    [`${path}nothing/`, {}, 404],
    [`${path}%00/`, {}, 400],
    [`${path}0123456789abcdef01234567/read/`, { method: 'POST' }, 404],
    [`${path}0123456789abcdef01234567/read/`, {}, 405],
    [`${path}0123456789abcdef01234567/nonsense/`, { method: 'POST' }, 404],
  ];
  for (const [url, options, status] of bad) {
    const answer = await reader.call(url, options);
    assert.equal(answer.status, status, `${url} ${answer.text.slice(0, 200)}`);
    const body = answer.json();
    assert.ok(typeof body.detail === 'string' || body.error === true, answer.text);
    assert.ok(!/node_modules|\.ts:|sqlite|select /i.test(answer.text), answer.text);
  }
});

test('an alert is marked as read and as unread, however often', async () => {
  const reader = await makeAlertReader(server, drafts(1));
  const id = (await reader.list()).data[0]?._id;
  for (const [verb, statusValue] of [
    ['read/', 1],
    ['read', 1],
    ['unread/', 0],
    ['unread', 0],
  ] as const) {
    const answer = await reader.call(`${path}${id}/${verb}`, { method: 'POST' });
    assert.deepEqual([answer.status, answer.json()], [200, {}], verb);
    assert.equal((await reader.list()).data[0]?.statusValue, statusValue);
  }
});

test('the thirty-first call in a minute is throttled', async (t) => {
  const limited = await startTestServer();
  t.after(() => limited.dispose());
  const tenant = await makeTenant(limited.services);
  const { value: token } = await makeToken(limited, await makePerson(limited, tenant, 'security-reader'));
  for (let call = 1; call <= 30; call++) assert.equal((await limited.request(path, { token })).status, 200);
  assert.equal((await limited.request(path, { token })).status, 429);
});
