// Parsers of logs whose every line stands for itself.
import { Fields } from '../formats/fields.ts';
import type { Line } from '../formats/line.ts';
import type { NamedReader } from '../formats/named-reader.ts';
import type { LogParser, ReadingContext, RecordReader, SkipReason } from '../formats/reader.ts';
import { withSyslog } from '../formats/syslog.ts';
import type { Transaction } from '../formats/transaction.ts';

/** Maps the fields of a record to a transaction. `line` is the record without the headers of syslog. */
export type FieldMapping = (
  fields: Fields,
  transaction: Transaction,
  context: ReadingContext,
  line: Line,
) => SkipReason | null;

/** A parser of lines that name their fields; headers of syslog in front of them are taken away. */
export function fieldParser<Name extends string>(reader: NamedReader<Name>, map: FieldMapping): LogParser {
  const count = Object.keys(reader.slots).length;
  return lineParser((context) => {
    const fields = new Fields(count);
    return {
      read: (line, transaction) => (reader.read(line, fields) ? map(fields, transaction, context, line) : 'malformed'),
    };
  });
}

/** A parser of lines without a header of columns; headers of syslog in front of them are taken away. */
export function lineParser(open: (context: ReadingContext) => RecordReader): LogParser {
  return withSyslog({ records: 'lines', headers: 'none', open }, false);
}
