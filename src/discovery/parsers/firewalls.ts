// What the parsers of firewalls share.
import type { Fields } from '../formats/fields.ts';
import type { Transaction } from '../formats/transaction.ts';
import { isPrivateAddress } from './private-addresses.ts';

/** Where the ASCII text begins in bytes[start..end); -1 when it does not occur. */
export function indexOfText(bytes: Uint8Array, start: number, end: number, text: string): number {
  const last = end - text.length;
  const first = text.charCodeAt(0);
  for (let at = start; at <= last; at++) {
    if (bytes[at] === first && startsWith(bytes, at, end, text)) return at;
  }
  return -1;
}

/** bytes[start..end) begins with this ASCII text. */
export function startsWith(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (start + text.length > end) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** From a public address to a private one. */
export function comesFromOutside(transaction: Transaction): boolean {
  const { source, destination } = transaction;
  return (
    isPrivateAddress(destination.bytes, destination.start, destination.end) &&
    !source.isEmpty &&
    !isPrivateAddress(source.bytes, source.start, source.end)
  );
}

/** Interfaces and zones to the internet, by the names that they are usually given; `taiwan` and `dispatch` are not among them. */
const outsideNames = /outside|internet|untrust|external|uplink|(?:^|[^a-z])(?:sd|v)?(?:wan|isp)(?![a-z])/u;

/** The name at bytes[start..end) is one that is given to interfaces and zones which lead to the internet. */
export function namesOutside(bytes: Buffer, start: number, end: number): boolean {
  if (end <= start) return false;
  return outsideNames.test(bytes.toString('latin1', start, end).toLowerCase());
}

/** The connection went from a zone or interface of the internet to another one, or from a public address to a private one. */
export function isInbound(fields: Fields, from: number, to: number, transaction: Transaction): boolean {
  const { bytes, starts, ends } = fields;
  const isNamed = fields.has(from) && fields.has(to);
  if (isNamed && namesOutside(bytes, starts[from] ?? 0, ends[from] ?? 0)) {
    return !namesOutside(bytes, starts[to] ?? 0, ends[to] ?? 0);
  }
  return comesFromOutside(transaction);
}
