import type { Fields, Slots } from './fields.ts';
import type { Line } from './line.ts';

/** Reads lines that carry the names of their fields. It keeps no state: one object serves any number of readers. */
export interface NamedReader<Name extends string> {
  /** Where the value of each name goes, in `new Fields(names.length)`. */
  readonly slots: Slots<Name>;
  /** Fills the fields; false when the line is not of this shape. */
  read(line: Line, fields: Fields): boolean;
}
