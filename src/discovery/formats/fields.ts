import type { Line } from './line.ts';
import type { Span } from './transaction.ts';

const minus = 0x2d;

/** Slots by name: where a format puts the value of each field that a parser asks for. */
export type Slots<Name extends string> = { readonly [N in Name]: number };

export function slotsOf<const Name extends string>(names: readonly Name[]): Slots<Name> {
  return Object.fromEntries(names.map((name, index) => [name, index])) as Slots<Name>; // One for each, by construction.
}

/**
 * The values of a line's fields, where they lie in it. A format fills it, a parser asks for values by slot; a value that was not
 * there, or is nothing but a hyphen, is absent.
 */
export class Fields {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** How the value is to be understood, as the format says; 0 is "as it is". See `decode`. */
  readonly forms: Uint8Array;
  bytes: Buffer = Buffer.alloc(0);
  /** Turns a value of a form other than 0 into text. */
  decode: (bytes: Buffer, start: number, end: number, form: number) => string = (bytes, start, end) =>
    bytes.toString('utf8', start, end);

  constructor(count: number) {
    this.starts = new Int32Array(count);
    this.ends = new Int32Array(count);
    this.forms = new Uint8Array(count);
  }

  /** All values are absent; the next ones are of this line. */
  begin(line: Line): void {
    this.bytes = line.bytes;
    // There are a dozen of them: a loop is through before a call that fills an array has begun.
    const { starts, ends } = this;
    for (let slot = 0; slot < starts.length; slot++) {
      starts[slot] = -1;
      // So that whoever asks for the bytes of a value that is absent gets none, not those of an earlier line.
      ends[slot] = -1;
    }
  }

  put(slot: number, start: number, end: number, form = 0): void {
    this.starts[slot] = start;
    this.ends[slot] = end;
    this.forms[slot] = form;
  }

  has(slot: number): boolean {
    const start = this.starts[slot] ?? -1;
    const end = this.ends[slot] ?? -1;
    return start >= 0 && end > start && !(end === start + 1 && this.bytes[start] === minus);
  }

  /** Empty when absent. */
  text(slot: number): string {
    if (!this.has(slot)) return '';
    const start = this.starts[slot] ?? 0;
    const end = this.ends[slot] ?? 0;
    const form = this.forms[slot] ?? 0;
    return form === 0 ? this.bytes.toString('utf8', start, end) : this.decode(this.bytes, start, end, form);
  }

  /** The value is this word, whatever its case. `word` is lower-case ASCII. */
  is(slot: number, word: string): boolean {
    const start = this.starts[slot] ?? -1;
    const end = this.ends[slot] ?? -1;
    if (start < 0 || end - start !== word.length) return false;
    for (let i = 0; i < word.length; i++) {
      const byte = this.bytes[start + i] ?? 0;
      const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
      if (lower !== word.charCodeAt(i)) return false;
    }
    return true;
  }

  /** A whole number without sign; NaN when the value is absent or no such number. */
  whole(slot: number): number {
    const start = this.starts[slot] ?? -1;
    const end = this.ends[slot] ?? -1;
    if (start < 0 || end <= start || end - start > 16) return Number.NaN;
    let value = 0;
    for (let i = start; i < end; i++) {
      const digit = (this.bytes[i] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) return Number.NaN;
      value = value * 10 + digit;
    }
    return value;
  }

  /** Puts the value into a span of a transaction; leaves it empty when absent. */
  into(slot: number, span: Span): void {
    if (!this.has(slot)) return;
    const form = this.forms[slot] ?? 0;
    if (form !== 0) span.setText(this.text(slot));
    else span.set(this.bytes, this.starts[slot] ?? 0, this.ends[slot] ?? 0);
  }
}
