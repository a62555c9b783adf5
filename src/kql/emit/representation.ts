// How KQL's types are kept in the engine. Stored tables and every expression keep to it:
//
//   string    VARCHAR, never NULL: KQL has no null string, so whatever may be NULL is made '' where it arises
//   bool      BOOLEAN            int  INTEGER        long  BIGINT        real  DOUBLE
//   decimal   DECIMAL(38,10)
//   datetime  BIGINT: ticks of 100 ns since 0001-01-01T00:00:00Z, which is KQL's own resolution and origin
//   timespan  BIGINT: ticks of 100 ns
//   guid      VARCHAR of 36 lower case characters, or NULL
//   dynamic   VARCHAR of valid JSON, or NULL; a JSON null at the top is NULL

import type { KqlType, Literal } from '../ir.ts';
import { integerLiteral, realLiteral, textLiteral } from './text.ts';

/** Ticks from 0001-01-01 to 1970-01-01. */
export const ticksAtUnixEpoch = 621_355_968_000_000_000n;

const sqlTypes: Readonly<Record<KqlType, string>> = {
  bool: 'BOOLEAN',
  datetime: 'BIGINT',
  decimal: 'DECIMAL(38,10)',
  dynamic: 'VARCHAR',
  guid: 'VARCHAR',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  string: 'VARCHAR',
  timespan: 'BIGINT',
};

export function sqlType(type: KqlType): string {
  return sqlTypes[type];
}

/** The value of a column that has none: '' for a string, else NULL, with its type. */
export function emptyValue(type: KqlType): string {
  return type === 'string' ? "''" : `NULL::${sqlTypes[type]}`;
}

/** An expression that may be NULL for want of a row, as a value of the type. */
export function orEmpty(sql: string, type: KqlType): string {
  return type === 'string' ? `coalesce(${sql}, '')` : sql;
}

/** Ordinary equality is enough for strings, which are never NULL; any other type's null must be thought of. */
export function mayBeNull(type: KqlType): boolean {
  return type !== 'string';
}

/** How a dialect writes values. */
export interface LiteralSql {
  readonly empty: (type: KqlType) => string;
  readonly integer: (value: bigint, type: 'int' | 'long') => string;
  readonly real: (value: number) => string;
  readonly decimal: (digits: string) => string;
  readonly text: (value: string) => string;
}

export function literals(sql: LiteralSql): (literal: Literal) => string {
  return ({ type, value }) => {
    if (value === null) return sql.empty(type);
    switch (type) {
      case 'bool':
        return value === true ? 'true' : 'false';
      case 'int':
        return sql.integer(whole(value), 'int');
      case 'long':
      case 'datetime':
      case 'timespan':
        return sql.integer(whole(value), 'long');
      case 'real':
        return sql.real(Number(value));
      case 'decimal':
        return sql.decimal(String(value));
      case 'guid':
        return sql.text(String(value).toLowerCase());
      case 'string':
      case 'dynamic':
        return sql.text(String(value));
    }
  };
}

export const literalSql = literals({
  empty: emptyValue,
  integer: (value, type) => integerLiteral(value, type === 'int' ? 'INTEGER' : 'BIGINT'),
  real: realLiteral,
  decimal: (digits) => `${textLiteral(digits)}::${sqlTypes.decimal}`,
  text: textLiteral,
});

function whole(value: string | number | bigint | boolean): bigint {
  if (typeof value === 'bigint') return value;
  throw new TypeError(`A literal of a whole number is ${typeof value}, not bigint.`);
}
