// The filters of /api/v1/alerts/ (cloud-apps reference 2.4), each with alerts that match and alerts that do not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { AlertDraft } from '../src/alerts/alert.ts';
import { dayMs } from '../src/lib/clock.ts';
import { ticksOfMs } from '../src/lib/ticks.ts';
import { type AlertList, type AlertReader, makeAlertReader } from './support/alert-reader.ts';
import { sampleDraft, samplePolicy } from './support/alerts.ts';
import { testStart } from './support/clock.ts';
import { startTestServer, type TestServer } from './support/server.ts';

const path = '/api/v1/alerts/';
const start = testStart - 10 * dayMs;

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { tenantRequestsPerMinute: 1_000_000, totalExactMax: 100, filterValuesMax: 100, bodyBytesMax: 100_000 },
  });
});
after(() => server.dispose());

const titles = ({ data }: AlertList): string[] => data.map(({ title }) => title);

/** Four alerts, a to d; c is closed and d has nothing that it may lack. */
async function makeFour(): Promise<AlertReader> {
  const named = (title: string, number: number, changes: Partial<AlertDraft>) =>
    sampleDraft(number, { alertId: `ca-${title}`, title, ...changes });
  return await makeAlertReader(server, [
    named('a', 0, { createdTicks: ticksOfMs(start) + 9_999n }),
    named('b', 1, {
      createdTicks: ticksOfMs(start + dayMs),
      severity: 'high',
      alertType: 0xf0_00_01,
      policyId: 'p2',
      stories: [2, 3],
      entities: [
        { entityType: 'User', userPrincipalName: 'grace@fabrikam.example', appId: 10489, instanceId: 1 },
        { entityType: 'Ip', ipAddress: '2001:db8::7' },
        { entityType: 'CloudApplication', appId: 10489, instanceId: 1, appName: 'Box' },
        { entityType: 'File', fileId: 'F-7', fileName: 'plans.docx' },
      ],
      life: { isRead: true },
    }),
    named('c', 2, {
      createdTicks: ticksOfMs(start + 2 * dayMs),
      severity: 'low',
      entities: [{ entityType: 'User', userPrincipalName: 'ada.lovelace@contoso.example' }],
      life: { status: 'resolved', resolution: 'truePositive', resolvedTicks: ticksOfMs(start + 3 * dayMs) },
    }),
    named('d', 3, {
      createdTicks: ticksOfMs(start + 4 * dayMs),
      severity: 'informational',
      policyId: null,
      alertType: 0,
      stories: [],
      entities: [],
    }),
  ]);
}

test('every filter and operator finds exactly the alerts it should', async () => {
  const reader = await makeFour();
  const ids = new Map((await reader.list()).data.map(({ _id, title }) => [title, _id]));
  const ada = { id: 'ada@contoso.example', saas: 11161, inst: 0 };
  const grace = { id: 'grace@fabrikam.example', saas: 10489, inst: 1 };
  const now = server.services.clock();
  const cases: [unknown, string][] = [
    [{}, 'abcd'],
    [{ 'entity.entity': { eq: [ada] } }, 'a'],
    [{ 'entity.entity': { eq: [{ id: 'ADA@contoso.example', inst: 0 }] } }, 'a'],
    [{ 'entity.entity': { eq: [{ ...ada, id: '0f1d2c3b-0000-4000-8000-000000000001' }] } }, 'a'],
    [{ 'entity.entity': { eq: JSON.stringify([ada, grace]) } }, 'ab'],
    [{ 'entity.entity': { eq: Buffer.from(JSON.stringify(grace)).toString('base64') } }, 'b'],
    [{ 'entity.entity': { eq: [{ ...grace, saas: 11161 }] } }, ''],
    [{ 'entity.entity': { eq: [{ id: grace.id, inst: 1 }] } }, 'b'],
    [{ 'entity.entity': { neq: [ada] } }, 'bcd'],
    [{ 'entity.user': { eq: ['grace@fabrikam.example'] } }, 'b'],
    [{ 'entity.user': { neq: 'grace@fabrikam.example' } }, 'acd'],
    [{ 'entity.ip': { eq: ['192.0.2.17'] } }, 'a'],
    [{ 'entity.ip': { eq: '2001:0DB8:0::7' } }, 'b'],
    [{ 'entity.ip': { neq: ['192.0.2.17'] } }, 'bcd'],
    [{ 'entity.service': { eq: [20893, 10489] } }, 'ab'],
    [{ 'entity.service': { eq: '10489' } }, 'b'],
    [{ 'entity.service': { neq: [20893] } }, 'bcd'],
    [{ 'entity.instance': { eq: [0] } }, 'a'],
    [{ 'entity.instance': { neq: 0 } }, 'bcd'],
    [{ 'entity.policy': { eq: [samplePolicy] } }, 'ac'],
    [{ 'entity.policy': { neq: [samplePolicy] } }, 'bd'],
    [{ 'entity.file': { eq: ['F-7'] } }, 'b'],
    [{ 'entity.file': { eq: ['plans.docx'] } }, 'b'],
    [{ 'entity.file': { neq: ['f-7'] } }, 'acd'],
    [{ alertOpen: { eq: true } }, 'abd'],
    [{ alertOpen: { eq: 'false' } }, 'c'],
    [{ severity: { eq: [0] } }, 'c'],
    [{ severity: { eq: 0 } }, 'c'],
    [{ severity: { eq: [1, 2] } }, 'ab'],
    [{ severity: { eq: ['3'] } }, 'd'],
    [{ severity: { neq: [2] } }, 'acd'],
    [{ resolutionStatus: { eq: [5] } }, 'c'],
    [{ resolutionStatus: { eq: [0, 1, 2] } }, 'abd'],
    [{ resolutionStatus: { neq: 0 } }, 'c'],
    [{ read: { eq: true } }, 'bc'],
    [{ read: { eq: [false] } }, 'ad'],
    [{ date: { gte: start + dayMs } }, 'bcd'],
    [{ date: { lte: start } }, 'a'],
    [{ date: { lte: start - 1 } }, ''],
    [{ date: { gt: start, lt: start + 4 * dayMs } }, 'bc'],
    [{ date: { eq: [start] } }, 'a'],
    [{ date: { range: [{ start: start, end: start + dayMs }, { start: start + 4 * dayMs }] } }, 'abd'],
    [{ date: { gte_ndays: (now - start - dayMs) / dayMs } }, 'bcd'],
    [{ date: { lte_ndays: (now - start - dayMs) / dayMs } }, 'ab'],
    [{ resolutionDate: { gte: start } }, 'c'],
    [{ resolutionDate: { lte: start } }, ''],
    [{ resolutionDate: { range: [{ start: start + 3 * dayMs, end: start + 3 * dayMs }] } }, 'c'],
    [{ risk: { eq: [0] } }, 'ac'],
    [{ risk: { eq: [2, 3] } }, 'b'],
    [{ risk: { neq: [0] } }, 'bd'],
    [{ alertType: { eq: 15_859_716 } }, 'ac'],
    [{ alertType: { neq: [15_859_716] } }, 'bd'],
    [{ id: { eq: [ids.get('a'), ids.get('c')] } }, 'ac'],
    [{ id: { eq: ids.get('b') } }, 'b'],
    [{ ID: { eq: [ids.get('b')] } }, 'b'],
    [{ id: { neq: [ids.get('a')] } }, 'bcd'],
    [{ id: { eq: ['nothing', '%'] } }, ''],
    [{ source: { eq: ['policy'] } }, 'b'],
    [{ source: { eq: 'built-in' } }, 'acd'],
    [{ source: { eq: ['policy', 'built-in'] } }, 'abcd'],
    [{ severity: { eq: [1, 2], neq: [2] }, 'entity.service': { eq: 20893 } }, 'a'],
    [{ severity: { eq: [] } }, ''],
  ];
  for (const [filters, expected] of cases) {
    const list = await reader.list({ body: { filters } });
    assert.equal(titles(list).sort().join(''), expected, JSON.stringify(filters));
    assert.equal(list.total, expected.length);
  }
});

test('what cannot be used as a filter is named with its value, in the documented form', async () => {
  const reader = await makeAlertReader(server, []);
  const wrong: [unknown, string, string][] = [
    [{ severity: { eq: [4] } }, 'severity', '4'],
    [{ severity: { contains: 'x' } }, 'severity', 'contains'],
    [{ resolutionStatus: { eq: 9 } }, 'resolutionStatus', '9'],
    [{ risk: { eq: 6 } }, 'risk', '6'],
    [{ 'entity.ip': { eq: 'here' } }, 'entity.ip', 'here'],
    [{ 'entity.service': { eq: 'Box' } }, 'entity.service', 'Box'],
    [{ alertOpen: { eq: 'perhaps' } }, 'alertOpen', 'perhaps'],
    [{ date: { gte: 'yesterday' } }, 'date', 'yesterday'],
    [{ source: { eq: 'elsewhere' } }, 'source', 'elsewhere'],
    [{ 'activity.type': { eq: true } }, 'activity.type', 'activity.type'],
    [{ id: 'x' }, 'id', 'x'],
  ];
  for (const [filters, field, value] of wrong) {
    const answer = await reader.call(path, { body: { filters } });
    assert.equal(answer.status, 400, answer.text);
    const body = answer.json<{ error: boolean; filters: { errorMessageParams: Record<string, string> }[] }>();
    const { value: named, field: of } = body.filters[0]?.errorMessageParams ?? {};
    assert.deepEqual([body.error, of, named], [true, field, value]);
  }
});

test('whatever is sent as filters is answered with a list or the documented error', async () => {
  const reader = await makeFour();
  const field = fc.constantFrom('entity.entity', 'entity.ip', 'entity.file', 'date', 'severity', 'id', 'risk', 'read');
  const operator = fc.constantFrom('eq', 'neq', 'gte', 'lt', 'range', 'gte_ndays');
  const value = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.constant(Number.MAX_SAFE_INTEGER),
  );
  const filters = fc.dictionary(field, fc.dictionary(operator, value, { maxKeys: 2 }), { maxKeys: 2 });
  await fc.assert(
    fc.asyncProperty(filters, async (each) => {
      const answer = await reader.call(path, { body: { filters: each } });
      assert.ok([200, 400].includes(answer.status), answer.text);
      // U+0000 is refused in the whole body, before anybody knows what it is.
      if (answer.status === 400 && !JSON.stringify(each).includes('\\u0000'))
        assert.equal(answer.json().error, true, answer.text);
    }),
    { numRuns: 150 },
  );
});
