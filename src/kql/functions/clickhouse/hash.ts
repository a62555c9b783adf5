// `hash()` for ClickHouse: XXH64 with the seed 0, which the engine has, of the bytes of a string and of the eight bytes of
// ticks and longs, as a signed number. https://learn.microsoft.com/kusto/query/hash-function,
// https://clickhouse.com/docs/sql-reference/functions/hash-functions#xxHash64

import type { Emit } from '../scalar.ts';
import { asText } from './conversions.ts';
import { once, operand, refuse } from './sql.ts';

const hash: Emit = (operands, call) => {
  const value = operand(operands, 0, call);
  const isText = value.type === 'string' || value.type === 'dynamic';
  if (!isText && value.type !== 'datetime' && value.type !== 'long') return refuse(`hash of a ${value.type}`, call);
  const hashed = `reinterpretAsInt64(xxHash64(${isText ? asText(value, call) : value.sql}))`;
  const modulo = operands[1];
  if (!modulo) return hashed;
  return once('m', [hashed, `nullIf(toInt64(${modulo.sql}), 0)`], (h, m) => `((${h} % ${m} + ${m}) % ${m})`);
};

export const hashes: Readonly<Record<string, Emit>> = { hash };
