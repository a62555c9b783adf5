import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** 32 bytes from which every other key of the deployment is derived; see master-key.ts for where it lives. */
export type MasterKey = Buffer & { readonly __brand: 'master-key' };

const nonceBytes = 12;
const tagBytes = 16;

/** A 32-byte key for one purpose (HKDF-SHA256, RFC 5869), so that no two uses share key material. */
export function deriveKey(master: MasterKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `sallyport/${purpose}`, 32));
}

/**
 * Encrypts a recoverable secret (AES-256-GCM). `context` names the row it belongs to and is authenticated, so that a
 * sealed value moved to another row does not open. Returns base64 of nonce, tag and ciphertext.
 */
export function seal(key: Buffer, plainText: string, context: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
}

/** The plain text of {@link seal}; throws when key, context or a single character is not the one it was sealed with. */
export function unseal(key: Buffer, sealed: string, context: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  // Buffer.from skips what is no base64 and ignores spare bits of the last digit.
  if (bytes.toString('base64') !== sealed) throw new Error('A sealed value is not the base64 text that it was.');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
}
