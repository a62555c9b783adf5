// Reads single lines with the formats of discovery, for their tests.
import assert from 'node:assert/strict';
import { Fields } from '../../src/discovery/formats/fields.ts';
import { Line } from '../../src/discovery/formats/line.ts';
import type { NamedReader } from '../../src/discovery/formats/named-reader.ts';

/** The values that are there, by name; null when the line is not of the reader's shape. The line lies between two others. */
export function textsOf<Name extends string>(
  reader: NamedReader<Name>,
  names: readonly Name[],
  text: string,
): Partial<Record<Name, string>> | null {
  const line = between(text);
  const fields = new Fields(names.length);
  if (!reader.read(line, fields)) return null;
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const slot = reader.slots[name];
    const [start, end] = [fields.starts[slot] ?? -1, fields.ends[slot] ?? -1];
    if (start >= 0 && end > start) {
      // Also a lone hyphen, which `text` takes for nothing.
      const form = fields.forms[slot] ?? 0;
      found[name] =
        form === 0 ? fields.bytes.toString('utf8', start, end) : fields.decode(fields.bytes, start, end, form);
    }
  }
  return found;
}

/** Reads the line, and fails when a value reaches out of it or what stands around it makes a difference. */
export function framed<Name extends string>(reader: NamedReader<Name>, count: number, text: string): void {
  const results = surroundings.map((around) => {
    const line = between(text, around);
    const fields = new Fields(count);
    const isRead = reader.read(line, fields);
    const places: number[] = [];
    for (let slot = 0; slot < count; slot++) {
      const [start, end] = [fields.starts[slot] ?? -1, fields.ends[slot] ?? -1];
      if (start >= 0)
        assert.ok(
          start >= line.start && end >= start && end <= line.end,
          `slot ${slot} leaves ${JSON.stringify(text)}`,
        );
      places.push(start < 0 ? -1 : start - line.start, start < 0 ? -1 : end - line.start, fields.forms[slot] ?? 0);
    }
    return [isRead, ...places];
  });
  for (const result of results) assert.deepEqual(result, results[0]);
}

/** What may stand in front of a line and behind it: bytes that mean something to one format or another. */
export const surroundings: readonly string[] = ['\n', 'user=z url: "z" |', ...'|":=1-[]\\>( ^#xT'];

/** A line in the middle of a buffer. */
export function between(text: string, around = 'user=z\n'): Line {
  const line = Line.of(around + text + around);
  line.start = Buffer.byteLength(around);
  line.end -= line.start;
  return line;
}
