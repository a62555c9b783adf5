// MurmurHash3 (x86, 128 bits) over words: what a row that has no id of its own is known by. It tells rows of one tenant
// and table apart, and need not withstand somebody who can choose every value of a row and look for another that meets it.

const [c1, c2, c3, c4] = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];

/** The state of a key under way, and at the end the key. */
export type KeyWords = Int32Array<ArrayBuffer>;

export function beginKey(): KeyWords {
  return new Int32Array(4);
}

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/** Takes in the words from `from` to `end`; the last block is filled up with zeros. */
export function addToKey(state: KeyWords, words: Uint32Array, from: number, end: number): void {
  let [h1 = 0, h2 = 0, h3 = 0, h4 = 0] = [state[0], state[1], state[2], state[3]];
  for (let at = from; at < end; at += 4) {
    const isWhole = at + 4 <= end;
    const k1 = words[at] ?? 0;
    const k2 = isWhole || at + 1 < end ? (words[at + 1] ?? 0) : 0;
    const k3 = isWhole || at + 2 < end ? (words[at + 2] ?? 0) : 0;
    const k4 = isWhole ? (words[at + 3] ?? 0) : 0;
    h1 ^= Math.imul(rotate(Math.imul(k1, c1), 15), c2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(k2, c2), 16), c3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(k3, c3), 17), c4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(k4, c4), 18), c1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  state[0] = h1;
  state[1] = h2;
  state[2] = h3;
  state[3] = h4;
}

/** Ends the key of so many words. */
export function endKey(state: KeyWords, length: number): void {
  let [h1 = 0, h2 = 0, h3 = 0, h4 = 0] = [state[0], state[1], state[2], state[3]];
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = mixed((h2 + h1) | 0);
  h3 = mixed((h3 + h1) | 0);
  h4 = mixed((h4 + h1) | 0);
  h1 = mixed(h1);
  h1 = (h1 + h2 + h3 + h4) | 0;
  state[0] = h1;
  state[1] = (h2 + h1) | 0;
  state[2] = (h3 + h1) | 0;
  state[3] = (h4 + h1) | 0;
}

function mixed(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
