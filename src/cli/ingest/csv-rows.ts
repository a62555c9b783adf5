// The CSV of a result page: rows under the names of their columns, as a line of JSON each.
import { cellsByName, readCsv } from '../../lib/csv.ts';
import type { LocalProblem } from './records.ts';

/** The longest row of a CSV. */
export const rowBytesMax = 64 * 1024 * 1024;

/** What is told of a row that cannot be read. */
export const csvReasons = { 'too-long': 'too-long-row', 'cut-off': 'cut-off' } as const;

/**
 * Every row as an object of texts. A row that cannot be read becomes an empty line and is told to `onProblem`, so that
 * line numbers stay record numbers; the header is no record.
 */
export async function* csvRows(
  chunks: AsyncIterable<Buffer>,
  onProblem: (problem: LocalProblem) => void,
): AsyncGenerator<Buffer> {
  let names: readonly string[] | undefined;
  let record = 0;
  for await (const item of readCsv(chunks, rowBytesMax)) {
    if (item.kind === 'unreadable') {
      onProblem({ record: record + 1, reason: csvReasons[item.reason] });
      yield Buffer.from('\n');
    } else if (names === undefined) names = item.cells;
    else {
      record++;
      yield Buffer.from(`${JSON.stringify(cellsByName(names, item.cells))}\n`);
    }
  }
}
