// `mv-expand` on ClickHouse: the lists of elements, one row for each element, and elements as values of a type. What each
// piece means is said beside DuckDB's, in operators/expand.ts and operators/elements.ts.
import {
  elementsOf,
  isArray,
  isJsonString,
  isObject,
  jsonString,
  keepingReals,
  once,
  textOfJson,
} from '../../functions/clickhouse/sql.ts';
import { parseDatetimeSql } from '../../functions/clickhouse/times.ts';
import type { KqlType, Span } from '../../ir.ts';
import { Unsupported } from '../../unsupported.ts';

/** The elements of a dynamic value as an array of JSON texts: what is no array or bag is one element, null too. */
export function listSql(value: string, kind: 'bag' | 'array', limit: bigint | null): string {
  const list = once('l', [value], (v) => {
    const array = `CAST(${elementsOf(v)}, 'Array(Nullable(String))')`;
    const bag = `CAST(${pairsOf(v, kind)}, 'Array(Nullable(String))')`;
    return `multiIf(${isArray(v)}, ${array}, ${isObject(v)}, ${bag}, [CAST(${v}, 'Nullable(String)')])`;
  });
  return limit === null ? list : `arraySlice(${list}, 1, ${limit <= 0n ? 0n : limit})`;
}

/** Each property of a bag as a bag of its own, or as an array of its key and its value. */
function pairsOf(value: string, kind: 'bag' | 'array'): string {
  const [open, between, close] = kind === 'array' ? ['[', ',', ']'] : ['{', ':', '}'];
  const pairs = keepingReals(
    `ifNull(${value}, '')`,
    (json) => `JSONExtractKeysAndValuesRaw(${json})`,
    (found, unmark) => `arrayMap("@kv" -> ("@kv".1, ${unmark('"@kv".2')}), ${found})`,
  );
  return `arrayMap("@kv" -> concat('${open}', ${jsonString('"@kv".1')}, '${between}', "@kv".2, '${close}'), ${pairs})`;
}

/**
 * One row for each element of several arrays side by side, as tuples of its position and the elements. One array only:
 * with more than one `arrayJoin` a SELECT has a row for each pair of elements.
 */
export function joinedArrays(lists: readonly string[]): string {
  const lengths = lists.map((list) => `length(${list})`);
  const count = lengths.length === 1 ? (lengths[0] ?? '0') : `greatest(${lengths.join(', ')})`;
  const filled = lists.length === 1 ? lists : lists.map((list) => `arrayResize(${list}, ${count}, NULL)`);
  return `arrayJoin(arrayZip(range(toUInt64(${count})), ${filled.join(', ')}))`;
}

/** `element`: JSON text, or NULL. */
export function elementAs(type: KqlType, element: string, span: Span): string {
  switch (type) {
    case 'dynamic':
      return `nullIf(${element}, 'null')`;
    case 'string':
      return `ifNull(${textOfJson(element)}, '')`;
    case 'long':
    case 'int': {
      const target = type === 'long' ? 'Int64' : 'Int32';
      const real = `accurateCastOrNull(trunc(toFloat64OrNull(${element})), '${target}')`;
      return `if(${isFraction(element)}, ${real}, accurateCastOrNull(${element}, '${target}'))`;
    }
    case 'real':
      return `toFloat64OrNull(${element})`;
    case 'bool': {
      const whole = `accurateCastOrNull(${element}, 'Int128') != 0`;
      return `CAST(multiIf(${element} = 'true', true, ${element} = 'false', false, ${isFraction(element)}, NULL, ${whole}), 'Nullable(Bool)')`;
    }
    case 'datetime':
      return `if(${isJsonString(element)}, ${parseDatetimeSql(`ifNull(${textOfJson(element)}, '')`)}, NULL)`;
    case 'guid': {
      const text = `ifNull(${textOfJson(element)}, '')`;
      const shape = `match(${text}, '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')`;
      return `if(${isJsonString(element)} AND ${shape}, lower(${text}), NULL)`;
    }
    case 'timespan':
    case 'decimal':
      throw new Unsupported(`to typeof(${type})`, span);
  }
}

function isFraction(element: string): string {
  return `match(${element}, '[.eE]')`;
}
