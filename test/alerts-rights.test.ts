// Who may read, mark and close alerts at /api/v1/alerts/, and which of them (cloud-apps reference 1.3, 4 and 5).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AlertDraft } from '../src/alerts/alert.ts';
import { type AlertList, makeAlertReader, readerOf } from './support/alert-reader.ts';
import { raise, sampleDraft } from './support/alerts.ts';
import { appToken, makeStory, userToken } from './support/bearers.ts';
import { makePerson, makeToken, type RequestOptions, startTestServer, type TestServer } from './support/server.ts';

const path = '/api/v1/alerts/';
const json = { 'content-type': 'application/json' };
const cloudApps = '05a65629-4c1b-48c1-a78b-804c4abdd4af';

let server: TestServer;
before(async () => {
  server = await startTestServer({
    settings: { tenantRequestsPerMinute: 1_000_000, totalExactMax: 100, filterValuesMax: 100, bodyBytesMax: 100_000 },
  });
});
after(() => server.dispose());

const drafts = (count: number): AlertDraft[] => Array.from({ length: count }, (_, index) => sampleDraft(index));

test('of another tenant nothing is seen, found or changed', async () => {
  const [reader, stranger] = [await makeAlertReader(server, drafts(2)), await makeAlertReader(server, [])];
  const id = (await reader.list()).data[0]?._id ?? '';
  assert.equal((await stranger.list()).total, 0);
  assert.equal((await stranger.list({ body: { filters: { id: { eq: [id] } } } })).total, 0);
  assert.equal((await stranger.call(`${path}${id}/`)).status, 404);
  assert.equal((await stranger.call(`${path}${id}/read/`, { method: 'POST' })).status, 404);
  assert.equal((await reader.list()).data[0]?.statusValue, 0);
});

test('without a right token, or without the right, the call is refused', async () => {
  const reader = await makeAlertReader(server, drafts(1));
  const id = (await reader.list()).data[0]?._id;
  assert.equal((await server.request(path)).status, 401);
  assert.equal((await reader.call(path, { token: `${reader.token}x` })).status, 401);
  const { session } = await makePerson(server, reader.tenant, 'privileged-role-administrator');
  const { value: narrow } = await makeToken(server, reader, { permissions: ['Activities.read'] });
  const { value: looking } = await makeToken(server, reader, { permissions: ['Alerts.read'] });
  for (const url of [path, `${path}${id}/`]) {
    assert.equal((await server.request(url, { session })).status, 403);
    assert.equal((await reader.call(url, { token: narrow })).status, 403);
    assert.equal((await reader.call(url, { token: looking })).status, 200);
  }
  assert.equal((await reader.call(`${path}${id}/read/`, { method: 'POST', token: looking })).status, 403);
});

test("a SIEM agent reads alerts and changes nothing; a log collector's token opens none", async () => {
  const reader = await makeAlertReader(server, drafts(2), 'global-administrator');
  const make = async (kind: string): Promise<string> => {
    const answer = await server.request('/management/v1/agents', {
      session: reader.session,
      body: { kind, name: `${kind}-1` },
    });
    assert.equal(answer.status, 201, answer.text);
    return answer.json<{ value: string }>().value;
  };
  const siem = await make('siem-agent');
  const list = await server.request(path, { token: siem });
  assert.equal(list.json<AlertList>().total, 2);
  const id = list.json<AlertList>().data[0]?._id;
  assert.equal((await server.request(`${path}${id}/`, { token: siem })).status, 200);
  assert.equal((await server.request(`${path}${id}/read/`, { method: 'POST', token: siem })).status, 403);
  const filters = { id: { eq: [id] } };
  assert.equal((await server.request(`${path}close_benign/`, { token: siem, body: { filters } })).status, 403);
  assert.equal((await server.request(path, { token: await make('log-collector') })).status, 403);
});

test('an app reads and marks with any of the documented permissions, and closes with those to manage', async () => {
  const names = ['Investigation.read', 'Investigation.manage', 'Discovery.read', 'Discovery.manage', 'Settings.manage'];
  const story = await makeStory(server.services, [{ resource: cloudApps, roles: names, scopes: names }]);
  const raised = await raise(server.services, story.tenant.id, drafts(names.length));
  for (const [index, name] of names.entries()) {
    const token = await appToken(server.services, story, {
      audience: cloudApps,
      app: { servicePrincipalId: story.principalId, roles: [name] },
    });
    const call = async (url: string, options: RequestOptions = {}) =>
      (await server.request(url, { headers: { authorization: `Bearer ${token}` }, ...options })).status;
    const id = raised[index]?.id;
    const may = name !== 'Settings.manage';
    assert.equal(await call(path), may ? 200 : 403, name);
    assert.equal(await call(`${path}${id}/read/`, { method: 'POST' }), may ? 200 : 403, name);
    const headers = { authorization: `Bearer ${token}`, ...json };
    const closed = await call(`${path}close_benign/`, { headers, body: { filters: { id: { eq: [id] } } } });
    assert.equal(closed, may && name.endsWith('manage') ? 200 : 403, name);
  }
});

test('an app that acts for a person does what both may', async () => {
  const names = ['Investigation.read', 'Investigation.manage'];
  const story = await makeStory(server.services, [{ resource: cloudApps, roles: [], scopes: names }]);
  await raise(server.services, story.tenant.id, drafts(1));
  const status = async (role: string | undefined, scopes: string[], url: string, options: RequestOptions) => {
    const { user } = await makePerson(server, story.tenant, role);
    const common = { subject: 'pairwise', authTime: server.services.clock(), amr: ['pwd', 'mfa'] };
    const { id: userId, userName, displayName } = user;
    const person = { ...common, userId, userName, displayName, scopes };
    const token = await userToken(server.services, story, user, { audience: cloudApps, user: person });
    const headers = { authorization: `Bearer ${token}`, ...json };
    return (await server.request(url, { headers, ...options })).status;
  };
  const close = { body: { filters: { severity: { eq: 1 } } } };
  assert.equal(await status('security-reader', ['Investigation.read'], path, {}), 200);
  assert.equal(await status(undefined, ['Investigation.read'], path, {}), 403);
  assert.equal(await status('security-reader', ['Investigation.manage'], `${path}close_benign/`, close), 403);
  assert.equal(await status('security-operator', ['Investigation.read'], `${path}close_benign/`, close), 403);
  assert.equal(await status('security-operator', ['Investigation.manage'], `${path}close_benign/`, close), 200);
});

/** An alert about this person in this app, and its title. */
const about = (title: string, number: number, userPrincipalName: string, appId: number, more: object = {}) =>
  sampleDraft(number, {
    title,
    alertId: `ca-${title}`,
    entities: [
      { entityType: 'User', userPrincipalName },
      { entityType: 'CloudApplication', appId, instanceId: 0, ...more },
    ],
  });

test('a role that is cut to a part of the data reaches only those alerts, whatever is called', async () => {
  const administrator = await makeAlertReader(
    server,
    [
      about('exchange', 1, 'ada@contoso.example', 20893),
      about('box', 2, 'grace@contoso.example', 10489),
      about('report', 3, 'linus@contoso.example', 11522, { reportId: '5f0000000000000000000007' }),
    ],
    'global-administrator',
  );
  const ids = new Map((await administrator.list()).data.map(({ title, _id }) => [title, _id]));
  const group = await server.request('/management/v1/groups', {
    session: administrator.session,
    body: { name: 'Finance' },
  });
  const groupId = group.json<{ id: string }>().id;
  const member = `/management/v1/groups/${groupId}/members/ada@contoso.example`;
  assert.ok((await server.request(member, { method: 'PUT', session: administrator.session })).status < 300);
  const cut: [string, object, string, boolean][] = [
    ['app-instance-administrator', { instances: [{ appId: 10489, instance: 0 }] }, 'box', true],
    ['user-group-administrator', { groupIds: [groupId] }, 'exchange', true],
    ['cloud-discovery-report-administrator', { reportIds: ['5f0000000000000000000007'] }, 'report', false],
  ];
  for (const [role, part, title, mayClose] of cut) {
    const person = await makePerson(server, administrator.tenant);
    const scope = { instances: [], groupIds: [], reportIds: [], ...part };
    const assigned = await server.request('/management/v1/role-assignments', {
      session: administrator.session,
      body: { user: person.user.userName, role, kind: 'permanent', scope },
    });
    assert.equal(assigned.status, 201, assigned.text);
    const reader = await readerOf(server, person);
    const list = await reader.list();
    assert.deepEqual([list.data.map((each) => each.title), list.total, list.hasNext], [[title], 1, false], role);
    assert.equal((await reader.list({ body: { filters: { severity: { eq: [1] } } } })).total, 1);
    for (const [other, id] of ids) {
      const status = other === title ? 200 : 404;
      assert.equal((await reader.call(`${path}${id}/`)).status, status);
      assert.equal((await reader.call(`${path}${id}/read/`, { method: 'POST' })).status, status);
    }
    const filters = { id: { eq: [...ids.values()] } };
    const closed = await reader.call(`${path}close_true_positive/`, { body: { filters } });
    if (!mayClose) assert.equal(closed.status, 403);
    else {
      const { closed_true_positive: count, alertsNotFound } = closed.json<Record<string, unknown>>();
      assert.deepEqual([closed.status, count], [404, 1]);
      assert.deepEqual(
        alertsNotFound,
        [...ids.values()].filter((id) => id !== ids.get(title)),
      );
    }
  }
});

const listOf = (entities: unknown) => (entities ?? []) as readonly { type: string; label: string }[]; // As documented.

test('of an alert that others are in as well, a cut role shows its own part and closes nothing', async () => {
  const names = ['ada', 'grace', 'linus'].map((name) => `${name}@contoso.example`);
  const spray = sampleDraft(1, {
    alertId: 'ca-spray',
    title: 'Spray against ada, grace and linus',
    description: `Tried: ${names.join(', ')}`,
    entities: [
      ...names.map((userPrincipalName) => ({ entityType: 'User', userPrincipalName })),
      { entityType: 'Ip', ipAddress: '203.0.113.9' },
      { entityType: 'File', fileId: 'f1', fileName: 'pay.xlsx', appId: 20892, instanceId: 0 },
      { entityType: 'CloudApplication', appId: 10489, instanceId: 0, appName: 'Box' },
      { entityType: 'CloudApplication', appId: 20892, instanceId: 0, appName: 'SharePoint' },
    ],
    devices: [{ deviceDnsName: 'pc-of-grace' }],
    evidence: [{ text: 'grace failed 9 times' }],
    extra: { policyName: 'Password spray' },
  });
  const administrator = await makeAlertReader(server, [spray], 'global-administrator');
  const [id = ''] = (await administrator.list()).data.map(({ _id }) => _id);
  const { session } = administrator;
  const made = await server.request('/management/v1/groups', { session, body: { name: 'Finance' } });
  const groupId = made.json<{ id: string }>().id;
  const join = (name = '') =>
    server.request(`/management/v1/groups/${groupId}/members/${name}`, { method: 'PUT', session });
  await join(names[0]);
  const readerWith = async (role: string, part: object) => {
    const person = await makePerson(server, administrator.tenant);
    const scope = { instances: [], groupIds: [], reportIds: [], ...part };
    const body = { user: person.user.userName, role, kind: 'permanent', scope };
    assert.equal((await server.request('/management/v1/role-assignments', { session, body })).status, 201);
    return await readerOf(server, person);
  };
  const ofGroup = await readerWith('user-group-administrator', { groupIds: [groupId] });
  const ofBox = await readerWith('app-instance-administrator', { instances: [{ appId: 10489, instance: 0 }] });
  const filters = { id: { eq: [id] } };
  for (const [reader, users, apps] of [
    [ofGroup, [names[0]], ['Box', 'SharePoint']],
    [ofBox, [], ['Box']],
  ] as const) {
    const record = (await reader.list()).data[0];
    assert.deepEqual((await reader.call(`${path}${id}/`)).json(), record);
    const labels = (type: string) => listOf(record?.entities).flatMap((each) => (each.type === type ? each.label : []));
    assert.deepEqual([labels('user'), labels('service')], [users, apps]);
    assert.deepEqual([record?.title, labels('ip')], ['Password spray', ['203.0.113.9']]);
    assert.doesNotMatch(JSON.stringify(record), /grace|linus|pay\.xlsx/);
    const closed = await reader.call(`${path}close_benign/`, { body: { filters } });
    assert.deepEqual([closed.status, closed.json()], [404, { closed_benign: 0, alertsNotFound: [id] }]);
    const open = await reader.call(`${path}close_benign/`, { body: { filters: { severity: { eq: [1] } } } });
    assert.deepEqual([open.status, open.json()], [200, { closed_benign: 0 }]);
    assert.equal((await reader.call(`${path}${id}/read/`, { method: 'POST' })).status, 200);
  }
  await join(names[1]);
  await join(names[2]);
  assert.equal((await ofGroup.list()).data[0]?.title, spray.title);
  const closed = await ofGroup.call(`${path}close_benign/`, { body: { filters } });
  assert.deepEqual([closed.status, closed.json()], [200, { closed_benign: 1 }]);
});

test('a person whose role lets alerts be read only closes none', async () => {
  const reader = await makeAlertReader(server, drafts(1));
  const filters = { severity: { eq: [1] } };
  for (const verb of [
    'close_benign',
    'close_false_positive',
    'close_true_positive',
    'dismiss_bulk',
    'resolve',
    'reopen',
  ]) {
    assert.equal((await reader.call(`${path}${verb}/`, { body: { filters } })).status, 403, verb);
  }
  const id = (await reader.list()).data[0]?._id;
  assert.equal((await reader.call(`${path}${id}/dismiss/`, { method: 'POST' })).status, 403);
  assert.equal((await reader.list()).data[0]?.resolutionStatusValue, 0);
});

test('a Cloud Discovery global administrator sees and closes the alerts of discovery, and no others', async () => {
  const administrator = await makeAlertReader(
    server,
    [
      about('sign-in', 1, 'ada@contoso.example', 11161),
      about('report', 2, 'linus@contoso.example', 11522, { reportId: '5f0000000000000000000007' }),
      { ...about('new app', 3, 'grace@contoso.example', 11161), stories: [4] },
    ],
    'global-administrator',
  );
  const ids = (await administrator.list()).data.map(({ _id }) => _id);
  const person = await makePerson(server, administrator.tenant, 'cloud-discovery-global-administrator');
  const reader = await readerOf(server, person);
  const list = await reader.list();
  assert.deepEqual([list.data.map(({ title }) => title), list.total], [['new app', 'report'], 2]);
  const closed = await reader.call(`${path}close_true_positive/`, { body: { filters: { id: { eq: ids } } } });
  assert.deepEqual([closed.status, closed.json<Record<string, unknown>>().closed_true_positive], [404, 2]);
  assert.equal((await administrator.list({ body: { filters: { alertOpen: { eq: true } } } })).total, 1);
});
