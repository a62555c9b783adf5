// A record's fields without a column, as they are met in its bytes. Most are written again as they were, so that nothing
// has to be made of them.
import type { FieldKey } from './field-keys.ts';
import type { JsonBytes } from './json-bytes.ts';
import { noFields } from './table-reader.ts';

interface PlainField {
  readonly key: FieldKey<unknown>;
  readonly begin: number;
  readonly end: number;
}

const [comma, openBrace, closeBrace] = [0x2c, 0x7b, 0x7d];

export class OtherFields {
  readonly #json: JsonBytes;
  /** Where the fields lie, as long as all of them are plain. */
  readonly #plain: PlainField[] = [];
  #values: Record<string, unknown> | undefined;

  constructor(json: JsonBytes) {
    this.#json = json;
  }

  clear(): void {
    this.#plain.length = 0;
    this.#values = undefined;
  }

  /** A field whose value lies from `begin` to `end` as JSON.stringify writes it. */
  addPlain(key: FieldKey<unknown>, begin: number, end: number): void {
    if (this.#values) this.#values[key.name] = this.#parsed(begin, end);
    else this.#plain.push({ key, begin, end });
  }

  add({ name }: FieldKey<unknown>, value: unknown): void {
    this.#values ??= this.#parsedFields();
    this.#values[name] = value;
  }

  /** All of them by their names; undefined when there is none. */
  object(): Readonly<Record<string, unknown>> | undefined {
    return this.#values ?? (this.#plain.length > 0 ? this.#parsedFields() : undefined);
  }

  /** Puts them together as JSON, from the `begin` to the `end` of the bytes. False when not all are plain, or there is none. */
  compose(): boolean {
    if (this.#values || this.#plain.length === 0) return false;
    const json = this.#json;
    json.beginCopy();
    json.begin = json.copied;
    let separator = openBrace;
    for (const { key, begin, end } of this.#plain) {
      json.copyByte(separator);
      json.copyText(key.text);
      json.copyPiece(begin, end);
      separator = comma;
    }
    json.copyByte(closeBrace);
    json.end = json.copied;
    return true;
  }

  #parsedFields(): Record<string, unknown> {
    const fields = noFields();
    for (const { key, begin, end } of this.#plain) fields[key.name] = this.#parsed(begin, end);
    return fields;
  }

  #parsed(begin: number, end: number): unknown {
    return JSON.parse(this.#json.text(begin, end));
  }
}
