// User names that reports do not show: replaced, before they are stored, by what only the organisation's key turns back
// (cloud-apps reference 3.5: AES-128, one key for each tenant). The same name always gives the same text, so that people
// are still counted. Loaded in threads that read logs: knows nothing but node:crypto.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Bytes of the key that everything here is derived from. */
export const nameKeyBytes = 32;

export interface NameCipher {
  /** The name as lower-case hexadecimal digits, 64 of them at least. An empty name stays empty: it hides nobody. */
  hide(name: string): string;
  /** The name behind the digits; null for anything that this key did not hide. */
  reveal(text: string): string | null;
}

const ivBytes = 16;
/** Longer texts were hidden by nobody. */
const hiddenLengthMax = 16_384;

/**
 * AES-128 with a synthetic IV: the IV is a MAC of the name (HMAC-SHA256, cut to 16 bytes), under a key of its own (the SIV
 * construction of Rogaway and Shrimpton). It makes the text deterministic and, on the way back, shows whether it is genuine.
 * `key` has {@link nameKeyBytes} bytes.
 */
export function nameCipher(key: Buffer): NameCipher {
  if (key.length !== nameKeyBytes) throw new Error(`A key for names has ${nameKeyBytes} bytes, not ${key.length}.`);
  const cipherKey = derived(key, 'cipher', 16);
  const macKey = derived(key, 'mac', 32);
  const ivOf = (name: string): Buffer =>
    createHmac('sha256', macKey).update(name, 'utf8').digest().subarray(0, ivBytes);
  return {
    hide(name) {
      if (name === '') return '';
      const iv = ivOf(name);
      const cipher = createCipheriv('aes-128-cbc', cipherKey, iv);
      return iv.toString('hex') + cipher.update(name, 'utf8', 'hex') + cipher.final('hex');
    },
    reveal(text) {
      if (!isHidden(text)) return null;
      const bytes = Buffer.from(text, 'hex');
      const iv = bytes.subarray(0, ivBytes);
      const name = decrypted(cipherKey, iv, bytes.subarray(ivBytes));
      return name !== null && timingSafeEqual(ivOf(name), iv) ? name : null;
    },
  };
}

/** Has the form of a hidden name: an IV and one block at least. Whether it is genuine only the key tells. */
export function isHidden(text: string): boolean {
  return text.length >= 64 && text.length <= hiddenLengthMax && text.length % 32 === 0 && /^[0-9a-f]+$/i.test(text);
}

function derived(key: Buffer, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `discovery-names/${purpose}`, bytes));
}

function decrypted(key: Buffer, iv: Buffer, body: Buffer): string | null {
  const decipher = createDecipheriv('aes-128-cbc', key, iv);
  try {
    return decipher.update(body, undefined, 'utf8') + decipher.final('utf8');
  } catch {
    // The padding is wrong: nothing that was hidden with this key.
    return null;
  }
}
