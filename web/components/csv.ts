// Tables as CSV (RFC 4180), for spreadsheets.
import type { Column } from '../ui/DataTable.tsx';

/** The rows with the columns that have a text, with a heading line. Begins with a byte order mark, for spreadsheets. */
export function toCsv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const shown = columns.filter(({ text }) => text !== undefined);
  const lines = [
    shown.map(({ header }) => cell(header)),
    ...rows.map((row) => shown.map(({ text }) => cell(text?.(row) ?? ''))),
  ];
  return `\ufeff${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}

/** Texts that a spreadsheet would calculate get an apostrophe in front: names come from outside. Some split at semicolons. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^\s*[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hands a file to the browser. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
