// The audit as the API gives it: every act and refusal, verified, for those who may read it. And that no secret is in it
// or anywhere else where it could be read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pino } from 'pino';
import type { Tenant } from '../src/directory/tenants.ts';
import { makeTenant, testPassword } from './support/accounts.ts';
import { freePort } from './support/postgres-server.ts';
import {
  type Answer,
  makePerson,
  makeToken,
  type Person,
  signIn,
  startNode,
  startTestServer,
  type TestServer,
} from './support/server.ts';
import { testServices } from './support/services.ts';

const activities = '/api/v1/activities/';
const about = '/management/v1/about';

interface Recorded {
  sequence: number;
  action: string;
  outcome: string;
  actor: { kind: string; id: string | null; name: string };
  target: { kind: string; id: string; name?: string } | null;
  address: string | null;
  correlationId: string | null;
  details: Record<string, unknown>;
}

let server: TestServer;
let tenant: Tenant;
before(async () => {
  server = await startTestServer();
  tenant = await makeTenant(server.services);
});
after(() => server.dispose());

const idOf = (answer: Answer): string => String(answer.headers['x-correlation-id']);
const audit = async (as: Pick<Person, 'session'>, query = ''): Promise<Recorded[]> => {
  const answer = await server.request(`/management/v1/audit${query}`, { session: as.session });
  assert.equal(answer.status, 200, answer.text);
  return answer.json<{ items: Recorded[] }>().items;
};

test('every act and every refusal is in the audit of its tenant, with who, what, from where and under which id', async () => {
  const own = await makeTenant(server.services);
  const admin = await makePerson(server, own, 'global-administrator');
  const token = await makeToken(server, admin, { name: 'audited' });
  const rotated = await server.request(`/management/v1/api-tokens/${token.id}/rotate`, {
    session: admin.session,
    body: { overlapSeconds: 0 },
  });
  const reused = await server.request(activities, { token: token.value });
  await server.request(`/management/v1/api-tokens/${token.id}`, { session: admin.session, method: 'DELETE' });
  const records = await audit(admin);
  const find = (action: string) => records.find((each) => each.action === action);
  for (const action of ['session.begin', 'token.generate', 'token.rotate', 'access.refuse', 'token.revoke']) {
    const record =
      find(action) ??
      (action === 'session.begin' ? records.find((each) => /sign-in|session/.test(each.action)) : undefined);
    assert.ok(record, `${action} among ${records.map((each) => each.action)}`);
    assert.deepEqual(
      [record.actor.kind, record.actor.name, record.address],
      ['user', admin.user.userName, '127.0.0.1'],
      action,
    );
  }
  assert.equal(find('token.rotate')?.correlationId, idOf(rotated));
  const refusal = find('access.refuse');
  assert.deepEqual(
    [refusal?.outcome, refusal?.correlationId, refusal?.target?.id, refusal?.details.code],
    ['refused', idOf(reused), token.id, 'token-replaced'],
  );
  assert.deepEqual(find('token.generate')?.target, { kind: 'api-token', id: token.id, name: 'audited' });
  assert.deepEqual((await audit(admin, `?actor=${admin.user.userName}&action=token.rotate`)).length, 1);
  assert.deepEqual((await audit(admin, '?search=AUDITED&limit=100')).length, 3);
  const sequences = records.map(({ sequence }) => sequence);
  assert.deepEqual(
    sequences,
    sequences.toSorted((a, b) => b - a),
  );
  const paged: number[] = [];
  for (let before: number | null = 1e6; before !== null; ) {
    const page: { items: Recorded[]; next: number | null } = (
      await server.request(`/management/v1/audit?limit=2&before=${before}`, { session: admin.session })
    ).json();
    paged.push(...page.items.map(({ sequence }) => sequence));
    before = page.next;
  }
  assert.deepEqual(paged, sequences);
  for (const query of ['?from=yesterday', '?to=2027-02-30T00:00:00Z', '?limit=501', '?before=0'])
    assert.equal((await server.request(`/management/v1/audit${query}`, { session: admin.session })).status, 400, query);
});

test('the audit is verified through the API, remembers a head, and is for those who may read it', async () => {
  const own = await makeTenant(server.services);
  const admin = await makePerson(server, own, 'global-administrator');
  const verify = (query = '', as = admin) =>
    server.request(`/management/v1/audit/verification${query}`, { session: as.session });
  const first = (await verify()).json<{ intact: boolean; head: { sequence: number; hash: string }; known: null }>();
  assert.deepEqual([first.intact, first.known], [true, null]);
  const known = `?knownSequence=${first.head.sequence}&knownHash=${first.head.hash}`;
  await makeToken(server, admin);
  assert.equal((await verify(known)).json().known, 'present');
  await server.services.store.db
    .updateTable('auditRecords')
    .set({ actor: 'nobody' })
    .where('tenantId', '=', own.id)
    .where('sequence', '=', first.head.sequence)
    .execute();
  const broken = (await verify(known)).json<{ intact: boolean; problems: { sequence: number; kind: string }[] }>();
  assert.deepEqual(
    [broken.intact, broken.problems[0]?.kind, broken.problems[0]?.sequence],
    [false, 'altered', first.head.sequence],
  );
  for (const query of ['?knownSequence=1', `?knownHash=${first.head.hash}`, '?knownSequence=1&knownHash=x'])
    assert.equal((await verify(query)).status, 400);
  for (const role of ['security-reader', 'security-operator', 'compliance-administrator']) {
    const person = await makePerson(server, own, role);
    assert.equal((await verify('', person)).status, 403, role);
    assert.equal((await server.request('/management/v1/audit', { session: person.session })).status, 403, role);
  }
});

test('what belongs to no tenant is in the log of the deployment, which only its operator reads', async () => {
  const operator = await makePerson(server, await makeTenant(server.services, true), 'global-administrator');
  const refused = await server.request(about, { token: `slpat${'1'.repeat(64)}` });
  const misdirected = await server.request(about, { host: 'elsewhere.example' });
  const ids = (await audit(operator, '?log=deployment')).map(({ correlationId }) => correlationId);
  for (const answer of [refused, misdirected]) assert.ok(ids.includes(idOf(answer)));
  const verification = await server.request('/management/v1/audit/verification?log=deployment', {
    session: operator.session,
  });
  assert.equal(verification.json().intact, true);
  const customer = await makePerson(server, tenant, 'global-administrator');
  for (const path of ['/audit?log=deployment', '/audit/verification?log=deployment'])
    assert.equal((await server.request(`/management/v1${path}`, { session: customer.session })).status, 403);
});

test('no value of a credential is in the audit, the explanations, the log, an error or any stored row', async () => {
  const lines: string[] = [];
  const services = await testServices({ settings: { port: await freePort() } });
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const node = await startNode({ ...services, log }, services.config.port);
  const own = { ...node, services };
  try {
    const admin = await makePerson(own, await makeTenant(services, true), 'global-administrator');
    const secrets = [testPassword, admin.session];
    const answers: string[] = [];
    const token = await makeToken(own, admin);
    const rotated = await own.request(`/management/v1/api-tokens/${token.id}/rotate`, {
      session: admin.session,
      body: { overlapSeconds: 60 },
    });
    const agent = await own.request('/management/v1/agents', {
      session: admin.session,
      body: { kind: 'siem-agent', name: 'a' },
    });
    secrets.push(
      token.value,
      rotated.json<{ value: string }>().value,
      agent.json<{ value: string }>().value,
      await signIn(own, admin.user),
    );
    for (const secret of secrets) {
      for (const options of [
        { token: secret },
        { token: `${secret}x` },
        { session: secret },
        { session: `${secret}x` },
        { headers: { cookie: `__Host-sallyport-session=${secret}` } },
      ]) {
        answers.push(
          (await own.request('/management/v1/users', options)).text,
          (await own.request(activities, options)).text,
        );
      }
      answers.push(
        (
          await own.request('/management/v1/sessions', {
            body: `{"userName":"a@b.example","password":${secret}`,
            headers: { 'content-type': 'application/json' },
          })
        ).text,
      );
      answers.push(
        (
          await own.request('/management/v1/sessions', {
            body: { userName: 'a@b.example', password: secret, client: 'cli' },
          })
        ).text,
      );
      answers.push(
        (await own.request('/management/v1/sessions', { body: { userName: 'a@b.example', password: { secret } } }))
          .text,
      );
    }
    await node.stop();
    const tables = [
      'auditRecords',
      'explanations',
      'apiTokens',
      'apiTokenValues',
      'agents',
      'sessions',
      'users',
    ] as const;
    const rows = await Promise.all(tables.map((table) => services.store.db.selectFrom(table).selectAll().execute()));
    const everything = JSON.stringify([rows, lines, answers.filter((text) => !text.includes('"permissions"'))]);
    for (const secret of secrets)
      assert.ok(!everything.includes(secret) && !everything.includes(secret.slice(6, 22)), secret.slice(0, 6));
    assert.ok(everything.includes('access.refuse'));
  } finally {
    await services.dispose();
  }
});
