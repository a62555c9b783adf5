// Policies over HTTP: the management surface that makes them and the cloud-apps surface that clients read.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startFollowing } from '../src/activities/following.ts';
import { insertActivities } from '../src/activities/store.ts';
import { addAssignment } from '../src/directory/assignments.ts';
import { findRole } from '../src/directory/role-table.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { policiesFollower } from '../src/policies/follower.ts';
import { makeTenant, makeUser } from './support/accounts.ts';
import { madeActivity } from './support/activities.ts';
import {
  type Answer,
  makePerson,
  makeToken,
  type Person,
  type RequestOptions,
  signIn,
  startTestServer,
  type TestServer,
} from './support/server.ts';

interface WirePolicy {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly isEnabled: boolean;
  readonly revision: number;
  readonly filters: unknown;
  readonly dailyAlertLimit: number;
  readonly sensitivity: string | null;
  readonly reach: unknown;
}

interface Items<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

interface List<Item> {
  readonly data: readonly Item[];
  readonly hasNext: boolean;
  readonly total: number;
}

const downloads = { actionType: { eq: ['FileDownloaded'] } };

describe('policies over HTTP', () => {
  let server: TestServer;
  let tenant: Tenant;
  let admin: Person;
  let reader: Person;

  before(async () => {
    server = await startTestServer({ settings: { tenantRequestsPerMinute: 10_000 } });
    tenant = await makeTenant(server.services);
    admin = await makePerson(server, tenant, 'cloud-app-security-administrator');
    reader = await makePerson(server, tenant, 'security-reader');
  });
  after(async () => await server.dispose());

  const manage = (person: Person | undefined, path: string, options: RequestOptions = {}): Promise<Answer> =>
    server.request(`/management/v1${path}`, { ...(person ? { session: person.session } : {}), ...options });

  async function create(person: Person, body: Record<string, unknown>): Promise<WirePolicy> {
    const answer = await manage(person, '/policies', { body });
    assert.equal(answer.status, 201, answer.text);
    return answer.json<WirePolicy>();
  }

  async function follow(): Promise<void> {
    const following = startFollowing(server.services, [policiesFollower]);
    await following.settled();
    await following.stop();
  }

  /** The time of tests is the fake clock's. */
  async function store(
    count: number,
    changes: Parameters<typeof madeActivity>[1] = {},
    of = tenant,
  ): Promise<string[]> {
    const now = server.services.clock() + 1000;
    const rows = Array.from({ length: count }, (_, index) => {
      server.services.testClock.advance(1000);
      return madeActivity(index, { ...changes, timestamp: now + index * 1000 });
    });
    await insertActivities(server.services.events, of.id, rows);
    return rows.map(({ id }) => id);
  }

  test('a policy is made, listed, read, changed, disabled and deleted, and its history says who did it', async () => {
    const made = await create(admin, { name: 'Downloads', severity: 'high', filters: downloads });
    assert.deepEqual([made.filters, made.isEnabled, made.revision], [downloads, true, 1]);
    const list = (await manage(reader, '/policies?search=download&type=AUDIT')).json<Items<WirePolicy>>();
    assert.deepEqual(
      list.items.map(({ id }) => id),
      [made.id],
    );
    const body = { revision: 1, dailyAlertLimit: 7, name: 'Downloads, again' };
    const changed = await manage(admin, `/policies/${made.id}`, { method: 'PATCH', body });
    assert.equal(changed.status, 200, changed.text);
    assert.equal(changed.json<WirePolicy>().dailyAlertLimit, 7);
    const stale = await manage(admin, `/policies/${made.id}`, { method: 'PATCH', body });
    assert.equal(stale.status, 409);
    assert.equal(stale.json<{ code: string }>().code, 'policy-changed');
    const disabled = await manage(admin, `/policies/${made.id}/disable`, { method: 'POST' });
    assert.equal(disabled.json<WirePolicy>().isEnabled, false);
    assert.equal((await manage(admin, `/policies/${made.id}`, { method: 'DELETE' })).status, 204);
    assert.equal((await manage(reader, `/policies/${made.id}`)).status, 404);
    const history = (await manage(reader, `/policies/${made.id}/history`)).json<
      Items<{ change: string; by: string }>
    >();
    assert.deepEqual(
      history.items.map(({ change }) => change),
      ['deleted', 'disabled', 'edited', 'created'],
    );
    assert.ok(history.items.every(({ by }) => by === admin.user.userName));
    const audit = (await manage(admin, '/audit?limit=10')).json<{ items: { action: string }[] }>();
    for (const action of ['policy.create', 'policy.edit', 'policy.disable', 'policy.delete']) {
      assert.ok(
        audit.items.some((each) => each.action === action),
        action,
      );
    }
  });

  test('of two changes of one policy that were read at the same time one is refused', async () => {
    const { id } = await create(admin, { name: 'Race' });
    const answers = await Promise.all(
      [1, 2].map((limit) =>
        manage(admin, `/policies/${id}`, { method: 'PATCH', body: { revision: 1, dailyAlertLimit: limit } }),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  });

  test('lists are filtered by severity and risk, sorted, and say what goes on with each policy when they are asked', async () => {
    const here = await makeTenant(server.services);
    const boss = await makePerson(server, here, 'cloud-app-security-administrator');
    const quiet = await create(boss, {
      name: 'B quiet',
      severity: 'informational',
      filters: { actionType: { eq: ['No'] } },
    });
    server.services.testClock.advance(1000);
    const loud = await create(boss, {
      name: 'A loud',
      severity: 'high',
      riskCategory: 5,
      filters: { actionType: { eq: ['Loud'] } },
    });
    await store(2, { actionType: 'Loud' }, here);
    await follow();
    interface Listed extends WirePolicy {
      readonly openAlerts: number | null;
      readonly today: { matches: number; alerts: number; heldBack: number } | null;
    }
    const list = async (query: string, who = boss) => {
      const answer = await manage(who, `/policies?type=AUDIT&${query}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.json<Items<Listed>>().items;
    };
    const names = async (query: string) => (await list(query)).map(({ name }) => name);
    assert.deepEqual(await names('severity=high'), ['A loud']);
    assert.deepEqual(await names('riskCategory=5'), ['A loud']);
    assert.deepEqual(await names('sort=severity'), ['B quiet', 'A loud']);
    assert.deepEqual(await names('sort=changedAt&direction=desc'), ['A loud', 'B quiet']);
    assert.equal((await manage(boss, `/policies/${loud.id}/disable`, { method: 'POST' })).status, 200);
    assert.deepEqual(await names('sort=isEnabled'), ['A loud', 'B quiet']);
    assert.deepEqual(await names('isEnabled=false'), ['A loud']);
    assert.ok((await list('')).every(({ openAlerts, today }) => openAlerts === null && today === null));
    const standing = new Map((await list('standing=true')).map((each) => [each.id, each]));
    assert.equal(standing.get(loud.id)?.openAlerts, 2);
    assert.deepEqual(standing.get(loud.id)?.today, { matches: 2, alerts: 2, heldBack: 0 });
    assert.equal(standing.get(quiet.id)?.openAlerts, 0);
    for (const wrong of ['severity=dreadful', 'sort=color', 'standing=perhaps', 'riskCategory=x']) {
      assert.equal((await manage(boss, `/policies?${wrong}`)).status, 400, wrong);
    }
  });

  test('what no policy can be is refused, naming the field', async () => {
    const wrong: [Record<string, unknown>, string][] = [
      [{}, 'name'],
      [{ name: ' ' }, 'name'],
      [{ name: 'x', severity: 'dreadful' }, 'severity'],
      [{ name: 'x', riskCategory: 6 }, 'riskCategory'],
      [{ name: 'x', dailyAlertLimit: 1_000_000 }, 'dailyAlertLimit'],
      [{ name: 'x', filters: { actionType: { equals: ['x'] } } }, 'filters.actionType'],
      [{ name: 'x', filters: { nothing: { eq: [1] } } }, 'filters.nothing'],
      [{ name: 'x', filters: { policy: { eq: ['a'] } } }, 'filters'],
      [{ name: 'x', template: 'none' }, 'template'],
      [
        {
          name: 'x',
          repetition: { count: 1, windowMinutes: 5, sameUser: true, sameApp: true, uniqueTargets: false },
        },
        'repetition.count',
      ],
    ];
    for (const [body, field] of wrong) {
      const answer = await manage(admin, '/policies', { body });
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.equal(answer.json<{ fields: { field: string }[] }>().fields[0]?.field, field);
    }
    await create(admin, { name: 'Taken' });
    assert.equal((await manage(admin, '/policies', { body: { name: 'Taken' } })).status, 409);
  });

  test('nobody makes or reads policies without signing in, and readers change none', async () => {
    const { id } = await create(admin, { name: 'Guarded' });
    const calls: [string, string, unknown?][] = [
      ['POST', '/policies', { name: 'y' }],
      ['PATCH', `/policies/${id}`, { revision: 1 }],
      ['POST', `/policies/${id}/disable`],
      ['DELETE', `/policies/${id}`],
      ['POST', `/policies/${id}/dry-run`, { from: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' }],
      ['POST', `/policies/${id}/backfills`, { from: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' }],
    ];
    for (const [method, path, body] of calls) {
      assert.equal((await manage(undefined, path, { method, body })).status, 401, `${method} ${path}`);
      assert.equal((await manage(reader, path, { method, body })).status, 403, `${method} ${path}`);
    }
    assert.equal((await manage(undefined, '/policies')).status, 401);
    assert.equal((await server.request('/api/v1/policies/')).status, 401);
  });

  test("another tenant's policies are not there", async () => {
    const { id } = await create(admin, { name: 'Ours' });
    const other = await makeTenant(server.services);
    const stranger = await makePerson(server, other, 'cloud-app-security-administrator');
    const period = { from: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' };
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/history'],
      ['GET', '/matches'],
      ['PATCH', '', { revision: 1 }],
      ['DELETE', ''],
      ['POST', '/dry-run', period],
      ['POST', '/backfills', period],
    ] as const) {
      assert.equal(
        (await manage(stranger, `/policies/${id}${path}`, { method, body })).status,
        404,
        `${method} ${path}`,
      );
    }
    const list = (await manage(stranger, '/policies?type=AUDIT')).json<Items<WirePolicy>>();
    assert.equal(list.total, 0);
  });

  test('templates are there to start from', async () => {
    const templates = (await manage(reader, '/policy-templates')).json<Items<{ id: string; name: string }>>();
    assert.ok(templates.items.some(({ id }) => id === 'mass-download'));
    for (const { id, name } of templates.items) {
      const made = await create(admin, { template: id });
      assert.equal(made.name, name);
    }
  });

  test('a built-in detection is a policy that can be tuned and switched off, but neither edited nor deleted', async () => {
    const list = (await manage(reader, '/policies?type=ANOMALY_DETECTION&limit=100')).json<Items<WirePolicy>>();
    const [detection] = list.items;
    assert.ok(detection);
    assert.deepEqual([detection.isEnabled, detection.revision], [true, 0]);
    const path = `/policies/${detection.id}`;
    const body = { revision: 0, sensitivity: 'high', settings: { decoyAccounts: ['Honey@contoso.example'] } };
    const tuned = await manage(admin, path, { method: 'PATCH', body });
    assert.equal(tuned.status, 200, tuned.text);
    assert.deepEqual(tuned.json<{ settings: unknown }>().settings, { decoyAccounts: ['honey@contoso.example'] });
    const renamed = await manage(admin, path, { method: 'PATCH', body: { revision: 1, name: 'Mine' } });
    assert.equal(renamed.status, 400);
    assert.equal((await manage(admin, path, { method: 'DELETE' })).status, 409);
    assert.equal((await manage(admin, `${path}/disable`, { method: 'POST' })).json<WirePolicy>().isEnabled, false);
    assert.equal((await manage(reader, path)).json<WirePolicy>().sensitivity, 'high');
  });

  test('clients list policies by type, fetch one, and read what it matched; activities are found by policy and alert', async () => {
    const { id } = await create(admin, { name: 'Report', filters: { actionType: { eq: ['Reported'] } } });
    const ids = await store(3, { actionType: 'Reported' });
    await store(2);
    await follow();
    const { value: token } = await makeToken(server, reader);
    const ask = async <T>(path: string, body?: unknown) => {
      const answer = await server.request(path, { token, body });
      assert.equal(answer.status, 200, answer.text);
      return answer.json<T>();
    };
    type Record = { _id: string; policyType: string; enabled: boolean };
    const list = await ask<List<Record>>('/api/v1/policies/', { filters: { type: { eq: ['AUDIT'] } }, limit: 100 });
    assert.ok(list.data.some((each) => each._id === id));
    assert.ok(list.data.every(({ policyType }) => policyType === 'AUDIT'));
    const files = await ask<List<Record>>('/cas/api/v1/policies/', { filters: { type: { eq: ['FILE'] } } });
    assert.equal(files.total, 0);
    assert.equal((await ask<Record>(`/api/v1/policies/AUDIT/${id}/`))._id, id);
    assert.equal((await server.request(`/api/v1/policies/FILE/${id}/`, { token })).status, 404);
    const report = await ask<List<{ _id: string; alertId: string }>>(`/api/v1/policies/AUDIT/${id}/matches/`, {
      limit: 2,
    });
    assert.deepEqual([report.total, report.hasNext], [3, true]);
    assert.deepEqual(
      report.data.map((each) => each._id),
      ids.toReversed().slice(0, 2),
    );
    const found = async (filters: unknown) =>
      (await ask<List<{ _id: string }>>('/api/v1/activities/', { filters })).data.map((each) => each._id);
    assert.deepEqual(await found({ policy: { eq: [id] } }), ids.toReversed());
    assert.deepEqual(await found({ 'activity.alertId': { eq: [report.data[0]?.alertId] } }), [report.data[0]?._id]);
    assert.deepEqual(await found({ policy: { eq: ['0'.repeat(24)] } }), []);
    assert.ok(!(await found({ policy: { neq: [id] } })).some((each) => ids.includes(each)));
    assert.deepEqual(await found({ policy: { isset: true }, actionType: { eq: ['Reported'] } }), ids.toReversed());
    assert.equal((await manage(admin, `/policies/${id}`, { method: 'DELETE' })).status, 204);
    assert.deepEqual(await found({ policy: { eq: [id] } }), ids.toReversed());
    const after = await server.request(`/api/v1/policies/AUDIT/${id}/matches/`, { token });
    assert.deepEqual([after.status, after.json<List<unknown>>().total], [200, ids.length], after.text);
    assert.equal((await manage(reader, `/policies/${id}/matches`)).status, 200);
    const wrong = await server.request('/api/v1/policies/', { token, body: { filters: { type: { eq: ['NONE'] } } } });
    assert.equal(wrong.status, 400);
  });

  test('the governance log is listed by its documented filters', async () => {
    const { value: token } = await makeToken(server, reader);
    const types = async (filters: object): Promise<unknown[]> => {
      const answer = await server.request('/api/v1/governance/', { token, body: { filters } });
      assert.equal(answer.status, 200, answer.text);
      const { data } = answer.json<List<{ type: unknown; status?: { isSuccess: boolean }; message: string }>>();
      const verdict = (status?: { isSuccess: boolean }) => status?.isSuccess ?? null;
      return [
        ...new Set(data.map(({ type, status, message }) => `${type} ${verdict(status)} ${message.split(' ').at(-1)}`)),
      ];
    };
    const { id } = await create(admin, { name: 'Governed', filters: { actionType: { eq: ['Governed'] } } });
    for (const verb of ['disable', 'enable']) {
      assert.equal((await manage(admin, `/policies/${id}/${verb}`, { method: 'POST' })).status, 200);
    }
    const now = server.services.clock();
    const period = { from: new Date(now - 7_200_000).toISOString(), until: new Date(now - 3_600_000).toISOString() };
    const asked = await manage(admin, `/policies/${id}/backfills`, { body: period });
    assert.equal(asked.status, 202, asked.text);
    const tasks = { type: { eq: ['DisablePolicyTask', 'EnablePolicyTask', 'BackfillPolicyTask'] } };
    const switched = ['EnablePolicyTask true on.', 'DisablePolicyTask true off.'];
    const pending = 'BackfillPolicyTask null it.';
    assert.deepEqual((await types(tasks)).toSorted(), [pending, ...switched].toSorted());
    assert.deepEqual(await types({ ...tasks, status: { eq: null } }), [pending]);
    assert.deepEqual(await types({ ...tasks, status: { eq: false } }), []);
    const cancel = `/policy-backfills/${asked.json<{ id: string }>().id}/cancel`;
    const cancelled = await manage(admin, cancel, { method: 'POST' });
    assert.equal(cancelled.status, 200, cancelled.text);
    assert.deepEqual(await types({ status: { eq: [false] } }), ['BackfillPolicyTask false it.']);
    const disabled = { type: { eq: ['DisablePolicyTask'] }, status: { eq: true }, appId: { neq: [1] } };
    assert.deepEqual(await types(disabled), ['DisablePolicyTask true off.']);
    const wrong = await server.request('/api/v1/governance/', {
      token,
      body: { filters: { status: { eq: 'perhaps' } } },
    });
    assert.equal(wrong.status, 400);
    assert.equal((await server.request('/api/v1/governance/')).status, 401);
  });

  test('an administrator of one app instance sees all policies and its own matches, and edits its own policies only', async () => {
    const user = await makeUser(server.services, tenant);
    const role = findRole('app-instance-administrator');
    assert.ok(role);
    await server.services.store.change(tenant.id, (trx) =>
      addAssignment(
        server.services,
        trx,
        user,
        { role, kind: 'permanent', scope: { instances: [{ appId: 20892, instance: 0 }], groupIds: [], reportIds: [] } },
        'test',
      ),
    );
    const person: Person = { user, tenant, session: await signIn(server, user) };
    const theirs = await create(admin, { name: 'Of the tenant', filters: { actionType: { eq: ['Scoped'] } } });
    const own = await create(person, { name: 'Of the app', filters: { actionType: { eq: ['Scoped'] } } });
    assert.deepEqual(own.reach, [{ appId: 20892, instance: 0 }]);
    const body = { revision: 1, dailyAlertLimit: 1 };
    assert.equal((await manage(person, `/policies/${theirs.id}`, { method: 'PATCH', body })).status, 403);
    assert.equal((await manage(person, `/policies/${own.id}`, { method: 'PATCH', body })).status, 200);
    assert.equal((await manage(person, `/policies/${theirs.id}`)).status, 200);
    const [inside] = await store(1, { actionType: 'Scoped', appId: 20892 });
    const [outside] = await store(1, { actionType: 'Scoped' });
    await follow();
    const matches = async (who: Person, id: string) =>
      (await manage(who, `/policies/${id}/matches`))
        .json<Items<{ activityId: string }>>()
        .items.map((each) => each.activityId);
    assert.deepEqual(await matches(admin, own.id), [inside]);
    assert.deepEqual((await matches(admin, theirs.id)).toSorted(), [inside, outside].toSorted());
    assert.deepEqual(await matches(person, theirs.id), [inside]);
    const report = (await manage(person, `/policies/${theirs.id}/matches`)).json<{ today: unknown }>();
    assert.equal(report.today, null);
    const answer = await manage(person, '/policies?standing=true');
    const listed = answer.json<Items<{ openAlerts: unknown; today: unknown }>>().items;
    assert.ok(
      listed.every(({ openAlerts, today }) => openAlerts === null && today === null),
      'counts are the tenant’s',
    );
  });
});
