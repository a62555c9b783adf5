// Records of the streaming API out of their bytes into rows, which is most of what is ever ingested. It takes what is
// written as exports write it and can be told from the bytes alone; everything else is parsed (records.ts) and comes to the
// same row, or to the sentence that says what is wrong.
import { parseExactPart } from './exact-json.ts';
import { FieldKeys } from './field-keys.ts';
import { type JsonBytes, type TextWords, textWords } from './json-bytes.ts';
import type { TableScanner } from './table-scanner.ts';

/** The members of a record that say what it is. */
type Use = 'category' | 'properties' | 'time' | 'other';
const uses: readonly string[] = ['category', 'properties', 'time'] satisfies readonly Use[];

/** Where the rows of a table go. */
export interface ScannedTable {
  readonly scanner: TableScanner;
  readonly writer: { dropRow(): void };
}

const [quote, openBracket, openBrace] = [0x22, 0x5b, 0x7b];
const words = ['true', 'false', 'null'];

export class RecordScanner<Table extends ScannedTable> {
  readonly #json: JsonBytes;
  readonly #tableOf: (category: string) => Table | undefined;
  readonly #keys = new FieldKeys<Use>((name) => (uses.includes(name) ? (name as Use) : 'other')); // It is one of them.
  /** Records of one table follow each other. */
  #last: { readonly category: TextWords; readonly table: Table } | undefined;
  #table: Table | undefined;
  #hasProperties = false;
  #time: { readonly begin: number; readonly end: number } | undefined;
  /** The time of the row that was written last, as `TableReader.read` returns it. */
  rough = Number.NaN;

  /** `tableOf` is told what a record names as its category; undefined leaves the record to be parsed. */
  constructor(json: JsonBytes, tableOf: (category: string) => Table | undefined) {
    this.#json = json;
    this.#tableOf = tableOf;
  }

  /** Writes the record's row, without ending it, and returns its table. Undefined, and nothing is written, when it has to be parsed. */
  scan(record: Uint8Array): Table | undefined {
    const json = this.#json;
    this.#table = undefined;
    this.#hasProperties = false;
    this.#time = undefined;
    if (!json.load(record)) return undefined;
    const isRead = this.#readMembers() && json.next() === 0 && json.isAtEnd && this.#hasProperties;
    const table = this.#table as Table | undefined; // Set meanwhile, and so is the time.
    if (table === undefined) return undefined;
    if (!isRead) {
      table.writer.dropRow();
      return undefined;
    }
    const time = this.#time as { readonly begin: number; readonly end: number } | undefined;
    const isNeeded = time !== undefined && !table.scanner.hasTime;
    const rough = table.scanner.finish(isNeeded ? json.text(time.begin, time.end) : undefined);
    if (typeof rough === 'string') return undefined;
    this.rough = rough;
    return table;
  }

  #readMembers(): boolean {
    const [json, keys] = [this.#json, this.#keys];
    for (let key = keys.first(json); key !== undefined; key = keys.next(json)) {
      if (!this.#readMember(key.use)) return false;
    }
    return keys.isWhole;
  }

  #readMember(use: Use): boolean {
    const json = this.#json;
    const byte = json.next();
    switch (use) {
      case 'category':
        return byte === quote && this.#readCategory();
      case 'properties':
        this.#hasProperties = true;
        return this.#table?.scanner.read() ?? false;
      case 'time':
        if (byte !== quote) return this.#skipValue(byte);
        if (!json.readText()) return false;
        this.#time = { begin: json.begin, end: json.end };
        return true;
      case 'other':
        return this.#skipValue(byte);
    }
  }

  #readCategory(): boolean {
    const json = this.#json;
    const last = this.#last;
    if (last && json.skipText(last.category)) {
      this.#table = last.table;
      return true;
    }
    const { at } = json;
    if (!json.readText()) return false;
    const text = json.text(json.begin, json.end);
    const table = this.#tableOf(text);
    if (table === undefined) return false;
    this.#table = table;
    // With escapes it would be another text.
    if (json.at - at === Buffer.byteLength(text) + 2) this.#last = { category: textWords(`"${text}"`), table };
    return true;
  }

  #skipValue(byte: number): boolean {
    const json = this.#json;
    if (byte === quote) return json.readText();
    if (byte === openBrace || byte === openBracket) {
      return json.readNested() && parseExactPart(json.text(json.begin, json.end)) !== undefined;
    }
    return words.some((word) => json.skipWord(word)) || json.readNumber();
  }
}
