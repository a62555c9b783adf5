import { randomFillSync } from 'node:crypto';

const idsAtOnce = 128;
const idBytes = 16;
const idLength = 36;
/** Where the two digits of each byte stand in the text of an id, between its dashes. */
const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const digits = Buffer.from('0123456789abcdef');

const random = Buffer.alloc(idsAtOnce * idBytes);
const text = Buffer.alloc(idsAtOnce * idLength, '-');
let next = idsAtOnce;

/**
 * A random UUID (version 4, RFC 9562 section 5.4) in lower case, made many at a time: for ids that every request needs.
 * Those of node:crypto are put together from twenty pieces, which whoever sends one pays for again.
 */
export function randomId(): string {
  if (next === idsAtOnce) makeMore();
  const start = next++ * idLength;
  return text.toString('latin1', start, start + idLength);
}

function makeMore(): void {
  randomFillSync(random);
  for (let id = 0; id < idsAtOnce; id++) {
    for (let index = 0; index < idBytes; index++) {
      let byte = random[id * idBytes + index] ?? 0;
      if (index === 6) byte = (byte & 0x0f) | 0x40;
      if (index === 8) byte = (byte & 0x3f) | 0x80;
      const place = id * idLength + (places[index] ?? 0);
      text[place] = digits[byte >> 4] ?? 0;
      text[place + 1] = digits[byte & 0x0f] ?? 0;
    }
  }
  next = 0;
}
