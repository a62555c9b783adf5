// Values as the program has them, and the same as the engine takes and gives them.
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBType,
  DuckDBUUIDValue,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  UUID,
  VARCHAR,
} from '@duckdb/node-api';
import type { ColumnType } from './dialect.ts';
import type { SqlValue } from './sql.ts';

/** A value of a row: sets are already one text, times are epoch milliseconds, null is nothing. */
export type CellValue = string | number | boolean | null;

const engineTypes: Record<ColumnType, DuckDBType> = {
  uuid: UUID,
  text: VARCHAR,
  prose: VARCHAR,
  document: VARCHAR,
  integer: INTEGER,
  time: BIGINT,
  flag: BOOLEAN,
  set: VARCHAR,
  string: VARCHAR,
  long: BIGINT,
  real: DOUBLE,
};

export function engineType(type: ColumnType): DuckDBType {
  return engineTypes[type];
}

// Most often the next UUID is the last one again: a batch belongs to one tenant.
let lastUuid: { text: string; value: DuckDBUUIDValue } | undefined;

function uuidValue(text: string): DuckDBUUIDValue {
  if (lastUuid?.text !== text) {
    lastUuid = { text, value: DuckDBUUIDValue.fromUint128(BigInt(`0x${text.replaceAll('-', '')}`)) };
  }
  return lastUuid.value;
}

/** A value of a query as the engine binds it. */
export function boundValue(value: SqlValue): DuckDBValue {
  if (typeof value === 'number') return BigInt(value);
  if (typeof value === 'object') return 'uuid' in value ? uuidValue(value.uuid) : listValue([...value]);
  return value;
}

export function boundType(value: SqlValue): DuckDBType {
  if (typeof value === 'number') return BIGINT;
  if (typeof value === 'string') return VARCHAR;
  if (typeof value === 'boolean') return BOOLEAN;
  return 'uuid' in value ? UUID : LIST(VARCHAR);
}

/** A value of an answer as the program has it. */
export function cellValue(value: DuckDBValue): CellValue {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  return String(value);
}
