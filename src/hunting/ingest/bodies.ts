// From bytes to the values of JSON that they hold, whichever way those are written: a value a line, an array, pages of
// indented JSON, the rows of a CSV. Never more than one value is held.
import { isUtf8 } from 'node:buffer';
import { LineSplitter } from '../../activities/lines.ts';
import { cellsByName, readCsv } from '../../lib/csv.ts';
import { InvalidInput } from '../../lib/failures.ts';
import { jsonProblem } from '../../lib/json.ts';
import { JsonValueSplitter } from '../../lib/json-values.ts';
import { parseExact } from './exact-json.ts';

export interface ValueReceiver {
  /** Takes a value as its bytes; when it is false the value comes once more, parsed. The bytes are only good during the call. */
  scan(bytes: Buffer): boolean;
  /** `line` is where the value begins, `bytes` how long it is about. */
  value(value: unknown, line: number, bytes: number): void;
  rejected(line: number, reason: string): void;
  /** Called often: what has piled up can be put away, and others can have their turn. */
  pause(): Promise<void>;
}

export interface BodyOptions {
  /** Longest value (setting ingestLineBytesMax). */
  readonly valueBytesMax: number;
}

type Form = { readonly kind: 'lines' | 'csv' } | { readonly kind: 'values'; readonly pageMember: string };

/** Enough to tell the forms apart. */
const headBytes = 2048;
/** So much is read before anything else has its turn. */
const sliceBytes = 65_536;
const rowsAtOnce = 64;

/** Throws InvalidInput when the whole is in no form that can be read. */
export async function readBody(
  stream: AsyncIterable<Buffer>,
  options: BodyOptions,
  receiver: ValueReceiver,
): Promise<void> {
  const chunks = stream[Symbol.asyncIterator]();
  const head = await readHead(chunks);
  refuseOtherEncodings(head);
  const body = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
  const form = formOf(body.toString('utf8'));
  const all = (async function* () {
    if (body.length > 0) yield body;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  if (form.kind === 'csv') await readRows(all, options, receiver);
  else await readSplit(all, splitterOf(form, options, receiver), receiver);
}

async function readHead(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  while (size < headBytes) {
    const { done, value } = await chunks.next();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  return Buffer.concat(parts);
}

/** What no text in UTF-8 begins with, said once for the whole. */
function refuseOtherEncodings(head: Buffer): void {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new InvalidInput('body', 'The text is UTF-16. Save it as UTF-8 and send it again.');
  }
  if (first === 0x1f && second === 0x8b) {
    throw new InvalidInput('body', 'The body is gzip. Send it with the header "Content-Encoding: gzip".');
  }
}

function formOf(head: string): Form {
  const text = head.trimStart();
  if (text === '') return { kind: 'lines' };
  if (!text.startsWith('{') && !text.startsWith('[')) return { kind: 'csv' };
  const page = /^\{\s*"(?:@odata[^"]*|Stats|Schema|schema|Results|results|records|value)"/.test(text);
  if (!page && !text.startsWith('[') && !/^\{\s*[\r\n]/.test(text)) return { kind: 'lines' };
  const member = /"(Results|results|records|value)"\s*:\s*\[/.exec(text)?.[1];
  // A schema may be longer than the head; then its spelling tells how the rows are called.
  return { kind: 'values', pageMember: member ?? (/"schema"/.test(text) ? 'results' : 'Results') };
}

interface Splitter {
  push(chunk: Buffer): void;
  finish(): void;
}

function splitterOf(form: Form, { valueBytesMax }: BodyOptions, receiver: ValueReceiver): Splitter {
  const tooLong = `It is longer than ${valueBytesMax} bytes (setting ingestLineBytesMax).`;
  if (form.kind === 'values') {
    return new JsonValueSplitter(
      {
        value: (bytes, { line }) => readValue(bytes, line, receiver),
        lost: (reason, { line }) =>
          receiver.rejected(line, reason === 'too-long' ? tooLong : 'It is cut off by the end.'),
      },
      { valueBytesMax, pageMember: form.pageMember },
    );
  }
  return new LineSplitter(valueBytesMax, {
    line: (bytes, line) => readValue(bytes, line, receiver),
    tooLong: (line) => receiver.rejected(line, tooLong),
  });
}

async function readSplit(chunks: AsyncIterable<Buffer>, splitter: Splitter, receiver: ValueReceiver): Promise<void> {
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += sliceBytes) {
      splitter.push(chunk.subarray(from, from + sliceBytes));
      await receiver.pause();
    }
  }
  splitter.finish();
}

function readValue(bytes: Buffer, line: number, receiver: ValueReceiver): void {
  if (receiver.scan(bytes)) return;
  const text = bytes.toString('utf8');
  if (text.length < 3 && text.trim() === '') return;
  if (text.includes('\uFFFD') && !isUtf8(bytes)) {
    receiver.rejected(line, 'It is not valid UTF-8.');
    return;
  }
  let value: unknown;
  try {
    value = parseExact(text);
  } catch (error) {
    if (text.trim() !== '') receiver.rejected(line, `It is not JSON: ${jsonProblem(text, error)}.`);
    return;
  }
  receiver.value(value, line, bytes.length);
}

/** Rows become objects by the names in the first one. */
async function readRows(
  chunks: AsyncIterable<Buffer>,
  { valueBytesMax }: BodyOptions,
  receiver: ValueReceiver,
): Promise<void> {
  let names: readonly string[] | undefined;
  let rows = 0;
  for await (const item of readCsv(chunks, valueBytesMax)) {
    if (item.kind === 'unreadable') {
      const tooLong = `The row is longer than ${valueBytesMax} bytes, or its quotation marks are wrong; what follows it could not be read.`;
      receiver.rejected(item.line, item.reason === 'too-long' ? tooLong : 'The row is cut off by the end.');
    } else if (names === undefined) names = item.cells;
    else receiver.value(cellsByName(names, item.cells), item.line, item.bytes);
    if (++rows % rowsAtOnce === 0) await receiver.pause();
  }
}
