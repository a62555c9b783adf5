// The documents against a server with data: no path of theirs is unknown, and what reading calls answer fits the schemas
// that they describe.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { surfaceNames } from '../src/apis/openapi/surfaces.ts';
import { seedDemo } from '../src/demo/seed.ts';
import { findTenant } from '../src/directory/tenants.ts';
import { followEverything } from '../src/running/followers.ts';
import {
  documentOf,
  type Listed,
  type OpenApiDocument,
  operationsOf,
  problemsOf,
  sampleOf,
} from './support/openapi.ts';
import { type Answer, makePerson, startTestServer, type TestServer } from './support/server.ts';

const many = 1_000_000;

let server: TestServer;
let session: string;
const documents = new Map<string, OpenApiDocument>();
before(async () => {
  const settings = {
    sessionRequestsPerMinute: many,
    endpointCallsPerMinute: 10_000,
    incidentListsPerMinute: 10_000,
    incidentReadsPerMinute: 10_000,
  };
  server = await startTestServer({ settings });
  await seedDemo(server.services, () => {});
  const following = followEverything(server.services);
  await following.settled();
  await following.stop();
  const tenant = await findTenant(server.services.store.db, 'contoso');
  assert.ok(tenant);
  ({ session } = await makePerson(server, tenant, 'global-administrator'));
  for (const name of surfaceNames) documents.set(name, await documentOf(server, name));
});
after(() => server.dispose());

const listed = (): (Listed & { readonly surface: string; readonly document: OpenApiDocument })[] =>
  [...documents].flatMap(([surface, document]) =>
    operationsOf(document).map((each) => ({ ...each, surface, document })),
  );

/** The parts of a path that are known without having read anything. */
function known(path: string): string {
  return path
    .replace('{tenant}', 'contoso.example')
    .replace('{period}', "duration'P90D'")
    .replace('/reports/{id}', '/reports/global');
}

function queryOf({ operation, document }: Described): string {
  const given = operation.parameters.filter((each) => each.in === 'query' && each.required);
  const texts = given.map(({ name, schema }) => `${name}=${encodeURIComponent(String(sampleOf(document, schema)))}`);
  return texts.length === 0 ? '' : `?${texts.join('&')}`;
}

type Described = ReturnType<typeof listed>[number];

/** What a surface says of a path that it does not have; of a thing that was never made, it says something else. */
const unknownPath = /There is no \/|Resource not found for|"Not found\."|There is no such endpoint/;

/** What is wrong with an answer, by the document; empty when it is as described. */
function faultsOf({ document, operation, method, path }: Described, answer: Answer): string[] {
  if (answer.status === 404 && !unknownPath.test(answer.text)) return [];
  const where = `${method} ${path} (${answer.status}, ${answer.text.slice(0, 300)})`;
  const described = operation.responses[String(answer.status)];
  if (!described) return [`${where}: the status is not described`];
  const [type = '', content] = Object.entries(described.content ?? {})[0] ?? [];
  const sent = String(answer.headers['content-type'] ?? '');
  if (!sent.startsWith(type)) return [`${where}: it is ${sent}`];
  if (type !== 'application/json' || !content) return [];
  return problemsOf(document, content.schema, answer.json())
    .slice(0, 5)
    .map((problem) => `${where}: ${problem}`);
}

function isReadByPeople({ method, operation }: Described): boolean {
  const isForAgents = Object.keys(operation.security[0] ?? {}).some((name) => /AgentToken|CollectorToken/.test(name));
  const isPage = Object.values(operation.responses).some(({ content }) => content?.['text/html']);
  // What is read by POST as well has a body that need not be there.
  const isRead = method === 'GET' || (method === 'POST' && operation.requestBody?.required === false);
  return isRead && !isForAgents && !isPage;
}

/** Takes a parameter that has to be one of the caller's own, or a token that people do not have. */
const notForThis = new Set([
  'GET /common/discovery/instance',
  'GET /management/v1/discovery/block-script',
  'GET /api/v1/discovery/upload_url/',
  ...['GET', 'POST'].flatMap((method) => [`${method} /oidc/userinfo`, `${method} /{tenant}/openid/userinfo`]),
]);

test('what is read without a parameter of its own fits its description', async () => {
  const faults: string[] = [];
  let checked = 0;
  for (const each of listed()) {
    const { method, path } = each;
    if (!isReadByPeople(each) || known(path).includes('{') || notForThis.has(`${method} ${path}`)) continue;
    const answer = await server.request(known(path) + queryOf(each), { method, session });
    faults.push(...faultsOf(each, answer));
    checked++;
  }
  assert.deepEqual(faults, []);
  assert.ok(checked > 110, `only ${checked} were looked at`);
});

/** Where the id of the first of a list is. */
const idMembers = ['_id', 'id', 'incidentId', 'alertId', 'ref', 'alias', 'appId', 'name', 'correlationId'];

function firstId(answer: Answer, parameter: string): string | undefined {
  const body = answer.json<Record<string, unknown>>();
  const items = [body.data, body.items, body.value].find(Array.isArray) as Record<string, unknown>[] | undefined; // As the lists send.
  const [first] = items ?? [];
  const member = [parameter, ...idMembers].find((name) => first?.[name] !== undefined && first[name] !== null);
  return member === undefined ? undefined : String(first?.[member]);
}

test('what is read by the id of the first of a list fits its description', async () => {
  const faults: string[] = [];
  let checked = 0;
  const all = listed();
  for (const each of all) {
    const path = known(each.path);
    const [, base, parameter = ''] = /^([^{}]*)\/\{(\w+)\}(?:\/[^{}]*)?$/.exec(path) ?? [];
    if (each.method !== 'GET' || !isReadByPeople(each) || base === undefined || each.surface === 'entra') continue;
    if (!all.some(({ method, path: list }) => method === 'GET' && known(list).replace(/\/$/, '') === base)) continue;
    const list = await server.request(base, { session });
    const id = list.status === 200 ? firstId(list, parameter) : undefined;
    if (id === undefined) continue;
    const answer = await server.request(path.replace(`{${parameter}}`, encodeURIComponent(id)) + queryOf(each), {
      session,
    });
    faults.push(...faultsOf(each, answer));
    checked++;
  }
  assert.deepEqual(faults, []);
  assert.ok(checked > 40, `only ${checked} were looked at`);
});

test('no call without parameters is unknown to the server', async () => {
  for (const { method, path } of listed()) {
    if (known(path).includes('{') || /\/session$|\/sign-out$/.test(path)) continue;
    const answer = await server.request(known(path), { method, session });
    assert.ok(
      answer.status !== 404 || !unknownPath.test(answer.text),
      `${method} ${path}: ${answer.text.slice(0, 200)}`,
    );
    assert.notEqual(answer.status, 405, `${method} ${path}`);
    assert.notEqual(answer.status, 500, `${method} ${path}: ${answer.text.slice(0, 200)}`);
  }
});

test('an error fits its description on every surface', async () => {
  const calls = {
    management: '/management/v1/incidents/999999',
    'cloud-apps': '/api/v1/alerts/000000000000000000000000/',
    defender: '/api/incidents/999999',
    graph: '/v1.0/security/incidents/999999',
    entra: '/nowhere.example/v2.0/.well-known/openid-configuration',
  } as const;
  for (const [surface, path] of Object.entries(calls)) {
    const document = documents.get(surface);
    assert.ok(document);
    const answer = await server.request(path, { session });
    assert.ok(answer.status >= 400, path);
    const { content = {} } = (
      document.components as unknown as {
        responses: { Problem: { content?: Record<string, { schema: Record<string, unknown> }> } };
      }
    ).responses.Problem; // As documents.ts writes it.
    const [type = '', problem] = Object.entries(content)[0] ?? [];
    assert.ok(String(answer.headers['content-type']).startsWith(type), surface);
    assert.deepEqual(problemsOf(document, problem?.schema ?? {}, answer.json()), [], answer.text);
  }
});
