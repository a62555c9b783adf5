// Where in the space of addresses one country ends and another begins, for those who look up many addresses at once. The
// country database is a binary trie over the bits of an address (MaxMind DB format 2.0, "Binary Search Tree Section").
import { readFile } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { countryOf, shippedCountryFile } from './geo.ts';

/** From this address on, up to the next border's. */
export interface CountryBorder {
  /** 32 hexadecimal digits; an IPv4 address as the IPv6 one that it is mapped to (RFC 4291 section 2.5.5.2). */
  readonly first: string;
  /** ISO 3166-1 alpha-2, upper case; null where none is known. */
  readonly countryCode: string | null;
}

/** Nodes between two breaths of the event loop: about a millisecond. */
const sliceNodes = 8192;

/** In the order of the addresses. Rejects with a sentence when the database cannot be read. */
export async function countryBorders(config: Pick<Config, 'countryDatabaseFile'>): Promise<CountryBorder[]> {
  const trie = await openTrie(config.countryDatabaseFile ?? shippedCountryFile());
  const borders: CountryBorder[] = [];
  // Under 96 zeros, unless the trie is one of IPv4 only.
  await addBorders(trie, { bits: trie.bits === 32 ? '' : '0'.repeat(96), depth: 32, head: [0, 0, 0xffff] }, borders);
  borders.push({ first: `${'0'.repeat(19)}1${'0'.repeat(12)}`, countryCode: null });
  // All that is given out is under 2000::/3 (RFC 4291 section 2.4); elsewhere are other ways to write IPv4 addresses.
  if (trie.bits === 128) await addBorders(trie, { bits: '001', depth: 128, head: [] }, borders);
  borders.push({ first: `4${'0'.repeat(31)}`, countryCode: null });
  return borders;
}

interface Part {
  /** The way to it from the root of the trie. */
  readonly bits: string;
  /** Of its addresses, in bits: the last words of four. */
  readonly depth: 32 | 128;
  /** The first words of its addresses. */
  readonly head: readonly number[];
}

async function addBorders(trie: Trie, part: Part, borders: CountryBorder[]): Promise<void> {
  const start = trie.under(part.bits);
  if (start === undefined) return;
  const isWhole = part.depth === 32;
  const known = isWhole ? 0 : part.bits.length;
  const words = [...part.head, 0, 0, 0, 0].slice(0, 4);
  if (!isWhole) words[0] = Number.parseInt(part.bits.padEnd(32, '0'), 2);
  const base = 128 - part.depth;
  const waiting = [{ node: start, depth: known, bit: 0 }];
  let country: string | null | undefined;
  for (let steps = 1; ; steps += 1) {
    const next = waiting.pop();
    if (!next) return;
    const { node, depth } = next;
    if (depth > known) setBit(words, base + depth - 1, next.bit);
    if (node < trie.nodeCount && depth < part.depth) {
      const [zero, one] = trie.children(node);
      waiting.push({ node: one, depth: depth + 1, bit: 1 }, { node: zero, depth: depth + 1, bit: 0 });
    } else {
      const found = trie.countryOf(node, () => addressText(words, part.depth));
      if (found !== country) borders.push({ first: hex(words), countryCode: found });
      country = found;
    }
    if (steps % sliceNodes === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Sets one bit of an address and clears those behind it. */
function setBit(words: number[], place: number, bit: number): void {
  const word = place >>> 5;
  const left = 31 - (place & 31);
  const kept = left === 31 ? 0 : ((words[word] ?? 0) >>> (left + 1)) * 2 ** (left + 1);
  words[word] = kept + (bit === 1 ? 2 ** left : 0);
  for (let later = word + 1; later < 4; later += 1) words[later] = 0;
}

function hex(words: readonly number[]): string {
  let text = '';
  for (const word of words) text += word.toString(16).padStart(8, '0');
  return text;
}

function addressText(words: readonly number[], depth: 32 | 128): string {
  const digits = hex(words);
  if (depth === 128) return (digits.match(/.{4}/g) ?? []).join(':');
  return (digits.slice(24).match(/.{2}/g) ?? []).map((each) => Number.parseInt(each, 16)).join('.');
}

interface Trie {
  readonly nodeCount: number;
  /** Of its addresses. */
  readonly bits: 32 | 128;
  children(node: number): readonly [number, number];
  /** The node or leaf that the way leads to or ends at early; undefined for an address that has no record. */
  under(bits: string): number | undefined;
  /** The country of the record that a leaf refers to; the address is one of the leaf's. */
  countryOf(leaf: number, address: () => string): string | null;
}

async function openTrie(file: string): Promise<Trie> {
  try {
    const { Reader } = await import('maxmind');
    const bytes = await readFile(file);
    const reader = new Reader(bytes);
    const { nodeCount, nodeByteSize, ipVersion, recordSize } = reader.metadata;
    const children = childrenOf(bytes, nodeByteSize, recordSize);
    const known = new Map<number, string | null>();
    return {
      nodeCount,
      bits: ipVersion === 6 ? 128 : 32,
      children,
      under: (bits) => {
        let found = 0;
        for (const bit of bits) if (found < nodeCount) found = children(found)[bit === '1' ? 1 : 0];
        return found === nodeCount ? undefined : found;
      },
      countryOf: (leaf, address) => {
        // Not a leaf, or one without a record.
        if (leaf <= nodeCount) return null;
        let code = known.get(leaf);
        if (code === undefined) {
          code = countryOf(reader.get(address()));
          known.set(leaf, code);
        }
        return code;
      },
    };
  } catch (error) {
    throw new Error(
      `The address database ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}. Correct the setting countryDatabaseFile.`,
      { cause: error },
    );
  }
}

/** A node is two numbers of 24, 28 or 32 bits; of 28, the middle byte holds the highest four of each. */
function childrenOf(bytes: Buffer, size: number, recordSize: number): Trie['children'] {
  return (node) => {
    const at = node * size;
    if (recordSize === 24) return [bytes.readUIntBE(at, 3), bytes.readUIntBE(at + 3, 3)];
    if (recordSize === 32) return [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
    const middle = bytes.readUInt8(at + 3);
    const [left, right] = [bytes.readUIntBE(at, 3), bytes.readUIntBE(at + 4, 3)];
    return [(middle >> 4) * 0x100_0000 + left, (middle & 15) * 0x100_0000 + right];
  };
}
