// Objects taken apart and put together, in SQL for ClickHouse. The functions of `sql.ts` do the same for arrays.
// https://clickhouse.com/docs/sql-reference/functions/json-functions

import { isArray, jsonString, keepingReals, nullOf, once, text } from './sql.ts';

/** What stands before the letter S in a key that begins with NUL, while numbers are marked (sql.ts). */
const nul = "'\\0'";

/** A key as it stands in JSON whose numbers are marked. */
function markedKey(key: string): string {
  return `if(startsWith(${key}, ${nul}), concat('\\0S', substring(${key}, 2)), ${key})`;
}

function unmarkedKey(key: string): string {
  return `if(startsWith(${key}, '\\0S'), concat(${nul}, substring(${key}, 3)), ${key})`;
}

/** Keys and values of an object as an array of tuples, the values as JSON texts; none for another value and for null. */
export function pairsOf(json: string): string {
  return keepingReals(
    `ifNull(${json}, '')`,
    (j) => `JSONExtractKeysAndValuesRaw(${j})`,
    (sql, unmark) => {
      const key = unmarkedKey('tupleElement("@kv", 1)');
      return `arrayMap("@kv" -> tuple(${key}, ${unmark('tupleElement("@kv", 2)')}), ${sql})`;
    },
  );
}

/** Keys of an object, in their order; none for another value and for null. */
export function keysOf(json: string): string {
  return keepingReals(
    `ifNull(${json}, '')`,
    (j) => `JSONExtractKeys(${j})`,
    (sql) => `arrayMap("@kn" -> ${unmarkedKey('"@kn"')}, ${sql})`,
  );
}

/** A JSON text that was taken out: what is not there is NULL, and a JSON null too, unless it is asked for. */
function found(sql: string, withNull: boolean): string {
  const empty = withNull ? "''" : "'', 'null'";
  return once('o', [sql], (json) => `if(${json} IN (${empty}), ${nullOf('String')}, ${json})`);
}

/** The value below a key that is known; NULL where it is not there. */
export function property(json: string, key: string): string {
  return propertyOf(json, text(key));
}

/** The value below a key that is SQL text. */
export function propertyOf(json: string, key: string, withNull = false): string {
  return once('pk', [key], (k) => {
    const read = (j: string, isMarked: boolean): string => `JSONExtractRaw(${j}, ${isMarked ? markedKey(k) : k})`;
    return found(keepingReals(`ifNull(${json}, '')`, read), withNull);
  });
}

/** The element of an array at the place, from 0 or, below it, from the end; NULL for another value. */
export function elementAt(json: string, place: string, withNull = false): string {
  return once('pe', [`ifNull(${json}, '')`, place], (j, at) => {
    const from1 = `ifNull(if(${at} < 0, ${at}, ${at} + 1), 0)`;
    const read = (each: string): string => `JSONExtractRaw(${each}, ${from1})`;
    return `if(${isArray(j)}, ${found(keepingReals(j, read), withNull)}, ${nullOf('String')})`;
  });
}

/** Texts `"key":value` as an object. */
export function objectOf(pairs: string): string {
  return `concat('{', arrayStringConcat(${pairs}, ','), '}')`;
}

/** A tuple of a key and a JSON text as such a text. */
export function pairText(pair: string): string {
  return `concat(${jsonString(`tupleElement(${pair}, 1)`)}, ':', tupleElement(${pair}, 2))`;
}
