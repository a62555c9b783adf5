// Values that operators turn into others, by either engine's table of conversions.
import * as onClickHouse from '../functions/clickhouse/conversions.ts';
import * as onDuckdb from '../functions/conversions.ts';
import type { Call, Operand } from '../functions/scalar.ts';
import type { KqlType } from '../ir.ts';
import type { Dialect } from './dialect.ts';

const conversions = { clickhouse: onClickHouse, duckdb: onDuckdb };

/** `sql`: text that is never NULL. The value is NULL where the text is none of the type. */
export function textAs(sql: string, type: KqlType, call: Call, dialect: Dialect): string {
  return conversions[dialect].convertText(sql, type, call);
}

/** As an element of a JSON array: null is the JSON null. */
export function asElement(value: Operand, call: Call, dialect: Dialect): string {
  return conversions[dialect].asElement(value, call);
}

export function convert(value: Operand, type: KqlType, call: Call, dialect: Dialect): string {
  return conversions[dialect].convert(value, type, call);
}
