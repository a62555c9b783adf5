// The answer of a query.

export type Row = Readonly<Record<string, unknown>>;

export interface ResultColumn {
  readonly name: string;
  /** As the API names types: String, DateTime, Int64, … */
  readonly type: string;
}

export interface Answer {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly Row[];
  readonly seconds: number;
}

const numeric = ['Int32', 'Int64', 'Double', 'SqlDecimal'];

export const isNumeric = ({ type }: ResultColumn): boolean => numeric.includes(type);
export const isTemporal = ({ type }: ResultColumn): boolean => type === 'DateTime';

/** A cell as plain text. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Rows in the order of a column: numbers and times by value, all else as text; what is empty comes last. */
export function sortedRows(rows: readonly Row[], column: ResultColumn, direction: 'asc' | 'desc'): Row[] {
  const sign = direction === 'desc' ? -1 : 1;
  const isNumber = isNumeric(column);
  const keyed = rows.map((row) => {
    const value = row[column.name];
    const text = textOf(value);
    return { row, text, number: isNumber ? Number(value) : 0, isEmpty: text === '' };
  });
  keyed.sort((a, b) => {
    if (a.isEmpty || b.isEmpty) return Number(a.isEmpty) - Number(b.isEmpty);
    return sign * (isNumber ? a.number - b.number : a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
  });
  return keyed.map(({ row }) => row);
}
