// Tests of one text against another, whichever dialect makes SQL of them. A dynamic operand counts as its text, and as a
// string is never null, neither is an answer. https://learn.microsoft.com/kusto/query/datatypes-string-operators

import type { AsText, Call, Emit, Operand } from './scalar.ts';
import { operand, refuse } from './sql.ts';

/** SQL that tests `a` against `b`, which is the text of `needle`. */
export type Test = (a: string, b: string, needle: Operand, call: Call) => string;

/** The text of an operand that is a string or a dynamic value. */
export function stringOperand(value: Operand, call: Call, asText: AsText): string {
  if (value.type !== 'string' && value.type !== 'dynamic') return refuse(`${call.name} of a ${value.type}`, call);
  return asText(value, call);
}

/** The operator of a test; the negated form is the other answer. */
export function stringTest(asText: AsText): (test: Test, negated: boolean) => Emit {
  return (test, negated) => (operands, call) => {
    const [a, b] = [operand(operands, 0, call), operand(operands, 1, call)];
    const sql = test(stringOperand(a, call, asText), asText(b, call), b, call);
    return negated ? `(NOT ${sql})` : sql;
  };
}
