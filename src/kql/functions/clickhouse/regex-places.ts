// Where regular expressions match, for ClickHouse: each match is read with what lies between it and the one before.
// https://clickhouse.com/docs/sql-reference/functions/string-search-functions

import { placedRegex } from '../regex-places.ts';
import type { Emit } from '../scalar.ts';
import { asText } from './conversions.ts';
import { pattern } from './regex.ts';
import { always, isAtLeast, long, once, operand } from './sql.ts';

const indexOfRegex: Emit = (operands, call) => {
  const regex = placedRegex(operands, call);
  const whole = (at: number, otherwise: number): string => {
    const given = operands[at];
    return given ? `toInt64(ifNull(${given.sql}, ${otherwise}))` : long(otherwise);
  };
  const source = asText(operand(operands, 0, call), call);
  return once('x', [source, whole(2, 0), whole(3, -1), whole(4, 1)], (s, from, count, occurrence) => {
    const start = `greatest(${from}, 0) + 1`;
    const part = `if(${count} < 0, substringUTF8(${s}, ${start}), substringUTF8(${s}, ${start}, greatest(${count}, 0)))`;
    const matches = `extractAllGroupsVertical(${operands[2] ? part : s}, ${pattern(`((?s:.*?))((?:${regex}))`)})`;
    const found = always('m', matches, (all) => {
      const size = (group: number): string => `toInt64(lengthUTF8(arrayElement("@e", ${group})))`;
      const refused = `'${call.name}() with a match of the empty text is not supported'`;
      const isEmpty = `throwIf(arrayExists("@e" -> empty(arrayElement("@e", 2)), ${all}), ${refused}) = 1`;
      const before = `arraySum(arrayMap("@e" -> ${size(1)} + ${size(2)}, arraySlice(${all}, 1, greatest(${occurrence}, 1) - 1)))`;
      const gap = `arrayElement(arrayMap("@e" -> ${size(1)}, ${all}), greatest(${occurrence}, 1))`;
      return `toInt64(if(${isEmpty} OR length(${all}) < ${occurrence}, -1, ${from} + ${before} + ${gap}))`;
    });
    const isValid = isAtLeast(operands[2], 0n) && isAtLeast(operands[3], -1n) && isAtLeast(operands[4], 0n);
    return isValid ? found : `if(${from} >= 0 AND ${count} >= -1 AND ${occurrence} >= 0, ${found}, NULL)`;
  });
};

export const regexPlaces: Readonly<Record<string, Emit>> = { indexof_regex: indexOfRegex };
