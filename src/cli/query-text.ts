// A query as a person gives it: written out, in a file, or on standard input.
import { readFileSync } from 'node:fs';
import type { Terminal } from './terminal.ts';

/** Far more than the server takes, so that it is the server that says so. */
const textBytesMax = 16 * 1024 * 1024;

/** The text of the file, `-` for standard input; without a byte order mark. */
export async function readQueryFile(file: string, terminal: Pick<Terminal, 'input'>): Promise<string> {
  return (file === '-' ? await readInput(terminal.input) : readFileSync(file, 'utf8')).replace(/^\ufeff/, '');
}

async function readInput(input: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.length;
    if (bytes > textBytesMax) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
