import { useState } from 'react';
import {
  checkFilters,
  type FilterRow,
  type Filters,
  faultsOfRows,
  filtersOfRows,
  type JsonFault,
  newRow,
  parseJson,
  type RowFault,
  rowsOf,
} from './filter-model.ts';
import type { FilterField } from './filter-table.ts';

export interface FilterDraft {
  readonly rows: readonly FilterRow[];
  readonly faults: ReadonlyMap<number, RowFault>;
  /** The JSON that is being typed; undefined while rows are shown. */
  readonly text: string | undefined;
  readonly jsonFault: JsonFault | undefined;
  /** False while what was typed has no rows. */
  readonly canBuild: boolean;
  setRows(rows: readonly FilterRow[]): void;
  addRow(): void;
  setText(text: string): void;
  toJson(): void;
  toRows(): void;
}

interface State {
  /** What the filters were when these rows or this text were made of them or told to the parent. */
  readonly known: string;
  readonly rows: readonly FilterRow[];
  readonly text: string | undefined;
}

/** What is being edited: begins anew whenever `value` becomes something that was not made here. */
export function useFilterDraft(
  fields: readonly FilterField[],
  value: Filters,
  onChange: (value: Filters, isWhole: boolean) => void,
): FilterDraft {
  const [state, setState] = useState(() => stateOf(value, fields));
  const isForeign = JSON.stringify(value) !== state.known;
  const present = isForeign ? stateOf(value, fields) : state;
  if (isForeign) setState(present);
  const { rows, text } = present;
  const parsed = text === undefined ? undefined : parseJson(text, fields);
  const tell = (filters: Filters, isWhole: boolean, next: Omit<State, 'known'>) => {
    setState({ ...next, known: JSON.stringify(filters) });
    onChange(filters, isWhole);
  };
  const setRows = (changed: readonly FilterRow[]) =>
    tell(filtersOfRows(changed, fields), faultsOfRows(changed, fields).size === 0, { rows: changed, text: undefined });
  return {
    rows,
    text,
    faults: faultsOfRows(rows, fields),
    jsonFault: parsed && 'fault' in parsed ? parsed.fault : undefined,
    canBuild: parsed !== undefined && 'filters' in parsed && rowsOf(parsed.filters, fields) !== undefined,
    setRows,
    addRow: () => {
      // The next field that has no condition yet, in the order of the API's table.
      const next = fields.find(({ name }) => !rows.some((row) => row.field === name)) ?? fields[0];
      if (next) setRows([...rows, newRow(next.name, next.operators[0]?.name ?? '')]);
    },
    setText: (typed) => {
      const read = parseJson(typed, fields);
      tell('filters' in read ? read.filters : value, 'filters' in read, { rows, text: typed });
    },
    toJson: () => {
      // Rows that are not whole have no JSON: with the text they are gone, and what is left is whole.
      const filters = filtersOfRows(rows, fields);
      tell(filters, true, { rows, text: JSON.stringify(filters, null, 2) });
    },
    toRows: () => {
      const built = parsed && 'filters' in parsed ? rowsOf(parsed.filters, fields) : undefined;
      if (built) setRows(built);
    },
  };
}

/** Rows where there is one for everything, otherwise the JSON with what is wrong in it. */
function stateOf(value: Filters, fields: readonly FilterField[]): State {
  const known = JSON.stringify(value);
  const rows = 'filters' in checkFilters(value, fields) ? rowsOf(value, fields) : undefined;
  return rows ? { known, rows, text: undefined } : { known, rows: [], text: JSON.stringify(value, null, 2) };
}
