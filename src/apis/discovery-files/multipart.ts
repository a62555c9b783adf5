// The first file of a form (multipart/form-data, RFC 7578), as its bytes come: what is before it is passed over, what is behind
// it is read and dropped.
import { InvalidInput } from '../../lib/failures.ts';

const headersBytesMax = 16_384;
const lineBreak = Buffer.from('\r\n');
const headersEnd = Buffer.from('\r\n\r\n');

/** The boundary of a form; undefined when the type is another one, or names none: then the body is the file itself. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^\s*multipart\/form-data\s*(?:;|$)/i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^;\s"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? plain;
}

/** The bytes of the first part that is a file. Throws InvalidInput when there is none, or the form ends in its middle. */
export async function* fileOf(chunks: AsyncIterable<Buffer>, boundary: string): AsyncGenerator<Buffer> {
  const reader = new Reader(chunks);
  let isTaken = false;
  try {
    await reader.skipTo(Buffer.from(`--${boundary}`));
    const delimiter = Buffer.from(`\r\n--${boundary}`);
    for (;;) {
      const headers = await reader.headers();
      if (headers === undefined) throw noFile();
      if (isFile(headers)) {
        yield* reader.until(delimiter);
        isTaken = true;
        return;
      }
      await reader.skipTo(delimiter);
    }
  } finally {
    if (isTaken) await reader.drop();
    else await reader.close();
  }
}

function isFile(headers: string): boolean {
  return /^content-disposition:\s*form-data\b.*;\s*filename\*?=/im.test(headers);
}

function noFile(): InvalidInput {
  return new InvalidInput(
    'body',
    'The form has no file. Send the file as a part with a file name, or as the body itself.',
  );
}

function cutOff(): InvalidInput {
  return new InvalidInput('body', 'The form ends in the middle of its file. Send it again to the same URL.');
}

class Reader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  #isEnded = false;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** What comes up to the mark, which is passed. */
  async *until(mark: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at >= 0) {
        if (at > 0) yield this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + mark.length);
        return;
      }
      // The mark may have begun at the end of what is here.
      const safe = Math.max(0, this.#held.length - mark.length + 1);
      const certain = this.#held.subarray(0, safe);
      this.#held = this.#held.subarray(safe);
      if (certain.length > 0) yield certain;
      if (!(await this.#more())) throw cutOff();
    }
  }

  async skipTo(mark: Buffer): Promise<void> {
    for await (const _ of this.until(mark)) void _;
  }

  /** The headers of the part that begins here; undefined when the form is over. */
  async headers(): Promise<string | undefined> {
    await this.#atLeast(2);
    if (this.#held.subarray(0, 2).toString('latin1') === '--') return undefined;
    for (;;) {
      const at = this.#held.indexOf(headersEnd);
      if (at >= 0) {
        const text = this.#held.subarray(0, at).toString('utf8');
        this.#held = this.#held.subarray(at + headersEnd.length);
        return text;
      }
      if (this.#held.length > headersBytesMax)
        throw new InvalidInput('body', 'The headers of a part of the form are too long.');
      if (!(await this.#more())) throw this.#held.indexOf(lineBreak) < 0 ? noFile() : cutOff();
    }
  }

  /** What follows is not wanted: the sender is let finish. */
  async drop(): Promise<void> {
    this.#held = Buffer.alloc(0);
    while (!this.#isEnded && (await this.#more())) this.#held = Buffer.alloc(0);
  }

  /** Whoever reads has had enough. */
  async close(): Promise<void> {
    this.#isEnded = true;
    await this.#chunks.return?.();
  }

  async #atLeast(bytes: number): Promise<void> {
    while (this.#held.length < bytes) if (!(await this.#more())) throw noFile();
  }

  async #more(): Promise<boolean> {
    if (this.#isEnded) return false;
    const next = await this.#chunks.next().catch((error: unknown) => {
      this.#isEnded = true;
      throw error;
    });
    if (next.done) {
      this.#isEnded = true;
      return false;
    }
    this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
    return true;
  }
}
