import { rm } from 'node:fs/promises';
import type { RowFile } from '../../events/row-files.ts';
import { trafficTable } from './table.ts';

/** The first columns of the table, which are the same in every row of an upload; files of rows have the others. */
const sameColumnCount = 3;
export const rowColumns = trafficTable.columns.slice(sameColumnCount);

/** The rows that a log came to, in files of the folder for such (parsing/spool.ts). To be disposed of when they are stored. */
export class TrafficRows {
  readonly files: readonly RowFile[];
  readonly rowCount: number;

  constructor(files: readonly RowFile[]) {
    this.files = files;
    this.rowCount = files.reduce(
      (sum, { pieces }) => sum + pieces.reduce((rows, piece) => rows + piece.rowCount, 0),
      0,
    );
  }

  /** Removes the files; once more does nothing. */
  async dispose(): Promise<void> {
    await Promise.all(this.files.map(({ path }) => rm(path, { force: true })));
  }
}
