// The second factor: time-based one-time passwords (RFC 6238) with the parameters that every authenticator app knows:
// SHA-1, 6 digits, 30 seconds. Pure: what was accepted before is the store's to remember.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { secondMs } from '../lib/clock.ts';
import type { UserId } from '../lib/ids.ts';
import { seal, unseal } from '../lib/seal.ts';
import type { Keys } from '../master-key.ts';

/** RFC 4226 section 4 (R6) recommends 160 bits, the size of the SHA-1 state. */
const secretBytes = 20;
const digits = 6;
const periodSeconds = 30;
/** Steps before and after the present one that are taken too, for clocks that differ (RFC 6238 section 5.2). */
const stepsAround = 1;

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 base32 without padding, as authenticator apps expect it. */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let heldBits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    heldBits += 8;
    while (heldBits >= 5) {
      heldBits -= 5;
      text += base32[(held >> heldBits) & 31];
    }
    held &= (1 << heldBits) - 1;
  }
  return heldBits > 0 ? text + base32[(held << (5 - heldBits)) & 31] : text;
}

/** The bytes of {@link toBase32}; throws on a character outside its alphabet. */
export function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let held = 0;
  let heldBits = 0;
  for (const sign of text) {
    const value = base32.indexOf(sign);
    if (value < 0) throw new Error('Not base32.');
    held = (held << 5) | value;
    heldBits += 5;
    if (heldBits < 8) continue;
    heldBits -= 8;
    bytes.push(held >> heldBits);
    held &= (1 << heldBits) - 1;
  }
  return Buffer.from(bytes);
}

/** A fresh secret of 160 bits in base32. */
export function mintSecondFactorSecret(): string {
  return toBase32(randomBytes(secretBytes));
}

function sealingContext(userId: UserId): string {
  return `second-factor ${userId}`;
}

/** The secret as the control store keeps it: sealed, and only for this user's row. */
export function sealSecondFactor(keys: Keys, userId: UserId, secret: string): string {
  return seal(keys.sealing, secret, sealingContext(userId));
}

export function unsealSecondFactor(keys: Keys, userId: UserId, sealed: string): string {
  return unseal(keys.sealing, sealed, sealingContext(userId));
}

/** The number of 30-second steps since the epoch (RFC 6238 section 4.2: T). */
export function stepAt(epochMs: number): number {
  return Math.floor(epochMs / (periodSeconds * secondMs));
}

/** The code of one step (RFC 4226 section 5.3: HMAC, dynamic truncation, six decimal digits). */
export function codeOfStep(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  const value = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return value.toString().padStart(digits, '0');
}

/**
 * The step whose code this is, from one before now to one after; undefined when it is none of them or a step that was
 * accepted already. The caller must still claim the step in the store, since another request may be doing the same.
 */
export function matchingStep(secret: string, code: string, now: number, lastStep: number | null): number | undefined {
  const typed = code.replace(/[\s-]/g, '');
  if (!/^[0-9]{6}$/.test(typed)) return undefined;
  const present = stepAt(now);
  let found: number | undefined;
  for (let step = present - stepsAround; step <= present + stepsAround; step++) {
    const isSame = timingSafeEqual(Buffer.from(codeOfStep(secret, step)), Buffer.from(typed));
    if (isSame && step > (lastStep ?? -1) && found === undefined) found = step;
  }
  return found;
}

/** The address that an authenticator app reads from a QR code or link; `issuer` is what it shows as the heading. */
export function otpauthUri(issuer: string, userName: string, secret: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(userName)}`;
  const query = `secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${digits}&period=${periodSeconds}`;
  return `otpauth://totp/${label}?${query}`;
}
