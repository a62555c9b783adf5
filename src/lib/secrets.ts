import { createHash, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `length` characters of 0-9A-Za-z, each drawn evenly (5.95 bits apiece). */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 in a byte; higher values would favour the first letters.
      if (byte < 248 && text.length < length) text += base62[byte % 62];
    }
  }
  return text;
}

/** The same alphabet for bytes that are random already: `length` digits of their number, lowest first. */
export function base62Of(bytes: Buffer, length: number): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; text.length < length; rest /= 62n) text += base62[Number(rest % 62n)];
  return text;
}

/** CRC-32 of the ASCII text as six base-62 digits, most significant first. It finds typing errors; it proves nothing. */
export function checksumBase62(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let position = 0; position < 6; position++) {
    digits = base62[rest % 62] + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

/** SHA-256 in hex. Only for secrets with entropy of their own; passwords go through argon2id. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Compares texts of a kind that is no secret in its length, without telling by its duration where they differ. */
export function isSameText(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let index = 0; index < left.length; index++) difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  return difference === 0;
}

/** Compares without telling by its duration where two texts differ. */
export function equalInConstantTime(left: string, right: string): boolean {
  const a = createHash('sha256').update(left).digest();
  const b = createHash('sha256').update(right).digest();
  return timingSafeEqual(a, b);
}
