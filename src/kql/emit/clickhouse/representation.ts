// How KQL's types are kept in ClickHouse. Stored tables and every expression keep to it:
//
//   string    String, never NULL: KQL has no null string, so whatever may be NULL is made '' where it arises
//   bool      Nullable(Bool)     int  Nullable(Int32)    long  Nullable(Int64)    real  Nullable(Float64)
//   decimal   Nullable(Decimal(38, 10))
//   datetime  Nullable(Int64): ticks of 100 ns since 0001-01-01T00:00:00Z, which is KQL's own resolution and origin
//   timespan  Nullable(Int64): ticks of 100 ns
//   guid      Nullable(String) of 36 lower case characters
//   dynamic   Nullable(String) of valid JSON; a JSON null at the top is NULL
//
// An expression may have the form of its type that is not Nullable.
import type { KqlType } from '../../ir.ts';
import { literals } from '../representation.ts';
import { integerLiteral, realLiteral, textLiteral } from './text.ts';

const plainTypes: Readonly<Record<KqlType, string>> = {
  bool: 'Bool',
  datetime: 'Int64',
  decimal: 'Decimal(38, 10)',
  dynamic: 'String',
  guid: 'String',
  int: 'Int32',
  long: 'Int64',
  real: 'Float64',
  string: 'String',
  timespan: 'Int64',
};

/** The type without its null. */
export function plainType(type: KqlType): string {
  return plainTypes[type];
}

export function sqlType(type: KqlType): string {
  return type === 'string' ? 'String' : `Nullable(${plainTypes[type]})`;
}

/** The value of a column that has none: '' for a string, else NULL, with its type. */
export function emptyValue(type: KqlType): string {
  return type === 'string' ? "''" : `CAST(NULL, '${sqlType(type)}')`;
}

export const literalSql = literals({
  empty: emptyValue,
  integer: (value, type) => integerLiteral(value, type === 'int' ? 'Int32' : 'Int64'),
  real: realLiteral,
  decimal: (digits) => `CAST(${textLiteral(digits)}, '${plainTypes.decimal}')`,
  text: textLiteral,
});
