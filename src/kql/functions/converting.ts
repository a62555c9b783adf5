// Which conversion a value takes from its type to another, whichever dialect makes SQL of it.
// https://learn.microsoft.com/kusto/query/tostring-function and its neighbours

import type { KqlType } from '../ir.ts';
import type { AsText, Call, Convert, Operand } from './scalar.ts';
import { isNumber, refuse } from './sql.ts';

type OfSql = (sql: string) => string;

/** Text in the syntax of each type that a text is read as. */
export type TextReaders = Readonly<Record<Exclude<KqlType, 'string' | 'dynamic'>, OfSql>>;

export function ofText(readers: TextReaders, sql: string, type: KqlType, call: Call): string {
  if (type === 'string' || type === 'dynamic') return refuse(`${call.name}: text as a ${type}`, call);
  return readers[type](sql);
}

/** How a dialect converts. */
export interface ConvertingSql {
  readonly asText: AsText;
  readonly asDynamic: (value: Operand, call: Call) => string;
  readonly ofDynamic: (sql: string, type: KqlType, call: Call) => string;
  readonly ofText: (sql: string, type: KqlType, call: Call) => string;
  readonly toWhole: (value: Operand, type: 'int' | 'long', call: Call) => string;
  readonly toReal: (value: Operand) => string;
  readonly toBool: OfSql;
  readonly toDecimal: OfSql;
}

export function converting(dialect: ConvertingSql): Convert {
  return (value, type, call) => {
    const { sql } = value;
    if (value.type === type) return sql;
    if (type === 'string') return dialect.asText(value, call);
    if (type === 'dynamic') return dialect.asDynamic(value, call);
    if (value.type === 'dynamic') return dialect.ofDynamic(sql, type, call);
    if (value.type === 'string') return dialect.ofText(sql, type, call);
    if (type === 'int' || type === 'long') return dialect.toWhole(value, type, call);
    if (type === 'real' && value.type !== 'guid') return dialect.toReal(value);
    if (type === 'bool' && (isNumber(value.type) || value.type === 'timespan')) return dialect.toBool(sql);
    if (type === 'decimal' && isNumber(value.type)) return dialect.toDecimal(sql);
    if ((type === 'datetime' || type === 'timespan') && value.type === 'long') return sql;
    return refuse(`${call.name}: a ${value.type} as a ${type}`, call);
  };
}
