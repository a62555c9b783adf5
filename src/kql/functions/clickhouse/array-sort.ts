// Arrays in order for ClickHouse, one or several by the order of the first.
// https://clickhouse.com/docs/sql-reference/functions/array-functions

import { disorder, longTimespan, sortingOf } from '../array-sort.ts';
import type { Call, Emit } from '../scalar.ts';
import { always, arrayOf, elementsOf, isArray, isJsonNumber, once, text, textOfJson } from './sql.ts';

function sort(direction: 'ascending' | 'descending'): Emit {
  return (operands, call) => {
    const { arrays, nullsLast } = sortingOf(operands, call);
    return once(
      'as',
      arrays.map(({ sql }) => sql),
      (first = '', ...others) => {
        const result = always('l', elementsOf(first), (list) => {
          const checked = checkedOrder(list, direction, call);
          const nulls = placesOf(list, `= 'null'`);
          const order = nullsLast ? `arrayConcat(${checked}, ${nulls})` : `arrayConcat(${nulls}, ${checked})`;
          return always('o', order, (places) => {
            if (others.length === 0) return arranged(list, places);
            const columns = others.map((each) => alike(each, list, places));
            return `concat('[', ${[arranged(list, places), ...columns].join(`, ',', `)}, ']')`;
          });
        });
        return `if(${isArray(first)}, ${result}, NULL)`;
      },
    );
  };
}

/** The places of the elements of which that is true. */
function placesOf(list: string, test: string): string {
  return `arrayFilter(("@j", "@e") -> "@e" ${test}, arrayMap("@n" -> toInt64("@n"), arrayEnumerate(${list})), ${list})`;
}

/** The places of the elements that are not null, in order; equal ones as they stand. */
function checkedOrder(list: string, direction: 'ascending' | 'descending', call: Call): string {
  return always('w', placesOf(list, `<> 'null'`), (places) => {
    const element = `arrayElement(${list}, "@j")`;
    // The first character tells the types apart, but for truth values and numbers.
    const kind = `multiIf(${isJsonNumber('"@e"')}, '0', "@e" IN ('true', 'false'), 't', substring("@e", 1, 1))`;
    const kinds = `arrayDistinct(arrayMap("@e" -> ${kind}, arrayFilter("@e" -> "@e" <> 'null', ${list})))`;
    const isLong = `arrayExists("@e" -> match("@e", ${text(longTimespan)}), ${list})`;
    const isDisorder = `throwIf(length(${kinds}) > 1 OR ${isLong}, ${disorder(call)}) = 1`;
    const by = (key: string): string =>
      direction === 'ascending'
        ? `arraySort("@j" -> tuple(${key}, "@j"), ${places})`
        : `arrayReverseSort("@j" -> tuple(${key}, -"@j"), ${places})`;
    const byNumber = by(`toFloat64OrNull(${element})`);
    return `multiIf(${isDisorder}, ${places}, has(${kinds}, '0'), ${byNumber}, ${by(textOfJson(element))})`;
  });
}

function arranged(list: string, places: string): string {
  return arrayOf(`arrayMap("@j" -> arrayElement(${list}, "@j"), ${places})`);
}

/** Another array by those places; a JSON null where it is none, or not as long. */
function alike(json: string, list: string, places: string): string {
  return always('b', elementsOf(json), (elements) => {
    const isAlike = `ifNull(${isArray(json)}, false) AND length(${elements}) = length(${list})`;
    return `if(${isAlike}, ${arranged(elements, places)}, 'null')`;
  });
}

export const arraySorts: Readonly<Record<string, Emit>> = {
  array_sort_asc: sort('ascending'),
  array_sort_desc: sort('descending'),
};
