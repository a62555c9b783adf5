// People, addresses and machines as logs write them, and as they are counted.
import { normaliseAddress } from '../../lib/addresses.ts';
import type { Span } from '../formats/transaction.ts';
import { ByteTable } from './interning.ts';

/** Longer ones are cut off. */
const nameBytesMax = 512;
const nameCharactersMax = 256;

/** What appliances write where they know nobody. */
const nobody = new Set([
  '',
  '-',
  '--',
  '(null)',
  '(none)',
  '(unknown)',
  '<unknown>',
  'anonymous',
  'n/a',
  'none',
  'not-available',
  'null',
  'unauthenticated',
  'undefined',
  'unknown',
]);

/**
 * A user's name in lower case, without quotes and without the domain that stands in front ("CONTOSO\alice"); one behind it
 * ("alice@contoso.com") is part of the name. Empty for a placeholder, and for an address that stands in a name's place.
 */
export function normaliseUser(text: string): string {
  const plain = withoutControls(text)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
  const name = plain
    .slice(plain.lastIndexOf('\\') + 1)
    .trim()
    .toLowerCase();
  if (nobody.has(name) || nobody.has(plain.toLowerCase()) || normaliseAddress(name) !== undefined) return '';
  return name.slice(0, nameCharactersMax);
}

/** In lower case; empty for a placeholder. */
export function normaliseMachine(text: string): string {
  const name = withoutControls(text).trim().toLowerCase();
  return nobody.has(name) ? '' : name.slice(0, nameCharactersMax);
}

/** In its usual form, without brackets, zone or port; empty when it is no address. */
export function normaliseSource(text: string): string {
  const trimmed = text.trim();
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^(\d+(?:\.\d+){3}):\d+$/.exec(trimmed)?.[1] ?? trimmed;
  return normaliseAddress(bare.replace(/%.*$/, '')) ?? '';
}

function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes away.
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
}

const scratch = Buffer.alloc(nameBytesMax);

/** The id of what the span holds in a table, -1 when it is empty. */
export function internSpan(table: ByteTable, span: Span): number {
  if (span.own !== null) {
    const length = scratch.write(span.own);
    return length === 0 ? -1 : table.intern(scratch, 0, length);
  }
  const { bytes, start, end } = span;
  if (start >= end) return -1;
  return table.intern(bytes, start, end - start > nameBytesMax ? start + nameBytesMax : end);
}

/** Numbers by id, added in the order of the ids. */
export class NumberList {
  #numbers = new Int32Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  at(id: number): number {
    return this.#numbers[id] ?? 0;
  }

  set(id: number, number: number): void {
    this.#numbers[id] = number;
  }

  push(number: number): void {
    if (this.#count === this.#numbers.length) {
      const larger = new Int32Array(this.#count * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#count++] = number;
  }
}

/** Names by number; number 0 is the empty one. */
export class NameList {
  readonly names: string[] = [''];
  readonly #numbers = new Map<string, number>([['', 0]]);

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** What one field of a log says, each spelling looked at once. */
export class NameColumn {
  readonly #normalise: (text: string) => string;
  #table = new ByteTable();
  #numbers = new NumberList();
  #list = new NameList();

  constructor(normalise: (text: string) => string) {
    this.#normalise = normalise;
  }

  get names(): readonly string[] {
    return this.#list.names;
  }

  /** Texts and memory so far. */
  get size(): { readonly count: number; readonly bytes: number } {
    return { count: this.#table.count, bytes: this.#table.byteCount };
  }

  /** The number of the name in the span; 0 for nobody. */
  numberOf(span: Span): number {
    const id = internSpan(this.#table, span);
    if (id < 0) return 0;
    if (id === this.#numbers.count) this.#numbers.push(this.#list.numberOf(this.#normalise(this.#table.text(id))));
    return this.#numbers.at(id);
  }

  /** The number of a name that is in normal form already. */
  numberOfName(name: string): number {
    return this.#list.numberOf(name);
  }

  clear(): void {
    this.#table = new ByteTable();
    this.#numbers = new NumberList();
    this.#list = new NameList();
  }
}
