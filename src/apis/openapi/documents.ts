// An OpenAPI 3.1 document out of what is mounted and how it is described. Nothing in it comes from a tenant: routes,
// schemas, tables of permissions and the texts of the descriptions are the same in every deployment of a version.
import type {
  Credential,
  DescribedAnswer,
  DescribedBody,
  DescribedCall,
  DescribedParameter,
  DescribedSurface,
  Schema,
} from './described.ts';
import { templateOf } from './described.ts';
import { operationIdOf, permissionsFor } from './operations.ts';
import type { MountedRoute } from './routes.ts';
import { SchemaWriter } from './schemas.ts';
import { requirementsFor, securitySchemesFor } from './security.ts';

type Json = Readonly<Record<string, unknown>>;

/** One described call with the routes that serve it; the first is mounted where the description says. */
export interface ServedCall {
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly call: DescribedCall;
  readonly routes: readonly MountedRoute[];
}

export interface Matched {
  readonly served: readonly ServedCall[];
  /** Mounted and described nowhere, described and mounted nowhere: both are empty, which a test holds. */
  readonly undescribed: readonly string[];
  readonly unmounted: readonly string[];
}

/** Which routes serve which described calls. */
export function matchRoutes(surface: DescribedSurface, routes: readonly MountedRoute[]): Matched {
  const mounted = new Map<string, MountedRoute[]>();
  for (const route of routes) {
    const path = surface.pathOf(route.method, route.url);
    if (path === undefined) continue;
    const key = `${route.method} ${path}`;
    mounted.set(key, [...(mounted.get(key) ?? []), route]);
  }
  const served: ServedCall[] = [];
  const unmounted: string[] = [];
  for (const { tag, calls } of surface.groups) {
    for (const [written, call] of Object.entries(calls)) {
      const [method = '', rest = ''] = written.split(' ');
      const path = surface.base + rest;
      const found = mounted.get(`${method} ${path}`);
      if (found) served.push({ key: written, method, path, tag, call, routes: found });
      else unmounted.push(written);
      mounted.delete(`${method} ${path}`);
    }
  }
  return { served, undescribed: [...mounted.keys()], unmounted };
}

/** The document without its servers, which depend on the host that is asked. */
export function makeDocument(surface: DescribedSurface, routes: readonly MountedRoute[], version: string): Json {
  const { served } = matchRoutes(surface, routes);
  const writer = new SchemaWriter(new Map(Object.entries(surface.components).map(([name, schema]) => [schema, name])));
  const problem = { [surface.problem.type]: { schema: writer.write(surface.problem.schema) } };
  const paths: Record<string, Record<string, unknown>> = {};
  const used = new Set<Credential>();
  for (const each of served) {
    for (const credential of each.call.credentials ?? surface.credentials) used.add(credential);
    const item = paths[each.path] ?? {};
    item[each.method.toLowerCase()] = operationOf(surface, each, writer);
    paths[each.path] = item;
  }
  return {
    openapi: '3.1.0',
    info: { title: surface.title, version, description: surface.about },
    tags: surface.groups.map(({ tag, about }) => ({ name: tag, description: about })),
    paths,
    components: {
      schemas: writer.components(),
      responses: { Problem: { description: 'The call was refused or failed.', content: problem } },
      securitySchemes: securitySchemesFor([...used]),
    },
  };
}

function operationOf(surface: DescribedSurface, served: ServedCall, writer: SchemaWriter): Json {
  const { method, path, tag, call, routes } = served;
  const schema = routes[0]?.schema;
  const permissions = permissionsFor(surface, served);
  const shown = surface.shownAt ?? templateOf;
  const alsoAt = routes.map(({ url }) => shown(url)).filter((url) => !isAt(path, url));
  const body = call.body ?? (schema?.body ? { schema: schema.body as Schema } : undefined); // A JSON schema, as all of ours.
  const description = [call.description, permissions?.sentence].filter((part) => part !== undefined).join('\n\n');
  return {
    operationId: operationIdOf(surface.base, method, path),
    tags: [tag],
    summary: call.summary,
    ...(description === '' ? {} : { description }),
    ...(permissions ? { 'x-permissions': permissions.names } : {}),
    ...(alsoAt.length > 0 ? { 'x-also-at': alsoAt } : {}),
    parameters: [
      ...pathParameters(path, call, schema?.params, writer),
      ...queryParameters(call, schema?.querystring, writer),
    ],
    ...(body ? { requestBody: bodyOf(body, writer) } : {}),
    responses: {
      ...answersOf(call, schema?.response, writer),
      '4XX': { $ref: '#/components/responses/Problem' },
      '5XX': { $ref: '#/components/responses/Problem' },
    },
    security: requirementsFor(call.credentials ?? surface.credentials, method),
  };
}

/** Whether the route is mounted at the path itself: names of parameters and a final slash make no difference. */
function isAt(path: string, url: string): boolean {
  const folded = (text: string): string => text.replace(/\{\w+\}/g, '{}').replace(/\/$/, '');
  return folded(path) === folded(url);
}

function pathParameters(path: string, call: DescribedCall, schema: unknown, writer: SchemaWriter): Json[] {
  const { properties } = membersOf(schema);
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: writer.write(call.path?.[name] ?? properties[name] ?? { type: 'string' }),
  }));
}

function queryParameters(call: DescribedCall, schema: unknown, writer: SchemaWriter): Json[] {
  const { properties, required } = membersOf(schema);
  const own = Object.entries(properties).map(([name, each]): [string, DescribedParameter] => [
    name,
    { schema: each, ...(required.includes(name) ? { isRequired: true as const } : {}) },
  ]);
  return [...own, ...Object.entries(call.query ?? {})].map(([name, parameter]) => {
    const { description, isRequired, isJson } = parameter;
    const written = writer.write(parameter.schema);
    return {
      name,
      in: 'query',
      ...(description === undefined ? {} : { description }),
      required: isRequired === true,
      ...(isJson ? { content: { 'application/json': { schema: written } } } : { schema: written }),
    };
  });
}

function membersOf(schema: unknown): { properties: Readonly<Record<string, Schema>>; required: readonly string[] } {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Readonly<Record<string, Schema>>;
    required?: readonly string[];
  }; // The schema of an object, if there is one.
  return { properties, required };
}

function bodyOf(
  { schema, types = ['application/json'], isOptional, description }: DescribedBody,
  writer: SchemaWriter,
) {
  const written = writer.write(schema);
  return {
    ...(description === undefined ? {} : { description }),
    required: isOptional !== true,
    content: Object.fromEntries(types.map((type) => [type, { schema: written }])),
  };
}

function answersOf(call: DescribedCall, response: unknown, writer: SchemaWriter): Json {
  const own = Object.entries((response ?? {}) as Readonly<Record<string, Schema>>); // Schemas by status.
  const answers: [string, DescribedAnswer][] = [
    ...own.map(([status, schema]): [string, DescribedAnswer] => [status, answerOf(schema)]),
    ...Object.entries(call.answers ?? {}),
  ];
  return Object.fromEntries(
    answers.map(([status, { description, schema, type = 'application/json' }]) => [
      status,
      { description, ...(schema ? { content: { [type]: { schema: writer.write(schema) } } } : {}) },
    ]),
  );
}

/** A status whose schema is that of nothing has no body. */
function answerOf(schema: Schema): DescribedAnswer {
  if (schema.type === 'null' || schema.type === 'undefined') return { description: 'Done. There is no body.' };
  return { description: 'The answer.', schema };
}
