// Recovery codes: ten secrets that stand in for a lost authenticator app, each once.
import { randomBytes } from 'node:crypto';
import { sha256Hex } from '../lib/secrets.ts';
import { fromBase32, toBase32 } from './second-factor.ts';

const codesPerUser = 10;
const codeBytes = 10;

/** Ten fresh codes of 80 bits, written as four groups of four letters and digits: `abcd-efgh-ijkl-mnop`. */
export function mintRecoveryCodes(): string[] {
  return Array.from({ length: codesPerUser }, () => {
    const text = toBase32(randomBytes(codeBytes)).toLowerCase();
    return (text.match(/.{4}/g) ?? []).join('-');
  });
}

/**
 * What the store keeps of a code: SHA-256, enough for a secret of 80 bits. Case, spaces and hyphens do not matter;
 * undefined for a text that cannot be a code.
 */
export function recoveryCodeHash(typed: string): string | undefined {
  const plain = typed.replace(/[\s-]/g, '').toUpperCase();
  if (!/^[A-Z2-7]{16}$/.test(plain) || fromBase32(plain).length !== codeBytes) return undefined;
  return sha256Hex(plain);
}
