// A record's fields out of its bytes into a row, as TableReader writes them out of what JSON.parse made of them: whatever
// is not plain goes the same way as there, and what cannot be said from the bytes alone is left to it.
import type { RowWriter } from '../../events/row-writer.ts';
import { sourceBytes } from '../../events/text-source.ts';
import { lastTime } from './cells.ts';
import { parseExactPart } from './exact-json.ts';
import { type FieldKey, FieldKeys } from './field-keys.ts';
import type { JsonBytes } from './json-bytes.ts';
import { OtherFields } from './other-fields.ts';
import type { TableReader, Target } from './table-reader.ts';
import { readUsualTime, roughTicks } from './times.ts';

const [quote, openBracket, openBrace] = [0x22, 0x5b, 0x7b];
const [letterF, letterN, letterT] = [0x66, 0x6e, 0x74];
/** A number of so many digits is exact as a double. */
const exactDigits = 15;

export class TableScanner {
  readonly #reader: TableReader;
  readonly #writer: RowWriter;
  readonly #json: JsonBytes;
  readonly #keys: FieldKeys<Target | null>;
  #rough = Number.NaN;
  /** Fields without a column. */
  readonly #unknown: OtherFields;
  /** The record's own AdditionalFields. */
  #others: unknown;

  constructor(json: JsonBytes, reader: TableReader, writer: RowWriter) {
    this.#json = json;
    this.#reader = reader;
    this.#writer = writer;
    this.#unknown = new OtherFields(json);
    this.#keys = new FieldKeys((name) => reader.targetOf(name));
  }

  /** Writes the fields of the object that comes next. When it is false, what was written is for the caller to drop. */
  read(): boolean {
    this.#rough = Number.NaN;
    this.#unknown.clear();
    this.#others = undefined;
    const [json, keys] = [this.#json, this.#keys];
    for (let key = keys.first(json); key !== undefined; key = keys.next(json)) {
      if (!this.#readValue(key)) return false;
    }
    return keys.isWhole;
  }

  /** The record's fields say when it was. */
  get hasTime(): boolean {
    return !Number.isNaN(this.#rough);
  }

  /** Completes the row, as `TableReader.read` does. */
  finish(time: string | undefined): number | string {
    const isComposed = this.#others === undefined && this.#unknown.compose();
    if (isComposed) this.#writer.setTextBytes(this.#reader.others.column, this.#json.begin, this.#json.end);
    const unknown = isComposed ? undefined : this.#unknown.object();
    const fields = { rough: this.#rough, unknown, others: this.#others };
    return this.#reader.finish(fields, time, this.#writer);
  }

  #readValue(key: FieldKey<Target | null>): boolean {
    const json = this.#json;
    switch (json.next()) {
      case quote:
        return this.#readText(key);
      case openBrace:
      case openBracket: {
        const value = json.readNested() ? parseExactPart(json.text(json.begin, json.end)) : undefined;
        return value !== undefined && this.#give(key, value);
      }
      case letterN:
        return json.skipWord('null');
      case letterT:
        return json.skipWord('true') && this.#give(key, true);
      case letterF:
        return json.skipWord('false') && this.#give(key, false);
      default:
        return json.readNumber() && this.#giveNumber(key);
    }
  }

  #readText(key: FieldKey<Target | null>): boolean {
    const json = this.#json;
    if (!json.readText()) return false;
    const { begin, end } = json;
    if (begin === end) return true;
    const target = key.use;
    // Escapes have gone when the text is shorter than what was read.
    if (target === null && json.at === end + 1) {
      this.#unknown.addPlain(key, begin - 1, end + 1);
      return true;
    }
    if (target !== null && !target.isOthers) {
      if (target.type === 'string') {
        this.#writer.setTextBytes(target.column, begin, end);
        return true;
      }
      if (target.type === 'datetime' && readUsualTime(sourceBytes, begin, end, lastTime)) {
        this.#writer.setLong(target.column, lastTime.low, lastTime.high);
        if (target.isTime) this.#rough = roughTicks(lastTime);
        return true;
      }
    }
    return this.#give(key, json.text(begin, end));
  }

  /** A number that is not whole may be another one by what else the record has (parseExact), unless it is a double anyway. */
  #giveNumber(key: FieldKey<Target | null>): boolean {
    const { begin, end, isWhole } = this.#json;
    const target = key.use;
    const hasColumn = target !== null && !target.isOthers;
    if (hasColumn && target.type === 'real') return this.#give(key, Number(this.#json.text(begin, end)));
    if (!isWhole) return false;
    const isExact = end - begin <= exactDigits;
    if (hasColumn && (target.type === 'string' || target.type === 'dynamic')) {
      this.#writer.setTextBytes(target.column, begin, end);
      return true;
    }
    if (hasColumn && target.type === 'long') {
      if (!isExact) return this.#give(key, this.#json.text(begin, end));
      const value = this.#json.wholeNumber();
      this.#writer.setLong(target.column, value >>> 0, Math.floor(value / 4_294_967_296));
      return true;
    }
    if (target === null && isExact) {
      this.#unknown.addPlain(key, begin, end);
      return true;
    }
    return isExact && this.#give(key, this.#json.wholeNumber());
  }

  /** Not for null and empty text, which mean nothing. */
  #give(key: FieldKey<Target | null>, value: unknown): boolean {
    const target = key.use;
    if (target === null) {
      this.#unknown.add(key, value);
      return true;
    }
    if (target.isOthers) {
      this.#others = value;
      return true;
    }
    if (!target.write(this.#writer, target.column, value)) return false;
    if (target.isTime) this.#rough = roughTicks(lastTime);
    return true;
  }
}
