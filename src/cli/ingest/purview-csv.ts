// The CSV that Purview's audit search exports: its AuditData column holds the record as JSON.
import { readCsv } from '../../lib/csv.ts';
import { csvReasons, rowBytesMax } from './csv-rows.ts';
import type { LocalProblem } from './records.ts';

/** The CSV has no AuditData column. */
export class NoAuditData extends Error {
  override readonly name = 'NoAuditData';
  readonly columns: readonly string[];
  constructor(columns: readonly string[]) {
    super('The CSV has no AuditData column.');
    this.columns = columns;
  }
}

/**
 * The AuditData of every row, a line each; a row without any becomes an empty line and is told to `onProblem`, so that
 * line numbers stay record numbers. The header is no record. Throws NoAuditData.
 */
export async function* readPurviewCsv(
  chunks: AsyncIterable<Buffer>,
  onProblem: (problem: LocalProblem) => void,
): AsyncGenerator<Buffer> {
  let column = -1;
  let record = 0;
  for await (const item of readCsv(chunks, rowBytesMax)) {
    if (item.kind === 'unreadable') {
      onProblem({ record: record + 1, reason: csvReasons[item.reason] });
      yield Buffer.from('\n');
    } else if (column < 0) {
      column = item.cells.findIndex((name) => name.trim().toLowerCase() === 'auditdata');
      if (column < 0) throw new NoAuditData(item.cells.slice(0, 50));
    } else {
      record++;
      const audit = item.cells[column]?.trim() ?? '';
      if (audit === '') onProblem({ record, reason: 'no-audit-data' });
      yield Buffer.from(`${audit.replaceAll(/[\r\n]+/g, ' ')}\n`);
    }
  }
}
