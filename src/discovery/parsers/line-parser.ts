import { Fields, type Slots } from '../formats/fields.ts';
import type { Line } from '../formats/line.ts';
import type { LogParser, ReadingContext, SkipReason } from '../formats/reader.ts';
import type { Transaction } from '../formats/transaction.ts';

/** Fills the transaction from one line, or says why there is none. `fields` belongs to the reader and is filled anew for each line. */
export type ReadLine = (
  line: Line,
  transaction: Transaction,
  fields: Fields,
  context: ReadingContext,
) => SkipReason | null;

/** A parser of logs whose every line stands for itself. */
export function lineParser(slots: Slots<string>, read: ReadLine): LogParser {
  const count = Object.keys(slots).length;
  return {
    records: 'lines',
    headers: 'none',
    open: (context) => {
      const fields = new Fields(count);
      return { read: (line, transaction) => read(line, transaction, fields, context) };
    },
  };
}
