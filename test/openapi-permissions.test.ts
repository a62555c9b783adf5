// What the documents say of permissions and credentials, proved by refusals: whoever has no role is refused each call that is
// said to need a permission of a person, by that very name; a call that is said to take API tokens does, and no other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isPermission } from '../src/access/permissions.ts';
import { surfaceNames } from '../src/apis/openapi/surfaces.ts';
import { type BuiltInRole, builtInRoles } from '../src/directory/role-table.ts';
import type { Tenant } from '../src/directory/tenants.ts';
import { makeTenant } from './support/accounts.ts';
import { documentOf, type Listed, type OpenApiDocument, operationsOf, sampleOf } from './support/openapi.ts';
import {
  type Answer,
  makePerson,
  makeToken,
  type RequestOptions,
  startTestServer,
  type TestServer,
} from './support/server.ts';

const many = 1_000_000;

let server: TestServer;
let tenant: Tenant;
before(async () => {
  const settings = {
    sessionRequestsPerMinute: many,
    tenantRequestsPerMinute: many,
    endpointCallsPerMinute: many,
    huntingQueriesPerMinute: many,
  };
  server = await startTestServer({ settings });
  tenant = await makeTenant(server.services);
});
after(() => server.dispose());

const guid = '00000000-0000-4000-8000-000000000000';

/** Values that are read before the permission is asked, where any text would be refused as no such value. */
const parameters: Readonly<Record<string, string>> = {
  period: "duration'P90D'",
  appId: '1',
  type: 'AUDIT',
};
const queries: Readonly<Record<string, string>> = {
  'GET /management/v1/discovery/block-script': '?format=120',
};
const bodies: Readonly<Record<string, unknown>> = {
  'POST /management/v1/ingest/activities': '{}',
  'POST /api/v1/activities/{pk}/feedback/': { feedbackValue: 'ok' },
  'POST /api/v1/discovery/upload_url/': { filename: 'log.txt', source: 'SQUID' },
  // With a displayName they make one, which needs more.
  'POST /api/v1/discovery/data_sources/': {},
  'POST /api/v1/discovery/continuous_reports/': {},
  'POST /api/v1/discovery/data_sources/{id}/': { displayName: 'Proxies', logType: 'SQUID' },
  'PUT /api/v1/discovery/data_sources/{id}/': { displayName: 'Proxies', logType: 'SQUID' },
  'POST /api/v1/discovery/discovery_app/update_app_note/': { appId: 1, note: 'x' },
  'POST /api/v1/discovery/discovery_app/update_score/': { appId: 1, score: 5 },
  'PATCH /api/incidents/{id}': { status: 'Resolved' },
  'PATCH /api/alerts/{id}': { status: 'Resolved' },
  'POST /api/alerts/batchUpdate': { alertIds: ['x'], status: 'Resolved' },
  'PATCH /v1.0/security/incidents/{id}': { status: 'resolved' },
  'POST /v1.0/security/incidents/mergeIncidents': { incidentIds: ['1', '2'] },
  'PATCH /v1.0/security/alerts_v2/{id}': { status: 'resolved' },
  'POST /v1.0/security/alerts_v2/moveAlerts': { alertIds: ['x'] },
};
const selection = { filters: { id: { eq: ['000000000000000000000000'] } } };

interface Asked {
  readonly path: string;
  readonly options: RequestOptions;
}

/** The call with the least in it that its description asks for. */
function askedOf(document: OpenApiDocument, { method, path, operation }: Listed): Asked {
  const key = `${method} ${path}`;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = operation.parameters.find((each) => each.in === 'path' && each.name === name)?.schema ?? {};
    if (/\/incidents\/\{id\}/.test(path)) return '1';
    const isBounded = 'pattern' in schema || 'enum' in schema || schema.type === 'integer';
    const found = parameters[name] ?? (isBounded ? String(sampleOf(document, schema)) : guid);
    return encodeURIComponent(/reports\/\{id\}/.test(path) && name === 'id' ? 'global' : found);
  });
  const content = Object.entries(operation.requestBody?.content ?? {})[0];
  const isClosing = content && /"filters"/.test(JSON.stringify(content[1].schema)) && /\/alerts\//.test(path);
  const body = bodies[key] ?? (isClosing ? selection : content && sampleOf(document, content[1].schema));
  const headers =
    content && content[0] !== 'application/json' && typeof body === 'string' ? { 'content-type': content[0] } : {};
  const given = operation.parameters.filter((each) => each.in === 'query' && each.required);
  const texts = given.map(({ name, schema }) => `${name}=${encodeURIComponent(String(sampleOf(document, schema)))}`);
  const query = queries[key] ?? (texts.length > 0 ? `?${texts.join('&')}` : '');
  return { path: filled + query, options: { method, ...(body === undefined ? {} : { body }), headers } };
}

/** Looked at before what the call is about is changed; the described permission brings it along. */
const firstAsked: Readonly<Record<string, string>> = {
  'DELETE /api/v1/discovery/app_tags/{tag}/': 'Discovery.read',
};

function refusalOf(answer: Answer): string {
  const { detail, error } = answer.json<{ detail?: string; error?: { message?: string } }>();
  return `${answer.status} ${detail ?? error?.message ?? ''}`;
}

test('whoever has no role is refused by the permission that is described', async () => {
  const { session } = await makePerson(server, tenant);
  const faults: string[] = [];
  let proved = 0;
  for (const name of surfaceNames) {
    const document = await documentOf(server, name);
    for (const each of operationsOf(document)) {
      const [permission] = each.operation['x-permissions']?.person ?? [];
      if (permission === undefined) continue;
      const { path, options } = askedOf(document, each);
      const answer = await server.request(path, { session, ...options });
      const said = refusalOf(answer);
      const asked = firstAsked[`${each.method} ${each.path}`] ?? permission;
      if (said.startsWith('403') && said.includes(`${asked} is needed.`)) proved++;
      else faults.push(`${each.method} ${each.path} is described with ${permission}: ${said.slice(0, 200)}`);
    }
  }
  assert.deepEqual(
    faults,
    [],
    'Describe a permission only where a refusal names it, or help this test to a call that is let in as far.',
  );
  assert.ok(proved > 250, `only ${proved} were proved`);
});

/** Where one of the permissions that are described opens a part of what the call does. */
const smallest: Readonly<Record<string, unknown>> = {
  'POST /management/v1/policies': { type: 'NEW_SERVICE', name: 'Of apps' },
};

/** Roles that reach the whole tenant, one of each set of permissions. */
function distinctRoles(): BuiltInRole[] {
  const whole = builtInRoles.filter(({ scopedBy }) => scopedBy === 'nothing');
  return [...new Map(whole.map((role) => [[...role.permissions].sort().join(), role])).values()];
}

test('whoever has one of the permissions that are described is let in, and whoever has none of them is not', async () => {
  const faults: string[] = [];
  for (const role of distinctRoles()) {
    // In a tenant of its own, because what is let in changes it; the operator's, where permissions reach furthest.
    const own = await makeTenant(server.services, role.permissions.has('Tenants.manage'));
    const { session } = await makePerson(server, own, role.key);
    for (const name of ['management', 'cloud-apps'] as const) {
      const document = await documentOf(server, name);
      for (const each of operationsOf(document)) {
        const described = each.operation['x-permissions']?.person ?? [];
        if (described.length === 0) continue;
        const key = `${each.method} ${each.path}`;
        const { path, options } = askedOf(document, each);
        const body = key in smallest ? { body: smallest[key] } : {};
        const answer = await server.request(path, { session, ...options, ...body });
        const said = answer.status === 403 ? refusalOf(answer) : String(answer.status);
        const isLetIn = !said.endsWith(' is needed.');
        const should = described.some((permission) => isPermission(permission) && role.permissions.has(permission));
        if (isLetIn !== should) faults.push(`${role.key}: ${key} (${described}): ${said.slice(0, 150)}`);
      }
    }
  }
  assert.deepEqual(faults, [], 'Describe every permission that opens a call, and no other.');
});

test('a management call takes API tokens if it is said to, and only then', async () => {
  const person = await makePerson(server, tenant, 'global-administrator');
  const { value: token } = await makeToken(server, person);
  const document = await documentOf(server, 'management');
  for (const each of operationsOf(document)) {
    if (each.operation.security.length === 0) continue;
    const { path, options } = askedOf(document, each);
    const answer = await server.request(path, { token, ...options });
    const isRefused = answer.status === 403 && answer.json().code === 'wrong-credential-kind';
    const takesTokens = each.operation.security.some((way) => 'apiToken' in way);
    // A body may be refused before anybody is asked who they are.
    if (answer.status !== 400)
      assert.equal(isRefused, !takesTokens, `${each.method} ${each.path}: ${answer.text.slice(0, 200)}`);
  }
});

test('what is open to everybody needs no credential, and nothing else is', async () => {
  for (const name of ['management', 'cloud-apps', 'defender', 'graph'] as const) {
    const document = await documentOf(server, name);
    for (const each of operationsOf(document)) {
      const { path, options } = askedOf(document, each);
      const answer = await server.request(path, options);
      const isOpen = each.operation.security.length === 0;
      const isAsked = answer.status === 401 && !/sign-in-failed/.test(answer.text);
      if (answer.status !== 400)
        assert.equal(isAsked, !isOpen, `${each.method} ${each.path}: ${answer.text.slice(0, 200)}`);
    }
  }
});
