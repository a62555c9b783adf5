// Cuts a stream of bytes into lines without ever holding more than one line and one chunk of it.

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export interface LineReceiver {
  /** One line without its end; `number` counts from 1. The bytes are only good during the call. */
  line(bytes: Buffer, number: number): void;
  /** A line that was longer than allowed; its bytes are gone. */
  tooLong(number: number): void;
}

/** Lines end with LF or CRLF; the last one may end with the stream. A UTF-8 byte order mark at the start is skipped. */
export class LineSplitter {
  readonly #lineBytesMax: number;
  readonly #receiver: LineReceiver;
  #number = 1;
  /** The beginning of a line whose end is not here yet. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #isSkipping = false;

  constructor(lineBytesMax: number, receiver: LineReceiver) {
    this.#lineBytesMax = lineBytesMax;
    this.#receiver = receiver;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      this.#endLine(chunk.subarray(from, end));
      from = end + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** The stream is over: hands out the last line, if it had no end. */
  finish(): void {
    if (this.#partBytes > 0 || this.#isSkipping) this.#endLine(Buffer.alloc(0));
  }

  #keep(part: Buffer): void {
    if (this.#isSkipping) return;
    // One byte more for the CR of a line end.
    if (this.#partBytes + part.length > this.#lineBytesMax + 1) {
      this.#parts = [];
      this.#partBytes = 0;
      this.#isSkipping = true;
      return;
    }
    this.#parts.push(part);
    this.#partBytes += part.length;
  }

  #endLine(rest: Buffer): void {
    const number = this.#number++;
    if (!this.#isSkipping) {
      const whole = this.#parts.length === 0 ? rest : Buffer.concat([...this.#parts, rest]);
      const line = whole[whole.length - 1] === carriageReturn ? whole.subarray(0, -1) : whole;
      if (line.length <= this.#lineBytesMax) this.#receiver.line(number === 1 ? withoutMark(line) : line, number);
      else this.#receiver.tooLong(number);
    } else {
      this.#receiver.tooLong(number);
    }
    if (this.#parts.length > 0) this.#parts = [];
    this.#partBytes = 0;
    this.#isSkipping = false;
  }
}

function withoutMark(line: Buffer): Buffer {
  return line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? line.subarray(3) : line;
}
