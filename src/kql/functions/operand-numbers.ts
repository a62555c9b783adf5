// Operands as numbers, whichever dialect converts them.

import type { Call, Convert, Emit, Once, Operand } from './scalar.ts';
import { operand } from './sql.ts';

/** SQL of the operand at a place. */
export type NumberAt = (operands: readonly Operand[], at: number, call: Call) => string;

/** Operands as numbers of the type. */
export function numbersAs(type: 'real' | 'long', convert: Convert): NumberAt {
  return (operands, at, call) => convert(operand(operands, at, call), type, call);
}

/** Functions of operands that are each evaluated once. */
export function functionOf(once: Once, numberAt: NumberAt): (sql: (...values: string[]) => string) => Emit {
  return (sql) => (operands, call) =>
    once(
      'x',
      operands.map((_, at) => numberAt(operands, at, call)),
      sql,
    );
}
