// The forms in which incidents come: one JSON object a line, a JSON array, or pages of the documented API, packed into
// one line or indented. All of them are cut into incidents while the bytes come.
import { isUtf8 } from 'node:buffer';
import { LineSplitter } from '../activities/lines.ts';
import { InvalidInput } from '../lib/failures.ts';
import { jsonProblem } from '../lib/json.ts';
import { JsonValueSplitter } from '../lib/json-values.ts';

export interface RecordReceiver {
  /** A record that is JSON; `line` is where it begins, `bytes` how long it was. */
  record(value: unknown, line: number, bytes: number): void;
  rejected(line: number, reason: string): void;
}

/** Enough to tell the forms apart. */
const headBytes = 64;

/** Cuts the bytes into records. The form is found out from the beginning. */
export class RecordReader {
  readonly #receiver: RecordReceiver;
  readonly #recordBytesMax: number;
  readonly #setting: string;
  #head: Buffer[] = [];
  #splitter: { push(chunk: Buffer): void; finish(): void } | undefined;

  /** `setting` is the one that bounds the records, named to who sends larger ones. */
  constructor(receiver: RecordReceiver, recordBytesMax: number, setting: string) {
    this.#receiver = receiver;
    this.#recordBytesMax = recordBytesMax;
    this.#setting = setting;
  }

  /** Throws InvalidInput when the whole is in no form that can be read. */
  push(chunk: Buffer): void {
    if (this.#splitter) {
      this.#splitter.push(chunk);
      return;
    }
    this.#head.push(chunk);
    const head = Buffer.concat(this.#head);
    // White space alone tells nothing.
    if (head.length >= headBytes && /\S/.test(head.toString('latin1'))) this.#begin(head);
  }

  finish(): void {
    if (!this.#splitter) this.#begin(Buffer.concat(this.#head));
    this.#splitter?.finish();
  }

  #begin(head: Buffer): void {
    refuseOtherEncodings(head);
    this.#head = [];
    const [mark = 0] = head;
    const text = mark === 0xef ? head.subarray(3) : head;
    this.#splitter = hasValuesAcrossLines(text.toString('utf8')) ? this.#values() : this.#lines();
    this.#splitter.push(text);
  }

  #lines(): LineSplitter {
    return new LineSplitter(this.#recordBytesMax, {
      line: (bytes, line) => this.#take(bytes, line),
      tooLong: (line) => this.#receiver.rejected(line, this.#tooLong()),
    });
  }

  #values(): JsonValueSplitter {
    return new JsonValueSplitter(
      {
        value: (bytes, { line }) => this.#take(bytes, line),
        lost: (reason, { line }) =>
          this.#receiver.rejected(line, reason === 'too-long' ? this.#tooLong() : 'It is cut off by the end.'),
      },
      { valueBytesMax: this.#recordBytesMax, pageMember: 'value' },
    );
  }

  #tooLong(): string {
    return `It is longer than ${this.#recordBytesMax} bytes (setting ${this.#setting}).`;
  }

  #take(bytes: Buffer, line: number): void {
    const text = bytes.toString('utf8');
    if (text.trim() === '') return;
    if (text.includes('\uFFFD') && !isUtf8(bytes)) {
      this.#receiver.rejected(line, 'It is not valid UTF-8.');
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      this.#receiver.rejected(line, `It is not JSON: ${jsonProblem(text, error)}.`);
      return;
    }
    this.#receiver.record(value, line, bytes.length);
  }
}

/** True for an array, for indented JSON, and for pages, which begin with their context or their list. */
function hasValuesAcrossLines(head: string): boolean {
  return /^\s*(\[|\{\s*\n|\{\s*"(@odata\.|value"))/.test(head);
}

function refuseOtherEncodings(head: Buffer): void {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new InvalidInput('body', 'The text is UTF-16. Save it as UTF-8 and send it again.');
  }
  if (first === 0x1f && second === 0x8b) {
    throw new InvalidInput('body', 'The body is gzip. Send it with the header "Content-Encoding: gzip".');
  }
}
