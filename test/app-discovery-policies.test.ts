// App discovery policies (NEW_SERVICE): made and changed over HTTP, and what they do after an upload.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addAssignment } from '../src/directory/assignments.ts';
import { findRole } from '../src/directory/role-table.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { runAppPolicies } from '../src/discovery/app-policies/app-policies.ts';
import { appsOf } from '../src/discovery/apps/described.ts';
import { dayMs } from '../src/lib/clock.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import {
  addStream,
  dropbox,
  gitHub,
  nobodyKnows,
  salesforce,
  storeRows,
  type TrafficRow,
} from './support/discovered.ts';
import {
  type Answer,
  makePerson,
  makeToken,
  type Person,
  signIn,
  startTestServer,
  type TestServer,
} from './support/server.ts';

interface WirePolicy {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly revision: number;
  readonly filters: unknown;
  readonly settings: Record<string, unknown>;
  readonly riskCategory: number;
}
interface WireAlert {
  readonly title: string;
  readonly description: string;
  readonly stories: readonly number[];
  readonly policy: { readonly policyType: string };
  readonly entities: readonly { readonly type: string; readonly id: number; readonly label: string }[];
}

const megabyte = 1_000_000;

describe('app discovery policies', () => {
  let server: TestServer;
  let tenant: Tenant;
  let admin: Person;
  let proxy: string;

  before(async () => {
    server = await startTestServer({ settings: { tenantRequestsPerMinute: 100_000 } });
  });
  after(async () => await server.dispose());
  beforeEach(async () => {
    tenant = await makeTenant(server.services);
    admin = await makePerson(server, tenant, 'cloud-app-security-administrator');
    proxy = await addStream(server.services, tenant, 'Proxy');
  });

  const call = (path: string, options: object = {}, session = admin.session): Promise<Answer> =>
    server.request(`/management/v1${path}`, { session, ...options });

  async function create(body: Record<string, unknown>, session = admin.session): Promise<WirePolicy> {
    const answer = await call('/policies', { body }, session);
    assert.equal(answer.status, 201, answer.text);
    return answer.json<WirePolicy>();
  }

  async function upload(rows: readonly Partial<TrafficRow>[], streamId = proxy): Promise<void> {
    const uploadId = await storeRows(server.services, tenant.id, streamId, rows);
    await runAppPolicies(server.services, tenant.id, { streamId, uploadId, isSnapshot: false });
  }

  /** Tests move the clock further than sessions last. */
  async function alerts(session?: string): Promise<readonly WireAlert[]> {
    const own = session ?? (await signIn(server, admin.user));
    const answer = await server.request('/api/v1/alerts/', { session: own });
    assert.equal(answer.status, 200, answer.text);
    return answer.json<{ data: WireAlert[] }>().data;
  }
  const apps = async (): Promise<string> =>
    (await alerts())
      .flatMap(({ entities }) => entities.filter(({ type }) => type === 'service').map(({ label }) => label))
      .sort()
      .join(', ');

  const busy = (count: number, row: Partial<TrafficRow> = {}): Partial<TrafficRow>[] =>
    Array.from({ length: count }, (_, index) => ({ ...row, userName: `user${index}@contoso.example` }));

  test('a policy is made of a template, read, changed, listed on the documented route, and deleted', async () => {
    const made = await create({ template: 'new-risky-app', dailyAlertLimit: 7 });
    assert.deepEqual([made.type, made.riskCategory, made.filters], ['NEW_SERVICE', 4, { score: { lt: 6 } }]);
    assert.deepEqual(made.settings, { reports: [], daily: { users: 50, totalBytes: 50 * megabyte }, tag: null });
    const body = {
      revision: 1,
      filters: { category: { eq: ['SAASDB_CATEGORY_CRM'] } },
      settings: { tag: 'Monitored' },
    };
    const edited = await call(`/policies/${made.id}`, { method: 'PATCH', body });
    assert.equal(edited.status, 200, edited.text);
    assert.deepEqual(edited.json<WirePolicy>().settings, { ...made.settings, tag: 'Monitored' });
    const { value: token } = await makeToken(server, admin);
    const list = await server.request('/cas/api/v1/policies/', {
      token,
      body: { filters: { type: { eq: ['NEW_SERVICE'] } } },
    });
    assert.deepEqual(
      list.json<{ data: { _id: string; policyType: string }[] }>().data.map((each) => [each._id, each.policyType]),
      [[made.id, 'NEW_SERVICE']],
    );
    assert.equal((await call(`/policies/${made.id}/disable`, { method: 'POST' })).status, 200);
    const history = (await call(`/policies/${made.id}/history`)).json<{ items: { change: string }[] }>();
    assert.deepEqual(
      history.items.map(({ change }) => change),
      ['disabled', 'edited', 'created'],
    );
    assert.equal((await call(`/policies/${made.id}`, { method: 'DELETE' })).status, 204);
    assert.equal((await call(`/policies/${made.id}`)).status, 404);
  });

  test('every template makes a policy', async () => {
    const { items } = (await call('/policy-templates')).json<{ items: { id: string; type: string; name: string }[] }>();
    const ofApps = items.filter(({ type }) => type === 'NEW_SERVICE');
    assert.equal(ofApps.length, 12);
    for (const { id, name } of ofApps) assert.equal((await create({ template: id })).name, name);
  });

  test('what a policy cannot have is refused', async () => {
    const base = { name: 'Wrong', type: 'NEW_SERVICE' };
    const snapshot = await addStream(server.services, tenant, 'Once', { kind: 'snapshot' });
    for (const change of [
      { filters: { actionType: { eq: ['FileDownloaded'] } } },
      { filters: { score: { lt: 'low' } } },
      { repetition: { count: 2, windowMinutes: 5, sameUser: true, sameApp: true, uniqueTargets: false } },
      { settings: { nothing: 1 } },
      { settings: { daily: { users: -1 } } },
      { settings: { daily: { visits: 1 } } },
      { settings: { reports: ['0'.repeat(24)] } },
      { settings: { reports: [snapshot] } },
      { settings: { tag: 'Nobody made this tag' } },
      { riskCategory: 3 },
      { type: 'FILE' },
    ]) {
      const answer = await call('/policies', { body: { ...base, ...change } });
      assert.equal(answer.status, 400, JSON.stringify(change) + answer.text);
    }
    const { id } = await create({ ...base, name: 'Right' });
    const from = new Date(server.services.clock() - dayMs).toISOString();
    const period = { from, until: new Date(server.services.clock()).toISOString() };
    for (const trial of ['dry-run', 'backfills']) {
      assert.equal((await call(`/policies/${id}/${trial}`, { body: period })).status, 409);
    }
    assert.equal((await call('/policies', { body: { name: 'Activities', settings: {} } })).status, 400);
  });

  test('an app over all thresholds of one day is told of once, whatever comes and however often', async () => {
    await create({ name: 'Busy', type: 'NEW_SERVICE', settings: { daily: { users: 2, uploadedBytes: 2 * megabyte } } });
    await upload(busy(3, { ...dropbox, uploadedBytes: megabyte }));
    // Three users on two days, and two users with much: neither is more than two with more than two MB on one day.
    await upload([
      ...busy(2, { ...gitHub, uploadedBytes: 3 * megabyte }),
      { ...gitHub, daysAgo: 1, userName: 'user9', uploadedBytes: 9 * megabyte },
    ]);
    await upload(busy(3, salesforce));
    assert.equal(await apps(), 'Dropbox');
    const [alert] = await alerts();
    assert.deepEqual([alert?.title, alert?.stories, alert?.policy.policyType], ['Busy', [4], 'NEW_SERVICE']);
    assert.match(alert?.description ?? '', /3 users/);
    assert.ok(!JSON.stringify(alert).includes('user0@'));
    await upload(busy(5, { ...dropbox, uploadedBytes: 9 * megabyte }));
    await upload(busy(3, { ...salesforce, uploadedBytes: megabyte }));
    assert.equal(await apps(), 'Dropbox, Salesforce');
  });

  test('after 90 days the app is told of again', async () => {
    await create({ name: 'Again', type: 'NEW_SERVICE' });
    await upload([dropbox]);
    server.services.testClock.advance(89 * dayMs);
    await upload([dropbox]);
    assert.equal((await alerts()).length, 1);
    server.services.testClock.advance(2 * dayMs);
    await upload([dropbox]);
    assert.equal((await alerts()).length, 2);
  });

  test('an upload that is evaluated twice, by two processes at once, raises one alert', async () => {
    await create({ name: 'Twice', type: 'NEW_SERVICE' });
    const uploadId = await storeRows(server.services, tenant.id, proxy, [dropbox, gitHub]);
    const again = { streamId: proxy, uploadId, isSnapshot: false };
    await Promise.all([1, 2, 3].map(() => runAppPolicies(server.services, tenant.id, again)));
    assert.equal(await apps(), 'Dropbox, GitHub');
  });

  test('filters choose the apps: category, tag, score, and none that nobody scored', async () => {
    await create({
      name: 'Storage',
      type: 'NEW_SERVICE',
      filters: { category: { eq: ['SAASDB_CATEGORY_CLOUD_STORAGE'] }, tag: { eq: ['None'] } },
    });
    await create({ name: 'Bad', type: 'NEW_SERVICE', filters: { score: { lt: 11 } } });
    await upload([dropbox, gitHub, nobodyKnows('shop.example')]);
    const titles = (await alerts()).map(({ title }) => title).sort();
    assert.deepEqual(titles, ['Bad', 'Bad', 'Storage']);
  });

  test('a snapshot raises nothing, nor does a policy that is off or looks at another report', async () => {
    const other = await addStream(server.services, tenant, 'Other');
    await create({ name: 'Elsewhere', type: 'NEW_SERVICE', settings: { reports: [other] } });
    await create({ name: 'Off', type: 'NEW_SERVICE', isEnabled: false });
    await upload([dropbox]);
    const snapshot = await addStream(server.services, tenant, 'Once', { kind: 'snapshot' });
    await create({ name: 'On', type: 'NEW_SERVICE' });
    const uploadId = await storeRows(server.services, tenant.id, snapshot, [dropbox]);
    await runAppPolicies(server.services, tenant.id, { streamId: snapshot, uploadId, isSnapshot: true });
    assert.deepEqual(await alerts(), []);
  });

  test('the daily limit holds back, and the next day tells of the rest', async () => {
    await create({ name: 'Limited', type: 'NEW_SERVICE', dailyAlertLimit: 1 });
    const rows = [
      { ...dropbox, totalBytes: 3 },
      { ...gitHub, totalBytes: 2 },
    ];
    await upload(rows);
    assert.equal(await apps(), 'Dropbox');
    await upload(rows);
    assert.equal(await apps(), 'Dropbox');
    server.services.testClock.advance(dayMs);
    await upload(rows);
    assert.equal(await apps(), 'Dropbox, GitHub');
  });

  test('a policy tags the apps that it tells of', async () => {
    await create({ name: 'Ban', type: 'NEW_SERVICE', settings: { tag: 'unsanctioned' } });
    await upload([dropbox]);
    assert.deepEqual((await appsOf(server.services, tenant.id, [dropbox])).get(dropbox.appId)?.tags, ['Unsanctioned']);
  });

  test('a report administrator makes policies on the own reports, without tags, and sees their alerts alone', async () => {
    const firewall = await addStream(server.services, tenant, 'Firewall');
    const user = await makeUser(server.services, tenant);
    const role = findRole('cloud-discovery-report-administrator');
    assert.ok(role);
    await server.services.store.change(tenant.id, async (trx) => {
      const input = { role, kind: 'permanent', scope: { reportIds: [firewall] } };
      await addAssignment(server.services, trx, user, input as Parameters<typeof addAssignment>[3], 'test');
    });
    const session = await signIn(server, user);
    const attempt = async (settings: object): Promise<number> =>
      (
        await call(
          '/policies',
          { body: { name: `P${JSON.stringify(settings)}`, type: 'NEW_SERVICE', settings } },
          session,
        )
      ).status;
    assert.equal(await attempt({}), 403);
    assert.equal(await attempt({ reports: [proxy] }), 403);
    assert.equal(await attempt({ reports: [firewall, proxy] }), 403);
    assert.equal(await attempt({ reports: [firewall], tag: 'Unsanctioned' }), 403);
    assert.equal((await call('/policies', { body: { name: 'Activities' } }, session)).status, 403);
    const own = await create({ name: 'Mine', type: 'NEW_SERVICE', settings: { reports: [firewall] } }, session);
    const theirs = await create({ name: 'Theirs', type: 'NEW_SERVICE' });
    const activity = await create({ name: 'Activities', filters: {} });
    const list = (await call('/policies', {}, session)).json<{ items: WirePolicy[] }>();
    assert.deepEqual(
      list.items.map(({ name }) => name),
      ['Mine'],
    );
    for (const { id } of [theirs, activity]) {
      assert.equal((await call(`/policies/${id}`, {}, session)).status, 404);
      assert.equal((await call(`/policies/${id}/history`, {}, session)).status, 404);
      assert.equal((await call(`/policies/${id}`, { method: 'DELETE' }, session)).status, 404);
    }
    const wider = { revision: 1, settings: { reports: [firewall, proxy] } };
    assert.equal((await call(`/policies/${own.id}`, { method: 'PATCH', body: wider }, session)).status, 403);
    await upload([dropbox], proxy);
    await upload([gitHub], firewall);
    const told = await call(`/policies/${own.id}/apps`, {}, session);
    assert.equal(told.json<{ total: number }>().total, 1);
    const seen = await alerts(session);
    assert.deepEqual(seen.map(({ title }) => title).sort(), ['Mine', 'Theirs']);
    assert.ok(seen.every(({ entities }) => entities.some(({ label }) => label === 'GitHub')));
    assert.equal((await call(`/policies/${own.id}`, { method: 'DELETE' }, session)).status, 204);
  });

  test('the apps that a policy told of are listed with their report and alert, latest first', async () => {
    const { id } = await create({ name: 'Any', type: 'NEW_SERVICE' });
    await upload([dropbox]);
    server.services.testClock.advance(60_000);
    await upload([gitHub]);
    interface App {
      readonly name: string;
      readonly reportId: string;
      readonly reportName: string | null;
      readonly alertId: string;
    }
    const page = async (query: string) =>
      (await call(`/policies/${id}/apps${query}`)).json<{ items: App[]; total: number }>();
    const { items, total } = await page('');
    assert.equal(total, 2);
    assert.deepEqual(
      items.map(({ name, reportId, reportName }) => [name, reportId, reportName]),
      [
        ['GitHub', proxy, 'Proxy'],
        ['Dropbox', proxy, 'Proxy'],
      ],
    );
    const alert = await call(`/alerts/${encodeURIComponent(items[0]?.alertId ?? '')}`);
    assert.equal(alert.status, 200, alert.text);
    const second = await page('?limit=1&skip=1');
    assert.deepEqual([second.items.map(({ name }) => name), second.total], [['Dropbox'], 2]);
    assert.equal((await call(`/policies/${id}/apps?limit=0`)).status, 400);
    const activity = await create({ name: 'Activities', filters: {} });
    assert.deepEqual((await call(`/policies/${activity.id}/apps`)).json(), { items: [], total: 0 });
  });

  test('without the right, signed out, and from another tenant there is no policy', async () => {
    const { id } = await create({ name: 'Ours', type: 'NEW_SERVICE' });
    const nobody = await signIn(server, await makeUser(server.services, tenant));
    assert.equal((await call(`/policies/${id}/apps`, {}, nobody)).status, 403);
    assert.equal((await server.request(`/management/v1/policies/${id}/apps`)).status, 401);
    const reader = await makePerson(server, tenant, 'security-reader');
    const body = { name: 'Reader', type: 'NEW_SERVICE' };
    assert.equal((await call('/policies', { body }, reader.session)).status, 403);
    assert.equal((await call(`/policies/${id}`, {}, reader.session)).status, 200);
    assert.equal((await server.request('/management/v1/policies', { body })).status, 401);
    const other = await makePerson(server, await makeTenant(server.services), 'cloud-app-security-administrator');
    assert.equal((await call(`/policies/${id}`, {}, other.session)).status, 404);
    assert.equal((await call(`/policies/${id}/apps`, {}, other.session)).status, 404);
    assert.equal((await call(`/policies/${id}`, { method: 'DELETE' }, other.session)).status, 404);
  });
});
