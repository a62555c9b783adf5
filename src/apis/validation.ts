// Checks bodies, queries and paths against their schemas. Bodies are taken as they are: a number where a text belongs is
// an error. Queries and paths are text by nature, so their numbers and flags are read first.
import { createRequire } from 'node:module';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import type { Validator } from 'typebox/schema';
import { InvalidInput } from '../lib/failures.ts';

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: unknown;
  readonly message: string;
}

/** Loaded when the first value is checked (docs/decisions/0008): more files than the rest of a surface together. */
export function loadCompiler(): typeof import('typebox/schema') {
  const load = createRequire(import.meta.url);
  return load('typebox/schema') as typeof import('typebox/schema'); // What the package's own types say.
}

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  // Made when the first request comes: at start it would only delay being ready.
  let compiled: Validator | undefined;
  const isText = httpPart !== 'body';
  const integers = isText ? namesOf(schema, ['integer']) : [];
  const numbers = isText ? namesOf(schema, ['number']) : [];
  const flags = isText ? namesOf(schema, ['boolean']) : [];
  return (input: unknown) => {
    if (httpPart === 'body' && input === undefined)
      return { error: new InvalidInput('body', 'The call needs a JSON body.') };
    const problem = isText ? findNul(input) : undefined;
    if (problem) return { error: problem };
    const value = isText ? readText(input, { integers, numbers, flags }) : input;
    compiled ??= loadCompiler().Compile(schema);
    return compiled.Check(value) ? { value } : { error: clearest(compiled.Errors(value)[1]) };
  };
};

function namesOf(schema: TSchema, types: readonly string[]): string[] {
  const { properties } = schema as { properties?: Readonly<Record<string, { type?: unknown }>> }; // JSON schema of an object.
  return Object.entries(properties ?? {}).flatMap(([name, { type }]) =>
    typeof type === 'string' && types.includes(type) ? [name] : [],
  );
}

interface NamesByType {
  readonly integers: readonly string[];
  readonly numbers: readonly string[];
  readonly flags: readonly string[];
}

const whole = /^-?\d{1,15}$/;
const decimal = /^-?\d{1,15}(?:\.\d{1,6})?$/;

/** The members with those that the schema calls numbers and flags read from their text; what does not read stays text. */
function readText(input: unknown, { integers, numbers, flags }: NamesByType): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const value: Record<string, unknown> = { ...input };
  for (const name of [...integers, ...numbers]) {
    const text = value[name];
    if (typeof text === 'string' && (integers.includes(name) ? whole : decimal).test(text)) value[name] = Number(text);
  }
  for (const name of flags) {
    if (value[name] === 'true' || value[name] === 'false') value[name] = value[name] === 'true';
  }
  return value;
}

function findNul(input: unknown): InvalidInput | undefined {
  for (const [name, value] of Object.entries(input ?? {})) {
    if (typeof value === 'string' && value.includes('\u0000'))
      return new InvalidInput(shown(name), `${shown(name)} contains the character U+0000, which cannot be stored.`);
  }
  return undefined;
}

/** The one error that helps most: an unknown or missing member by its name, else the first. */
function clearest(errors: readonly SchemaError[]): InvalidInput {
  const unknown = errors.find((each) => each.keyword === 'additionalProperties');
  if (unknown)
    return new InvalidInput(
      fieldOf(unknown, 'additionalProperties'),
      `${fieldOf(unknown, 'additionalProperties')} is not known here.`,
    );
  const missing = errors.find((each) => each.keyword === 'required');
  if (missing)
    return new InvalidInput(
      fieldOf(missing, 'requiredProperties'),
      `${fieldOf(missing, 'requiredProperties')} is missing.`,
    );
  const allowed = errors.flatMap((each) =>
    each.keyword === 'const' ? [String(memberOf(each.params, 'allowedValue'))] : [],
  );
  const choice = errors.find((each) => each.keyword === 'anyOf');
  if (choice && allowed.length > 0)
    return new InvalidInput(fieldOf(choice), `${fieldOf(choice)} must be one of ${allowed.join(', ')}.`);
  const [first] = errors;
  if (!first) return new InvalidInput('body', 'The request is not valid.');
  return new InvalidInput(fieldOf(first), `${fieldOf(first)} ${first.message}.`);
}

const namesShownMax = 3;
const nameCharactersShownMax = 60;

function shown(name: string): string {
  return name.length > nameCharactersShownMax ? `${name.slice(0, nameCharactersShownMax)}…` : name;
}

function fieldOf(error: SchemaError, member?: string): string {
  const path = error.instancePath.split('/').slice(1).map(shown).join('.');
  const names = member === undefined ? undefined : memberOf(error.params, member);
  const last = Array.isArray(names) ? names.map(String) : [];
  const list = last.slice(0, namesShownMax).map(shown).join(', ') + (last.length > namesShownMax ? ', …' : '');
  return [path, list].filter((part) => part !== '').join('.') || 'body';
}

function memberOf(params: unknown, name: string): unknown {
  return typeof params === 'object' && params !== null && name in params
    ? (params as Record<string, unknown>)[name]
    : undefined;
}
