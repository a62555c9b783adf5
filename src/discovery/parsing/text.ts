// Is it text, and how is it written. Logs are read as UTF-8; UTF-16 is turned into it, and what is neither is refused before
// anything is made of it.
import { LogRefused } from './refused.ts';

/** So much of a file is looked at. */
const headBytes = 65_536;
/** Fewer bytes than this are waited for. */
const headBytesLeast = 4096;
/** A text has next to no control characters; appliances that end messages with a zero byte have one in a line. */
const controlsShareMax = 0.05;

type Form = 'utf8' | 'utf16le' | 'utf16be';

/** Turns one file into UTF-8, piece by piece. */
export class TextReader {
  #form: Form | undefined;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Bytes of a character that is not whole. */
  #rest: Buffer = Buffer.alloc(0);

  /** The text of the next piece of the file; it may come with a later one. Throws LogRefused when it is none. */
  read(piece: Buffer, isLast: boolean): Buffer {
    if (this.#form !== undefined) return this.#decode(piece, isLast);
    this.#waiting.push(Buffer.from(piece));
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes < headBytesLeast && !isLast) return Buffer.alloc(0);
    const head = Buffer.concat(this.#waiting);
    this.#waiting = [];
    const { form, markBytes } = formOf(head.subarray(0, headBytes));
    this.#form = form;
    return this.#decode(head.subarray(markBytes), isLast);
  }

  #decode(piece: Buffer, isLast: boolean): Buffer {
    if (this.#form === 'utf8') return piece;
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const whole = isLast ? bytes.length & ~1 : wholeUnits(bytes, this.#form === 'utf16le');
    const units = Buffer.from(bytes.subarray(0, whole));
    this.#rest = Buffer.from(bytes.subarray(whole));
    if (this.#form === 'utf16be') units.swap16();
    return Buffer.from(units.toString('utf16le'));
  }
}

/** Up to the last unit, without the first half of a pair that is cut in two. */
function wholeUnits(bytes: Buffer, isLittle: boolean): number {
  const whole = bytes.length & ~1;
  if (whole < 2) return whole;
  const high = bytes[isLittle ? whole - 1 : whole - 2] ?? 0;
  return high >= 0xd8 && high <= 0xdb ? whole - 2 : whole;
}

/** First bytes of files that people try (and what to call them). */
const magics: readonly (readonly [magic: string, what: string])[] = [
  ['1f8b', 'a gzip file inside of the archive'],
  ['504b0304', 'a zip archive inside of the archive'],
  ['425a68', 'a bzip2 file'],
  ['fd377a585a00', 'an xz file'],
  ['28b52ffd', 'a Zstandard file'],
  ['377abcaf271c', 'a 7-Zip archive'],
  ['52617221', 'a RAR archive'],
  ['25504446', 'a PDF document'],
  ['d0cf11e0', 'a Microsoft Office document'],
  ['0a0d0d0a', 'a packet capture'],
  ['d4c3b2a1', 'a packet capture'],
  ['456c6646696c6500', 'a Windows event log'],
];
const advice = 'Upload the log as text, or as text packed with gzip or zip.';

function formOf(head: Buffer): { form: Form; markBytes: number } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return checked(head, 'utf8', 3);
  if (head[0] === 0xff && head[1] === 0xfe) return { form: 'utf16le', markBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { form: 'utf16be', markBytes: 2 };
  return checked(head, 'utf8', 0);
}

function checked(head: Buffer, form: Form, markBytes: number): { form: Form; markBytes: number } {
  const hex = head.toString('hex', 0, 8);
  const known = magics.find(([magic]) => hex.startsWith(magic));
  if (known) throw new LogRefused('unsupported-file', `Unsupported file type: this is ${known[1]}. ${advice}`);
  let controls = 0;
  const zeros = [0, 0];
  for (let at = 0; at < head.length; at++) {
    const byte = head[at] ?? 0;
    if (byte === 0) zeros[at & 1] = (zeros[at & 1] ?? 0) + 1;
    // Tab to carriage return, and the escape of coloured output.
    if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b) controls++;
  }
  if (controls <= head.length * controlsShareMax) return { form, markBytes };
  const [even = 0, odd = 0] = zeros;
  const isWide = Math.max(even, odd) > head.length * 0.2 && Math.min(even, odd) < head.length * 0.02;
  throw new LogRefused(
    'unsupported-file',
    isWide
      ? 'Unsupported file type: this looks like text in UTF-16 without a byte order mark. Save the log as UTF-8 and upload it again.'
      : `Unsupported file type: this is not text. ${advice}`,
  );
}
