// An element of a dynamic array or bag as a value of a type. `to typeof()` only takes what already is of that kind: a JSON
// string is no number, a number is no date. https://learn.microsoft.com/kusto/query/mv-expand-operator
import { parseDatetimeSql } from '../../functions/times.ts';
import type { KqlType, Span } from '../../ir.ts';
import { Unsupported } from '../../unsupported.ts';
import { elementAs as elementOnClickHouse } from '../clickhouse/expand.ts';
import type { Dialect } from '../dialect.ts';

/** `element`: JSON text, or NULL. What is not a number as text fails to be read as one: a JSON string has its quotes. */
export function elementAs(type: KqlType, element: string, span: Span, dialect: Dialect): string {
  return dialect === 'duckdb' ? elementOnDuckdb(type, element, span) : elementOnClickHouse(type, element, span);
}

function elementOnDuckdb(type: KqlType, element: string, span: Span): string {
  const text = `(${element} ->> '$')`;
  switch (type) {
    case 'dynamic':
      return `nullif(${element}, 'null')`;
    case 'string':
      return `coalesce(${text}, '')`;
    case 'long':
    case 'int': {
      const target = type === 'long' ? 'BIGINT' : 'INTEGER';
      const real = `TRY_CAST(trunc(TRY_CAST(${element} AS DOUBLE)) AS ${target})`;
      return `(CASE WHEN ${isFraction(element)} THEN ${real} ELSE TRY_CAST(${element} AS ${target}) END)`;
    }
    case 'real':
      return `TRY_CAST(${element} AS DOUBLE)`;
    case 'bool': {
      const whole = `WHEN NOT ${isFraction(element)} THEN TRY_CAST(${element} AS HUGEINT) <> 0`;
      return `(CASE ${element} WHEN 'true' THEN true WHEN 'false' THEN false ELSE CASE ${whole} END END)`;
    }
    case 'datetime':
      return `(CASE WHEN ${isString(element)} THEN ${parseDatetimeSql(text)} END)`;
    case 'guid': {
      const shape = `regexp_full_match(${text}, '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}')`;
      return `(CASE WHEN ${isString(element)} AND ${shape} THEN lower(${text}) END)`;
    }
    case 'timespan':
    case 'decimal':
      throw new Unsupported(`to typeof(${type})`, span);
  }
}

/** The text of a JSON value tells its kind: a number with a fraction or an exponent is no whole number. */
function isFraction(element: string): string {
  return `(contains(${element}, '.') OR contains(lower(${element}), 'e'))`;
}

function isString(element: string): string {
  return `starts_with(${element}, '"')`;
}
