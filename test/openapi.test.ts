// The OpenAPI documents: everything that is mounted is described and the other way round, they are valid, everybody may
// read them, and nothing of a tenant is in them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { permissionNames } from '../src/access/permissions.ts';
import { matchRoutes } from '../src/apis/openapi/documents.ts';
import { describedSurface, surfaceNames } from '../src/apis/openapi/surfaces.ts';
import { endpointPermissions } from '../src/applications/endpoint-permissions.ts';
import { version } from '../src/version.ts';
import { makeTenant } from './support/accounts.ts';
import { documentOf, mountedRoutes, type OpenApiDocument, operationsOf } from './support/openapi.ts';
import { makePerson, startTestServer, type TestServer } from './support/server.ts';

const bytesMax = 600_000;
const summaryLengthMax = 110;

let server: TestServer;
const documents = new Map<string, OpenApiDocument>();
before(async () => {
  server = await startTestServer();
  for (const name of surfaceNames) documents.set(name, await documentOf(server, name));
});
after(() => server.dispose());

const get = (name: string): OpenApiDocument => {
  const found = documents.get(name);
  assert.ok(found);
  return found;
};

/** Pages, files of pages, and what the operator of a server asks: no API of a surface. */
const noApi =
  /^\/(?:$|healthz$|readyz$|metrics$|openapi|setup|portal|assets|favicon|sign-in\/|error$|common\/oauth2\/(?:deviceauth|nativeclient)$|discovery-files\/|\*|[\w.-]+\.(?:svg|css|js|png|ico|txt|webmanifest)$)/;

describe('every call', () => {
  test('that is mounted is described, and every described one is mounted', async () => {
    const routes = await mountedRoutes();
    assert.ok(routes.length > 500);
    for (const name of surfaceNames) {
      const { undescribed, unmounted } = matchRoutes(await describedSurface(name), routes);
      assert.deepEqual(
        { undescribed, unmounted },
        { undescribed: [], unmounted: [] },
        `Write a summary into src/apis/${name}/described*.ts, or take the row out.`,
      );
    }
  });

  test('belongs to a surface, or is known to be no API', async () => {
    const surfaces = await Promise.all(surfaceNames.map(describedSurface));
    const strange = (await mountedRoutes())
      .filter(({ method, url }) => surfaces.every((surface) => surface.pathOf(method, url) === undefined))
      .filter(({ url }) => !noApi.test(url))
      .map(({ method, url }) => `${method} ${url}`);
    assert.deepEqual(strange, [], 'Give the surface a document, or add what it is to noApi of this test.');
  });

  test('has a summary of one line, a known noun, an answer, and a name of its own', () => {
    for (const name of surfaceNames) {
      const document = get(name);
      const tags = document.tags.map((tag) => tag.name);
      const ids = operationsOf(document).map(({ operation }) => operation.operationId);
      assert.equal(new Set(ids).size, ids.length, `${name}: two operations have one name`);
      for (const { method, path, operation } of operationsOf(document)) {
        const where = `${name} ${method} ${path}`;
        assert.match(operation.summary, /^[A-Z][^\n]+[^.\s]$/, where);
        assert.ok(operation.summary.length <= summaryLengthMax, where);
        assert.match(operation.operationId, /^[a-z][A-Za-z0-9]+$/, where);
        assert.equal(operation.tags.filter((tag) => tags.includes(tag)).length, 1, where);
        assert.ok(
          Object.keys(operation.responses).some((status) => /^[23]\d\d$/.test(status)),
          `${where} has no answer`,
        );
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, each]) => each);
        const described = operation.parameters.filter((each) => each.in === 'path').map((each) => each.name);
        assert.deepEqual(described, inPath, where);
      }
    }
  });

  test('names permissions that there are', () => {
    const known = new Set<string>([
      ...permissionNames,
      ...endpointPermissions().flatMap(({ application, delegated }) => [...application, ...delegated]),
    ]);
    for (const name of surfaceNames) {
      for (const { path, operation } of operationsOf(get(name))) {
        const { person = [], application = [], delegated = [] } = operation['x-permissions'] ?? {};
        for (const each of [...person, ...application, ...delegated]) {
          assert.ok(known.has(each), `${path}: ${each}`);
          assert.ok(operation.description?.includes(`\`${each}\``), `${path} does not say ${each} in words`);
        }
      }
    }
  });

  test('that apps can make tells their permissions', () => {
    for (const { surface, method, path, application } of endpointPermissions()) {
      if (/^\/api\/(?:subnet|discovery|discovery_block_scripts)\//.test(path)) continue;
      const shape = (text: string): string => text.replace(/\{\w+\}/g, '{}');
      const listed = operationsOf(get(surface)).find(
        (each) =>
          each.method === method &&
          shape(each.path) === shape(path.replace(/\/microsoft\.graph\.security\.(?=agg)/, '/')),
      );
      // What two sources spell differently is described once.
      if (!listed && /\/(?:ipAddresses|devices)$/.test(path)) continue;
      assert.deepEqual(listed?.operation['x-permissions']?.application, application, `${method} ${path}`);
    }
  });
});

describe('the documents', () => {
  test('are valid OpenAPI 3.1 and bounded', async () => {
    for (const name of surfaceNames) {
      const answer = await server.request(`/openapi/${name}.json`);
      assert.ok(answer.text.length < bytesMax, `${name} has ${answer.text.length} bytes`);
      const validator = new Validator();
      const { valid, errors } = await validator.validate(answer.json());
      assert.ok(valid, `${name}: ${JSON.stringify(errors)?.slice(0, 2000)}`);
      assert.equal(validator.version, '3.1');
      assert.equal(get(name).info.version, version);
    }
  });

  test('have schemas of plain JSON schema', () => {
    for (const name of surfaceNames) {
      const document = get(name);
      for (const [where, schema] of schemasOf(document)) {
        for (const [keyword, value] of Object.entries(schema)) {
          assert.ok(keywords[keyword]?.(value), `${name} ${where}: ${keyword} ${JSON.stringify(value)?.slice(0, 100)}`);
        }
      }
    }
  });

  test('refer to what is there, and have nothing that nobody refers to', () => {
    for (const name of surfaceNames) {
      const document = get(name);
      const text = JSON.stringify(document);
      const referred = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, each]) => each ?? ''));
      assert.deepEqual([...referred].sort(), Object.keys(document.components.schemas).sort(), name);
      const schemes = operationsOf(document).flatMap(({ operation }) => operation.security.flatMap(Object.keys));
      assert.deepEqual([...new Set(schemes)].sort(), Object.keys(document.components.securitySchemes).sort(), name);
    }
  });

  test('are listed, sent to everybody, and not sent again to who has them', async () => {
    const list = await server.request('/openapi');
    const { documents: listed } = list.json<{ documents: { surface: string; title: string; url: string }[] }>();
    assert.deepEqual(
      listed.map(({ surface }) => surface),
      [...surfaceNames],
    );
    for (const { surface, url, title } of listed) {
      assert.equal(url, `${server.url}/openapi/${surface}.json`);
      assert.equal(title, get(surface).info.title);
      const first = await server.request(new URL(url).pathname);
      assert.match(String(first.headers['content-type']), /^application\/json/);
      assert.match(String(first.headers['cache-control']), /^public, max-age=\d+$/);
      const { etag } = first.headers;
      const again = await server.request(new URL(url).pathname, { headers: { 'if-none-match': `W/${etag}, "other"` } });
      assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag]);
      const other = await server.request(new URL(url).pathname, { headers: { 'if-none-match': '"other"' } });
      assert.equal(other.status, 200);
      assert.equal((await server.request(new URL(url).pathname, { method: 'HEAD' })).status, 200);
    }
  });

  test('of unknown surfaces are 404, whatever is asked', async () => {
    for (const path of [
      '/openapi/nothing.json',
      '/openapi/management',
      '/openapi/.json',
      '/openapi/__proto__.json',
      '/openapi/a/b',
    ]) {
      const answer = await server.request(path);
      assert.equal(answer.status, 404, path);
      assert.equal(typeof answer.json().detail, 'string');
    }
  });

  test('name hosts of ours only, and nothing of a tenant', async () => {
    const tenant = await makeTenant(server.services);
    const { user } = await makePerson(server, tenant, 'global-administrator');
    for (const name of surfaceNames) {
      assert.deepEqual(
        get(name).servers.map(({ url }) => url),
        [server.url],
      );
      const host = server.tenantHost(tenant.slug);
      const own = await server.request(`/openapi/${name}.json`, { host });
      const { servers, ...rest } = own.json<OpenApiDocument>();
      assert.deepEqual(
        servers.map(({ url }) => url),
        [`https://${host}`, server.url],
      );
      const { servers: _generic, ...generic } = get(name);
      assert.deepEqual(rest, generic);
      const text = JSON.stringify(rest);
      for (const secret of [tenant.id, tenant.slug, tenant.displayName, user.userName, user.id, 'localhost']) {
        assert.ok(!text.includes(secret), `${name} tells ${secret}`);
      }
      const foreign = await server.request(`/openapi/${name}.json`, { host: 'attacker.example' });
      assert.equal(foreign.status, 421);
      assert.ok(!foreign.text.includes('attacker.example'));
    }
  });
});

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isInteger(value);
const isSchema = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOf = (is: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every(is);

/** The keywords that our schemas have, and what each takes (JSON schema 2020-12). */
const keywords: Readonly<Record<string, (value: unknown) => boolean>> = {
  $ref: isText,
  type: (value) => [value].flat().every((each) => types.includes(String(each))),
  properties: isSchema,
  required: isListOf(isText),
  items: isSchema,
  additionalProperties: (value) => typeof value === 'boolean' || isSchema(value),
  anyOf: isListOf(isSchema),
  allOf: isListOf(isSchema),
  enum: isListOf((value) => typeof value !== 'object'),
  const: (value) => typeof value !== 'object',
  default: () => true,
  description: isText,
  format: isText,
  pattern: (value) => isText(value) && new RegExp(String(value), 'u') !== null,
  minimum: Number.isFinite,
  maximum: Number.isFinite,
  exclusiveMinimum: Number.isFinite,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  minProperties: isCount,
  maxProperties: isCount,
  uniqueItems: (value) => typeof value === 'boolean',
};

/** Every schema of the document, the inner ones included, with where it stands. */
function schemasOf(document: OpenApiDocument): [string, Record<string, unknown>][] {
  const found: [string, Record<string, unknown>][] = [];
  const visit = (where: string, value: unknown, isIn: boolean): void => {
    if (Array.isArray(value)) for (const each of value) visit(where, each, isIn);
    if (!isSchema(value)) return;
    const members = value as Record<string, unknown>; // As isSchema says.
    if (isIn) found.push([where, members]);
    for (const [key, each] of Object.entries(members)) {
      const path = `${where}/${key}`;
      if (isIn && key === 'properties') for (const one of Object.values(each as object)) visit(path, one, true);
      else if (isIn && ['items', 'anyOf', 'allOf', 'additionalProperties'].includes(key)) visit(path, each, true);
      else if (!isIn) visit(path, each, key === 'schema');
    }
  };
  visit('', document.paths, false);
  for (const [name, schema] of Object.entries(document.components.schemas)) visit(name, schema, true);
  return found;
}
