// What goes between the tests and the process of ClickHouse: a value a line.

/** As JSON in one line. The reader of lines also ends one at U+2028 and U+2029, which JSON may have in its texts. */
export function line(value: unknown): string {
  return `${JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;
}
