// The CSV that Purview's audit search exports: its AuditData column holds the record as JSON.
import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
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

const rowCharactersMax = 64 * 1024 * 1024;

/**
 * The AuditData of every row, a line each; a row without any becomes an empty line and is told to `onProblem`, so that
 * line numbers stay record numbers. The header is no record. Throws NoAuditData.
 */
export async function* readPurviewCsv(
  chunks: AsyncIterable<Buffer>,
  onProblem: (problem: LocalProblem) => void,
): AsyncGenerator<Buffer> {
  const unreadable: CsvError[] = [];
  const parser = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    relaxColumnCount: true,
    relaxQuotes: true,
    skipEmptyLines: true,
    maxRecordSize: rowCharactersMax,
    // An error of the parser would take the rows with it that are read but not yet handed over.
    skipRecordsWithError: true,
    onSkip: (error) => {
      if (error) unreadable.push(error);
    },
  });
  const source = Readable.from(chunks, { objectMode: false });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let column = -1;
  let record = 0;
  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      if (column < 0) {
        column = row.findIndex((name) => name.trim().toLowerCase() === 'auditdata');
        if (column < 0) throw new NoAuditData(row.slice(0, 50));
        continue;
      }
      record++;
      const audit = row[column]?.trim() ?? '';
      if (audit === '') onProblem({ record, reason: 'no-audit-data' });
      yield Buffer.from(`${audit.replaceAll(/[\r\n]+/g, ' ')}\n`);
    }
    // With the leniency above only two things are unreadable: a row beyond the limit, and a last row without its end.
    for (const { code } of unreadable) {
      record++;
      onProblem({ record, reason: code === 'CSV_MAX_RECORD_SIZE' ? 'too-long-row' : 'cut-off' });
      yield Buffer.from('\n');
    }
  } finally {
    source.destroy();
  }
}
