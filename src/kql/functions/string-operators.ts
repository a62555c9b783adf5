// Operators over strings: equality without case, parts of strings, terms, lists, regular expressions.
// https://learn.microsoft.com/kusto/query/datatypes-string-operators. A dynamic operand counts as its text, and as a string
// is never null, neither is an answer; the negated form is the other answer.

import { asText } from './conversions.ts';
import { pattern } from './regex.ts';
import type { ScalarFunction } from './scalar.ts';
import { entry, literalText, operand } from './sql.ts';
import { stringOperand, stringTest, type Test } from './string-tests.ts';
import { type Borders, has } from './terms.ts';

const emit = stringTest(asText);

function fold(sql: string): string {
  return `lower(${sql})`;
}

function termTest(borders: Borders, caseSensitive: boolean): Test {
  return (a, b, needle) => has(a, needle, b, borders, caseSensitive);
}

const whole = { start: true, end: true };

/** A test, its name, and what is true and false of it: `x name right` and `x name wrong`. */
const tests: readonly (readonly [name: string, test: Test, x: string, right: string, wrong: string])[] = [
  ['contains', (a, b) => `contains(${fold(a)}, ${fold(b)})`, 'FabriKam', 'BRik', 'x'],
  ['contains_cs', (a, b) => `contains(${a}, ${b})`, 'FabriKam', 'Kam', 'kam'],
  ['startswith', (a, b) => `starts_with(${fold(a)}, ${fold(b)})`, 'Fabrikam', 'fab', 'kam'],
  ['startswith_cs', (a, b) => `starts_with(${a}, ${b})`, 'Fabrikam', 'Fab', 'fab'],
  ['endswith', (a, b) => `ends_with(${fold(a)}, ${fold(b)})`, 'Fabrikam', 'Kam', 'fab'],
  ['endswith_cs', (a, b) => `ends_with(${a}, ${b})`, 'Fabrikam', 'kam', 'Kam'],
  ['has', termTest(whole, false), 'North_America', 'america', 'amer'],
  ['has_cs', termTest(whole, true), 'North America', 'America', 'america'],
  ['hasprefix', termTest({ start: true, end: false }, false), 'North America', 'ame', 'mer'],
  ['hasprefix_cs', termTest({ start: true, end: false }, true), 'North America', 'Ame', 'ame'],
  ['hassuffix', termTest({ start: false, end: true }, false), 'North America', 'ICA', 'Amer'],
  ['hassuffix_cs', termTest({ start: false, end: true }, true), 'North America', 'ica', 'Ica'],
];

function forms([name, test, x, right, wrong]: (typeof tests)[number]): ScalarFunction[] {
  const golden = (operator: string): string => `print '${x}' ${operator} '${right}', '${x}' ${operator} '${wrong}'`;
  const opposite = `!${name}`;
  return [
    entry(name, emit(test, false), golden(name), [true, false]),
    entry(opposite, emit(test, true), golden(opposite), [false, true]),
  ];
}

/** `=~` also compares dynamic values by their text. */
const equalFold: Test = (a, b) => `(${fold(a)} = ${fold(b)})`;

export const stringOperators: readonly ScalarFunction[] = [
  ...tests.flatMap(forms),
  entry('=~', emit(equalFold, false), "print 'aBc' =~ 'AbC'", [true]),
  entry('!~', emit(equalFold, true), "print 'aBc' !~ 'AbC', 'a' !~ 'b'", [false, true]),
  entry(
    'matches regex',
    (operands, call) => {
      const value = stringOperand(operand(operands, 0, call), call, asText);
      return `regexp_matches(${value}, ${pattern(literalText(operands, 1, call))})`;
    },
    "print 'Fabrikam' matches regex 'b.*k', 'Fabrikam' matches regex '^b'",
    [true, false],
  ),
];
