import { displayWidth, padDisplay, printable } from './width.ts';

export interface Column<Row> {
  readonly heading: string;
  cell(row: Row): string;
}

const gap = '  ';

/** Rows under headings, each column as wide as its widest cell. The last column is not filled up. */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const lines = [columns.map((column) => column.heading), ...rows.map((row) => cellsOf(columns, row))];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => displayWidth(cells[index] ?? ''))));
  return lines.map((cells) =>
    cells
      .map((cell, index) => (index === cells.length - 1 ? cell : padDisplay(cell, widths[index] ?? 0)))
      .join(gap)
      .trimEnd(),
  );
}

function cellsOf<Row>(columns: readonly Column<Row>[], row: Row): string[] {
  return columns.map((column) => printable(column.cell(row)));
}

/** Names and their values below each other, values aligned. */
export function blockLines(entries: readonly (readonly [name: string, value: string])[], indent = ''): string[] {
  const width = Math.max(0, ...entries.map(([name]) => displayWidth(name)));
  return entries.map(([name, value]) => `${indent}${padDisplay(name, width)}${gap}${printable(value)}`.trimEnd());
}
