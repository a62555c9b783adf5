import { useRef, useState } from 'react';
import type { Column } from '../ui/DataTable.tsx';
import { saveFile, toCsv } from './csv.ts';
import { type ExportCut, takeRows } from './export-rows.ts';
import type { ListQuery } from './list-state.ts';
import type { Page } from './ServerTable.tsx';

interface Exported<Row> {
  readonly exportName: string;
  readonly columns: readonly Column<Row>[];
  readonly state: ListQuery;
  load(query: ListQuery, signal: AbortSignal): Promise<Page<Row>>;
  exportFile?(query: ListQuery, signal: AbortSignal): Promise<Blob>;
}

/**
 * Takes everything that the filter shows and hands it over as CSV: the server's own file where it makes one, otherwise page by
 * page. `progress` goes from 0 to 1 while it runs; `cut` says what the last file does not hold.
 */
export function useExport<Row>({ exportName, columns, state, load, exportFile }: Exported<Row>) {
  const [progress, setProgress] = useState<number>();
  const [error, setError] = useState<unknown>();
  const [cut, setCut] = useState<ExportCut>();
  const running = useRef<AbortController>(undefined);

  const { sort, direction, search, filters } = state;
  // What lists send to the server and nothing else: a state knows its page and its size as well.
  const query = { sort, direction, search, filters };

  async function run(signal: AbortSignal): Promise<void> {
    if (exportFile) {
      saveFile(`${exportName}.csv`, await exportFile(state, signal));
      return;
    }
    const taken = await takeRows((span) => load({ ...query, ...span }, signal), setProgress);
    saveFile(`${exportName}.csv`, new Blob([toCsv(columns, taken.rows)], { type: 'text/csv;charset=utf-8' }));
    setCut(taken.cut);
  }

  return {
    progress,
    error,
    cut,
    begin: () => {
      const stop = new AbortController();
      running.current = stop;
      setError(undefined);
      setCut(undefined);
      setProgress(0);
      run(stop.signal)
        .catch((problem: unknown) => stop.signal.aborted || setError(problem))
        .finally(() => setProgress(undefined));
    },
    cancel: () => running.current?.abort(),
  };
}
