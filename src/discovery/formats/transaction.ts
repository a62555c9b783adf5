/**
 * A piece of what a reader found: bytes[start..end) of the line, or, when the value is not in the line as it is (escaped, in
 * another character set, put together), a text. Empty when there is none.
 */
export class Span {
  bytes: Buffer = empty;
  start = 0;
  end = 0;
  /** Stands in place of the bytes when it is not null. */
  own: string | null = null;

  set(bytes: Buffer, start: number, end: number): void {
    // Nearly always the same, and a reference takes longer to store than to compare.
    if (this.bytes !== bytes) this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.own = null;
  }

  setText(text: string): void {
    this.own = text;
  }

  clear(): void {
    this.start = 0;
    this.end = 0;
    this.own = null;
  }

  get isEmpty(): boolean {
    return this.own === null ? this.start >= this.end : this.own === '';
  }

  text(): string {
    return this.own ?? this.bytes.toString('utf8', this.start, this.end);
  }
}

const empty = Buffer.alloc(0);

/**
 * What one line of a log tells: who sent how much where, as seen from the person who uses the app. One object a reader,
 * cleared before each line. Numbers that the line does not give are NaN.
 */
export class Transaction {
  /** Epoch milliseconds. */
  time = Number.NaN;
  /** A URL, a host with or without port, or both parts of a CONNECT: the engine takes the host out of it. */
  readonly url = new Span();
  /** `url` is no more than a host, maybe with a port: few different ones, so that the engine needs not look for the host in each. */
  isHost = false;
  /** Address of the destination. */
  readonly destination = new Span();
  /** Name of the user as the log writes it; the engine takes a domain in front and placeholders such as `-` away. */
  readonly user = new Span();
  /** Address of the client, before translation. */
  readonly source = new Span();
  /** Name of the client's machine. */
  readonly machine = new Span();
  /** Bytes that the client sent. */
  uploaded = Number.NaN;
  /** Bytes that the client received. */
  downloaded = Number.NaN;
  /** Both together, where the log gives no more than that. */
  total = Number.NaN;
  /** The appliance let it not pass. */
  isBlocked = false;

  clear(): void {
    this.time = Number.NaN;
    this.url.clear();
    this.isHost = false;
    this.destination.clear();
    this.user.clear();
    this.source.clear();
    this.machine.clear();
    this.uploaded = Number.NaN;
    this.downloaded = Number.NaN;
    this.total = Number.NaN;
    this.isBlocked = false;
  }
}
