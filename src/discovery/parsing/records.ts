// Where one record of a log ends and the next begins. The thread that unpacks cuts slices at these places, and those that
// read find the same ones again.
import type { LogParser } from '../formats/reader.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/** Finds records one after the other; where the last one lies is in its fields. */
export interface RecordCutter {
  /** The record is bytes[start..end), without its line break. */
  start: number;
  end: number;
  /** Where to look for the next one. */
  next: number;
  /**
   * Finds the first record at or behind `from`; false when there is no whole one before `to`. `isLast` says that nothing
   * comes after `to`, so that what is left there is a record too.
   */
  find(bytes: Buffer, from: number, to: number, isLast: boolean): boolean;
}

/** `recordBytesMax` is how far a record may go on over line breaks. */
export function cutterOf(records: LogParser['records'], recordBytesMax: number): RecordCutter {
  if (records === 'lines') return new LineCutter();
  if (records === 'quoted-lines') return new QuotedCutter(recordBytesMax);
  return new ElementCutter(records.element, recordBytesMax);
}

class LineCutter implements RecordCutter {
  start = 0;
  end = 0;
  next = 0;

  find(bytes: Buffer, from: number, to: number, isLast: boolean): boolean {
    const at = bytes.indexOf(newline, from);
    const isWhole = at >= 0 && at < to;
    if (!isWhole && (!isLast || from >= to)) return false;
    this.start = from;
    this.next = isWhole ? at + 1 : to;
    const stop = isWhole ? at : to;
    this.end = stop > from && bytes[stop - 1] === carriageReturn ? stop - 1 : stop;
    return true;
  }
}

/** A line break inside of double quotes belongs to the value. A quote that nobody closes ends with its line. */
class QuotedCutter implements RecordCutter {
  readonly #bytesMax: number;
  start = 0;
  end = 0;
  next = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  find(bytes: Buffer, from: number, to: number, isLast: boolean): boolean {
    if (from >= to) return false;
    const limit = Math.min(to, from + this.#bytesMax);
    let firstBreak = -1;
    let isOpen = false;
    for (let at = from; at < limit; at++) {
      const byte = bytes[at];
      if (byte === quote) isOpen = !isOpen;
      else if (byte === newline) {
        if (!isOpen) return this.#found(bytes, from, at, at + 1);
        if (firstBreak < 0) firstBreak = at;
      }
    }
    if (limit === to && !isLast) return false;
    if (firstBreak >= 0) return this.#found(bytes, from, firstBreak, firstBreak + 1);
    const later = limit === to ? -1 : bytes.indexOf(newline, limit);
    if (later >= 0 && later < to) return this.#found(bytes, from, later, later + 1);
    return isLast && this.#found(bytes, from, to, to);
  }

  #found(bytes: Buffer, from: number, stop: number, next: number): true {
    this.start = from;
    this.end = stop > from && bytes[stop - 1] === carriageReturn ? stop - 1 : stop;
    this.next = next;
    return true;
  }
}

const [tagEnd, slash, space] = [0x3e, 0x2f, 0x20];

/** `<name …>…</name>` or `<name …/>`; what stands between elements belongs to none. */
class ElementCutter implements RecordCutter {
  readonly #open: Buffer;
  readonly #close: Buffer;
  readonly #bytesMax: number;
  start = 0;
  end = 0;
  next = 0;

  constructor(name: string, bytesMax: number) {
    this.#open = Buffer.from(`<${name}`);
    this.#close = Buffer.from(`</${name}>`);
    this.#bytesMax = bytesMax;
  }

  find(bytes: Buffer, from: number, to: number, isLast: boolean): boolean {
    let start = from;
    for (;;) {
      start = this.#indexOf(bytes, this.#open, start, to);
      if (start < 0) return false;
      const after = start + this.#open.length;
      if (after >= to) return false;
      const end = isNameEnd(bytes[after]) ? this.#endOf(bytes, after, Math.min(to, start + this.#bytesMax)) : -1;
      if (end >= 0) {
        this.start = start;
        this.end = end;
        this.next = end;
        return true;
      }
      // Of another name, or longer than allowed: go on behind it. What may still come to its end is waited for.
      if (!isLast && isNameEnd(bytes[after]) && start + this.#bytesMax > to) return false;
      start = after;
    }
  }

  #endOf(bytes: Buffer, from: number, to: number): number {
    const tag = bytes.indexOf(tagEnd, from);
    if (tag < 0 || tag >= to) return -1;
    if (bytes[tag - 1] === slash) return tag + 1;
    const close = this.#indexOf(bytes, this.#close, tag + 1, to);
    return close < 0 ? -1 : close + this.#close.length;
  }

  #indexOf(bytes: Buffer, needle: Buffer, from: number, to: number): number {
    const at = bytes.subarray(from, to).indexOf(needle);
    return at < 0 ? -1 : from + at;
  }
}

function isNameEnd(byte: number | undefined): boolean {
  return (
    byte === tagEnd || byte === slash || byte === space || byte === newline || byte === carriageReturn || byte === 0x09
  );
}
