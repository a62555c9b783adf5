import type { MarkedBlock } from './marks.ts';

/** A line of a log, where it lies: bytes[start..end), without its line break. One object a reader, filled anew for each line. */
export class Line {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Where separators and the like lie in these bytes, if that was found already. */
  marks: MarkedBlock | null = null;

  /** The line as text, for messages and for the few readers that need one. */
  text(): string {
    return this.bytes.toString('utf8', this.start, this.end);
  }

  /** A line of its own, for tests and for headers. */
  static of(text: string): Line {
    const line = new Line();
    line.bytes = Buffer.from(text, 'utf8');
    line.end = line.bytes.length;
    return line;
  }
}
