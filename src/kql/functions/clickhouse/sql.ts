// What the ClickHouse tables of functions share. The engine gives a constant, a column and a NULL of its own type different
// treatment, so every helper here says what it does with NULL, and none needs its operand to be a constant.
// https://clickhouse.com/docs/sql-reference/functions

import { textLiteral } from '../../emit/clickhouse/text.ts';
import type { Operand } from '../scalar.ts';

export { integerLiteral, textLiteral as text } from '../../emit/clickhouse/text.ts';
export { escapeRegex, isAtLeast, isNumber, isWhole, literalText, literalWhole, operand, refuse } from '../sql.ts';

/** Cheap and always the same: a name, a literal, a NULL with its type, or a parameter. */
const simple =
  /^(?:(?:\w+\.)?"(?:[^"]|"")*"(?:\.\w+)?|\w+\.\w+|\w+\(-?\d+\)|\(?-?\d+(?:\.\d+)?\)?|'[^']{0,40}'|CAST\(NULL, '[\w(), ]+'\)|\{p\d+:\w+\})$/;

/** Longer SQL is never written twice, so that nested calls grow by a sum, not by a product. */
const copiedLengthMax = 120;

/**
 * Whether an operand may be written several times: it is cheap, or short and always the same. The engine computes equal
 * expressions of one SELECT once, so a copy costs its text only, while a lambda goes by way of an array.
 */
export function isCopied(sql: string): boolean {
  return simple.test(sql) || (sql.length <= copiedLengthMax && !/rand|uuid|select/i.test(sql));
}

/**
 * An expression over operands that are evaluated once, however often `body` names them, unless they may be copied: a lambda
 * over arrays of one element each. `key` names the variables; a body that itself binds uses another key. Bodies never hold
 * an operand of the query, so the names cannot meet. A bound operand is no constant any more, which some of the engine's
 * functions insist on.
 */
export function once(key: string, operands: readonly string[], body: (...names: string[]) => string): string {
  const bound = operands.filter((each) => !isCopied(each));
  if (bound.length === 0) return body(...operands);
  const variables = bound.map((_, index) => (bound.length === 1 ? `"@${key}"` : `"@${key}${index + 1}"`));
  let index = -1;
  const names = operands.map((each) => {
    if (isCopied(each)) return each;
    index += 1;
    return variables[index] ?? '';
  });
  return applied(variables, bound, body(...names));
}

/** As `once`, also for operands that look cheap: for bodies that name the value very often. */
export function always(key: string, value: string, body: (name: string) => string): string {
  return applied([`"@${key}"`], [value], body(`"@${key}"`));
}

function applied(variables: readonly string[], values: readonly string[], body: string): string {
  const lambda = `${variables.length === 1 ? variables[0] : `(${variables.join(', ')})`} -> ${body}`;
  return `arrayElement(arrayMap(${lambda}, ${values.map((each) => `[${each}]`).join(', ')}), 1)`;
}

/** NULL as a value of the engine's type, which is named without its Nullable. */
export function nullOf(type: string): string {
  return `CAST(NULL, 'Nullable(${type})')`;
}

export function long(value: bigint | number): string {
  return `toInt64(${value})`;
}

/** Longest text that a function makes out of shorter ones. */
const textBytesMax = 268_435_456;

/**
 * An operand of a function that multiplies texts, for a result of at most `bytes`: what is too long is an error before the
 * function begins. NULL stays NULL.
 */
export function bounded(operand: string, bytes: string): string {
  const isTooLong = `ifNull(${bytes} > ${textBytesMax}, false)`;
  return `if(throwIf(${isTooLong}, 'a text of more than ${textBytesMax} bytes is not supported') = 0, ${operand}, '')`;
}

/** Bytes of a text, as a number that can be multiplied. */
export function bytesOf(sql: string): string {
  return `toFloat64(length(${sql}))`;
}

/** Text that is never NULL. */
export function orEmptyText(sql: string): string {
  return `ifNull(${sql}, '')`;
}

/**
 * In lower case by Unicode, a character for a character. Of ASCII, which most text is, the engine's plain function is enough
 * and eight times as fast; the other one knows two exceptions that depend on what is beside a character.
 */
export function lower(sql: string): string {
  return once('lo', [sql], (s) => {
    const single = `replaceAll(replaceAll(${s}, 'İ', 'i'), 'Σ', 'σ')`;
    return `if(isValidASCII(${s}), lower(${s}), lowerUTF8(${single}))`;
  });
}

/** The text of an operand in lower case; of a literal that is ASCII, right away. */
export function folded({ type, literal }: Operand, textSql: string): string {
  const value = literal?.value;
  return typeof value === 'string' && type === 'string' && isAscii(value)
    ? textLiteral(value.toLowerCase())
    : lower(textSql);
}

export function isAscii(value: string): boolean {
  return Buffer.byteLength(value) === value.length;
}

/** An array of the engine that holds JSON texts as the text of a JSON array. */
export function arrayOf(list: string): string {
  return `concat('[', arrayStringConcat(${list}, ','), ']')`;
}

/**
 * The text as a JSON string. The engine also writes a slash with a backslash before it, which is right but not how values
 * are kept; each of its slashes has one, so that taking them away cannot touch anything else.
 */
export function jsonString(sql: string): string {
  return `replaceAll(toJSONString(${sql}), '\\\\/', '/')`;
}

/**
 * What begins a JSON text that the engine's JSON functions would not give back as it is: it writes `1.0` as `1` and `1e3` as
 * `1000`, which are longs, and a whole number beyond 64 bits is no JSON to it. So such numbers stand as texts while it reads.
 */
const mark = '"\\u0000';
const markedNumber = `${mark}N`;
/** A text that itself begins like that, so that it is not taken for a number afterwards. */
const markedText = `${mark}S`;

const changedNumber = '(?:^|[:,[])\\s*-?[0-9]+(?:[0-9]{18}|\\.[0-9]*0|(?:\\.[0-9]+)?[eE])[-+0-9]*\\s*(?:[,}\\]]|$)';
const jsonText = '"(?:[^"\\\\]|\\\\.)*"';
const jsonNumber = '-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?';

/** JSON with its numbers as texts. Control characters, which no JSON has, hold the place of a number's ends. */
function withMarks(json: string): string {
  const texts = `replaceAll(${json}, ${textLiteral(mark)}, ${textLiteral(markedText)})`;
  const numbers = `replaceRegexpAll(${texts}, ${textLiteral(`(${jsonText})|(${jsonNumber})`)}, ${textLiteral('\\1\x01\\2\x02')})`;
  const begun = `replaceAll(replaceAll(${numbers}, '\x01\x02', ''), '\x01', ${textLiteral(markedNumber)})`;
  return `replaceAll(${begun}, '\x02', '"')`;
}

/** A real as JSON: always with a fraction or an exponent. */
export function realJson(real: string): string {
  return always('f', `toString(${real})`, (f) => `if(match(${f}, '[.e]'), ${f}, concat(${f}, '.0'))`);
}

/** Whether text is JSON, where its numbers may be marked: a number that was a key is none of JSON's keys. */
export function isJson(sql: string, isMarked: boolean): string {
  const key = textLiteral('"\\\\u0000N[^"]*"\\s*:');
  return isMarked ? `(isValidJSON(${sql}) AND NOT match(${sql}, ${key}))` : `isValidJSON(${sql})`;
}

/** The number as it is kept: a real in its shortest form, a whole number with all of its digits. */
function keptNumber(number: string): string {
  const real = `assumeNotNull(toFloat64OrNull(${number}))`;
  return `multiIf(match(${number}, '[.eE]') AND isFinite(${real}), ${realJson(real)}, ${number})`;
}

function withoutMarks(json: string): string {
  const number = always(
    'n',
    `substring("@p", ${markedNumber.length + 1}, length("@p") - ${markedNumber.length + 1})`,
    keptNumber,
  );
  const part = `if(startsWith("@p", ${textLiteral(markedNumber)}), ${number}, "@p")`;
  const parts = `extractAll(${json}, ${textLiteral(`${jsonText}|[^"]+`)})`;
  const text = `arrayStringConcat(arrayMap("@p" -> ${part}, ${parts}))`;
  return `replaceAll(${text}, ${textLiteral(markedText)}, ${textLiteral(mark)})`;
}

/**
 * Text that the engine's JSON functions take out of `json`, as it was. `read` gets JSON that is not NULL and gives SQL of a
 * String, `restored` what to do with an answer of another type.
 */
export function keepingReals(
  json: string,
  read: (json: string, isMarked: boolean) => string,
  restored: (sql: string, unmark: (text: string) => string) => string = (sql, unmark) => unmark(sql),
): string {
  return once('z', [json], (j) => {
    const isChanged = `match(${j}, ${textLiteral(changedNumber)})`;
    return `if(${isChanged}, ${restored(read(withMarks(j), true), withoutMarks)}, ${read(j, false)})`;
  });
}

/** The elements of a dynamic array as JSON texts; an empty array for another value and for null. */
export function elementsOf(json: string): string {
  return keepingReals(
    `ifNull(${json}, '')`,
    (j) => `JSONExtractArrayRaw(${j})`,
    (sql, unmark) => `arrayMap("@r" -> ${unmark('"@r"')}, ${sql})`,
  );
}

/** Whether the dynamic value is an array; NULL for null. The others likewise. */
export function isArray(json: string): string {
  return `match(${json}, '^\\\\s*\\\\[')`;
}

export function isObject(json: string): string {
  return `match(${json}, '^\\\\s*\\\\{')`;
}

export function isJsonString(json: string): string {
  return `match(${json}, '^\\\\s*"')`;
}

export function isJsonNumber(json: string): string {
  return `match(${json}, '^\\\\s*[-0-9]')`;
}

/** A JSON text that came out of another: a JSON null is null. */
export function jsonOrNull(json: string): string {
  return `nullIf(${json}, 'null')`;
}

/** The text of a JSON string, or the JSON itself; '' for a JSON null. For JSON that is not NULL, such as an element. */
export function textOfJson(json: string): string {
  return once('u', [json], (j) => `multiIf(startsWith(${j}, '"'), JSONExtractString(${j}), ${j} = 'null', '', ${j})`);
}

/** What the first match of the pattern has as that group, from 1; '' where nothing matches. The pattern is known. */
export function regexGroup(sql: string, pattern: string, group: number): string {
  return `regexpExtract(${sql}, ${textLiteral(pattern)}, ${group})`;
}

/** The JSON of a number without a fraction that is zero, for what reads whole numbers. */
export function wholeText(json: string): string {
  return `replaceRegexpOne(${json}, '\\\\.0+$', '')`;
}
