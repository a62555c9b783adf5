// SIEM agents at the server: made, changed and looked at by administrators; what their tokens open.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { auditRecord } from './support/ingestion.ts';
import { makePerson, makeToken, startTestServer, type TestServer } from './support/server.ts';
import {
  agentsPath,
  type MintedAgent,
  report,
  SiemCalls,
  self,
  target,
  type WireAgent,
} from './support/siem-agents.ts';

let server: TestServer;
let calls: SiemCalls;
before(async () => {
  server = await startTestServer({ settings: { agentRequestsPerMinute: 100_000 } });
  calls = new SiemCalls(server);
});
after(() => server.dispose());

describe('administration', () => {
  test('an agent is made with what the wizard begins with, its token shown once, and listed without it', async () => {
    const admin = await calls.person();
    const answer = await calls.create(admin);
    assert.equal(answer.headers['cache-control'], 'no-store');
    const { agent, value } = answer.json<MintedAgent>();
    assert.match(value, /^slpsa[0-9A-Za-z]{64}$/);
    assert.deepEqual(
      [agent.status, agent.isEnabled, agent.settings],
      [
        'created',
        true,
        {
          ...{ format: 'generic-cef', timeFormat: 'rfc5424', includesPri: false, includesSystemName: false },
          ...{ remoteHost: 'siem.contoso.example', remotePort: 6514, protocol: 'tcp' },
          ...{ alerts: { isSent: true, filters: null }, activities: { isSent: true, filters: null } },
        },
      ],
    );
    const list = await calls.act(admin, '', 'GET');
    assert.equal(list.json<{ total: number }>().total, 1);
    assert.ok(!list.text.includes(value.slice(5, 20)));
    assert.equal((await server.request('/management/v1/api-tokens', { session: admin.session })).json().total, 0);
  });

  test('what cannot work is refused by name, filters by the grammars of the two lists', async () => {
    const admin = await calls.person();
    for (const [body, field] of [
      [{ remoteHost: 'https://siem.contoso.example' }, 'remoteHost'],
      [{ remoteHost: '' }, 'remoteHost'],
      [{ remotePort: 0 }, 'remotePort'],
      [{ protocol: 'http' }, 'protocol'],
      [{ alerts: { isSent: false }, activities: { isSent: false } }, 'alerts'],
      [{ alerts: { filters: { severity: { eq: [9] } } } }, 'alerts.filters.severity'],
      [{ activities: { filters: { nonsense: { eq: [1] } } } }, 'activities.filters.nonsense'],
      [{ activities: { filters: { service: { contains: ['x'] } } } }, 'activities.filters.service'],
      [{ name: 'two words' }, 'name'],
    ] as const) {
      const answer = await calls.create(admin, body);
      assert.equal(answer.status, 400, answer.text);
      assert.match(answer.text, new RegExp(field.replaceAll('.', '\\.')), field);
    }
    for (const remoteHost of ['192.0.2.1', '2001:db8::1', 'siem']) {
      const { agent } = await calls.made(admin, { remoteHost, name: remoteHost.replaceAll(/[^a-z0-9]/g, '-') });
      await calls.act(admin, `/${agent.id}`, 'DELETE');
    }
  });

  test('five agents at most, no two of one name; the limit is a setting of its own', async () => {
    const admin = await calls.person();
    for (let n = 0; n < 5; n++) await calls.made(admin, { name: `siem-${n}` });
    const sixth = await calls.create(admin, { name: 'siem-5' });
    assert.deepEqual([sixth.status, sixth.json().code], [409, 'too-many-agents']);
    assert.match(sixth.text, /siemAgentsPerTenantMax/);
    const collector = { kind: 'log-collector', name: 'siem-0' };
    assert.equal(
      (await server.request('/management/v1/agents', { session: admin.session, body: collector })).status,
      201,
    );
    const { items } = (await calls.act(admin, '', 'GET')).json<{ items: WireAgent[] }>();
    const taken = await calls.act(admin, `/${items[1]?.id}`, 'PATCH', { name: 'siem-0' });
    assert.deepEqual([taken.status, taken.json().code], [409, 'name-taken']);
    assert.equal((await calls.act(admin, `/${items[1]?.id}`, 'DELETE')).status, 204);
    assert.equal((await calls.create(admin, { name: 'siem-5' })).status, 201);
  });

  test('an edit changes what it names, keeps the rest, and the agent learns of it', async () => {
    const admin = await calls.person();
    const { agent, value } = await calls.made(admin, { alerts: { filters: { severity: { eq: [2] } } } });
    const changed = await calls.act(admin, `/${agent.id}`, 'PATCH', {
      ...{ name: 'siem-9', protocol: 'tls', timeFormat: 'rfc3164' },
      activities: { isSent: false },
    });
    assert.equal(changed.status, 200, changed.text);
    const { settings, name } = changed.json<WireAgent>();
    assert.deepEqual(
      [name, settings.protocol, settings.remotePort, settings.alerts, settings.activities],
      ['siem-9', 'tls', 6514, { isSent: true, filters: { severity: { eq: [2] } } }, { isSent: false, filters: null }],
    );
    const own = (await server.request(`${self}/`, { token: value })).json<{ revision: number; settings: object }>();
    assert.equal(own.revision, 2);
    assert.deepEqual(own.settings, { ...settings, alerts: { isSent: true }, activities: { isSent: false } });
    assert.equal((await calls.act(admin, `/${agent.id}`, 'PATCH', { remotePort: 99_999 })).status, 400);
    const off = await calls.ask(value, 'activities');
    assert.equal(off.status, 409);
  });

  test('an agent of the former call has no settings, sends nothing, and gets them by an edit', async () => {
    const admin = await calls.person();
    const body = { kind: 'siem-agent', name: 'plain' };
    const { agent, value } = (
      await server.request('/management/v1/agents', { session: admin.session, body })
    ).json<MintedAgent>();
    assert.equal((await calls.ask(value, 'activities')).status, 409);
    assert.equal((await calls.show(admin, agent.id)).settings, null);
    assert.equal((await calls.act(admin, `/${agent.id}`, 'PATCH', { protocol: 'udp' })).status, 400);
    const { remoteHost, remotePort } = target;
    assert.equal((await calls.act(admin, `/${agent.id}`, 'PATCH', { remoteHost, remotePort })).status, 200);
    assert.equal((await calls.ask(value, 'activities')).status, 200);
  });

  test('the portal routes list agents and give a new token, also to an API token of who may', async () => {
    const admin = await calls.person();
    const { agent, value } = await calls.made(admin);
    const token = (await makeToken(server, admin)).value;
    const list = (await server.request('/api/v1/agents/siem/', { token })).json<{
      data: Record<string, unknown>[];
      total: number;
    }>();
    assert.deepEqual(
      [list.total, list.data[0]?._id, list.data[0]?.remotePort, list.data[0]?.enabled],
      [1, agent.id, 6514, true],
    );
    const renewed = await server.request(`/cas/api/v1/agents/siem/${agent.id}/generate/`, { token, method: 'POST' });
    assert.equal(renewed.headers['cache-control'], 'no-store');
    assert.equal((await calls.ask(value, 'report', report())).status, 401);
    assert.equal((await calls.ask(renewed.json<{ token: string }>().token, 'report', report())).status, 200);
    const narrow = (await makeToken(server, admin, { permissions: ['Alerts.read'] })).value;
    assert.equal((await server.request('/api/v1/agents/siem/', { token: narrow })).status, 403);
    assert.equal((await server.request('/api/v1/agents/siem/')).status, 401);
  });

  test('nobody without Agents.manage and nobody of another tenant sees or changes an agent', async () => {
    const admin = await calls.person();
    const { agent } = await calls.made(admin);
    const reader = await makePerson(server, admin.tenant, 'security-reader');
    const stranger = await calls.person();
    assert.equal((await calls.create(reader, { name: 'x' })).status, 403);
    assert.equal((await server.request(agentsPath)).status, 401);
    for (const [path, method, body] of [
      [`/${agent.id}`, 'GET', undefined],
      [`/${agent.id}`, 'PATCH', { protocol: 'udp' }],
      [`/${agent.id}`, 'DELETE', undefined],
      [`/${agent.id}/enable`, 'POST', undefined],
      [`/${agent.id}/disable`, 'POST', undefined],
      [`/${agent.id}/regenerate`, 'POST', undefined],
    ] as const) {
      assert.equal((await calls.act(reader, path, method, body)).status, 403, `${method} ${path}`);
      assert.equal((await calls.act(stranger, path, method, body)).status, 404, `${method} ${path}`);
    }
    assert.equal((await calls.show(admin, agent.id)).settings.protocol, 'tcp');
  });

  test('every act is in the audit', async () => {
    const admin = await calls.person();
    const { agent, value } = await calls.made(admin);
    await calls.act(admin, `/${agent.id}`, 'PATCH', { remotePort: 514 });
    await calls.act(admin, `/${agent.id}/disable`);
    await calls.act(admin, `/${agent.id}/enable`);
    await calls.act(admin, `/${agent.id}/regenerate`);
    await calls.act(admin, `/${agent.id}`, 'DELETE');
    const { items } = (await server.request('/management/v1/audit?search=agent', { session: admin.session })).json<{
      items: { action: string }[];
    }>();
    const actions = items.map(({ action }) => action).filter((action) => action.startsWith('agent.'));
    assert.deepEqual(actions.toSorted(), [
      ...['agent.create', 'agent.delete', 'agent.disable', 'agent.enable', 'agent.regenerate-token', 'agent.update'],
    ]);
    assert.ok(!JSON.stringify(items).includes(value.slice(5, 20)));
  });
});

describe('its token', () => {
  test('a report that is none is refused, and only a SIEM agent may report', async () => {
    const admin = await calls.person();
    const { value } = await calls.made(admin);
    for (const changes of [
      { version: 1 },
      { systemName: 'x'.repeat(300) },
      { problems: [{ kind: 'other', detail: 'x', since: 1 }] },
      { problems: [{ kind: 'send', detail: 'two\nlines', since: 1 }] },
      { alertsSent: -1 },
      { lastSentAt: 'now' },
    ])
      assert.equal((await calls.ask(value, 'report', report(changes))).status, 400, JSON.stringify(changes));
    const token = (await makeToken(server, admin)).value;
    const collector = (
      await server.request('/management/v1/agents', {
        session: admin.session,
        body: { kind: 'log-collector', name: 'c' },
      })
    ).json<MintedAgent>();
    for (const other of [token, collector.value])
      for (const path of ['report', 'activities', 'alerts'])
        assert.equal((await calls.ask(other, path, report())).status, 403, path);
    assert.equal((await server.request(`${self}/report/`, { body: report() })).status, 401);
    assert.equal((await server.request(`${self}/`, { session: admin.session })).status, 403);
  });

  test('its token opens nothing that writes', async () => {
    const admin = await calls.person();
    const { value } = await calls.made(admin);
    await calls.ingest(admin, auditRecord(1));
    const [first] = (await calls.read(value, 'activities', null)).data;
    const feedback = await server.request(`/api/v1/activities/${first?.record._id}/feedback/`, {
      token: value,
      body: { feedbackText: 'x' },
    });
    assert.equal(feedback.status, 403, feedback.text);
  });
});
