// Arrays in order, one or several by the order of the first. https://learn.microsoft.com/kusto/query/array-sort-asc-function

import type { Call, Emit, Operand, ScalarFunction } from './scalar.ts';
import { always, arrayOf, elementsOf, entry, isArray, once, refuse } from './sql.ts';

/** What is sorted, the first array first, and whether nulls come behind all else. */
export interface Sorting {
  readonly arrays: readonly Operand[];
  readonly nullsLast: boolean;
}

/** A last argument that is a truth value is the place of the nulls. */
export function sortingOf(operands: readonly Operand[], call: Call): Sorting {
  const last = operands.at(-1);
  const flag = operands.length > 1 && last?.type === 'bool' ? last : undefined;
  const arrays = flag ? operands.slice(0, -1) : operands;
  const nullsLast = flag ? flag.literal?.value : true;
  if (typeof nullsLast !== 'boolean') return refuse(`${call.name} with a place of nulls that is not a literal`, call);
  const other = arrays.find(({ type }) => type !== 'dynamic');
  return other ? refuse(`${call.name} of a ${other.type}`, call) : { arrays, nullsLast };
}

/** What is not a text's own order: a timespan as JSON with days, or before zero. */
export const longTimespan = '^"(?:-|[0-9]+\\.)[0-9.]*[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{7})?"$';

/** The error of a query whose arrays have no order that is known. */
export function disorder(call: Call): string {
  return `'${call.name}() of an array that holds several types, or timespans of days, is not supported'`;
}

/**
 * Numbers by value before strings before all else; nulls last, or first where the last argument says so. Other arrays follow
 * the first one; those that are not as long as it are null.
 */
function sort(direction: 'ASC' | 'DESC'): Emit {
  return (operands, call) => {
    const { arrays, nullsLast } = sortingOf(operands, call);
    return once(
      'a',
      arrays.map(({ sql }) => sql),
      (first = '', ...others) => {
        const result = always('l', elementsOf(first), (list) => {
          const checked = checkedOrder(list, direction, call);
          const nulls = `list_filter(range(1, len(${list}) + 1), lambda "@j": (${list})["@j"] = 'null')`;
          const order = nullsLast ? `list_concat(${checked}, ${nulls})` : `list_concat(${nulls}, ${checked})`;
          if (others.length === 0) return always('o', order, (places) => arranged(list, places));
          return always('o', order, (places) => {
            const columns = others.map((each) => alike(each, list, places));
            return `('[' || ${[arranged(list, places), ...columns].join(` || ',' || `)} || ']')`;
          });
        });
        return `(CASE WHEN ${isArray(first)} THEN ${result} END)`;
      },
    );
  };
}

/** The places of the elements that are not null, in order; equal ones as they stand. */
function checkedOrder(list: string, direction: 'ASC' | 'DESC', call: Call): string {
  const kind = `CASE WHEN json_type("@e") IN ('UBIGINT', 'BIGINT', 'DOUBLE') THEN 'number' ELSE json_type("@e") END`;
  const kinds = `list_distinct(list_transform(list_filter(${list}, lambda "@e": "@e" <> 'null'), lambda "@e": ${kind}))`;
  const isLong = `len(list_filter(${list}, lambda "@e": regexp_matches("@e", '${longTimespan}'))) > 0`;
  const places = `list_filter(range(1, len(${list}) + 1), lambda "@j": (${list})["@j"] <> 'null')`;
  const place = direction === 'ASC' ? '"@j"' : '-"@j"';
  const by = (key: string): string => {
    const keyed = `list_transform(${places}, lambda "@j": struct_pack(k := ${key}, j := ${place}))`;
    return `list_transform(list_sort(${keyed}, '${direction}'), lambda "@s": abs("@s".j))`;
  };
  const element = `(${list})["@j"]`;
  const byNumber = by(`TRY_CAST(${element} AS DOUBLE)`);
  const byText = by(`coalesce(${element} ->> '$', '')`);
  return `(CASE WHEN len(${kinds}) > 1 OR ${isLong} THEN error(${disorder(call)}) WHEN ${kinds} = ['number'] THEN ${byNumber} ELSE ${byText} END)`;
}

function arranged(list: string, places: string): string {
  return arrayOf(`list_transform(${places}, lambda "@j": (${list})["@j"])`);
}

/** Another array by those places; a JSON null where it is none, or not as long. */
function alike(json: string, list: string, places: string): string {
  const other = always('b', elementsOf(json), (elements) => arranged(elements, places));
  return `coalesce(CASE WHEN ${isArray(json)} AND json_array_length(${json}) = len(${list}) THEN ${other} END, 'null')`;
}

export const arraySorts: readonly ScalarFunction[] = [
  entry(
    'array_sort_asc',
    sort('ASC'),
    'print tostring(array_sort_asc(dynamic([10, null, 9.5]))), tostring(array_sort_asc(dynamic([null, "b", "a"]), false)), tostring(array_sort_asc(dynamic([3, null, 1]), dynamic(["c", "n", "a"]))[1]), isnull(array_sort_asc(dynamic([2, 1]), dynamic(["c"]))[1])',
    ['[9.5,10,null]', '[null,"a","b"]', '["a","c","n"]', true],
  ),
  entry(
    'array_sort_desc',
    sort('DESC'),
    'print (a, b) = array_sort_desc(dynamic([9, null, 10, 9]), dynamic(["p", "q", "r", "s"]), false) | project tostring(a), tostring(b), tostring(array_sort_desc(dynamic([9, null, 10])))',
    ['[null,10,9,9]', '["q","r","p","s"]', '[10,9,null]'],
  ),
];
