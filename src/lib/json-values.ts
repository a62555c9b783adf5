// JSON arrays, pages and indented JSON, cut into their values without ever holding more than one of them.

const [tab, lineFeed, carriageReturn, blank] = [0x09, 0x0a, 0x0d, 0x20];
const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Where a value stands: its number among the values, and the line on which it begins, both counted from 1. */
export interface ValuePlace {
  readonly number: number;
  readonly line: number;
}

export interface ValueReceiver {
  /** A value as it was written, with blanks for the line ends between its parts. */
  value(bytes: Buffer, place: ValuePlace): void;
  /** A value that was too long, or that the end cut off. Its bytes are gone. */
  lost(reason: 'too-long' | 'cut-off', place: ValuePlace): void;
}

export interface ValueOptions {
  readonly valueBytesMax: number;
  /** Objects outside of arrays with a list under this name are pages: the list's entries are the values. */
  readonly pageMember?: string | undefined;
}

/**
 * Finds the values of the outermost arrays and pages, and objects that stand in neither. It finds where values begin and
 * end and judges nothing else: what is no JSON is for the reader of the values to refuse.
 */
export class JsonValueSplitter {
  readonly #receiver: ValueReceiver;
  readonly #valueBytesMax: number;
  readonly #pageMember: Buffer | null;
  #isInArray = false;
  #isInPage = false;
  /** Between values, inside an object or array, inside a string on its own, inside a number or word, behind a page's list. */
  #state: 'between' | 'nested' | 'string' | 'bare' | 'page-end' = 'between';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #line = 1;
  #number = 0;
  #beginLine = 1;
  /** What earlier chunks held of the value under way. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  #isTooLong = false;
  /** How much of the page's member was met: its characters, then the quote behind it, then the colon. -1: this is not it. */
  #matched = -1;

  constructor(receiver: ValueReceiver, { valueBytesMax, pageMember }: ValueOptions) {
    this.#receiver = receiver;
    this.#valueBytesMax = valueBytesMax;
    this.#pageMember = pageMember === undefined ? null : Buffer.from(pageMember);
  }

  /** Line ends inside of values are overwritten in place. */
  push(chunk: Buffer): void {
    let start = this.#isInValue() ? 0 : -1;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] ?? 0;
      if (byte === lineFeed) this.#line++;
      if (this.#state === 'between') {
        if (this.#begins(byte)) start = index;
        continue;
      }
      if (byte === lineFeed || byte === carriageReturn) {
        // Between tokens a line feed is white space (RFC 8259 section 2). Inside a string it is an error, and stays
        // one as another control character: a broken record must not become a sound one on its way.
        chunk[index] = this.#isInString ? 0x01 : blank;
      }
      const end = this.#advance(byte);
      if (end === 'inside') continue;
      if (end === 'page') {
        this.#drop();
        start = -1;
        continue;
      }
      const after = end === 'with' ? index + 1 : index;
      this.#finish(chunk.subarray(start, after));
      start = -1;
      // The byte that ended a number or word is itself a separator, or closes the array.
      if (end === 'before') index--;
    }
    if (this.#isInValue() && start >= 0) this.#hold(chunk.subarray(start));
  }

  /** The input is over. */
  finish(): void {
    if (this.#state === 'bare') this.#finish(Buffer.alloc(0));
    else if (this.#isInValue()) this.#receiver.lost('cut-off', { number: ++this.#number, line: this.#beginLine });
  }

  #isInValue(): boolean {
    return this.#state !== 'between' && this.#state !== 'page-end';
  }

  /** True when the byte is the first of a value. */
  #begins(byte: number): boolean {
    if (byte === blank || byte === lineFeed || byte === carriageReturn || byte === tab || byte === comma) return false;
    if (byte === closeBracket) {
      this.#isInArray = false;
      if (this.#isInPage) this.#leavePageList();
      return false;
    }
    if (byte === openBracket && !this.#isInArray) {
      this.#isInArray = true;
      return false;
    }
    this.#beginLine = this.#line;
    this.#isInString = byte === quote;
    this.#depth = byte === openBrace || byte === openBracket ? 1 : 0;
    this.#state = this.#depth === 1 ? 'nested' : this.#isInString ? 'string' : 'bare';
    this.#matched = -1;
    return true;
  }

  #leavePageList(): void {
    this.#isInPage = false;
    this.#state = 'page-end';
    this.#depth = 1;
    this.#isInString = false;
    this.#isEscaped = false;
  }

  /** Whether the value goes on after this byte, ends with it, ended before it, or turns out to be a page whose list begins. */
  #advance(byte: number): 'inside' | 'with' | 'before' | 'page' {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === backslash) this.#isEscaped = true;
      else if (byte === quote) {
        this.#isInString = false;
        if (this.#state === 'string') return 'with';
      }
      this.#matchInString(byte);
      return 'inside';
    }
    if (this.#state === 'bare') {
      const isSeparator = byte <= blank || byte === comma || byte === closeBracket || byte === openBrace;
      return isSeparator ? 'before' : 'inside';
    }
    if (byte === openBracket && this.#isPageMember()) {
      this.#isInPage = true;
      this.#isInArray = true;
      this.#state = 'between';
      return 'page';
    }
    this.#matchBetween(byte);
    if (byte === quote) this.#isInString = true;
    else if (byte === openBrace || byte === openBracket) this.#depth++;
    else if (byte === closeBrace || byte === closeBracket) {
      this.#depth--;
      if (this.#depth === 0) {
        const wasPage = this.#state === 'page-end';
        this.#state = wasPage ? 'between' : this.#state;
        return wasPage ? 'inside' : 'with';
      }
    }
    return 'inside';
  }

  /** Only an object that stands alone can be a page. */
  #mayBePage(): boolean {
    return this.#pageMember !== null && this.#depth === 1 && this.#state === 'nested' && !this.#isInArray;
  }

  #isPageMember(): boolean {
    return this.#mayBePage() && this.#matched === (this.#pageMember?.length ?? 0) + 2;
  }

  #matchInString(byte: number): void {
    const name = this.#pageMember;
    if (this.#matched < 0 || name === null) return;
    const isNext = this.#matched < name.length ? byte === name[this.#matched] : byte === quote && !this.#isInString;
    this.#matched = isNext ? this.#matched + 1 : -1;
  }

  #matchBetween(byte: number): void {
    const length = this.#pageMember?.length ?? 0;
    if (byte <= blank) return;
    if (byte === quote && this.#mayBePage() && this.#matched !== length + 2) this.#matched = 0;
    else if (byte === colon && this.#matched === length + 1) this.#matched = length + 2;
    else this.#matched = -1;
  }

  #hold(part: Buffer): void {
    this.#partBytes += part.length;
    if (this.#partBytes > this.#valueBytesMax) {
      this.#isTooLong = true;
      this.#parts = [];
    } else this.#parts.push(part);
  }

  #finish(last: Buffer): void {
    this.#hold(last);
    const place = { number: ++this.#number, line: this.#beginLine };
    const [first = last, ...more] = this.#parts;
    if (this.#isTooLong) this.#receiver.lost('too-long', place);
    else this.#receiver.value(more.length === 0 ? first : Buffer.concat(this.#parts), place);
    this.#drop();
    this.#isInString = false;
    this.#isEscaped = false;
    this.#state = 'between';
  }

  #drop(): void {
    this.#parts = [];
    this.#partBytes = 0;
    this.#isTooLong = false;
  }
}
