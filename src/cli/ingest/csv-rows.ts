// The CSV of a result page: rows under the names of their columns, as a line of JSON each.
import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import type { LocalProblem } from './records.ts';

const rowCharactersMax = 64 * 1024 * 1024;

/**
 * Every row as an object of texts. A row that cannot be read becomes an empty line and is told to `onProblem`, so that
 * line numbers stay record numbers; the header is no record.
 */
export async function* csvRows(
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
  let names: readonly string[] | undefined;
  let record = 0;
  try {
    for await (const row of parser as AsyncIterable<string[]>) {
      if (names === undefined) {
        names = row.map((name) => name.trim());
        continue;
      }
      record++;
      const cells = row.map((cell, index) => [names?.[index] || `Column${index + 1}`, cell]);
      yield Buffer.from(`${JSON.stringify(Object.fromEntries(cells))}\n`);
    }
    for (const { code } of unreadable) {
      record++;
      onProblem({ record, reason: code === 'CSV_MAX_RECORD_SIZE' ? 'too-long-row' : 'cut-off' });
      yield Buffer.from('\n');
    }
  } finally {
    source.destroy();
  }
}
