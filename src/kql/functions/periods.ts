// Periods of the calendar and the clock, whichever dialect counts them.
// https://learn.microsoft.com/kusto/query/scalar-functions#datetimetimespan-functions

import type { Call, Emit, Operand } from './scalar.ts';
import { literalText, operand, refuse } from './sql.ts';
import { tick } from './times.ts';

/** Ticks of a datetime or a timespan. */
export function ticksAt(operands: readonly Operand[], at: number, call: Call): string {
  const value = operand(operands, at, call);
  return value.type === 'datetime' || value.type === 'timespan'
    ? value.sql
    : refuse(`${call.name} of a ${value.type}`, call);
}

export type Period = 'day' | 'week' | 'month' | 'year';

/** First tick of the period that is `offset` periods after the one in which the datetime is. */
export type StartOf = (period: Period, ticks: string, offset: string) => string;

export function periodStart(startOf: StartOf, period: Period): Emit {
  return (operands, call) => startOf(period, ticksAt(operands, 0, call), operands[1]?.sql ?? '0');
}

export function periodEnd(startOf: StartOf, period: Period): Emit {
  return (operands, call) => `(${startOf(period, ticksAt(operands, 0, call), `(${operands[1]?.sql ?? '0'} + 1)`)} - 1)`;
}

/** Of the periods that are always as long. */
export const fixedTicks: Readonly<Record<string, bigint>> = {
  week: 7n * tick.day,
  day: tick.day,
  hour: tick.hour,
  minute: tick.minute,
  second: tick.second,
  millisecond: tick.millisecond,
  microsecond: 10n,
};

export const monthsIn: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

export function periodName(operands: readonly Operand[], call: Call): string {
  return literalText(operands, 0, call).toLowerCase();
}
