// What the parsers of proxies share: values that stand inside of values.
import type { Fields } from '../formats/fields.ts';
import type { Span } from '../formats/transaction.ts';
import { isPrivateAddress } from './private-addresses.ts';

const space = 0x20;
const slash = 0x2f;
const percent = 0x25;

/**
 * The bytes are an IPv4 or IPv6 address by their looks, maybe in brackets: no name of a host, no hardware address, and no port
 * behind it.
 */
export function looksLikeAddress(bytes: Uint8Array, start: number, end: number): boolean {
  let dots = 0;
  let colons = 0;
  let letters = 0;
  let isShortened = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) continue;
    if (byte === 0x2e) dots++;
    else if (byte === 0x3a) {
      colons++;
      if (at > start && bytes[at - 1] === 0x3a) isShortened = true;
    } else if (isHexLetter(byte)) letters++;
    else if (byte !== 0x5b && byte !== 0x5d) return false;
  }
  // The last two groups of an IPv6 address may be written as an IPv4 address.
  if (colons > 0) return (dots === 0 || dots === 3) && (isShortened || colons === (dots === 0 ? 7 : 6));
  return dots === 3 && letters === 0 && end - start >= 7;
}

function isHexLetter(byte: number): boolean {
  return (byte | space) >= 0x61 && (byte | space) <= 0x66;
}

/** Puts the value into the span when it is an address. */
export function intoAddress(fields: Fields, slot: number, span: Span): void {
  if (!fields.has(slot)) return;
  if (looksLikeAddress(fields.bytes, fields.starts[slot] ?? 0, fields.ends[slot] ?? 0)) fields.into(slot, span);
}

function isPrivate({ bytes, starts, ends }: Fields, slot: number): boolean {
  return isPrivateAddress(bytes, starts[slot] ?? 0, ends[slot] ?? 0);
}

/**
 * The client's address before translation: of two that the log gives, the one of a private network, whatever the appliance calls
 * which; the first one when neither or both are.
 */
export function intoSource(fields: Fields, slot: number, other: number, span: Span): void {
  const isOtherBetter = !isPrivate(fields, slot) && isPrivate(fields, other);
  intoAddress(fields, isOtherBetter ? other : slot, span);
  if (span.isEmpty) intoAddress(fields, other, span);
}

/** Both values are there and the same, byte for byte. */
export function areSame(fields: Fields, slot: number, other: number): boolean {
  const { bytes, starts, ends } = fields;
  const start = starts[slot] ?? -1;
  const otherStart = starts[other] ?? -1;
  if (start < 0 || otherStart < 0) return false;
  return bytes.compare(bytes, start, ends[slot] ?? 0, otherStart, ends[other] ?? 0) === 0;
}

/** Puts the address of `192.0.2.1:443` or `[2001:db8::1]:443` into the span, or an address without port. */
export function intoAddressOfEndpoint(fields: Fields, slot: number, span: Span): void {
  if (!fields.has(slot)) return;
  const { bytes } = fields;
  const start = fields.starts[slot] ?? 0;
  const end = fields.ends[slot] ?? 0;
  let colons = 0;
  let last = end;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== 0x3a) continue;
    colons++;
    last = at;
  }
  const isBracketed = bytes[start] === 0x5b;
  const to = colons === 1 || (isBracketed && bytes[last - 1] === 0x5d) ? last : end;
  if (looksLikeAddress(bytes, start, to)) span.set(bytes, isBracketed ? start + 1 : start, isBracketed ? to - 1 : to);
}

/** The client: its address, or the name of its machine where the log has names resolved. */
export function intoClient(fields: Fields, slot: number, source: Span, machine: Span): void {
  if (!fields.has(slot)) return;
  const isAddress = looksLikeAddress(fields.bytes, fields.starts[slot] ?? 0, fields.ends[slot] ?? 0);
  fields.into(slot, isAddress ? source : machine);
}

/** The target of a request line: `GET http://example.com/ HTTP/1.1`, `CONNECT example.com:443`; a lone word is the target itself. */
export function intoTarget(fields: Fields, slot: number, span: Span): void {
  if (!fields.has(slot)) return;
  const { bytes } = fields;
  const start = fields.starts[slot] ?? 0;
  const end = fields.ends[slot] ?? 0;
  let from = start;
  while (from < end && bytes[from] !== space) from++;
  if (from === end) {
    span.set(bytes, start, end);
    return;
  }
  from++;
  let to = from;
  while (to < end && bytes[to] !== space) to++;
  span.set(bytes, from, to);
}

/**
 * The name of a user, without what directories put around it: `LDAP://192.0.2.1 OU=Users,DC=example,DC=com/Jane Doe` and
 * `WinNT://EXAMPLE/jane` are what stands behind the last slash, `CN=Jane Doe,OU=Users` is the common name. Percent signs are decoded
 * when `isEncoded`.
 */
export function intoUser(fields: Fields, slot: number, span: Span, isEncoded = false): void {
  if (!fields.has(slot)) return;
  const { bytes } = fields;
  const start = fields.starts[slot] ?? 0;
  const end = fields.ends[slot] ?? 0;
  if (!needsWork(bytes, start, end, isEncoded)) {
    fields.into(slot, span);
    return;
  }
  let name = fields.text(slot);
  if (name.includes('://')) name = name.slice(name.lastIndexOf('/') + 1);
  const common = /^cn=(?<name>(?:\\.|[^,\\])+)/iu.exec(name)?.groups?.name;
  if (common !== undefined) name = common.replaceAll(/\\(.)/gu, '$1');
  span.setText(isEncoded ? percentDecoded(name) : name);
}

/** What plain names do not have: a slash or an equals sign, and a percent sign where names are encoded. */
const [isPath, isEscape] = [1, 2];
const nameMarks = new Uint8Array(256);
nameMarks[slash] = isPath;
nameMarks[0x3d] = isPath;
nameMarks[percent] = isEscape;

function needsWork(bytes: Uint8Array, start: number, end: number, isEncoded: boolean): boolean {
  let found = 0;
  for (let at = start; at < end; at++) found |= nameMarks[bytes[at] ?? 0] ?? 0;
  return (found & (isEncoded ? isPath | isEscape : isPath)) !== 0;
}

/** A text with a percent sign that begins no escape stays as it is. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The value begins with this ASCII text, byte for byte. */
export function beginsWith(fields: Fields, slot: number, text: string): boolean {
  const start = fields.starts[slot] ?? -1;
  if (start < 0 || (fields.ends[slot] ?? 0) - start < text.length) return false;
  for (let i = 0; i < text.length; i++) if (fields.bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The value contains this lower-case ASCII text, whatever its case there. */
export function contains(fields: Fields, slot: number, text: string): boolean {
  const start = fields.starts[slot] ?? -1;
  if (start < 0) return false;
  const end = fields.ends[slot] ?? 0;
  const { bytes } = fields;
  const first = text.charCodeAt(0);
  for (let at = start; at + text.length <= end; at++) {
    if (lower(bytes[at] ?? 0) === first && isAt(bytes, at, end, text)) return true;
  }
  return false;
}

/** Words of appliances for "it did not pass", by their first letter. */
const blockedWords = new Array<readonly string[] | undefined>(256).fill(undefined);
for (const word of ['block', 'deny', 'denied', 'drop', 'reject', 'refuse', 'forbid', 'prohibit', 'quarantine']) {
  const first = word.charCodeAt(0);
  blockedWords[first] = [...(blockedWords[first] ?? []), word];
}

/** The action that a log names is that the request was stopped: `DENIED`, `Blocked`, `TCP_DENIED`, `Dropped by policy`. */
export function saysBlocked(fields: Fields, slot: number): boolean {
  if (!fields.has(slot)) return false;
  const { bytes } = fields;
  const end = fields.ends[slot] ?? 0;
  for (let at = fields.starts[slot] ?? 0; at < end; at++) {
    const words = blockedWords[lower(bytes[at] ?? 0)];
    if (words === undefined) continue;
    for (const word of words) if (isAt(bytes, at, end, word)) return !contains(fields, slot, 'unblock');
  }
  return false;
}

/** The lower-case ASCII text stands at this place, whatever its case there. */
function isAt(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  let i = 0;
  while (i < text.length && lower(bytes[start + i] ?? 0) === text.charCodeAt(i)) i++;
  return i === text.length;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | space : byte;
}
