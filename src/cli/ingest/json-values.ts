// JSON arrays, pages and indented JSON, turned into one value a line.
import { JsonValueSplitter } from '../../lib/json-values.ts';
import type { LocalProblem } from './records.ts';

const valueBytesMax = 64 * 1024 * 1024;

const newline = Buffer.from('\n');

/**
 * The values, each as the bytes it was written with and a line feed. A value that cannot be sent (too long, cut off by
 * the end) becomes an empty line, so that line numbers stay record numbers, and is told to `onProblem`. With `pageMember`
 * the entries of the list of that name are values too, as in the answers of the security APIs.
 */
export async function* splitJsonValues(
  chunks: AsyncIterable<Buffer>,
  onProblem: (problem: LocalProblem) => void,
  pageMember?: string,
): AsyncGenerator<Buffer> {
  let lines: Buffer[] = [];
  const splitter = new JsonValueSplitter(
    {
      value: (bytes) => lines.push(bytes, newline),
      lost(reason, { number }) {
        onProblem({ record: number, reason });
        lines.push(newline);
      },
    },
    { valueBytesMax, pageMember },
  );
  for await (const chunk of chunks) {
    splitter.push(chunk);
    if (lines.length > 0) yield Buffer.concat(lines);
    lines = [];
  }
  splitter.finish();
  if (lines.length > 0) yield Buffer.concat(lines);
}
