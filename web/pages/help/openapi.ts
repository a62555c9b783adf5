// OpenAPI 3.1 documents of this server, as far as the documentation page reads them.
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly additionalProperties?: boolean | Schema;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
  /** In the place of `schema` where the value is JSON text. */
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

export interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface OperationObject {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
  };
  readonly responses?: Readonly<Record<string, Answer>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly 'x-permissions'?: Readonly<Partial<Record<PermissionKind, readonly string[]>>>;
  readonly 'x-also-at'?: readonly string[];
}

export const permissionKinds = ['person', 'application', 'delegated'] as const;
type PermissionKind = (typeof permissionKinds)[number];

export interface ApiDocument {
  readonly info: { readonly title: string; readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components?: {
    readonly schemas?: Readonly<Record<string, Schema>>;
    readonly responses?: Readonly<Record<string, Answer>>;
  };
}

export interface Operation extends OperationObject {
  readonly key: string;
  /** In capitals. */
  readonly method: string;
  readonly path: string;
}

export interface Surface {
  readonly surface: string;
  readonly title: string;
}

export const surfacesQuery = queryOptions({
  queryKey: ['openapi'],
  queryFn: ({ signal }) => call<{ documents: readonly Surface[] }>('/openapi', { signal }),
  staleTime: 300_000,
});

export const documentQuery = (surface: string) =>
  queryOptions({
    queryKey: ['openapi', surface],
    queryFn: ({ signal }) => call<ApiDocument>(`/openapi/${encodeURIComponent(surface)}.json`, { signal }),
    staleTime: 300_000,
  });

const methods = ['get', 'post', 'put', 'patch', 'delete'];

export interface Group {
  readonly name: string;
  readonly about: string;
  readonly operations: readonly Operation[];
}

/** The calls whose path, summary, tag or permissions contain every word that was typed, by tag in the document's order. */
export function groupsOf(document: ApiDocument, typed: string): Group[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const found = item[method];
      return found ? [{ ...found, key: `${method} ${path}`, method: method.toUpperCase(), path }] : [];
    }),
  );
  const wanted = operations.filter((operation) => {
    const text = textOf(operation);
    return words.every((word) => text.includes(word));
  });
  const names = [...new Set([...(document.tags ?? []).map(({ name }) => name), ...wanted.flatMap(tagsOf)])];
  return names
    .map((name) => ({
      name,
      about: document.tags?.find((tag) => tag.name === name)?.description ?? '',
      operations: wanted.filter((operation) => tagsOf(operation)[0] === name),
    }))
    .filter((group) => group.operations.length > 0);
}

function tagsOf({ tags }: Operation): readonly string[] {
  return tags && tags.length > 0 ? tags : ['–'];
}

function textOf({ method, path, summary, tags, ...rest }: Operation): string {
  const permissions = Object.values(rest['x-permissions'] ?? {}).flat();
  return [method, path, summary ?? '', ...(tags ?? []), ...permissions, ...(rest['x-also-at'] ?? [])]
    .join(' ')
    .toLowerCase();
}

/** The portal's session is enough for this call. */
export function takesSession({ security }: Operation): boolean {
  return security?.some((way) => 'sessionCookie' in way) ?? false;
}

/** The schema behind a reference, with the name that it goes by. */
export function resolve(document: ApiDocument, schema: Schema): { schema: Schema; name?: string } {
  const name = schema.$ref?.split('/').at(-1);
  if (name === undefined) return { schema };
  return { schema: document.components?.schemas?.[name] ?? {}, name };
}

export function resolveAnswer(document: ApiDocument, answer: Answer): Answer {
  const name = answer.$ref?.split('/').at(-1);
  return name === undefined ? answer : (document.components?.responses?.[name] ?? {});
}

/** What it holds in a word or two: "string", "array of Token", "one of: asc, desc". */
export function typeOf(document: ApiDocument, given: Schema): string {
  const { schema, name } = resolve(document, given);
  if (name !== undefined) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(' | ');
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return either.map((each) => typeOf(document, each)).join(' | ');
  if (schema.items) return `array<${typeOf(document, schema.items)}>`;
  return schema.type === undefined ? 'any' : [schema.type].flat().join(' | ');
}

const exampleDepth = 4;

/** Something of the schema's shape, to begin a body with: what is needed, and of the rest nothing. */
export function exampleOf(document: ApiDocument, given: Schema, depth = 0): unknown {
  const { schema } = resolve(document, given);
  const first = (schema.anyOf ?? schema.oneOf)?.[0];
  if (first) return exampleOf(document, first, depth);
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const type = [schema.type].flat()[0];
  if (type === 'array') return [];
  if (type === 'integer' || type === 'number') return schema.minimum ?? 0;
  if (type === 'boolean') return false;
  if (type === 'string') return '';
  if (schema.properties === undefined || depth >= exampleDepth) return type === 'null' ? null : {};
  const names = schema.required ?? [];
  return Object.fromEntries(
    names.flatMap((name) => {
      const part = schema.properties?.[name];
      return part ? [[name, exampleOf(document, part, depth + 1)]] : [];
    }),
  );
}
