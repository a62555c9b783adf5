// Schemas of routes as OpenAPI 3.1 has them: plain JSON schema, with those that have a name referred to by it.
import type { Schema } from './described.ts';

type Json = Readonly<Record<string, unknown>>;

/** Writes schemas of one document, and collects the components that these refer to. */
export class SchemaWriter {
  readonly #names: ReadonlyMap<unknown, string>;
  readonly #written = new Map<string, Json>();

  /** `names` says what a schema is called that is the very same object. */
  constructor(names: ReadonlyMap<unknown, string>) {
    this.#names = names;
  }

  /** The components that were referred to, by name in order. */
  components(): Record<string, Json> {
    return Object.fromEntries([...this.#written].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  write(schema: Schema): Json {
    const name = this.#names.get(schema);
    if (name === undefined) return this.#plain(schema);
    if (!this.#written.has(name)) {
      // Its place is taken first, so that a schema which refers to itself ends.
      this.#written.set(name, {});
      this.#written.set(name, this.#plain(schema));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #plain(schema: Schema): Json {
    const { nullable, anyOf, patternProperties, properties, items, type, ...rest } = schema;
    if (nullable === true) return this.#union([{ ...schema, nullable: undefined }, { type: 'null' }], {});
    if (Array.isArray(anyOf)) return this.#union(anyOf, rest);
    // What TypeBox calls undefined is not on the wire.
    const written: Record<string, unknown> = { ...(type === undefined || type === 'undefined' ? {} : { type }) };
    for (const [key, value] of Object.entries(rest)) if (value !== undefined) written[key] = value;
    if (isMembers(properties)) written.properties = this.#each(properties);
    if (isMembers(items)) written.items = this.write(items);
    // Members of any name are written as most readers of such documents expect them.
    if (isMembers(patternProperties)) {
      const [of] = Object.values(patternProperties);
      if (isMembers(of)) written.additionalProperties = this.write(of);
    }
    return written;
  }

  #each(properties: Json): Json {
    return Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, isMembers(each) ? this.write(each) : each]),
    );
  }

  /** Constants of one type become an enumeration, and a type or nothing becomes a list of types. */
  #union(all: readonly unknown[], rest: Json): Json {
    const of = all.filter(isMembers);
    const types = new Set(of.map(({ type }) => type));
    if (types.size === 1 && of.every((each) => 'const' in each)) {
      return { ...rest, type: of[0]?.type, enum: of.map((each) => each.const) };
    }
    const [first, second] = of;
    if (of.length === 2 && first && second && isNull(second) && isSimple(first) && !this.#names.has(first)) {
      return { ...rest, ...this.#plain(first), type: [first.type, 'null'] };
    }
    return { ...rest, anyOf: of.map((each) => this.write(each)) };
  }
}

function isMembers(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNull({ type }: Json): boolean {
  return type === 'null';
}

function isSimple(schema: Json): boolean {
  return typeof schema.type === 'string' && !('const' in schema) && !('enum' in schema);
}
