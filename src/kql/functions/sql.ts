// What the tables of functions share: binding an operand once, refusing, and reading literal operands.

import { integerLiteral, textLiteral } from '../emit/text.ts';
import type { KqlType } from '../ir.ts';
import { Unsupported } from '../unsupported.ts';
import type { Call, Emit, Golden, Operand, ScalarFunction } from './scalar.ts';

export { textLiteral as text } from '../emit/text.ts';

/** Cheap and free of effects, so that it may be written several times: a name, a number, or a short string. */
const simple =
  /^(?:(?:\w+\.)?"(?:[^"]|"")*"(?:\.\w+)?|\w+\.\w+|\(?-?\d+\)?(?:::\w+)?|'[^']{0,40}'|NULL::\w+|\(?\$\d+(?:::BIGINT)?\)?)$/;

/** Longer SQL is never written twice, so that nested calls grow by a sum, not by a product. */
const copiedLengthMax = 120;

/**
 * Whether an operand may be written several times: it is cheap, or short and always the same. The engine compiles a
 * constant regular expression once for a column and again for every row within a lambda, so a copy is worth its price.
 */
export function isCopied(sql: string): boolean {
  return simple.test(sql) || (sql.length <= copiedLengthMax && !/random|uuid|select/i.test(sql));
}

/**
 * An expression over operands that are evaluated once, however often `body` names them, unless they may be copied: SQL has
 * no `let` in an expression, but a lambda over a list of one element is one. `key` names the variable; a body that itself
 * binds uses another key. Bodies never hold an operand of the query, so the names cannot meet.
 */
export function once(key: string, operands: readonly string[], body: (...names: string[]) => string): string {
  const bound = operands.filter((each) => !isCopied(each));
  if (bound.length === 0) return body(...operands);
  const name = `"@${key}"`;
  if (bound.length === 1) {
    const names = operands.map((each) => (isCopied(each) ? each : name));
    return `list_transform([${bound.join()}], lambda ${name}: ${body(...names)})[1]`;
  }
  let index = 0;
  const fields: string[] = [];
  const names = operands.map((each) => {
    if (isCopied(each)) return each;
    index += 1;
    fields.push(`v${index} := ${each}`);
    return `${name}.v${index}`;
  });
  return `list_transform([struct_pack(${fields.join(', ')})], lambda ${name}: ${body(...names)})[1]`;
}

/** As `once`, also for operands that look cheap: for bodies that name the value very often. */
export function always(key: string, operand: string, body: (name: string) => string): string {
  return `list_transform([${operand}], lambda "@${key}": ${body(`"@${key}"`)})[1]`;
}

export function refuse(what: string, call: Call): never {
  throw new Unsupported(what, call.span);
}

/** The operand at that place, which the binder has made sure of. */
export function operand(operands: readonly Operand[], index: number, call: Call): Operand {
  const found = operands[index];
  if (!found) throw new Unsupported(`${call.name} with ${operands.length} arguments`, call.span);
  return found;
}

/** The text of an operand that must be known when the query is compiled. */
export function literalText(operands: readonly Operand[], index: number, call: Call): string {
  const found = operand(operands, index, call);
  const value = found.literal?.value;
  if (typeof value === 'string') return value;
  return refuse(`${call.name} with an argument ${index + 1} that is not a literal`, call);
}

/** The whole number of an operand that must be known when the query is compiled. */
export function literalWhole(operands: readonly Operand[], index: number, call: Call): bigint {
  const value = operand(operands, index, call).literal?.value;
  if (typeof value === 'bigint') return value;
  return refuse(`${call.name} with an argument ${index + 1} that is not a literal`, call);
}

/** Whether an operand is left out, or is a whole number not below `least` that is known when the query is compiled. */
export function isAtLeast(value: Operand | undefined, least: bigint): boolean {
  const known = value?.literal?.value;
  return value === undefined || (typeof known === 'bigint' && known >= least);
}

export function long(value: bigint | number): string {
  return integerLiteral(BigInt(value), 'BIGINT');
}

export function isNumber(type: KqlType): boolean {
  return type === 'int' || type === 'long' || type === 'real' || type === 'decimal';
}

export function isWhole(type: KqlType): boolean {
  return type === 'int' || type === 'long';
}

/** One entry of a table: what it is called, what it becomes, and one query with its rows. */
export function entry(
  names: string,
  duckdb: Emit,
  query: string,
  ...rows: readonly (readonly unknown[])[]
): ScalarFunction {
  const [name = '', ...aliases] = names.split(' | ');
  const golden: Golden = { query, rows };
  return { name, aliases, duckdb, golden };
}

/** Longest text that a function makes out of shorter ones. */
const textBytesMax = 268_435_456;

/**
 * An operand of a function that multiplies texts, for a result of at most `bytes`: what is too long is an error before the
 * function begins. Neither does the engine's memory limit see a single value grow, nor can one be interrupted. It is the
 * operand that fails, not a CASE around the function: the engine computes constants inside a CASE as well.
 */
export function bounded(operand: string, bytes: string): string {
  const tooLong = `error('a text of more than ${textBytesMax} bytes is not supported')`;
  return `(CASE WHEN ${bytes} > ${textBytesMax} THEN ${tooLong} ELSE ${operand} END)`;
}

/** Bytes of a text, as a number that can be multiplied. */
export function bytesOf(sql: string): string {
  return `strlen(${sql})::DOUBLE`;
}

/** A string with every character that means something in a regular expression escaped. */
export function escapeRegex(value: string): string {
  return value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** A list of JSON texts as the text of a JSON array. */
export function arrayOf(list: string): string {
  return `('[' || array_to_string(${list}, ',') || ']')`;
}

/** The elements of a dynamic array as JSON texts; an empty list for another value, NULL for null. */
export function elementsOf(json: string): string {
  return `json_extract(${json}, '$[*]')::VARCHAR[]`;
}

/** Whether the dynamic value is an array; NULL for null. */
export function isArray(json: string): string {
  return `(json_type(${json}) = 'ARRAY')`;
}

/** A JSON text that came out of another: a JSON null is null. */
export function jsonOrNull(json: string): string {
  return `nullif(${json}, 'null')`;
}

/** The text as a JSON string. */
export function jsonString(sql: string): string {
  return `to_json(${sql})::VARCHAR`;
}

/** Text that is never NULL. */
export function orEmptyText(sql: string): string {
  return `coalesce(${sql}, '')`;
}

export function lower(operand: Operand): string {
  return operand.literal && typeof operand.literal.value === 'string'
    ? `lower(${textLiteral(operand.literal.value)})`
    : `lower(${operand.sql})`;
}
