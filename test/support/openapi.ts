// What tests of the OpenAPI documents share: what a server mounts, the documents as it sends them, and values that fit.
import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';
import { Compile } from 'typebox/schema';
import { collectRoutes, type MountedRoute } from '../../src/apis/openapi/routes.ts';
import { buildServer } from '../../src/server.ts';
import type { TestServer } from './server.ts';
import { testServices } from './services.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Operation extends Json {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly description?: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema?: Json;
  }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Json }>>;
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
  readonly security: readonly Json[];
  readonly 'x-permissions'?: {
    readonly person?: readonly string[];
    readonly application?: readonly string[];
    readonly delegated?: readonly string[];
  };
}

export interface OpenApiDocument extends Json {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly securitySchemes: Readonly<Record<string, Json>>;
  };
}

/** Every route of a server, as it is built. */
export async function mountedRoutes(): Promise<readonly MountedRoute[]> {
  const found: (readonly MountedRoute[])[] = [];
  const collect = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance }; // What Fastify publishes.
    found.push(collectRoutes(fastify));
  };
  diagnostics.subscribe('fastify.initialization', collect);
  const services = await testServices();
  try {
    const app = await buildServer(services);
    await app.close();
  } finally {
    diagnostics.unsubscribe('fastify.initialization', collect);
    await services.dispose();
  }
  assert.equal(found.length, 1);
  return found[0] ?? [];
}

export async function documentOf(server: Pick<TestServer, 'request'>, surface: string): Promise<OpenApiDocument> {
  const answer = await server.request(`/openapi/${surface}.json`);
  assert.equal(answer.status, 200, answer.text.slice(0, 500));
  return answer.json<OpenApiDocument>();
}

export interface Listed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function operationsOf({ paths }: OpenApiDocument): Listed[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** The schema with what it refers to in its place. */
export function resolved(document: OpenApiDocument, schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((each) => resolved(document, each));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref } = schema as { $ref?: unknown };
  if (typeof $ref === 'string') {
    const name = $ref.slice('#/components/schemas/'.length);
    const found = document.components.schemas[name];
    assert.ok(found, `${$ref} is not there`);
    return resolved(document, found);
  }
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, resolved(document, value)]));
}

/** What is wrong with the value, in the words of the validator; empty when it fits. */
export function problemsOf(document: OpenApiDocument, schema: Json, value: unknown): string[] {
  const compiled = Compile(resolved(document, schema) as Json); // A schema, with its references resolved.
  if (compiled.Check(value)) return [];
  return compiled
    .Errors(value)[1]
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

/** A value that fits the schema, with no more in it than has to be. */
export function sampleOf(document: OpenApiDocument, given: unknown): unknown {
  const schema = resolved(document, given) as Record<string, unknown>; // A schema, as the document has it.
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if ('default' in schema) return schema.default;
  if (Array.isArray(schema.anyOf)) return sampleOf(document, schema.anyOf[0]);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return sampleObject(document, schema);
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, (_, index) =>
        numbered(sampleOf(document, schema.items), index),
      );
    case 'string':
      return 'x'.repeat(Math.max(1, Number(schema.minLength ?? 1)));
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return false;
    default:
      return null;
  }
}

/** Items of a list are told apart. */
function numbered(value: unknown, index: number): unknown {
  return typeof value === 'number' ? value + index : value;
}

function sampleObject(document: OpenApiDocument, schema: Record<string, unknown>): Json {
  const properties = Object.entries((schema.properties ?? {}) as Readonly<Record<string, unknown>>); // Schemas by name.
  const required = (schema.required ?? []) as readonly string[]; // Names.
  const wanted = properties.filter(([name]) => required.includes(name));
  const least = Number(schema.minProperties ?? 0);
  const all = wanted.length < least ? properties.slice(0, least) : wanted;
  return Object.fromEntries(all.map(([name, each]) => [name, sampleOf(document, each)]));
}
