import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** ::192.0.2.1 was given up by RFC 4291 section 2.5.5.1, and the library takes it for ::ffff:192.0.2.1, which it is not. */
function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !/^::\d+\./.test(text);
}

/**
 * The address in its shortest usual form; IPv4 written inside IPv6 becomes IPv4. Undefined when it is no address. Forms
 * that programs read differently (octal, hex, fewer than four parts) are none.
 */
export function normaliseAddress(text: string): string | undefined {
  if (!isAddress(text)) return undefined;
  return ipaddr.process(text).toString();
}

/** A CIDR range (or a single address, taken as a range of one) in normal form. Undefined when it is neither. */
export function normaliseRange(text: string): string | undefined {
  const [, written = '', bits] = /^([0-9A-Fa-f.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = normaliseAddress(written);
  if (address === undefined) return undefined;
  const width = address.includes(':') ? 128 : 32;
  // ::ffff:192.0.2.0/120 means 192.0.2.0/24: the first 96 bits only say that it is IPv4.
  const isMapped = width === 32 && written.includes(':');
  const prefix = bits === undefined ? width : Number(bits) - (isMapped ? 96 : 0);
  if (prefix < 0 || prefix > width) return undefined;
  const range = `${address}/${prefix}`;
  const network = width === 32 ? ipaddr.IPv4.networkAddressFromCIDR(range) : ipaddr.IPv6.networkAddressFromCIDR(range);
  return `${network.toString()}/${prefix}`;
}

/** What is counted as one caller: an IPv4 address, or the /64 that one IPv6 subscriber has at least (RFC 6177 section 2). */
export function subscriberOf(address: string): string {
  return address.includes(':') ? (normaliseRange(`${address}/64`) ?? address) : address;
}

/** True when the address lies in one of the CIDR ranges. Anything that is no address lies in none. */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  if (ranges.length === 0 || !isAddress(address)) return false;
  const parsed = ipaddr.process(address);
  return ranges.some((range) => {
    const [network, prefix] = ipaddr.parseCIDR(range);
    return network.kind() === parsed.kind() && parsed.match(network, prefix);
  });
}
