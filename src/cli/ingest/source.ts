// Opening what a person wants to ingest: a file or standard input, packed or not, in whichever form Microsoft 365 gave it.
import { createReadStream, statSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

export type Format = 'ndjson' | 'json' | 'csv';

export interface Source {
  /** Unpacked UTF-8 without a byte order mark. */
  readonly text: AsyncIterable<Buffer>;
  readonly format: Format;
  /** Bytes read from the file so far, before unpacking. */
  bytesRead(): number;
  /** Undefined for standard input. */
  readonly bytesTotal: number | undefined;
  /** Why packed data could not be unpacked to its end, once that is known; what came before was read. */
  damage(): string | undefined;
}

const headBytes = 65_536;

/**
 * Opens the file (`-` is standard input), unpacks gzip, turns UTF-16 into UTF-8 and finds out the format: `detect` gets the
 * beginning of the text.
 */
export async function openSource(
  file: string,
  input: AsyncIterable<Buffer>,
  wanted: Format | undefined,
  detect: (head: string) => Format = detectFormat,
): Promise<Source> {
  let bytes = 0;
  const isInput = file === '-';
  const bytesTotal = isInput ? undefined : statSync(file).size;
  const raw = isInput ? input : (createReadStream(file) as AsyncIterable<Buffer>);
  const counted = (async function* () {
    for await (const chunk of raw) {
      bytes += chunk.length;
      yield chunk;
    }
  })();
  let damage: string | undefined;
  const unpacked = await unpack(await peek(counted, 2), (reason) => {
    damage = reason;
  });
  const { head, all } = await peek(toUtf8(await peek(unpacked, 4)), headBytes);
  const detected = detect(head.toString('utf8'));
  const format = wanted ?? detected;
  return { text: all, format, bytesRead: () => bytes, bytesTotal, damage: () => damage };
}

interface Peeked {
  /** At least the bytes asked for, unless there are fewer. */
  readonly head: Buffer;
  /** Everything, head included. */
  readonly all: AsyncIterable<Buffer>;
}

async function peek(chunks: AsyncIterable<Buffer>, bytes: number): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  while (size < bytes) {
    const { done, value } = await iterator.next();
    if (done) break;
    first.push(value);
    size += value.length;
  }
  const head = Buffer.concat(first);
  const all = (async function* () {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
  return { head, all };
}

/** Gzip is known by its first two bytes (RFC 1952 section 2.3.1), whatever the file is called. */
async function unpack({ head, all }: Peeked, onDamage: (reason: string) => void): Promise<AsyncIterable<Buffer>> {
  if (head[0] !== 0x1f || head[1] !== 0x8b) return all;
  const gunzip = createGunzip();
  // An error destroys the pipeline and reaches whoever reads from it.
  pipeline(Readable.from(all, { objectMode: false }), gunzip, () => undefined);
  return untilDamage(gunzip, onDamage);
}

/** Damaged packing ends the data where it is damaged: the records before it are whole. Other errors pass. */
async function* untilDamage(unpacked: AsyncIterable<Buffer>, onDamage: (reason: string) => void) {
  try {
    yield* unpacked;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // Streams fail with errors that have a code.
    if (!code?.startsWith('Z_')) throw error;
    onDamage(message);
  }
}

/** Windows PowerShell writes UTF-16 with a byte order mark; the UTF-8 mark of spreadsheets is dropped. */
function toUtf8({ head, all }: Peeked): AsyncIterable<Buffer> {
  const mark = head.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') return decode(all, mark === 'fffe' ? 'utf-16le' : 'utf-16be');
  if (head.subarray(0, 3).toString('hex') === 'efbbbf') return withoutFirst(all, 3);
  return all;
}

async function* decode(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

async function* withoutFirst(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    yield chunk.subarray(Math.min(left, chunk.length));
    left = Math.max(0, left - chunk.length);
  }
}

/**
 * JSON values when it begins with an array (a content blob of the Management Activity API), with a brace alone on its
 * line (indented JSON), or with a page of an OData API; CSV when the first line names an AuditData column; else a record a line.
 */
export function detectFormat(head: string): Format {
  const text = head.trimStart();
  const firstLine = text.slice(0, text.indexOf('\n') >= 0 ? text.indexOf('\n') : undefined).trim();
  if (text.startsWith('[') || firstLine === '{' || /^\{\s*"(@odata\.|value"\s*:\s*\[)/.test(text)) return 'json';
  if (!text.startsWith('{') && /(^|[,;\t])\s*"?AuditData"?\s*($|[,;\t])/i.test(firstLine)) return 'csv';
  return 'ndjson';
}
