// An editor may hold several queries with empty lines between them; the one where the cursor is runs.

export interface Block {
  readonly text: string;
  /** From 1. */
  readonly startLine: number;
}

/** The query around a line (from 1): up to the next empty line in each direction. Of an empty line, the query above it. */
export function blockAt(text: string, line: number): Block {
  const lines = text.split(/\r\n|\r|\n/);
  const isEmpty = (index: number) => (lines[index] ?? '').trim() === '';
  let first = Math.min(Math.max(0, line - 1), lines.length - 1);
  while (first > 0 && isEmpty(first)) first -= 1;
  if (isEmpty(first)) while (first < lines.length - 1 && isEmpty(first)) first += 1;
  let last = first;
  while (first > 0 && !isEmpty(first - 1)) first -= 1;
  while (last < lines.length - 1 && !isEmpty(last + 1)) last += 1;
  return { text: lines.slice(first, last + 1).join('\n'), startLine: first + 1 };
}
