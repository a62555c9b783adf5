// The activities of a range with their records, for followers that read the records: in parts, so that few of the long texts
// are held at once. Nothing is put in order by the event store, which would hold all of them.

import { activitiesTable } from '../events/catalogue.ts';
import type { CellValue } from '../events/cells.ts';
import { byteLength, rowNumber } from '../events/dialect.ts';
import type { EventStore } from '../events/events.ts';
import { and, name, type Sql, sql } from '../events/sql.ts';
import type { TenantId } from '../lib/ids.ts';
import { type BatchRange, inRange } from './following.ts';

const rowsAtOnce = 2048;
/** Records are as long as an ingestion's lines may be: so many bytes at once; a single one may be longer. */
const bytesAtOnce = 8_388_608;

export interface RangeRow {
  /** Of the columns that were asked for, in their order. */
  readonly cells: readonly CellValue[];
  /** As it is stored. */
  readonly record: string;
}

/** The rows of the range that `where` describes, in the order in which they came in. */
export async function* rowsOfRange(
  events: Pick<EventStore, 'query'>,
  tenantId: TenantId,
  range: BatchRange,
  columns: readonly Sql[],
  where: readonly Sql[] = [],
): AsyncGenerator<RangeRow[]> {
  const record = name('record');
  const from = sql`from ${name(activitiesTable.name)}`;
  const asked = and([sql`${name('tenantId')} = ${{ uuid: tenantId }}`, inRange(range), ...where]);
  const list = columns.reduce((all, column) => sql`${all}, ${column}`, sql`${rowNumber}, ${byteLength(record)}`);
  const rows = await events.query(sql`select ${list} ${from} where ${asked}`);
  rows.sort(([left], [right]) => Number(left) - Number(right));
  for (const part of inParts(rows)) {
    const within = sql`${rowNumber} between ${Number(part[0]?.[0])} and ${Number(part.at(-1)?.[0])}`;
    const read = await events.query(sql`select ${rowNumber}, ${record} ${from} where ${and([asked, within])}`);
    const records = new Map(read.map(([row, text]) => [Number(row), String(text)]));
    yield part.map(([row, , ...cells]) => ({ cells, record: records.get(Number(row)) ?? '' }));
  }
}

/** By number and size of the record, which are the first values of each. */
function* inParts<Row extends readonly CellValue[]>(rows: readonly Row[]): Generator<Row[]> {
  let part: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = Number(row[1]);
    if (part.length === rowsAtOnce || (part.length > 0 && bytes + size > bytesAtOnce)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(row);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
