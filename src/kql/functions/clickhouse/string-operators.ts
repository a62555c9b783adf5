// Operators over strings for ClickHouse: equality without case, parts of strings, terms, regular expressions. A dynamic
// operand counts as its text, and as a string is never null, neither is an answer; the negated form is the other answer.
// https://learn.microsoft.com/kusto/query/datatypes-string-operators

import type { Emit } from '../scalar.ts';
import { stringOperand, stringTest, type Test } from '../string-tests.ts';
import { asText } from './conversions.ts';
import { pattern } from './regex.ts';
import { folded, literalText, lower, operand } from './sql.ts';
import { type Borders, containsOperand, has, whole } from './terms.ts';

const emit = stringTest(asText);

function termTest(borders: Borders, caseSensitive: boolean): Test {
  return (a, b, needle) => has(a, needle, b, borders, caseSensitive);
}

const first: Borders = { start: true, end: false };
const last: Borders = { start: false, end: true };

const tests: Readonly<Record<string, Test>> = {
  contains: (a, b, needle) => containsOperand(a, b, needle, false),
  contains_cs: (a, b, needle) => containsOperand(a, b, needle, true),
  startswith: (a, b, needle) => `startsWith(${lower(a)}, ${folded(needle, b)})`,
  startswith_cs: (a, b) => `startsWith(${a}, ${b})`,
  endswith: (a, b, needle) => `endsWith(${lower(a)}, ${folded(needle, b)})`,
  endswith_cs: (a, b) => `endsWith(${a}, ${b})`,
  has: termTest(whole, false),
  has_cs: termTest(whole, true),
  hasprefix: termTest(first, false),
  hasprefix_cs: termTest(first, true),
  hassuffix: termTest(last, false),
  hassuffix_cs: termTest(last, true),
};

/** `=~` also compares dynamic values by their text. */
const equalFold: Test = (a, b, needle) => `(${lower(a)} = ${folded(needle, b)})`;

export const stringOperators: Readonly<Record<string, Emit>> = {
  ...Object.fromEntries(
    Object.entries(tests).flatMap(([name, test]) => [
      [name, emit(test, false)],
      [`!${name}`, emit(test, true)],
    ]),
  ),
  '=~': emit(equalFold, false),
  '!~': emit(equalFold, true),
  'matches regex': (operands, call) => {
    const value = stringOperand(operand(operands, 0, call), call, asText);
    return `match(${value}, ${pattern(literalText(operands, 1, call))})`;
  },
};
